"""Branching logic, calculations and limits of other fields as conditions, methods and checks of our language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from edc_core.api import (
    EDC_LANGUAGE,
    CheckExample,
    Comparator,
    ConditionDef,
    DataType,
    FormalExpression,
    ItemDef,
    MethodDef,
    RangeCheck,
    TranslatedText,
)
from edc_core_redcap.action_tags import action_tags
from edc_core_redcap.data_types import data_type_of
from edc_core_redcap.items import LANGUAGE
from edc_core_redcap.logic_syntax import LogicError, parse_logic
from edc_core_redcap.logic_tree import Call, Node, Number, Reference, Text
from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import Field, Project, word
from edc_core_redcap.scope import KINDS, Kind, Scope, Target, UnknownFieldError, UntranslatableError
from edc_core_redcap.translate import Translator

_Translate: TypeAlias = Callable[[Translator, Node], str]
ORIGINAL = "REDCap"  #: ODM Context of logic that was not translated


def when_of(one: Field) -> str:
    """OID of a field's condition; that of a shown text governs the group that the text heads."""
    return f"{one.form}.{one.name}.WHEN" if one.type == "descriptive" else f"{one.name}.WHEN"


@dataclass(slots=True)
class Rules:
    """What was made of the logic of a project.

    :param condition_of: field to the OID of its condition. :param method_of: field to the OID of its method.
    :param source: OID to the field it was made of, and the words for the part of it.
    """

    conditions: dict[str, ConditionDef] = field(default_factory=dict)
    methods: dict[str, MethodDef] = field(default_factory=dict)
    condition_of: dict[str, str] = field(default_factory=dict)
    method_of: dict[str, str] = field(default_factory=dict)
    source: dict[str, tuple[Field, str, str]] = field(default_factory=dict)

    def is_calculated(self, name: str) -> bool:
        return self.is_own(self.method_of.get(name, ""))

    def is_own(self, oid: str) -> bool:
        """Whether there is a translation under this OID."""
        definition = self.conditions.get(oid) or self.methods.get(oid)
        return definition is not None and definition.expressions[0].context == EDC_LANGUAGE

    def keep_original(self, oid: str) -> None:
        """Take a translation back that does not compile."""
        _, _, original = self.source[oid]
        kept = (FormalExpression(ORIGINAL, original),)
        if oid in self.conditions:
            self.conditions[oid] = replace(self.conditions[oid], expressions=kept)
        else:
            self.methods[oid] = replace(self.methods[oid], expressions=kept)


class RuleMaker:
    """Translates what fields say of each other; what cannot be is listed, by the line of the field."""

    def __init__(self, project: Project, log: ProblemLog) -> None:
        self.project = project
        self.log = log
        self.rules = Rules()

    def field(self, one: Field) -> None:
        """Everything a field says, and what cannot be read of it."""
        if one.branching:
            self._condition(one)
        if one.type == "calc":
            self._method(one, "calculation", one.details)
        for tag in action_tags(one.annotation):
            if tag.name in ("CALCTEXT", "CALCDATE"):
                self._method(one, f"@{tag.name}", tag.argument)

    def limit(self, one: Field, item: ItemDef, comparator: Comparator, text: str) -> ItemDef:
        """A limit that is the value of another field, as a check beside the declared ones."""
        targets: list[Target] = []

        def limit(t: Translator, tree: Node) -> str:
            if isinstance(tree, Reference):
                targets.append(t.scope.target(tree))
            return t.as_kind(tree, KINDS[item.data_type])

        code = self._translated(one, "limit", text, limit)
        if not code:
            return item
        sign = ">=" if comparator is Comparator.GE else "<="
        check = RangeCheck(
            message=TranslatedText.of(f"Expected is {sign} {text}. Please check.", LANGUAGE),
            oid=f"{item.oid}.{comparator.value}",
            formal_expressions=(FormalExpression(EDC_LANGUAGE, f"{word(one.name)} {sign} {code}"),),
            examples=_examples(word(one.name), targets, item.data_type, sign),
        )
        return replace(item, range_checks=(*item.range_checks, check))

    def _condition(self, one: Field) -> None:
        oid = when_of(one)
        code = self._translated(one, "branching logic", one.branching, Translator.condition)
        expression = (
            FormalExpression(EDC_LANGUAGE, f"not ({code})")
            if code
            else FormalExpression(ORIGINAL, one.branching)
        )
        self.rules.conditions[oid] = ConditionDef(oid, oid, expressions=(expression,))
        self.rules.condition_of[one.name] = oid
        self.rules.source[oid] = (one, "branching logic", one.branching)

    def _method(self, one: Field, what: str, text: str) -> None:
        oid = f"{one.name}.DERIVE"
        kind = KINDS.get(data_type_of(one), Kind.TEXT)
        if what == "@CALCDATE":
            code = self._translated(one, what, f"calcdate({text})", _calculated_date)
        else:
            code = self._translated(one, what, text, lambda t, tree: t.as_kind(tree, kind))
        expression = FormalExpression(EDC_LANGUAGE, code) if code else FormalExpression(ORIGINAL, text)
        self.rules.methods[oid] = MethodDef(oid, oid, "Computation", expressions=(expression,))
        self.rules.method_of[one.name] = oid
        self.rules.source[oid] = (one, what, text)

    def _translated(self, one: Field, what: str, text: str, translate: _Translate) -> str:
        """The translation, or nothing after the problem was listed."""
        where = f"Field '{one.name}', {what}"
        try:
            tree = parse_logic(text)
        except LogicError as error:
            self.log.add("RED027", one.line + error.line, f"{where}: {error}")
            return ""
        scope = Scope(self.project, one.form)
        try:
            code = translate(Translator(scope), tree)
        except UnknownFieldError as error:
            self.log.add("RED042", one.line, f"{where}: '{error}'.")
            return ""
        except UntranslatableError as error:
            self.log.add("RED040", one.line, f"{where}: {error}.")
            return ""
        for difference in dict.fromkeys(scope.differences):
            self.log.add("RED041", one.line, f"{where}: {difference}")
        return code


_LOW_AND_HIGH = {
    DataType.DATE: ("2026-03-04", "2026-03-05"),
    DataType.TIME: ("09:15", "09:16"),
    DataType.DATETIME: ("2026-03-04T09:15", "2026-03-04T09:16"),
}


def _examples(name: str, targets: list[Target], data_type: DataType, sign: str) -> tuple[CheckExample, ...]:
    """Data on which a limit fires and does not; of a limit that is more than one field there are none."""
    if len(targets) != 1 or not targets[0].example:
        return ()
    low, high = _LOW_AND_HIGH.get(data_type, ("1", "2"))
    other = targets[0].example
    wrong, right = ((low, high), (high, low)) if sign == ">=" else ((high, low), (low, high))
    return (
        CheckExample(fires=True, values=((name, wrong[0]), (other, wrong[1]))),
        CheckExample(fires=False, values=((name, right[0]), (other, right[1]))),
    )


def _calculated_date(t: Translator, tree: Node) -> str:
    """``@CALCDATE(date, number, 'd')``: whole days later."""
    arguments = tree.arguments if isinstance(tree, Call) else ()
    if len(arguments) != 3:
        raise UntranslatableError("a date, a number and a unit are expected")
    start, number, unit = arguments
    if not isinstance(unit, Text) or unit.text != "d":
        raise UntranslatableError("only days can be added to a date here")
    if isinstance(number, (Text, Number)) and not number.text.lstrip("-").isdecimal():
        raise UntranslatableError("only whole days can be added to a date here")
    return f"{t.as_kind(start, Kind.DATE)} + {t.number(number)}"
