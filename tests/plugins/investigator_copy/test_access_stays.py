"""REQ-LCK-04, -07: access of a site ends after its receipt, and a sponsor that hosts has copies made by themselves."""

import pytest
from edc_core_investigator_copy.stages import stage_of

from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.evidence import EvidenceKind
from edc_core.domain.permission import Action, Place, Role
from edc_core.errors import BadRequest, NotAllowed, ReasonRequired, WrongState
from edc_core.ids import new_id
from edc_core.services import people, permissions, site_access, users
from edc_core.services.evidence import record_evidence
from edc_core.services.plugin_jobs import do_standing
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import people as rows
from edc_core.store import readers
from tests.plugins.investigator_copy.conftest import HERE, HOST, THERE, Hosted, read

WHY = c.Reason(text="The site is closed")
BY_DOCUMENT = c.Reason(text="Contract 12")


def grant_of(hosted, login):
    with hosted.core.read() as source:
        user = users.named(source, login)
        return rows.grant_rows(source.connection, users.today(hosted.core.clock))[user.user_id][0]["grant_id"]


def end(hosted, login=HERE):
    hosted.trial.act(
        hosted.trial.cli, people.end_grant, people.EndGrant, study_id="@system", grant_id=grant_of(hosted, login),
        reason=WHY,
    )  # fmt: skip


def why(hosted, site="KR-01"):
    with hosted.core.read() as source:
        study = readers.study_by_id(source.connection, hosted.trial.study_id)
        return site_access.why_access_stays(source, study).get(hosted.trial.sites[site], "")


def test_the_only_investigator_keeps_access_until_the_receipt(hosted):
    with pytest.raises(WrongState, match=r"nobody has confirmed the receipt.*Make the copy and hand it over"):
        end(hosted)
    copy = hosted.make()
    hosted.hand_over(copy)
    with pytest.raises(WrongState, match="nobody has confirmed the receipt"):
        end(hosted)
    hosted.receive(copy)
    end(hosted)
    assert not hosted.actor(HERE).grants


def test_the_account_is_not_closed_either(hosted):
    with hosted.core.write(hosted.trial.cli) as uow, pytest.raises(WrongState, match="only investigator"):
        people.set_active(uow, HERE, active=False)
    hosted.receive(hosted.make())
    with hosted.core.write(hosted.trial.cli) as uow:
        people.set_active(uow, HERE, active=False)


def test_what_was_entered_after_the_copy_asks_for_another(hosted):
    hosted.receive(hosted.make())
    hosted.trial.save("KR-001", {"VS.NOTE": "later"}, by=hosted.actor(HERE), reason=WHY)
    with pytest.raises(WrongState, match="records have changed since the copy"):
        end(hosted)
    hosted.receive(hosted.make())
    end(hosted)


def test_what_happens_at_another_site_does_not_matter(hosted):
    hosted.receive(hosted.make())
    hosted.trial.save("ZQforeign-1", {"VS.NOTE": "later"}, by=hosted.actor(THERE), reason=WHY)
    assert why(hosted) == ""
    assert why(hosted, "US-01") == site_access.NONE_YET


def test_the_receipt_of_one_site_frees_no_other(hosted):
    hosted.receive(hosted.make("US-01"), THERE)
    assert why(hosted, "US-01") == ""
    with pytest.raises(WrongState):
        end(hosted)


def test_with_another_investigator_the_role_ends(hosted):
    with hosted.core.write(hosted.trial.cli) as uow:
        add = users.AddUser(study_id="@system", op=new_id(), login="next@kr.example", full_name="Next")
        users.add_user(uow, add)
        users.add_grant(
            uow, users.grant_for_sites(uow, add.login, Role.PI, hosted.trial.study_id, ("KR-01",))
        )
    end(hosted)


def train(hosted, login=HERE, **days):
    said = {"login": login, "kind": EvidenceKind.TRAINING, "document": "Certificate 4"} | days
    command = study_commands.RecordEvidence(study_id=hosted.trial.study_id, op=new_id(), **said)
    hosted.trial.do(hosted.trial.cli, record_evidence, command)


def ask_for_training(hosted):
    asked = {"role": Role.PI, "kind": EvidenceKind.TRAINING, "required": True, "reason": WHY}
    command = permissions.RequireEvidence(study_id=hosted.trial.study_id, op=new_id(), **asked)
    hosted.trial.do(hosted.trial.cli, permissions.require_evidence, command)


def test_who_is_not_trained_any_more_reads_on_and_does_nothing_else(hosted, clock):
    train(hosted, ends=users.today(clock))
    train(hosted, THERE)
    ask_for_training(hosted)
    site = hosted.trial.sites["KR-01"]
    here = Place(hosted.trial.study_id, site, "KR")
    assert hosted.actor(HERE).may(Action.SIGN, here)
    clock.advance(days=1)
    left = hosted.actor(HERE)
    assert all(left.may(one, here) for one in (Action.VIEW_DATA, Action.READ_TRAIL, Action.TAKE_COPY))
    assert not left.may(Action.ENTER_DATA, here)
    assert not left.may(Action.SIGN, here)
    with hosted.core.read() as source:
        picture = look_at(source, left, readers.study_by_id(source.connection, hosted.trial.study_id))
        assert list(picture.sites) == [site]
    with pytest.raises(NotAllowed):
        hosted.trial.save("KR-001", {"VS.NOTE": "not any more"}, by=left, reason=WHY)
    hosted.receive(hosted.make())
    end(hosted)
    assert not hosted.actor(HERE).grants


def test_no_record_is_asked_of_an_investigator_who_has_none(hosted):
    with pytest.raises(BadRequest, match=f"training of '{HERE}' on record first"):
        ask_for_training(hosted)
    train(hosted)
    with pytest.raises(BadRequest, match=THERE):
        ask_for_training(hosted)


def test_a_successor_who_does_not_read_yet_is_none(hosted):
    train(hosted)
    train(hosted, THERE)
    ask_for_training(hosted)
    with hosted.core.write(hosted.trial.cli) as uow:
        add = users.AddUser(study_id="@system", op=new_id(), login="next@kr.example", full_name="Next")
        users.add_user(uow, add)
        users.add_grant(
            uow, users.grant_for_sites(uow, add.login, Role.PI, hosted.trial.study_id, ("KR-01",))
        )
    with pytest.raises(WrongState, match="only investigator"):
        end(hosted)
    train(hosted, "next@kr.example")
    end(hosted)


def test_a_site_without_records_needs_no_copy(core, tmp_path):
    empty = Hosted(core, tmp_path)
    end(empty)


@pytest.mark.parametrize("action", [Action.VIEW_DATA, Action.READ_TRAIL, Action.TAKE_COPY])
def test_no_study_takes_reading_from_its_investigators(hosted, action):
    with pytest.raises(BadRequest, match="REQ-LCK-04"):
        hosted.trial.act(
            hosted.trial.cli, permissions.change_permission, permissions.ChangePermission, role=Role.PI,
            action=action, allowed=False, reason=WHY,
        )  # fmt: skip


def test_of_a_subject_that_moved_the_old_site_has_what_it_entered_and_the_new_one_all(hosted):
    hosted.move("KR-001", "US-01")
    hosted.trial.save("KR-001", {"VS.NOTE": "ZQ after the transfer"}, by=hosted.actor(THERE), reason=WHY)
    old, new = hosted.files(hosted.make()), hosted.files(hosted.make("US-01"))
    assert "own corrected" in old["subjects/KR-001.html"].decode()
    assert [name for name, held in old.items() if "ZQ" in read(name, held)] == []
    page = new["subjects/KR-001.html"].decode()
    assert "own corrected" in page
    assert "ZQ after the transfer" in page
    hosted.receive(hosted.make())
    hosted.trial.save("KR-001", {"VS.NOTE": "even later"}, by=hosted.actor(THERE), reason=WHY)
    assert why(hosted) == "", "the old site has all that is its own"


# Who hosts


def host(hosted, hosting="sponsor", every_days=7, *, by=HOST, reason=BY_DOCUMENT):
    study = hosted.access(by)
    study.submit(
        study_commands.SetHosting(
            study_id=study.study_id, op=new_id(), hosting=hosting, every_days=every_days, reason=reason
        )
    )


def keep(hosted):
    do_standing(hosted.core)
    hosted.work()


def test_a_sponsor_that_hosts_has_copies_made_every_week_and_mailed(hosted, clock):
    host(hosted)
    keep(hosted)
    keep(hosted)
    sites = hosted.access(HOST).copies.sites()
    assert [len(site.copies) for site in sites] == [1, 1]
    assert [stage_of(site.copies[0]) for site in sites] == ["handed over", "handed over"]
    assert len(hosted.codes(HERE)) == 1
    copy = hosted.access(HERE).copies.mine()[0].job.job_id
    assert hosted.access(HERE).copies.open(copy, hosted.codes(HERE)[0], op=new_id())
    clock.advance(days=6)
    keep(hosted)
    assert len(hosted.access(HOST).copies.sites()[0].copies) == 1
    clock.advance(days=1)
    keep(hosted)
    keep(hosted)
    assert len(hosted.access(HOST).copies.sites()[0].copies) == 2
    assert len(hosted.codes(HERE)) == 2


def test_nothing_is_made_by_itself_before_somebody_says_so(hosted):
    keep(hosted)
    assert [site.copies for site in hosted.access(HOST).copies.sites()] == [(), ()]
    host(hosted, "site", 0)
    keep(hosted)
    assert [site.copies for site in hosted.access(HOST).copies.sites()] == [(), ()]


@pytest.mark.parametrize(
    ("hosting", "days", "reason", "error"),
    [
        ("sponsor", 0, BY_DOCUMENT, BadRequest),
        ("sponsor", 32, BY_DOCUMENT, BadRequest),
        ("sponsor", -1, BY_DOCUMENT, BadRequest),
        ("nobody", 7, BY_DOCUMENT, BadRequest),
        ("CRO", 0, c.Reason(), ReasonRequired),
    ],
)
def test_hosting_that_is_none_is_refused(hosted, hosting, days, reason, error):
    with pytest.raises(error):
        host(hosted, hosting, days, reason=reason)


def test_what_was_said_last_counts_and_stands_in_the_ledger(hosted):
    host(hosted, "CRO", 0)
    host(hosted, "third party", 30)
    found = hosted.access(HERE).copies.hosting()
    assert (found.hosting, found.every_days, found.who) == ("third party", 30, "Kim Host")
    with pytest.raises(NotAllowed):
        host(hosted, by=HERE)


def test_the_ledger_stays_whole(hosted):
    host(hosted)
    keep(hosted)
    hosted.receive(hosted.make())
    assert verify(hosted.core, rebuild=True).problems == []
