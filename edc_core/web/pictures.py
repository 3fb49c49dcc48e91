"""What a page about a subject reads: the subject in the person's scope, its casebook, the form as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action
from edc_core.services import entry_gate, following, reading
from edc_core.services.reading import StudyPicture
from edc_core.store import readers
from edc_core.store.earlier_values import units_used
from edc_core.store.locks import no_subject
from edc_core.web.context import actor, core, study

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.casebook import Casebook, Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.permission import Standing
    from edc_core.domain.subject_move import SubjectMove
    from edc_core.services.form_after import FormAfter
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True)
class SubjectPicture:
    """One subject with everything collected, its site, and the definition in force there.

    :param closed: nothing can be entered at the site now (``entry_gate``).
    :param kept: the transfer with which the subject left the person's site.
    :param covered: forms of which nothing is shown (``StudyPicture.covered``); none after a write, for who writes has seen.
    """

    study: StudyPicture
    casebook: Casebook
    site: readers.SiteRow
    index: MetaDataIndex
    as_of: str = ""
    closed: bool = False
    kept: SubjectMove | None = None
    covered: frozenset[ItemPath] = frozenset()

    @property
    def subject(self) -> Subject:
        return self.casebook.subject

    @cached_property
    def standing(self) -> Standing:
        """The person where the subject is."""
        return self.study.actor.at(self.study.place_of(self.subject))

    def may(self, action: Action) -> bool:
        """Whether the person may do it here; nothing can be done in the past, nor entered while entry is closed."""
        if self.as_of or (self.closed and action in entry_gate.ENTRY):
            return False
        return self.standing.may(action)

    def require(self, action: Action) -> None:
        """:raises NotAllowed: no role of the person includes the action here."""
        self.standing.role_for(action)

    def shows(self, action: Action) -> bool:
        """Whether the person may see what this action stands for, now or in the past."""
        return self.study.may(action, self.site.site_id)

    def units(self, form: ItemPath) -> Mapping[str, str]:
        """Item OID to the unit that the site used last."""
        assert form.form is not None
        connection, subject = self.study.source.connection, self.subject
        if connection.closed:  # a write hands the form back, and shows no item anew
            return {}
        return units_used(connection, subject.study_id, subject.site_id, form.form.oid)

    def index_of(self, form: ItemPath) -> MetaDataIndex:
        """The definition a form is read with: its own since its first save, else the one in force."""
        data = self.casebook.forms.get(form)
        return self.study.version(data.meta_data_version) if data else self.index


def picture_after(source: Source, after: FormAfter) -> SubjectPicture:
    """The picture that a write hands back. The person was allowed to write there, so the site is in scope."""
    seen = StudyPicture(source, actor(), study(), {after.site.site_id: after.site})
    return SubjectPicture(seen, after.casebook, after.site, after.index)


def study_picture(source: Source) -> StudyPicture:
    """The study of the address as the person sees it."""
    return reading.look_at(source, actor(), study())


def subject_picture(
    source: Source, subject_key: str, *, as_of: str = "", form: ItemPath | None = None, past: bool = False
) -> SubjectPicture:
    """Read a subject as it is, or as it was at an instant (UTC ISO 8601): then nothing can be changed.

    :param form: with what was collected in this form, and what its rules read; not for the past.
    :param past: it is read for what happened, so that a site that had the subject is told of its own time.
    :raises NotFound: there is none, or it belongs to a site the person does not see; the words are the same.
    """
    picture = study_picture(source)
    found, kept = reading.look_at_past(picture, subject_key)
    if kept is not None:
        if not (past or as_of):
            raise no_subject(subject_key)
        as_of = as_of or kept.at
    site = picture.sites[found.site_id]
    if form is not None and following.reads_beyond(picture.version(site.meta_data_version), form):
        form = None
    return SubjectPicture(
        picture,
        reading.casebook_of(source, found, as_of=as_of, form=form, kept=kept),
        site,
        picture.version(site.meta_data_version),
        as_of,
        entry_gate.is_closed(source, core().plugins.activate, study(), site),
        kept,
        frozenset(path for subject_id, path in picture.covered if subject_id == found.subject_id),
    )
