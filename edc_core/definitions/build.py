"""From what the schemas read to frozen definitions, noting the place of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from edc_core.definitions.places import Place, Places
from edc_core.domain.file_value import FileRules
from edc_core.domain.implied import check_oids, name_of
from edc_core.domain.metadata import (
    EDC_LANGUAGE,
    Alias,
    CheckExample,
    CodeList,
    CodeListItem,
    Comparator,
    ConditionDef,
    DataType,
    ExternalCodeList,
    ExternalQuestion,
    FormalExpression,
    FormDef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MeasurementUnit,
    MethodDef,
    RangeCheck,
    TranslatedText,
    UnitConversion,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Read: TypeAlias = dict[str, Any]

COMPARATOR_KEYS = {c.value.lower(): c for c in Comparator}


def aliases(read: Read) -> tuple[Alias, ...]:
    return tuple(Alias(a["context"], a["name"]) for a in read.get("alias", ()))


def formal_expressions(read: Read) -> tuple[FormalExpression, ...]:
    return tuple(FormalExpression(e["context"], e["code"]) for e in read.get("expressions", ()))


def quoted(text: str) -> str:
    """A text as the language of expressions writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(text: str, kind: str) -> str:
    """A constant as the language of expressions writes it: numbers, true and false as they are, all else in quotes."""
    if kind in ("integer", "float", "double"):
        return text
    return {"true": "True", "false": "False"}.get(text, text) if kind == "boolean" else quoted(text)


def as_given(read: Read, *names: str) -> Read:
    """What stands in the file under names that the model has too; the model says what is meant where it does not."""
    return {name: read[name] for name in names if name in read}


def name_or_oid(read: Read) -> str:
    name: str = read["name"] if "name" in read else read["oid"]
    return name


def _limits(entry: Read) -> list[tuple[Comparator | None, Sequence[str], str, str]]:
    """The limits that stand in one mapping: comparator, values, key, and the OID that is given."""
    given: list[tuple[Comparator | None, Sequence[str], str]] = [
        (COMPARATOR_KEYS[key], entry[key], key) for key in entry if key in COMPARATOR_KEYS
    ]
    own = entry.get("oid", "")
    return [
        (comparator, values, key, f"{own}.{key.upper()}" if own and len(given) > 1 else own)
        for comparator, values, key in given or [(None, entry.get("values", ()), "values")]
    ]


def origin_by_default(read: Read) -> str:
    return "assigned" if "constant" in read else "derived" if "derive" in read else "collected"


class Builder:
    """Collects the definitions of all files; ``language`` is that of texts without one."""

    def __init__(self, language: str, places: Places) -> None:
        self.language = language
        self.places = places
        self.forms: list[FormDef] = []
        self.groups: list[ItemGroupDef] = []
        self.items: list[ItemDef] = []
        self.code_lists: list[CodeList] = []
        self.units: list[MeasurementUnit] = []
        self.conditions: list[ConditionDef] = []
        self.methods: list[MethodDef] = []

    def add(self, other: Builder) -> None:
        """Take what another one has collected, after what is collected here."""
        self.places.add(other.places)
        self.forms += other.forms
        self.groups += other.groups
        self.items += other.items
        self.conditions += other.conditions
        self.methods += other.methods

    def text(self, given: str | dict[str, str] | None) -> TranslatedText:
        if given is None:
            return TranslatedText()
        if isinstance(given, str):
            return TranslatedText.of(given, self.language)
        return TranslatedText(tuple(given.items()))

    def condition(self, read: Read, place: Place, oid: str, *, when_at: Place | None = None) -> str | None:
        """OID of the condition under which something is left out: one named, or made of ``when``.

        :param when_at: where that stands when it is not written at ``place``.
        """
        if "when" not in read:
            return read.get("condition")
        self.places.put("condition", f"{oid}.WHEN", when_at or place.at("when"))
        code = f"not ({read['when']})"
        self.conditions.append(
            ConditionDef(f"{oid}.WHEN", f"{oid}.WHEN", expressions=(FormalExpression(EDC_LANGUAGE, code),))
        )
        return f"{oid}.WHEN"

    def _method(self, read: Read, place: Place, oid: str) -> str | None:
        """The method of an item: one named, made of ``derive``, or the literal that its ``constant`` is."""
        key = "constant" if "constant" in read else "derive"
        if key not in read:
            return read.get("method")
        self.places.put("method", f"{oid}.DERIVE", place.at(key))
        code = literal(read["constant"], read.get("type", "")) if key == "constant" else read[key]
        expression = FormalExpression(EDC_LANGUAGE, code)
        self.methods.append(
            MethodDef(f"{oid}.DERIVE", f"{oid}.DERIVE", "Computation", expressions=(expression,))
        )
        return f"{oid}.DERIVE"

    def form(self, read: Read, place: Place) -> None:
        oid: str = read["oid"]
        name: str = read.get("name", oid)
        self.places.put("form", oid, place)
        refs: list[ItemGroupRef] = []
        if "items" in read:
            whole = {"oid": f"{oid}.{name}", "name": name, "items": read["items"]}
            refs.append(self._placed_group(whole, place, within=(oid, name)))
        for index, group in enumerate(read.get("groups", ())):
            refs.append(self._placed_group(group, place.at("groups", index), within=(oid, name)))
            self.places.put_part("form", oid, "group_refs", len(refs) - 1, place.at("groups", index))
        self.forms.append(
            FormDef(
                oid=oid,
                name=name,
                group_refs=tuple(refs),
                title=self.text(read.get("title")),
                description=self.text(read.get("description")),
                aliases=aliases(read),
                **as_given(read, "repeating", "odm_name"),
            )
        )

    def _placed_group(self, read: Read, place: Place, within: tuple[str, str]) -> ItemGroupRef:
        oid = read["group"] if "group" in read else self.group(read, place, within=within)
        condition = self.condition(read, place, oid if "group" not in read else f"{within[0]}.{oid}")
        return ItemGroupRef(oid, read.get("mandatory", False), read.get("order"), condition)

    def group(self, read: Read, place: Place, *, within: tuple[str, str]) -> str:
        """Take a group, with the groups and items in it; returns its OID."""
        form_oid, form_name = within
        own: str = read.get("name") or (name_of(read["oid"]) if "oid" in read else form_name)
        oid: str = read.get("oid") or (f"{form_oid}.{own}" if form_oid else own)
        name: str = read.get("name", own)
        self.places.put("group", oid, place)
        position = len(self.groups)
        item_refs = tuple(self._placed_items(read.get("items", ()), place, form_oid, oid))
        group_refs = tuple(
            self._placed_group(nested, place.at("groups", index), (form_oid, form_name))
            for index, nested in enumerate(read.get("groups", ()))
        )
        definition = ItemGroupDef(
            oid=oid,
            name=name,
            item_refs=item_refs,
            group_refs=group_refs,
            title=self.text(read.get("title")),
            description=self.text(read.get("description")),
            is_reference_data=read.get("reference_data", False),
            aliases=aliases(read),
            **as_given(read, "repeating", "domain", "sas_dataset_name", "sas_name", "layout", "columns"),
            **as_given(read, "origin", "role", "purpose", "comment", "least_rows", "most_rows"),
        )
        self.groups.insert(position, definition)
        return oid

    def _placed_items(
        self, items: Sequence[Read], place: Place, form_oid: str, group_oid: str
    ) -> Iterator[ItemRef]:
        """The items of a group; the one after an answer 'other' is asked, and required, with that answer."""
        for index, item in enumerate(items):
            before = items[index - 1] if index else {}
            if "other" not in before:
                yield self._placed_item(item, place.at("items", index), form_oid, group_oid)
                continue
            name = before.get("name") or name_of(before["oid"])
            code = quoted(before["other"])
            holds = f"{code} in {name}" if before.get("multiple") else f"{name} == {code}"
            asked = item | {"when": holds, "required": True}
            said_at = place.at("items", index - 1, "other")
            yield self._placed_item(asked, place.at("items", index), form_oid, group_oid, when_at=said_at)

    def _placed_item(
        self, read: Read, place: Place, form_oid: str, group_oid: str, *, when_at: Place | None = None
    ) -> ItemRef:
        oid = read["item"] if "item" in read else self.item(read, place, form_oid=form_oid)
        use = f"{group_oid}.{oid}" if "item" in read else oid
        return ItemRef(
            item_oid=oid,
            mandatory=read.get("required", False),
            order_number=read.get("order"),
            key_sequence=read.get("key_sequence"),
            method_oid=self._method(read, place, use),
            condition_oid=self.condition(read, place, use, when_at=when_at),
            imputation_method_oid=read.get("imputation_method"),
            role=read.get("role"),
            role_code_list_oid=read.get("role_codelist"),
        )

    def item(self, read: Read, place: Place, *, form_oid: str) -> str:
        """Take an item; returns its OID."""
        name: str = read.get("name") or name_of(read.get("oid", ""))
        oid: str = read.get("oid") or (f"{form_oid}.{name}" if form_oid else name)
        self.places.put("item", oid, place)
        units = (read["unit"],) if "unit" in read else tuple(read.get("units", ()))
        definition = ItemDef(
            oid=oid,
            name=name,
            data_type=DataType(read.get("type", DataType.TEXT)),
            question=self.text(read.get("question")),
            description=self.text(read.get("description")),
            help=self.text(read.get("help")),
            code_list_oid=read.get("codelist"),
            measurement_unit_oids=units,
            conversions=tuple(
                UnitConversion(c["unit"], c["factor"], c.get("offset", "0"), tuple(c.get("countries", ())))
                for c in read.get("convert", ())
            ),
            range_checks=self._range_checks(read, oid, place),
            anchors=tuple(self.text(read["anchors"][end]) for end in ("low", "high"))
            if "anchors" in read
            else (),
            origin=read.get("origin", origin_by_default(read)),
            file=FileRules(**read["file"]) if "file" in read else None,
            external_questions=tuple(ExternalQuestion(**q) for q in read.get("external_questions", ())),
            aliases=aliases(read),
            **as_given(
                read, "length", "significant_digits", "standard_digits", "multiple", "exclusive", "censored"
            ),
            **as_given(read, "widget", "missing_reasons", "sensitivity", "sas_name", "sds_var_name"),
            **as_given(read, "odm_origin", "odm_comment", "odm_name"),
        )
        self.items.append(definition)
        return oid

    def _range_checks(self, read: Read, oid: str, place: Place) -> tuple[RangeCheck, ...]:
        """The limits of an item and then its checks by expression, each with its OID."""
        limits = [
            (entry, index, *limit)
            for index, entry in enumerate(read.get("range", ()))
            for limit in _limits(entry)
        ]
        expressed = read.get("checks", ())
        stated = [(own, comparator) for _, _, comparator, _, _, own in limits]
        stated += [(entry["oid"], None) for entry in expressed]
        oids = check_oids(oid, stated)
        checks: list[RangeCheck] = []
        for entry, index, comparator, values, key, _ in limits:
            self.places.put_part("item", oid, "range_checks", len(checks), place.at("range", index, key))
            checks.append(
                RangeCheck(
                    comparator=comparator,
                    check_values=tuple(values),
                    message=self.text(entry.get("message")),
                    oid=next(oids),
                    measurement_unit_oid=entry.get("unit"),
                    formal_expressions=formal_expressions(entry),
                    **as_given(entry, "hard", "warning", "protocol"),
                )
            )
        for index, entry in enumerate(expressed):
            at = place.at("checks", index, "that")
            self.places.put_part("item", oid, "range_checks", len(checks), at)
            severity = entry.get("severity", "query")
            checks.append(
                RangeCheck(
                    hard=severity == "hard",
                    message=self.text(entry["message"]),
                    oid=entry["oid"],
                    formal_expressions=(FormalExpression(EDC_LANGUAGE, entry["that"]),),
                    warning=severity == "warning",
                    protocol=entry.get("protocol", ""),
                    examples=tuple(
                        CheckExample(key == "fires", tuple(row.items()))
                        for key in ("fires", "passes")
                        for row in entry.get(key, ())
                    ),
                )
            )
        return tuple(checks)

    def code_list(self, read: Read, place: Place) -> None:
        self.places.put("codelist", read["oid"], place)
        self.code_lists.append(
            CodeList(
                oid=read["oid"],
                name=name_or_oid(read),
                data_type=DataType(read.get("type", DataType.TEXT)),
                items=tuple(self._term(term) for term in read.get("terms", ())),
                external=ExternalCodeList(**read["external"]) if "external" in read else None,
                description=self.text(read.get("description")),
                sas_format_name=read.get("sas_format_name"),
                aliases=aliases(read),
            )
        )

    def _term(self, read: Read) -> CodeListItem:
        return CodeListItem(
            coded_value=read["code"],
            decode=self.text(read["decode"]) if "decode" in read else None,
            order_number=read.get("order"),
            aliases=aliases(read),
            **as_given(read, "rank", "extended", "retired"),
        )

    def unit(self, read: Read, place: Place) -> None:
        self.places.put("unit", read["oid"], place)
        symbol = self.text(read.get("symbol"))
        self.units.append(MeasurementUnit(read["oid"], name_or_oid(read), symbol, aliases(read)))
