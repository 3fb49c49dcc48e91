"""Pieces of a written definition: texts, aliases, items. Keys at their default are left out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from edc_core.api import EDC_LANGUAGE, ItemDef, TranslatedText, checks_with_oids, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import (
        Alias,
        ConditionDef,
        FormalExpression,
        MetaDataVersion,
        MethodDef,
        RangeCheck,
        UnitConversion,
    )

Data = dict[str, Any]

DEFAULT_REASONS = next(f.default for f in fields(ItemDef) if f.name == "missing_reasons")


class Writing:
    """What all writers need to know: the version, and the language of plain texts."""

    def __init__(self, version: MetaDataVersion) -> None:
        self.version = version
        first = version.languages[0] if version.languages else ""
        count = Counter(text.texts[0][0] for text in _texts(version) if len(text.texts) == 1)
        best = max(count, key=lambda tag: (count[tag], tag)) if count else first
        self.language = best if count[best] > count[first] else first
        self._conditions = {d.oid: d for d in version.conditions}
        self._methods = {d.oid: d for d in version.methods}
        self.inline: set[str] = set()  #: OIDs of conditions and methods that were written where they are used

    def condition(self, condition_oid: str | None, use: str) -> Data:
        """``when`` for a condition that only this use has and that the loader would make again, else its OID."""
        if condition_oid is None:
            return {}
        code = self._own(self._conditions.get(condition_oid), f"{use}.WHEN", "")
        if code.startswith("not (") and code.endswith(")"):
            self.inline.add(condition_oid)
            return {"when": code[len("not (") : -1]}
        return {"condition": condition_oid}

    def method(self, method_oid: str | None, use: str) -> Data:
        """``derive`` for a method that only this use has, else its OID."""
        if method_oid is None:
            return {}
        code = self._own(self._methods.get(method_oid), f"{use}.DERIVE", "Computation")
        if not code:
            return {"method": method_oid}
        self.inline.add(method_oid)
        return {"derive": code}

    def _own(self, definition: ConditionDef | MethodDef | None, oid: str, kind: str) -> str:
        plain = (
            definition is not None
            and definition.oid == definition.name == oid
            and not definition.description
            and not definition.aliases
            and getattr(definition, "type", "") == kind
            and [e.context for e in definition.expressions] == [EDC_LANGUAGE]
        )
        return definition.expressions[0].code if definition is not None and plain else ""

    def lean(self, **values: Any) -> Data:
        """The values that say something: none, false, empty texts and empty lists are the defaults."""
        return {key: v for key, v in values.items() if v not in (None, "", [], {}) and v is not False}

    def given(self, **values: Any) -> Data:
        """The values that are there at all; an empty text is one."""
        return {key: value for key, value in values.items() if value is not None}

    def text(self, text: TranslatedText) -> str | Data | None:
        if not text.texts:
            return None
        if len(text.texts) == 1 and text.texts[0][0] == self.language and text.texts[0][1]:
            return text.texts[0][1]
        return dict(text.texts)

    def aliases(self, aliases: tuple[Alias, ...]) -> Data | list[Data]:
        if len({alias.context for alias in aliases}) == len(aliases):
            return {alias.context: alias.name for alias in aliases}
        return [{"context": alias.context, "name": alias.name} for alias in aliases]

    def expressions(self, expressions: tuple[FormalExpression, ...]) -> list[Data]:
        return [{"context": expression.context, "code": expression.code} for expression in expressions]

    def identity(self, oid: str, name: str, *, form_oid: str, default_name: str = "") -> Data:
        """OID and name, without the one that follows from the other."""
        if form_oid and oid == f"{form_oid}.{name}":
            return {} if name == default_name and default_name else {"name": name}
        return {"oid": oid} if name == name_of(oid) and name else {"oid": oid, "name": name}

    def item(self, item: ItemDef, *, form_oid: str, default_origin: str = "collected") -> Data:
        units = list(item.measurement_unit_oids)
        kind = item.data_type.value
        data = {
            **self.identity(item.oid, item.name, form_oid=form_oid),
            **self.lean(question=self.text(item.question)),
            **self.given(codelist=item.code_list_oid),
            **self.lean(
                type="" if kind == "text" else kind,
                length=item.length,
                significant_digits=item.significant_digits,
                description=self.text(item.description),
                help=self.text(item.help),
                multiple=item.multiple,
                exclusive=list(item.exclusive),
                unit=units[0] if len(units) == 1 else "",
                units=units if len(units) > 1 else [],
                convert=[self._conversion(conversion) for conversion in item.conversions],
                censored=item.censored,
                standard_digits=item.standard_digits,
                range=self._range(item),
                checks=[self._expression_check(check) for check in item.range_checks if _is_ours(check)],
                widget=item.widget,
                anchors=dict(zip(("low", "high"), map(self.text, item.anchors), strict=False)),
                sas_name=item.sas_name,
                sds_var_name=item.sds_var_name,
                origin="" if item.origin == default_origin else item.origin,
                odm_origin=item.odm_origin,
                odm_comment=item.odm_comment,
                odm_name=item.odm_name,
                sensitivity=item.sensitivity,
                file={"types": list(item.file.types), "max_mb": item.file.max_mb} if item.file else {},
                external_questions=[
                    self.lean(dictionary=q.dictionary, version=q.version, code=q.code)
                    for q in item.external_questions
                ],
                alias=self.aliases(item.aliases),
            ),
        }
        if item.missing_reasons != DEFAULT_REASONS:
            data["missing_reasons"] = list(item.missing_reasons)
        return data

    def _conversion(self, conversion: UnitConversion) -> Data:
        data = {"unit": conversion.unit_oid, "factor": conversion.factor}
        if conversion.offset != "0":
            data["offset"] = conversion.offset
        if conversion.countries:
            data["countries"] = list(conversion.countries)
        return data

    def _range(self, item: ItemDef) -> list[Data]:
        unnamed = replace(
            item, range_checks=tuple(c if _is_ours(c) else replace(c, oid="") for c in item.range_checks)
        )
        by_default = checks_with_oids(unnamed) == item.range_checks
        return [
            self._check(check, "" if by_default else check.oid)
            for check in item.range_checks
            if not _is_ours(check)
        ]

    def _expression_check(self, check: RangeCheck) -> Data:
        severity = "hard" if check.hard else "warning" if check.warning else ""
        return {
            "oid": check.oid,
            "that": check.expression,
            "message": self.text(check.message),
            **self.lean(
                severity=severity,
                protocol=check.protocol,
                fires=[dict(example.values) for example in check.examples if example.fires],
                passes=[dict(example.values) for example in check.examples if not example.fires],
            ),
        }

    def _check(self, check: RangeCheck, oid: str) -> Data:
        values = [_limit(value) for value in check.check_values]
        data: Data = {}
        if check.comparator is not None:
            data[check.comparator.value.lower()] = values[0] if len(values) == 1 else values
        return (
            data
            | self.given(unit=check.measurement_unit_oid)
            | self.lean(
                values=values if check.comparator is None else [],
                hard=check.hard,
                warning=check.warning,
                protocol=check.protocol,
                message=self.text(check.message),
                oid=oid,
                expressions=self.expressions(check.formal_expressions),
            )
        )


def _is_ours(check: RangeCheck) -> bool:
    """Whether a check is written as an expression with its examples."""
    contexts = [expression.context for expression in check.formal_expressions]
    return (
        check.comparator is None
        and contexts == [EDC_LANGUAGE]
        and not (check.hard and check.warning)
        and not check.check_values
        and check.measurement_unit_oid is None
        and bool(check.oid and check.message)
    )


def _limit(value: str) -> str | int:
    """A whole number without quotes; the loader reads the same text either way."""
    return int(value) if re.fullmatch(r"0|-?[1-9]\d{0,8}", value, re.ASCII) else value


def _texts(version: MetaDataVersion) -> Iterator[TranslatedText]:
    yield from (epoch.title for epoch in version.epochs)
    yield from (arm.title for arm in version.arms)
    yield from (event.title for event in version.events)
    yield from (form.title for form in version.forms)
    yield from (group.title for group in version.item_groups)
    for item in version.items:
        yield item.question
    for code_list in version.code_lists:
        yield from (term.decode for term in code_list.items if term.decode is not None)
