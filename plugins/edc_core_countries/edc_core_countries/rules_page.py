"""The rules of a site, what is on record for its gates, and when safety reports are due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.api import (
    Action,
    BadRequest,
    GateEvent,
    NotFound,
    RecordIdentifier,
    Refused,
    SeeOther,
    demands,
    items_of,
    prevailing,
)
from edc_core_countries.seen import standards_seen
from edc_core_countries.words import FIELDS, rule_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import (
        CountryStandard,
        Identifier,
        PageRequest,
        RecordedIdentifier,
        SiteDef,
        StudyAccess,
        Times,
    )

FOLDED_FROM = 20  #: facts in a row that differ in what they say alone


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A fact as a person reads it. :param field: of the contract, in words.

    :param folded: instead of ``words`` and ``rule`` those of many facts of one source.
    """

    field: str
    rule: str
    words: str
    standard: str
    plugin: str
    source: str
    as_of: str
    confidence: str
    may_change: bool
    folded: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemLine:
    """What holds for an item. :param question: as sites read it. :param over: weaker rules of others, as standard and strength."""

    form: str
    item: str
    question: str
    strength: str
    rule: str
    standard: str
    over: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GateLine:
    """What a gate needs. :param before: what waits for it, in words. :param recorded: what is on record, or nothing yet."""

    identifier: Identifier
    title: str
    standard: str
    rule: str
    before: str
    recorded: RecordedIdentifier | None


@dataclass(frozen=True, slots=True)
class RulesPage:
    """:param message: why nothing was recorded; ``given`` is as it was sent then."""

    study: str
    sites: tuple[SiteDef, ...]
    site: SiteDef | None
    lines: tuple[RuleLine, ...]
    items: tuple[ItemLine, ...]
    gates: tuple[GateLine, ...]
    may_record: bool
    op: str
    times: Times
    given: Mapping[str, str]
    message: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    standard: str
    recipients: str
    zone: str
    day_zero: str
    due: date
    detail: date | None
    elements: str
    source: str
    days_left: int


@dataclass(frozen=True, slots=True)
class DeadlinesPage:
    study: str
    event: str
    events: tuple[tuple[str, str], ...]
    day: str
    lines: tuple[DeadlineLine, ...]
    message: str


EVENTS = (
    ("fatal", "Fatal or life-threatening suspected unexpected serious reaction"),
    ("susar", "Other suspected unexpected serious reaction"),
)
BEFORE = {
    GateEvent.SUBJECT: "The first subject of the site",
    GateEvent.SAMPLE: "The first sample",
    GateEvent.LOCK: "The lock of the site",
    GateEvent.EXPORT: "Data leave the country",
}
NOTHING_GIVEN = {"name": "", "value": "", "document": ""}


def rules(asked: PageRequest) -> RulesPage:
    """What holds at a site, the first one unless another was chosen.

    :raises NotFound: the person knows no such site.
    """
    return _page(asked, asked.text("site"))


def record(asked: PageRequest) -> SeeOther | Refused:
    """Put a number or a date on record."""
    given = {name: asked.text(name, longest=200) for name in NOTHING_GIVEN}
    site = asked.text("site")
    try:
        asked.study.submit(
            RecordIdentifier(
                study_id=asked.study.study_id, op=asked.text("op", required=True), site=site, **given
            )
        )
    except BadRequest as refused:
        return Refused(_page(asked, site, given=given, message=refused.message))
    return SeeOther("", {"site": site}, "gates")


def deadlines(asked: PageRequest) -> DeadlinesPage:
    """When an event is reported to each authority of the person's part of the study."""
    event = asked.text("event") or EVENTS[0][0]
    text, message = asked.text("day"), ""
    today = date.fromisoformat(asked.study.now[:10])
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        day, message = today, "Write the day as 2026-03-04."
    lines = tuple(_deadlines(asked.study, event, day))
    return DeadlinesPage(asked.study.name, event, EVENTS, day.isoformat(), lines, message)


def _deadlines(study: StudyAccess, event: str, day: date) -> Iterator[DeadlineLine]:
    """Days left are those of the authority's calendar: in Seoul a day ends fourteen hours before it does in New York."""
    now = datetime.fromisoformat(study.now)
    for standard in standards_seen(study):
        zone = standard.country_profile.value.zones[0]
        today = now.astimezone(ZoneInfo(zone)).date()
        for fact in standard.safety_clock:
            clock = fact.value
            if clock.event == event:
                yield DeadlineLine(
                    standard.name, ", ".join(clock.recipients), zone, clock.day_zero, clock.due(day),
                    clock.detail_due(day), ", ".join(clock.elements), fact.source,
                    (clock.due(day) - today).days,
                )  # fmt: skip


def _page(
    asked: PageRequest, number: str, *, given: Mapping[str, str] = NOTHING_GIVEN, message: str = ""
) -> RulesPage:
    study = asked.study
    sites = study.sites()
    site = next((one for one in sites if one.number == number or not number), None)
    if number and site is None:
        raise NotFound(f"There is no site '{number}' in your part of this study.")
    here = [
        (standard, plugin)
        for standard, plugin in study.country_standards()
        if site is not None and site.country in standard.countries
    ]
    return RulesPage(
        study=study.name,
        sites=sites,
        site=site,
        lines=tuple(line for standard, plugin in here for line in _lines(standard, plugin, asked.language)),
        items=_items(study, here, site, asked.language),
        gates=_gates(study, here, site, asked.language),
        may_record=study.may(Action.RECORD_EVIDENCE),
        op=asked.op,
        times=asked.times,
        given=given,
        message=message,
    )


def _lines(standard: CountryStandard, plugin: str, language: str) -> Iterator[RuleLine]:
    every = (
        RuleLine(
            FIELDS[field], rule_of(fact.value), words_of(fact.value, language), standard.name, plugin,
            fact.source, fact.as_of, fact.confidence.value, fact.may_change,
        )
        for field, fact in standard.facts()
    )  # fmt: skip
    for alike, lines in groupby(every, lambda one: replace(one, rule="", words="")):
        same = tuple(lines)
        if len(same) < FOLDED_FROM:
            yield from same
        else:
            yield replace(alike, folded=tuple((one.words, one.rule) for one in same))


def _items(
    study: StudyAccess, here: list[tuple[CountryStandard, str]], site: SiteDef | None, language: str
) -> tuple[ItemLine, ...]:
    """Of the study's items and those that are added, in the order of forms."""
    if site is None or not here:
        return ()
    _, at_hand = study.session()
    known = items_of(at_hand.index)

    def question(form: str, name: str) -> str:
        """Nothing for an item of a plugin that is newer than the published version."""
        item = known[form].get(name)
        return item.question.in_language(language) if item else ""

    said = [one for one in demands((standard for standard, _ in here), known) if one.country == site.country]
    return tuple(
        ItemLine(
            held.form, held.item, question(held.form, held.item), held.strength.name.lower(), held.rule,
            held.standard,
            tuple(
                (one.standard, one.strength.name.lower())
                for one in said
                if one.place == held.place and one is not held
            ),
        )
        for held in prevailing(said).values()
    )  # fmt: skip


def _gates(
    study: StudyAccess, here: list[tuple[CountryStandard, str]], site: SiteDef | None, language: str
) -> tuple[GateLine, ...]:
    if site is None:
        return ()
    known = {(one.name, one.place): one for one in study.identifiers()}
    return tuple(
        GateLine(
            one, one.title.in_language(language), standard.name, fact.value.rule, BEFORE[fact.value.event],
            known.get((one.name, one.place(site.number, site.country))),
        )
        for standard, _ in here
        for fact in standard.gates
        for one in fact.value.needs
    )  # fmt: skip
