"""A document to PDF. The same document, fonts and releases of typst and pypdf give the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

from edc_core.api import AnnotatedCrf
from edc_core_crf_pdf.comments import Comment, with_comments

TEMPLATE = Path(__file__).with_name("crf.typ")
ABOUT = (
    3.0,
    3.0,
)  #: points between the words of an annotation and the edge of its box: inset and outset in ``crf.typ``


def pdf(document: dict[str, Any], families: list[str], folder: Path | None) -> bytes:
    """The PDF of a document of ``pages.document``; each annotation of an annotated one is a comment too.

    :param folder: holds fonts besides those of the system.
    """
    if document["annotated"]:
        return annotated(document, families, folder).pdf
    return _compiled(_compiler(document, families, folder))


def annotated(document: dict[str, Any], families: list[str], folder: Path | None) -> AnnotatedCrf:
    """The PDF of an annotated document, with the pages on which the annotations of each item came to lie."""
    compiler = _compiler(document, families, folder)
    made = _compiled(compiler)
    corners = json.loads(compiler.query("<corner>", field="value"))
    pairs = list(zip(corners[::2], corners[1::2], strict=True))
    pages: dict[tuple[str, str], set[int]] = {}
    for upper, _ in pairs:
        if "item" in upper:
            pages.setdefault((upper["form"], upper["item"]), set()).add(upper["page"])
    return AnnotatedCrf(
        with_comments(made, [_comment(*pair) for pair in pairs], document["study"]),
        {place: tuple(sorted(found)) for place, found in pages.items()},
    )


def _compiler(document: dict[str, Any], families: list[str], folder: Path | None) -> typst.Compiler:
    return typst.Compiler(
        str(TEMPLATE),
        font_paths=[str(folder)] if folder else [],
        sys_inputs={"data": json.dumps(document), "fonts": json.dumps(families)},
    )


def _compiled(compiler: typst.Compiler) -> bytes:
    made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)
    return made


def _comment(upper: dict[str, Any], lower: dict[str, Any]) -> Comment:
    x, y = ABOUT
    assert upper["page"] == lower["page"], "a box is not broken"
    return Comment(
        upper["text"], upper["domain"], upper["colour"], upper["page"],
        (upper["x"] - x, upper["y"] - y, lower["x"] + x, lower["y"] + y),
    )  # fmt: skip
