"""Counts of rows: a format that loses one stops the export."""

from dataclasses import replace

import pytest
from edc_core_tabular.formats.csv.tables import write_tables
from edc_core_tabular.plugin import edc_register_exporters
from edc_core_tabular.reconciled import reconciled

from edc_core.api import ExportRefused, TransportProfile
from edc_core.testing import MemorySink

PROFILE = TransportProfile(encoding="utf-8")


def losing(study, tables, profile, sink):
    """Writes all rows but the last."""
    for table in tables:
        rows = list(table.records())[:-1]
        write_tables(study, [replace(table, records=lambda rows=rows: iter(rows))], profile, sink)


def peeking(study, tables, profile, sink):
    """Writes the first row alone."""
    for table in tables:
        first = next(table.records())
        write_tables(study, [replace(table, records=lambda first=first: iter([first]))], profile, sink)


def test_a_format_that_loses_a_row_stops_the_export(study, table, records):
    with pytest.raises(ExportRefused, match=r"Made: DM 3, AE 2\. Written: DM\.csv 2, AE\.csv 1\.") as refused:
        reconciled(losing)(study, [table(), table(records[:2], name="AE")], PROFILE, MemorySink())
    assert "S-1" not in str(refused.value)


def test_a_format_that_stops_reading_stops_the_export(study, table):
    with pytest.raises(ExportRefused, match="did not read every row of DM"):
        reconciled(peeking)(study, [table()], PROFILE, MemorySink())


def test_rows_that_are_others_when_read_again_stop_the_export(study, table, records):
    left = [records, records[:1]]
    odd = replace(table(), records=lambda: iter(left.pop(0)))

    def twice(study, tables, profile, sink):
        for one in tables:
            list(one.records())
            write_tables(study, [one], profile, sink)

    with pytest.raises(ExportRefused, match="did not read every row of DM"):
        reconciled(twice)(study, [odd], PROFILE, MemorySink())


@pytest.mark.parametrize(
    "exporter", [one for one in edc_register_exporters() if one.tables], ids=lambda one: one.name
)
def test_every_format_states_the_rows_it_was_given(exporter, study, table):
    sink = MemorySink()
    exporter.tables(study, [table(), table((), name="EMPTY")], PROFILE, sink)
    assert sorted(sink.counts.values()) == ([3] if exporter.name == "xlsx" else [0, 3])
    assert set(sink.counts) == set(sink.files)


@pytest.mark.parametrize(
    "exporter", [one for one in edc_register_exporters() if one.tables], ids=lambda one: one.name
)
def test_files_go_where_the_profile_says_and_repeat_byte_for_byte(exporter, study, table):
    first, second = MemorySink(), MemorySink()
    for sink in (first, second):
        exporter.tables(
            study, [table()], TransportProfile(folder="tabulations/sdtm/", encoding="utf-8"), sink
        )
    assert first.files == second.files
    assert {name.lower().rpartition("/")[0] for name in first.files} == {"tabulations/sdtm"}
