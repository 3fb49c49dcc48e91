"""Identifiers of persons in what an import brings: left out before anything is written, listed, and noted without them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.domain.file_value import name_in
from edc_core.domain.scanner import TextKind, is_looked_through
from edc_core.domain.values import parse
from edc_core.errors import NotFound
from edc_core.identifiers import refusing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edc_core.domain.imported import ImportedItem, ImportedQuery, ImportedSubject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.scanner import Scanner


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not taken. :param path: its place, empty for the subject. :param what: in words."""

    path: str
    what: str
    scanner: Scanner
    line: int


def sift(
    subject: ImportedSubject, index: MetaDataIndex, scanners: Sequence[Scanner]
) -> tuple[ImportedSubject, tuple[LeftOut, ...]]:
    """A subject without the texts that hold identifiers. Nobody is there to be asked, so what asks refuses as well."""
    if not scanners:
        return subject, ()
    out: list[LeftOut] = []
    forms = []
    for form in subject.forms:
        items = tuple(item for item in form.items if not _item(out, item, index, scanners))
        keeps = not _texts(out, str(form.path), "What the file says of this form", form.source, scanners, form.line)  # fmt: skip
        forms.append(replace(form, items=items, source=form.source if keeps else {}))
    queries = tuple(one for one in subject.queries if not _query(out, one, scanners))
    not_done = tuple(
        (path, reason) if not _texts(out, str(path), "The reason", reason, scanners, subject.line) else (path, "")
        for path, reason in subject.not_done
    )  # fmt: skip
    keeps = not _texts(out, "", "What the file says of this subject", subject.source, scanners, subject.line)
    source = subject.source if keeps else {}
    kept = replace(subject, forms=tuple(forms), queries=queries, not_done=not_done, source=source)
    return kept, tuple(out)


def _item(out: list[LeftOut], item: ImportedItem, index: MetaDataIndex, scanners: Sequence[Scanner]) -> bool:
    raw = item.raw or ""
    try:
        placed = index.place(item.path).item
    except NotFound:
        return False  # another version may define it; a value without a place is not taken at all
    if placed.file is not None:
        return _texts(out, str(item.path), "A file", name_in(raw), scanners, item.line, TextKind.FILE_NAME)
    reading = parse(placed, index.code_lists.get(placed.code_list_oid or ""), raw).reading
    read = raw if is_looked_through(placed, reading) else ""
    return _texts(out, str(item.path), "A value", [read, item.source], scanners, item.line)


def _query(out: list[LeftOut], one: ImportedQuery, scanners: Sequence[Scanner]) -> bool:
    said = [one.query.text, *(message.text for message in one.query.messages)]
    return _texts(out, str(one.query.path), "A query", said, scanners, one.line, TextKind.QUERY)


def _texts(
    out: list[LeftOut], path: str, what: str, given: object, scanners: Sequence[Scanner], line: int,
    kind: TextKind = TextKind.VALUE,
) -> bool:  # fmt: skip
    for text in _strings(given):
        if (scanner := refusing(scanners, kind, text)) is not None:
            out.append(LeftOut(path, what, scanner, line))
            return True
    return False


def _strings(given: object) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, dict):
        for part in given.values():
            yield from _strings(part)
    elif isinstance(given, (list, tuple)):
        for part in given:
            yield from _strings(part)
