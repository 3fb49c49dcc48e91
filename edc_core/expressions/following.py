"""What follows from a change: which items are hidden, which derived values change, which checks fire. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from edc_core.domain.casebook import ItemData
from edc_core.domain.finding import Found, Severity
from edc_core.domain.form_checks import check_oid, limit_message
from edc_core.domain.item_path import ItemPath
from edc_core.domain.standard_value import with_standard
from edc_core.domain.values import parse
from edc_core.expressions.answers import facts_of
from edc_core.expressions.functions import rounded
from edc_core.expressions.rule_book import Condition, Derivation, known
from edc_core.expressions.timing import window_finding
from edc_core.expressions.values import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edc_core.expressions.compiler import Expression
    from edc_core.expressions.frame import SubjectData
    from edc_core.expressions.rule_book import Check, RuleBook


@dataclass(frozen=True, slots=True)
class Derived:
    """A calculated value that differs from what stands there.

    :param inputs: path text of each value it was calculated from to its version (REQ-AUD-10).
    """

    before: ItemData | None
    after: ItemData
    derivation: Derivation
    inputs: tuple[tuple[str, int], ...]


def settle(
    book: RuleBook, data: SubjectData, forms: Iterable[ItemPath], *, frozen: frozenset[ItemPath] = frozenset()
) -> list[Derived]:
    """Bring hidden items and derived values up to date; ``data`` holds the outcome afterwards.

    :param forms: started forms to look at, each with everything its rules read in ``data``.
    :param frozen: places that must not be written to, nor anything in them: derived values there stay as they are.
    """
    derived: list[Derived] = []
    hidden = set(data.hidden)
    items = dict(data.items)
    data.items = items
    by_form: dict[str, list[ItemPath]] = {}
    for form in sorted(forms, key=data.order):
        assert form.form is not None
        by_form.setdefault(form.form.oid, []).append(form)
    for step in book.steps_for(by_form):
        for form in by_form[step.form]:
            if isinstance(step, Condition):
                if not hidden.issuperset(left_out := list(_left_out(step, data, form))):
                    hidden.update(left_out)
                    data.hidden = frozenset(hidden)
            elif form not in frozen:
                for place in data.places(form, step.placed.group_oids):
                    if not frozen.isdisjoint(place.with_item(step.placed.item.oid).ancestors()):
                        continue
                    change = _calculated(step, data, place)
                    if change is not None:
                        items[change.after.path] = change.after
                        derived.append(change)
    return derived


def _left_out(condition: Condition, data: SubjectData, form: ItemPath) -> Iterator[ItemPath]:
    """Places of items and of groups that the condition hides in a form; a repeating group by its first row's place."""
    if condition.item:
        for place in data.places(form, condition.groups):
            if not known(data.answer(condition.exception, place)):
                yield place.with_item(condition.item)
        return
    depth = len(condition.groups)
    for outside in data.places(form, condition.groups[:-1]):
        if known(data.answer(condition.exception, outside)):
            continue
        yield outside.with_group(condition.groups[-1], "1")
        for placed in data.index.placed_items(condition.form):
            if placed.group_oids[:depth] == condition.groups:
                for place in data.places(form, placed.group_oids):
                    if outside.contains(place):
                        yield place.with_item(placed.item.oid)


def _calculated(derivation: Derivation, data: SubjectData, place: ItemPath) -> Derived | None:
    item = derivation.placed.item
    path = place.with_item(item.oid)
    text = None if path in data.hidden else written(data.answer(derivation.expression, place, or_last=False))
    if text is not None:
        code_list = data.index.code_lists.get(item.code_list_oid or "")
        text = parse(replace(item, significant_digits=None), code_list, text).value
        text = _at_precision(text, item.significant_digits)
    before = data.items.get(path)
    if (before.value if before else None) == text and not (before and before.missing):
        return None
    unit = item.measurement_unit_oids[0] if item.measurement_unit_oids and text is not None else ""
    version = (before.version if before else 0) + 1
    after = with_standard(item, ItemData(path, text or "", text, "", unit, "ok", version))
    return Derived(before, after, derivation, tuple(data.inputs(derivation.expression, place)))


def _at_precision(text: str | None, digits: int | None) -> str | None:
    """A number at the item's stated decimal places, halves away from zero."""
    if text is None or digits is None:
        return text
    return format(rounded(Decimal(text), Decimal(digits)), "f")


def findings(book: RuleBook, data: SubjectData, form: ItemPath) -> list[Found]:
    """What the checks by expression find in one form, in the order of the page; hidden items are not spoken of."""
    assert form.form is not None
    found = [one for check in book.checks_of.get(form.form.oid, ()) for one in findings_of(check, data, form)]
    return [*found, *_of_windows(book, data, form)]


def findings_of(check: Check, data: SubjectData, form: ItemPath) -> Iterator[Found]:
    """What one check finds in one form."""
    for place in data.places(form, check.placed.group_oids):
        target = place.with_item(check.placed.item.oid)
        if target not in data.hidden and data.evaluate(check.expression, place) is False:
            yield _found(check, data, place, target)


def _of_windows(book: RuleBook, data: SubjectData, form: ItemPath) -> Iterator[Found]:
    """Dates in a form that are outside the window of its visit; of a repeating form the first occurrence has it."""
    assert form.event is not None
    for timing in book.windows_of.get(form.form.oid, ()) if form.form is not None else ():
        target = timing.path(form.event)
        if timing.event != form.event.oid or target.form_path != form or target in data.hidden:
            continue
        assert timing.anchor is not None
        read = [*data.read(timing.anchor, ItemPath(form.event)), (target, data.items.get(target))]
        if finding := window_finding(timing, data, form, _fingerprint_of(read)):
            yield finding


def _found(check: Check, data: SubjectData, place: ItemPath, target: ItemPath) -> Found:
    severity = Severity.WARNING if check.range_check.warning else Severity.QUERY
    oid = check_oid(check.placed.item, check.range_check)
    return Found(
        oid, target, limit_message(check.range_check), severity, fingerprint(data, check.expression, place)
    )


def item_fingerprint(item: ItemData | None) -> str:
    """SHA-256 of one value."""
    return hashlib.sha256(json.dumps(facts_of(item), ensure_ascii=True).encode()).hexdigest()


def fingerprint(data: SubjectData, expression: Expression, place: ItemPath) -> str:
    """SHA-256 of everything an expression reads from a place: the same inputs, the same fingerprint."""
    return _fingerprint_of(data.read(expression, place))


def _fingerprint_of(read: Iterable[tuple[ItemPath, ItemData | None]]) -> str:
    seen = {str(path): facts_of(item) for path, item in read}
    return hashlib.sha256(json.dumps(seen, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def not_calculated(book: RuleBook, data: SubjectData, form: ItemPath) -> Iterator[tuple[ItemPath, list[str]]]:
    """Places of a form without their calculated value, and OIDs of the items it is calculated from that have none.

    Where all that is read has a value, the answer of a plugin's function has not come. Of the others those are told of
    which something was entered: nobody wonders about the index of a body that was not measured.
    """
    assert form.form is not None
    answers = data.answers
    for step in book.steps_of.get(form.form.oid, ()):
        if not isinstance(step, Derivation):
            continue
        rule = step.expression
        if (answers is None) if rule.plugins else (rule.ranges or rule.scopes):
            continue
        for place in data.places(form, step.placed.group_oids):
            target = place.with_item(step.placed.item.oid)
            if target in data.hidden or ((stored := data.items.get(target)) and stored.value is not None):
                continue
            read = data.read(rule, place)
            blank = [path.item for path, item in read if path.item and (item is None or item.value is None)]
            awaits = rule.plugins and answers is not None and answers.awaits(rule, data, place)
            if awaits or (blank and (rule.plugins or len(blank) < len(read))):
                yield target, list(dict.fromkeys(blank))


def not_applicable(data: SubjectData, form: ItemPath) -> list[ItemPath]:
    """Places of a form that a condition hides although something was entered there (REQ-DAT-13)."""
    return sorted(
        (path for path in data.hidden if path.form_path == form and _holds(data.items.get(path))), key=str
    )


def _holds(item: ItemData | None) -> bool:
    return item is not None and not item.is_blank
