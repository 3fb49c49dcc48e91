"""A definition with what country standards ask written into it: items, conditions and checks that any other author could write.

So forms, imports, checks and exports know nothing of countries, and what was published is never judged by a later rule.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.definitions.conversions import CONTEXT, ucum_code
from edc_core.domain.country import ForbiddenItem
from edc_core.domain.country_demands import Strength, demands, extensions, items_of, prevailing
from edc_core.domain.finding import Severity
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import (
    EDC_LANGUAGE,
    Alias,
    CheckExample,
    CodeList,
    ConditionDef,
    DataType,
    FormalExpression,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MeasurementUnit,
    RangeCheck,
    UnitConversion,
    own_expression,
)
from edc_core.domain.translated_text import TranslatedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edc_core.domain.country import (
        AskedItem,
        CollectionUnit,
        CountryCheck,
        CountryStandard,
        FormExtension,
        Locale,
    )
    from edc_core.domain.country_demands import Demand
    from edc_core.domain.metadata import FormDef, MetaDataVersion

#: What a value of each kind may look like, for the example of a check that minds no more than that there is one.
_SAMPLES = {
    DataType.INTEGER: "1", DataType.FLOAT: "1", DataType.DATE: "2026-01-01", DataType.PARTIAL_DATE: "2026-01-01",
    DataType.TIME: "09:00", DataType.DATETIME: "2026-01-01T09:00", DataType.BOOLEAN: "true",
}  # fmt: skip


def redefined(named: Iterable[tuple[CountryStandard, str]]) -> Iterator[str]:
    """What two plugins add to one form under one name. :param named: standards, each with its plugin."""
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    for standard, plugin in named:
        for fact in standard.extend_forms:
            for asked in fact.value.items:
                place = fact.value.form, asked.item.name
                other, by = owners.setdefault(place, (standard.name, plugin))
                if by != plugin:
                    yield (
                        f"{other} ({by}) and {standard.name} ({plugin}) both define item '{place[1]}' of form "
                        f"'{place[0]}'. Leave one of the plugins out, or use a version that names its item otherwise."
                    )


def warned_of(version: MetaDataVersion, standards: Iterable[CountryStandard]) -> Iterator[str]:
    """Items that sites of a country are better not asked, and are where an author keeps them."""
    items = items_of(MetaDataIndex(version))
    for standard in standards:
        bans = (fact.value for fact in standard.forbidden_items if isinstance(fact.value, ForbiddenItem))
        for ban in (one for one in bans if not one.blocks):
            for form, there in items.items():
                for name in (name for name, item in there.items() if ban.matches(item)):
                    yield f"Item '{name}' of form '{form}', {standard.name} ({ban.rule}): {ban.reason.in_language('en')}"


def extended(version: MetaDataVersion, standards: Sequence[CountryStandard]) -> MetaDataVersion:
    """The version with everything that standards ask of its forms; the same one where none asks anything. Doing it again
    changes nothing, so a definition that was written out and read again stays as it is.

    :param version: sound: every reference leads somewhere.
    """
    if not standards:
        return version
    work = _Extension(version, standards)
    for standard in sorted(standards, key=lambda one: one.name):
        for fact in extensions(standard, work.asked):
            work.extend(standard, fact.value)
    work.hide()
    for standard in standards:
        work.finish(standard)
    return work.version()


class _Extension:
    """A definition on its way: what is added and changed, by OID."""

    def __init__(self, version: MetaDataVersion, standards: Sequence[CountryStandard]) -> None:
        index = MetaDataIndex(version)
        self._version = version
        self.asked = items_of(index)
        self.held = prevailing(demands(standards, self.asked))
        self.forms: dict[str, FormDef] = {form.name: form for form in version.forms}
        self.groups, self.items = dict(index.groups), dict(index.items)
        self.units, self.conditions = dict(index.units), {one.oid: one for one in version.conditions}
        self.lists = dict(index.code_lists)
        self._written = frozenset(
            self.conditions
        )  #: where the definition has been through this before, ours too
        self._new_lists = {
            fact.value.code_list.oid: fact.value.code_list for one in standards for fact in one.codelists
        }
        self._homes = {
            (form.name, placed.item.name): placed.groups[-1].oid
            for form in version.forms
            for placed in index.placed_items(form.oid)
        }

    def version(self) -> MetaDataVersion:
        return replace(
            self._version,
            forms=tuple(self.forms.values()), item_groups=tuple(self.groups.values()),
            items=tuple(self.items.values()), code_lists=tuple(self.lists.values()),
            measurement_units=tuple(self.units.values()), conditions=tuple(self.conditions.values()),
        )  # fmt: skip

    def extend(self, standard: CountryStandard, extension: FormExtension) -> None:
        """Add the items; one that the study has already stays the study's own."""
        form = self.forms[extension.form]
        new = [one for one in extension.items if one.item.name not in self.asked[form.name]]
        oid = f"{form.oid}.{extension.rule}"
        refs = tuple(self._add(standard, form, oid, one) for one in new)
        within = next((g for g in self._groups_of(form) if g.name == extension.group), None)
        if within is not None:
            self.groups[within.oid] = replace(within, item_refs=(*within.item_refs, *refs))
            for one in new:
                self._homes[form.name, one.item.name] = within.oid
        elif refs:
            name = extension.rule.replace("-", "_")
            title = extension.title or TranslatedText.of(standard.country_profile.value.authority, "en")
            self.groups[oid] = ItemGroupDef(oid, name, item_refs=refs, title=title)
            shown = self._condition(f"{oid}.COUNTRY", f"not ({_at(standard.countries)})")
            self.forms[form.name] = replace(
                form, group_refs=(*form.group_refs, ItemGroupRef(oid, condition_oid=shown))
            )

    def _groups_of(self, form: FormDef) -> Iterator[ItemGroupDef]:
        """Groups of a form, inner ones too."""
        waiting = [ref.item_group_oid for ref in form.group_refs]
        while waiting:
            group = self.groups[waiting.pop(0)]
            yield group
            waiting += [ref.item_group_oid for ref in group.group_refs]

    def _add(self, standard: CountryStandard, form: FormDef, group: str, asked: AskedItem) -> ItemRef:
        name = asked.item.name
        oid = f"{form.oid}.{name}"
        item = replace(asked.item, oid=oid)
        self.items[oid] = item
        self._homes[form.name, name] = group
        if item.code_list_oid in self._new_lists:
            self.lists.setdefault(item.code_list_oid, self._new_lists[item.code_list_oid])
        there = [
            one for one in standard.countries if self.held[one, form.name, name].strength < Strength.HIDE
        ]
        when = f" and ({asked.when})" if asked.when else ""
        shown = self._condition(f"{oid}.COUNTRY", f"not ({_at(there)}{when})")
        required = asked.required or any(
            self.held[one, form.name, name].strength is Strength.REQUIRE for one in there
        )
        return ItemRef(oid, required, condition_oid=shown)

    def hide(self) -> None:
        """Leave out, ask for and refuse items of the study where a standard says so."""
        there: dict[tuple[str, str, Strength], list[Demand]] = {}
        for one in self.held.values():
            there.setdefault((one.form, one.item, one.strength), []).append(one)
        for (form, name, strength), said in there.items():
            item = self.asked[form].get(name)
            if item is None or strength is Strength.ADD:
                continue
            countries = sorted(one.country for one in said)
            if strength >= Strength.HIDE:
                self._leave_out(self.groups[self._homes[form, name]], item, countries)
            if strength is Strength.FORBID:
                self._check(item.oid, self._refusal(item, said[0], countries))
            if strength is Strength.REQUIRE:
                self._check(item.oid, self._demand(item, said[0], countries))

    def _leave_out(self, group: ItemGroupDef, item: ItemDef, countries: Sequence[str]) -> None:
        refs, ours = [], f"{item.oid}.COUNTRY"
        for ref in group.item_refs:
            if ref.item_oid == item.oid and not (ref.condition_oid == ours and ours in self._written):
                known = self.conditions.get(ref.condition_oid or "")
                code = own_expression(known.expressions) if known else "False"
                oid = self._condition(ours, f"not (not ({code}) and not ({_at(countries)}))")
                ref = replace(ref, condition_oid=oid)  # noqa: PLW2901
            refs.append(ref)
        self.groups[group.oid] = replace(group, item_refs=tuple(refs))

    def _refusal(self, item: ItemDef, said: Demand, countries: Sequence[str]) -> RangeCheck:
        sample = ((item.name, self._sample(item)),)
        return RangeCheck(
            oid=f"{said.rule}.{item.name}", hard=True, message=said.fact.value.reason,  # type: ignore[attr-defined]
            formal_expressions=(_expression(f"missing({item.name}) or not ({_at(countries)})"),), protocol=said.fact.source,
            examples=(
                CheckExample(True, (*sample, ("country", countries[0]))),
                CheckExample(False, (*sample, ("country", "ZZ"))),
            ),
        )  # fmt: skip

    def _demand(self, item: ItemDef, said: Demand, countries: Sequence[str]) -> RangeCheck:
        text = f"{said.standard} asks for this at sites in {', '.join(countries)}. Please fill it in."
        return RangeCheck(
            oid=f"{said.rule}.{item.name}", message=TranslatedText.of(text, "en"), protocol=said.fact.source,
            formal_expressions=(_expression(f"not ({_at(countries)}) or present({item.name})"),),
            examples=(
                CheckExample(True, (("country", countries[0]),)),
                CheckExample(False, ((item.name, self._sample(item)), ("country", countries[0]))),
            ),
        )  # fmt: skip

    def _sample(self, item: ItemDef) -> str:
        known = self.lists.get(item.code_list_oid or "")
        return known.items[0].coded_value if known else _SAMPLES.get(item.data_type, "x")

    def finish(self, standard: CountryStandard) -> None:
        """Add the checks, units and words of a standard."""
        for check in (fact.value for fact in standard.edit_checks):
            oid = self._oid(check.form, check.item)
            if oid:
                self._check(oid, _range_check(check, standard))
        for unit in (fact.value for fact in standard.units):
            for item in [one for one in self.items.values() if one.name == unit.test]:
                self._collect_in(item, unit, standard.countries)
        for locale in (fact.value for fact in standard.locale):
            if locale.language in self._version.languages:
                self._translate(locale)

    def _oid(self, form: str, item: str) -> str:
        known = self.forms.get(form)
        return next(
            (
                ref.item_oid
                for group in (self._groups_of(known) if known else ())
                for ref in group.item_refs
                if self.items[ref.item_oid].name == item
            ),
            "",
        )

    def _check(self, oid: str, check: RangeCheck) -> None:
        item = self.items[oid]
        if all(one.oid != check.oid for one in item.range_checks):
            self.items[oid] = replace(item, range_checks=(*item.range_checks, check))

    def _collect_in(self, item: ItemDef, unit: CollectionUnit, countries: Sequence[str]) -> None:
        """Offer the unit at sites of the countries beside those the study has, where the standard one is the same."""
        units = {oid: ucum_code(self.units[oid]) for oid in item.measurement_unit_oids if oid in self.units}
        if not units or next(iter(units.values())) != unit.standard:
            return
        if (
            unit.unit in units.values()
        ):  # the study's own is offered everywhere, that of another standard here too
            self.items[item.oid] = replace(
                item,
                conversions=tuple(
                    replace(one, countries=tuple(sorted({*one.countries, *countries})))
                    if one.countries and units.get(one.unit_oid) == unit.unit
                    else one
                    for one in item.conversions
                ),
            )
            return
        oid = next((one.oid for one in self.units.values() if ucum_code(one) == unit.unit), unit.unit)
        self.units.setdefault(
            oid,
            MeasurementUnit(oid, oid, TranslatedText.of(unit.unit), aliases=(Alias(CONTEXT, unit.unit),)),
        )
        self.items[item.oid] = replace(
            item,
            measurement_unit_oids=(*item.measurement_unit_oids, oid),
            conversions=(
                *item.conversions,
                UnitConversion(oid, unit.factor, countries=tuple(sorted(countries))),
            ),
        )

    def _translate(self, locale: Locale) -> None:
        words = dict(locale.texts)

        def told(text: TranslatedText) -> TranslatedText:
            known = words.get(text.in_language("en"))
            if known is None or locale.language in dict(text.texts):
                return text
            return replace(text, texts=(*text.texts, (locale.language, known)))

        def list_told(one: CodeList) -> CodeList:
            terms = (replace(term, decode=told(term.decode)) if term.decode else term for term in one.items)
            return replace(one, items=tuple(terms))

        self.items = {oid: replace(one, question=told(one.question)) for oid, one in self.items.items()}
        self.groups = {oid: replace(one, title=told(one.title)) for oid, one in self.groups.items()}
        self.forms = {name: replace(one, title=told(one.title)) for name, one in self.forms.items()}
        self.lists = {oid: list_told(one) for oid, one in self.lists.items()}

    def _condition(self, oid: str, code: str) -> str:
        self.conditions[oid] = ConditionDef(oid, oid, expressions=(_expression(code),))
        return oid


def _range_check(check: CountryCheck, standard: CountryStandard) -> RangeCheck:
    code = check.that if check.everywhere else f"not ({_at(standard.countries)}) or ({check.that})"
    source = next(fact.source for fact in standard.edit_checks if fact.value is check)
    examples = (
        replace(one, values=(*one.values, ("country", standard.countries[0])))
        if "country" not in dict(one.values)
        else one
        for one in check.examples
    )
    return RangeCheck(
        oid=check.oid, hard=check.severity is Severity.HARD, warning=check.severity is Severity.WARNING,
        message=check.message, protocol=source, examples=tuple(examples),
        formal_expressions=(_expression(code),),
    )  # fmt: skip


def _at(countries: Sequence[str]) -> str:
    """That a site is in one of some countries, in the language of expressions.

    A standard names more countries than a study has sites in, and later sites have its rules too, so no list is compared that
    the author would be asked about.
    """
    return f"contains('{' '.join(countries)}', country())"


def _expression(code: str) -> FormalExpression:
    return FormalExpression(EDC_LANGUAGE, code)
