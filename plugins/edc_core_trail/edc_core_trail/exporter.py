"""Writing the files: the ledger is read once, and each entry goes to every file as it comes."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import IO
from urllib.parse import quote

from edc_core.api import AnchoredState, ExportDataset, ExportSink, TrailEntry
from edc_core_trail.printing import pdf

VERIFIER = "verify_trail.py"
HEADER = (
    "subject", "site", "n", "at", "site_zone", "who", "role", "where", "what", "reason", "kind", "path", "actor",
    "origin", "meta_data_version", "op", "hash",
)  # fmt: skip
#: Beginnings that a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NOT_SHOWN = "not shown to the role that exported this"


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the trail as CSV, JSON lines and PDF, that of the installation beside it, the anchors, and the verifier."""
    _trail(dataset, sink, dataset.trail(), "trail", "pdf/study.pdf")
    _trail(dataset, sink, dataset.system_trail(), "installation", "pdf/installation.pdf")
    _signed(dataset, sink)
    _anchors(dataset.anchors, sink)
    with sink.open(VERIFIER) as file:
        file.write(Path(__file__).with_name(VERIFIER).read_bytes())


def _trail(
    dataset: ExportDataset, sink: ExportSink, all_entries: Iterator[TrailEntry], name: str, own: str
) -> None:
    """:param own: the PDF of the chain that is no subject's."""
    count = 0
    with sink.open(f"{name}.csv") as table, sink.open(f"{name}.jsonl") as lines:
        _row(table, HEADER)
        chains = groupby(all_entries, key=lambda entry: (entry.columns["chain"], entry.subject_key))
        for done, ((_, subject_key), entries) in enumerate(chains):
            printed = []
            for entry in entries:
                _row(table, cells(entry))
                lines.write(_line(facts(entry)))
                printed.append(entry)
            page_name = f"pdf/subjects/{quote(subject_key, safe='')}.pdf" if subject_key else own
            with sink.open(page_name) as page:
                page.write(pdf(dataset, f"of {subject_key or f'the {Path(own).stem}'}", printed))
            sink.rows(page_name, len(printed))
            count += len(printed)
            sink.progress(done)
    sink.rows(f"{name}.csv", count)
    sink.rows(f"{name}.jsonl", count)


def _signed(dataset: ExportDataset, sink: ExportSink) -> None:
    """What exactly was signed, each under its digest."""
    written: set[str] = set()
    for one in dataset.signed_files():
        if one.name not in written:
            written.add(one.name)
            with sink.open(f"signed/{one.name}") as file:
                shutil.copyfileobj(one.stream, file)


def _anchors(anchors: tuple[AnchoredState, ...], sink: ExportSink) -> None:
    """Each anchor as it stands in its file, and of its state only what moved since the one before of the same study."""
    before: dict[str, dict[str, int]] = {}
    with sink.open("anchors.jsonl") as lines, sink.open("states.jsonl") as states:
        for anchor in anchors:
            lines.write(anchor.line + b"\n")
            if anchor.root:
                known = before.get(anchor.study_id, {})
                moved = {c: n for c, n in anchor.positions.items() if known.get(c) != n}
                states.write(_line({"root": anchor.root, "moved": moved}))
                before[anchor.study_id] = dict(anchor.positions)


def cells(entry: TrailEntry) -> tuple[str, ...]:
    """The row of an entry below ``HEADER``."""
    columns = entry.columns

    def of(name: str) -> str:
        return str(columns.get(name, ""))

    return (
        entry.subject_key, entry.site_number, of("n"), of("at"), of("site_zone"), entry.who, entry.role, entry.where,
        NOT_SHOWN if entry.is_withheld else entry.what, entry.reason, of("kind"), of("path"), of("actor"), of("origin"),
        of("meta_data_version"), of("op"), of("hash"),
    )  # fmt: skip


def facts(entry: TrailEntry) -> dict[str, object]:
    """Every column of an entry and its words, as JSON values."""
    found = dict(entry.columns) | {"subject": entry.subject_key}
    if entry.is_withheld:
        return found | {"withheld": True}
    words = {"who": entry.who, "where": entry.where, "what": entry.what, "reason": entry.reason}
    return found | {"site": entry.site_number} | words


def unspoilt(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _row(file: IO[bytes], row: tuple[str, ...]) -> None:
    text = io.StringIO()
    csv.writer(text).writerow([unspoilt(cell) for cell in row])
    file.write(text.getvalue().encode())


def _line(facts: dict[str, object]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
