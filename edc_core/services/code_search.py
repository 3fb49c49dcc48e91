"""Terms of an item's code list for a person who types into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.errors import NotFound
from edc_core.services import reading

if TYPE_CHECKING:
    from edc_core.domain.item_path import ItemPath

MOST_CHARACTERS = 200  #: of a query; no term is found by more


def search(
    picture: reading.StudyPicture, subject_key: str, path: ItemPath, version: str, typed: str
) -> list[dict[str, str]]:
    """Code and text of the first terms that fit what was typed; retired ones are not offered.

    :param version: MetaDataVersion the form is drawn with; the site's when empty.
    :raises NotFound: there is no such subject or item, or the person may not see it; the words are the same.
    """
    index, item = reading.item_seen(picture, subject_key, path, version)
    if not item.code_list_oid:
        raise NotFound(f"The study has no item '{path.item}' at '{path.parent}'.")
    found = index.term_search(item.code_list_oid).find(typed[:MOST_CHARACTERS])
    texts = index.decodes[item.code_list_oid]
    return [{"code": term.coded_value, "text": texts[term.coded_value]} for term in found]
