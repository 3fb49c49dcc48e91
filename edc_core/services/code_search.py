"""Terms for a person who types into an item: of its code list, or of what the study has said there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.permission import Action
from edc_core.domain.term_search import used_before
from edc_core.domain.widget import EARLIER_TERMS
from edc_core.errors import NotFound
from edc_core.services import reading
from edc_core.store.earlier_values import earlier_terms

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
    typed = typed[:MOST_CHARACTERS]
    if item.widget == EARLIER_TERMS and not item.code_list_oid:
        return [{"code": text, "text": text} for text in _said_before(picture, subject_key, path, typed)]
    if not item.code_list_oid:
        raise NotFound(f"The study has no item '{path.item}' at '{path.parent}'.")
    found = index.term_search(item.code_list_oid).find(typed)
    texts = index.decodes[item.code_list_oid]
    return [{"code": term.coded_value, "text": texts[term.coded_value]} for term in found]


def _said_before(picture: reading.StudyPicture, subject_key: str, path: ItemPath, typed: str) -> list[str]:
    """What was entered in an item for two subjects or more, at whichever site, for who enters data there.

    Other sites' words are told without who said them of whom. What one subject alone has may tell who that is, so it is
    not told; nor is anything of an item that not everybody may see in one version at least (explanation: earlier-terms).
    """
    assert path.item is not None
    subject = reading.look_at_subject(picture, subject_key)
    picture.actor.role_for(Action.ENTER_DATA, picture.place_of(subject))
    connection, study_id = picture.source.connection, picture.study.study_id
    versions = picture.source.versions.all(connection, study_id).values()
    if any(index.items[path.item].sensitivity for index in versions if path.item in index.items):
        return []
    return used_before(earlier_terms(connection, study_id, path.item), typed)
