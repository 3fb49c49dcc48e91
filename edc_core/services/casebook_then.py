"""A subject's casebook as it was: what had been begun by then, each form by the version it had, and nothing of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath
from edc_core.domain.query import UNFINISHED
from edc_core.services.cuts import settled
from edc_core.services.reading import casebook_of, look_at_past, words_of
from edc_core.services.visit_state import State, state_of

if TYPE_CHECKING:
    from edc_core.domain.casebook import Casebook, FormData, Subject
    from edc_core.domain.subject_move import SubjectMove
    from edc_core.services.reading import StudyPicture
    from edc_core.store.readers import SiteRow


@dataclass(frozen=True, slots=True)
class FormThen:
    """A form that had been begun. :param answered: items with a value or a reason why there is none."""

    path: ItemPath
    title: str
    state: State
    version: str
    answered: int
    queries: int
    reason: str


@dataclass(frozen=True, slots=True)
class EventThen:
    """A visit in which something had happened. :param note: that it was removed or not done, and why."""

    title: str
    note: str
    forms: tuple[FormThen, ...]


@dataclass(frozen=True, slots=True)
class CasebookThen:
    """:param at: the instant, UTC ISO 8601; empty while none was chosen.

    :param kept: the transfer with which the subject left the person's site, which keeps what stood before.
    """

    subject: Subject
    site: SiteRow
    at: str = ""
    subject_key: str = ""
    events: tuple[EventThen, ...] = ()
    kept: SubjectMove | None = None


def casebook_then(picture: StudyPicture, subject_key: str, local: str, now: datetime) -> CasebookThen:
    """The casebook at the end of a minute, as the clock of the site showed it.

    :param local: ``2026-03-04T14:02`` in the site's zone, or an instant with its zone; empty for none yet, or for all
        that a site keeps.
    :raises NotFound: no such subject in scope, or not in the study then.
    :raises BadRequest: no time, or less than a minute ago (entries of then may still be on their way).
    """
    subject, kept = look_at_past(picture, subject_key)
    site = picture.sites[subject.site_id]
    if kept is not None:
        local, now = local or kept.at, datetime.max.replace(tzinfo=UTC)  # to what it keeps nothing is added
    if not local:
        return CasebookThen(subject, site)
    at = settled(local, site.zone, now)
    book = casebook_of(picture.source, subject, as_of=at, kept=kept)
    hidden = picture.hidden_at([site.site_id])
    forms: dict[ItemPath, list[FormThen]] = {ItemPath(path.event): [] for path in (*book.events, *book.forms)}
    for path, form in sorted(book.forms.items(), key=lambda pair: str(pair[0])):
        forms[ItemPath(path.event)].append(_form(picture, book, form, hidden))
    return CasebookThen(
        subject, site, at, book.subject.subject_key,
        tuple(_event(picture, book, path, tuple(lines)) for path, lines in forms.items()), kept,
    )  # fmt: skip


def _form(picture: StudyPicture, book: Casebook, form: FormData, hidden: frozenset[str]) -> FormThen:
    inside = [
        item for path, item in book.items.items() if path.form_path == form.path and path.item not in hidden
    ]
    asked = [
        query
        for query in book.queries.values()
        if query.state in UNFINISHED & picture.query_states
        and query.path.form is not None
        and query.path.form_path == form.path
        and query.path.item not in hidden
    ]
    return FormThen(
        path=form.path,
        title=words_of(
            picture.version(form.meta_data_version), form.path, picture.language(book.subject.site_id)
        ).form,
        state=state_of(form.status, book.protection(form.path)),
        version=form.meta_data_version,
        answered=sum(1 for item in inside if item.value is not None or item.missing),
        queries=len(asked),
        reason=form.reason,
    )


def _event(picture: StudyPicture, book: Casebook, path: ItemPath, forms: tuple[FormThen, ...]) -> EventThen:
    index = picture.version(forms[0].version) if forms else picture.index
    data = book.events.get(path)
    note = "" if data is None else "removed" if data.removed else "not done" if data.not_done else ""
    words = words_of(index, path, picture.language(book.subject.site_id))
    return EventThen(words.event, f"{note}: {data.reason}" if data and note else "", forms)
