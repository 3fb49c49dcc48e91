"""Checks across the files of a definition. Works on any MetaDataVersion; places only add line numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from edc_core.definitions.complete import forms_of_items, groups_of
from edc_core.definitions.findings import DefinitionFinding, closest
from edc_core.definitions.places import Places, Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from edc_core.definitions.source import Steps
    from edc_core.domain.function import Function
    from edc_core.domain.metadata import CodeList, ItemDef, ItemGroupDef, MetaDataVersion


#: What is referred to, and the code when it is not defined.
REFERENCE_CODES = {
    "form": "E206",
    "code list": "E207",
    "unit": "E208",
    "item": "E209",
    "item group": "E209",
    "condition": "E210",
    "method": "E211",
    "imputation method": "E211",
    "event": "E222",
    "epoch": "E236",
    "arm": "E237",
}


#: What the plugins that a version names add to its expressions, by name.
PluginFunctions: TypeAlias = Callable[["MetaDataVersion"], "Mapping[str, Function]"]


def no_functions(_version: MetaDataVersion) -> Mapping[str, Function]:
    """No plugin adds anything."""
    return {}


class _Defined(Protocol):
    @property
    def oid(self) -> str: ...


class Lint:
    """The definitions by OID, and the findings so far.

    :param broken: OIDs and names (or, of a whole file, its name) in parts that could not be read, whatever the case; references to them are not reported again.
    """

    def __init__(
        self,
        version: MetaDataVersion,
        places: Places,
        broken: frozenset[str],
        functions: PluginFunctions = no_functions,
    ) -> None:
        self.version = version
        self.places = places
        self.broken = frozenset(word.casefold() for word in broken)
        self.functions = functions
        self.findings: list[DefinitionFinding] = []
        self.groups: dict[str, ItemGroupDef] = {d.oid: d for d in version.item_groups}
        self.items: dict[str, ItemDef] = {d.oid: d for d in version.items}
        self.code_lists: dict[str, CodeList] = {d.oid: d for d in version.code_lists}
        self.units = {d.oid for d in version.measurement_units}
        self.forms = {d.oid: d for d in version.forms}
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
    ) -> None:
        found = self.places.finding((kind, oid), steps, code, message, suggestion=suggestion, nth=nth)
        self.findings.append(found)

    def refer(self, subject: Subject, steps: Steps, what: str, oid: str, known: Collection[str]) -> None:
        """Note a reference to something that is not defined. ``known`` is a set or keyed by OID: it is asked often."""
        if oid not in known and oid.casefold() not in self.broken:
            article = "an" if what[0] in "aeiou" else "a"
            message = f"There is no {what} '{oid}'. Define it, or refer to {article} {what} that is defined."
            self.note(*subject, steps, REFERENCE_CODES[what], message, suggestion=closest(oid, known))


def lint(
    version: MetaDataVersion,
    *,
    places: Places | None = None,
    broken: frozenset[str] = frozenset(),
    functions: PluginFunctions = no_functions,
) -> list[DefinitionFinding]:
    """Every finding about a version, sorted by place.

    :param places: where the definitions stand; without them findings name the OID instead of a line.
    :param functions: asked only for a version without errors so far.
    """
    from edc_core.definitions.lint_identifiers import check_identifiers
    from edc_core.definitions.lint_items import check_items
    from edc_core.definitions.lint_rules import check_rules
    from edc_core.definitions.lint_schedule import check_references
    from edc_core.definitions.lint_study import check_review_plan, check_study
    from edc_core.definitions.lint_texts import check_texts

    checks = Lint(version, places or Places(), broken, functions)
    _duplicates(checks)
    _references(checks)
    check_references(checks)
    _names(checks)
    _nesting(checks)
    _columns(checks)
    _grids(checks)
    if not broken:
        _unused(checks)
    check_items(checks)
    check_identifiers(checks)
    check_study(checks)
    check_review_plan(checks)
    check_texts(checks)
    if not broken and not any(finding.severity == "error" for finding in checks.findings):
        check_rules(checks)
    return sorted(set(checks.findings))


def _duplicates(lint: Lint) -> None:
    version = lint.version
    kinds: dict[str, Sequence[_Defined]] = {
        "event": version.events,
        "form": version.forms,
        "group": version.item_groups,
        "item": version.items,
        "codelist": version.code_lists,
        "unit": version.measurement_units,
        "condition": version.conditions,
        "method": version.methods,
        "imputation": version.imputation_methods,
        "presentation": version.presentations,
        "epoch": version.epochs,
        "arm": version.arms,
    }
    for kind, definitions in kinds.items():
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
    version = lint.version
    conditions = {d.oid for d in version.conditions}
    methods = {d.oid for d in version.methods}
    imputations = {d.oid for d in version.imputation_methods}
    for event in version.events:
        for i, form in enumerate(event.form_refs):
            at = ("event", event.oid)
            lint.refer(at, ("forms", i), "form", form.form_oid, lint.forms)
            if form.condition_oid:
                lint.refer(at, ("forms", i, "condition"), "condition", form.condition_oid, conditions)
    events = {d.oid for d in version.events}
    for i, scheduled in enumerate(version.event_refs):
        at = ("study", "")
        lint.refer(at, ("schedule", i, "event"), "event", scheduled.study_event_oid, events)
        if scheduled.condition_oid:
            lint.refer(at, ("schedule", i, "condition"), "condition", scheduled.condition_oid, conditions)
    owners = [("form", f.oid, f.group_refs) for f in version.forms]
    owners += [("group", g.oid, g.group_refs) for g in version.item_groups]
    for kind, oid, refs in owners:
        for i, nested in enumerate(refs):
            at = (kind, oid)
            lint.refer(at, ("groups", i, "group"), "item group", nested.item_group_oid, lint.groups)
            if nested.condition_oid:
                lint.refer(at, ("groups", i, "condition"), "condition", nested.condition_oid, conditions)
    for group in version.item_groups:
        at = ("group", group.oid)
        for i, ref in enumerate(group.item_refs):
            lint.refer(at, ("items", i, "item"), "item", ref.item_oid, lint.items)
            if ref.condition_oid:
                lint.refer(at, ("items", i, "condition"), "condition", ref.condition_oid, conditions)
            if ref.method_oid:
                lint.refer(at, ("items", i, "method"), "method", ref.method_oid, methods)
            if ref.imputation_method_oid:
                steps: Steps = ("items", i, "imputation_method")
                lint.refer(at, steps, "imputation method", ref.imputation_method_oid, imputations)
            if ref.role_code_list_oid:
                steps = ("items", i, "role_codelist")
                lint.refer(at, steps, "code list", ref.role_code_list_oid, lint.code_lists)


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


def _unused(lint: Lint) -> None:
    version = lint.version
    refs = [ref for group in version.item_groups for ref in group.item_refs]
    used_lists = {item.code_list_oid for item in version.items} | {ref.role_code_list_oid for ref in refs}
    for code_list in version.code_lists:
        if code_list.oid not in used_lists:
            lint.note(
                "codelist", code_list.oid, ("oid",), "W302", f"No item uses the code list '{code_list.oid}'."
            )
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
