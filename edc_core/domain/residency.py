"""Data that stay in the country of their site, unless a legal basis to take them out is on record (REQ-PRV-08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    """

    kept: frozenset[str]
    gated: Mapping[str, str]
    bases: tuple[LegalBasis, ...]
