"""A document to PDF. The same document, fonts and releases of typst and pypdf give the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

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
    compiler = typst.Compiler(
        str(TEMPLATE),
        font_paths=[str(folder)] if folder else [],
        sys_inputs={"data": json.dumps(document), "fonts": json.dumps(families)},
    )
    made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)
    if not document["annotated"]:
        return made
    corners = json.loads(compiler.query("<corner>", field="value"))
    pairs = zip(corners[::2], corners[1::2], strict=True)
    return with_comments(made, [_comment(*pair) for pair in pairs], document["study"])


def _comment(upper: dict[str, Any], lower: dict[str, Any]) -> Comment:
    x, y = ABOUT
    assert upper["page"] == lower["page"], "a box is not broken"
    return Comment(
        upper["text"], upper["domain"], upper["colour"], upper["page"],
        (upper["x"] - x, upper["y"] - y, lower["x"] + x, lower["y"] + y),
    )  # fmt: skip
