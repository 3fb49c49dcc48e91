"""Annotations as comments of the PDF (FreeText; ISO 32000-1, 12.5.6.6), so that a reader lists, searches and exports them.

The words stay on the page as well, so that they print and are found whatever the reader does with comments: a comment lies
over its words and draws nothing itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

PRINTED = 4  #: flag of an annotation that is there on paper too (ISO 32000-1, table 165)


@dataclass(frozen=True, slots=True)
class Comment:
    """:param subject: its dataset; empty for what is not submitted. :param colour: ``#bfffff``.

    :param page: from 1. :param box: left, top, right and bottom in points from the upper left of the page.
    """

    text: str
    subject: str
    colour: str
    page: int
    box: tuple[float, float, float, float]


def with_comments(pdf: bytes, comments: Iterable[Comment], author: str) -> bytes:
    """The PDF with comments, numbered in their order; without a clock, so that the same ones give the same bytes."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    nothing = writer._add_object(_drawing_nothing())
    for number, comment in enumerate(comments, 1):
        page = writer.pages[comment.page - 1]
        made = _annotation(comment, author, number, float(page.mediabox.height), nothing)
        kept = page.get("/Annots", ArrayObject()).get_object()
        page[NameObject("/Annots")] = ArrayObject((*kept, writer._add_object(made)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _annotation(
    comment: Comment, author: str, number: int, height: float, drawn: IndirectObject
) -> DictionaryObject:
    left, top, right, bottom = comment.box
    colour = [int(comment.colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FreeText"),
            NameObject("/Rect"): _numbers(left, height - bottom, right, height - top),
            NameObject("/Contents"): TextStringObject(comment.text),
            NameObject("/DA"): TextStringObject("/Helv 8 Tf 0 g"),
            NameObject("/C"): _numbers(*colour),
            NameObject("/F"): NumberObject(PRINTED),
            NameObject("/T"): TextStringObject(author),
            NameObject("/Subj"): TextStringObject(comment.subject or "[NOT SUBMITTED]"),
            NameObject("/NM"): TextStringObject(f"sdtm-{number}"),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): drawn}),
        }
    )


def _numbers(*values: float) -> ArrayObject:
    return ArrayObject([FloatObject(f"{value:.3f}") for value in values])


def _drawing_nothing() -> StreamObject:
    made = StreamObject()
    made.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): _numbers(0, 0, 1, 1),
        }
    )
    return made
