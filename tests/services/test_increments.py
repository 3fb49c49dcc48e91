"""The law of increments: an export, then what changed since, is the export of the later state, cell by cell."""

import csv
import json
import shutil
from collections import defaultdict
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import (
    AddRow,
    CorrectSubjectKey,
    MoveSubject,
    RemoveForm,
    SaveItems,
    StrikeRow,
)
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ProtectAction
from edc_core.errors import EdcError, ExportRefused, NotFound
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture, correcting, exporting, protecting, removing
from edc_core.settings import Settings
from edc_core.testing import FakeClock
from tests.builders import SOME_REASON, Trial, vital_signs

OF_SUBJECTS = ("subjects", "visits_not_done", "signatures", "queries")
ABOUT = ("dictionary", "codelists", "data_origin")
FORM = ("SUBJID", "EVENT", "EVENT_KEY", "FORM", "FORM_KEY")
KEYS = ("S-001", "S-002", "S-003")


def export(trial, folder, **options):
    command = exporting.RequestExport(
        study_id=trial.study_id,
        op=new_id(),
        choice=ExportChoice(**{"format": "csv", "unlocked": True} | options),
    )
    return exporting.export(trial.core, trial.dm, command, folder).manifest


def rows_of_csv(file):
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def rows_of_json(file):
    whole = json.loads(file.read_bytes())
    return named(whole, whole["rows"])


def rows_of_lines(file):
    first, *rows = map(json.loads, file.read_bytes().splitlines())
    return named(first, rows)


def named(said, rows):
    """A cell by the name of its column; of nothing as CSV has it."""
    names = [column["name"] for column in said["columns"]]
    return [
        {name: "" if cell is None else cell for name, cell in zip(names, row, strict=True)} for row in rows
    ]


def rows_of_parquet(file):
    rows = pl.read_parquet(file).to_dicts()
    return [{name: "" if cell is None else cell for name, cell in row.items()} for row in rows]


READERS = {".csv": rows_of_csv, ".json": rows_of_json, ".ndjson": rows_of_lines, ".parquet": rows_of_parquet}


def tables(folder):
    found = {file: READERS.get(file.suffix) for file in folder.iterdir() if file.name != "manifest.json"}
    return {file.stem: read(file) for file, read in found.items() if read and file.stem not in ABOUT}


def carried_forward(base, increment):
    """What a reader of both files does, as docs/reference/csv.md says."""
    lines = increment.pop("changes")
    forms = {tuple(line[name] for name in FORM) for line in lines if line["FORM"]}
    subjects = {line["SUBJID"] for line in lines if not line["FORM"]}
    found = defaultdict(list)
    for file, rows in base.items():
        for row in rows:
            gone = (
                row["SUBJID"] in subjects
                if file in OF_SUBJECTS
                else tuple(row[name] for name in FORM) in forms
            )
            if not gone:
                found[file].append(row)
    for file, rows in increment.items():
        found[file].extend(rows)
    return found


def cells(found):
    """Every filled cell, in no order: an increment brings its rows after the others."""
    return sorted(
        (file, *sorted((name, repr(value)) for name, value in row.items() if value != ""))
        for file, rows in found.items()
        for row in rows
    )


def act(trial, service, kind, **fields):
    by = trial.dm if kind in (protecting.Protect, CorrectSubjectKey, MoveSubject) else trial.crc
    trial.act(by, service, kind, **fields)


def do(trial, step):
    """One thing that somebody tries: what is refused changes nothing, which is a case of the law too."""
    what, key, value = step
    at = {"subject_key": key}
    try:
        if what == "save":
            inputs = (
                ItemInput(trial.path("VS.SYSBP"), str(100 + value)),
                ItemInput(trial.path("VS.DIABP"), "70"),
            )
            act(
                trial,
                capture.save_items,
                SaveItems,
                **at,
                form=trial.form("VS"),
                items=inputs,
                reason=SOME_REASON,
            )
        elif what == "complete":
            trial.complete(key, "VS")
        elif what == "sex":
            trial.save(key, {"DM.SEX": "MF"[value % 2]}, reason=SOME_REASON)
        elif what == "row":
            act(
                trial,
                capture.add_row,
                AddRow,
                **at,
                form=trial.form("AE"),
                parent=trial.form("AE"),
                group_oid="AE.ROW",
            )
        elif what == "term":
            row = trial.form("AE").with_group("AE.ROW", "1").with_item("AE.TERM")
            inputs = (ItemInput(row, f"Headache {value}"),)
            act(
                trial,
                capture.save_items,
                SaveItems,
                **at,
                form=trial.form("AE"),
                items=inputs,
                reason=SOME_REASON,
            )
        elif what == "strike":
            row = trial.form("AE").with_group("AE.ROW", "1")
            act(
                trial, capture.strike_row, StrikeRow, **at, form=trial.form("AE"), row=row, reason=SOME_REASON
            )
        elif what == "remove":
            act(trial, removing.remove_form, RemoveForm, **at, form=trial.form("VS"), reason=SOME_REASON)
        elif what == "restore":
            act(
                trial,
                removing.remove_form,
                RemoveForm,
                restore=True,
                **at,
                form=trial.form("VS"),
                reason=SOME_REASON,
            )
        elif what == "lock":
            path = (trial.form("VS"), trial.form("DM"), ItemPath())[value % 3]
            act(
                trial,
                protecting.protect,
                protecting.Protect,
                **at,
                path=path,
                action=ProtectAction.LOCK,
                reason=SOME_REASON,
            )
        elif what == "key":
            act(
                trial,
                correcting.correct_subject_key,
                CorrectSubjectKey,
                **at,
                new_key=f"S-00{3 + value % 3}",
                reason=SOME_REASON,
            )
        elif what == "move":
            to = {"site": ("US-01", "KR-01")[value % 2], "day": "2026-01-06"}
            act(trial, correcting.move_subject, MoveSubject, **at, **to, reason=SOME_REASON)
        elif what == "add":
            trial.add_subject(key)
    except EdcError:
        pass


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            "save save complete sex row term strike remove restore lock key move add".split()  # noqa: SIM905
        ),
        st.sampled_from(KEYS),
        st.integers(0, 5),
    ),
    max_size=12,
)


OPTIONS = st.builds(
    lambda unlocked, name, part: {"unlocked": unlocked, "format": name} | part,
    st.booleans(),
    st.sampled_from(["csv", "csv-with-removed", "dataset-json-1.1", "dataset-ndjson-1.1", "parquet"]),
    st.sampled_from([{}, {"sites": ("KR-01",)}, {"forms": ("VS", "AE")}]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=STEPS, between=st.lists(STEPS, min_size=1, max_size=3), options=OPTIONS)
def test_a_base_and_its_increments_are_the_whole(
    edc_sqlite_template, tmp_path_factory, before, between, options
):
    folder = tmp_path_factory.mktemp("law")
    shutil.copyfile(edc_sqlite_template, folder / "edc.db")
    core = Core(Settings(database_url=f"sqlite:///{folder / 'edc.db'}"), EdcPlugins(), FakeClock())
    try:
        trial = Trial(core, vital_signs().build())
        for key in KEYS[:2]:
            trial.add_subject(key)
        for step in before:
            do(trial, step)
        cut = export(trial, folder / "base", **options)["cut"]
        found = tables(folder / "base")
        for n, steps in enumerate(between):
            for step in steps:
                do(trial, step)
            made = export(trial, folder / f"since{n}", **options, since=cut)
            assert made["since"] == cut
            found = carried_forward(found, tables(folder / f"since{n}"))
            cut = made["cut"]
        export(trial, folder / "whole", **options, snapshot=cut)
        assert cells(found) == cells(tables(folder / "whole"))
    finally:
        core.close()


@pytest.fixture
def core(core_url, clock):
    core = Core(Settings(database_url=core_url), EdcPlugins(), clock)
    yield core
    core.close()


@pytest.fixture
def base(core, tmp_path):
    trial = Trial(core, vital_signs().build())
    for key in KEYS[:2]:
        trial.add_subject(key)
        trial.save(key, {"VS.SYSBP": "120", "VS.DIABP": "80"})
        trial.save(key, {"DM.SEX": "F"})
    return trial, export(trial, tmp_path / "base")["cut"]


def test_only_what_is_otherwise_is_in_an_increment_and_the_rest_is_counted(base, tmp_path):
    trial, cut = base
    trial.save("S-001", {"VS.SYSBP": "130"})
    made = export(trial, tmp_path / "since", since=cut)
    assert made["counts"]["forms"] == 1
    assert made["left_out"] == {"forms unchanged since": 1, "subjects unchanged since": 1}
    found = tables(tmp_path / "since")
    assert [(line["SUBJID"], line["FORM"], line["CHANGE"]) for line in found["changes"]] == [
        ("S-001", "", "WRITTEN"), ("S-001", "VS", "WRITTEN"),
    ]  # fmt: skip
    assert [row["SYSBP"] for row in found["VS"]] == ["130"]
    assert found["DM"] == []


def test_nothing_is_in_an_increment_when_nothing_is_otherwise(base, tmp_path):
    trial, cut = base
    made = export(trial, tmp_path / "since", since=cut)
    assert made["cut"] == cut
    assert tables(tmp_path / "since")["changes"] == []


def test_the_same_two_states_give_the_same_bytes(base, tmp_path):
    trial, cut = base
    trial.save("S-001", {"VS.SYSBP": "130"})
    later = export(trial, tmp_path / "one", since=cut)["cut"]
    trial.save("S-001", {"VS.SYSBP": "140"})
    export(trial, tmp_path / "two", since=cut, snapshot=later)
    assert {file.name: file.read_bytes() for file in (tmp_path / "one").iterdir()} == {
        file.name: file.read_bytes() for file in (tmp_path / "two").iterdir()
    }


def test_a_form_that_went_says_so(base, tmp_path):
    trial, cut = base
    trial.act(
        trial.crc,
        removing.remove_form,
        RemoveForm,
        subject_key="S-001",
        form=trial.form("VS"),
        reason=SOME_REASON,
    )
    export(trial, tmp_path / "since", since=cut)
    lines = tables(tmp_path / "since")["changes"]
    assert ("VS", "REMOVED") in {(line["FORM"], line["CHANGE"]) for line in lines}


def test_another_version_writes_everything_anew(base, tmp_path):
    """Columns and labels may be other ones."""
    trial, cut = base
    trial.publish(replace(trial.index.version, oid="V2"))
    made = export(trial, tmp_path / "since", since=cut)
    assert made["counts"]["forms"] == 4


def test_what_cannot_go_on_is_refused(base, tmp_path):
    trial, cut = base
    trial.save("S-001", {"VS.SYSBP": "130"})
    later = export(trial, tmp_path / "later")["cut"]
    with pytest.raises(ExportRefused, match="no earlier state"):
        export(trial, tmp_path / "back", since=later, snapshot=cut)
    with pytest.raises(NotFound):
        export(trial, tmp_path / "none", since="0" * 64)
    with pytest.raises(ExportRefused, match="export it whole"):
        export(trial, tmp_path / "odm", format="odm-1.3.2", since=cut)
