"""Which specializations make which form: a YAML file, ours (library.yaml) or one given with the import."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from edc_core_cosmos import shapes
from edc_core_cosmos.lined import Lined
from edc_core_cosmos.problems import ProblemLog
from edc_core_cosmos.shapes import Key

ARRANGEMENT = {
    "study": Key("text", required=True),
    "version": Key("text", required=True),
    "description": Key("text"),
    "forms": Key("mappings", required=True),
    "specializations": Key("mappings"),
}
FORM = {
    "oid": Key("text", required=True),
    "title": Key("text", required=True),
    "description": Key("text"),
    "groups": Key("mappings", required=True),
}
GROUP = {
    "name": Key("text"),
    "each": Key("flag"),
    "from": Key("texts", required=True),
    "title": Key("text"),
    "repeating": Key("flag"),
    "columns": Key("texts"),
    "leave_out": Key("texts"),
    "optional": Key("texts"),
    "partial": Key("texts"),
    "prefix": Key("text"),
    "questions": Key("values"),
    "standard_units": Key("texts"),
    "convert": Key("mappings"),
    "not_submitted": Key("texts"),
}
CONVERT = {
    "test": Key("text", required=True),
    "unit": Key("text", required=True),
    "factor": Key("text", required=True),
}


@dataclass(frozen=True, slots=True)
class Factor:
    """What a result of a test (its --TESTCD) in a unit is multiplied by to have it in the standard unit."""

    test: str
    unit: str
    factor: str


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """An item group.

    :param sources: ids of the specializations whose items it takes, in order; an item that several have is taken once.
    :param leave_out: items or variables that it does not take.
    :param optional: items that need no answer although the specialization says so.
    :param partial: dates of which the day or month may be unknown.
    :param prefix: what stands before the names of its items, where another group of the form has the same ones.
    :param questions: (item, what is asked instead).
    :param standard_units: which of the units come first instead of that of the dataset specialization.
    :param convert: factors to the standard unit that UCUM codes do not tell, such as those by molar mass.
    :param not_submitted: items for whose target SDTM has no variable.
    """

    name: str
    sources: tuple[str, ...]
    line: int
    title: str = ""
    repeating: bool = False
    columns: tuple[str, ...] = ()
    leave_out: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()
    prefix: str = ""
    questions: tuple[tuple[str, str], ...] = ()
    standard_units: tuple[str, ...] = ()
    convert: tuple[Factor, ...] = ()
    not_submitted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FormPlan:
    oid: str
    title: str
    groups: tuple[GroupPlan, ...]
    line: int
    description: str = ""


@dataclass(slots=True)
class Arrangement:
    """The forms of a library, and specializations of its own."""

    log: ProblemLog
    study: str = ""
    version: str = ""
    description: str = ""
    forms: list[FormPlan] = field(default_factory=list)
    own: list[object] = field(default_factory=list)


def read(found: Lined, log: ProblemLog) -> Arrangement:
    """An arrangement; every mistake in it is a problem."""
    taken = shapes.read(found, ARRANGEMENT, "Arrangement", log, closed=True)
    made = Arrangement(log, taken.get("study", ""), taken.get("version", ""), taken.get("description", ""))
    made.own = list(taken.get("specializations", ()))
    for each in taken.get("forms", ()):
        form = _form(each, log)
        if form.oid in {other.oid for other in made.forms}:
            log.add("COS010", form.line, f"Form {form.oid}.")
        made.forms.append(form)
    return made


def _form(found: Lined, log: ProblemLog) -> FormPlan:
    what = f"Form {found.get('oid', '?')}"
    taken = shapes.read(found, FORM, what, log, closed=True)
    groups = tuple(group for each in taken.get("groups", ()) for group in _groups(each, what, log))
    for n, group in enumerate(groups):
        if group.name in {other.name for other in groups[:n]}:
            log.add("COS010", group.line, f"{what}, group {group.name}.")
    return FormPlan(
        taken.get("oid", ""), taken.get("title", ""), groups, found.line, taken.get("description", "")
    )


def _groups(found: Lined, form: str, log: ProblemLog) -> list[GroupPlan]:
    """The group of a mapping; with ``each`` one for every specialization, named and titled by it."""
    what = f"{form}, group {found.get('name', '?')}"
    taken: dict[str, Any] = shapes.read(found, GROUP, what, log, closed=True)
    plan = GroupPlan(
        taken.get("name", ""),
        tuple(taken.get("from", ())),
        found.line,
        taken.get("title", ""),
        taken.get("repeating", False),
        tuple(taken.get("columns", ())),
        frozenset(taken.get("leave_out", ())),
        frozenset(taken.get("optional", ())),
        frozenset(taken.get("partial", ())),
        taken.get("prefix", ""),
        tuple((name, text) for name, text in taken.get("questions", ())),
        tuple(taken.get("standard_units", ())),
        tuple(_factor(each, what, log) for each in taken.get("convert", ())),
        frozenset(taken.get("not_submitted", ())),
    )
    if taken.get("each"):
        return [replace(plan, name=source.split("_")[0], sources=(source,)) for source in plan.sources]
    if not plan.name:
        log.add("COS007", found.line, f"{what}: name, or each.")
    return [plan]


def _factor(found: Lined, group: str, log: ProblemLog) -> Factor:
    taken = shapes.read(found, CONVERT, f"{group}, convert", log, closed=True)
    return Factor(taken.get("test", ""), taken.get("unit", ""), taken.get("factor", ""))
