"""What is to be tried in a version, made from its definition alone (REQ-BLD-01, REQ-BLD-02): each form, check, condition,
calculation and window is a script, with what to do and what is expected. The same version gives the same scripts. Pure.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.api import Wording, check_oid, own_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import (
        CheckExample,
        FormDef,
        ItemGroupRef,
        MetaDataIndex,
        PlacedItem,
        StudyCheck,
        StudyEventDef,
        VisitWindow,
    )

_DURATION = re.compile(r"(-?)PT?(\d+)([DMH])", re.ASCII)
_ENTERED = re.compile(r"entered_at\((.+)\)")
_NOUNS = {"D": "day", "M": "month", "TH": "hour", "TM": "minute"}
LONGEST_NAME = 100  #: of a note, which a script names


class Kind(StrEnum):
    """What a script is about, in the order of the list."""

    FORM = "form"
    CHECK = "check"
    CONDITION = "condition"
    CALCULATION = "calculation"
    WINDOW = "visit window"


class Sign(StrEnum):
    """What in the ledger shows that a step was taken with data; its words."""

    SAVED = "completed"
    FIRED = "fired"
    PASSED = "let a value pass"
    ASKED = "asked"
    LEFT_OUT = "left out"
    CALCULATED = "calculated"
    INSIDE = "inside the window"
    OUTSIDE = "outside the window"


@dataclass(frozen=True, slots=True)
class Step:
    """:param sign: what shows in the ledger that it was tried; ``None`` where nothing does."""

    do: str
    expect: str
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a script is about, by OIDs; an empty one is not narrowed to. :param check: the check's OID."""

    event: str = ""
    form: str = ""
    items: frozenset[str] = frozenset()
    check: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """:param oid: unique in the version, and the same in the next one for the same thing. :param where: form or visit."""

    oid: str
    kind: Kind
    title: str
    where: str
    steps: tuple[Step, ...]
    target: Target

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What the ledger can show of it."""
        return tuple(dict.fromkeys(step.sign for step in self.steps if step.sign))

    @property
    def note_name(self) -> str:
        """The name of notes about it: its OID, shortened where that is too long."""
        if len(self.oid) <= LONGEST_NAME:
            return self.oid
        return f"{self.oid[: LONGEST_NAME - 17]}~{hashlib.sha256(self.oid.encode()).hexdigest()[:16]}"


def scripts_of(index: MetaDataIndex, checks: tuple[StudyCheck, ...]) -> tuple[Script, ...]:
    """Every script of a version, kind by kind, each in the order of the study.

    :param checks: of the version, its plugins' too, with their examples.
    """
    made = _Scripts(index)
    parts = (made.forms(), made.checks(checks), made.conditions(), made.calculations(), made.windows())
    found: dict[str, Script] = {}
    for part in parts:
        for script in part:
            found.setdefault(script.oid, script)  # checks of one OID in one form are one
    return tuple(found.values())


class _Scripts:
    def __init__(self, index: MetaDataIndex) -> None:
        self._index = index
        self._words = Wording(index)
        self._events_of: dict[str, list[StudyEventDef]] = {}
        for event in index.version.events:
            for ref in event.form_refs:
                self._events_of.setdefault(ref.form_oid, []).append(event)

    def forms(self) -> Iterator[Script]:
        for form in self._index.version.forms:
            events = self._events_of.get(form.oid, [])
            if not events:
                continue
            placed = list(self._index.placed_items(form.oid))
            required = sum(one.ref.mandatory for one in placed)
            steps = [
                Step(
                    f"Open it at {_listed([_event(event) for event in events])}, answer every question and complete it.",
                    f"It asks {_counted(len(placed), 'question')} with their answers and units as in the protocol; "
                    "each answer is saved when it is left, and the form is Complete.",
                    Sign.SAVED,
                )
            ]
            if required:
                steps.append(
                    Step(
                        f"Leave {_counted(required, 'required question')} blank and complete it once more.",
                        "Each is asked for in a query.",
                    )
                )
            visits = _listed([_event(event) for event in events])
            yield Script(
                f"form:{form.oid}", Kind.FORM, _form(form), visits, tuple(steps), Target(form=form.oid)
            )

    def checks(self, checks: tuple[StudyCheck, ...]) -> Iterator[Script]:
        forms = {word: form for form in self._index.version.forms for word in (form.oid, form.name)}
        declared = {
            (form.oid, check_oid(placed.item, limit)): placed.item.oid
            for form in self._index.version.forms
            for placed in self._index.placed_items(form.oid)
            for limit in placed.item.range_checks
        }
        for check in checks:
            form = forms[check.form]
            item = "" if check.plugin else declared.get((form.oid, check.oid), "")
            target = Target(form=form.oid, items=frozenset({item} if item else ()), check=check.oid)
            title = f"{check.oid}: {check.title}" if check.title else check.oid
            steps = tuple(_example(check, example) for example in check.examples) or (
                Step("Enter data that it should find, complete the form.", _said(check), Sign.FIRED),
                Step("Enter data that it should let pass.", "Nothing is said.", Sign.PASSED),
            )
            yield Script(f"check:{form.oid}:{check.oid}", Kind.CHECK, title, _form(form), steps, target)

    def conditions(self) -> Iterator[Script]:
        for form in self._index.version.forms:
            yield from self._inside(form, form.group_refs, ())
        for event in self._index.version.events:
            for ref in event.form_refs:
                if ref.condition_oid:
                    form = self._index.forms[ref.form_oid]
                    when = self._words.asked_when(ref.condition_oid, event=event.oid)
                    target = Target(event=event.oid, form=form.oid)
                    yield _condition(f"{event.oid}:{form.oid}", _form(form), _event(event), when, target)
        for due in self._index.version.event_refs:
            if due.condition_oid:
                event = self._index.events[due.study_event_oid]
                when = self._words.asked_when(due.condition_oid, event=event.oid)
                yield _condition(event.oid, _event(event), "", when, Target(event=event.oid))

    def _inside(
        self, form: FormDef, refs: tuple[ItemGroupRef, ...], above: tuple[str, ...]
    ) -> Iterator[Script]:
        """What a form leaves out by its own conditions: groups and items."""
        for ref in refs:
            group = self._index.groups[ref.item_group_oid]
            chain = (*above, group.oid)
            if ref.condition_oid:
                when = self._words.asked_when(ref.condition_oid, form.oid, above)
                items = frozenset(one.item_oid for one in group.item_refs)
                title = group.title.in_language("en") or group.name
                target = Target(form=form.oid, items=items)
                yield _condition(f"{form.oid}:{'.'.join(chain)}", title, _form(form), when, target)
            for one in group.item_refs:
                if one.condition_oid:
                    when = self._words.asked_when(one.condition_oid, form.oid, chain)
                    item = self._index.items[one.item_oid]
                    target = Target(form=form.oid, items=frozenset({item.oid}))
                    oid = f"{form.oid}:{'.'.join(chain)}:{item.oid}"
                    yield _condition(
                        oid, item.question.in_language("en") or item.name, _form(form), when, target
                    )
            yield from self._inside(form, group.group_refs, chain)

    def calculations(self) -> Iterator[Script]:
        methods = {method.oid: method for method in self._index.version.methods}
        for form in self._index.version.forms:
            for placed in self._index.placed_items(form.oid):
                if placed.ref.method_oid in methods:
                    yield self._calculation(
                        form, placed, own_expression(methods[placed.ref.method_oid].expressions)
                    )

    def _calculation(self, form: FormDef, placed: PlacedItem, text: str) -> Script:
        words = self._words.expression(text, form.oid, placed.group_oids) if text else "what the method says"
        step = Step(
            f"Enter what it is calculated from: {words}.",
            "The result stands there, is right by hand, and follows when one of them changes. Nobody can type into it.",
            Sign.CALCULATED,
        )
        oid = f"calculation:{form.oid}:{'.'.join(placed.group_oids)}:{placed.item.oid}"
        title = placed.item.question.in_language("en") or placed.item.name
        target = Target(form=form.oid, items=frozenset({placed.item.oid}))
        return Script(oid, Kind.CALCULATION, title, _form(form), (step,), target)

    def windows(self) -> Iterator[Script]:
        for event in self._index.version.events:
            if event.window is not None:
                yield self._window(event, event.window)

    def _window(self, event: StudyEventDef, window: VisitWindow) -> Script:
        anchor = self._index.events.get(window.anchor)
        start = _event(anchor) if anchor else self._words.expression(window.anchor, "", event=event.oid)
        before, after = _duration(window.before), _duration(window.after)
        far = _duration(window.target.lstrip("-"))
        planned = f"{far} {'before' if window.target.startswith('-') else 'after'} {start}"
        on = [f"on {start}" if far.startswith("0 ") else planned]
        on += [f"{before} earlier"] * (not before.startswith("0 "))
        on += [f"{after} later"] * (not after.startswith("0 "))
        steps = (
            Step(f"Date the visit {', then '.join(on)}.", "Nothing is said on any of these days.", Sign.INSIDE),
            Step(
                "Date it one day before the first of them, and one after the last.",
                "The form says that the date is outside the window; Complete opens a query.", Sign.OUTSIDE,
            ),
        )  # fmt: skip
        return Script(
            f"window:{event.oid}", Kind.WINDOW, _event(event), planned, steps, Target(event=event.oid)
        )


def _condition(oid: str, title: str, where: str, when: str, target: Target) -> Script:
    steps = (
        Step(f"Enter data so that {when}.", "It is asked.", Sign.ASKED),
        Step("Enter data so that this does not hold, or is not known.", "It is not asked.", Sign.LEFT_OUT),
    )
    return Script(f"condition:{oid}", Kind.CONDITION, title, where, steps, target)


def _example(check: StudyCheck, example: CheckExample) -> Step:
    do = f"Enter {', '.join(_given(address, text) for address, text in example.values) or 'nothing'}."
    return Step(do, _said(check), Sign.FIRED) if example.fires else Step(do, "Nothing is said.", Sign.PASSED)


def _said(check: StudyCheck) -> str:
    how = {"hard": "The value is not stored", "warning": "A message"}.get(check.severity, "A query")
    return f"{how}: {check.title}" if check.title else f"{how}."


def _given(address: str, text: str) -> str:
    """What an example gives at an address, as a person would do it."""
    if match := _ENTERED.fullmatch(address):
        return f"{match[1]} at {text}"
    return f"{address} = missing ({text[1:]})" if text.startswith("~") else f"{address} = {text or 'blank'}"


def _form(form: FormDef) -> str:
    return form.title.in_language("en") or form.name


def _event(event: StudyEventDef) -> str:
    return event.title.in_language("en") or event.name


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _duration(text: str) -> str:
    """``21 days`` of a duration as a window has it."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return text
    sign, number, unit = match.groups()
    return f"{sign}{_counted(int(number), _NOUNS['T' + unit if 'T' in text else unit])}"


def _listed(titles: list[str]) -> str:
    """All of a few, the first of many."""
    if len(titles) <= 3:
        return " or ".join(titles)
    return f"{titles[0]} or {len(titles) - 1} other visits"
