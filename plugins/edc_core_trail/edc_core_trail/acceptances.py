"""Who has said when that the electronic signature binds as a handwritten one does (21 CFR 11.100(c); REQ-SIG-04)."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, Attachment, Page, TrailWanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import PageRequest, StudyAccess, Times

#: Stands in every statement of acceptance, whatever its wording; the ledger is narrowed to it.
WORDS = "handwritten signature"
AT_ONCE = 1000  #: entries read at once
HEADER = ("at", "login", "name", "role", "site", "subject", "signed", "statement", "entry hash")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The first signature of a person in the study, with what was accepted in it.

    :param at: UTC ISO 8601. :param login: the account. :param name: as it was then. :param where: what was signed, in words;
        empty for the casebook. :param sha256: hash of the entry in the ledger, by which the trail finds it.
    """

    at: str
    login: str
    name: str
    role: str
    site: str
    subject_key: str
    where: str
    statement: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AcceptancesPage:
    """:param found: newest first. :param whole: the person reads the trail of every site, so that these are all."""

    study: str
    found: tuple[Acceptance, ...]
    whole: bool
    times: Times


def look(asked: PageRequest) -> AcceptancesPage:
    """Everybody who has accepted, at the sites where the person reads the trail."""
    study = asked.study
    return AcceptancesPage(
        study.name, tuple(_acceptances(study)), study.may(Action.READ_TRAIL, "*"), asked.times
    )


def as_csv(asked: PageRequest) -> Attachment:
    """The same as a table."""
    return Attachment.table("acceptances.csv", HEADER, map(astuple, _acceptances(asked.study)))


def _acceptances(study: StudyAccess) -> Iterator[Acceptance]:
    before = ""
    while True:
        found = study.trail(TrailWanted(kinds=("sign.set",), words=WORDS, before=before, limit=AT_ONCE))
        for entry in found.entries:
            said = {} if entry.is_withheld else json.loads(str(entry.columns["payload"]))
            if said.get("accepted"):
                yield Acceptance(
                    str(entry.columns["at"]), str(entry.columns["actor"]), said["full_name"], entry.role,
                    entry.site_number, entry.subject_key, entry.where, said["accepted"], str(entry.columns["hash"]),
                )  # fmt: skip
        before = found.older
        if not before:
            return


PAGES = (
    Page(path="acceptances", action=Action.READ_TRAIL, handler=look, template="acceptances.html"),
    Page(path="acceptances.csv", action=Action.READ_TRAIL, handler=as_csv),
)
