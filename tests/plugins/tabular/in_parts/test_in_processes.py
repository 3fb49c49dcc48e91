"""Exports that several processes make together: the bytes of one process, nothing half-written, and stopped soon (REQ-EXP-03)."""

import json
import multiprocessing
import os
import time
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from edc_core.domain.metadata import Alias
from edc_core.errors import ExportRefused
from edc_core.services.export_parts import split
from edc_core.store import readers
from tests.builders import vital_signs
from tests.plugins.tabular.in_parts import dying
from tests.plugins.tabular.in_parts.conftest import keep
from tests.plugins.tabular.in_parts.dying import SUBJECTS

FORMATS = [
    "csv", "csv-with-removed", "dataset-json-1.1", "dataset-ndjson-1.1", "parquet", "xpt-v5", "xpt-v5-utf-8", "xlsx", "sav",
    "dta",
]  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_two_processes_write_the_bytes_of_one(export, bytes_of, name):
    alone, _ = export(name, 1)
    together, told = export(name, 2)
    assert bytes_of(together) == bytes_of(alone)
    assert len(bytes_of(alone)) > 1
    assert told[-1] == (5, 5)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize("name", FORMATS)
def test_two_processes_write_the_changes_of_one(trial, export, bytes_of, name):
    trial.save("S-001", {"VS.NOTE": "later"})
    trial.save("S-002", {"VS.NOTE": "later"})
    trial.add_subject("S-0035")
    trial.save("S-004", {"DM.AGE": "41"})
    keep(trial, "Two")
    alone, _ = export(name, 1, snapshot="Two", since="One")
    together, told = export(name, 2, snapshot="Two", since="One")
    assert bytes_of(together) == bytes_of(alone)
    left_out = json.loads((together / "manifest.json").read_text())["left_out"]
    assert left_out["subjects unchanged since"] == 2
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_changes_of_a_new_version_are_everything_in_two_processes_as_in_one(trial, export, bytes_of):
    trial.publish(replace(vital_signs().with_item("VS.PULSE").build(), oid="2"))
    trial.save("S-003", {"VS.NOTE": "later"})
    keep(trial, "Two")
    alone, _ = export("csv", 1, snapshot="Two", since="One")
    together, _ = export("csv", 2, snapshot="Two", since="One")
    assert bytes_of(together) == bytes_of(alone)
    assert b"S-005" in bytes_of(together)[Path("subjects.csv")]


def test_two_processes_leave_out_the_texts_in_other_languages_that_one_does(trial, export, bytes_of):
    version = vital_signs().build()
    meant = tuple(
        replace(one, aliases=(Alias("edc:language", "zh"),)) if one.oid == "VS.NOTE" else one
        for one in version.items
    )
    trial.publish(replace(version, oid="2", items=meant))
    trial.save("S-003", {"VS.NOTE": "头痛"})
    trial.save("S-005", {"VS.NOTE": "疲劳"})
    keep(trial, "Two")
    alone, _ = export("xpt-v5", 1, snapshot="Two")
    together, _ = export("xpt-v5", 2, snapshot="Two")
    assert bytes_of(together) == bytes_of(alone)
    page = (together / "dictionary.html").read_text(encoding="utf-8")
    assert "Left out with their history: 2 texts" in page
    assert b"VS.NOTE" not in bytes_of(together)[Path("audit.xpt")]


def test_processes_read_the_subjects_that_changed(trial, export, exporter):
    for key in ("S-001", "S-002", "S-004"):
        trial.save(key, {"VS.NOTE": "later"})
    made = exporter(dying.pid)
    export("parts", 2, snapshot="", since="One")
    assert [key for _, keys in made for key in keys] == ["S-001", "S-002", "S-004"]
    assert len(made) > 1
    assert os.getpid() not in {pid for pid, _ in made}


def test_data_that_stay_in_their_country_are_left_out_and_counted_as_by_one(core, trial, export, bytes_of):
    with core.read() as source:
        sites = readers.sites(source.connection, trial.study_id).values()
    first, second = sorted(sites, key=lambda site: site.number)
    assert first.country != second.country
    core.settings = replace(core.settings, kept_countries=frozenset({second.country}))
    trial.add_subject("S-000", site=second.number)
    alone, _ = export("csv", 1, snapshot="")
    together, _ = export("csv", 2, snapshot="")
    said = [json.loads((folder / "manifest.json").read_text()) for folder in (alone, together)]
    assert said[0]["left_out"] == said[1]["left_out"]
    assert said[0]["left_out"][f"subjects whose data stay in {second.country}"] == 1
    assert said[0]["counts"] == said[1]["counts"]
    assert said[0]["content_sha256"] == said[1]["content_sha256"]
    assert bytes_of(alone)[Path("subjects.csv")] == bytes_of(together)[Path("subjects.csv")]


def test_each_part_is_of_other_subjects_in_their_order_and_in_another_process(export, exporter):
    made = exporter(dying.pid)
    export("parts", 2)
    assert [key for _, keys in made for key in keys] == SUBJECTS
    assert len(made) == 4
    assert os.getpid() not in {pid for pid, _ in made}


@pytest.mark.parametrize(("processes", "part"), [(1, 1), (2, 1_000)])
def test_few_entries_or_one_process_stay_where_they_are(export, exporter, processes, part):
    made = exporter(dying.pid)
    export("parts", processes, part)
    assert made == [(os.getpid(), SUBJECTS)]


def test_subjects_that_an_exporter_has_chosen_are_read_where_it_is(export, exporter):
    made = exporter(dying.pid, lambda subjects: list(subjects)[:2])
    export("parts", 2)
    assert made == [(os.getpid(), SUBJECTS[:2])]


def test_a_process_that_is_lost_leaves_no_export_and_says_what_to_do(export, exporter, bytes_of, tmp_path):
    exporter(dying.killed)
    before = set(tmp_path.iterdir())
    with pytest.raises(
        ExportRefused, match=r"ended from outside.*Nothing was exported.*EDC_EXPORT_PROCESSES"
    ):
        export("parts", 2)
    assert [file for new in set(tmp_path.iterdir()) - before for file in bytes_of(new) if file.suffix] == []
    assert multiprocessing.active_children() == []


def test_a_cancelled_export_ends_its_processes_soon(export, exporter):
    exporter(dying.slow)

    def cancelled(done, total):
        raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        export("parts", 2, progress=cancelled)
    assert time.monotonic() - begun < 50
    assert multiprocessing.active_children() == []


def test_files_are_written_by_the_processes_that_made_the_parts_and_named_in_the_manifest(
    export, exporter, bytes_of
):
    names = [f"tables/{number}.txt" for number in range(7)]
    made = exporter(dying.pid, writes=[partial(dying.write, name) for name in names])
    folder, told = export("parts", 2)
    readers, writers = {pid for pid, _ in made[:4]}, made[4:]
    assert len(writers) == len(names)
    assert set(writers) <= readers
    said = json.loads((folder / "manifest.json").read_text())["files"]
    facts = {"bytes": len(dying.FEW), "rows": 2, "sha256": sha256(dying.FEW).hexdigest()}
    assert said == dict.fromkeys(names, facts)
    assert {bytes_of(folder)[Path(name)] for name in names} == {dying.FEW}
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_few_entries_are_written_where_they_were_read(export, exporter):
    made = exporter(dying.keys, writes=[partial(dying.write, "one.txt")])
    export("parts", 2, 1_000)
    assert made == [SUBJECTS, os.getpid()]


def test_two_that_write_the_same_file_are_refused(export, exporter):
    exporter(dying.keys, writes=[partial(dying.write, "one.txt")] * 2)
    with pytest.raises(ExportRefused, match=r"'one\.txt', which cannot be written"):
        export("parts", 2)


def test_a_process_that_is_lost_as_it_writes_leaves_no_export_and_says_what_to_do(
    export, exporter, bytes_of, tmp_path
):
    exporter(dying.keys, writes=[partial(dying.write, "one.txt"), partial(dying.write_and_die, "two.txt")])
    before = set(tmp_path.iterdir())
    with pytest.raises(
        ExportRefused, match=r"ended from outside.*Nothing was exported.*EDC_EXPORT_PROCESSES"
    ):
        export("parts", 2)
    new = set(tmp_path.iterdir()) - before
    assert [file for one in new for file in bytes_of(one)] == []
    assert multiprocessing.active_children() == []


def test_an_export_that_is_cancelled_as_it_is_written_ends_its_processes_soon(export, exporter):
    made = exporter(dying.keys, writes=[partial(dying.write_for_a_minute, f"{n}.txt") for n in range(3)])

    def cancelled(done, total):
        if made:
            raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        export("parts", 2, progress=cancelled)
    assert [key for keys in made for key in keys] == SUBJECTS
    assert time.monotonic() - begun < 50
    assert multiprocessing.active_children() == []


def test_what_tables_cannot_hold_is_said_of_all_of_them_as_by_one_process(trial, export):
    trial.save("S-005", {"VS.NOTE": "어지러움"})
    row = trial.form("AE").with_group("AE.ROW", "2")
    trial.save("S-002", {row.with_item("AE.TERM"): "두통"})
    said = []
    for processes in (1, 2):
        with pytest.raises(ExportRefused) as refused:
            export("xpt-v5", processes, snapshot="")
        said.append((refused.value.message, refused.value.details))
    assert said[0] == said[1]
    assert {"VS", "AE.AE_ROW"} <= {problem["dataset"] for problem in said[0][1]["problems"]}


@pytest.mark.parametrize(
    ("entries", "parts", "fewest", "ranges"),
    [
        ([], 4, 1, []),
        ([5], 4, 1, [(0, 1)]),
        ([5, 5, 5, 5], 2, 1, [(0, 2), (2, 4)]),
        ([5, 5, 5, 5], 2, 11, [(0, 4)]),
        ([1, 1, 1, 97], 4, 1, [(0, 4)]),
        ([97, 1, 1, 1], 4, 1, [(0, 1), (1, 4)]),
        ([0, 5, 0, 5, 0], 2, 1, [(0, 2), (2, 5)]),
        ([0, 0], 2, 1, [(0, 2)]),
    ],
)
def test_ranges_hold_about_as_much_each(entries, parts, fewest, ranges):
    assert split(entries, parts, fewest) == ranges
