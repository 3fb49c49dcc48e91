"""A study's own matrix, roles that do not go together, and what a refusal leaves behind."""

import dataclasses

import pytest

from edc_core.domain import commands as c
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Action, Actor, Grant, Place, Role
from edc_core.domain.study_lists import ListingWanted
from edc_core.errors import BadRequest, NotAllowed, ReasonRequired, WrongState
from edc_core.ids import new_id
from edc_core.ledger.cut import present_cut
from edc_core.services import capture, users, verifying
from edc_core.services.access_review import access_review
from edc_core.services.permissions import ChangePermission, change_permission
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.trail import system_trail
from edc_core.store import readers
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs


def change(trial, role, action, *, allowed=True, reason=SOME_REASON, by=None):
    fields = {"role": role, "action": action, "allowed": allowed, "reason": reason}
    return trial.act(by or trial.cli, change_permission, ChangePermission, **fields)


def add(trial, login, role=None, study_id=None):
    named = {"study_id": SYSTEM_STUDY, "login": login}
    trial.act(trial.cli, users.add_user, users.AddUser, full_name=login, **named)
    if role:
        grant(trial, login, role, study_id)


def grant(trial, login, role, study_id=None, *, unblinded=False):
    where = trial.study_id if study_id is None else study_id
    named = {
        "study_id": SYSTEM_STUDY,
        "login": login,
        "role": role,
        "granted_study_id": where,
        "unblinded": unblinded,
    }
    return trial.act(trial.cli, users.add_grant, users.AddGrant, **named)


def actor(trial, login):
    with trial.core.read() as source:
        return users.actor_of(source, login, users.today(trial.core.clock))


def test_one_statistician_is_unblinded_and_another_is_not(core):
    version = vital_signs().build()
    arm = (
        dataclasses.replace(one, sensitivity="blinded") if one.oid == "VS.NOTE" else one
        for one in version.items
    )
    trial = Trial(core, dataclasses.replace(version, items=tuple(arm)))
    trial.add_subject()
    trial.save("S-001", {"VS.NOTE": "active"}, by=trial.cli)
    for login, unblinded in (("sta.open", True), ("sta.blind", False)):
        add(trial, login)
        grant(trial, login, Role.STA, unblinded=unblinded)
    seen = {}
    for login in ("sta.open", "sta.blind"):
        with trial.core.read() as source:
            study = readers.study_by_id(source.connection, trial.study_id)
        access = CoreStudyAccess(trial.core, actor(trial, login), study, "test")
        seen[login] = str(access.listing(ListingWanted(form="VS")))
    assert "active" in seen["sta.open"]
    assert "VS.NOTE" in seen["sta.open"]
    assert "active" not in seen["sta.blind"]
    assert "VS.NOTE" not in seen["sta.blind"]
    with trial.core.read() as source:
        lines = access_review(source, trial.cli, users.today(trial.core.clock), study_id=trial.study_id)
        taken = present_cut(source.connection, SYSTEM_STUDY)
        told = [one.what for one in system_trail(source, trial.cli, trial.study_id, taken, ["sta.open"])]
    held = {one["login"]: one["unblinded"] for one in lines}
    assert (held["sta.open"], held["sta.blind"]) == ("yes", "")
    assert "gave the role statistician, unblinded." in told
    assert verifying.verify(trial.core, rebuild=True).ok


@pytest.mark.parametrize("first", [True, False])
def test_nobody_is_blinded_and_unblinded_in_one_study(trial, first):
    add(trial, "somebody")
    grant(trial, "somebody", Role.STA, unblinded=first)
    with pytest.raises(WrongState, match=r"is statistician here.*know in the other"):
        grant(trial, "somebody", Role.MED, unblinded=not first)
    grant(trial, "somebody", Role.MED, unblinded=first)


def test_a_role_that_the_study_unblinds_does_not_go_with_a_blinded_one(trial):
    change(trial, Role.STA, Action.VIEW_BLINDED)
    add(trial, "somebody", Role.MED)
    with pytest.raises(WrongState, match="is medical reviewer here"):
        grant(trial, "somebody", Role.STA)


@pytest.mark.parametrize("role", [Role.ADM, Role.UAD, Role.BLD])
def test_a_role_without_data_is_not_given_unblinded(trial, role):
    add(trial, "somebody")
    with pytest.raises(BadRequest, match="sees no data"):
        grant(trial, "somebody", role, unblinded=True)


def test_what_a_study_gives_and_takes_counts_from_the_next_request(trial):
    add(trial, "reader", Role.SRO)
    here = Place(trial.study_id)
    assert not actor(trial, "reader").may(Action.READ_TRAIL, here)
    change(trial, Role.SRO, Action.READ_TRAIL)
    assert actor(trial, "reader").may(Action.READ_TRAIL, here)
    change(trial, Role.SRO, Action.VIEW_DATA, allowed=False)
    assert not actor(trial, "reader").may(Action.VIEW_DATA, here)
    assert actor(trial, "reader").roles(here) == (Role.SRO,)


def test_a_change_taken_back_leaves_the_default_and_two_entries(trial):
    assert change(trial, Role.SRO, Action.READ_TRAIL)["changed"]
    assert not change(trial, Role.SRO, Action.READ_TRAIL)["changed"]
    back = change(trial, Role.SRO, Action.READ_TRAIL, allowed=False)
    assert back["matrix"] == {"more": [], "less": []}
    entries = [e for e in trial.entries() if e["kind"] == "study.permissions"]
    assert [(e["payload"]["allowed"], e["reason_text"]) for e in entries] == [
        (True, SOME_REASON.text),
        (False, SOME_REASON.text),
    ]


def test_the_study_of_the_change_alone_is_changed(trial):
    change(trial, Role.SRO, Action.READ_TRAIL)
    add(trial, "reader", Role.SRO)
    more = [g.more for g in actor(trial, "reader").grants]
    assert more == [frozenset({Action.READ_TRAIL})]
    assert not actor(trial, "reader").may(Action.READ_TRAIL, Place("another"))


@pytest.mark.parametrize("role", [Role.ADM, Role.UAD, Role.BLD])
def test_no_study_lets_administration_at_data(trial, role):
    with pytest.raises(BadRequest, match="REQ-ACC-04"):
        change(trial, role, Action.VIEW_DATA)


def test_no_study_lets_the_sponsor_enter(trial):
    with pytest.raises(BadRequest, match="REQ-ACC-05"):
        change(trial, Role.SPO, Action.ENTER_DATA)


def test_a_change_needs_a_reason_and_the_right(trial):
    with pytest.raises(ReasonRequired):
        change(trial, Role.SRO, Action.READ_TRAIL, reason=c.Reason())
    with pytest.raises(NotAllowed):
        change(trial, Role.SRO, Action.READ_TRAIL, by=trial.dm)
    assert [e for e in trial.entries() if e["kind"] == "study.permissions"] == []


def test_a_changed_matrix_can_be_rebuilt_from_the_ledger(trial):
    change(trial, Role.SRO, Action.READ_TRAIL)
    report = verifying.verify(trial.core, rebuild=True)
    assert report.ok, report.problems


# Roles that do not go together


@pytest.mark.parametrize(
    ("first", "second"), [(Role.ADM, Role.DM), (Role.CRC, Role.UAD), (Role.BLD, Role.CRA)]
)
def test_nobody_administers_and_works_on_live_data(trial, first, second):
    def where(role):
        return "" if role in {Role.ADM, Role.UAD, Role.BLD} else None

    add(trial, "both", first, where(first))
    with pytest.raises(WrongState, match="two persons"):
        grant(trial, "both", second, where(second))


def test_an_administrator_may_inspect(trial):
    add(trial, "both", Role.ADM, "")
    grant(trial, "both", Role.AUD)
    assert actor(trial, "both").may(Action.VIEW_DATA, Place(trial.study_id))


def test_grants_that_were_given_all_the_same_do_not_work_on_data(trial):
    both = Actor("both", "both", "Both", (Grant("", Role.BLD), Grant(trial.study_id, Role.CRC, live=True)))
    save = {"subject_key": "S-001", "form": trial.form("VS"), "items": ()}
    with pytest.raises(NotAllowed):
        trial.act(both, capture.save_items, capture.SaveItems, op=new_id(), **save)
    assert both.may(Action.VIEW_DATA, Place(trial.study_id))
    assert both.may(Action.PUBLISH, Place(trial.study_id))
