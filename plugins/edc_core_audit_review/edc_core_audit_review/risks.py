"""What in an audit trail is worth a look (EMA guideline on computerised systems 6.2.2): pure rules over its entries."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edc_core.api import Access, ListedForm, TrailEntry

#: Kinds of entries that the rules read, by their beginnings.
KINDS = ("item.", "review.drop", "sign.break")
SAME_VALUES = 4  #: as many values have to agree before a form counts as a copy of another
MIDNIGHT = 24


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is told.

    :param days: between the visit and the first entry of a form. :param changes: by one person. :param opens: first
        hour of the day that is not odd, ``closes`` the first that is again. :param critical: names of items.
    """

    days: int = 5
    changes: int = 50
    opens: int = 6
    closes: int = 22
    critical: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a report. :param at: UTC ISO 8601. :param path: of a form to open, or empty."""

    at: str
    subject_key: str
    site: str
    who: str
    where: str
    what: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found. :param at: UTC ISO 8601. :param told: makes its line: all are counted, and few of them read."""

    at: str
    told: Callable[[], Told]


@dataclass(frozen=True)
class Material:
    """What the rules read: entries oldest first, forms as they are now, refusals of the access log."""

    entries: Sequence[TrailEntry]
    forms: Sequence[ListedForm]
    refusals: Sequence[Access]
    limits: Limits

    @cached_property
    def values(self) -> Sequence[tuple[TrailEntry, Mapping[str, Any]]]:
        """Entries of values with their payload; what was redacted or may not be seen has none."""
        of_values = (entry for entry in self.entries if entry.columns.get("kind") == "item.set")
        read = ((entry, json.loads(str(entry.columns["payload"]))) for entry in of_values)
        return [(entry, payload) for entry, payload in read if "version" in payload]


@dataclass(frozen=True, slots=True)
class Risk:
    """:param about: what is told; ``{}`` takes the limits. :param find: the rule."""

    name: str
    title: str
    about: str
    find: Callable[[Material], list[Hit]]


def _hit(entry: TrailEntry, what: str = "", *, aside: str = "") -> Hit:
    """:param what: in place of the words of the entry. :param aside: behind them."""
    at, form = str(entry.columns["at"]), _form_of(str(entry.columns["path"]))
    return Hit(
        at,
        lambda: Told(
            at,
            entry.subject_key,
            entry.site_number,
            entry.who,
            entry.where,
            (what or entry.what) + aside,
            form,
        ),
    )


def _form_of(path: str) -> str:
    return "/".join(path.split("/", 2)[:2])


def _is_person(entry: TrailEntry) -> bool:
    return ":" not in str(entry.columns["actor"])


def _changes(material: Material) -> list[TrailEntry]:
    """Values that replaced another one."""
    return [entry for entry, payload in material.values if int(payload["version"]) > 1]


def late(material: Material) -> list[Hit]:
    """Forms whose first value came long after the visit."""
    visits: dict[tuple[str, str], str] = {}
    for form in material.forms:
        if len(form.visit_date) >= len("2026-03-04"):
            visits[form.subject_key, _form_of(str(form.path))] = form.visit_date[:10]
    found, seen = [], set()
    for entry, payload in material.values:
        place = (entry.subject_key, _form_of(str(entry.columns["path"])))
        if place in seen or place not in visits:
            continue
        seen.add(place)
        days = (_local(entry).date() - date.fromisoformat(visits[place])).days
        if int(payload["version"]) == 1 and days > material.limits.days:
            found.append(_hit(entry, f"first entry {days} days after the visit of {visits[place]}"))
    return found


def after_verification(material: Material) -> list[Hit]:
    """Values that were changed after somebody had verified or reviewed them."""
    return [
        _hit(entry)
        for entry in material.entries
        if entry.columns.get("kind") == "review.drop" and _cause(entry) == "value"
    ]


def _cause(entry: TrailEntry) -> str:
    return str(json.loads(str(entry.columns["payload"])).get("cause", ""))


def after_signature(material: Material) -> list[Hit]:
    """Changes that broke a signature."""
    return [_hit(entry) for entry in material.entries if entry.columns.get("kind") == "sign.break"]


def critical(material: Material) -> list[Hit]:
    """Changes of the items that the reviewer names."""
    names = {name.casefold() for name in material.limits.critical}
    return [
        _hit(entry)
        for entry in _changes(material)
        if str(entry.columns["path"]).rpartition("/")[2].casefold() in names
    ]


def by_one_person(material: Material) -> list[Hit]:
    """People who changed much, with how much."""
    found: dict[str, list[TrailEntry]] = defaultdict(list)
    for entry in _changes(material):
        if _is_person(entry):
            found[str(entry.columns["actor"])].append(entry)
    return [_of_person(entries) for entries in found.values() if len(entries) > material.limits.changes]


def _of_person(entries: Sequence[TrailEntry]) -> Hit:
    at, sites = str(entries[-1].columns["at"]), ", ".join(sorted({one.site_number for one in entries}))
    what = f"changed {len(entries)} values of {len({one.subject_key for one in entries})} subjects"
    return Hit(at, lambda: Told(at, "", sites, entries[-1].who, "", what))


def odd_hours(material: Material) -> list[Hit]:
    """Values entered by a person at night by the site's clock."""
    limits = material.limits
    found = []
    for entry, _ in material.values:
        local = _local(entry)
        if _is_person(entry) and not limits.opens <= local.hour < limits.closes:
            found.append(_hit(entry, aside=f" (at {local:%H:%M} at the site)"))
    return found


def copied(material: Material) -> list[Hit]:
    """Forms that hold the same values as the same form of another subject."""
    held: dict[tuple[str, str], dict[str, tuple[str, TrailEntry]]] = defaultdict(dict)
    for entry, payload in material.values:
        path = str(entry.columns["path"])
        form, rest = _form_of(path), path.split("/", 2)[2]
        held[entry.subject_key, form][rest] = (str(payload["value"] or ""), entry)
    same: dict[tuple[object, ...], list[tuple[str, TrailEntry]]] = defaultdict(list)
    for (subject_key, form), values in held.items():
        given = tuple(sorted((rest, value) for rest, (value, _) in values.items() if value))
        if len(given) >= SAME_VALUES:
            last = max((entry for _, entry in values.values()), key=lambda entry: str(entry.columns["at"]))
            same[form, given].append((subject_key, last))
    return [
        _hit(entry, f"{len(key[1])} values are those of {_others(subject_key, group)}")  # type: ignore[arg-type]
        for key, group in same.items()
        if len(group) > 1
        for subject_key, entry in group
    ]


def _others(subject_key: str, group: Sequence[tuple[str, TrailEntry]]) -> str:
    return ", ".join(other for other, _ in group if other != subject_key)


def refused(material: Material) -> list[Hit]:
    """What people tried that their role does not include."""
    return [_of_access(line) for line in material.refusals]


def _of_access(line: Access) -> Hit:
    return Hit(line.at, lambda: Told(line.at, "", "", line.name, "", f"{line.action}: {line.detail}"))


def _local(entry: TrailEntry) -> datetime:
    zone = str(entry.columns["site_zone"]) or "UTC"
    return datetime.fromisoformat(str(entry.columns["at"])).astimezone(ZoneInfo(zone))


RISKS = (
    Risk("late", "Late entry", "First entry of a form more than {days} days after its visit.", late),
    Risk("verified", "Changed after verification", "A change took a mark of verification or review away.",
         after_verification),
    Risk("signed", "Changed after signature", "A change broke a valid signature.", after_signature),
    Risk("critical", "Changes of critical items", "Changes of the items named as critical.", critical),
    Risk("many", "Many changes by one person", "More than {changes} changes by one person in the period.",
         by_one_person),
    Risk("hours", "Odd hours", "Entered before {opens}:00 or from {closes}:00 on, by the clock of the site.",
         odd_hours),
    Risk("copied", "Same values in two subjects", "Forms with the same values as those of another subject.",
         copied),
    Risk("refused", "Refused attempts", "Pages or steps that a role does not include and somebody tried.",
         refused),
)  # fmt: skip


def counts(material: Material) -> Counter[str]:
    """How many lines each risk has."""
    return Counter({risk.name: len(risk.find(material)) for risk in RISKS})
