"""What an increment does to the export that it goes on from: the table ``changes``."""

from __future__ import annotations

from collections.abc import Iterator

from edc_core.api import ExportSubject, ItemPath, SincePart
from edc_core_tabular.forms.rows import Put


def note_changes(study: str, subject: ExportSubject, put: Put) -> bool:
    """Hand on the rows about a subject of an increment. :returns: whether it has other rows of the subject."""
    assert subject.since is not None, "every subject of an increment says what it was"
    put(list(_changes(study, subject, subject.since)))
    return not subject.since.is_gone


def _changes(study: str, subject: ExportSubject, since: SincePart) -> Iterator[list[str]]:
    """Places whose rows go out of the earlier export (``REMOVED``), or go out and come anew from the tables of the increment
    (``WRITTEN``). A row without a form is of the subject, in the tables of one row a subject or query.
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
