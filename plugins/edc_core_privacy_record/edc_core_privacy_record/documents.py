"""The record as files: a table, and a page of its own to read, to print and to file."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from edc_core.api import Attachment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core_privacy_record.facts import Facts
    from edc_core_privacy_record.record import Section

HEADER = ("Clause", "Part", "What", "Words", "Open")
_STYLE = (
    "body{font:10pt sans-serif;max-width:60em;margin:2em auto}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:3px 6px;text-align:left;vertical-align:top}th{width:30%;font-weight:normal}"
    "section{break-inside:avoid-page}.open{font-weight:bold}"
)


def as_csv(facts: Facts, sections: tuple[Section, ...]) -> Attachment:
    """A row for each line."""
    rows = (
        (section.clause, section.title, line.what, line.words, "open" if line.is_open else "")
        for section in sections
        for line in section.lines
    )
    return Attachment.table(f"{_name(facts)}.csv", HEADER, rows)


def as_html(facts: Facts, sections: tuple[Section, ...]) -> Attachment:
    """The same as a document."""
    return Attachment(f"{_name(facts)}.html", "text/html", "\n".join(_html(facts, sections)) + "\n")


def _name(facts: Facts) -> str:
    return f"record-of-processing-{facts.study}-{facts.day}"


def _html(facts: Facts, sections: tuple[Section, ...]) -> Iterator[str]:
    title = escape(f"Record of processing: {facts.study}")
    yield f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
    yield f"<p>GDPR Art. 30(1). Definition {escape(facts.version)}, as of {facts.day}.</p>"
    for section in sections:
        yield f"<section><h2>{escape(section.title)} <small>Art. {section.clause}</small></h2><table>"
        for line in section.lines:
            mark = ' class="open"' if line.is_open else ""
            words = escape(line.words).replace("\n", "<br>")
            yield f"<tr{mark}><th>{escape(line.what)}</th><td>{words}</td></tr>"
        yield "</table></section>"
    yield "</body></html>"
