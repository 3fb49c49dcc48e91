"""The trail of one chain as PDF/A-2b where the fonts have every character, else as plain PDF. The same entries, fonts and release of typst give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import typst

from edc_core.api import ExportDataset, TrailEntry

TEMPLATE = Path(__file__).with_name("trail.typ")


def pdf(dataset: ExportDataset, whose: str, entries: Sequence[TrailEntry]) -> bytes:
    """:param whose: what the trail is of: ``of S-001``."""
    document: dict[str, object] = {
        "study": f"{dataset.study_oid} ({dataset.environment})",
        "title": f"Audit trail {whose}",
        "cut": dataset.cut,
        "until": dataset.created_at,
        "entries": [_cells(entry) for entry in entries],
    }
    try:
        return _compiled(document, "a-2b")
    except (
        typst.TypstError
    ):  # the installed fonts lack a character, which PDF/A forbids and a reader can do without
        return _compiled(document, None)


def _compiled(document: dict[str, object], standard: Literal["a-2b"] | None) -> bytes:
    made = typst.compile(
        str(TEMPLATE), sys_inputs={"data": json.dumps(document)}, format="pdf", pdf_standards=standard
    )
    assert isinstance(made, bytes)
    return made


def _cells(entry: TrailEntry) -> list[str]:
    columns = entry.columns
    if entry.is_withheld:
        return [str(columns["n"]), "", "", "", "Not shown to the role that exported this.", ""]
    moment = datetime.fromisoformat(str(columns["at"])).astimezone(
        ZoneInfo(str(columns["site_zone"]) or "UTC")
    )
    who = f"{entry.who}, {entry.role}" if entry.role else entry.who
    what = entry.what[:1].upper() + entry.what[1:]
    return [str(columns["n"]), f"{moment:%Y-%m-%d %H:%M:%S %z}", who, entry.where, what, entry.reason]
