"""Terms of an item's code list for a person who types into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from edc_core.domain.permission import Action
from edc_core.errors import NotFound
from edc_core.services import reading

if TYPE_CHECKING:
    from edc_core.domain.item_path import ItemPath

MOST_CHARACTERS = 200  #: of a query; no term is found by more


class Hit(NamedTuple):
    """A term that fits, and its text as the page shows it."""

    code: str
    text: str


def search(
    picture: reading.StudyPicture, subject_key: str, path: ItemPath, version: str, typed: str
) -> tuple[Hit, ...]:
    """The first terms that fit what was typed; retired ones are not offered.

    :param version: MetaDataVersion the form is drawn with; the site's when empty.
    :raises NotFound: there is no such subject or item, or the person may not see it; the words are the same.
    """
    subject = reading.look_at_subject(picture, subject_key)
    site = picture.sites[subject.site_id]
    index = picture.version(version or site.meta_data_version)
    item = index.place(path).item
    shows = reading.SHOWS.get(item.sensitivity, Action.VIEW_DATA)
    if not picture.may(shows, site.site_id) or not item.code_list_oid:
        raise NotFound(f"The study has no item '{path.item}' at '{path.parent}'.")
    found = index.term_search(item.code_list_oid).find(typed[:MOST_CHARACTERS])
    return tuple(
        Hit(term.coded_value, term.decode.in_language(reading.LANGUAGE) if term.decode else term.coded_value)
        for term in found
    )
