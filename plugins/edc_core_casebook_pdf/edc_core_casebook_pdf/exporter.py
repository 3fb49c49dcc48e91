"""One file for each subject in the export's scope."""

from __future__ import annotations

from urllib.parse import quote

from edc_core.api import ExportDataset, ExportSink
from edc_core_casebook_pdf.pages import document
from edc_core_casebook_pdf.printing import pdf


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Print every casebook; a number of a subject may hold characters that a file name does not."""
    for done, subject in enumerate(dataset.subjects(), start=1):
        name = f"casebooks/{quote(subject.subject_key, safe='')}.pdf"
        with sink.open(name) as file:
            file.write(pdf(document(dataset, subject)))
        sink.rows(name, sum(len(form.items) for form in subject.forms))
        sink.progress(done)
