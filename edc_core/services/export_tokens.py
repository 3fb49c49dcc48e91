"""Tokens of recipes: given for a time, shown once, ended by hand; the ledger has each by its digest."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.export_token import LONGEST_DAYS, ExportToken
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.errors import BadRequest, NotFound, NotSignedIn, WrongState
from edc_core.ledger import site_chains
from edc_core.ledger.append import Effect
from edc_core.services import users
from edc_core.services.operation import once, open_study
from edc_core.store import accounts

if TYPE_CHECKING:
    from edc_core.core import Core
    from edc_core.domain.export_commands import EndExportToken, GiveExportToken
    from edc_core.domain.permission import Actor
    from edc_core.services.operation import Operation
    from edc_core.services.reading import StudyPicture
    from edc_core.store.unit_of_work import Source

_DIGEST = re.compile("[0-9a-f]{64}")
_ID_LENGTH = 12


@once(open_study)
def give(operation: Operation, command: GiveExportToken) -> dict[str, Any]:
    """Let who holds a token run one recipe as the person.

    :returns: ``{"token", "expires"}``, the id of the token. :raises BadRequest: no digest, or too many days.
    """
    operation.require(Action.EXPORT_LOCKED, Place.every_site(command.study_id))
    if not _DIGEST.fullmatch(command.sha256):
        raise BadRequest("A token is given by its SHA-256.")
    if not 1 <= command.days <= LONGEST_DAYS:
        raise BadRequest(f"A token is good for 1 to {LONGEST_DAYS} days.")
    uow, token_id = operation.uow, command.sha256[:_ID_LENGTH]
    facts = {
        "state": "given", "token": token_id, "sha256": command.sha256, "recipe": command.recipe, "login": uow.actor.name,
        "expires": iso(uow.clock.now() + timedelta(days=command.days)),
    }  # fmt: skip
    operation.record([Effect(EntryKind.EXPORT_TOKEN, "", facts)])
    return {"token": token_id, "expires": facts["expires"]}


@once(open_study)
def end(operation: Operation, command: EndExportToken) -> dict[str, Any]:
    """Let a token open nothing any more; whoever exports the study may.

    :raises NotFound: there is none. :raises WrongState: it has been ended before.
    """
    operation.require(Action.EXPORT_LOCKED, Place.every_site(command.study_id))
    known = _tokens(operation.uow, command.study_id)
    if command.token_id not in known:
        raise NotFound("There is no such token in this study.")
    token = known[command.token_id]
    if token.ended_at:
        raise WrongState("This token has been ended before.")
    facts = {"state": "ended", "token": token.token_id, "recipe": token.recipe, "login": token.login}
    operation.record([Effect(EntryKind.EXPORT_TOKEN, "", facts)])
    return {"token": token.token_id}


def tokens(picture: StudyPicture) -> tuple[ExportToken, ...]:
    """See ``StudyAccess.export_tokens``."""
    picture.actor.role_for(Action.EXPORT_LOCKED, Place.every_site(picture.study.study_id))
    found = _tokens(picture.source, picture.study.study_id)
    return tuple(reversed(found.values()))


def bearer(core: Core, study_id: str, token: str, recipe: str) -> Actor:
    """Who gave a token, with the rights held now.

    :raises NotSignedIn: it is none for this recipe of the study, is over, or its giver's account is closed.
    """
    with core.read() as source:
        found = _tokens(source, study_id).get(id_of(token))
        right = found is not None and found.sha256 == digest(token) and found.recipe == recipe
        if found is None or not right or not found.is_good(iso(core.clock.now())):
            raise NotSignedIn(
                f"EDC_TOKEN is no token for the recipe '{recipe}' of this study, or its time is over. The page of exports"
                " gives another; a token of yours needs --as."
            )
        user = accounts.by_login(source.connection, found.login)
        if user is None or not user.active:
            raise NotSignedIn("The account of who gave this token is closed.")
        return users.actor_of(source, found.login, users.today(core.clock))


def digest(token: str) -> str:
    """Under which a token is known."""
    return hashlib.sha256(token.encode()).hexdigest()


def id_of(token: str) -> str:
    """By which the ledger names a token."""
    return digest(token)[:_ID_LENGTH]


def _tokens(source: Source, study_id: str) -> dict[str, ExportToken]:
    """By id, oldest first, out of the study's chain: they are few."""
    found: dict[str, ExportToken] = {}
    for row, said in site_chains.said(
        source.connection, study_id, (EntryKind.EXPORT_TOKEN, EntryKind.EXPORT_REQUEST)
    ):
        token_id = said.get("token", "")
        if said.get("state") == "given":
            names = {name: said[name] for name in ("sha256", "recipe", "login", "expires")}
            found[token_id] = ExportToken(token_id, given_at=row.at, **names)
        elif said.get("state") == "ended":
            found[token_id] = replace(found[token_id], ended_at=row.at, ended_by=row.actor)
        elif token_id in found:
            found[token_id] = replace(found[token_id], used_at=row.at)
    return found
