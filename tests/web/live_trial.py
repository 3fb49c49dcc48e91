"""The small trial as a live study: people for its release, and a plugin that was published in another version."""

import dataclasses
from pathlib import Path

from edc_core.core import Core
from edc_core.domain.commands import Reason
from edc_core.domain.metadata import PluginUse
from edc_core.domain.permission import Role
from edc_core.domain.version_release import ReleaseStep
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import releasing, studies, subjects, users
from edc_core.settings import Settings
from edc_core.store import going_live, readers, schema
from tests.rendering.vital_signs import version
from tests.web.trial import CLI, PASSWORD, SUBJECT, limited

STUDY = "DEMO@live"
PLUGIN = "edc-core-simulate"  #: installed with the tests
SITE, MANAGER, SPONSOR, MEDICAL, BUILDER = (
    "jiwoo@site.example",
    "dana@sponsor.example",
    "sven@sponsor.example",
    "mina@sponsor.example",
    "bela@builder.example",
)
PEOPLE = {
    SITE: ("Kim Jiwoo", Role.CRC),
    MANAGER: ("Dana Ortiz", Role.DM),
    SPONSOR: ("Sven Berg", Role.SPO),
    MEDICAL: ("Mina Wolf", Role.MED),
    BUILDER: ("Bela Novak", Role.BLD),
}


def make_live(folder, *, released=True, approved=False, older=False):
    """The core of the study, with one subject when it is released.

    :param approved: has its approvals and lacks the release alone.
    :param older: the study was published with an older version of a plugin than is installed now.
    """
    core = Core(
        Settings(database_url=f"sqlite:///{folder}/web.db", files_dir=Path(folder) / "files"), EdcPlugins()
    )
    schema.upgrade(core.engine)
    definition = limited(version())
    with core.write(CLI) as uow:
        publish = studies.Publish(study_id="", op=new_id(), environment="live", version=definition)
        study_id = studies.publish(uow, publish)["study_id"]
    for login, (name, role) in PEOPLE.items():
        of_study = "" if role is Role.BLD else study_id
        with core.write(CLI) as uow:
            users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=login, full_name=name))
            users.add_grant(
                uow, users.grant_for_sites(uow, login, role, of_study, ("KR-01",) if login == SITE else ())
            )
            users.set_password(uow, login, PASSWORD)
    if approved:
        approve(core, study_id)
    if released:
        release(core, study_id)
        with core.read() as source:
            sites = {
                site.number: site.site_id for site in readers.sites(source.connection, study_id).values()
            }
        with core.write(CLI) as uow:
            command = subjects.AddSubject(
                study_id=study_id, op=new_id(), subject_key=SUBJECT, site_id=sites["KR-01"]
            )
            subjects.add_subject(uow, command)
    if older:
        name_older_plugin(core, study_id)
        if released:
            release(core, study_id)
    return core


def name_older_plugin(core, study_id):
    """Amend the study so that it names an older version of a plugin than is installed: entry closes."""
    use = PluginUse(PLUGIN, "", "0.0.1", "0" * 64)
    amended = dataclasses.replace(limited(version()), oid="2", plugins=(use,))
    with core.write(CLI) as uow:
        studies.publish(
            uow, studies.Publish(study_id=study_id, op=new_id(), environment="live", version=amended)
        )


def close_entry(folder):
    """Do so in a study that people are at work in."""
    core = Core(
        Settings(database_url=f"sqlite:///{folder}/web.db", files_dir=Path(folder) / "files"), EdcPlugins()
    )
    with core.read() as source:
        (study,) = readers.studies(source.connection)
    name_older_plugin(core, study.study_id)
    release(core, study.study_id)
    core.close()


def release(core, study_id):
    """Approve the newest version, and sign its release as the sponsor."""
    approve(core, study_id)
    sign(core, study_id, SPONSOR, ReleaseStep.RELEASE)


def approve(core, study_id):
    sign(core, study_id, MEDICAL, ReleaseStep.MEDICAL)
    sign(core, study_id, SPONSOR, ReleaseStep.SPONSOR)


def sign(core, study_id, login, step):
    with core.write(CLI) as uow:
        person = users.actor_of(uow, login, users.today(core.clock))
    with core.write(person) as uow:
        study = readers.study_by_id(uow.connection, study_id)
        published = going_live.publications(uow.connection, study_id)[study.meta_data_version]
        command = releasing.ReleaseStudy(
            study_id=study_id, op=new_id(), meta_data_version=published.oid, sha256=published.sha256,
            component="password", step=step, reason=Reason(text="No uat in this test"),
        )  # fmt: skip
        releasing.release_study(uow, command)
