"""ODM 2.0 is written and read one subject at a time."""

import tracemalloc
from contextlib import contextmanager

from edc_core_odm.odm2.exporter import write
from edc_core_odm.odm2.importer import read

from edc_core.api import (
    AuditRecord,
    DataType,
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSubject,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemPath,
    ItemRef,
    MetaDataIndex,
    MetaDataVersion,
    Step,
    StudyEventDef,
    StudyInfo,
)

SIZE = 120


def one_subject(n):
    path = ItemPath(Step("E", "1"), Step("F", "1"))
    record = AuditRecord(
        "Insert", "x" * 200, "x" * 200, "", "", "ok", "kim", "", "1", "2026-01-01T00:00:00Z", "", "1/a", {}
    )
    items = tuple(
        ExportItem((Step("G", str(row)),), "I", "x" * 200, "x" * 200, "", "", "ok", False, (record,))
        for row in range(SIZE)
    )
    return ExportSubject(
        str(n), "1", "", (ExportForm(path, "V", "complete", "open", (), items, {}),), (), (), {}
    )


class FileSink:
    """A file, as the core's own sink is one."""

    def __init__(self, path):
        self.path = path

    @contextmanager
    def open(self, name):
        with self.path.open("wb") as stream:
            yield stream

    def progress(self, subjects_done):
        """Nobody watches."""

    def rows(self, name, count):
        """Nobody counts."""


def peak_of(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_neither_with_the_file_written_nor_with_the_file_read(tmp_path):
    version = MetaDataVersion(
        "V",
        "V",
        StudyInfo("S", "S", protocol_name="P"),
        events=(StudyEventDef("E", "E", form_refs=(FormRef("F"),)),),
        forms=(FormDef("F", "F", group_refs=(ItemGroupRef("G"),)),),
        item_groups=(ItemGroupDef("G", "G", repeating=True, item_refs=(ItemRef("I"),)),),
        items=(ItemDef("I", "I", DataType.TEXT),),
    )
    out, into = {}, {}
    for count in (10, 150):
        path = tmp_path / f"{count}.xml"
        dataset = ExportDataset(
            "S", "S", "live", {"V": MetaDataIndex(version)}, "c", "2026-01-01T00:00:00Z", {}, {"kim": "Kim"},
            lambda count=count: map(one_subject, range(count)),
        )  # fmt: skip
        out[count] = peak_of(lambda path=path, dataset=dataset: write(dataset, FileSink(path)))

        def everything(path=path, count=count):
            imported = read([path])
            assert sum(len(form.items) for s in imported.subjects for form in s.forms) == count * SIZE

        into[count] = peak_of(everything)
    assert out[150] < 1.5 * out[10], out
    assert into[150] < 1.5 * into[10], into
