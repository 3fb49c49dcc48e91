"""Data that stay in the country of their site, unless a legal basis to take them out is on record (REQ-PRV-08)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.domain.gate import GateEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edc_core.domain.gate import Gate

OF_SETTING = "EDC_KEPT_COUNTRIES"


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where the installation keeps what is entered. Countries are ISO 3166-1 alpha-2.

    :param stands: in which the database, its copies and backups and the folders of files and exports stand; empty where nobody
        has said. :param kept: whose data stay there, whatever a study's standards say.
    """

    stands: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()

    def abroad(self, gates: Iterable[Gate], country: str, on: str) -> Iterator[Misplaced]:
        """Where data of a country's sites would lie without what lets them, on a day (ISO 8601)."""
        closed = [one for one in gates if one.event is GateEvent.EXPORT and country in one.countries]
        for place in sorted(self.stands - {country}):
            if country in self.kept:
                yield Misplaced(place, OF_SETTING)
            yield from (Misplaced(place, one.rule) for one in closed if not one.lets_lie(place, on))


@dataclass(frozen=True, slots=True)
class Misplaced:
    """:param place: country in which data may not lie. :param rule: of a country standard, or the setting that says so."""

    place: str
    rule: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Why data of a country's sites may leave it: the article, the consent, the contract.

    :param country: ISO 3166-1 alpha-2. :param at: UTC ISO 8601, when ``login`` recorded it.
    """

    country: str
    basis: str
    login: str
    at: str


@dataclass(frozen=True, slots=True)
class Residency:
    """:param kept: countries whose data the installation keeps there. :param gated: country to why a country standard of the
    study keeps a subject's data there until an item has a value, its consent. :param bases: on record, by country.
    :param stands: see ``Hosting``. :param regions: country to where else its data may lie by a country standard, each with the
        last day (ISO 8601) or none; of a country that no standard speaks of nothing. :param abroad: country to where its data lie
        and may not, whatever the legal bases on record.
    """

    kept: frozenset[str]
    gated: Mapping[str, str]
    bases: tuple[LegalBasis, ...]
    stands: frozenset[str] = frozenset()
    regions: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    abroad: Mapping[str, tuple[Misplaced, ...]] = field(default_factory=dict)
