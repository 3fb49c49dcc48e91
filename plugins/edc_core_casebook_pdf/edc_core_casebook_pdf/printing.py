"""A document to PDF/A-2b where the fonts have every character, else to plain PDF. The same document, fonts and release of typst give the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import typst

FOLDER = Path(__file__).parent


def pdf(document: dict[str, Any], template: str = "casebook") -> bytes:
    """The PDF of a document of ``pages.document`` or (``signed``) of ``signed.document``."""
    try:
        return _compiled(document, template, "a-2b")
    except typst.TypstError:  # the fonts lack a character, which PDF/A forbids and a reader can do without
        return _compiled(document, template, None)


def _compiled(document: dict[str, Any], template: str, standard: Literal["a-2b"] | None) -> bytes:
    made = typst.compile(
        str(FOLDER / f"{template}.typ"),
        sys_inputs={"data": json.dumps(document)},
        format="pdf",
        pdf_standards=standard,
    )
    assert isinstance(made, bytes)
    return made
