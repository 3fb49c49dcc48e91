"""What a page about a subject reads: the subject in the person's scope, its casebook, the form as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action, Place
from edc_core.errors import NotFound
from edc_core.store import readers
from edc_core.web.context import actor, study

if TYPE_CHECKING:
    from edc_core.domain.casebook import Casebook, Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class SubjectPicture:
    """One subject with everything collected, its site, and the definition in force there."""

    casebook: Casebook
    site: readers.SiteRow
    index: MetaDataIndex
    source: Source

    @property
    def subject(self) -> Subject:
        return self.casebook.subject

    @property
    def place(self) -> Place:
        return Place(self.site.study_id, self.site.site_id, self.site.country)

    def may(self, action: Action) -> bool:
        return actor().may(action, self.place)

    def index_of(self, form: ItemPath) -> MetaDataIndex:
        """The definition a form is read with: its own since its first save, else the one in force."""
        data = self.casebook.forms.get(form)
        if data is None:
            return self.index
        study_id = self.subject.study_id
        return self.source.versions.get(self.source.connection, study_id, data.meta_data_version)


def subject_picture(source: Source, subject_key: str) -> SubjectPicture:
    """Read a subject.

    :raises NotFound: there is none, or it belongs to a site the person does not see; the words are the same.
    """
    found = readers.subject_by_key(source.connection, study().study_id, subject_key)
    site = readers.sites(source.connection, found.study_id)[found.site_id]
    if not actor().may(Action.VIEW_DATA, Place(found.study_id, site.site_id, site.country)):
        raise NotFound(f"There is no subject '{subject_key}' in this study.")
    index = source.versions.get(source.connection, found.study_id, site.meta_data_version)
    return SubjectPicture(readers.casebook(source, found), site, index, source)
