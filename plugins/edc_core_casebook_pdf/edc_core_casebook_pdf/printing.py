"""A casebook to PDF/A-2b where the fonts have every character, else to plain PDF. The same casebook, fonts and release of typst give the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import typst

TEMPLATE = Path(__file__).with_name("casebook.typ")


def pdf(document: dict[str, Any]) -> bytes:
    """The PDF of a document of ``pages.document``."""
    try:
        return _compiled(document, "a-2b")
    except typst.TypstError:  # the fonts lack a character, which PDF/A forbids and a reader can do without
        return _compiled(document, None)


def _compiled(document: dict[str, Any], standard: Literal["a-2b"] | None) -> bytes:
    made = typst.compile(
        str(TEMPLATE), sys_inputs={"data": json.dumps(document)}, format="pdf", pdf_standards=standard
    )
    assert isinstance(made, bytes)
    return made
