"""``edc export --format crf``, and the annotated CRF that other exports hold."""

from __future__ import annotations

from edc_core.api import AnnotatedCrf, ExportDataset, ExportSink, MetaDataVersion
from edc_core_crf_pdf import fonts, pages

ENGLISH = "en"


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the forms of the newest version, blank and annotated.

    :raises BadRequest: no font here shows the language.
    """
    from edc_core_crf_pdf import printing  # the typesetter is for who prints

    version = dataset.newest.version
    language = language_of(version)
    document = pages.document(version, language, annotated=False)
    with sink.open("crf.pdf") as file:
        file.write(printing.pdf(document, fonts.families(pages.texts(document), language, None), None))
    with sink.open("acrf.pdf") as file:
        file.write(annotated_crf(version).pdf)


def annotated_crf(version: MetaDataVersion) -> AnnotatedCrf:
    """The annotated CRF of a version, in English where the study has it.

    :raises BadRequest: no font here shows the language.
    """
    from edc_core_crf_pdf import printing

    language = language_of(version)
    document = pages.document(version, language, annotated=True)
    return printing.annotated(document, fonts.families(pages.texts(document), language, None), None)


def language_of(version: MetaDataVersion) -> str:
    offered = version.languages or (ENGLISH,)
    return ENGLISH if ENGLISH in offered else offered[0]
