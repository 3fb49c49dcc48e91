"""Two persons take out of the ledger what should never have got into it: one asks, another one decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.redaction import CAN_HOLD, WaitingRedaction, holds, masked, words_in
from edc_core.errors import BadRequest, NotAllowed, NotFound, ReasonRequired, SecondPersonRequired, WrongState
from edc_core.ledger import redacting
from edc_core.ledger.append import Effect
from edc_core.ledger.hashing import canonical
from edc_core.services.operation import once, open_subject
from edc_core.services.reading import words_of
from edc_core.store import checks, readers, rule_answers
from edc_core.store.listing_queries import full_names
from edc_core.store.readers import path_of

if TYPE_CHECKING:
    from edc_core.domain.commands import DecideRedaction, Reason, RequestRedaction
    from edc_core.services.operation import SubjectOperation
    from edc_core.services.reading import StudyPicture

REQUESTED, APPROVED, REFUSED = "requested", "approved", "refused"


@dataclass(frozen=True, slots=True)
class _Found:
    """:param left: by position, what is left of each entry. :param elsewhere: other places that hold the same words."""

    path: str
    words: frozenset[str]
    left: dict[int, dict[str, Any]]
    elsewhere: tuple[str, ...]


@once(open_subject, Action.REDACT)
def request_redaction(operation: SubjectOperation, command: RequestRedaction) -> dict[str, Any]:
    """Ask; nothing is taken out yet.

    :returns: ``{"request", "entries", "elsewhere"}``: positions of the request and of what it is about, and other places
        of the subject where the same words stand, for requests of their own.
    :raises WrongState: the words are the present value, or were asked for already. :raises BadRequest: the entry holds no words, or the reason does.
    """
    found = _find(operation, command.n)
    _require_reason(command.reason, found.words)
    if command.n in {n for _, n in _undecided(operation).values()}:
        raise WrongState("Somebody asked for this already. Another person has to decide it.")
    payload = {"state": REQUESTED, "n": command.n}
    (written,) = operation.record([Effect(EntryKind.REDACT, found.path, payload, reason=command.reason)])
    return {"request": written.n, "entries": sorted(found.left), "elsewhere": list(found.elsewhere)}


@once(open_subject, Action.APPROVE_REDACTION)
def decide_redaction(operation: SubjectOperation, command: DecideRedaction) -> dict[str, Any]:
    """Take out what was asked for: one entry for each that loses words, then the words. Or refuse.

    :returns: ``{"state", "entries"}``. :raises SecondPersonRequired: the same person asked.
    :raises NotFound: nothing undecided was asked for there.
    """
    uow = operation.uow
    asked, target = _undecided(operation).get(command.request, (None, 0))
    if asked is None:
        raise NotFound("Nobody asked for this redaction, or it is decided already.")
    if asked.actor == uow.actor.name:
        raise SecondPersonRequired("You asked for this yourself. Another person has to decide it.")
    said = {"request": command.request, "requested_by": asked.actor}
    if not command.approve:
        _require_reason(command.reason, frozenset())
        refusal = said | {"state": REFUSED, "n": target}
        operation.record([Effect(EntryKind.REDACT, asked.path, refusal, reason=command.reason)])
        return {"state": REFUSED, "entries": []}
    found = _find(operation, target)
    _require_reason(command.reason, found.words)
    left = {n: canonical(payload).decode() for n, payload in found.left.items()}
    operation.record(
        [
            Effect(
                EntryKind.REDACT, found.path, said | {"state": APPROVED, "n": n, "left": text}, reason=command.reason
            )
            for n, text in left.items()
        ]
    )  # fmt: skip
    redacting.take_out(uow.connection, command.study_id, operation.subject.subject_id, left)
    rule_answers.forget(uow.connection, operation.subject, found.path)
    checks.forget_findings(uow.connection, operation.subject)  # they may quote it; the checks look again
    return {"state": APPROVED, "entries": sorted(left)}


def waiting(picture: StudyPicture) -> tuple[WaitingRedaction, ...]:
    """Requests about subjects in scope, oldest first.

    :raises NotAllowed: for who may neither ask nor decide.
    """
    if not (picture.may(Action.REDACT) or picture.may(Action.APPROVE_REDACTION)):
        raise NotAllowed(f"Your role does not include: {Action.APPROVE_REDACTION}.")
    connection = picture.source.connection
    found = redacting.requests(connection, picture.study.study_id)
    names = full_names(connection, {row.actor for row, _ in found}) if found else {}
    return tuple(
        WaitingRedaction(
            row.subject_key, picture.sites[row.at_site].number, row.n, row.path,
            words_of(picture.index, path_of(row.path), picture.language(row.at_site)).smallest,
            names.get(row.actor, row.actor), row.at, row.reason_text, row.actor == picture.actor.name,
        )
        for row, _ in found
        if row.at_site in picture.sites
    )  # fmt: skip


def _undecided(operation: SubjectOperation) -> dict[int, tuple[Any, int]]:
    """By its position each entry about the subject that asked and is not decided, with the position of what it is about."""
    found = redacting.requests(operation.uow.connection, operation.command.study_id)
    return {row.n: (row, payload["n"]) for row, payload in found if row.chain == operation.subject.subject_id}


def _find(operation: SubjectOperation, n: int) -> _Found:
    connection, subject = operation.uow.connection, operation.subject
    chain = list(redacting.payloads(connection, subject.study_id, subject.subject_id))
    if not 1 <= n <= len(chain) or chain[n - 1][0]["kind"] not in CAN_HOLD:
        raise BadRequest(
            "Only a value or the words of a query can be redacted. Choose such an entry of the history."
        )
    target, payload = chain[n - 1]
    words = words_in(target["kind"], payload)
    if not words or "redacted" in payload:
        raise BadRequest("This entry holds no words that could be taken out.")
    present = readers.casebook(operation.uow, subject).items.get(path_of(target["path"]))
    if present is not None and (holds(words, present.raw) or holds(words, present.value)):
        raise WrongState(
            "This is the value that stands there now. Have the site correct or clear it first; then what it was can be "
            "redacted."
        )
    left, elsewhere = {}, set()
    for row, one in chain:
        if row["path"] == target["path"]:
            rest = masked(row["kind"], one, words)
            if rest is not None:
                left[row["n"]] = rest
        elif masked(row["kind"], one, words) is not None:
            elsewhere.add(row["path"])
    return _Found(target["path"], words, left, tuple(sorted(elsewhere)))


def _require_reason(reason: Reason, words: frozenset[str]) -> None:
    """A reason stands in the hash of its entry, so it can never be taken out again."""
    if not reason:
        raise ReasonRequired("Say why it has to be taken out.")
    if holds(words, reason.text):
        raise BadRequest(
            "The reason holds the words that are to be taken out. It stays for good: write it without them."
        )
