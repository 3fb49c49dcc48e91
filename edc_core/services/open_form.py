"""A form as a write service holds it, from the first look to the result that it hands back."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from edc_core.domain.change import FormPicture
from edc_core.domain.commands import AddFormNotes, FormCommand, MarkNotDone, Reason
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import Step
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.protection import Touch, effective, require
from edc_core.errors import BadRequest, VersionChanged, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import scheduling
from edc_core.services.form_after import FormAfter
from edc_core.services.late import late
from edc_core.services.operation import SubjectOperation, open_subject
from edc_core.store import query_readers, readers
from edc_core.store.together import together

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.ledger_entry import EntryFacts
    from edc_core.domain.metadata import Policy
    from edc_core.domain.permission import Action
    from edc_core.domain.query import Query
    from edc_core.store.unit_of_work import UnitOfWork

C = TypeVar("C", bound=FormCommand)


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What a write did.

    :param n: chain position after it.
    :param versions: item path text to its version now, for every item the command named.
    :param queries: ids of queries this write opened, reopened or resolved.
    :param key: repeat key the server gave to a new row or event.
    :param after: the form as it is now, where the write knows; it is in no receipt, so a replay has none.
    """

    n: int
    status: str
    versions: Mapping[str, int] = field(default_factory=dict)
    queries: tuple[str, ...] = ()
    changed: int = 0
    key: str = ""
    after: FormAfter | None = field(default=None, compare=False)

    def as_json(self) -> dict[str, Any]:
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.compare}
        return told | {"versions": dict(self.versions), "queries": list(self.queries)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SaveResult:
        return cls(**data | {"queries": tuple(data["queries"])})


@dataclass(slots=True)
class OpenForm:
    """A form as a write service holds it: its operation, its picture, its queries.

    :param begins: it is begun now, and was found to be expected.
    """

    operation: SubjectOperation
    picture: FormPicture
    queries: dict[str, Query]
    begins: bool = False
    written: list[EntryFacts] = field(default_factory=list)

    @property
    def index(self) -> MetaDataIndex:
        return self.picture.index

    @property
    def language(self) -> str:
        """Of texts that stay, such as queries: the site's own, whoever asks."""
        return self.index.version.language_at(self.operation.site.number)

    @property
    def reads(self) -> str:
        """The language in which the person reads at this site."""
        return self.index.version.language_at(self.operation.site.number, self.operation.uow.actor.language)

    def today(self) -> date:
        zone = ZoneInfo(self.operation.site.zone or "UTC")
        return self.operation.uow.clock.now().astimezone(zone).date()

    def require_seen(self) -> None:
        """:raises NotAllowed: the form is entered twice, and what stands in it is kept from the person."""
        operation, oid = self.operation, self.picture.path.form.oid if self.picture.path.form else ""
        version = operation.site.meta_data_version or self.index.version.oid
        at_site = operation.uow.versions.get(operation.uow.connection, operation.command.study_id, version)
        if oid in at_site.version.policy.double_entry:
            late("second_entries", "require_seen")(operation, self.picture.path)

    def status_effect(
        self, status: EntryStatus, *, was_complete: bool, reason: Reason | None = None
    ) -> Effect:
        payload = {"status": status.value, "was_complete": was_complete}
        return Effect(EntryKind.FORM_STATUS, str(self.picture.path), payload, reason=reason or Reason())

    def finish(self, effects: Sequence[Effect], status: EntryStatus, *, versions: Mapping[str, int] | None = None,
               changed: int = 0, key: str = "") -> SaveResult:  # fmt: skip
        """Record the effects, give the receipt and say what happened."""
        operation = self.operation
        touched = tuple(
            dict.fromkeys(e.payload["query_id"] for e in effects if e.kind.value.startswith("query."))
        )
        version = self.index.version.oid
        followed = operation.follow(effects, version)
        with together(operation.uow.connection):
            self.written += operation.record_followed(followed, version)
            result = SaveResult(operation.head.n, status.value, versions or {}, touched, changed, key)
            operation.finish(result.as_json())
        return result


def open_form(operation: SubjectOperation, command: FormCommand, *, version: str = "") -> OpenForm:
    """What a decision about a form needs: read with the receipt, but for queries where there are any.

    :param version: the MetaDataVersion an import states for a form not yet started; empty takes the site's.

    :raises VersionChanged: the form would begin with another version than the person saw.
    :raises WrongState: no version is in force, the visit was not added, or the form is not required.
    """
    connection = operation.uow.connection
    form = command.form.form_path
    look = operation.look
    assert look is not None, "a command on a form"
    state = look.state
    stated = bool(version)
    version = state.form.meta_data_version if state.form else version or operation.site.meta_data_version
    if not version:
        raise WrongState("No version of the study is active at this site yet.")
    if command.meta_data_version and command.meta_data_version != version:
        raise VersionChanged(
            "The study was updated since you opened this form. Your entries are kept; reload the form.",
            version=version,
        )
    index = operation.uow.versions.get(connection, operation.command.study_id, version)
    started = state.form is not None
    is_added = form.event in {path.event for path in state.added_events}
    index.check(form, keys_as_found=stated or started or is_added)
    if not (stated or started or is_added) and form.event is not None:
        require(effective(form, state.protections, state.above), Touch.DATA)
        _require_begun(operation, index, form.event)
    picture = FormPicture(
        index=index,
        path=form,
        form=state.form,
        items=look.items,
        groups=state.groups,
        protections=state.protections,
        above=state.above,
        removed_events=state.removed_events,
        silent=operation.site.silent,
        eras=tuple(one for one in index.version.eras if operation.site.country in one.countries),
    )
    if form.parent in state.events_not_done:
        raise WrongState("This visit is marked as not done. Take that back in the casebook first.")
    if form.parent in state.removed_events:
        raise WrongState("This visit is removed. Restore it in the casebook first.")
    begins = not stated and picture.status is EntryStatus.NOT_STARTED
    if begins:
        scheduling.require_expected(operation, form, state.removed_events)
    queries = query_readers.form_queries(connection, operation.subject, form) if look.asked else {}
    return OpenForm(operation, picture, queries, begins=begins)


def _require_begun(operation: SubjectOperation, index: MetaDataIndex, event: Step) -> None:
    """A repeating or unscheduled visit is added before anything is entered in it, so that its key is the server's."""
    connection = operation.uow.connection
    if index.events[event.oid].is_added and not readers.has_forms_in(connection, operation.subject, event):
        raise WrongState("This visit was not added yet. Add it in the casebook first.")


def _require_known(policy: Policy, code: str) -> None:
    """:raises BadRequest: the form's version offers no reason with this code."""
    if code.strip() and code not in (known := policy.words_of_reasons("en")):
        raise BadRequest(f"'{code}' is no reason of this study. Choose one of: {', '.join(known)}.")


def changes_form(
    action: Action,
) -> Callable[[Callable[[OpenForm, C], SaveResult]], Callable[[UnitOfWork, C], SaveResult]]:
    """Makes a write service of what a command does to a form: asked again, it answers what it answered.

    :param action: what it takes; others are refused with ``NotAllowed``.
    """

    def service_of(change: Callable[[OpenForm, C], SaveResult]) -> Callable[[UnitOfWork, C], SaveResult]:
        @wraps(change)
        def service(uow: UnitOfWork, command: C) -> SaveResult:
            operation = open_subject(uow, command)
            if operation.earlier is not None:
                return SaveResult.from_json(operation.earlier)
            operation.require(action)
            form = open_form(operation, command)
            if form.picture.form is not None and not isinstance(command, AddFormNotes):
                form.require_seen()
            if not isinstance(command, MarkNotDone):  # that says why nothing is there: a missing reason
                _require_known(form.index.version.policy, command.reason.code)
            return change(form, command)

        return service

    return service_of
