"""One subject in the hands of a plugin's page, as the person at it sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.domain.plugin_access import StudySite, SubjectAtHand
from edc_core.errors import WrongState
from edc_core.services.reading import look_at_subject, note_shown
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.services.reading import StudyPicture


def at_hand(picture: StudyPicture, subject_key: str, *, covered: bool = False) -> SubjectAtHand:
    """See ``StudyAccess.at_hand``.

    :raises WrongState: no version of the study is in force at its site.
    """
    subject = look_at_subject(picture, subject_key)
    site = picture.sites[subject.site_id]
    if not site.meta_data_version:
        raise WrongState(f"No version of the study is in force at site {site.number} yet.")
    seen, book = picture.scope_at([site.site_id]), readers.casebook(picture.source, subject)
    if covered:
        seen = replace(seen, covered=frozenset())
    unseen = {path for path in book.items if not seen.shows(subject.subject_id, path)}
    items = {path: item for path, item in book.items.items() if path not in unseen}
    queries = {key: one for key, one in book.queries.items() if seen.knows(one, subject.subject_id)}
    index = picture.version(site.meta_data_version)
    note_shown(
        picture,
        f"subject:{subject.subject_id} casebook",
        (index.items.get(path.item or "") for path in items),
    )
    return SubjectAtHand(
        replace(book, items=items, queries=queries),
        StudySite(site.site_id, site.number, site.country, site.zone),
        index,
        picture.language(site.site_id),
        seen.hidden | {path.item or "" for path in unseen},
    )
