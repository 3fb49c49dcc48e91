"""AuditRecords, Signatures and Annotations at the end of ClinicalData: what typed ItemData before them refer to by ID."""

from __future__ import annotations

import marshal
from collections.abc import Collection, Iterable
from pathlib import Path

from edc_core_odm.read_definitions import Source
from edc_core_odm.read_marks import Marks, Record
from edc_core_odm.safe_xml import Element, elements, forget, line_of, mentions
from edc_core_odm.stage import PutAside

CONTAINERS = {"AuditRecord": "AuditRecords", "Signature": "Signatures", "Annotation": "Annotations"}


class Records:
    """Records of one file by ID, outside memory: a file may have one for each value."""

    def __init__(self) -> None:
        self._aside = PutAside("CREATE TABLE record (id TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID")

    def get(self, name: str) -> Record | None:
        row = self._aside.database.execute("SELECT content FROM record WHERE id = ?", (name,)).fetchone()
        return None if row is None else marshal.loads(row[0])  # noqa: S302 - written below, by this process

    def add(self, name: str, record: dict[str, object]) -> None:
        content = marshal.dumps({**(self.get(name) or {}), **record})
        with self._aside.writing() as database:
            database.execute("INSERT OR REPLACE INTO record VALUES (?, ?)", (name, content))


def records_of(path: Path, source: Source) -> Records:
    """Read the containers ahead of the data, so that a value and what it refers to come together at once."""
    found = Records()
    if not mentions(path, *CONTAINERS.values()):
        return found
    containers = {source.tag(name) for name in CONTAINERS.values()}
    others = {source.tag(name) for name in ("FormData", "SubjectData", "Study")}
    records = {source.tag(name) for name in CONTAINERS}
    for _, element in elements(path, source.log, [*records, *containers, *others]):
        parent = element.getparent()
        if element.tag in others:
            forget(element)
        elif element.tag in containers:
            _report_others(source, element, element, records)
            forget(element)
        elif parent is not None and parent.tag in containers:
            _keep(found, source, element)
            _report_others(source, element.itersiblings(preceding=True), parent, records)
            forget(element)
    return found


def _report_others(
    source: Source, found: Iterable[Element], container: Element, records: Collection[str]
) -> None:
    for child in found:
        if child.tag not in records:
            source.unexpected(child, container)


def _keep(records: Records, source: Source, element: Element) -> None:
    marks = Marks()
    marks.take(source, element)
    found: dict[str, object] = dict(marks.audit or marks.signature or (marks.annotations or [{}])[0])
    # The ID only ties the two together, and the record will stand with its data.
    name = str(found.pop("ID", ""))
    if name:
        records.add(name, found)
    else:
        source.log.add("ODM014", line_of(element), f"ID of {source.name(element)}.")
