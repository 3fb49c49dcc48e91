"""Data that stay in the country of their site: which do, and on what legal basis others may leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, BadRequest, MenuEntry, Page, RecordLegalBasis, Refused, SeeOther

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.api import LegalBasis, Misplaced, PageRequest, Times

LONGEST = 2000  #: letters of a legal basis


@dataclass(frozen=True, slots=True)
class Country:
    """:param sites: numbers. :param keeps: the installation keeps its data there; ``gate`` is why a country standard does
    where consent is missing. :param regions: where its data may lie by a country standard, in words; empty where none speaks of
    it. :param abroad: where they lie and may not. :param basis: on record, or none.
    """

    code: str
    sites: tuple[str, ...]
    keeps: bool
    gate: str
    regions: str
    abroad: tuple[Misplaced, ...]
    basis: LegalBasis | None

    @property
    def is_told(self) -> bool:
        """Whether anything is said of it."""
        return bool(self.keeps or self.gate or self.regions or self.abroad or self.basis)


@dataclass(frozen=True, slots=True)
class ResidencyPage:
    """:param stands: countries in which the installation keeps data, by code. :param countries: of the study's sites. :param message: why the basis for ``wrong`` was not recorded, as ``typed``."""

    study: str
    stands: tuple[str, ...]
    countries: tuple[Country, ...]
    may_record: bool
    may_export: bool
    longest: int
    wrong: str
    typed: str
    message: str
    op: str
    times: Times


def residency(asked: PageRequest) -> ResidencyPage:
    """Where data stay."""
    return _page(asked)


def _page(asked: PageRequest, *, wrong: str = "", typed: str = "", message: str = "") -> ResidencyPage:
    study = asked.study
    stand = study.residency()
    on_record = {basis.country: basis for basis in stand.bases}
    sites: dict[str, list[str]] = {}
    for site in study.sites():
        sites.setdefault(site.country, []).append(site.number)
    return ResidencyPage(
        study=study.name,
        stands=tuple(sorted(stand.stands)),
        countries=tuple(
            Country(
                code,
                tuple(numbers),
                code in stand.kept,
                stand.gated.get(code, ""),
                _words(stand.regions.get(code, ())),
                stand.abroad.get(code, ()),
                on_record.get(code),
            )
            for code, numbers in sorted(sites.items())
        ),
        may_record=study.may(Action.MANAGE_SITES, "*"),
        may_export=study.may(Action.EXPORT_LOCKED) or study.may(Action.EXPORT_WORKING),
        longest=LONGEST,
        wrong=wrong,
        typed=typed,
        message=message,
        op=asked.op,
        times=asked.times,
    )


def _words(regions: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{country} (until {ends})" if ends else country for country, ends in regions)


def record(asked: PageRequest) -> SeeOther | Refused:
    """Put a legal basis on record, or end it."""
    country, basis = asked.text("country", required=True), asked.text("basis", longest=LONGEST)
    op = asked.text("op", longest=150, required=True)
    try:
        asked.study.submit(
            RecordLegalBasis(study_id=asked.study.study_id, op=op, country=country, basis=basis)
        )
    except BadRequest as error:
        return Refused(_page(asked, wrong=country, typed=basis, message=error.message))
    return SeeOther("residency")


RESIDENCY_PAGES = (
    Page(
        path="residency", action=(Action.EXPORT_LOCKED, Action.MANAGE_SITES), handler=residency,
        template="residency.html", menu=MenuEntry("Data that stay", under="Exports"),
    ),
    Page(path="residency", action=Action.MANAGE_SITES, handler=record, template="residency.html", method="POST"),
)  # fmt: skip
