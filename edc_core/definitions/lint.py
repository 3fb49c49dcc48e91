"""Checks across the files of a definition. Works on any MetaDataVersion; places only add line numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from edc_core.definitions.findings import DefinitionFinding, closest
from edc_core.definitions.places import Places, Subject
from edc_core.domain.implied import forms_of_items, groups_of
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from edc_core.definitions.source import Steps
    from edc_core.domain.function import Function
    from edc_core.domain.metadata import MetaDataVersion


WHEN = "not ("  #: what stands before the author's words in a condition that ``when`` made

#: Kind of a definition: in words, where a version has them, and the code of a reference to one that is not there.
KINDS = {
    "event": ("event", "events", "E222"),
    "form": ("form", "forms", "E206"),
    "group": ("item group", "item_groups", "E209"),
    "item": ("item", "items", "E209"),
    "codelist": ("code list", "code_lists", "E207"),
    "unit": ("unit", "measurement_units", "E208"),
    "condition": ("condition", "conditions", "E210"),
    "method": ("method", "methods", "E211"),
    "imputation": ("imputation method", "imputation_methods", "E211"),
    "presentation": ("presentation", "presentations", ""),
    "epoch": ("epoch", "epochs", "E236"),
    "arm": ("arm", "arms", "E237"),
}


#: What the plugins that a version names add to its expressions, by name.
PluginFunctions: TypeAlias = Callable[["MetaDataVersion"], "Mapping[str, Function]"]


def no_functions(_version: MetaDataVersion) -> Mapping[str, Function]:
    """No plugin adds anything."""
    return {}


class _Defined(Protocol):
    @property
    def oid(self) -> str: ...


class Noted(NamedTuple):
    """What is to be said of a definition, before the line is looked for."""

    subject: Subject
    steps: Steps
    code: str
    message: str
    suggestion: str = ""
    nth: int = 0
    at: tuple[str, int] | None = None  #: an expression, and where in it

    @property
    def is_error(self) -> bool:
        return self.code.startswith("E")


class Lint:
    """The definitions by OID, and what was noted so far.

    :param places: where the definitions stand; without them findings name the OID instead of a line.
    :param functions: asked when expressions are compiled.
    :param broken: OIDs and names (or, of a whole file, its name) in parts that could not be read, whatever the case; references to them are not reported again.
    :param kept: what was noted the time before, for the same definitions.
    """

    def __init__(
        self,
        version: MetaDataVersion,
        places: Places | None = None,
        broken: Iterable[str] = (),
        functions: PluginFunctions = no_functions,
        kept: Kept | None = None,
    ) -> None:
        self.version = version
        self.places = places or Places()
        self.broken = frozenset(word.casefold() for word in broken)
        self.functions = functions
        self.kept = kept or Kept()
        self.noted: list[Noted] = []
        self.index = MetaDataIndex(version)
        self.groups, self.items, self.forms = self.index.groups, self.index.items, self.index.forms
        self.code_lists, self.units = self.index.code_lists, self.index.units
        self.homes = forms_of_items(version)

    def note(
        self,
        kind: str,
        oid: str,
        steps: Steps,
        code: str,
        message: str,
        *,
        suggestion: str = "",
        nth: int = 0,
        at: tuple[str, int] | None = None,
    ) -> None:
        self.noted.append(Noted((kind, oid), steps, code, message, suggestion, nth, at))

    def keep(self, station: str, name: Hashable, inputs: object, look: Callable[[], None]) -> None:
        """Note what a look notes; it is not taken again while all that it reads stays as it is, and has no error."""

        def looked() -> list[Noted]:
            before, self.noted = self.noted, []
            look()
            found, self.noted = self.noted, before
            return found

        def reads(
            noted: list[Noted],
        ) -> object:  # an error may tell what was meant, of all names that there are
            return object() if any(one.is_error for one in noted) else inputs

        noted: list[Noted] = self.kept.read(f"{station} findings", name, looked, reads)
        self.noted += noted

    @property
    def findings(self) -> list[DefinitionFinding]:
        """What was noted, each once, sorted by place."""
        found = set()
        for subject, steps, code, message, suggestion, nth, at in self.noted:
            finding = self.places.finding(subject, steps, code, message, suggestion=suggestion, nth=nth)
            found.add(finding if at is None else shifted(finding, *at))
        return sorted(found)

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found that keeps expressions from being compiled."""
        return not self.broken and not any(one.is_error for one in self.noted)


def shifted(finding: DefinitionFinding, text: str, start: int) -> DefinitionFinding:
    """The finding at the part of the expression it is about, where the expression stands on one line as it is."""
    line = dict(finding.excerpt).get(finding.line, "")
    own = text.removeprefix(WHEN)
    begins = line.find(own[: start + 1], finding.column - 1)
    return replace(finding, column=begins + 1 + start) if begins >= 0 and "\n" not in own[:start] else finding


def lint(checks: Lint) -> Lint:
    """Note everything that is found in a version without compiling its expressions."""
    from edc_core.definitions.lint_forms import check_forms
    from edc_core.definitions.lint_items import check_sas_names
    from edc_core.definitions.lint_schedule import check_schedule
    from edc_core.definitions.lint_study import check_milestones, check_review_plan, check_study
    from edc_core.definitions.lint_texts import check_texts

    _duplicates(checks)
    _references(checks)
    check_schedule(checks)
    _names(checks)
    _nesting(checks)
    _columns(checks)
    _grids(checks)
    if not checks.broken:
        _unused(checks)
    check_forms(checks)
    check_sas_names(checks)
    check_study(checks)
    check_review_plan(checks)
    check_milestones(checks)
    check_texts(checks)
    return checks


def _duplicates(lint: Lint) -> None:
    for kind, (_, where, _) in KINDS.items():
        definitions: Sequence[_Defined] = getattr(lint.version, where)
        for oid, times in Counter(d.oid for d in definitions).items():
            for nth in range(1, times):
                hint = ""
                if first := lint.places.known.get((kind, oid)):
                    mark = first[0].source.mark(first[0].steps)
                    hint = f", first in {first[0].source.file} line {mark.line}"
                message = f"The {kind} '{oid}' is defined twice{hint}. OIDs are unique in a study."
                lint.note(kind, oid, ("oid",), "E201", message, nth=nth)
            if not oid:
                lint.note(kind, oid, (), "E110", f"This {kind} has neither an OID nor a name.")


def _references(lint: Lint) -> None:
    """References to something that is not defined."""
    known = {kind: {d.oid for d in getattr(lint.version, where)} for kind, (_, where, _) in KINDS.items()}
    for subject, steps, kind, oid in _named(lint.version):
        if oid and oid not in known[kind] and oid.casefold() not in lint.broken:
            what, _, code = KINDS[kind]
            article = "an" if what[0] in "aeiou" else "a"
            message = f"There is no {what} '{oid}'. Define it, or refer to {article} {what} that is defined."
            lint.note(*subject, steps, code, message, suggestion=closest(oid, known[kind]))


def _named(version: MetaDataVersion) -> Iterator[tuple[Subject, Steps, str, str | None]]:
    """Every reference: who refers and where, to what kind of definition (of ``KINDS``), and its OID."""
    for event in version.events:
        at = ("event", event.oid)
        yield at, ("epoch",), "epoch", event.epoch
        yield from ((at, ("arms", i), "arm", arm) for i, arm in enumerate(event.arms))
        for i, form in enumerate(event.form_refs):
            yield at, ("forms", i), "form", form.form_oid
            yield at, ("forms", i, "condition"), "condition", form.condition_oid
    for i, scheduled in enumerate(version.event_refs):
        yield ("study", ""), ("schedule", i, "event"), "event", scheduled.study_event_oid
        yield ("study", ""), ("schedule", i, "condition"), "condition", scheduled.condition_oid
    owners = [(("form", f.oid), f.group_refs) for f in version.forms]
    owners += [(("group", g.oid), g.group_refs) for g in version.item_groups]
    for at, refs in owners:
        for i, nested in enumerate(refs):
            yield at, ("groups", i, "group"), "group", nested.item_group_oid
            yield at, ("groups", i, "condition"), "condition", nested.condition_oid
    for group in version.item_groups:
        at = ("group", group.oid)
        for i, ref in enumerate(group.item_refs):
            yield at, ("items", i, "item"), "item", ref.item_oid
            yield at, ("items", i, "condition"), "condition", ref.condition_oid
            yield at, ("items", i, "method"), "method", ref.method_oid
            yield at, ("items", i, "imputation_method"), "imputation", ref.imputation_method_oid
            yield at, ("items", i, "role_codelist"), "codelist", ref.role_code_list_oid
    for item in version.items:
        at, units = ("item", item.oid), item.measurement_unit_oids
        yield at, ("codelist",), "codelist", item.code_list_oid
        for i, unit in enumerate(units):
            yield at, ("units", i) if len(units) > 1 else ("unit",), "unit", unit
        for i, check in enumerate(item.range_checks):
            yield at, ("range_checks", i), "unit", check.measurement_unit_oid


def _names(lint: Lint) -> None:
    from edc_core.definitions.lint_items import check_name

    first_with_name: dict[str, str] = {}
    for form in lint.version.forms:
        check_name(lint, "form", form.oid, form.name)
        if first_with_name.setdefault(form.name, form.oid) != form.oid:
            message = (
                f"The forms '{first_with_name[form.name]}' and '{form.oid}' have the same name '{form.name}'."
            )
            lint.note("form", form.oid, ("name",), "E226", message)
        owners: dict[str, str] = {}
        for group in groups_of(form, lint.groups):
            for ref in group.item_refs:
                item = lint.items.get(ref.item_oid)
                if item and owners.setdefault(item.name, item.oid) != item.oid:
                    message = (
                        f"The items '{owners[item.name]}' and '{item.oid}' of form '{form.oid}' have the same"
                        f" name '{item.name}'. Names are unique in a form."
                    )
                    lint.note("item", item.oid, ("name",), "E202", message)


def _nesting(lint: Lint) -> None:
    for form in lint.version.forms:
        times: Counter[str] = Counter()
        waiting = [(ref.item_group_oid, frozenset[str]()) for ref in form.group_refs]
        while waiting:
            oid, above = waiting.pop()
            times[oid] += 1
            if oid in above or len(above) > 20:
                message = f"The item group '{oid}' contains itself, or more than 20 groups are nested."
                lint.note("group", oid, (), "E214", message)
                break
            if times[oid] > 1:
                message = f"The item group '{oid}' stands more than once in the form '{form.oid}'."
                lint.note("form", form.oid, ("groups",), "E214", message)
                break
            if oid in lint.groups:
                inner = lint.groups[oid].group_refs
                waiting += [(ref.item_group_oid, above | {oid}) for ref in inner]
    for group in lint.version.item_groups:
        for oid, count in Counter(ref.item_oid for ref in group.item_refs).items():
            if count > 1:
                message = f"The item '{oid}' stands more than once in the item group '{group.oid}'."
                lint.note("group", group.oid, ("items",), "E214", message)


def _columns(lint: Lint) -> None:
    for group in lint.version.item_groups:
        names = {lint.items[r.item_oid].name for r in group.item_refs if r.item_oid in lint.items}
        for i, column in enumerate(group.columns):
            if column not in names and column.casefold() not in lint.broken:
                message = f"The column '{column}' is not the name of an item of this group."
                suggestion = closest(column, names)
                lint.note("group", group.oid, ("columns", i), "E219", message, suggestion=suggestion)


def _grids(lint: Lint) -> None:
    for group in lint.version.item_groups:
        if group.layout and (group.repeating or group.group_refs):
            what = "repeats" if group.repeating else "holds other groups"
            message = (
                f"The group '{group.name}' {what}, so it cannot be a grid: a grid has one row for each item."
            )
            lint.note("group", group.oid, ("layout",), "E252", message)
        least, most = group.least_rows, group.most_rows
        crossed = min(least, most) < 0 or 0 < most < least
        if crossed or ((least or most) and not group.repeating):
            why = "the bounds cross" if crossed else "it is no log"
            message = f"'{group.name}' cannot have a number of rows to expect: {why}."
            lint.note("group", group.oid, ("least_rows" if least else "most_rows",), "E255", message)


def _unused(lint: Lint) -> None:
    version = lint.version
    refs = [ref for group in version.item_groups for ref in group.item_refs]
    used_lists = {item.code_list_oid for item in version.items} | {ref.role_code_list_oid for ref in refs}
    for code_list in version.code_lists:
        if code_list.oid not in used_lists:
            message = f"No item uses the code list '{code_list.oid}'."
            lint.note("codelist", code_list.oid, ("oid",), "W302", message)
    used_units = {oid for item in version.items for oid in item.measurement_unit_oids}
    used_units |= {c.measurement_unit_oid or "" for item in version.items for c in item.range_checks}
    for unit in version.measurement_units:
        if unit.oid not in used_units:
            lint.note("unit", unit.oid, ("oid",), "W309", f"No item uses the unit '{unit.oid}'.")
    for item in version.items:
        if item.oid not in lint.homes:
            lint.note("item", item.oid, ("oid",), "W306", f"The item '{item.oid}' is in no form.")
    reached = {g.oid for form in version.forms for g in groups_of(form, lint.groups)}
    for group in version.item_groups:
        if group.oid not in reached:
            lint.note("group", group.oid, ("oid",), "W306", f"The item group '{group.oid}' is in no form.")
        if not group.item_refs and not group.group_refs:
            lint.note("group", group.oid, (), "W311", f"The item group '{group.oid}' has no items.")
    in_events = {ref.form_oid for event in version.events for ref in event.form_refs}
    for form in version.forms:
        if form.oid not in in_events:
            lint.note("form", form.oid, ("oid",), "W307", f"The form '{form.oid}' is in no event.")
        if not form.group_refs:
            lint.note("form", form.oid, (), "W311", f"The form '{form.oid}' has no items.")
