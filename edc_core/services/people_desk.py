"""The people of an installation in the hands of a user administrator: see ``domain.installation_access.People``."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Action, Place, Role, role_words
from edc_core.domain.person import HeldRole, Person
from edc_core.errors import BadRequest
from edc_core.services import account_links, second_factor, users
from edc_core.services import people as care
from edc_core.store import people, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edc_core.core import Core
    from edc_core.domain.permission import Actor
    from edc_core.store.unit_of_work import Source, UnitOfWork

#: Steps for an account, by the word that a page sends.
STEPS: Mapping[str, Callable[[UnitOfWork, str], object]] = {
    "close": partial(care.set_active, active=False),
    "open": partial(care.set_active, active=True),
    "unlock": care.unlock,
    "sign out": care.end_sessions,
    "invite": account_links.invite,
    "reset factor": second_factor.remove,
}


class PeopleDesk:
    """See ``People``.

    :raises NotAllowed: the person does not manage users.
    """

    def __init__(self, core: Core, actor: Actor) -> None:
        actor.role_for(Action.MANAGE_USERS, Place(""))
        self._core, self._actor = core, actor

    def all(self, login: str = "") -> tuple[Person, ...]:
        """See ``People``."""
        with self._core.read() as source:
            return tuple(everybody(source, iso(self._core.clock.now()), login=login))

    def studies(self) -> tuple[str, ...]:
        """See ``People``."""
        with self._core.read() as source:
            return tuple(sorted(map(str, readers.studies(source.connection))))

    def invite(self, login: str, *, op: str, full_name: str, email: str, zone: str) -> None:
        """See ``People``."""
        command = users.AddUser(
            study_id=SYSTEM_STUDY, op=op, login=login, full_name=full_name, email=email, zone=zone
        )
        with self._core.write(self._actor) as uow:
            users.add_user(uow, command)
            account_links.invite(uow, login)

    def give_role(
        self, login: str, role: Role, *, op: str, study: str, sites: Sequence[str], starts: str, ends: str,
        unblinded: bool = False, countries: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """See ``People``."""
        with self._core.write(self._actor) as uow:
            study_id = readers.find_study(uow.connection, study).study_id if study else ""
            command = users.grant_for_sites(uow, login, role, study_id, sites, countries=countries, op=op)
            users.add_grant(uow, replace(command, starts=starts, ends=ends, unblinded=unblinded))

    def end_role(self, grant_id: str, reason: str, *, op: str) -> None:
        """See ``People``."""
        with self._core.write(self._actor) as uow:
            care.end_grant(uow, care.EndGrant.because(reason, grant_id, op))

    def step(self, login: str, act: str) -> None:
        """See ``People``."""
        if act not in STEPS:
            raise BadRequest("There is no such step.")
        with self._core.write(self._actor) as uow:
            STEPS[act](uow, login)

    def set_email(self, login: str, email: str) -> None:
        """See ``People``."""
        with self._core.write(self._actor) as uow:
            care.set_email(uow, login, email)


def everybody(source: Source, now: str, *, login: str = "") -> list[Person]:
    """All accounts by login, or one, with the roles that count from today on."""
    connection = source.connection
    names, numbers = names_of(source)
    seen = people.last_sign_ins(connection)
    roles = people.grant_rows(connection, now[:10])
    return [
        Person(
            row.login,
            row.full_name,
            row.email,
            row.active,
            row.has_password,
            row.has_factor,
            row.locked_until if row.locked_until > now else "",
            seen.get(row.login, ""),
            tuple(
                HeldRole(
                    one["grant_id"],
                    one["role"],
                    role_words(Role(one["role"]), unblinded=one["unblinded"]),
                    names.get(one["study_id"], ""),
                    where_of(one, numbers),
                    one["starts"],
                    one["ends"],
                )
                for one in roles.get(row.user_id, ())
            ),
        )
        for row in people.account_rows(connection)
        if login in ("", row.login)
    ]


def names_of(source: Source) -> tuple[dict[str, str], dict[str, str]]:
    """Studies by id, and numbers of all sites by id."""
    studies = {row.study_id: str(row) for row in readers.studies(source.connection)}
    sites = (site for one in studies for site in readers.sites(source.connection, one).values())
    return studies, {site.site_id: site.number for site in sites}


def where_of(grant: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    if grant["scope"] == "sites":
        return " ".join(sorted(numbers.get(one, one) for one in json.loads(grant["site_ids"])))
    if grant["scope"] == "countries":
        return " ".join(json.loads(grant["countries"]))
    return "all sites" if grant["study_id"] else "installation"
