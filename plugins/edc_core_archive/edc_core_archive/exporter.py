"""Writes what the formats in the archive do not: where to begin, definitions as they were digested, states that are kept."""

from __future__ import annotations

import csv
import io
import json
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jinja2

from edc_core.api import ArchiveFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edc_core.api import ExportDataset, ExportSink, ExportSubject, KeptState

#: Folder of the archive to the format that stands in it; casebooks make a folder themselves.
HOLDS = {"": "casebook-pdf", "data/csv": "csv-with-removed", "data/odm": "odm-1.3.2", "trail": "audit-trail"}
CODE_LISTS = ("META_DATA_VERSION", "CODE_LIST", "NAME", "CODE", "LANGUAGE", "TEXT", "RETIRED")
FOLDER = Path(__file__).with_name("pages")
PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)  # fmt: skip
PAGES.filters["address"] = quote  #: of a file whose name holds percent signs itself


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the definitions, the states and the page that leads to all of it."""
    versions = list(_definitions(dataset, sink))
    _table(sink, "definition/code-lists.csv", CODE_LISTS, _terms(dataset))
    plugins = {
        oid: [{"name": p.name, "version": p.version, "sha256": p.sha256} for p in index.version.plugins]
        for oid, index in dataset.versions.items()
    }
    with sink.open("definition/plugins.json") as file:
        file.write(_json(plugins) + b"\n")
    with sink.open(ArchiveFile.KEPT.value) as file:
        for line in deltas(dataset.kept()):
            file.write(_json(line) + b"\n")
    lines = []
    for done, subject in enumerate(dataset.subjects(), start=1):
        lines.append(_line(subject))
        sink.progress(done)
    with sink.open("index.html") as file:
        page = PAGES.get_template("index.html").render(dataset=dataset, lines=lines, versions=versions)
        file.write(page.encode())


def deltas(states: Iterable[KeptState]) -> Iterator[dict[str, Any]]:
    """Each state by what moved since the one before; 0 for a chain that the earlier one had and this one has not."""
    before: dict[str, int] = {}
    for state in states:
        moved = {chain: n for chain, n in state.positions.items() if before.get(chain) != n}
        gone = dict.fromkeys(before.keys() - state.positions.keys(), 0)
        yield {"root": state.root, "name": state.name, "at": state.at, "moved": moved | gone}
        before = dict(state.positions)


def _definitions(dataset: ExportDataset, sink: ExportSink) -> Iterator[dict[str, str]]:
    """Each version as the entry that published it has it, byte for byte what its digest is of."""
    for entry in takewhile(lambda one: not one.subject_key, dataset.trail()):
        if entry.columns["kind"] != "study.publish":
            continue
        said = json.loads(str(entry.columns["payload"]))
        name = f"definition/{quote(said['oid'], safe='')}.json"
        with sink.open(name) as file:
            file.write(said["definition"].encode())
        yield {"oid": said["oid"], "name": said["name"], "file": name, "sha256": said["sha256"]}


def _terms(dataset: ExportDataset) -> Iterator[tuple[str, ...]]:
    for oid, index in dataset.versions.items():
        for code_list in index.version.code_lists:
            for term in code_list.items:
                texts = term.decode.texts if term.decode else (("", term.coded_value),)
                for language, text in texts:
                    retired = "1" if term.retired else ""
                    yield oid, code_list.oid, code_list.name, term.coded_value, language, text, retired


def _line(subject: ExportSubject) -> dict[str, Any]:
    """A subject in the index."""
    return {
        "subject": subject.subject_key,
        "site": subject.site_number,
        "file": quote(subject.subject_key, safe=""),
        "status": subject.status,
        "forms": len(subject.forms),
        "locked": sum(form.protection == "locked" for form in subject.forms),
        "queries": len(subject.queries),
        "signatures": sum(one.state == "signed" for one in subject.signatures),
    }


def _table(sink: ExportSink, name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    with sink.open(name) as file:
        file.write(text.getvalue().encode())


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
