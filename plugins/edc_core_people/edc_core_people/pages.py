"""Who there is, what each may do, and the steps for an account (REQ-ACC-01, REQ-ACC-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from edc_core.api import (
    ROLE_WORDS,
    Action,
    AlreadyExists,
    BadRequest,
    InstallationPage,
    MenuEntry,
    NotFound,
    ReasonRequired,
    Refused,
    Role,
    SeeOther,
    WrongState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import EdcError, InstallationRequest, Person, Times

#: What a person can put right on the page.
REFUSED = (BadRequest, AlreadyExists, NotFound, ReasonRequired, WrongState)
INVITATION = ("login", "full_name", "email", "zone")
GRANT = ("role", "study", "sites", "countries", "starts", "ends", "unblinded")


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """:param given: what was typed, by field. :param message: why nobody was invited."""

    found: tuple[Person, ...]
    op: str
    times: Times
    message: str
    given: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """:param roles: (code, words) that can be given. :param studies: names of studies. :param message: why nothing was done."""

    person: Person
    roles: tuple[tuple[str, str], ...]
    studies: tuple[str, ...]
    op: str
    times: Times
    message: str
    given: Mapping[str, str]


def everybody(asked: InstallationRequest) -> PeoplePage:
    return _list(asked)


def invite(asked: InstallationRequest) -> SeeOther | Refused:
    """Make an account and mail the invitation."""
    asked.only("op", *INVITATION)
    given = {name: asked.text(name, required=name != "zone") for name in INVITATION}
    if "@" not in given["email"]:
        raise _wrong("email")
    try:
        asked.installation.people.invite(op=_op(asked), **given | {"zone": given["zone"] or "UTC"})
    except REFUSED as refused:
        return Refused(_list(asked, refused.message, given))
    return SeeOther("person", {"login": given["login"]})


def person(asked: InstallationRequest) -> PersonPage:
    return _person(asked)


def give_role(asked: InstallationRequest) -> SeeOther | Refused:
    asked.only("op", "login", *GRANT)
    given = {name: asked.text(name, longest=1000) for name in GRANT}
    if given["role"] not in set(Role):
        raise _wrong("role")
    for name in ("starts", "ends"):
        try:
            date.fromisoformat(given[name] or "2000-01-01")
        except ValueError:
            raise _wrong(name) from None
    act = partial(
        asked.installation.people.give_role, asked.text("login"), Role(given["role"]), op=_op(asked),
        study=given["study"], sites=given["sites"].split(),
        countries=given["countries"].upper().split(), starts=given["starts"], ends=given["ends"],
        unblinded=bool(given["unblinded"]),
    )  # fmt: skip
    return _done(asked, act, given)


def end_role(asked: InstallationRequest) -> SeeOther | Refused:
    asked.only("op", "login", "grant_id", "reason")
    reason, grant_id = asked.text("reason", longest=2000), asked.text("grant_id", required=True)
    return _done(asked, partial(asked.installation.people.end_role, grant_id, reason, op=_op(asked)))


def care(asked: InstallationRequest) -> SeeOther | Refused:
    """One step for an account, or another mail address."""
    asked.only("login", "act", "email")
    login, act, people = asked.text("login"), asked.text("act", required=True), asked.installation.people
    if act == "email":
        return _done(asked, partial(people.set_email, login, asked.text("email")))
    return _done(asked, partial(people.step, login, act))


def _done(
    asked: InstallationRequest, act: partial[None], given: Mapping[str, str] | None = None
) -> SeeOther | Refused:
    try:
        act()
    except REFUSED as refused:
        return Refused(_person(asked, refused, given))
    return SeeOther("person", {"login": asked.text("login")})


def _op(asked: InstallationRequest) -> str:
    return asked.text("op", required=True)


def _wrong(name: str) -> BadRequest:
    return BadRequest(f"The request does not have the right fields: {name}.")


def _list(
    asked: InstallationRequest, message: str = "", given: Mapping[str, str] | None = None
) -> PeoplePage:
    return PeoplePage(asked.installation.people.all(), asked.op, asked.times, message, given or {})


def _person(
    asked: InstallationRequest, refused: EdcError | None = None, given: Mapping[str, str] | None = None
) -> PersonPage:
    """:raises NotFound: there is no such account."""
    people, login = asked.installation.people, asked.text("login", required=True)
    found = people.all(login)
    if not found:
        raise NotFound(f"There is no user '{login}'.")
    roles = tuple((role.value, words) for role, words in ROLE_WORDS.items())
    message = refused.message if refused else ""
    return PersonPage(found[0], roles, people.studies(), asked.op, asked.times, message, given or {})


PAGES = (
    InstallationPage(
        path="",
        action=Action.MANAGE_USERS,
        handler=everybody,
        template="people.html",
        menu=MenuEntry("People", key="u"),
    ),
    InstallationPage(
        path="", action=Action.MANAGE_USERS, handler=invite, template="people.html", method="POST"
    ),
    InstallationPage(path="person", action=Action.MANAGE_USERS, handler=person, template="person.html"),
    InstallationPage(
        path="roles", action=Action.MANAGE_USERS, handler=give_role, template="person.html", method="POST"
    ),
    InstallationPage(
        path="end", action=Action.MANAGE_USERS, handler=end_role, template="person.html", method="POST"
    ),
    InstallationPage(
        path="care", action=Action.MANAGE_USERS, handler=care, template="person.html", method="POST"
    ),
)
