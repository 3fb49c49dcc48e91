"""The made-up people of ``edc demo``: at least one for each role, marked in the ledger, with a password all know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import ROLE_WORDS, Role
from edc_core.errors import UnsafeSettings
from edc_core.services import users
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.core import Core
    from edc_core.domain.permission import Actor
    from edc_core.store.unit_of_work import Source

PASSWORD = "look-around-demo"  # noqa: S105 - public on purpose: no production database takes these accounts
HOME_COUNTRY = "KR"  #: where the site with one person for every role of a site is, if a study has one

#: Roles that are held for a whole study, or for the installation.
CENTRAL = {
    Role.ADM: ("admin", "Ada Example"),
    Role.UAD: ("user.admin", "Uma Example"),
    Role.BLD: ("builder", "Bela Example"),
    Role.DM: ("dm", "Dora Example"),
    Role.CRA: ("monitor", "Milo Example"),
    Role.MED: ("medical", "Mara Example"),
    Role.PVG: ("safety", "Sora Example"),
    Role.COD: ("coder", "Cleo Example"),
    Role.STA: ("statistician", "Stan Example"),
    Role.SPO: ("sponsor", "Sven Example"),
    Role.AUD: ("inspector", "Iris Example"),
    Role.SRC: ("committee", "Cora Example"),
}
INSTALLATION = frozenset({Role.ADM, Role.UAD, Role.BLD})
#: Roles at a site: at every site, or at the home site alone.
AT_EACH_SITE = {Role.CRC: ("crc", "Coordinator"), Role.PI: ("pi", "Investigator")}
AT_HOME = {Role.SUB: ("sub", "Sub-investigator"), Role.SRO: ("reader", "Site reader")}


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is shown to whoever looks at the demo."""

    login: str
    full_name: str
    role: Role
    where: str
    zone: str = "UTC"
    site_numbers: tuple[str, ...] = ()

    @property
    def role_words(self) -> str:
        return ROLE_WORDS[self.role]


def invite(core: Core, actor: Actor, study_ids: Iterable[str]) -> list[Account]:
    """Make the accounts that are not there yet, with their roles in the given studies.

    :returns: all of them, those of the whole study first.
    """
    found: dict[str, Account] = {}
    for study_id in study_ids:
        with core.read() as source:
            sites = list(readers.sites(source.connection, study_id).values())
            known = users.demo_logins(source)
        accounts = [*_central(), *_at_sites(sites)]
        fresh = [account.login for account in accounts if account.login not in known]
        with core.write(actor) as uow:
            for account in accounts:
                if account.login in fresh:
                    add = users.AddUser(
                        study_id=SYSTEM_STUDY,
                        op=f"demo:user:{account.login}",
                        login=account.login,
                        full_name=account.full_name,
                        zone=account.zone,
                        is_demo=True,
                    )
                    users.add_user(uow, add)
                _grant(uow, account, study_id)
            if fresh:
                users.set_public_password(uow, fresh, PASSWORD)
        found |= {account.login: account for account in accounts if account.login not in found}
    return sorted(
        found.values(), key=lambda account: (bool(account.site_numbers), account.where, account.login)
    )


def _grant(uow: users.UnitOfWork, account: Account, study_id: str) -> None:
    where = "" if account.role in INSTALLATION else study_id
    op = f"demo:grant:{account.login}:{where}"
    grant = users.grant_for_sites(uow, account.login, account.role, where, account.site_numbers, op=op)
    users.add_grant(uow, grant)


def _central() -> list[Account]:
    return [
        Account(login, name, role, "installation" if role in INSTALLATION else "all sites")
        for role, (login, name) in CENTRAL.items()
    ]


def _at_sites(sites: list[readers.SiteRow]) -> list[Account]:
    """One coordinator and one investigator for each site, named after the city of its time zone."""
    home = next((site for site in sites if site.country == HOME_COUNTRY), sites[0] if sites else None)
    cities: dict[str, readers.SiteRow] = {}
    for site in sites:
        city = site.zone.rpartition("/")[2].lower() or site.number.lower()
        cities[city if city not in cities else f"{city}.{site.number.lower()}"] = site
    return [
        Account(
            f"{login}.{city}",
            f"{title} Example, {city.partition('.')[0].replace('_', ' ').title()}",
            role,
            f"site {site.number}",
            site.zone,
            (site.number,),
        )
        for city, site in cities.items()
        for role, (login, title) in (AT_EACH_SITE | (AT_HOME if site is home else {})).items()
    ]


def refuse_demo_accounts(source: Source) -> None:
    """Called where a production installation starts.

    :raises UnsafeSettings: the database holds accounts of the demo, whose password everybody knows.
    """
    if found := users.demo_logins(source):
        raise UnsafeSettings(
            f"This database holds {len(found)} accounts of the demo, whose password is public. "
            "Production needs a database of its own: set EDC_DATABASE_URL and run 'edc init'."
        )
