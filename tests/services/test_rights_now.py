"""A role that ends while a request waits for its turn: what binds is done with the roles of now."""

import pytest

from edc_core.domain.commands import Reason
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.lock_blocker import Obstacle, Waived
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.signature import Meaning
from edc_core.errors import NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.services import people, protecting, signing, users, waiving
from edc_core.store import people as grants
from edc_core.testing.trial import SOME_REASON
from tests.builders import Trial, vital_signs

FORM = ItemPath.parse("V1[1]/VS[1]")


@pytest.fixture
def trial(core):
    trial = Trial(core, vital_signs().build(), environment="uat")
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    return trial


def somebody(trial, role):
    """An account with a role, as a request found it that waits for its turn."""
    named = {"study_id": SYSTEM_STUDY, "login": "some.body"}
    trial.act(trial.cli, users.add_user, users.AddUser, full_name="Some Body", **named)
    trial.act(trial.cli, users.add_grant, users.AddGrant, role=role, granted_study_id=trial.study_id, **named)
    with trial.core.read() as source:
        return users.actor_of(source, "some.body", users.today(trial.core.clock))


def end(trial, who):
    with trial.core.write(trial.cli) as uow:
        (held,) = grants.grant_rows(uow.connection, users.today(uow.clock))[who.user_id]
        people.end_grant(uow, people.EndGrant.because("Left", held["grant_id"], new_id()))


def close(trial, who):
    with trial.core.write(trial.cli) as uow:
        people.set_active(uow, who.name, active=False)


def signs(trial, who):
    command = signing.Sign(
        study_id=trial.study_id, op=new_id(), subject_key="S-001", path=FORM, sha256="0" * 64,
        meaning=Meaning.RESPONSIBILITY, component="password", accepts=True,
    )  # fmt: skip
    with trial.core.write(who) as uow:
        signing.sign(uow, command, trial.core.files)


def locks(trial, who):
    fields = {"subject_key": "S-001", "path": FORM, "action": ProtectAction.LOCK, "reason": SOME_REASON}
    trial.act(who, protecting.protect, protecting.Protect, **fields)


def locks_the_study(trial, who):
    fields = {"action": ProtectAction.FREEZE, "reason": Reason(text="Interim")}
    trial.act(who, protecting.protect_study, protecting.ProtectStudy, **fields)


def waives(trial, who):
    things = (Waived(ItemPath(), Obstacle.UNSIGNED),)
    fields = {"subject_key": "S-001", "things": things, "component": "password", "reason": SOME_REASON}
    trial.act(who, waiving.waive, waiving.Waive, **fields)


@pytest.mark.parametrize("ended", [end, close])
@pytest.mark.parametrize(
    ("role", "act"),
    [(Role.PI, signs), (Role.DM, locks), (Role.DM, locks_the_study), (Role.DM, waives)],
)
def test_what_binds_is_refused_once_the_role_has_ended(trial, role, act, ended):
    who = somebody(trial, role)
    ended(trial, who)
    before = trial.entries("S-001"), trial.entries()
    with pytest.raises((NotAllowed, NotFound)):
        act(trial, who)
    assert (trial.entries("S-001"), trial.entries()) == before


def test_a_role_that_stands_is_looked_at_and_counts(trial):
    who = somebody(trial, Role.DM)
    locks(trial, who)
    assert trial.entries("S-001")[-1]["payload"]["state"] == "locked"
