"""Dates, windows, epochs, arms, the choice of lab ranges, review plan and texts for queries as our own marks: the same in every version of ODM."""

from __future__ import annotations

from typing import TypedDict

from edc_core.api import (
    ArmDef,
    EpochDef,
    LabRangeKeys,
    MetaDataVersion,
    Milestone,
    QueryTemplate,
    ReviewGroup,
    ReviewRule,
    StudyEventDef,
    TranslatedText,
    VisitWindow,
    read_duration,
)
from edc_core_odm.own_marks import text_from_json
from edc_core_odm.read_definitions import Own, json_list, strings
from edc_core_odm.write_xml import Extras


class EventFacts(TypedDict):
    """What no ODM has a word for, of an event."""

    date: str
    window: VisitWindow | None
    epoch: str
    arms: tuple[str, ...]
    study_level: bool


class ScheduleFacts(TypedDict):
    """What no ODM 1.3.2 has a word for, of the schedule as a whole."""

    epochs: tuple[EpochDef, ...]
    arms: tuple[ArmDef, ...]
    arm: str
    lab_ranges: LabRangeKeys | None
    review_plan: tuple[ReviewRule, ...]
    query_templates: tuple[QueryTemplate, ...]
    milestones: tuple[Milestone, ...]


def write_event(extras: Extras, event: StudyEventDef) -> None:
    extras.text("date", event.date)
    window = event.window
    extras.json(
        "window",
        window and [window.anchor, window.target, window.before, window.after],
        unless=None,
    )
    extras.text("epoch", event.epoch)
    extras.json("arms", list(event.arms), unless=[])
    extras.flag("study_level", event.study_level)


def read_event(own: Own) -> EventFacts:
    return {
        "date": own.text("date", ""),
        "window": own.json("window", _window, None),
        "epoch": own.text("epoch", ""),
        "arms": own.json("arms", strings, ()),
        "study_level": own.flag("study_level"),
    }


def _window(data: object) -> VisitWindow | None:
    """:raises ValueError: a span of time cannot be read. :raises TypeError: it is no list of text."""
    anchor, *spans = strings(data)
    return VisitWindow(anchor, *(read_duration(span) for span in spans))


def write_schedule(extras: Extras, version: MetaDataVersion) -> None:
    for key, parts in (("epochs", version.epochs), ("arms", version.arms)):
        extras.json(key, [[d.oid, d.name, [list(pair) for pair in d.title.texts]] for d in parts], unless=[])
    extras.text("arm", version.arm)
    keys = version.lab_ranges
    plan = [[rule.group.value, _scope(rule), rule.share, rule.seed] for rule in version.review_plan]
    extras.json("review_plan", plan, unless=[])
    offered = [[[list(pair) for pair in one.text.texts], list(one.forms)] for one in version.query_templates]
    extras.json("query_templates", offered, unless=[])
    milestones = [
        [[one.oid, one.before], [[list(pair) for pair in text.texts] for text in (one.title, one.statement)],
         [list(one.forms), list(one.events)]]
        for one in version.milestones
    ]  # fmt: skip
    extras.json("milestones", milestones, unless=[])
    extras.json("lab_ranges", keys and [keys.lab, keys.date, keys.sex, keys.birth], unless=None)


def _scope(rule: ReviewRule) -> list[list[str]]:
    """Forms, items, sites, and where there are any the tiers of risk."""
    risks = [list(rule.risks)] if rule.risks else []
    return [list(rule.forms), list(rule.items), list(rule.sites), *risks]


def read_schedule(own: Own) -> ScheduleFacts:
    return {
        "epochs": own.json("epochs", lambda data: tuple(EpochDef(*part) for part in _titled(data)), ()),
        "arms": own.json("arms", lambda data: tuple(ArmDef(*part) for part in _titled(data)), ()),
        "arm": own.text("arm", ""),
        "lab_ranges": own.json("lab_ranges", lambda data: LabRangeKeys(*strings(data)), None),
        "review_plan": own.json("review_plan", _review_plan, ()),
        "query_templates": own.json("query_templates", _query_templates, ()),
        "milestones": own.json("milestones", _milestones, ()),
    }


def _milestones(data: object) -> tuple[Milestone, ...]:
    """:raises TypeError: when it is not a list of names, texts and places."""
    found = []
    for part in json_list(data):
        names, texts, places = json_list(part)
        oid, before = strings(names)
        title, statement = map(text_from_json, json_list(texts))
        forms, events = (tuple(strings(one)) for one in json_list(places))
        found.append(Milestone(oid, title, statement, forms, events, before))
    return tuple(found)


def _query_templates(data: object) -> tuple[QueryTemplate, ...]:
    """:raises TypeError: when it is not a list of texts with forms."""
    templates = []
    for part in json_list(data):
        text, forms = json_list(part)
        templates.append(QueryTemplate(text_from_json(text), tuple(strings(forms))))
    return tuple(templates)


def _review_plan(data: object) -> tuple[ReviewRule, ...]:
    """:raises ValueError: a rule is none that this release knows."""
    rules = []
    for part in json_list(data):
        group, scope, share, seed = json_list(part)
        [name, said] = strings([group, seed])
        if not isinstance(share, int):
            raise TypeError("a share is a number")
        forms, items, sites, *risks = (tuple(strings(names)) for names in json_list(scope))
        rules.append(ReviewRule(ReviewGroup(name), forms, items, sites, share, said, *risks))
    return tuple(rules)


def _titled(data: object) -> list[tuple[str, str, TranslatedText]]:
    found: list[tuple[str, str, TranslatedText]] = []
    for part in json_list(data):
        oid, name, title = json_list(part)
        found.append((*strings([oid, name]), text_from_json(title)))  # type: ignore[arg-type]  # two texts
    return found
