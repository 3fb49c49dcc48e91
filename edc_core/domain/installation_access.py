"""The installation as one person may see it, its studies and its people: what pages of plugins above studies are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edc_core.domain.permission import Action, Role
    from edc_core.domain.person import Person
    from edc_core.domain.study_access import StudyAccess


#: What is told of a role that somebody had, in this order.
ROLE_COLUMNS = (
    "login", "name", "study", "role", "unblinded", "where", "from", "to", "given by", "given at", "last sign-in",
)  # fmt: skip


class InstallationAccess(Protocol):
    """The installation in the hands of one person."""

    def may(self, action: Action) -> bool:
        """Whether a role of the installation gives it to the person."""

    @property
    def now(self) -> str:
        """UTC ISO 8601, by the clock of the installation."""

    def roles(self, day: str) -> tuple[Mapping[str, str], ...]:
        """Who had which role in any study or above them on a day, as ``StudyAccess.roles`` tells it.

        :raises NotAllowed: the person does not manage users. :raises BadRequest: it is no day.
        """

    @property
    def people(self) -> People:
        """:raises NotAllowed: the person does not manage users."""

    def studies(self) -> tuple[StudyAccess, ...]:
        """Those in which the person has a role, by name."""


class People(Protocol):
    """The accounts of the installation and their roles, in the hands of who manages users."""

    def all(self, login: str = "") -> tuple[Person, ...]:
        """By login, each with the roles that count today or later. :param login: only this one, if there is one."""

    def studies(self) -> tuple[str, ...]:
        """Names of all studies."""

    def invite(self, login: str, *, op: str, full_name: str, email: str, zone: str) -> None:
        """Make an account and mail a link with which the person chooses a password.

        :raises AlreadyExists: the login is in use, or was ever.
        """

    def give_role(
        self, login: str, role: Role, *, op: str, study: str, sites: Sequence[str], starts: str, ends: str,
        unblinded: bool = False, countries: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """:param study: its name; empty for a role in the installation. :param sites: numbers. :param countries: ISO 3166-1 codes instead of sites; without either all sites.

        :param starts: ISO date, empty for today; ``ends`` empty for never. :param unblinded: it shows blinded items.
        :raises NotFound: no such login, study, site or country. :raises BadRequest: it is a role in a study, or names sites and countries.
        :raises WrongState: a role that the person holds does not go with it.
        """

    def end_role(self, grant_id: str, reason: str, *, op: str) -> None:
        """:raises WrongState: it has ended, or is the last that manages users. :raises ReasonRequired: no reason."""

    def step(self, login: str, act: str) -> None:
        """``close``, ``open``, ``unlock``, ``sign out``, ``invite`` (mail a new link) or ``reset factor``.

        :raises BadRequest: no such step, or no mail address. :raises WrongState: nobody else could manage users.
        """

    def set_email(self, login: str, email: str) -> None:
        """Change where mail of an account goes."""
