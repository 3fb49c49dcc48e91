"""What has to be on record before something happens at a site: numbers of authorities, dates, a subject's consent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

from edc_core.domain.translated_text import TranslatedText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

Scope = Literal["study", "country", "site"]
WHOLE_STUDY = ""  #: the place of what is on record once for all sites


class GateEvent(StrEnum):
    """What a gate stands before."""

    SUBJECT = "subject"  #: a subject is added at a site
    SAMPLE = "sample"  #: something is saved in a form of samples
    LOCK = "lock"  #: a site, or the study with it, is locked
    EXPORT = "export"  #: data of a subject leave the country


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number or a date that an authority gives (field 9 of a country standard).

    :param name: unique among those of all standards, ``kr-cris``. :param pattern: of the whole text; a date is ISO 8601.
    :param per: what one holds for: the study, all sites of the country, or one site.
    """

    name: str
    title: TranslatedText
    pattern: str
    per: Scope = "site"
    example: str = ""

    def fits(self, value: str) -> bool:
        """Whether a text is such a number."""
        return re.fullmatch(self.pattern, value) is not None

    def place(self, site: str, country: str) -> str:
        """Under what it is kept for a site."""
        return {"study": WHOLE_STUDY, "country": country, "site": site}[self.per]


class RecordedIdentifier(NamedTuple):
    """What is on record. :param place: id or number of a site, code of a country, or empty for the study. :param at: UTC ISO 8601."""

    name: str
    place: str
    value: str
    document: str
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A veto until something is on record (field 16 of a country standard).

    :param rule: of the requirements, ``KR-B4``. :param standard: whose it is. :param countries: at whose sites it stands.
    :param needs: all of them before the event. :param item: OID of an item that has to have a value in the casebook.
    :param forms: names of those in which samples are recorded, for that event.
    :param regions: countries besides in which data may lie without it, each with the ISO date of the last day on which they may, or
        with none. A gate before an export that names nothing else opens with a legal basis on record alone.
    """

    rule: str
    event: GateEvent
    reason: TranslatedText
    needs: tuple[Identifier, ...] = ()
    item: str = ""
    forms: tuple[str, ...] = ()
    standard: str = ""
    countries: tuple[str, ...] = ()
    regions: tuple[tuple[str, str], ...] = ()

    def lets_lie(self, country: str, on: str) -> bool:
        """Whether data may lie in a country on a day (ISO 8601) without what the gate asks; nowhere is nowhere."""
        named = any(country == region and (not ends or on <= ends) for region, ends in self.regions)
        return bool(country) and (country in self.countries or named)

    def is_open(self, recorded: Collection[tuple[str, str]], country: str, based: Collection[str]) -> bool:
        """Whether data of a country may leave, but for what each subject needs by itself.

        :param recorded: names and places of identifiers on record. :param based: countries with a legal basis on record, which stands
            for what the study needs, never for a subject's own consent.
        """
        asks = bool(self.needs or self.item)
        return country in based or (
            asks and all((one.name, one.place("", country)) in recorded for one in self.needs)
        )

    def missing(self, recorded: Mapping[tuple[str, str], str], site: str, country: str) -> list[Identifier]:
        """What of its needs is not on record for a site. :param recorded: values by name and place."""
        return [one for one in self.needs if (one.name, one.place(site, country)) not in recorded]


def standing(gates: Sequence[Gate], event: GateEvent, country: str) -> Iterable[Gate]:
    """Gates before an event at sites of a country."""
    return (gate for gate in gates if gate.event is event and country in gate.countries)
