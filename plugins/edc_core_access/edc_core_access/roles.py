"""Who had which role on a day, in the installation as a whole (REQ-ACC-06)."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    ROLE_COLUMNS,
    Action,
    Attachment,
    BadRequest,
    InstallationPage,
    MenuEntry,
    Refused,
    Role,
    role_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import InstallationRequest, PageRequest, Times


@dataclass(frozen=True, slots=True)
class Line:
    """A role that somebody had, with the words of a page."""

    login: str
    name: str
    study: str
    role: str
    unblinded: str
    where: str
    starts: str
    ends: str
    by: str
    given_at: str
    seen: str

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> Line:
        said = {name: facts[name] for name in ROLE_COLUMNS}
        return cls(*said.values())

    @property
    def role_words(self) -> str:
        return role_words(Role(self.role), unblinded=bool(self.unblinded))


@dataclass(frozen=True, slots=True)
class RolesPage:
    day: str
    lines: tuple[Line, ...]
    times: Times
    message: str = ""


def lines_of(found: Iterable[Mapping[str, str]]) -> tuple[Line, ...]:
    return tuple(Line.of(facts) for facts in found)


def csv_of(name: str, lines: Iterable[Line]) -> Attachment:
    return Attachment.table(name, ROLE_COLUMNS, map(astuple, lines))


def day_of(asked: InstallationRequest | PageRequest, today: str) -> str:
    return asked.text("day", longest=10) or today


def look(asked: InstallationRequest) -> RolesPage | Refused | Attachment:
    """Roles of a day; as CSV with ``?as=csv``."""
    today = asked.installation.now[:10]
    day, message = day_of(asked, today), ""
    try:
        found = asked.installation.roles(day)
    except BadRequest as refused:
        day, message = today, refused.message
        found = asked.installation.roles(today)
    page = RolesPage(day, lines_of(found), asked.times, message)
    if asked.text("as") == "csv" and not message:
        return csv_of(f"roles-{day}.csv", page.lines)
    return Refused(page) if message else page


PAGES = (
    InstallationPage(
        path="",
        action=Action.MANAGE_USERS,
        handler=look,
        template="roles.html",
        menu=MenuEntry("Who had which role", under="People"),
    ),
)
