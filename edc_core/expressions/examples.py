"""Examples of a check: rows of values that it must fire on, or must not (REQ-DAT-05). Run whenever a study is checked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from edc_core.domain.casebook import FormData, GroupData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.values import parse
from edc_core.expressions.frame import SubjectData

if TYPE_CHECKING:
    from edc_core.domain.index import PlacedItem
    from edc_core.domain.metadata import CheckExample
    from edc_core.expressions.names import StudyNames
    from edc_core.expressions.rules import Check

_STEP = re.compile(r"([^\[\]]+)(?:\[([^\[\]]+)\])?")
_UNIT = re.compile(r"unit\((.+)\)")
_ENTERED = re.compile(r"entered_at\((.+)\)")


class BadExample(Exception):
    """An example that cannot be run: an address or a value that the study does not know. The text says which."""


def run_example(names: StudyNames, check: Check, example: CheckExample) -> bool:
    """Whether a check fires on an example.

    :raises BadExample: an address names nothing, or a value cannot be given there.
    """
    data, place = example_data(names, check.form, check.placed.group_oids, example)
    return data.evaluate(check.expression, place) is False


def example_data(
    names: StudyNames, form: str, groups: tuple[str, ...], example: CheckExample
) -> tuple[SubjectData, ItemPath]:
    """The data of an example, and the place at which a check looks at them: the visit that ``event`` names.

    :param form: OID of the check's form; ``groups`` are those around its item.
    :raises BadExample: as for ``run_example``.
    """
    home = _home(names, form, dict(example.values).get("event", ""))
    place = ItemPath(Step(home, "1"), Step(form, "1"))
    items: dict[ItemPath, ItemData] = {}
    entered: dict[ItemPath, datetime] = {}
    around: dict[str, str] = {}
    units: dict[ItemPath, str] = {}
    for address, text in example.values:
        if address in ("event", "country", "site", "clock.tick"):
            around[address] = text
        elif match := _ENTERED.fullmatch(address):
            entered[_path(names, form, home, match[1])[0]] = _moment(address, text)
        elif match := _UNIT.fullmatch(address):
            path, placed = _path(names, form, home, match[1])
            units[path] = _unit(placed, text)
        else:
            path, placed = _path(names, form, home, address)
            items[path] = _value(names, path, placed, text)
    items |= {path: replace(items[path], unit=unit) for path, unit in units.items() if path in items}
    forms = {path.form_path for path in (*items, *entered)} | {place}
    rows = {
        row: GroupData(row)
        for path in items
        for row in path.parent.ancestors()
        if row.groups and names.index.groups[row.groups[-1].oid].repeating
    }
    version = names.index.version.oid
    data = SubjectData(
        names.index,
        {path: FormData(path, version, EntryStatus.COMPLETE) for path in forms},
        items,
        rows,
        site=around.get("site", ""),
        country=around.get("country", ""),
        entered_at=entered,
        tick=_moment("clock.tick", around["clock.tick"]) if "clock.tick" in around else None,
    )
    for oid in groups:
        place = place.with_group(oid, "1")
    return data, place


def _home(names: StudyNames, form: str, stated: str) -> str:
    """OID of the event in which the check stands: the one the example names, else the first that has the form."""
    holders = names.events_of.get(form, ())
    if not holders:
        raise BadExample(
            f"Form {names.index.forms[form].name} stands in no event, so nothing can be entered in it."
        )
    if stated and stated not in holders:
        raise BadExample(f"There is no event '{stated}' with form {names.index.forms[form].name}.")
    return stated or holders[0]


def _moment(address: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadExample(f"{address} is an instant with its offset, as in 2026-03-04T09:15+00:00.")
    return moment


def _path(names: StudyNames, home_form: str, home_event: str, address: str) -> tuple[ItemPath, PlacedItem]:
    event_text, slash, rest = address.rpartition("/")
    steps = [_STEP.fullmatch(step) for step in rest.split(".")]
    if not all(steps):
        raise BadExample(
            f"'{address}' is no address; write ITEM, FORM.ITEM, EVENT/FORM.ITEM or GROUP[2].ITEM."
        )
    named = [(step[1], step[2] or "1") for step in steps if step]
    form_oid, form_key = home_form, "1"
    if len(named) > 1 and named[0][0] in names.forms:
        form_oid, form_key = names.forms[named[0][0]].oid, named[0][1]
        named = named[1:]
    *rows, (item, _) = named
    placed = names.items(form_oid).get(item)
    if placed is None:
        raise BadExample(f"'{address}': form {names.index.forms[form_oid].name} has no item '{item}'.")
    keys = dict(rows)
    if unknown := keys.keys() - {group.name for group in placed.groups}:
        raise BadExample(f"'{address}': {item} does not stand in '{min(unknown)}'.")
    event = _event(names, form_oid, home_event, event_text if slash else "")
    path = ItemPath(event, Step(form_oid, form_key))
    for group in placed.groups:
        path = path.with_group(group.oid, keys.get(group.name, "1"))
    return path.with_item(placed.item.oid), placed


def _event(names: StudyNames, form: str, home: str, text: str) -> Step:
    holders = names.events_of.get(form, ())
    if not text:
        return Step(home if home in holders else next(iter(holders), home), "1")
    match = _STEP.fullmatch(text)
    if match is None or match[1] not in holders:
        raise BadExample(f"There is no event '{text}' with form {names.index.forms[form].name}.")
    return Step(match[1], match[2] or "1")


def _unit(placed: PlacedItem, text: str) -> str:
    offered = placed.item.measurement_unit_oids
    if text not in offered:
        raise BadExample(
            f"'{text}' is no unit of {placed.item.name}, which has {', '.join(offered) or 'none'}."
        )
    return text


def _value(names: StudyNames, path: ItemPath, placed: PlacedItem, text: str) -> ItemData:
    item = placed.item
    if text.startswith("~"):
        return ItemData(path, "", None, text[1:], "", "ok", 1)
    parsed = parse(item, names.index.code_lists.get(item.code_list_oid or ""), text)
    if item.code_list_oid and parsed.reading == "unreadable":
        raise BadExample(f"'{text}' is no code of {item.code_list_oid}, which {item.name} has.")
    unit = item.measurement_unit_oids[0] if item.measurement_unit_oids else ""
    return ItemData(path, text, parsed.value, "", unit, parsed.reading, 1)
