"""The copy of a site's records for its investigator: what belongs in it, what becomes of it, who hosts (REQ-LCK-04 to -07)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from edc_core.domain.ledger_entry import EntryKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.job import Job
    from edc_core.domain.page import Attachment

COPY = "site-copy"  #: the kind of job that makes one
COPY_FORMAT = "investigator-copy"  #: the format that is made for one site
COPY_STATEMENT = "I have received the copy of the records of my site, opened it, and can read it."
COPY_LASTS_DAYS = 14  #: how long the code of a copy that was handed over opens it
MOST_DAYS = 31  #: between two scheduled copies
KEPT = 3  #: newest copies of a site whose files are kept


class Hosting(StrEnum):
    """Who runs the installation that holds the study (ICH E6(R3) 4.2.8, EMA guideline on computerised systems 6.6)."""

    SPONSOR = "sponsor"
    CRO = "CRO"
    SITE = "site"
    THIRD_PARTY = "third party"


#: Entries of the study's chain that speak of no site.
_OF_ALL = frozenset({
    EntryKind.STUDY_ADD, EntryKind.STUDY_APPROVE, EntryKind.STUDY_RELEASE, EntryKind.STUDY_PERMISSIONS,
    EntryKind.STUDY_HOSTING, EntryKind.PLUGIN_UPGRADE,
})  # fmt: skip


def concerns(kind: str, payload: Mapping[str, Any], site_id: str) -> bool:
    """Whether an entry of the study's chain may stand in the copy of a site; what is not known to may not."""
    return kind in _OF_ALL or payload.get("site_id") == site_id


@dataclass(frozen=True, slots=True)
class HostingStanding:
    """Who hosts, and how often copies are made without being asked for. :param every_days: 0 for never.

    :param hosting: empty while nobody has said it. :param at: UTC ISO 8601. :param who: name of who said it.
    """

    hosting: str = ""
    every_days: int = 0
    at: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """What happened to a copy: it was handed over, opened or received. :param login: whose it is; ``who`` did it.

    :param kind: of the entry.
    """

    kind: str
    at: str
    login: str
    who: str


@dataclass(frozen=True, slots=True)
class SiteCopy:
    """One copy of a site. :param sha256: of its ``manifest.json``; empty until it is made.

    :param is_there: its file is still kept. :param happened: oldest first.
    """

    job: Job
    site: str
    sha256: str
    is_there: bool
    happened: tuple[Handed, ...] = ()

    def last(self, kind: str) -> Handed | None:
        """The newest step of a kind: ``export.hand_over``, ``export.open`` or ``export.receipt``."""
        return next((one for one in reversed(self.happened) if one.kind == kind), None)

    def of(self, login: str) -> SiteCopy:
        """With what concerns one person alone."""
        return replace(self, happened=tuple(one for one in self.happened if one.login == login))


@dataclass(frozen=True, slots=True)
class SiteAtCopy:
    """A site of the study. :param subjects: whose records it holds, those that moved to another site since included.

    :param why_access_stays: why its investigator cannot lose access yet; empty where that can be.
    :param investigators: (login, full name) of those it can be handed to. :param copies: newest first.
    """

    number: str
    name: str
    subjects: int
    why_access_stays: str
    investigators: tuple[tuple[str, str], ...]
    copies: tuple[SiteCopy, ...]


class CopyDesk(Protocol):
    """Copies of the sites of a study in the hands of one person: of who makes them, or of who receives them."""

    def sites(self) -> tuple[SiteAtCopy, ...]:
        """Every site of the study, by number.

        :raises NotAllowed: the person does not make copies.
        """

    def mine(self) -> tuple[SiteCopy, ...]:
        """Copies that were handed over to the person, newest first, with the steps of the person alone.

        :raises NotAllowed: the person takes no copies.
        """

    def hosting(self) -> HostingStanding:
        """Who hosts the study."""

    def ask(self, site: str, *, op: str) -> str:
        """Queue the copy of a site of now; for a standing job a scheduled one. :param site: its number.

        :returns: the job id. :raises NotAllowed: the person does not make copies. :raises NotFound: no such site.
        """

    def open(self, copy: str, code: str, *, op: str) -> Attachment:
        """The copy, once for each code, for the investigator it was handed over to.

        :param copy: its job id. :param code: the one that was mailed.
        :raises NotFound: it is not there, was handed to somebody else, or the code was used, is wrong or too old.
        """

    def confirm(self, copy: str, *, login: str, password: str, op: str) -> None:
        """Sign the receipt of a copy that the person has opened, proved anew by both components.

        :raises ReasonRequired: why the person is not proved. :raises WrongState: it was not opened, or is received already.
        """
