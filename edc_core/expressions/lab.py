"""``range_low``, ``range_high`` and ``range_flag``: what the study's reference ranges say of a result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from edc_core.domain.censored import ends
from edc_core.domain.function import Kind
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.lab_range import Patient
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.standard_value import exact_in, rounded
from edc_core.expressions.functions import FUNCTIONS, day_of
from edc_core.expressions.values import Beyond, Partly, Span, ends_of

if TYPE_CHECKING:
    from datetime import datetime

    from edc_core.domain.lab_range import LabRanges
    from edc_core.domain.metadata import ItemDef
    from edc_core.expressions.frame import SubjectData
    from edc_core.expressions.rule_book import RuleBook

#: Function to the kind of its answer.
RANGES = {"range_low": Kind.NUMBER, "range_high": Kind.NUMBER, "range_flag": Kind.TEXT}


def range_answer(
    what: str,
    ranges: LabRanges,
    item: ItemDef,
    value: Decimal | Beyond | None,
    unit: str | None,
    lab: str | None,
    on: PartialDate | datetime | Partly | None,
    sex: str | None,
    birth: PartialDate | None,
) -> Any:
    """A limit of the range that certainly applies to a result, or where the result lies; ``None`` when none does.

    A range in the unit of the result goes first. One in another unit of the item is converted by the factor that was
    published: the result is judged unrounded, a limit is told in the unit of the result, to six significant digits.
    A censored result lies where every number lies that it may be.
    """
    if value is None or lab is None:
        return None
    day = day_of(on) if on is not None and not isinstance(on, PartialDate) else on
    patient, given = Patient(sex, _age(day, birth), day), unit or ""
    found = ranges.find(lab, item.name, given, patient)
    if found is not None:
        return {"range_low": found.low, "range_high": found.high}.get(what, found.flag(*ends_of(value)))
    if ranges.states(lab, item.name, given):
        return None  # what it has in this unit is for others, or not certainly for this sample
    for other in item.measurement_unit_oids:
        sign, number = (value.sign, value.limit) if isinstance(value, Beyond) else ("", value)
        exact = exact_in(item, format(number, "f"), given, other)
        found = ranges.find(lab, item.name, other, patient)
        if exact is not None and found is not None:
            if what == "range_flag":
                return found.flag(*ends(sign, exact))
            limit = found.low if what == "range_low" else found.high
            told = None if limit is None else exact_in(item, format(limit, "f"), other, given)
            return None if told is None else Decimal(rounded(told))
    return None


def _age(on: PartialDate | None, birth: PartialDate | None) -> tuple[Decimal, Decimal] | None:
    if on is None or birth is None:
        return None
    years = FUNCTIONS["years"].call(on, birth)
    return (years.low, years.high) if isinstance(years, Span) else (years, years)


@dataclass(frozen=True, slots=True)
class RangeSaid:
    """What stands derived of a result: the limits in its unit, and where it lies; empty where nothing does."""

    low: str = ""
    high: str = ""
    flag: str = ""


def ranges_said(book: RuleBook, data: SubjectData, form: ItemPath) -> dict[ItemPath, RangeSaid]:
    """The derived range of each result in a form, as far as everybody may see it."""
    assert form.form is not None
    said: dict[ItemPath, RangeSaid] = {}
    for rule in book.derivations:
        call = rule.expression.ranges
        name, is_secret = rule.expression.text.strip(), bool(rule.placed.item.sensitivity)
        if rule.form != form.form.oid or len(call) != 1 or is_secret:
            continue
        ((what, result),) = call
        if name != f"{what}({data.index.items[result].name})":
            continue  # it reckons on with the range
        for place in data.places(form, rule.placed.group_oids):
            stored = data.items.get(place.with_item(rule.placed.item.oid))
            if stored is not None and stored.value:
                path = _beside(data, place, rule.placed.group_oids, result)
                known = said.get(path, RangeSaid())
                said[path] = replace(known, **{what.removeprefix("range_"): stored.value})
    return said


def _beside(data: SubjectData, place: ItemPath, groups: tuple[str, ...], result: str) -> ItemPath:
    """Where the result of a range stands: in the same group, or in one of the form that does not repeat."""
    assert place.form is not None
    placed = next(one for one in data.index.placed_items(place.form.oid) if one.item.oid == result)
    if placed.group_oids == groups:
        return place.with_item(result)
    return ItemPath(place.event, place.form, tuple(map(Step, placed.group_oids)), result)
