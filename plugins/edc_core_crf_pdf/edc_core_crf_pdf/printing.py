"""A document to PDF. The same document, fonts and release of typst give the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("crf.typ")


def pdf(document: dict[str, Any], families: list[str], folder: Path | None) -> bytes:
    """The PDF of a document of ``pages.document``.

    :param folder: holds fonts besides those of the system.
    """
    made = typst.compile(
        str(TEMPLATE),
        font_paths=[str(folder)] if folder else [],
        sys_inputs={"data": json.dumps(document), "fonts": json.dumps(families)},
        format="pdf",
    )
    assert isinstance(made, bytes)
    return made
