"""Tokens of recipes: what machines run one recipe by. Each is shown once, when it is given."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    LONGEST_DAYS,
    Action,
    BadRequest,
    EndExportToken,
    GiveExportToken,
    MenuEntry,
    Page,
    Refused,
    SeeOther,
    WrongState,
)
from edc_core_exports.recipes import LONGEST_NAME, find_recipe, recipes_of

if TYPE_CHECKING:
    from edc_core.api import ExportToken, PageRequest, Times

DAYS = 90  #: that a token is good for, unless somebody says otherwise


@dataclass(frozen=True, slots=True)
class TokenPage:
    """:param recipes: names of those that the person may run. :param tokens: newest first.

    :param fresh: the token that was given just now, for ``given``: it is nowhere else and never again.
    """

    study: str
    recipes: tuple[str, ...]
    tokens: tuple[ExportToken, ...]
    fresh: str
    given: str
    message: str
    now: str
    days: int
    longest: int
    op: str
    times: Times


def tokens(asked: PageRequest) -> TokenPage:
    """What was given."""
    return _page(asked)


def _page(asked: PageRequest, *, fresh: str = "", given: str = "", message: str = "") -> TokenPage:
    study = asked.study
    return TokenPage(
        study=study.name,
        recipes=tuple(one.name for one in recipes_of(study)),
        tokens=study.export_tokens(),
        fresh=fresh,
        given=given,
        message=message,
        now=study.now,
        days=DAYS,
        longest=LONGEST_DAYS,
        op=asked.op,
        times=asked.times,
    )


def give(asked: PageRequest) -> TokenPage | Refused:
    """Give a token for a recipe, and show it. The command has its digest alone: what is sent again would show it twice."""
    recipe = find_recipe(asked.study, asked.text("recipe", longest=LONGEST_NAME, required=True)).name
    days, token = asked.text("days", required=True), secrets.token_urlsafe(32)
    try:
        asked.study.submit(
            GiveExportToken(
                study_id=asked.study.study_id, op=asked.text("op", longest=150, required=True), recipe=recipe,
                sha256=hashlib.sha256(token.encode()).hexdigest(), days=int(days) if days.isdecimal() else 0,
            )
        )  # fmt: skip
    except BadRequest as error:
        return Refused(_page(asked, message=error.message))
    return _page(asked, fresh=token, given=recipe)


def end(asked: PageRequest) -> SeeOther | Refused:
    """End a token."""
    command = EndExportToken(
        study_id=asked.study.study_id, op=asked.text("op", longest=150, required=True),
        token_id=asked.text("token", required=True),
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except WrongState as error:
        return Refused(_page(asked, message=error.message))
    return SeeOther("tokens")


TOKEN_PAGES = (
    Page(
        path="tokens", action=Action.EXPORT_LOCKED, handler=tokens, template="tokens.html",
        menu=MenuEntry("Tokens of recipes", under="Exports"),
    ),
    Page(path="tokens", action=Action.EXPORT_LOCKED, handler=give, template="tokens.html", method="POST"),
    Page(path="tokens/end", action=Action.EXPORT_LOCKED, handler=end, template="tokens.html", method="POST"),
)  # fmt: skip
