"""What a person is to sign at a place, what stands in the way, and what has changed since the last signature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.manifest import Difference, Manifest, as_seen, differences, manifest_of
from edc_core.domain.metadata import EventType
from edc_core.domain.milestone import offers_at
from edc_core.domain.permission import Place
from edc_core.domain.signature import Blocker, Signature, SignatureState, blockers
from edc_core.errors import BadRequest, NotFound
from edc_core.ledger import replay
from edc_core.services.reading import SHOWS
from edc_core.services.scheduling import forms_left_out
from edc_core.store import readers, signature_readers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.domain.casebook import Casebook, Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.milestone import Offer
    from edc_core.domain.permission import Actor
    from edc_core.store.readers import SiteRow, StudyRow
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class ToSign:
    """:param signature: the one that stands at this place, in whatever state.
    :param accepted: the person has said in this study that the electronic signature binds.
    :param milestone: that it is signed for now, of those that are ``offered`` here.
    """

    manifest: Manifest
    blockers: tuple[Blocker, ...]
    signature: Signature | None
    accepted: bool
    offered: tuple[Offer, ...] = ()
    milestone: Offer | None = None

    @property
    def state(self) -> SignatureState:
        """Of the signature, which is none for a milestone where a valid one says something else."""
        state = self.signature.state if self.signature else SignatureState.UNSIGNED
        is_other = self.milestone and self.signature and self.signature.meaning != self.milestone.oid
        return SignatureState.UNSIGNED if state is SignatureState.SIGNED and is_other else state


@dataclass(frozen=True, slots=True)
class Desk:
    """A subject's data as one person is to sign them.

    :param source: of the write that signs, which holds the chain, or of a page.
    """

    source: Source
    actor: Actor
    study: StudyRow
    subject: Subject
    site: SiteRow

    def version(self, oid: str) -> MetaDataIndex:
        return self.source.versions.get(self.source.connection, self.study.study_id, oid)

    @property
    def hides(self) -> frozenset[str]:
        place = Place(self.study.study_id, self.site.site_id, self.site.country)
        return frozenset(kind for kind, action in SHOWS.items() if not self.actor.may(action, place))

    @property
    def language(self) -> str:
        """In which the person reads here, as on the form."""
        version = self.version(self.site.meta_data_version).version
        return version.language_at(self.site.number, self.actor.language)

    def offers(self, scope: ItemPath) -> tuple[Offer, ...]:
        """Milestones for which a place is signed."""
        milestones = self.version(self.site.meta_data_version).version.milestones
        return offers_at(scope, milestones, self.language)

    def lay_out(self, scope: ItemPath, milestone: str = "") -> ToSign:
        """Everything that is to be signed at a place: five statements.

        :param milestone: OID of the one it is signed for, or empty.
        :raises BadRequest: rows and items are not signed one by one. :raises NotFound: the milestone is not signed here.
        """
        if scope.groups:
            raise BadRequest("A form, a visit or a casebook is signed, not a part of a form.")
        connection, study_id = self.source.connection, self.study.study_id
        book = as_seen(readers.casebook(self.source, self.subject), self.version, self.hides)
        manifest = self._manifest(book, scope, self.language, self.hides)
        policy = self.version(self.site.meta_data_version).version.policy
        offered = self.offers(scope)
        asked = next((one for one in offered if one.oid == milestone), None)
        if milestone and asked is None:
            raise NotFound("Nothing is signed here for this milestone.")
        stands = signature_readers.signatures(connection, study_id, self.subject.subject_id)
        return ToSign(
            replace(manifest, milestone=milestone, statement=asked.statement if asked else ""),
            blockers(
                book, scope, self._expected(book, scope), answered_may_stay=policy.sign_queries == "answered"
            ),
            next((one for one in stands if one.path == scope), None),
            signature_readers.has_accepted(connection, study_id, self.actor.name),
            offered,
            asked,
        )  # fmt: skip

    def changes_since(self, signature: Signature) -> tuple[Difference, ...]:
        """The exact difference between what was signed and what stands there now, as its signer saw it."""
        return self._changes(signature.path, signature.n - 1, signature.language, signature.hides)

    def changes_after(self, scope: ItemPath, n: int) -> tuple[Difference, ...]:
        """What is otherwise than at a position of the chain, as the person sees it."""
        return self._changes(scope, n, self.language, self.hides)

    def _changes(
        self, scope: ItemPath, n: int, language: str, hides: frozenset[str]
    ) -> tuple[Difference, ...]:
        connection, subject = self.source.connection, self.subject
        then = replay.casebook_at(connection, subject.study_id, subject.subject_id, upto_n=n)
        books = (then, readers.casebook(self.source, subject))
        was, now = (
            self._manifest(as_seen(book, self.version, hides), scope, language, hides) for book in books
        )
        return differences(was, now)

    def _manifest(self, book: Casebook, scope: ItemPath, language: str, hides: frozenset[str]) -> Manifest:
        return manifest_of(book, self.version, scope, study=str(self.study), language=language, hides=hides)

    def _expected(self, book: Casebook, scope: ItemPath) -> Iterator[ItemPath]:
        """Forms that the visits which were begun still need; a visit that lies ahead is not awaited."""
        index = self.version(self.site.meta_data_version)
        for step in dict.fromkeys(path.event for path in book.forms):
            event, place = index.events.get(step.oid) if step else None, ItemPath(step)
            if event is None or step is None or event.type is EventType.COMMON or book.is_not_done(place):
                continue
            if book.is_removed(place) or not (scope.contains(place) or place.contains(scope)):
                continue
            needed = any(ref.mandatory for ref in event.form_refs)
            left_out = forms_left_out(self.source, book, index, place, self.site)
            for ref in event.form_refs:
                form = ItemPath(step, Step(ref.form_oid))
                if (ref.mandatory or not needed) and form not in left_out and not _is_begun(book, form):
                    yield form


def _is_begun(book: Casebook, form: ItemPath) -> bool:
    known = book.forms.get(form)
    return known is not None and known.status is not EntryStatus.NOT_STARTED
