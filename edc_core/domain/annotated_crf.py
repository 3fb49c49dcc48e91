"""The annotated case report form, between the plugin that prints it and the ones whose documents name its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.metadata import MetaDataVersion


@dataclass(frozen=True, slots=True)
class AnnotatedCrf:
    """Every form once, with where each answer goes in SDTM (SDTM Metadata Submission Guidelines 2.0, section 3).

    :param pdf: the file. :param pages: where the annotations of an item stand, counted from 1 as a reader of the PDF counts
        (``PhysicalRef`` of Define-XML): by OID of the form and OID of the item, in ascending order.
    """

    pdf: bytes
    pages: Mapping[tuple[str, str], tuple[int, ...]]


#: Prints the forms of a version; the same version gives the same bytes. BadRequest: a font for its language is missing.
PrintAnnotatedCrf = Callable[["MetaDataVersion"], AnnotatedCrf]
