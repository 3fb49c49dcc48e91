"""Writing the files: the ledger is read once, and each entry goes to every file as it comes."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from urllib.parse import quote, unquote

from edc_core.api import AnchoredState, ExportDataset, ExportSink, TrailEntry
from edc_core_trail.printing import line_of, of_state

VERIFIER = "verify_trail.py"
HEADER = (
    "subject", "site", "n", "at", "site_zone", "who", "role", "where", "what", "reason", "kind", "path", "actor",
    "origin", "meta_data_version", "op", "hash",
)  # fmt: skip
#: Beginnings that a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NOT_SHOWN = "not shown to the role that exported this"


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the trail as CSV, JSON lines and PDF, of each site too, that of the installation beside it, the anchors, and
    the verifier.
    """
    with TemporaryDirectory() as folder:
        sites = _Sites(Path(folder))
        _trail(dataset, sink, dataset.trail(), "trail", "pdf/study.pdf", sites)
        sites.write(dataset, sink)
    _trail(dataset, sink, dataset.system_trail(), "installation", "pdf/installation.pdf")
    _signed(dataset, sink)
    _anchors(dataset.anchors, sink)
    with sink.open(VERIFIER) as file:
        file.write(Path(__file__).with_name(VERIFIER).read_bytes())


class _Sites:
    """What was written at each site, on disk until all of the trail was read: its subjects do not follow one another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, entries: Sequence[TrailEntry]) -> None:
        """Keep entries of one chain, each at the site where it was written."""
        lines: dict[str, list[bytes]] = defaultdict(list)
        for entry in entries:
            if entry.site_number:
                lines[entry.site_number].append(
                    _line([cells(entry), facts(entry), line_of(entry, of_several=True)])
                )
        for number, own in lines.items():
            with (self._folder / quote(number, safe="")).open("ab") as file:
                file.writelines(own)

    def write(self, dataset: ExportDataset, sink: ExportSink) -> None:
        """The trail of each site as CSV, JSON lines and one PDF."""
        for kept in sorted(self._folder.iterdir()):
            name, printed = f"sites/{kept.name}", []
            with (
                kept.open("rb") as entries, sink.open(f"{name}.csv") as table, sink.open(f"{name}.jsonl") as lines,
            ):  # fmt: skip
                _row(table, HEADER)
                for entry in entries:
                    row, said, line = json.loads(entry)
                    _row(table, row)
                    lines.write(_line(said))
                    printed.append(line)
            with sink.open(f"{name}.pdf") as page:
                page.write(of_state(dataset, f"of site {unquote(kept.name)}", printed))
            for ending in ("csv", "jsonl", "pdf"):
                sink.rows(f"{name}.{ending}", len(printed))


def _trail(
    dataset: ExportDataset,
    sink: ExportSink,
    all_entries: Iterator[TrailEntry],
    name: str,
    own: str,
    sites: _Sites | None = None,
) -> None:
    """:param own: the PDF of the chain that is no subject's. :param sites: keep what was written at each."""
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
                whose = f"of {subject_key or f'the {Path(own).stem}'}"
                page.write(of_state(dataset, whose, [line_of(entry) for entry in printed]))
            if sites is not None:
                sites.add(printed)
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
                paths = {} if anchor.paths is None else {"paths": anchor.paths}
                states.write(_line({"root": anchor.root, "moved": moved, **paths}))
                before[anchor.study_id] = dict(anchor.positions)


def cells(entry: TrailEntry) -> tuple[str, ...]:
    """The row of an entry below ``HEADER``."""
    columns = entry.columns

    def of(name: str) -> str:
        return str(columns.get(name, ""))

    return (
        entry.subject_key, entry.site_number, of("n"), of("at"), of("site_zone"), entry.who, entry.role, entry.where,
        entry.what or NOT_SHOWN, entry.reason, of("kind"), of("path"), of("actor"), of("origin"),
        of("meta_data_version"), of("op"), of("hash"),
    )  # fmt: skip


def facts(entry: TrailEntry) -> dict[str, object]:
    """Every column of an entry and its words, as JSON values."""
    found = dict(entry.columns) | {"subject": entry.subject_key}
    if entry.is_withheld:
        found["withheld"] = True
    if not entry.what:
        return found
    words = {"who": entry.who, "where": entry.where, "what": entry.what, "reason": entry.reason}
    return found | {"site": entry.site_number} | words


def unspoilt(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _row(file: IO[bytes], row: Sequence[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerow([unspoilt(cell) for cell in row])
    file.write(text.getvalue().encode())


def _line(facts: object) -> bytes:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
