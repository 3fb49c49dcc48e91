"""A casebook as plain JSON values and back: how a picture travels to the process that runs plugin checks.

Items are grouped by form and row, because spelling out (and parsing) a path for each item costs more than the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from edc_core.domain.casebook import Casebook, EventData, FormData, GroupData, ItemData, Subject
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.protection import Protection
from edc_core.domain.query import Query, QueryMessage, QuerySource, QueryState


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What expressions know of a subject besides its data.

    :param site: number of the site; ``country`` and ``zone`` are its own.
    :param entered_at: UTC time of the last entry of items, where an expression may ask for it.
    :param known: answers of plugins' functions by what they were asked. :param last: those that came last, by rule.
    """

    site: str = ""
    country: str = ""
    zone: str = "UTC"
    entered_at: Mapping[ItemPath, datetime] = field(default_factory=dict)
    known: Mapping[str, str | None] = field(default_factory=dict)
    last: Mapping[str, str | None] = field(default_factory=dict)


Json = Any  #: dicts, lists, text, numbers, booleans and None
_Row = tuple[Step | None, Step | None, tuple[Step, ...]]


def dump_casebook(casebook: Casebook, *, with_queries: bool = True) -> dict[str, Json]:
    """A casebook as dicts, lists and text.

    :param with_queries: leave out queries and protections, which checks do not see, when false.
    """
    subject = casebook.subject
    rows: dict[_Row, list[Json]] = {}
    for path, item in casebook.items.items():
        place = (path.event, path.form, path.groups)
        values = [path.item, item.raw, item.value, item.missing, item.unit, item.reading, item.version]
        if item.standard is not None:
            values += item.standard, item.standard_unit
        rows.setdefault(place, []).append(values)
    wire: dict[str, Json] = {
        "subject": [
            subject.study_id,
            subject.subject_id,
            subject.subject_key,
            subject.site_id,
            subject.status,
        ],
        "n": casebook.n,
        "hash": casebook.hash,
        "events": [
            [_dump_path(path), event.removed, event.not_done, event.reason]
            for path, event in casebook.events.items()
        ],
        "forms": [
            [_dump_path(p), f.meta_data_version, f.status.value, f.was_complete, f.reason, f.n]
            for p, f in casebook.forms.items()
        ],
        "groups": [[_dump_path(path), row.removed, row.reason] for path, row in casebook.groups.items()],
        "rows": [[_dump_steps(*place), items] for place, items in rows.items()],
    }
    if with_queries:
        wire["queries"] = [_dump_query(query) for query in casebook.queries.values()]
        wire["above"] = [value.value for value in casebook.above]
        wire["protections"] = [
            [_dump_path(path), value.value] for path, value in casebook.protections.items()
        ]
    return wire


def load_casebook(wire: Mapping[str, Json]) -> Casebook:
    """The reverse of ``dump_casebook``."""
    casebook = Casebook(Subject(*wire["subject"]), wire["n"], wire["hash"])
    for place, removed, not_done, reason in wire["events"]:
        path = _load_path(place)
        casebook.events[path] = EventData(path, removed, not_done, reason)
    for place, version, status, was_complete, reason, n in wire["forms"]:
        path = _load_path(place)
        casebook.forms[path] = FormData(path, version, EntryStatus(status), was_complete, reason, n)
    for place, removed, reason in wire["groups"]:
        path = _load_path(place)
        casebook.groups[path] = GroupData(path, removed, reason)
    items = casebook.items
    for place, row in wire["rows"]:
        event, form, groups = _load_steps(place)
        for oid, *values in row:
            path = ItemPath(event, form, groups, oid)
            items[path] = ItemData(path, *values)
    for data in wire.get("queries", ()):
        query = _load_query(data)
        casebook.queries[query.query_id] = query
    casebook.above = tuple(Protection(value) for value in wire.get("above", ()))
    for place, value in wire.get("protections", ()):
        casebook.protections[_load_path(place)] = Protection(value)
    return casebook


def dump_surroundings(around: Surroundings) -> list[Json]:
    """As plain values, in the order of the fields."""
    entered = [[_dump_path(path), moment.isoformat()] for path, moment in around.entered_at.items()]
    return [around.site, around.country, around.zone, entered, dict(around.known), dict(around.last)]


def load_surroundings(wire: list[Json]) -> Surroundings:
    """The reverse of ``dump_surroundings``."""
    site, country, zone, entered, known, last = wire
    moments = {_load_path(path): datetime.fromisoformat(at) for path, at in entered}
    return Surroundings(site, country, zone, moments, known, last)


def _dump_steps(event: Step | None, form: Step | None, groups: tuple[Step, ...]) -> list[str]:
    """OIDs and keys in turn, from the event down."""
    return [text for step in (event, form, *groups) if step is not None for text in (step.oid, step.key)]


def _load_steps(texts: list[str]) -> _Row:
    steps = [Step(oid, key) for oid, key in zip(texts[::2], texts[1::2], strict=True)]
    return (steps[0] if steps else None, steps[1] if len(steps) > 1 else None, tuple(steps[2:]))


def _dump_path(path: ItemPath) -> list[Json]:
    return [_dump_steps(path.event, path.form, path.groups), path.item]


def _load_path(wire: list[Json]) -> ItemPath:
    return ItemPath(*_load_steps(wire[0]), wire[1])


def _dump_query(query: Query) -> dict[str, Json]:
    data: dict[str, Json] = {name: getattr(query, name) for name in Query.__dataclass_fields__}
    data["path"] = _dump_path(query.path)
    data["state"], data["source"] = query.state.value, query.source.value
    data["messages"] = [[m.n, m.actor, m.role, m.at, m.text, m.state] for m in query.messages]
    return data


def _load_query(data: Mapping[str, Json]) -> Query:
    return Query(
        **{
            **data,
            "path": _load_path(data["path"]),
            "state": QueryState(data["state"]),
            "source": QuerySource(data["source"]),
            "messages": tuple(QueryMessage(*message) for message in data["messages"]),
        }
    )
