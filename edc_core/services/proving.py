"""Proofs by other authenticators than the password: begun in one request, answered once in another, then used.

Whose account a proof is for is never read from what it says of a person: an account is found by the subject it was linked
to, and linked by whoever holds both, signed in (or with an invitation in hand) and proved at that moment.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from edc_core.clock import iso
from edc_core.domain.authenticator import ProofAnswer, ProofPurpose, ProofWanted
from edc_core.domain.permission import Actor
from edc_core.errors import AlreadyExists, BadRequest
from edc_core.services import sessions, users
from edc_core.store import accounts, proofs

if TYPE_CHECKING:
    from edc_core.core import Core
    from edc_core.domain.authenticator import AccountKey, AskBrowser, Authenticator, Proof, SendTo
    from edc_core.store.accounts import UserRow
    from edc_core.store.unit_of_work import Source, UnitOfWork

NOBODY = Actor("anonymous")
LASTS = timedelta(minutes=10)  #: between the beginning of a proof and its answer
FRESH = timedelta(minutes=5)  #: between a proof and the signature it is for
TOO_OLD = "This took too long, or was used already. Begin once more."


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked for and what came of it."""

    attempt: proofs.AttemptRow
    proof: Proof


def begin(
    core: Core,
    authenticator: Authenticator,
    purpose: ProofPurpose,
    user: UserRow | None,
    *,
    back: str,
    next_page: str = "",
    link: str = "",
) -> tuple[str, SendTo | AskBrowser]:
    """Begin a proof.

    :param user: whose account it is to be for; nobody at a sign-in. :param link: digest of the invitation in hand.
    :returns: a token for the browser that has to come back with the answer, and what it is to do.
    """
    at = core.clock.now()
    wanted = ProofWanted(purpose=purpose, back=back, at=at)
    if user is not None:
        with core.read() as source:
            held = proofs.keys_of(source.connection, user.user_id)
        wanted = replace(
            wanted, user_id=user.user_id, login=user.login, full_name=user.full_name,
            keys=tuple(one.key for one in held if one.authenticator == authenticator.name),
        )  # fmt: skip
    step = authenticator.begin(wanted)
    token = secrets.token_urlsafe(32)
    row = proofs.AttemptRow(
        authenticator.name, purpose.value, wanted.user_id, next_page, link, json.dumps(dict(step.keep)), iso(at), proved=False
    )  # fmt: skip
    with core.write(NOBODY) as uow:
        proofs.add_attempt(uow.connection, users.token_digest(token), iso(at), iso(at + LASTS), row)
    return token, step


def finish(
    core: Core, authenticator: Authenticator, token: str, given: dict[str, str], *, back: str
) -> Answered:
    """Judge an answer, once.

    :raises BadRequest: nothing was begun in this browser, or too long ago; or the authenticator says why not.
    """
    digest, now = users.token_digest(token), iso(core.clock.now())
    with core.write(NOBODY) as uow:
        attempt = proofs.attempt(uow.connection, digest, now, proved=False)
        taken = attempt is not None and proofs.take_out(uow.connection, digest)
    if attempt is None or not taken or attempt.authenticator != authenticator.name:
        raise BadRequest(TOO_OLD)

    def find(subject: str) -> AccountKey | None:
        with core.read() as source:
            found = proofs.key_of(source.connection, authenticator.name, subject)
        return found.key if found else None

    wanted = ProofWanted(
        purpose=ProofPurpose(attempt.purpose), back=back, at=datetime.fromisoformat(attempt.begun_at),
        user_id=attempt.user_id,
    )  # fmt: skip
    answer = ProofAnswer(wanted=wanted, given=given, keep=json.loads(attempt.kept), find=find)
    return Answered(attempt, authenticator.finish(answer))


def sign_in(
    uow: UnitOfWork, answered: Answered, *, address: str = "", agent: str = "", totp_roles: frozenset[str]
) -> sessions.SignIn:
    """Begin a session for the account that the proof is linked to; none where there is none, or it is closed."""
    name, proof = answered.attempt.authenticator, answered.proof
    key = proofs.key_of(uow.connection, name, proof.subject)
    user = accounts.by_id(uow.connection, key.user_id) if key else None
    now = iso(uow.clock.now())
    if key is None or user is None or not user.active:
        login = user.login if user else ""
        accounts.log_access(uow.connection, now, login, "sign-in refused", detail=name, address=address)
        return sessions.SignIn()
    _used(uow, key, proof)
    stage = sessions.stage_after(
        uow, user, totp_roles, coded=proof.has_second_factor, factor_elsewhere=proof.has_second_factor
    )
    return sessions.begun(uow, user, stage, address=address, agent=agent, by=name)


def link(uow: UnitOfWork, answered: Answered) -> None:
    """Link the account that asked for it to the subject that was proved; the ledger notes it.

    :raises AlreadyExists: the subject belongs to an account already.
    """
    attempt, proof = answered.attempt, answered.proof
    if proofs.key_of(uow.connection, attempt.authenticator, proof.subject) is not None:
        raise AlreadyExists(
            "This is linked to an account already. One sign-in elsewhere opens one account here."
        )
    user = users.named(uow, uow.actor.name)
    now = iso(uow.clock.now())
    row = proofs.KeyRow(
        attempt.authenticator,
        proof.subject,
        user.user_id,
        proof.words,
        json.dumps(dict(proof.material)),
        now,
        "",
    )
    proofs.add_key(uow.connection, row)
    users.record_change(uow, user, f"sign-in by {attempt.authenticator} linked")


def unlink(uow: UnitOfWork, authenticator: str, created_at: str) -> None:
    """Take a way to sign in from one's own account; harmless where it is gone."""
    user = users.named(uow, uow.actor.name)
    if proofs.drop_keys(uow.connection, user.user_id, authenticator=authenticator, created_at=created_at):
        users.record_change(uow, user, f"sign-in by {authenticator} taken away")


def keep_for_signature(uow: UnitOfWork, answered: Answered, token: str) -> bool:
    """Keep a proof of the person who is signed in for one signature on the page where it was asked for.

    :returns: ``False`` when it proves somebody else, which the access log notes.
    """
    attempt, proof = answered.attempt, answered.proof
    key = proofs.key_of(uow.connection, attempt.authenticator, proof.subject)
    now = uow.clock.now()
    if key is None or key.user_id != uow.actor.user_id or attempt.user_id != uow.actor.user_id:
        accounts.log_access(
            uow.connection, iso(now), uow.actor.name, "proof refused", detail=attempt.authenticator
        )
        return False
    _used(uow, key, proof)
    given = replace(attempt, kept="{}", proved=True, begun_at=iso(now))
    proofs.add_attempt(uow.connection, users.token_digest(token), iso(now), iso(now + FRESH), given)
    return True


def proved_by(source: Source, token: str, user_id: str, page: str, at: str) -> str:
    """The authenticator that proved a person a moment ago for this page; empty for none."""
    found = proofs.attempt(source.connection, users.token_digest(token), at, proved=True) if token else None
    fits = found is not None and found.user_id == user_id and found.next.partition("?")[0] == page
    return found.authenticator if found is not None and fits else ""


def use_for_signature(uow: UnitOfWork, token: str, page: str) -> str:
    """Take a proof out, for it is good for one signature.

    :returns: the authenticator that gave it; empty where there is none for this person and page.
    """
    found = proved_by(uow, token, uow.actor.user_id, page, iso(uow.clock.now()))
    return found if found and proofs.take_out(uow.connection, users.token_digest(token)) else ""


def _used(uow: UnitOfWork, key: proofs.KeyRow, proof: Proof) -> None:
    material = json.dumps(dict(proof.material)) if proof.material else key.material
    proofs.use_key(uow.connection, key, iso(uow.clock.now()), material)
