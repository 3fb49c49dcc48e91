"""A small trial in a database of its own: two sites, five people, the form of tests/rendering/vital_signs.py."""

import dataclasses
from pathlib import Path

from edc_core.core import Core
from edc_core.domain import metadata_json
from edc_core.domain.metadata import Comparator, RangeCheck, SiteDef, TranslatedText
from edc_core.domain.permission import Actor, Role
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import studies, subjects, users
from edc_core.settings import Settings
from edc_core.store import readers, schema
from tests import made_before
from tests.rendering.vital_signs import version

PASSWORD = "correct horse battery"
CLI = Actor("cli:test", trusted=True)
PEOPLE = {
    "jiwoo@site.example": ("Kim Jiwoo", Role.CRC),
    "minseo@site.example": ("Lee Minseo", Role.SUB),
    "haneul@site.example": ("Park Haneul", Role.PI),
    "anna@cro.example": ("Anna Weber", Role.CRA),
    "dana@sponsor.example": ("Dana Ortiz", Role.DM),
}
STUDY = "DEMO@uat"
SUBJECT = "KR01-0001"
FORM_URL = f"/s/{STUDY}/subjects/{SUBJECT}/V2/VS"


def limited(definition):
    """The definition with a soft and a hard limit on the blood pressure."""
    soft = RangeCheck(
        Comparator.LE,
        ("250",),
        False,
        TranslatedText.of("This is above 250. Check the source; correct it or keep it.", "en"),
    )
    hard = RangeCheck(
        Comparator.LE,
        ("400",),
        True,
        TranslatedText.of("no pressure above 400 can be measured. Please check the number.", "en"),
    )
    items = tuple(
        dataclasses.replace(i, range_checks=(soft, hard)) if i.oid == "SYSBP" else i for i in definition.items
    )
    return dataclasses.replace(
        definition,
        items=items,
        sites=(
            SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"),
            SiteDef("DE-01", "Berlin", "DE", "Europe/Berlin"),
        ),
    )


def make_core(folder, definition=None, **settings):
    """The core of the trial, in a folder; what was made once in this process is copied."""
    file = Path(folder) / "web.db"
    own = {"database_url": f"sqlite:///{file}", "files_dir": Path(folder) / "files"}
    core = Core(Settings(**own | settings), EdcPlugins())
    definition = definition or limited(version())
    what = metadata_json.sha256(definition)
    if what in made_before.made:
        file.write_bytes(made_before.made[what])
    else:
        fill(core, definition)
        made_before.keep(what, made_before.content_of(file))
    return core


def fill(core, definition=None):
    """Make the schema, the study, its subjects and its people in an empty database."""
    schema.upgrade(core.engine)
    with core.write(CLI) as uow:
        published = studies.publish(
            uow,
            studies.Publish(
                study_id="", op=new_id(), environment="uat", version=definition or limited(version())
            ),
        )
    study_id = published["study_id"]
    with core.read() as source:
        sites = {site.number: site.site_id for site in readers.sites(source.connection, study_id).values()}
    with core.write(CLI) as uow:
        subjects.add_subject(
            uow,
            subjects.AddSubject(study_id=study_id, op=new_id(), subject_key=SUBJECT, site_id=sites["KR-01"]),
        )
    with core.write(CLI) as uow:
        subjects.add_subject(
            uow,
            subjects.AddSubject(
                study_id=study_id, op=new_id(), subject_key="DE01-0001", site_id=sites["DE-01"]
            ),
        )
    for login, (name, role) in PEOPLE.items():
        with core.write(CLI) as uow:
            users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=login, full_name=name))
        only = frozenset({sites["KR-01"]}) if login.endswith("site.example") else frozenset()
        with core.write(CLI) as uow:
            users.add_grant(
                uow,
                users.AddGrant(
                    study_id="@system", op=new_id(), login=login, role=role, granted_study_id=study_id,
                    scope="sites" if only else "all", site_ids=only,
                ),
            )  # fmt: skip
        with core.write(CLI) as uow:
            users.set_password(uow, login, PASSWORD)
