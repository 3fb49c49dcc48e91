"""One operation on one chain: its locks, its receipt, its circumstances. Every write service begins here."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from edc_core.domain.commands import Command, FormCommand, SubjectCommand
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN, SYSTEM_CHAIN, SYSTEM_STUDY
from edc_core.domain.permission import Action, Place
from edc_core.errors import BadRequest, NotFound, OperationReplayed
from edc_core.ledger.append import Circumstances, Head, record, take_head
from edc_core.services import coding_cascade, entry_gate, scanning, signature_cascade
from edc_core.store.form_look import look_at_form
from edc_core.store.locks import Receipt, find_receipt, give_receipt, no_subject, subject_of, take_subject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edc_core.domain.casebook import Subject
    from edc_core.domain.ledger_entry import EntryFacts
    from edc_core.domain.signature import ValidSignature
    from edc_core.ledger.append import Effect
    from edc_core.store.form_look import FormLook
    from edc_core.store.locks import HeldSite, TakenSubject
    from edc_core.store.unit_of_work import UnitOfWork

MAX_OP = 200
_Command = TypeVar("_Command", bound=Command)
_Operation = TypeVar("_Operation", bound="Operation")


@dataclass(slots=True)
class Operation:
    """A command under way on the chain of a study or of the installation."""

    uow: UnitOfWork
    command: Command
    head: Head
    request_sha256: str
    earlier: dict[str, Any] | None
    role: str = ""
    entries: int = 0

    @property
    def place(self) -> Place:
        return Place(self.command.study_id)

    def require(self, action: Action, place: Place | None = None) -> None:
        """Check the actor's right here (or at a place named) and note the role it was done in.

        :raises NotAllowed: when no role of the actor includes the action.
        """
        self.role = self.uow.actor.role_for(action, place or self.place)

    def circumstances(self, meta_data_version: str) -> Circumstances:
        return Circumstances(
            op=self.command.op,
            actor=self.uow.actor.name,
            role=self.role,
            user_zone=self.uow.actor.zone,
            meta_data_version=meta_data_version,
        )

    def record(self, effects: Sequence[Effect], *, meta_data_version: str = "") -> list[EntryFacts]:
        """Write effects to the chain; may be called more than once in an operation."""
        circumstances = self.circumstances(meta_data_version)
        written = record(self.uow, self.head, effects, circumstances, op_index=self.entries)
        self.entries += len(written)
        return written

    def finish(self, result: dict[str, Any], *, status: int = 200) -> None:
        """Give the receipt. A command that changed nothing leaves none: asking it again is harmless."""
        if self.entries == 0:
            return
        receipt = Receipt(self.uow.actor.name, self.request_sha256, status, orjson.dumps(result).decode())
        give_receipt(self.uow.connection, self.command.study_id, self.command.op, receipt)


@dataclass(slots=True, kw_only=True)
class SubjectOperation(Operation):
    """A command under way on a subject's chain.

    :param look: the form as it stands, for a command on a form.
    :param signed: valid signatures of the subject, once they were asked for.
    :param coded: texts of the paths in the form whose value has a coding, for a command on a form.
    """

    subject: Subject
    site: HeldSite
    look: FormLook | None = None
    signed: tuple[ValidSignature, ...] | None = None
    coded: frozenset[str] | None = None

    @property
    def place(self) -> Place:
        if self.subject.is_record:
            return Place.record(self.command.study_id)
        return Place(self.command.study_id, self.site.site_id, self.site.country)

    def require(self, action: Action, place: Place | None = None) -> None:
        """As for every operation; whom the subject's data do not concern does not learn that it is there.

        :raises NotFound: the actor may not see the subject. :raises NotAllowed: may see it, and not do this.
        """
        here = self.uow.actor.at(self.place)
        if not here.may(Action.VIEW_DATA):
            raise no_subject(self.subject.subject_key)
        self.role = (here if place is None else self.uow.actor.at(place)).role_for(action)
        entry_gate.require_open(self.uow, self.site, action)

    def record(self, effects: Sequence[Effect], *, meta_data_version: str = "") -> list[EntryFacts]:
        """As for every operation; whatever changes what was signed breaks the signature with it."""
        return self.record_followed(self.follow(effects, meta_data_version), meta_data_version)

    def follow(self, effects: Sequence[Effect], meta_data_version: str) -> list[Effect]:
        """The effects with what they do to codings and signatures; it may have to read."""
        reset = coding_cascade.reset_by(self, effects)
        return [*effects, *reset, *signature_cascade.broken_by(self, effects, meta_data_version)]

    def record_followed(self, effects: Sequence[Effect], meta_data_version: str) -> list[EntryFacts]:
        """Write what ``follow`` has made: nothing is read, so that statements can be sent together."""
        return super(SubjectOperation, self).record(effects, meta_data_version=meta_data_version)

    def circumstances(self, meta_data_version: str) -> Circumstances:
        of_study = super(SubjectOperation, self).circumstances(meta_data_version)
        return dataclasses.replace(of_study, site_id=self.site.site_id, site_zone=self.site.zone)


_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def digest(command: Command) -> str:
    """SHA-256 of a command's content without its op: what a replay must equal.

    :raises BadRequest: a text in it cannot be stored: it holds a NUL, which PostgreSQL has not, or half a character.
    """
    content = _fields(command)
    del content["op"]
    content["command"] = type(command).__name__
    try:
        text = orjson.dumps(content, _plain, _SORTED)
    except orjson.JSONEncodeError as error:
        if "surrogates" not in str(error):
            raise
        raise BadRequest("This text holds half a character, so it cannot be stored.") from None
    if b"\\u0000" in text.replace(b"\\\\", b""):
        raise BadRequest("This text holds a NUL character, so it cannot be stored.")
    return hashlib.sha256(text).hexdigest()


def _plain(value: object) -> object:
    """What JSON has no form of itself."""
    if isinstance(value, ItemPath):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(str(part) for part in value)
    if isinstance(value, tuple):
        return list(value)
    if dataclasses.is_dataclass(value):
        return _fields(value)
    raise TypeError(f"a command holds a {type(value).__name__}")


def _fields(value: Any) -> dict[str, object]:
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _names(kind)}


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def open_subject(uow: UnitOfWork, command: SubjectCommand) -> SubjectOperation:
    """Take a subject's locks in order (site protection, chain head), then look for a receipt and through its words.

    :raises NotFound: no such subject. :raises OperationReplayed: the op was used for something else.
    :raises ValueRefused: its words hold an identifier of a person.
    """
    operation = open_unread(uow, command)
    scanning.refuse_texts(operation, lambda fresh: open_unread(fresh, command))
    return operation


def open_unread(uow: UnitOfWork, command: SubjectCommand) -> SubjectOperation:
    """As ``open_subject``, without a look through the words: to note that they were refused."""
    sha256 = digest(command)
    held = _take_subject(uow, command)
    head = Head(command.study_id, held.subject.subject_id, held.n, held.hash, held.at)
    if not isinstance(command, FormCommand):
        earlier = answer_given(uow, command, sha256)
        return SubjectOperation(uow, command, head, sha256, earlier, subject=held.subject, site=held.site)
    look = look_at_form(uow.connection, held.subject, command.form.form_path, command.op)
    earlier = _answer_of(uow, command, sha256, look.receipt)
    return SubjectOperation(
        uow, command, head, sha256, earlier, subject=held.subject, site=held.site, look=look,
        coded=look.coded,
    )  # fmt: skip


def _take_subject(uow: UnitOfWork, command: SubjectCommand) -> TakenSubject:
    """A retry finds its subject by the operation, when its number was corrected since, or by that operation itself."""
    try:
        return take_subject(uow.connection, command.study_id, command.subject_key)
    except NotFound:
        now = subject_of(uow.connection, command.study_id, command.op)
        if now is None:
            raise
        return take_subject(uow.connection, command.study_id, now)


def open_study(uow: UnitOfWork, command: Command) -> Operation:
    """Take the chain ``@study``, then look for a receipt and through its reason.

    :raises ValueRefused: it holds an identifier of a person.
    """
    operation = open_study_unread(uow, command)
    scanning.refuse_again(operation.earlier)
    if operation.earlier is None:
        scanning.refuse_words(uow, command, lambda fresh: open_study_unread(fresh, command))
    return operation


def open_study_unread(uow: UnitOfWork, command: Command) -> Operation:
    """As ``open_study``, without a look through the words: to note that they were refused."""
    chain = SYSTEM_CHAIN if command.study_id == SYSTEM_STUDY else STUDY_CHAIN
    head = take_head(uow, command.study_id, chain)
    sha256, earlier = earlier_answer(uow, command)
    return Operation(uow, command, head, sha256, earlier)


def once(
    begin: Callable[[UnitOfWork, Any], _Operation], action: Action | None = None
) -> Callable[
    [Callable[[_Operation, _Command], dict[str, Any]]], Callable[[UnitOfWork, _Command], dict[str, Any]]
]:
    """Make a service of what a command does: what came before is answered as then, and what it answers is its receipt.

    :param action: what the actor has to have where the operation is; without one, the service asks for it itself.
    """

    def service(does: Callable[[_Operation, _Command], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        @wraps(does)
        def carried_out(uow: UnitOfWork, command: _Command) -> dict[str, Any]:
            operation = begin(uow, command)
            if operation.earlier is not None:
                return operation.earlier
            if action is not None:
                operation.require(action)
            result = does(operation, command)
            operation.finish(result)
            return result

        return carried_out

    return service


def _check_op(op: str) -> None:
    if not op or len(op) > MAX_OP:
        raise BadRequest(f"Every write carries an operation id of 1 to {MAX_OP} characters.")


def earlier_answer(uow: UnitOfWork, command: Command) -> tuple[str, dict[str, Any] | None]:
    """The digest of a command, and what it was answered with when it was carried out before.

    :raises OperationReplayed: the op was used by another user or for something else.
    """
    sha256 = digest(command)
    return sha256, answer_given(uow, command, sha256)


def answer_given(uow: UnitOfWork, command: Command, sha256: str) -> dict[str, Any] | None:
    """What a command of this digest was answered with; see ``earlier_answer``."""
    return _answer_of(uow, command, sha256, find_receipt(uow.connection, command.study_id, command.op))


def _answer_of(
    uow: UnitOfWork, command: Command, sha256: str, receipt: Receipt | None
) -> dict[str, Any] | None:
    _check_op(command.op)
    if receipt is None:
        return None
    if receipt.user != uow.actor.name or receipt.request_sha256 != sha256:
        raise OperationReplayed(
            "This operation id was used before for something else. Reload the page and try again."
        )
    answer: dict[str, Any] = orjson.loads(receipt.response)
    return answer
