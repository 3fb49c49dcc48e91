"""A trial whose adverse events and history are coded by a made dictionary, the history with approval, and its coders."""

import dataclasses

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import SaveItems
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.services import capture, users
from edc_core.store import readers
from tests.web.trial import CLI, PASSWORD, STUDY, SUBJECT, make_core

DEFINITION = """\
oid: DEMO
version: {oid: "1"}
events: [{oid: LOG, title: Events, forms: [AE, MH]}]
forms:
  - oid: AE
    title: Adverse events
    groups:
      - name: AELOG
        title: Log
        repeating: true
        items:
          - {name: AETERM, question: Adverse event, alias: {Coding: MadeDRA}}
  - oid: MH
    title: History
    items:
      - {name: MHTERM, question: Medical history, alias: {Coding: MadeDRA with approval}}
"""
CODER, SECOND, MEDICAL = "bae@coding.example", "cho@coding.example", "mina@sponsor.example"
SITES = (SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"), SiteDef("DE-01", "Berlin", "DE", "Europe/Berlin"))
HISTORY = ItemPath.parse("LOG[1]/MH[1]/MH.MH[1]/MH.MHTERM")


def event(row):
    """The place of an adverse event."""
    return ItemPath.parse(f"LOG[1]/AE[1]/AE.AELOG[{row}]/AE.AETERM")


def make(folder, **settings):
    """The core of the trial, in a folder."""
    file = folder / "study.yaml"
    file.write_text(DEFINITION, encoding="utf-8")
    core = make_core(folder, dataclasses.replace(load(file).required(), sites=SITES), **settings)
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    for login, role in ((CODER, Role.COD), (SECOND, Role.COD), (MEDICAL, Role.MED)):
        person = users.AddUser(
            study_id="@system", op=new_id(), login=login, full_name=login.partition("@")[0]
        )
        with core.write(CLI) as uow:
            users.add_user(uow, person)
        with core.write(CLI) as uow:
            users.add_grant(uow, users.grant_for_sites(uow, login, role, study_id, ()))
        with core.write(CLI) as uow:
            users.set_password(uow, login, PASSWORD)
    return core


def write(core, *, ae=(), mh="", subject=SUBJECT):
    """What a site writes in complete forms: a row for each event, and the history."""
    save(core, {event(row): term for row, term in enumerate(ae, start=1)}, subject=subject)
    save(core, {HISTORY: mh} if mh else {}, subject=subject)


def save(core, values, *, subject=SUBJECT, complete=True, **fields):
    if not values:
        return
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        found = readers.subject_by_key(source.connection, study_id, subject)
        now = readers.casebook(source, found).items
    items = tuple(
        ItemInput(path, text, base_version=now[path].version if path in now else 0)
        for path, text in values.items()
    )
    command = SaveItems(
        study_id=study_id, op=new_id(), subject_key=subject, form=items[0].path.form_path, items=items,
        complete=complete, **fields,
    )  # fmt: skip
    with core.write(CLI) as uow:
        capture.save_items(uow, command)
