"""Notes about a study as a whole, each an entry of its chain: saved lists, reviews of the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.study_lists import StudyNote
from edc_core.errors import BadRequest, NotFound
from edc_core.ledger.append import Effect
from edc_core.services import scanning
from edc_core.services.operation import once, open_study, open_study_unread, open_subject
from edc_core.services.reading import look_at
from edc_core.store import listing_queries, readers
from edc_core.store.listing_queries import TrailFilter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.domain.commands import AddNote, AddSubjectNote
    from edc_core.services.operation import Operation, SubjectOperation
    from edc_core.services.reading import StudyPicture
    from edc_core.store.unit_of_work import UnitOfWork

LONGEST_NAME = 100
LARGEST = 20_000  #: bytes of content
READ = 10_000  #: newest notes of a topic that are looked at


@once(open_study, Action.VIEW_DATA)
def add_note(operation: Operation, command: AddNote) -> dict[str, Any]:
    """Keep a note.

    :returns: ``{"topic", "name"}``. :raises NotAllowed: the person views no data of the study.
    :raises BadRequest: it has no name, is too long, or holds an identifier of a person. :raises NotFound: the study has no
        such item, or the person may not see it everywhere.
    """
    said: dict[str, Any] = {"note": "study", "shared": command.shared}
    if command.items:
        uow = operation.uow
        picture = look_at(uow, uow.actor, readers.study_by_id(uow.connection, command.study_id))
        versions = uow.versions.all(uow.connection, command.study_id).values()
        for oid in command.items:
            if oid in picture.scope.hidden or not any(oid in index.items for index in versions):
                raise NotFound(f"The study has no item '{oid}'.")
        said["items"] = list(command.items)
    return _keep(operation, command, said)


@once(open_subject, Action.RECORD_REQUEST)
def add_subject_note(operation: SubjectOperation, command: AddSubjectNote) -> dict[str, Any]:
    """Keep a note in the subject's chain, whatever is locked there; as ``add_note``."""
    return _keep(operation, command, {"note": "subject"})


def _keep(operation: Operation, command: AddNote | AddSubjectNote, said: dict[str, Any]) -> dict[str, Any]:
    name = command.name.strip()
    if not name or len(name) > LONGEST_NAME or not command.topic:
        raise BadRequest(f"Give it a name of 1 to {LONGEST_NAME} characters.")
    if len(orjson.dumps(command.content)) > LARGEST:
        raise BadRequest("This is too long to be kept. Shorten it.")
    _refuse_identifiers(operation.uow, command)
    payload = said | {"topic": command.topic, "name": name, "content": command.content}
    operation.record([Effect(EntryKind.NOTE_ADD, "", payload)])
    return {"topic": command.topic, "name": name}


def _refuse_identifiers(uow: UnitOfWork, command: AddNote | AddSubjectNote) -> None:
    """:raises BadRequest: a text holds an identifier of a person; nothing of it is kept (REQ-PRV-02)."""
    texts = texts_in([command.name, command.content])
    scanning.refuse_words(
        uow, command, lambda fresh: open_study_unread(fresh, command), texts=texts, error=BadRequest
    )


def texts_in(value: object) -> Iterator[str]:
    """Every text in JSON values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_in(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)


def notes(picture: StudyPicture, topic: str) -> tuple[StudyNote, ...]:
    """Notes of a topic that the person may know, newest first: two statements."""
    connection = picture.source.connection
    picture.actor.role_for(Action.VIEW_DATA, picture.place())
    said = f'"topic":{orjson.dumps(topic).decode()}'
    wanted = TrailFilter(kinds=(EntryKind.NOTE_ADD.value,), said=said)
    rows = listing_queries.entries(connection, picture.scope, STUDY_CHAIN, wanted, limit=READ)
    names = listing_queries.full_names(connection, {row.actor for row in rows})
    found: dict[tuple[str, str], tuple[StudyNote, dict[str, Any]]] = {}
    for row in rows:
        kept = orjson.loads(row.payload)
        if kept.get("topic") != topic:  # it is said within the words of another
            continue
        note = StudyNote(
            row.n, kept["name"], kept["shared"], kept["content"], row.actor, names.get(row.actor, row.actor),
            row.role, row.at, row.actor == picture.actor.name,
        )  # fmt: skip
        found.setdefault((note.actor, note.name), (note, kept))
    return tuple(
        note for note, said in found.values() if note.content and may_read(picture, note.actor, said)
    )


def may_read(picture: StudyPicture, author: str, said: Mapping[str, Any]) -> bool:
    """Whether a note is for a person: a shared one, an own one, or any for who views every site; and nothing that it tells
    of is hidden from them.
    """
    if not picture.scope.hidden.isdisjoint(said.get("items", ())):
        return False
    if said.get("shared") or author == picture.actor.name:
        return True
    return picture.actor.may(Action.VIEW_DATA, Place.every_site(picture.study.study_id))
