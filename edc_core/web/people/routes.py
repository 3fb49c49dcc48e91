"""Pages of user administrators: who there is, what each may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request, url_for

from edc_core.clock import iso
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import ROLE_WORDS, Action, Place, Role
from edc_core.errors import AlreadyExists, BadRequest, EdcError, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.services import account_links, people, second_factor, users
from edc_core.store import readers
from edc_core.web.context import actor, core, read, write
from edc_core.web.moments import Moments, moments
from edc_core.web.people.requests import (
    AddPersonRequest,
    CareRequest,
    EndRequest,
    GrantRequest,
)
from edc_core.web.showing import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from edc_core.services.people import Person

bp = Blueprint("people", __name__, url_prefix="/people")
REFUSED = (BadRequest, AlreadyExists, NotFound, WrongState)  #: what a person can put right on the page


@dataclass(frozen=True, slots=True)
class PeoplePage:
    found: tuple[Person, ...]
    op: str
    times: Moments
    message: str = ""
    given: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """:param roles: (code, words) that can be given. :param studies: names of studies."""

    person: Person
    roles: tuple[tuple[str, str], ...]
    studies: tuple[str, ...]
    op: str
    times: Moments
    message: str = ""
    given: Mapping[str, object] | None = None


@bp.before_request
def only_who_manages_users() -> None:
    """:raises NotAllowed: for everybody else, whatever the page."""
    actor().role_for(Action.MANAGE_USERS, Place(""))


@bp.get("")
def all_people() -> Response:
    return _list()


@bp.post("")
def add() -> ResponseReturnValue:
    """Make an account and mail the invitation."""
    given = AddPersonRequest.read(request.form)
    command = users.AddUser(study_id=SYSTEM_STUDY, **given)
    try:
        with write() as uow:
            users.add_user(uow, command)
            account_links.invite(uow, command.login.strip())
    except REFUSED as refused:
        return _list(refused.message, given)
    return redirect(url_for("people.one", login=command.login.strip()), 303)


@bp.get("/<path:login>")
def one(login: str) -> Response:
    return _person(login)


@bp.post("/<path:login>/roles")
def grant(login: str) -> ResponseReturnValue:
    given = GrantRequest.read({name: value for name, value in request.form.items() if value})
    try:
        with write() as uow:
            study_id = readers.find_study(uow.connection, given["study"]).study_id if given["study"] else ""
            command = users.grant_for_sites(
                uow, login, Role(given["role"]), study_id, given["sites"].split(), op=given["op"]
            )
            starts, ends = (str(given[name] or "") for name in ("starts", "ends"))
            users.add_grant(uow, replace(command, starts=starts, ends=ends))
    except REFUSED as refused:
        return _person(login, refused, given)
    return redirect(url_for("people.one", login=login), 303)


@bp.post("/<path:login>/end")
def end(login: str) -> ResponseReturnValue:
    given = EndRequest.read(request.form)
    try:
        with write() as uow:
            people.end_grant(
                uow, people.EndGrant.because(given["reason"].text, given["grant_id"], given["op"])
            )
    except WrongState as refused:
        return _person(login, refused)
    return redirect(url_for("people.one", login=login), 303)


@bp.post("/<path:login>/care")
def care(login: str) -> ResponseReturnValue:
    given = CareRequest.read(request.form)
    try:
        with write() as uow:
            match given["act"]:
                case "close" | "open":
                    people.set_active(uow, login, active=given["act"] == "open")
                case "unlock":
                    people.unlock(uow, login)
                case "sign out":
                    people.end_sessions(uow, login)
                case "reset factor":
                    second_factor.remove(uow, login)
                case "email":
                    people.set_email(uow, login, given["email"])
                case _:
                    account_links.invite(uow, login)
    except (BadRequest, WrongState) as refused:
        return _person(login, refused)
    return redirect(url_for("people.one", login=login), 303)


def _list(message: str = "", given: Mapping[str, object] | None = None) -> Response:
    with read() as source:
        found = people.everybody(source, iso(core().clock.now()))
    view = PeoplePage(tuple(found), new_id(), moments(), message, given or {})
    return show("people/people.html", view, status=422 if message else 200)


def _person(
    login: str, refused: EdcError | None = None, given: Mapping[str, object] | None = None
) -> Response:
    with read() as source:
        found = people.everybody(source, iso(core().clock.now()), login=login)
        studies = tuple(sorted(str(row) for row in readers.studies(source.connection)))
    if not found:
        raise NotFound(f"There is no user '{login}'.")
    roles = tuple((role.value, words) for role, words in ROLE_WORDS.items())
    message = refused.message if refused else ""
    view = PersonPage(found[0], roles, studies, new_id(), moments(), message, given or {})
    return show("people/person.html", view, status=422 if message else 200)
