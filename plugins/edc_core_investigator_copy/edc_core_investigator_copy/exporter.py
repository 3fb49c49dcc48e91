"""Writes what is to be read: an index that opens by a double click, a page for each casebook, the versions of the forms.

PDF, CSV, ODM and the trail stand in the copy as the formats that they are (``HOLDS``). No page needs a script or a network.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jinja2

from edc_core.api import Words
from edc_core_investigator_copy.casebook import Site, forms_of

if TYPE_CHECKING:
    from edc_core.api import ExportDataset, ExportSink

#: Folder of the copy to the format that stands in it; casebooks make a folder themselves.
HOLDS = {"": "casebook-pdf", "data/csv": "csv", "data/odm": "odm-1.3.2", "trail": "audit-trail"}
FOLDER = Path(__file__).with_name("copy")
WORDS = Path(__file__).with_name("words")  #: the words of the frame by their English, by language
PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)  # fmt: skip
PAGES.filters["address"] = quote  #: of a file whose name holds percent signs itself


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the pages and the JSON files of one site."""
    language = next(iter(dataset.sites.values())).number
    site = Site(dataset, Words(WORDS, dataset.newest.version.language_at(language)).all)
    frame = {"site": site, "say": site.say, "dataset": dataset}
    lines = []
    for done, subject in enumerate(dataset.subjects(), start=1):
        book = site.document(subject)
        _page(sink, f"subjects/{book['file']}.html", "subject.html", frame | {"book": book, "up": "../"})
        with sink.open(f"data/json/{book['file']}.json") as file:
            file.write(json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")
        lines.append(_line(book))
        sink.progress(done)
    versions = []
    for oid, index in dataset.versions.items():
        name = f"definition/{quote(oid, safe='')}.html"
        more = {"version": index.version, "forms": forms_of(site, index), "up": "../"}
        _page(sink, name, "version.html", frame | more)
        versions.append((oid, index.version.description, name))
    _page(sink, "index.html", "index.html", frame | {"lines": lines, "versions": versions, "up": ""})
    with sink.open("style.css") as file:
        file.write((FOLDER / "style.css").read_bytes())


def _line(book: dict[str, Any]) -> dict[str, Any]:
    """A subject in the index."""
    queries = [one for form in book["forms"] for one in form["queries"]] + book["queries"]
    return {
        "subject": book["subject"],
        "file": book["file"],
        "status": book["status"],
        "forms": len(book["forms"]),
        "locked": sum(form["protection"] == "locked" for form in book["forms"]),
        "queries": len(queries),
        "signatures": sum(one["state"] == "signed" for one in book["signatures"]),
    }


def _page(sink: ExportSink, name: str, template: str, fields: dict[str, Any]) -> None:
    with sink.open(name) as file:
        file.write(PAGES.get_template(template).render(fields).encode())
