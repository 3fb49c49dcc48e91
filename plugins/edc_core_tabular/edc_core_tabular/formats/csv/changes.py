"""What an increment does to the export that it goes on from."""

from __future__ import annotations

from collections.abc import Iterator

from edc_core.api import ExportSubject, ItemPath, SincePart
from edc_core_tabular.forms.layout import KEYS

CHANGES = (*KEYS, "CHANGE")


def changes(study: str, subject: ExportSubject, since: SincePart) -> Iterator[list[str]]:
    """What an increment does to an earlier export: places whose rows go out of it (``REMOVED``), or go out and come anew from
    the files of the increment (``WRITTEN``). A line without a form is of the subject, in the files of one row a subject or query.
    """

    def line(site: str, key: str, path: ItemPath | None, change: str) -> list[str]:
        steps = [part for step in (path.event, path.form) if step for part in step] if path else [""] * 4
        return [study, site, key, *steps, change]

    before = (since.before_site, since.before_key)
    if since.is_gone or (since.before_key and since.before_key != subject.subject_key):
        yield line(*before, None, "REMOVED")
    for path in since.gone:
        yield line(*before, path, "REMOVED")
    if not since.is_gone:
        here = (subject.site_number, subject.subject_key)
        yield line(*here, None, "WRITTEN")
        for form in subject.forms:
            yield line(*here, form.path, "WRITTEN")
