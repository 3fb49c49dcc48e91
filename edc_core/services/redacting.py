"""Two persons take out of the ledger what should never have got into it: one asks, another one decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from edc_core.domain.file_value import FileValue
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.masking import CAN_HOLD, NUMBERS, holds, manifest_left, masked, words_in
from edc_core.domain.permission import Action, Place
from edc_core.domain.redaction import MASK, WaitingRedaction, digest_left, reason_left
from edc_core.errors import BadRequest, NotAllowed, NotFound, ReasonRequired, SecondPersonRequired, WrongState
from edc_core.ledger import redacting
from edc_core.ledger.append import Effect, parse_payload
from edc_core.ledger.hashing import canonical, reason_digest, tag_of
from edc_core.ledger.redacting import Left
from edc_core.services.operation import SubjectOperation, once, open_study, open_subject
from edc_core.services.reading import words_of
from edc_core.services.signing import keep_manifest
from edc_core.store import checks, file_entries, readers, rule_answers
from edc_core.store.listing_queries import full_names
from edc_core.store.row_places import path_of

if TYPE_CHECKING:
    from edc_core.domain.commands import DecideRedaction, Reason, RequestRedaction
    from edc_core.services.operation import Operation
    from edc_core.services.reading import StudyPicture
    from edc_core.store.unit_of_work import UnitOfWork

REQUESTED, APPROVED, REFUSED = "requested", "approved", "refused"


class _Wanted(NamedTuple):
    """What a redaction is asked for: the words of an entry, or of its reason."""

    n: int
    of_reason: bool = False

    @property
    def said(self) -> dict[str, Any]:
        return {"n": self.n} | ({"of": "reason"} if self.of_reason else {})


@dataclass(frozen=True, slots=True)
class _Found:
    """:param number: stands for a subject number that goes; empty where none does. :param left: by position, what is left
    of each payload, and ``reasons`` of each reason. :param elsewhere: other places that hold the same words.
    :param files: digests of what goes from the folder of files, and ``named`` the values of file items that name them.
    """

    path: str
    words: frozenset[str]
    number: str = ""
    left: dict[int, dict[str, Any]] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)


def _chain(uow: UnitOfWork, command: RequestRedaction | DecideRedaction) -> Operation:
    """A subject's chain, or by its own name that of the study."""
    return open_study(uow, command) if command.subject_key == STUDY_CHAIN else open_subject(uow, command)


def _require(operation: Operation, action: Action) -> None:
    of_subject = isinstance(operation, SubjectOperation)
    operation.require(action, None if of_subject else Place.every_site(operation.command.study_id))


@once(_chain)
def request_redaction(operation: Operation, command: RequestRedaction) -> dict[str, Any]:
    """Ask; nothing is taken out yet.

    :returns: ``{"request", "entries", "elsewhere"}``: positions of the request and of what it is about, and other places
        of the subject where the same words stand, for requests of their own.
    :raises WrongState: the words are the present value, or were asked for already. :raises BadRequest: the entry holds no words, or the reason does.
    """
    _require(operation, Action.REDACT)
    wanted = _Wanted(command.n, of_reason=command.of_reason)
    found = _find(operation, wanted)
    _require_reason(command.reason, found.words)
    if wanted in {one for _, one in _undecided(operation).values()}:
        raise WrongState("Somebody asked for this already. Another person has to decide it.")
    payload = wanted.said | {"state": REQUESTED}
    (written,) = operation.record([Effect(EntryKind.REDACT, found.path, payload, reason=command.reason)])
    return {
        "request": written.n,
        "entries": sorted(found.left.keys() | found.reasons.keys()),
        "elsewhere": sorted(found.elsewhere),
    }


@once(_chain)
def decide_redaction(operation: Operation, command: DecideRedaction) -> dict[str, Any]:
    """Take out what was asked for: one entry for each that loses words, then the words. Or refuse.

    :returns: ``{"state", "entries"}``. :raises SecondPersonRequired: the same person asked.
    :raises NotFound: nothing undecided was asked for there.
    """
    _require(operation, Action.APPROVE_REDACTION)
    uow = operation.uow
    asked, wanted = _undecided(operation).get(command.request, (None, _Wanted(0)))
    if asked is None:
        raise NotFound("Nobody asked for this redaction, or it is decided already.")
    if asked.actor == uow.actor.name:
        raise SecondPersonRequired("You asked for this yourself. Another person has to decide it.")
    said = {"request": command.request, "requested_by": asked.actor}
    if not command.approve:
        _require_reason(command.reason, frozenset())
        refusal = said | wanted.said | {"state": REFUSED}
        operation.record([Effect(EntryKind.REDACT, asked.path, refusal, reason=command.reason)])
        return {"state": REFUSED, "entries": []}
    found = _find(operation, wanted, keep=True)
    _require_reason(command.reason, found.words)
    left = {
        n: Left(canonical(found.left[n]).decode() if n in found.left else None, found.reasons.get(n))
        for n in sorted(found.left.keys() | found.reasons.keys())
    }
    approved = [
        said
        | {"state": APPROVED, "n": n}
        | {name: text for name, text in one._asdict().items() if text is not None}
        for n, one in left.items()
    ]
    operation.record([Effect(EntryKind.REDACT, found.path, one, reason=command.reason) for one in approved])
    redacting.take_out(uow.connection, command.study_id, operation.head.chain, left)
    _take_away(operation, found)
    if isinstance(operation, SubjectOperation):
        rule_answers.forget(uow.connection, operation.subject, found.path)
        checks.forget_findings(uow.connection, operation.subject)  # they may quote it; the checks look again
    return {"state": APPROVED, "entries": sorted(left)}


def waiting(picture: StudyPicture) -> tuple[WaitingRedaction, ...]:
    """Requests about subjects in scope, and for who works at every site about the study; oldest first.

    :raises NotAllowed: for who may neither ask nor decide.
    """
    if not (picture.may(Action.REDACT) or picture.may(Action.APPROVE_REDACTION)):
        raise NotAllowed(f"Your role does not include: {Action.APPROVE_REDACTION}.")
    connection = picture.source.connection
    found = redacting.requests(connection, picture.study.study_id)
    names = full_names(connection, {row.actor for row, _ in found}) if found else {}
    whole = picture.actor.at(Place.every_site(picture.study.study_id))
    of_study = whole.may(Action.REDACT) or whole.may(Action.APPROVE_REDACTION)

    def place(row: Any) -> str:
        words = words_of(picture.index, path_of(row.path), picture.language(row.at_site or "")).smallest
        return words if row.at_site else "the study"

    return tuple(
        WaitingRedaction(
            row.subject_key or row.chain, picture.sites[row.at_site].number if row.at_site else "", row.n, row.path,
            place(row) + (" (the reason)" if said.get("of") else ""),
            names.get(row.actor, row.actor), row.at, row.reason_text, row.actor == picture.actor.name,
        )
        for row, said in found
        if row.at_site in picture.sites or (row.chain == STUDY_CHAIN and of_study)
    )  # fmt: skip


def _undecided(operation: Operation) -> dict[int, tuple[Any, _Wanted]]:
    """By its position each entry about the subject that asked and is not decided, with what it is about."""
    found = redacting.requests(operation.uow.connection, operation.command.study_id)
    return {
        row.n: (row, _Wanted(payload["n"], of_reason=payload.get("of") == "reason"))
        for row, payload in found
        if row.chain == operation.head.chain
    }


def _take_away(operation: Operation, found: _Found) -> None:
    """What stands outside the chain: files that no entry names any more, and answers that quote a number or a file's name."""
    connection, files = operation.uow.connection, operation.uow.files
    if found.number:
        redacting.forget(connection, operation.command.study_id, found.words, found.number)
    if found.named:
        redacting.forget(connection, operation.command.study_id, found.named, MASK)
    gone = [name for name in found.files if not file_entries.is_named(connection, name)]

    def drop() -> None:
        for name in gone:
            files.drop(name)

    operation.uow.after_commit(drop)


def _find(operation: Operation, wanted: _Wanted, *, keep: bool = False) -> _Found:
    """:param keep: write what is left of signed manifests to the folder of files."""
    study_id, here = operation.command.study_id, operation.head.chain
    chain = list(redacting.payloads(operation.uow.connection, study_id, here))
    if not 1 <= wanted.n <= len(chain):
        raise BadRequest("There is no such entry. Choose one of the history.")
    target, payload = chain[wanted.n - 1]
    if wanted.of_reason:
        return _find_reason(target, chain)
    words = words_in(target["kind"], payload)
    if payload.get("content") and not words:
        return _find_note(target, payload, chain)
    if target["kind"] not in CAN_HOLD or not isinstance(operation, SubjectOperation):
        raise BadRequest(
            "Only a value, a file, a note, a reason, the words of a query or a subject number can be redacted. Choose such "
            "an entry of the history."
        )
    if not words:
        raise BadRequest("This entry holds no words that could be taken out.")
    _require_past(operation, target["path"], words)
    number = f"redacted-{here[-8:]}" if target["kind"] in NUMBERS else ""
    found = _Found(target["path"], words, number)
    for row, one in chain:
        is_signature = row["kind"] == EntryKind.SIGN_SET
        is_picture = "signature" in one and "manifest" in one  # of what was signed: it goes with it
        if is_signature:
            rest = _signed_left(operation, row["path"], one, target["path"], words, keep=keep)
        elif is_picture:
            is_gone = one["signature"] in found.left and "redacted" not in one
            rest = one | {"redacted": ["file"]} if is_gone else None
        elif row["kind"] == EntryKind.REDACT and "left" in one:
            rest = _left_anew(chain[one["n"] - 1][0]["kind"], one, words, number)
        else:
            rest = masked(row["kind"], one, words, number=number or MASK)
        if rest is None:
            continue
        if row["path"] == target["path"] or is_signature or is_picture:
            found.left[row["n"]] = rest
            if "sha256" in one:
                found.files.add(one.get("left", one)["sha256"])
            if row["kind"] == EntryKind.FILE_ADD and not is_picture:
                found.named.add(f"{one['sha256']}/{one['bytes']}/{one['name']}")
        else:
            found.elsewhere.add(row["path"])
    return found


def _left_anew(
    kind: str, payload: dict[str, Any], words: frozenset[str], number: str
) -> dict[str, Any] | None:
    """An earlier redaction of the same entry says word for word what it left, which is less now."""
    rest = masked(kind, parse_payload(payload["left"]), words, number=number or MASK)
    return None if rest is None else payload | {"left": canonical(rest).decode()}


def _find_reason(target: Any, chain: list[tuple[Any, dict[str, Any]]]) -> _Found:
    """The words of a reason, wherever in the chain they are given as one."""
    words = frozenset({target["reason_text"].strip()} - {""})
    if not words or digest_left(target["reason_text"]):
        raise BadRequest("This entry has no reason in words that could be taken out.")
    found = _Found(target["path"], words)
    for row, one in chain:
        if holds(words, row["reason_text"]):
            if tag_of(row["hash"]) == "edc1":
                raise BadRequest(
                    "An earlier release wrote this reason into the hash of the chain, so it cannot be taken out: tell your "
                    "data protection officer."
                )
            found.reasons[row["n"]] = reason_left(reason_digest(row["reason_text"]))
        rest = masked(row["kind"], one, words)
        if rest is not None and row["kind"] == EntryKind.PROTECT_SET:
            found.left[row["n"]] = rest
        elif rest is not None:
            found.elsewhere.add(row["path"])
    return found


def _find_note(target: Any, payload: dict[str, Any], chain: list[tuple[Any, dict[str, Any]]]) -> _Found:
    """What a note says, in each entry that says it.

    :raises WrongState: it is what the note says now.
    """
    about = target["actor"], payload["topic"], payload["name"]
    of_note = [
        (row["n"], one)
        for row, one in chain
        if row["kind"] == target["kind"] and (row["actor"], one.get("topic"), one.get("name")) == about
    ]
    if of_note[-1][1]["content"] == payload["content"]:
        raise WrongState(
            "This is what the note says now. Have it changed or given up first; then what it said can be redacted."
        )
    left = {
        n: one | {"content": {}, "redacted": ["content"]}
        for n, one in of_note
        if one["content"] == payload["content"]
    }
    return _Found(target["path"], frozenset(), left=left)


def _signed_left(
    operation: Operation, scope: str, payload: dict[str, Any], path: str, words: frozenset[str], *, keep: bool
) -> dict[str, Any] | None:
    """A signature with its manifest as far as that is left: the digest of what was signed stays as recorded."""
    files = operation.uow.files
    if path and not path_of(scope).contains(path_of(path)):
        return None
    with files.open(payload.get("left", payload)["sha256"]) as file:
        manifest = manifest_left(file.read(), path, words)
    if manifest is None:
        return None
    left = FileValue(sha256(manifest).hexdigest(), len(manifest), payload["name"])
    if keep:
        keep_manifest(files, manifest)
    return payload | {"redacted": ["manifest"], "left": file_entries.payload_of(left, "text")}


def _require_past(operation: SubjectOperation, path: str, words: frozenset[str]) -> None:
    """:raises WrongState: the words are what stands there now."""
    if not path and operation.subject.subject_key in words:
        raise WrongState(
            "This is the number that the subject has now. Have it corrected first; then what it was can be redacted."
        )
    present = readers.casebook(operation.uow, operation.subject).items.get(path_of(path))
    if present is not None and (holds(words, present.raw) or holds(words, present.value)):
        raise WrongState(
            "This is the value that stands there now. Have the site correct or clear it first; then what it was can be "
            "redacted."
        )


def _require_reason(reason: Reason, words: frozenset[str]) -> None:
    """The reason of a redaction must not bring back what it takes out."""
    if not reason:
        raise ReasonRequired("Say why it has to be taken out.")
    if holds(words, reason.text):
        raise BadRequest("The reason holds the words that are to be taken out. Write it without them.")
