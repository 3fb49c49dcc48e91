"""What a made-up subject's casebook holds: which visits and forms, how many rows, which values, what stays open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from edc_core.api import (
    Asking,
    EventType,
    FormDef,
    Function,
    ItemGroupDef,
    ItemPath,
    MetaDataIndex,
    PlacedItem,
    Step,
    StudyEventDef,
)
from edc_core_simulate.case import Case, Place
from edc_core_simulate.profile import Profile
from edc_core_simulate.values import Given, Rates, exactly, mishap, plausible

LEAVES_EARLY = 0.2  #: subjects who have not reached the last visit
NOT_DONE = 0.3  #: of forms that are not mandatory
STAYS_OPEN = 0.06  #: forms in which entry is not finished
MOST_ROWS = 3
CAREFUL = Rates(blank=0, forgotten=0, missing=0, unreadable=0, odd=0)
GATE = "YN"  #: CDASH: "any ...?" before a log
BIRTH = "BRTHDAT"  #: CDASH: the date of birth
LAST_DAY = "9999-12-31"


@dataclass(frozen=True, slots=True)
class FilledForm:
    """One form as it will be entered."""

    path: ItemPath
    name: str
    complete: bool
    items: dict[ItemPath, Given] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledEvent:
    """A visit with its forms; ``added`` for an occurrence of a repeating or unscheduled event."""

    oid: str
    key: str
    added: bool
    forms: tuple[FilledForm, ...]


class Filling:
    """The casebooks of a simulation.

    :param functions: of the study's plugins, which its rules may call.
    """

    def __init__(
        self,
        index: MetaDataIndex,
        profile: Profile,
        rates: Rates,
        functions: Mapping[str, Function] | None = None,
    ) -> None:
        self._index, self._profile, self._rates = index, profile, rates
        self._functions = functions
        self._gates = {gate.item for gate in index.version.gates}  #: without which data stay in their country
        self._conditional = {
            ref.study_event_oid for ref in index.version.event_refs if ref.condition_oid is not None
        }

    def casebook(self, case: Case) -> Iterator[FilledEvent]:
        """Everything that is entered for a subject, visit by visit."""
        reached = self._reached(case)
        asking = Asking(self._index, case.site, self._functions)
        for event in self._index.version.events:
            if event.study_level:
                continue
            if event.oid in case.visits and event.oid not in reached:
                continue
            for number in range(1, self._occurrences(case, event) + 1):
                forms = []
                for ref in event.form_refs:
                    path = ItemPath(Step(event.oid, str(number)), Step(ref.form_oid, "1"))
                    if not asking.expects(path):
                        continue
                    if self._is_done(case, event, ref.form_oid, mandatory=ref.mandatory):
                        filled = self._form(case, event, number, self._index.forms[ref.form_oid])
                        asked = asking.take(path, filled.items, lambda g: (g.raw, g.missing, g.unit))
                        forms.append(replace(filled, items=asked))
                filled_forms = tuple(f for f in forms if f.items)
                if filled_forms or event.oid not in self._conditional:
                    yield FilledEvent(event.oid, str(number), event.is_added, filled_forms)

    def _reached(self, case: Case) -> set[str]:
        """The scheduled visits a subject has come to: the first at least."""
        draws = case.at("reached")
        visits = list(case.visits)
        last = self._profile.last_visit(case)
        if last is not None:
            return set(visits[: visits.index(last) + 1] if last in visits else visits)
        if draws.happens(LEAVES_EARLY):
            visits = visits[: draws.whole(1, len(visits))]
        return set(visits)

    def _occurrences(self, case: Case, event: StudyEventDef) -> int:
        known = self._profile.occurrences(event.oid)
        if known is not None:
            return known
        if event.is_added and event.type is not EventType.SCHEDULED:
            drawn = case.at(event.oid, "occurrences").weighted(((0, 6), (1, 3), (2, 1)))
            return drawn if event.repeating else min(drawn, 1)
        return 1

    def _is_done(self, case: Case, event: StudyEventDef, form_oid: str, *, mandatory: bool) -> bool:
        form = self._index.forms[form_oid]
        wanted = self._profile.wants(case, event.oid, form.name)
        if wanted is not None:
            return wanted
        return mandatory or not case.at(event.oid, form.oid, "done").happens(NOT_DONE)

    def _form(self, case: Case, event: StudyEventDef, number: int, form: FormDef) -> FilledForm:
        path = ItemPath(Step(event.oid, str(number)), Step(form.oid, "1"))
        rows = {
            ref.item_group_oid: self._rows(
                case, event, form, self._index.groups[ref.item_group_oid], str(number)
            )
            for ref in form.group_refs
        }
        items: dict[ItemPath, Given] = {}
        has_rows = any(count and self._index.groups[oid].repeating for oid, count in rows.items())
        for oid, count in rows.items():
            self._group(case, path, form, self._index.groups[oid], count, path, (), items, has_rows=has_rows)
        # a story is told without slips of the hand, and to its end; so is what lets data leave their country
        told = bool(case.scenarios) or not self._gates.isdisjoint(one.item for one in items)
        complete = told or not case.at(path, "stays open").happens(STAYS_OPEN)
        if not complete:
            kept = len(items) - len(items) // 3
            items = dict(list(items.items())[:kept])
        return FilledForm(path, form.name, complete, items)

    def _rows(
        self,
        case: Case,
        event: StudyEventDef,
        form: FormDef,
        group: ItemGroupDef,
        occurrence: str,
        within: str = "",
    ) -> int:
        if not group.repeating:
            return 1
        place = Place(event.oid, form.name, group.name, occurrence=occurrence)
        said = self._profile.rows(case, place)
        if said is not None:
            return said
        return case.at(event.oid, occurrence, form.oid, group.oid, within, "rows").whole(
            group.least_rows, group.most_rows or max(group.least_rows, MOST_ROWS)
        )

    def _group(
        self,
        case: Case,
        form_path: ItemPath,
        form: FormDef,
        group: ItemGroupDef,
        count: int,
        parent: ItemPath,
        above: tuple[ItemGroupDef, ...],
        items: dict[ItemPath, Given],
        *,
        has_rows: bool,
    ) -> None:
        assert form_path.event is not None
        event = self._index.events[form_path.event.oid]
        for row in range(1, count + 1):
            here = parent.with_group(group.oid, str(row))
            place = Place(event.oid, form.name, group.name, row, count, form_path.event.key)
            said = self._profile.values(case, place)
            open_ended = case.at(here, "ongoing").happens(0.4)
            for ref in group.item_refs:
                placed = PlacedItem((*above, group), ref, self._index.items[ref.item_oid])
                path = here.with_item(ref.item_oid)
                given = self._item(case, placed, path, said, has_rows=has_rows, open_ended=open_ended)
                if given.raw or given.missing:
                    items[path] = given
            for nested in group.group_refs:
                inner = self._index.groups[nested.item_group_oid]
                inner_rows = self._rows(case, event, form, inner, place.occurrence, str(here))
                self._group(
                    case, form_path, form, inner, inner_rows, here, (*above, group), items, has_rows=has_rows
                )

    def _item(
        self,
        case: Case,
        placed: PlacedItem,
        path: ItemPath,
        said: dict[str, str] | None,
        *,
        has_rows: bool,
        open_ended: bool,
    ) -> Given:
        assert path.event is not None
        name, draws = placed.item.name, case.at(path)
        rates = CAREFUL if case.scenarios else self._rates
        if said is not None and name in said:
            raw = self._in_era(case, said[name]) if name == BIRTH else said[name]
            return (
                mishap(placed, raw, rates, draws) if raw and self._may_slip(placed) else exactly(placed, raw)
            )
        raw = plausible(placed, self._index, case.day(path.event.oid), draws)
        codes = self._index.decodes.get(placed.item.code_list_oid or "", {})
        if {"Y", "N"} <= set(codes):
            if name.endswith(GATE):
                return Given("Y" if has_rows else "N")
            if name.endswith("ONGO"):
                return Given("Y" if open_ended else "N")
        if name.endswith(("ENDAT", "ENDTC")) and open_ended:
            return Given()
        if placed.groups[-1].repeating and placed.ref is placed.groups[-1].item_refs[0]:
            return exactly(placed, raw)  # a row that says nothing of what it is about is nobody's row
        return mishap(placed, raw, rates, draws)

    def _in_era(self, case: Case, day: str) -> str:
        """A whole date as it is typed where the study reads dates of eras."""
        era = next(
            (
                one
                for one in self._index.version.eras
                if case.site.country in one.countries and one.starts <= day <= (one.ends or LAST_DAY)
            ),
            None,
        )
        if era is None or len(day) != len(LAST_DAY):
            return day
        born = date.fromisoformat(day)
        return f"{era.letter}{born.year - int(era.starts[:4]) + 1}.{born.month}.{born.day}"

    def _may_slip(self, placed: PlacedItem) -> bool:
        """Gates and the first item of a row hold a form together, and without a consent a subject is in no export; they are answered
        as they should be.
        """
        is_first = placed.ref is placed.groups[-1].item_refs[0]
        holds = placed.item.name.endswith((GATE, "PERF", "OCCUR")) or placed.item.oid in self._gates
        return not (is_first or holds)
