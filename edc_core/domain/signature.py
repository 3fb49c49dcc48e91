"""Electronic signatures, one of five independent axes: states, who moves them, what is in the way (21 CFR 11.50-11.200)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.protection import ALLOWED, Touch
from edc_core.domain.query import QueryState
from edc_core.errors import NotAllowed, WrongState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from edc_core.domain.casebook import Casebook
    from edc_core.domain.item_path import ItemPath


class SignatureState(StrEnum):
    UNSIGNED = "unsigned"
    SIGNED = "signed"
    BROKEN = "broken"  #: what was signed has changed since; it is signed again
    WITHDRAWN = "withdrawn"


class SignatureAction(StrEnum):
    SIGN = "sign"
    BREAK = "break"
    WITHDRAW = "withdraw"


class Signer(StrEnum):
    """Who may move a signature from a state to another."""

    HOLDER = "whoever may sign here"  #: ``Action.SIGN`` at the subject's site
    OWNER = "whoever gave it"
    SYSTEM = "the system"


_S, _A = SignatureState, SignatureAction
TRANSITIONS: dict[tuple[SignatureState, SignatureAction], tuple[SignatureState, Signer]] = {
    (_S.UNSIGNED, _A.SIGN): (_S.SIGNED, Signer.HOLDER),
    (_S.BROKEN, _A.SIGN): (_S.SIGNED, Signer.HOLDER),
    (_S.WITHDRAWN, _A.SIGN): (_S.SIGNED, Signer.HOLDER),
    (_S.SIGNED, _A.BREAK): (_S.BROKEN, Signer.SYSTEM),
    (_S.SIGNED, _A.WITHDRAW): (_S.WITHDRAWN, Signer.OWNER),
}


def transition(
    state: SignatureState, action: SignatureAction, *, by: str, signed_by: str = "", may_sign: bool = False
) -> SignatureState:
    """The state after an action.

    :param by: who acts, ``system`` where nobody does. :param signed_by: who gave the signature that stands.
    :param may_sign: whether the actor has the right to sign here.
    :raises WrongState: the action does not exist in this state. :raises NotAllowed: it is not for this actor.
    """
    step = TRANSITIONS.get((state, action))
    if step is None:
        said = {
            _A.SIGN: "This is signed already.",
            _A.WITHDRAW: "There is no valid signature here to withdraw.",
        }
        raise WrongState(
            said.get(action, f"What is {state} cannot be broken."), state=str(state), action=str(action)
        )
    after, who = step
    allowed = {
        Signer.HOLDER: may_sign,
        Signer.OWNER: may_sign and by == signed_by,
        Signer.SYSTEM: by == "system",
    }
    if not allowed[who]:
        raise NotAllowed(f"To {action} is for {who}.", action=str(action))
    return after


class Meaning(StrEnum):
    """What a signature attests (21 CFR 11.50(a)(3))."""

    RESPONSIBILITY = "responsibility"
    REVIEW = "review"
    APPROVAL = "approval"

    @property
    def statement(self) -> str:
        return _STATEMENTS[self]


_STATEMENTS = {
    Meaning.RESPONSIBILITY: "I have reviewed these data and take responsibility for them: they are attributable, "
    "complete and agree with the source.",
    Meaning.REVIEW: "I have reviewed these data.",
    Meaning.APPROVAL: "I have reviewed these data and approve them.",
}
#: Said once before the first signature (21 CFR 11.100(c)).
ACCEPTANCE = (
    "My electronic signature in this study is the legally binding equivalent of my handwritten signature."
)


#: Entries that may change what was signed. Queries, reviews, protection and notes do not.
CHANGING = frozenset(
    {
        EntryKind.SUBJECT_KEY,
        EntryKind.EVENT_STATUS,
        EntryKind.EVENT_REMOVE,
        EntryKind.EVENT_RESTORE,
        EntryKind.FORM_STATUS,
        EntryKind.FORM_MIGRATE,
        EntryKind.FORM_REMOVE,
        EntryKind.FORM_RESTORE,
        EntryKind.GROUP_REMOVE,
        EntryKind.GROUP_RESTORE,
        EntryKind.ITEM_SET,
        EntryKind.DERIVED_SET,
    }
)


class ValidSignature(NamedTuple):
    """What the cascade has to know of a signature that stands; see ``Signature``."""

    path: ItemPath
    n: int
    language: str
    hides: frozenset[str]


class SignedManifest(NamedTuple):
    """What exactly was signed (``manifest.Manifest.canonical``), or what two persons left of it.

    :param n: position of its ``sign.set`` in the subject's chain. :param sha256: of ``content``.
    """

    subject_key: str
    n: int
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature on a form, a visit or a casebook as it stands now.

    :param path: what was signed; empty for the casebook. :param n: position of its ``sign.set`` in the chain.
    :param language: in which it was read. :param hides: sensitivities of items the signer may not see.
    :param sha256: of the manifest (``manifest.Manifest``). :param at: UTC ISO 8601; ``zone`` the signer's.
    :param since: when it was broken or withdrawn, and ``reason`` why it was withdrawn.
    """

    path: ItemPath
    state: SignatureState
    n: int
    at: str
    zone: str
    actor: str
    full_name: str
    role: str
    meaning: str
    language: str
    hides: frozenset[str]
    sha256: str
    since: str = ""
    reason: str = ""


def state_at(place: ItemPath, signatures: Iterable[Signature]) -> SignatureState:
    """The signature of a place by all that cover it: a valid one counts, else a broken one, else a withdrawn one."""
    found = {one.state for one in signatures if one.path.contains(place)}
    order = (_S.SIGNED, _S.BROKEN, _S.WITHDRAWN)
    return next((state for state in order if state in found), _S.UNSIGNED)


def touched_by(moved: Collection[ItemPath], signatures: Iterable[Signature]) -> tuple[Signature, ...]:
    """Valid signatures on or above forms that would change: what the impact of an amendment counts."""
    return tuple(
        one for one in signatures if one.state is _S.SIGNED and any(one.path.contains(form) for form in moved)
    )


class Hindrance(StrEnum):
    """Why a place cannot be signed now."""

    NOTHING = "nothing was entered here yet"
    NOT_STARTED = "not started"
    IN_PROGRESS = "not complete"
    OPEN_QUERY = "open query"
    ANSWERED_QUERY = "answered query that is not closed"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Blocker:
    """:param path: the form or item it is about. :param text: the query's words, where it is one."""

    path: ItemPath
    why: Hindrance
    text: str = ""


_OF_QUERY = {QueryState.OPEN: Hindrance.OPEN_QUERY, QueryState.ANSWERED: Hindrance.ANSWERED_QUERY}


def blockers(
    book: Casebook, scope: ItemPath, expected: Iterable[ItemPath] = (), *, answered_may_stay: bool = False
) -> tuple[Blocker, ...]:
    """What stands in the way of signing a place (domain model 4.4).

    :param expected: forms that are required in visits that were begun.
    :param answered_may_stay: study policy ``sign_answered``: queries that were answered need not be closed.
    """
    live = {
        path: form
        for path, form in book.forms.items()
        if scope.contains(path) and form.status is not EntryStatus.NOT_STARTED
    }
    found = [Blocker(p, Hindrance.NOT_STARTED) for p in expected if p not in live and scope.contains(p)]
    if not live:
        found.append(Blocker(scope, Hindrance.NOTHING))
    for path, form in live.items():
        if form.status is EntryStatus.IN_PROGRESS and not book.is_removed(path):
            found.append(Blocker(path, Hindrance.IN_PROGRESS))
    closed = (path for path in {scope, *live} if Touch.SIGN not in ALLOWED[book.protection(path)])
    found += [Blocker(path, Hindrance.LOCKED) for path in closed]
    for query in book.queries.values():
        why = _OF_QUERY.get(query.state)
        stays = why is Hindrance.ANSWERED_QUERY and answered_may_stay
        if why is not None and not stays and scope.contains(query.path):
            found.append(Blocker(query.path, why, query.text))
    return tuple(sorted(found, key=lambda one: (str(one.path), one.why)))
