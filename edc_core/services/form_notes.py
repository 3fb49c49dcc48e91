"""What plugins note at a form and its items, in the subject's chain: scoped, hidden and protected as the place is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch
from edc_core.domain.scanner import OnHit, TextKind, is_looked_through
from edc_core.domain.second_entry import FIRST_OPENED, FormNote, ValueSet
from edc_core.errors import BadRequest, EditConflict, NotFound, SecondPersonRequired, ValueRefused, WrongState
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services import noting, scanning
from edc_core.services.open_form import OpenForm, SaveResult, changes_form
from edc_core.services.reading import SHOWS, look_at_subject, note_shown
from edc_core.store import form_notes as store
from edc_core.store.listing_queries import full_names
from edc_core.store.row_places import path_of

if TYPE_CHECKING:
    from edc_core.domain.commands import AddFormNotes, PlaceNote
    from edc_core.domain.item_path import ItemPath
    from edc_core.services.reading import StudyPicture


@changes_form(Action.ENTER_DATA)
def add_form_notes(form: OpenForm, command: AddFormNotes) -> SaveResult:
    """Keep notes at places of one form that was begun.

    :returns: ``versions`` hold the position of each note in the chain, by its place.
    :raises BadRequest: no topic or name, too long, or a place of another form. :raises NotFound: no such item, or the
        person may not see it. :raises EditConflict: somebody noted something there since the person looked.
    :raises SecondPersonRequired: the person has set a value in this form or seen it. :raises ValueRefused: an identifier of a person.
    """
    operation, subject = form.operation, form.operation.subject
    if not command.topic or not 0 < len(command.name.strip()) <= noting.LONGEST_NAME:
        raise BadRequest(f"Give it a topic, and a name of 1 to {noting.LONGEST_NAME} characters.")
    if form.picture.form is None:
        raise WrongState("This form was not begun, so there is nothing to note at it.")
    connection, at = operation.uow.connection, (subject.study_id, subject.subject_id)
    path, person = str(form.picture.path), operation.uow.actor.name
    if command.second_person and store.knows(connection, *at, path, person):
        raise SecondPersonRequired("You know what stands in this form. Another person does this.")
    touch = Touch.QUERY if command.topic == FIRST_OPENED else Touch.DATA
    places = {str(note.path) for note in command.notes}
    there = store.newest_n(connection, *at, command.topic, places)
    for note in command.notes:
        _require(form, note, touch, cleared=command.cleared)
        if note.base not in (None, there.get(str(note.path), 0)):
            said = "Somebody else kept something here since you opened the page."
            raise EditConflict(said, path=str(note.path))
    kept = {"note": "form", "topic": command.topic, "name": command.name.strip()}
    payloads = [kept | {"content": note.content, "salt": new_id()} for note in command.notes]
    effects = [
        Effect(EntryKind.NOTE_ADD, str(note.path), payload, reason=command.reason)
        for note, payload in zip(command.notes, payloads, strict=True)
    ]
    positions = {str(note.path): operation.head.n + i for i, note in enumerate(command.notes, 1)}
    return form.finish(effects, form.picture.status, versions=positions, changed=len(effects))


def _require(form: OpenForm, note: PlaceNote, touch: Touch, *, cleared: bool) -> None:
    """:param touch: as what protection takes it; that a form was opened says nothing about its data.

    :raises EdcError: it cannot be kept there.
    """
    path, operation = note.path, form.operation
    if path.form is None or path.form_path != form.picture.path:
        raise BadRequest("Every note of one command belongs to the same form.")
    if len(orjson.dumps(note.content)) > noting.LARGEST:
        raise BadRequest("This is too long to be kept. Shorten it.")
    form.index.check(path)
    form.picture.require(touch, path)
    kind, looked_through = TextKind.REASON, True
    if path.item is not None:
        item = form.index.place(path).item
        if not operation.uow.actor.may(SHOWS.get(item.sensitivity, Action.VIEW_DATA), operation.place):
            raise NotFound(f"The study has no item '{path.item}' at '{path.parent}'.")
        kind, looked_through = TextKind.VALUE, is_looked_through(item, note.content.get("parsed", "ok"))
    look = scanning.look_of(operation.uow, form.index, operation.site.country, cleared=cleared)
    if look is None or not looked_through:
        return
    texts = set(noting.texts_in(note.content))
    if path.item is None:
        texts -= set(full_names(operation.uow.connection, texts))  # a login may look like an address
    for text in texts:
        if (scanner := look(kind, text)) is not None:
            said, asks = scanner.message.in_language(form.reads), scanner.on_hit is OnHit.ASK
            raise ValueRefused(said, path=str(path), check=f"scanner:{scanner.name}", asks=asks)


def form_notes(
    picture: StudyPicture, topic: str, subject_key: str = "", form: ItemPath | None = None
) -> tuple[FormNote, ...]:
    """See ``StudyAccess.form_notes``."""
    connection, scope, subject_id = picture.source.connection, picture.scope, ""
    if subject_key:
        subject = look_at_subject(picture, subject_key)
        scope, subject_id = picture.scope_at([subject.site_id]), subject.subject_id
    scope = replace(scope, covered=frozenset())  # notes tell nothing of a first entry
    rows = store.newest(connection, scope, topic, subject_id=subject_id, form=str(form or ""))
    where = f"subject:{subject_id} notes" if subject_id else "notes"
    note_shown(picture, where, (picture.index.items.get(path_of(row.path).item or "") for row in rows))
    names = full_names(connection, {row.actor for row in rows})
    return tuple(
        FormNote(
            row.subject_key, path_of(row.path), row.n, orjson.loads(row.payload)["content"],
            row.actor, names.get(row.actor, row.actor), row.at,
        )
        for row in rows
    )  # fmt: skip


def values_set(picture: StudyPicture, subject_key: str, form: ItemPath) -> tuple[ValueSet, ...]:
    """See ``StudyAccess.values_set``."""
    subject, connection = look_at_subject(picture, subject_key), picture.source.connection
    hidden = picture.hidden_at([subject.site_id])
    rows = store.values_set(connection, subject.study_id, subject.subject_id, str(form))
    every = (ValueSet(path_of(row.path), row.n, row.actor) for row in rows)
    return tuple(one for one in every if one.path.item not in hidden)
