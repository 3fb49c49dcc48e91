"""The contract of a country plugin: what an authority asks, as data. No rule of a country stands in the core."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from edc_core.domain.finding import Severity
from edc_core.domain.submission import ConformanceRule, ExportProfile, GradedRule, PackageLayout, RuleFinding
from edc_core.domain.translated_text import TranslatedText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.domain.era import Era
    from edc_core.domain.gate import Gate, Identifier
    from edc_core.domain.metadata import CheckExample, CodeList, ItemDef
    from edc_core.domain.scanner import Scanner
    from edc_core.domain.sourced import Sourced
    from edc_core.domain.tabular import TabularDataset

_DURATION = re.compile(r"(P\d+[YMWD])?")


@dataclass(frozen=True, slots=True)
class CountryProfile:
    """1. Who asks. :param name: unique, ``KR-MFDS``. :param countries: ISO 3166 alpha-2.

    :param regions: countries (ISO 3166 alpha-2) in which data may lie without another legal basis; empty where none is named. A gate
        before an export enforces them. :param until: of regions that are there by a decision that ends, its last day (ISO 8601).
    :param retention: ISO 8601 duration, from the end of the trial. :raises ValueError: it is none, or an end is no day.
    """

    name: str
    authority: str
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    zones: tuple[str, ...]
    regions: tuple[str, ...] = ()
    until: tuple[tuple[str, str], ...] = ()
    retention: str = ""

    def __post_init__(self) -> None:
        if not _DURATION.fullmatch(self.retention):
            raise ValueError(
                f"{self.name}: records are kept for an ISO 8601 duration such as P25Y, not {self.retention!r}"
            )
        for _, end in self.until:
            date.fromisoformat(end)

    @property
    def allowed(self) -> tuple[tuple[str, str], ...]:
        """Each of the regions with its last day, or with none: what a gate before an export takes."""
        ends = dict(self.until)
        return tuple((region, ends.get(region, "")) for region in self.regions)


@dataclass(frozen=True, slots=True)
class ForbiddenItem:
    """2. An item that sites do not ask. :param pattern: found in its name or question, whatever the case.

    :param blocks: it is hidden and refused there; else a person is only warned. :param unless: names of forms where it may stand.
    """

    rule: str
    pattern: str
    reason: TranslatedText
    blocks: bool = True

    def matches(self, item: ItemDef) -> bool:
        """Whether an item is such a one."""
        asked = (item.name, item.name.replace("_", " "), *(text for _, text in item.question.texts))
        return any(re.search(self.pattern, text, re.IGNORECASE) for text in asked)


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item that a country adds. :param when: condition on which it is asked there, in the language of expressions."""

    item: ItemDef
    required: bool = False
    when: str = ""


@dataclass(frozen=True, slots=True)
class FormExtension:
    """3. What a country changes in a form, from the day on which a version that has it is in force at a site.

    :param form: name; a study without it is left as it is. :param group: name of the group that the items join, as those of a log; else
        they are a group of their own. :param hides: names of items of the study; ``requires`` likewise, the added ones too.
    """

    rule: str
    form: str
    title: TranslatedText = TranslatedText()
    items: tuple[AskedItem, ...] = ()
    group: str = ""
    hides: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalCodeList:
    """4. A code list of the country. :param standard: its codes and the CDISC submission values, ``""`` for none."""

    code_list: CodeList
    standard: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CountryCheck:
    """5. A check at sites of the country. :param that: what should hold, in the language of expressions.

    :param examples: as of a declared check; the country stands in them by itself. :param everywhere: it stands at every site of a
        study with a site in the country.
    """

    oid: str
    form: str
    item: str
    that: str
    message: TranslatedText
    severity: Severity = Severity.QUERY
    examples: tuple[CheckExample, ...] = ()
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class CollectionUnit:
    """6. In what a test is collected. :param factor: exact text, from the unit to the standard one. Units are UCUM codes."""

    test: str
    unit: str
    standard: str
    factor: str


@dataclass(frozen=True, slots=True)
class Locale:
    """7. :param texts: of the study in English, and in the language. :param dates: as people there write them.

    :param birth: how exact a date of birth may be: ``year``, ``month`` or ``day``. :param eras: in which dates may be typed.
    """

    language: str
    texts: tuple[tuple[str, str], ...] = ()
    dates: str = "YYYY-MM-DD"
    decimal_mark: Literal[".", ","] = "."
    birth: Literal["year", "month", "day"] = "day"
    eras: tuple[Era, ...] = ()


@dataclass(frozen=True, slots=True)
class TermWindow:
    """8. A version of a dictionary and the days on which it holds, the last one included; ``ends`` empty for open."""

    dictionary: str
    version: str
    starts: str = ""
    ends: str = ""
    required: bool = False

    def holds(self, on: str) -> bool:
        """:param on: ISO date."""
        return self.starts <= on and (not self.ends or on <= self.ends)


@dataclass(frozen=True, slots=True)
class ConsentElement:
    """10. A consent that stands by itself, with the version of the form and its date.

    :param form: name; ``version`` and ``date`` are names of its items. :param keeps_home: without it the data stay in the country.
    """

    rule: str
    title: TranslatedText
    form: str
    version: str
    date: str
    when: str = ""
    keeps_home: bool = False


@dataclass(frozen=True, slots=True)
class SafetyClock:
    """11. Until when an event is reported. Days are calendar days, to the end of the day in the zone of the authority.

    :param event: ``fatal``, ``susar``, ``measure``. :param day_zero: what happens on it.
    :param detail: days for the details after a first report, 0 for none. :param elements: regional items of E2B(R3).
    """

    event: str
    days: int
    day_zero: str
    recipients: tuple[str, ...]
    detail: int = 0
    elements: tuple[str, ...] = ()

    def due(self, day_zero: date) -> date:
        """The last day: weekends and holidays do not extend it."""
        return day_zero + timedelta(days=self.days)

    def detail_due(self, day_zero: date) -> date | None:
        """The last day for the details."""
        return self.due(day_zero) + timedelta(days=self.detail) if self.detail else None


@dataclass(frozen=True, slots=True)
class RoadmapStep:
    """15. A step on the way, counted from another one or from ``start``.

    :param after: steps that are before it; it is counted from the last of them. :param months: added before ``days``.
    :param working: days are working days in the country of the authority. :param before: steps by whose day it is due at the latest.
    """

    oid: str
    title: TranslatedText
    after: tuple[str, ...] = ("start",)
    days: int = 0
    months: int = 0
    working: bool = False
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountryStandard:
    """The sixteen contributions of a country (requirements 3.1), in their order."""

    country_profile: Sourced[CountryProfile]
    forbidden_items: tuple[Sourced[ForbiddenItem] | Sourced[Scanner], ...] = ()
    extend_forms: tuple[Sourced[FormExtension], ...] = ()
    codelists: tuple[Sourced[LocalCodeList], ...] = ()
    edit_checks: tuple[Sourced[CountryCheck], ...] = ()
    units: tuple[Sourced[CollectionUnit], ...] = ()
    locale: tuple[Sourced[Locale], ...] = ()
    terminology: tuple[Sourced[TermWindow], ...] = ()
    identifiers: tuple[Sourced[Identifier], ...] = ()
    consent_requirements: tuple[Sourced[ConsentElement], ...] = ()
    safety_clock: tuple[Sourced[SafetyClock], ...] = ()
    export_profiles: tuple[Sourced[ExportProfile], ...] = ()
    conformance_rules: tuple[Sourced[ConformanceRule] | Sourced[GradedRule], ...] = ()
    package_layout: tuple[Sourced[PackageLayout], ...] = ()
    milestones: tuple[Sourced[RoadmapStep], ...] = ()
    gates: tuple[Sourced[Gate], ...] = ()

    @property
    def name(self) -> str:
        return self.country_profile.value.name

    @property
    def agency(self) -> str:
        """The authority as rules of others name it: ``PMDA`` of ``JP-PMDA``."""
        return self.name.rpartition("-")[2]

    @property
    def countries(self) -> tuple[str, ...]:
        return self.country_profile.value.countries

    def facts(self) -> Iterator[tuple[str, Sourced[object]]]:
        """Every fact with the name of its field, in their order."""
        yield "country_profile", self.country_profile  # type: ignore[misc]  # a Sourced only holds its value
        for field in fields(self)[1:]:
            yield from ((field.name, fact) for fact in getattr(self, field.name))

    def clock(self, event: str) -> SafetyClock | None:
        """The clock of an event."""
        return next((one.value for one in self.safety_clock if one.value.event == event), None)

    def terms(self, on: str) -> tuple[TermWindow, ...]:
        """What dictionaries hold on a day. :param on: ISO date."""
        return tuple(one.value for one in self.terminology if one.value.holds(on))

    @property
    def own_rules(self) -> tuple[ConformanceRule, ...]:
        """Rules that the standard brings itself."""
        return tuple(one.value for one in self.conformance_rules if isinstance(one.value, ConformanceRule))

    @property
    def grades(self) -> Mapping[str, GradedRule]:
        """What the authority makes of rules of engines, by their ids there."""
        rules = (one.value for one in self.conformance_rules)
        return {rule.rule: rule for rule in rules if isinstance(rule, GradedRule)}

    def findings(self, datasets: Mapping[str, TabularDataset]) -> Iterator[RuleFinding]:
        """What the authority's own rules say of a package."""
        for rule in self.own_rules:
            yield from rule.look(datasets)
