"""From the items of several specializations to the questions of one item group."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from edc_core_cosmos.arrangement import GroupPlan
from edc_core_cosmos.specializations import CollectionItem, DatasetVariable, Specialization, Specializations


@dataclass(slots=True)
class Question:
    """An item to ask, the specialization it is from, and the constants of the record that its answer makes."""

    name: str
    item: CollectionItem
    source: Specialization
    unit_item: CollectionItem | None = None
    constants: dict[str, str] = field(default_factory=dict)

    @property
    def is_result(self) -> bool:
        return self.item.variable == f"{self.source.domain}ORRES" and bool(self.test)

    @property
    def test(self) -> str:
        """The test code of a result that has an item of its own (``SYSBP_VSORRES``), else nothing."""
        suffix = f"_{self.item.variable}"
        return self.item.name.removesuffix(suffix) if self.item.name.endswith(suffix) else ""


@dataclass(slots=True)
class Asked:
    """The questions of a group, and the constants that hold for each of its records."""

    questions: list[Question]
    constants: dict[str, str]


def ask(plan: GroupPlan, found: Specializations, taken: set[str]) -> Asked:
    """The questions of a group. An item with one preset is a constant; one with several is a choice among them.

    :param taken: names of the form's items so far; they are not asked again, and the new ones are added.
    """
    sources = [found.collection[name] for name in plan.sources]
    gathered: dict[str, list[tuple[CollectionItem, Specialization]]] = {}
    for source in sources:
        for item in source.items:
            if not {item.name, item.variable} & plan.leave_out:
                gathered.setdefault(item.name, []).append((item, source))
    asked = Asked([], {})
    for name, items in gathered.items():
        _one(plan, f"{plan.prefix}{name}", items, asked, taken)
    for question in asked.questions:
        if question.is_result:
            question.unit_item = _unit_item(question, found, plan.standard_units)
            question.constants = _constants(question, found, plan.leave_out)
    return asked


def _one(
    plan: GroupPlan,
    name: str,
    items: list[tuple[CollectionItem, Specialization]],
    asked: Asked,
    taken: set[str],
) -> None:
    item, source = items[0]
    presets = list(dict.fromkeys(each.preset for each, _ in items if each.preset))
    if len(presets) > 1:
        item = replace(item, hidden=False, values=tuple((preset, "") for preset in presets))
    elif presets:
        if not item.variable.endswith("ORRESU"):
            asked.constants[_target(item)] = presets[0]
        return
    elif item.hidden or item.variable.endswith("ORRESU"):
        return
    else:
        values = {value: text for each, _ in reversed(items) for value, text in reversed(each.values)}
        item = replace(item, values=tuple(reversed(values.items())))
    if name in taken:
        return
    taken.add(name)
    if {item.name, item.variable} & plan.optional:
        item = replace(item, required=False)
    if {item.name, item.variable} & plan.not_submitted:
        item = replace(item, targets=(), annotation="")
    item = replace(item, question=dict(plan.questions).get(item.name, item.question))
    asked.questions.append(Question(name, item, source))


def _target(item: CollectionItem) -> str:
    return item.targets[0] if item.targets else item.variable


def _unit_item(
    question: Question, found: Specializations, preferred: tuple[str, ...]
) -> CollectionItem | None:
    """The item of the result's unit: COSMoS asks it beside the result, here it belongs to the value."""
    domain = question.source.domain
    for item in question.source.items:
        if item.variable == f"{domain}ORRESU":
            values = item.values or ((item.preset, item.preset),) if item.preset or item.values else ()
            permitted = _dataset(question, found).get(f"{domain}ORRESU", DatasetVariable())
            allowed = {*permitted.values, permitted.value} - {""}
            if allowed:  # some subsets of the drafts hold units of something else
                values = tuple(pair for pair in values if pair[0] in allowed) or values
            standard = _dataset(question, found).get(f"{domain}STRESU", DatasetVariable()).value
            first = [unit for unit in preferred if unit in dict(values)] or [standard]
            order = {unit: n for n, unit in enumerate(first)}
            return replace(
                item, values=tuple(sorted(values, key=lambda pair: order.get(pair[0], len(order))))
            )
    return None


def _constants(question: Question, found: Specializations, leave_out: frozenset[str]) -> dict[str, str]:
    """Test code, test name and what else the record of a result always holds."""
    domain = question.source.domain
    constants = {
        name: variable.value
        for name, variable in _dataset(question, found).items()
        if variable.value and not name.endswith(("ORRESU", "STRESU"))
    }
    for item in question.source.items:
        is_left_out = bool({item.name, item.variable} & leave_out)
        if item.preset and not is_left_out and not item.variable.endswith("ORRESU"):
            constants.setdefault(_target(item), item.preset)
    constants.setdefault(f"{domain}TESTCD", question.test)
    return constants


def _dataset(question: Question, found: Specializations) -> dict[str, DatasetVariable]:
    return found.datasets.get(question.source.dataset, {})
