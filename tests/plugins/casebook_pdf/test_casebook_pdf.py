"""Casebooks read back from their PDF: all that stands in them, nothing that may not be seen, the same bytes for the same state."""

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from edc_core.core import Core
from edc_core.domain.commands import ActOnQuery, AddRow, OpenQuery, Reason
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import DataType
from edc_core.domain.permission import Role
from edc_core.domain.query import QueryAction, QueryState
from edc_core.domain.signature import Meaning
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture, exporting, queries, signing
from edc_core.services.to_sign import Desk
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.testing import Trial, a_study
from tests.plugins.casebook_pdf.test_signed import archival


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(
        Settings(database_url=core_url, exports_dir=tmp_path / "exports", files_dir=tmp_path / "files"),
        EdcPlugins(),
        clock,
    )
    yield core
    core.close()


@pytest.fixture
def trial(core):
    study = (
        a_study("BOOKS")
        .with_event("V1", "VS", "AE")
        .with_item("VS.SYSBP", DataType.INTEGER, soft=(60, 250))
        .with_item("VS.NOTE")
        .with_item("VS.SEX", codes=("M", "F"))
        .with_item("VS.ARM")
        .with_group("AE.ROW", form="AE")
        .with_item("AE.TERM", group="AE.ROW")
        .with_site("KR-01")
    )
    version = study.build()
    items = tuple(replace(i, sensitivity="blinded") if i.oid == "VS.ARM" else i for i in version.items)
    trial = Trial(core, replace(version, items=items))
    trial.add_subject("S/1 가")
    return trial


def fill(trial):
    key = "S/1 가"
    trial.save(key, {"VS.SYSBP": "300", "VS.NOTE": "두통이 있음 <b>", "VS.ARM": "VERUM-ARM"})
    trial.complete(key, "VS")
    trial.save(key, {"VS.SYSBP": "130"}, reason=Reason("other", "Read the wrong line"))
    place = {"subject_key": key, "path": trial.path("VS.NOTE")}
    trial.act(trial.dm, queries.open_query, OpenQuery, text="Since when?", **place)
    return key


def export(trial, out, by=None):
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice("casebook-pdf", unlocked=True)
    )
    return (
        exporting.export(trial.core, by or trial.dm, command, out).folder / "casebooks/S%2F1%20%EA%B0%80.pdf"
    )


def squeezed(pdf):
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def test_a_casebook_holds_values_history_queries_and_who_did_it(trial, tmp_path):
    fill(trial)
    pdf = export(trial, tmp_path / "out").read_bytes()
    text = squeezed(pdf)
    for words in (
        "130",
        "300",
        "Reason:Other:Readthewrongline",
        "두통이있음<b>",
        "Query,Open",
        "Sincewhen?",
        "crc.kim",
        "Version1",
    ):
        assert words in text, words
    assert "2026-03-0418:15:00+0900" in text, "the time of the site, with its distance from UTC"
    assert "Nothingissignedinthiscasebook." in text
    titles = [entry.title for entry in _flat(PdfReader(io.BytesIO(pdf)).outline)]
    assert titles[0] == "Casebook of S/1 가"
    assert titles[-1] == "Signatures"
    assert archival(pdf) == []


def test_casebooks_of_chosen_subjects_and_forms_are_copies_to_read(trial, tmp_path):
    key = fill(trial)
    trial.add_subject("S-2")
    trial.save("S-2", {"VS.SYSBP": "120"})
    form = trial.form("AE")
    row = {"subject_key": key, "form": form, "parent": form, "group_oid": "AE.ROW"}
    trial.act(trial.crc, capture.add_row, AddRow, **row)
    trial.save(key, {form.with_group("AE.ROW", "1").with_item("AE.TERM"): "Headache"})
    asked = ExportChoice("casebook-pdf", unlocked=True, subjects=(key,), forms=("VS",))
    command = exporting.RequestExport(study_id=trial.study_id, op=new_id(), choice=asked)
    made = exporting.export(trial.core, trial.dm, command, tmp_path / "out")
    (file,) = made.folder.glob("casebooks/*.pdf")
    text = squeezed(file.read_bytes())
    assert "두통이있음<b>" in text
    assert "Headache" not in text
    assert made.manifest["scope"] == {"forms": ("VS",), "subjects": (key,)}


def _flat(entries):
    for entry in entries:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def test_what_a_role_may_not_see_is_not_in_the_file(trial, tmp_path):
    fill(trial)
    assert "VERUM-ARM" not in squeezed(export(trial, tmp_path / "blind").read_bytes())
    assert "VERUM-ARM" in squeezed(export(trial, tmp_path / "whole", by=trial.cli).read_bytes())


def test_a_signature_is_printed_with_name_meaning_time_and_zone(trial, tmp_path):
    key, vs = fill(trial), ItemPath.parse("V1[1]/VS[1]")
    with trial.core.read() as source:
        found = readers.subject_by_key(source.connection, trial.study_id, key)
        site = readers.sites(source.connection, trial.study_id)[found.site_id]
        study = readers.study_by_id(source.connection, trial.study_id)
        asked = readers.casebook(source, found).queries
    for one in asked.values():
        if one.is_unfinished:
            act = {"subject_key": key, "query_id": one.query_id}
            if one.state is QueryState.OPEN:
                trial.act(
                    trial.crc, queries.act_on_query, ActOnQuery, action=QueryAction.ANSWER, text="Ok.", **act
                )
            trial.act(trial.dm, queries.act_on_query, ActOnQuery, action=QueryAction.CLOSE, **act)
    with trial.core.read() as source:
        laid = Desk(source, trial.pi, study, found, site).lay_out(vs)
    given = signing.Sign(
        study_id=trial.study_id, op=new_id(), subject_key=key, path=vs, sha256=laid.manifest.sha256,
        meaning=Meaning.REVIEW, component="password", accepts=True,
    )  # fmt: skip
    with trial.core.write(trial.pi) as uow:
        signing.sign(uow, given, trial.core.files)
    text = squeezed(export(trial, tmp_path / "out").read_bytes())
    for words in (
        "(pi.lee),investigator",
        "2026-03-0418:15:00+0900(Asia/Seoul)",
        re.sub(r"\s", "", Meaning.REVIEW.statement),
        "valid",
    ):
        assert words in text, words


def test_the_same_state_gives_the_same_bytes_whoever_asks_and_whenever(trial, tmp_path, clock):
    fill(trial)
    first = export(trial, tmp_path / "one").read_bytes()
    clock.advance(days=3)
    other = trial.person(Role.DM, "dm.other")
    assert export(trial, tmp_path / "two", by=other).read_bytes() == first
