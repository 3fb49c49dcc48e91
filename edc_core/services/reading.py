"""What a person sees of a study: the sites in scope, the items that stay hidden, the definition in force.

Every list, count, search and history begins here, so that nothing out of scope is read and left out afterwards.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action, Place, Role
from edc_core.domain.query import QueryState
from edc_core.domain.second_entry import COVERED
from edc_core.errors import Covered, NotFound
from edc_core.ledger import replay
from edc_core.services.entry_gate import ENTRY
from edc_core.services.late import late
from edc_core.store import readers
from edc_core.store.listing import Scope
from edc_core.store.locks import no_subject
from edc_core.store.unit_of_work import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.domain.casebook import Casebook, Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import ItemDef
    from edc_core.domain.permission import Actor
    from edc_core.domain.subject_move import SubjectMove
    from edc_core.store.readers import SiteRow, StudyRow
    from edc_core.store.unit_of_work import Source

#: The action that shows items of a sensitivity.
SHOWS = {
    "blinded": Action.VIEW_BLINDED,
    "restricted": Action.VIEW_BLINDED,
    "identifying": Action.VIEW_IDENTIFYING,
}


@dataclass(frozen=True)
class StudyPicture:
    """A study as one person sees it."""

    source: Source
    actor: Actor
    study: StudyRow
    all_sites: Mapping[str, SiteRow]

    def place(self, site_id: str = "") -> Place:
        site = self.all_sites.get(site_id)
        return Place(self.study.study_id, site_id, site.country if site else "")

    def place_of(self, subject: Subject) -> Place:
        return Place.record(self.study.study_id) if subject.is_record else self.place(subject.site_id)

    def may_with(self, action: Action, subject: Subject) -> bool:
        """Whether the person may do it with a subject, or with the study's own record."""
        return self.actor.may(action, self.place_of(subject))

    def may(self, action: Action, site_id: str = "") -> bool:
        """Whether the person may do it at a site; without one, anywhere in the study."""
        return self.actor.may(action, self.place(site_id))

    def sites_for(self, action: Action) -> frozenset[str]:
        """Ids of the sites at which the person may do something; at a closed one nobody enters anything."""
        return frozenset(
            site_id
            for site_id, site in self.all_sites.items()
            if self.may(action, site_id) and not (site.closed_at and action in ENTRY)
        )

    def roles(self, site_id: str = "") -> frozenset[Role]:
        return frozenset(self.actor.roles(self.place(site_id)))

    @cached_property
    def sites(self) -> dict[str, SiteRow]:
        """Sites in scope, in the order of their numbers."""
        seen = self.sites_for(Action.VIEW_DATA)
        return {site_id: site for site_id, site in self.all_sites.items() if site_id in seen}

    @cached_property
    def index(self) -> MetaDataIndex:
        """The study's newest definition.

        :raises NotFound: nothing was published yet.
        """
        return self.version(self.study.meta_data_version)

    def language(self, site_id: str = "") -> str:
        """In which the person reads texts at a site; without one, where all sites in scope are looked at together."""
        site_id = site_id or (next(iter(self.sites)) if len(self.sites) == 1 else "")
        site = self.all_sites.get(site_id)
        index = self.version(site.meta_data_version) if site and site.meta_data_version else self.index
        return index.version.language_at(site.number if site else "", self.actor.language)

    def version(self, oid: str) -> MetaDataIndex:
        return self.source.versions.get(self.source.connection, self.study.study_id, oid)

    @cached_property
    def scope(self) -> Scope:
        """What lists may read. An item counts as seen only where the person may see it at every site in scope."""
        return self.scope_at(self.sites)

    def scope_at(self, sites: Iterable[str]) -> Scope:
        sites = frozenset(sites)
        return Scope(
            self.study.study_id, sites, self.hidden_at(sites), self.query_states,
            record=self.actor.may(Action.VIEW_DATA, Place.record(self.study.study_id)), covered=self.covered,
            others=tuple(
                named
                for site_id, site in self.all_sites.items()
                if site_id not in sites
                for named in (f'"{site_id}"', f'"site":{json.dumps(site.number, ensure_ascii=False)}')
            ),
        )  # fmt: skip

    def hidden_at(self, sites: Iterable[str], *unpublished: MetaDataIndex) -> frozenset[str]:
        """OIDs of items of any version that the person may not see at one of the sites at least.

        :param unpublished: versions to be looked at beside those of the study.
        """
        sites = list(sites)
        unseen = {kind for kind, action in SHOWS.items() if not all(self.may(action, site) for site in sites)}
        versions = self.source.versions.all(self.source.connection, self.study.study_id)
        return frozenset(
            oid
            for index in (*versions.values(), *unpublished)
            for oid, kind in sensitive(index)
            if kind in unseen
        )

    @property
    def blinded(self) -> frozenset[str]:
        """OIDs of items of any version that only those see who view blinded items."""
        versions = self.source.versions.all(self.source.connection, self.study.study_id)
        found = (one for index in versions.values() for one in sensitive(index))
        return frozenset(oid for oid, kind in found if SHOWS[kind] is Action.VIEW_BLINDED)

    def unseen(self, sites: Iterable[str]) -> frozenset[str]:
        """Sensitivities of items of the study that the person may not see at one of the sites at least."""
        versions = self.source.versions.all(self.source.connection, self.study.study_id)
        hidden = self.hidden_at(sites)
        return frozenset(
            kind for index in versions.values() for oid, kind in sensitive(index) if oid in hidden
        )

    @cached_property
    def covered(self) -> frozenset[tuple[str, ItemPath]]:
        """Forms that the person may type a second time and has not seen: nothing shows what stands in them.

        Each with the id of its subject (explanation: double-entry).
        """
        found: frozenset[tuple[str, ItemPath]] = late("second_entries", "covered")(self)
        return found

    def require_uncovered(self, subject_id: str, scope: ItemPath) -> None:
        """:raises Covered: a covered form lies in the scope, or is it."""
        if any(one == subject_id and scope.contains(form) for one, form in self.covered):
            raise Covered(COVERED)

    @property
    def query_states(self) -> frozenset[QueryState]:
        """Candidates are for those who ask; the site never learns of them."""
        if self.may(Action.CREATE_QUERY) and not self.may(Action.ANSWER_QUERY):
            return frozenset(QueryState)
        return frozenset(QueryState) - {QueryState.CANDIDATE}


def note_shown(picture: StudyPicture, where: str, items: Iterable[ItemDef | None]) -> None:
    """Have the access log say that the person was shown values of items which not everybody may see (REQ-AUD-14).

    Every door at which values come out asks here. The lines are written when the look ends, one for each kind and place;
    what the system looks at by itself leaves none.

    :param where: see ``Shown``. :param items: whose values are shown; ``None`` for what is no item.
    """
    kinds = {item.sensitivity for item in items if item is not None and item.sensitivity in SHOWS}
    if not picture.actor.trusted:
        noted = (Shown(picture.study.study_id, picture.actor.name, kind, where) for kind in kinds)
        picture.source.shown.update(noted)


@lru_cache(maxsize=256)
def sensitive(index: MetaDataIndex) -> tuple[tuple[str, str], ...]:
    """OIDs of the items that not everybody may see, each with its sensitivity."""
    return tuple((item.oid, item.sensitivity) for item in index.version.items if item.sensitivity in SHOWS)


def study_seen(actor: Actor, name: str, of_oid: Iterable[StudyRow]) -> StudyRow:
    """The study that the name in an address means, for somebody with a role in it.

    :param of_oid: the studies of the OID in the name.

    :raises NotFound: there is none, or the person has no role there; the words are the same.
    """
    found = readers.study_named(name, of_oid)
    if not actor.roles(Place(found.study_id)):
        raise NotFound(f"There is no study '{name}' here.")
    return found


def look_at(source: Source, actor: Actor, study: StudyRow) -> StudyPicture:
    """A study as a person sees it.

    :raises NotFound: the person has no role in it; the words are those for a study that is not there.
    """
    picture = StudyPicture(source, actor, study, readers.sites(source.connection, study.study_id))
    if not (actor.trusted or any(grant.study_id in ("", study.study_id) for grant in actor.grants)):
        raise NotFound(f"There is no study '{study}' here.")
    return picture


def look_at_subject(picture: StudyPicture, subject_key: str) -> Subject:
    """A subject of a site in scope.

    :raises NotFound: there is none, or it belongs to another site; the words are the same.
    """
    found, kept = look_at_past(picture, subject_key)
    if kept is not None:
        raise no_subject(subject_key)
    return found


def look_at_past(picture: StudyPicture, subject_key: str) -> tuple[Subject, SubjectMove | None]:
    """A subject whose past is looked at: at a site in scope, or as one keeps it that had it.

    :returns: the subject, at the site whose people look, and the transfer before which what they may read ends.
    :raises NotFound: as ``look_at_subject``.
    """
    found = readers.subject_by_key(picture.source.connection, picture.study.study_id, subject_key)
    if found.site_id in picture.sites and picture.may_with(Action.VIEW_DATA, found):
        return found, None
    from edc_core.store.moves import kept_at  # few subjects are transferred

    kept = kept_at(picture.source.connection, found, picture.sites)
    if kept is None:
        raise no_subject(subject_key)
    return replace(found, site_id=kept.old), kept


def item_seen(
    picture: StudyPicture, subject_key: str, path: ItemPath, version: str
) -> tuple[MetaDataIndex, ItemDef]:
    """The definition of a form and an item of it, for somebody who may see the item's values.

    :param version: MetaDataVersion the form is drawn with; the site's when empty.
    :raises NotFound: there is no such subject or item, or the person may not see it; the words are the same.
    """
    subject = look_at_subject(picture, subject_key)
    site = picture.sites[subject.site_id]
    index = picture.version(version or site.meta_data_version)
    item = index.place(path).item
    if not picture.may(SHOWS.get(item.sensitivity, Action.VIEW_DATA), site.site_id):
        raise NotFound(f"The study has no item '{path.item}' at '{path.parent}'.")
    return index, item


def casebook_of(
    source: Source, subject: Subject, *, as_of: str = "", form: ItemPath | None = None,
    kept: SubjectMove | None = None,
) -> Casebook:  # fmt: skip
    """A subject's casebook now, or as it was at an instant (UTC ISO 8601), each form with its version of then.

    :param form: with what was collected in this form alone; not for the past.
    :param kept: with nothing from this transfer on.
    :raises NotFound: the subject was not in the study at that time.
    """
    if not as_of:
        return readers.casebook(source, subject, form=form)
    upto = kept.n - 1 if kept is not None else None
    return replay.casebook_at(
        source.connection, subject.study_id, subject.subject_id, upto_n=upto, upto_at=as_of
    )


def find_site(picture: StudyPicture, number: str) -> SiteRow | None:
    """A site in scope by its number."""
    return next((site for site in picture.sites.values() if site.number == number), None)


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """A place below a subject in the words of the definition; parts that the path does not name are empty."""

    event: str = ""
    event_short: str = ""
    form: str = ""
    row: str = ""
    item: str = ""

    @property
    def smallest(self) -> str:
        return self.item or self.row or self.form or self.event or "the subject"

    @property
    def above(self) -> str:
        """Event and form, as far as they do not say it themselves."""
        parts = [self.event, self.form if self.item or self.row else ""]
        return ", ".join(part for part in parts if part and part != self.smallest)


def words_of(index: MetaDataIndex, path: ItemPath, language: str) -> PlaceWords:
    """Name a place in a language. What the version does not define (an older or imported path) goes by its OID."""
    event = index.events.get(path.event.oid) if path.event else None
    form = index.forms.get(path.form.oid) if path.form else None
    item = index.items.get(path.item) if path.item else None
    repeats = [
        step for step in path.groups if step.oid not in index.groups or index.groups[step.oid].repeating
    ]
    key = f" {path.event.key}" if path.event and (event is None or event.repeating) else ""
    form_key = f" {path.form.key}" if path.form and (form is None or form.repeating) else ""
    event_name = event.name or event.oid if event else ""
    return PlaceWords(
        event=((event.title.in_language(language) or event_name) if event else _oid(path.event)) + key,
        event_short=(event_name if event else _oid(path.event)) + key,
        form=((form.title.in_language(language) or form.odm_name or form.name) if form else _oid(path.form))
        + form_key,
        row=f"row {'.'.join(step.key for step in repeats)}" if repeats else "",
        item=(item.question.in_language(language) or item.odm_name or item.name) if item else path.item or "",
    )


def _oid(step: object) -> str:
    return str(getattr(step, "oid", ""))
