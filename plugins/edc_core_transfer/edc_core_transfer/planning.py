"""One subject's rows held against its casebook: where each belongs, what it says, which cannot be taken. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.api import EntryStatus, ItemInput, ItemPath, Step
from edc_core_transfer.cells import Stated, stated, word
from edc_core_transfer.problems import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edc_core.api import Casebook, MetaDataIndex
    from edc_core_transfer.column_map import ColumnMap, Reading
    from edc_core_transfer.staging import SentRow
    from edc_core_transfer.targets import Target, Targets


@dataclass(slots=True)
class SubjectPlan:
    """What the rows of a subject ask for.

    :param said: place to what is said of it and the line that says so first.
    :param rejected: line to the reason.
    :param users: line to the person or device at the source.
    :param empty: rows that say nothing.
    """

    said: dict[ItemPath, tuple[Stated, int]] = field(default_factory=dict)
    rejected: dict[int, Rejected] = field(default_factory=dict)
    users: dict[int, str] = field(default_factory=dict)
    empty: int = 0

    def forms(self) -> dict[ItemPath, dict[ItemPath, tuple[Stated, int]]]:
        """What is said, form by form."""
        forms: dict[ItemPath, dict[ItemPath, tuple[Stated, int]]] = {}
        for path, one in self.said.items():
            forms.setdefault(path.form_path, {})[path] = one
        return forms

    def without(self, lines: Iterable[int], why: Rejected) -> None:
        """Take lines out, with everything they say."""
        gone = set(lines)
        self.rejected |= dict.fromkeys(gone, why)
        self.said = {path: one for path, one in self.said.items() if one[1] not in gone}


class Planner:
    """Plans the subjects of one file.

    :param holders: the subjects of the study that hold a reference id.
    """

    def __init__(
        self,
        column_map: ColumnMap,
        targets: Targets,
        index: MetaDataIndex,
        holders: Callable[[str], set[str]],
    ) -> None:
        self._map, self._targets, self._index, self._holders = column_map, targets, index, holders

    def plan(self, book: Casebook, rows: Iterable[SentRow]) -> SubjectPlan:
        """Place and read every row; then find those that repeat or contradict each other."""
        plan = SubjectPlan()
        found = _References(book, self._targets.reference)
        spoken: dict[int, dict[ItemPath, Stated]] = {}
        for row in rows:
            try:
                says = dict(self._row(book, found, row))
                if self._map.user:
                    plan.users[row.line] = word(
                        self._map.user, row.cells[self._map.user.column], "TRF112", "person or device"
                    )
            except Rejected as why:
                plan.rejected[row.line] = why
                continue
            if says:
                spoken[row.line] = says
            else:
                plan.empty += 1
        _merge(plan, spoken)
        return plan

    def _row(self, book: Casebook, found: _References, row: SentRow) -> Iterator[tuple[ItemPath, Stated]]:
        event = self._event(row)
        values = list(self._values(row))
        if not values:
            return
        reference = self._targets.reference
        if reference is None or self._map.reference is None:
            assert event is not None, "a map names the visit or a reference id"
            for target, said in values:
                place = form_of(event, target)
                self._require(book, place, (), row)
                yield target.path(place), said
            return
        text = row.cells[self._map.reference.column]
        if not text:
            raise Rejected("TRF105", f"Column '{self._map.reference.column}' is empty.")
        place, steps, is_new = self._place(found, text, event)
        self._require(book, place, steps, row)
        if is_new:
            yield reference.path(place, steps), Stated(text)
        for target, said in values:
            yield target.path(place, steps), said

    def _event(self, row: SentRow) -> str | None:
        if self._map.visit is None:
            return None
        text = row.cells[self._map.visit.column]
        oid = word(self._map.visit, text, "TRF104", "visit")
        if oid not in self._index.events:
            raise Rejected("TRF104", f"The study has no visit as column '{self._map.visit.column}' names it.")
        return oid

    def _values(self, row: SentRow) -> Iterator[tuple[Target, Stated]]:
        for value, target in self._targets.values:
            if text := row.cells[value.column]:
                yield target, self._read(row, target, value.reading, value.column, text)
        tests = self._map.tests
        if tests is None:
            return
        test = row.cells[tests.column]
        if test not in self._targets.tests:
            raise Rejected(
                "TRF111",
                f"The map has no item for the test in column '{tests.column}'. Add it under 'items'.",
            )
        if text := row.cells[tests.value]:
            target = self._targets.tests[test]
            yield target, self._read(row, target, tests.reading, tests.value, text)

    def _read(self, row: SentRow, target: Target, reading: Reading, column: str, text: str) -> Stated:
        unit = row.cells[reading.unit] if reading.unit else ""
        return stated(
            self._index, target.placed.item, reading, column, text, unit=unit, decimal=self._map.decimal
        )

    def _place(
        self, found: _References, text: str, event: str | None
    ) -> tuple[ItemPath, tuple[Step, ...], bool]:
        """The form and row of a reference id; the last says that they begin with this transfer."""
        places = found.at.get(text, [])
        here = [place for place in places if event is None or (place.event and place.event.oid == event)]
        if len(here) > 1:
            raise Rejected(
                "TRF109", "The subject holds this reference id at more than one place. Have it corrected."
            )
        if here:
            return here[0].form_path, here[0].groups, here[0] in found.new
        if places:
            other = places[0].event.oid if places[0].event else ""
            raise Rejected(
                "TRF108", f"This reference id stands at visit {other}. Correct the file or the entry."
            )
        if self._holders(text):
            raise Rejected(
                "TRF107", "Another subject holds this reference id. Correct the file or the entry."
            )
        assert self._map.reference is not None
        if not self._map.reference.adds:
            raise Rejected("TRF106", "Nobody entered this reference id. Ask the site, or correct the file.")
        if event is None:
            raise Rejected("TRF104", "A new reference id needs its visit: name the column under 'visit'.")
        place = found.begin(text, event, repeats=self._index.forms[self._reference.form].repeating)
        return place.form_path, place.groups, True

    @property
    def _reference(self) -> Target:
        assert self._targets.reference is not None
        return self._targets.reference

    def _require(self, book: Casebook, form: ItemPath, steps: tuple[Step, ...], row: SentRow) -> None:
        """What the site entered of the sample must agree with what the file says of it."""
        for agrees, target in self._targets.agrees:
            if target.form != (form.form.oid if form.form else ""):
                continue
            expected = agrees.word
            if agrees.column:
                text = row.cells[agrees.column]
                expected = self._read(row, target, agrees.reading, agrees.column, text).text if text else ""
            item = book.items.get(target.path(form, steps))
            if (item.value if item and item.value is not None else "") != expected:
                name = target.placed.item.name
                raise Rejected(
                    "TRF110", f"'{name}' at visit {form.event.oid if form.event else ''} says something else."
                )


def form_of(event: str, target: Target) -> ItemPath:
    """The form of a target at a visit, neither of which repeats."""
    return ItemPath(Step(event, "1"), Step(target.form, "1"))


class _References:
    """Where a subject holds which reference id, and where new ones would stand."""

    def __init__(self, book: Casebook, target: Target | None) -> None:
        self.at: dict[str, list[ItemPath]] = {}
        self.new: set[ItemPath] = set()
        self._target = target
        self._known = {*book.forms, *book.groups, *(path.parent for path in book.items)}
        if target is None:
            return
        struck = {path for path, group in book.groups.items() if group.removed}
        struck |= {path for path, form in book.forms.items() if form.status is EntryStatus.REMOVED}
        for path, item in book.items.items():
            if path.item != target.placed.item.oid or path.form is None or path.form.oid != target.form:
                continue
            if item.value is not None and not any(place in struck for place in path.ancestors()):
                self.at.setdefault(item.value, []).append(path.parent)

    def begin(self, text: str, event: str, *, repeats: bool) -> ItemPath:
        """A new form, or a new row of the innermost group that repeats."""
        assert self._target is not None
        form = ItemPath(Step(event, "1"), Step(self._target.form, "1"))
        rows = [depth for depth, (_, group_repeats) in enumerate(self._target.groups) if group_repeats]
        if repeats and not rows:
            steps = [path.form for path in self._known if path.event == form.event and path.form]
            form = ItemPath(
                form.event, Step(self._target.form, _next(s for s in steps if s.oid == self._target.form))
            )
        place = form
        for depth, (oid, _) in enumerate(self._target.groups):
            key = "1"
            if rows and depth == rows[-1]:
                taken = [p.groups[depth] for p in self._known if len(p.groups) > depth and place.contains(p)]
                key = _next(step for step in taken if step.oid == oid)
            place = place.with_group(oid, key)
        self._known.add(place)
        self.new.add(place)
        self.at[text] = [place]
        return place


def _next(steps: Iterable[Step]) -> str:
    return str(
        max((int(step.key) for step in steps if step.key.isascii() and step.key.isdecimal()), default=0) + 1
    )


def _merge(plan: SubjectPlan, spoken: dict[int, dict[ItemPath, Stated]]) -> None:
    """Bring the rows together. Of rows that contradict each other none is taken: nobody can know which is right."""
    first: dict[ItemPath, tuple[Stated, int]] = {}
    against: dict[int, int] = {}
    for line, says in spoken.items():
        for path, said in says.items():
            earlier, at = first.setdefault(path, (said, line))
            if earlier != said:
                against.setdefault(line, at)
                against.setdefault(at, line)
    for line, says in spoken.items():
        repeats = {first[path][1] for path in says} - {line}
        contradicted = line in against or any(at in against and at != line for at in repeats)
        if contradicted:
            other = against.get(line) or min(repeats)
            plan.rejected[line] = Rejected(
                "TRF116", f"Line {other} says something else of the same thing. Neither is taken."
            )
        elif line not in {first[path][1] for path in says}:
            plan.rejected[line] = Rejected("TRF115", f"Line {min(repeats)} says the same already.")
    plan.said |= {path: one for path, one in first.items() if one[1] not in plan.rejected}


def inputs(
    said: dict[ItemPath, tuple[Stated, int]],
    source: Callable[[int], dict[str, object]],
    versions: dict[str, int],
) -> tuple[ItemInput, ...]:
    """What a command carries: each value with its source and the version of the place that was looked at."""
    return tuple(
        ItemInput(path, one.text, one.missing, one.unit, versions.get(str(path), 0), source(line))
        for path, (one, line) in said.items()
    )
