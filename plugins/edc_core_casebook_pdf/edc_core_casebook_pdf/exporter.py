"""One file for each subject in the export's scope."""

from __future__ import annotations

import shutil
from urllib.parse import quote

from edc_core.api import ExportDataset, ExportSink
from edc_core_casebook_pdf.pages import document
from edc_core_casebook_pdf.printing import pdf


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Print every casebook, and put what was signed beside it; a number of a subject may hold characters that a file name does not."""
    signed: set[str] = set()
    for done, subject in enumerate(dataset.subjects(), start=1):
        name = f"casebooks/{quote(subject.subject_key, safe='')}.pdf"
        with sink.open(name) as file:
            file.write(pdf(document(dataset, subject)))
        sink.rows(name, sum(len(form.items) for form in subject.forms))
        signed.update(one.sha256 for one in subject.signatures)
        sink.progress(done)
    written: set[str] = set()
    for one in dataset.signed_files():
        if one.signed in signed and one.name not in written:
            written.add(one.name)
            with sink.open(f"signed/{one.name}") as file:
                shutil.copyfileobj(one.stream, file)
