"""A MetaDataVersion of the arranged forms: every question with its type, code list, units and annotation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from edc_core.api import (
    DataType,
    EventType,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MetaDataVersion,
    StudyEventDef,
    StudyInfo,
    TranslatedText,
    UnitConversion,
)
from edc_core_cosmos import annotation
from edc_core_cosmos.arrangement import Arrangement, Factor, FormPlan, GroupPlan
from edc_core_cosmos.code_lists import CodeLists
from edc_core_cosmos.questions import Asked, Question, ask
from edc_core_cosmos.specializations import Specializations
from edc_core_cosmos.terminology import Terminology

LENGTH_TYPES = frozenset({DataType.TEXT, DataType.INTEGER, DataType.FLOAT})


def version_of(plan: Arrangement, found: Specializations, terminology: Terminology) -> MetaDataVersion:
    """The forms of an arrangement in one event that gathers them; mistakes are problems of the files they stand in."""
    return _Building(plan, found, CodeLists(terminology)).version()


@dataclass(slots=True)
class _Building:
    plan: Arrangement
    found: Specializations
    lists: CodeLists
    groups: list[ItemGroupDef] = field(default_factory=list)
    items: list[ItemDef] = field(default_factory=list)
    converted: set[Factor] = field(default_factory=set)

    def version(self) -> MetaDataVersion:
        forms = tuple(self._form(form) for form in self.plan.forms)
        self._check_factors()
        of_item, code_lists = self.lists.made()
        items = tuple(
            replace(item, code_list_oid=of_item[item.oid]) if item.oid in of_item else item
            for item in self.items
        )
        event = StudyEventDef(
            self.plan.study,
            self.plan.study,
            type=EventType.COMMON,
            form_refs=tuple(FormRef(form.oid) for form in forms),
            title=TranslatedText.of("Library", "en"),
        )
        return MetaDataVersion(
            f"{self.plan.study}-{self.plan.version}",
            self.plan.version,
            StudyInfo(self.plan.study, self.plan.study, self.plan.description),
            events=(event,),
            forms=forms,
            item_groups=tuple(self.groups),
            items=items,
            code_lists=code_lists,
            measurement_units=tuple(self.lists.units[oid] for oid in sorted(self.lists.units)),
        )

    def _form(self, plan: FormPlan) -> FormDef:
        taken: set[str] = set()
        refs = [self._group(plan, group, taken) for group in plan.groups]
        return FormDef(
            plan.oid,
            plan.oid.replace("-", "_"),
            group_refs=tuple(refs),
            title=TranslatedText.of(plan.title, "en"),
            description=TranslatedText.of(plan.description, "en"),
        )

    def _check_factors(self) -> None:
        """A factor for no test of its group would do nothing unseen; with ``each``, one of the groups has the test."""
        plans = {
            (group.line, each): form
            for form in self.plan.forms
            for group in form.groups
            for each in group.convert
        }
        for (line, each), form in plans.items():
            if each not in self.converted:
                self.plan.log.add("COS013", line, f"Form {form.oid}, convert: test {each.test}.")

    def _group(self, form: FormPlan, plan: GroupPlan, taken: set[str]) -> ItemGroupRef:
        oid = f"{form.oid}.{plan.name}"
        what = f"Form {form.oid}, group {plan.name}"
        unknown = [name for name in plan.sources if name not in self.found.collection]
        for name in unknown:
            self.plan.log.add("COS013", plan.line, f"{what}: specialization {name}.")
        for source in (self.found.collection[name] for name in plan.sources if name not in unknown):
            if source.dataset and source.dataset not in self.found.datasets:
                text = f"Specialization {source.id}: dataset specialization {source.dataset}."
                source.log.add("COS013", source.line, text)
        known = replace(plan, sources=tuple(name for name in plan.sources if name not in unknown))
        asked = ask(known, self.found, taken) if known.sources else Asked([], {})
        self._check_names(known, asked, what)
        columns = tuple(f"{plan.prefix}{name}" for name in plan.columns)
        refs = []
        for question in asked.questions:
            item = self._item(f"{form.oid}.{question.name}", question, plan)
            self.items.append(item)
            refs.append(ItemRef(item.oid, mandatory=question.item.required))
        self.groups.append(
            ItemGroupDef(
                oid,
                plan.name,
                repeating=plan.repeating,
                item_refs=tuple(refs),
                title=TranslatedText.of(plan.title or _title(asked), "en"),
                domain=self.found.collection[known.sources[0]].domain if known.sources else "",
                columns=columns,
                aliases=annotation.constants(_common(asked)),
            )
        )
        return ItemGroupRef(oid)

    def _check_names(self, plan: GroupPlan, asked: Asked, what: str) -> None:
        """Every name in the arrangement must be one of the specializations', or it would do nothing unseen."""
        there = {
            name
            for source in plan.sources
            for item in self.found.collection[source].items
            for name in (item.name, item.variable)
        }
        named = (
            plan.leave_out | plan.optional | plan.partial | plan.not_submitted | dict(plan.questions).keys()
        )
        for name in sorted(named - there):
            self.plan.log.add("COS013", plan.line, f"{what}: item {name}.")
        asked_names = {question.name for question in asked.questions}
        for name in plan.columns:
            if f"{plan.prefix}{name}" not in asked_names:
                self.plan.log.add("COS013", plan.line, f"{what}: column {name}.")

    def _item(self, oid: str, question: Question, plan: GroupPlan) -> ItemDef:
        source = question.item
        partial = source.data_type is DataType.DATE and source.name in plan.partial
        data_type = DataType.PARTIAL_DATE if partial else source.data_type
        units = self.lists.unit_oids(question)
        if self.lists.want(oid, question):
            data_type = DataType.TEXT
        coded = oid in self.lists.wanted
        codes = [len(term.coded_value) for term in self.lists.wanted[oid][1]] if coded else []
        length = max([source.length, *codes]) if source.length is not None else None
        is_float = data_type is DataType.FLOAT
        return ItemDef(
            oid,
            question.name,
            data_type,
            question=TranslatedText.of(source.question, "en"),
            length=length if data_type in LENGTH_TYPES else None,
            significant_digits=source.significant_digits if is_float else None,
            multiple=coded and source.multiple,
            measurement_unit_oids=units,
            conversions=self._conversions(question, units, plan),
            aliases=annotation.aliases(question, self.found),
        )

    def _conversions(
        self, question: Question, units: tuple[str, ...], plan: GroupPlan
    ) -> tuple[UnitConversion, ...]:
        used = [each for each in plan.convert if question.is_result and each.test == question.test]
        for each in used:
            self.converted.add(each)
            if each.unit not in units[1:]:
                text = f"Item {question.name}: unit {each.unit}, beside the standard one."
                self.plan.log.add("COS013", plan.line, text)
        return tuple(UnitConversion(each.unit, each.factor) for each in used)


def _title(asked: Asked) -> str:
    """What the group's only test is called."""
    tests = [question.item.question for question in asked.questions if question.is_result]
    return tests[0] if len(tests) == 1 else ""


def _common(asked: Asked) -> dict[str, str]:
    """Constants of the group; those of results stand at the results."""
    if any(question.is_result for question in asked.questions):
        return {}
    return asked.constants
