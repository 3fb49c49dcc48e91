"""The trial for the journeys of each role: small, entered two days ago by its people, in two environments of one database."""

import dataclasses
from datetime import UTC, datetime, timedelta

from edc_core.core import Core
from edc_core.domain.commands import Reason
from edc_core.domain.metadata import PluginUse
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import studies, subjects, users
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.testing import FakeClock
from tests.rendering.vital_signs import version
from tests.web import trial
from tests.web.review_trial import save
from tests.web.trial import CLI, PASSWORD, STUDY

LOCKED_STUDY = "DEMO@dev"  #: where the journey that ends with a lock takes place
SITE, INVESTIGATOR, MONITOR, MANAGER = (
    "jiwoo@site.example", "haneul@site.example", "anna@cro.example", "dana@sponsor.example",
)  # fmt: skip
INSPECTOR, ADMINISTRATOR, BERLIN = "vera@authority.example", "uma@cro.example", "lena@site.example"
PASSWORDS = dict.fromkeys((*trial.PEOPLE, INSPECTOR, ADMINISTRATOR, BERLIN), PASSWORD)

SIGNED, ASKED, WRONG, RIGHT, NARRATED, INSPECTED, MOVED = (f"KR01-000{n}" for n in range(1, 8))
ENTERED = {"VSPERF": "Y", "VSDAT": "2026-03-04", "WEIGHT": "72.4", "SYSBP": "128", "NOTE": "Sat down first"}


def definition():
    """The form of the trial, with the scanners of identifiers."""
    uses = (PluginUse("edc-core-scanners", ">=0.1"),)
    return dataclasses.replace(trial.limited(version()), plugins=uses)


def make(database_url):
    """Fill an empty database: everything in it happened two days ago, so that each as-of view of it is settled."""
    core = Core(
        Settings(database_url=database_url), EdcPlugins(), FakeClock(datetime.now(UTC) - timedelta(days=2))
    )
    trial.fill(core, definition())
    _hire(core)
    _enrol(core, STUDY, (ASKED, WRONG, RIGHT, NARRATED, INSPECTED, MOVED))
    for key in (SIGNED, ASKED, INSPECTED, MOVED):
        _enter(core, key, ENTERED)
    core.clock.advance(minutes=90)
    save(core, {"SYSBP": "128"}, study=LOCKED_STUDY, subject=SIGNED, complete=False)
    _enter(core, INSPECTED, {"SYSBP": "140"}, reason=Reason("transcription", "Transcription error"))
    core.close()


def _hire(core):
    """The inspector and the user administrator, and the manager in the study that is locked."""
    with core.write(CLI) as uow:
        studies.publish(
            uow, studies.Publish(study_id="", op=new_id(), environment="dev", version=definition())
        )
    _enrol(core, LOCKED_STUDY, (SIGNED,))
    for login, name in ((INSPECTOR, "Vera Prado"), (ADMINISTRATOR, "Uma Lind"), (BERLIN, "Lena Vogt")):
        with core.write(CLI) as uow:
            users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=login, full_name=name))
            users.set_password(uow, login, PASSWORD)
    _grant(core, INSPECTOR, Role.AUD, STUDY)
    _grant(core, MANAGER, Role.DM, LOCKED_STUDY)
    _grant(core, BERLIN, Role.CRC, STUDY, site="DE-01")
    with core.write(CLI) as uow:
        users.add_grant(
            uow, users.AddGrant(study_id="@system", op=new_id(), login=ADMINISTRATOR, role=Role.UAD)
        )


def _grant(core, login, role, name, site=""):
    with core.write(CLI) as uow:
        study_id = readers.find_study(uow.connection, name).study_id
        sites = readers.sites(uow.connection, study_id).values()
        users.add_grant(
            uow,
            users.AddGrant(
                study_id="@system",
                op=new_id(),
                login=login,
                role=role,
                granted_study_id=study_id,
                scope="sites" if site else "all",
                site_ids=frozenset(one.site_id for one in sites if one.number == site),
            ),
        )


def _enrol(core, name, keys):
    with core.read() as source:
        study_id = readers.find_study(source.connection, name).study_id
        sites = {site.number: site.site_id for site in readers.sites(source.connection, study_id).values()}
    for key in keys:
        with core.write(CLI) as uow:
            subjects.add_subject(
                uow,
                subjects.AddSubject(study_id=study_id, op=new_id(), subject_key=key, site_id=sites["KR-01"]),
            )


def _enter(core, key, answers, **more):
    with core.read() as source:
        coordinator = users.actor_of(source, SITE, users.today(core.clock))
    save(core, answers, subject=key, by=coordinator, **more)
