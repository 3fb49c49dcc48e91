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


def of_state(dataset: ExportDataset, whose: str, lines: Sequence[Sequence[str]]) -> bytes:
    """The trail of an exported state. :param whose: what it is of: ``of S-001``."""
    study, until = f"{dataset.study_oid} ({dataset.environment})", dataset.created_at
    return pdf(study, whose, f"State {dataset.cut}, data until {until}", until, lines)


def pdf(study: str, whose: str, state: str, until: str, lines: Sequence[Sequence[str]]) -> bytes:
    """:param state: what stands on each page. :param until: UTC ISO 8601. :param lines: as ``line_of`` makes them."""
    document: dict[str, object] = {
        "study": study,
        "title": f"Audit trail {whose}",
        "state": state,
        "until": until,
        "entries": lines,
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


def line_of(entry: TrailEntry, *, of_several: bool = False) -> list[str]:
    """An entry as it is printed. :param of_several: in a trail of several subjects, with the number of its own."""
    columns = entry.columns
    where = ", ".join(filter(None, (entry.subject_key, entry.where))) if of_several else entry.where
    if "at" not in columns:
        return [str(columns["n"]), "", "", where, "Not shown to the role that exported this.", ""]
    moment = datetime.fromisoformat(str(columns["at"])).astimezone(
        ZoneInfo(str(columns["site_zone"]) or "UTC")
    )
    who = f"{entry.who}, {entry.role}" if entry.role else entry.who
    what = entry.what[:1].upper() + entry.what[1:]
    return [str(columns["n"]), f"{moment:%Y-%m-%d %H:%M:%S %z}", who, where, what, entry.reason]
