"""Small study definitions in one expression: ``a_study().with_item("VS.SYSBP", DataType.INTEGER, soft=(60, 250))``."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from edc_core.domain.metadata import (
    CodeList,
    CodeListItem,
    Comparator,
    DataType,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MeasurementUnit,
    MetaDataVersion,
    PluginUse,
    Policy,
    RangeCheck,
    ReviewRule,
    SiteDef,
    StudyEventDef,
    StudyInfo,
    TranslatedText,
    UnitConversion,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Limits = tuple[object | None, object | None]
NO_UNITS: Mapping[str, str] = MappingProxyType({})


class StudyBuilder:
    """Collects a definition. An item names its form and itself, ``FORM.ITEM``; what it stands in is made as needed.

    Without events there is one, ``V1``, that holds every form; without sites there is ``KR-01`` in Korea.
    """

    def __init__(self, oid: str = "TRIAL-1") -> None:
        self._oid = oid
        self._events: dict[str, StudyEventDef] = {}
        self._forms: dict[str, FormDef] = {}
        self._groups: dict[str, ItemGroupDef] = {}
        self._items: dict[str, ItemDef] = {}
        self._code_lists: dict[str, CodeList] = {}
        self._units: dict[str, MeasurementUnit] = {}
        self._sites: dict[str, SiteDef] = {}
        self._plugins: tuple[PluginUse, ...] = ()
        self._policy = Policy()
        self._review: tuple[ReviewRule, ...] = ()

    def with_event(self, oid: str, *forms: str, repeating: bool = False) -> Self:
        """An event with the forms named."""
        refs = tuple(FormRef(form) for form in forms)
        self._events[oid] = StudyEventDef(oid, oid, repeating, form_refs=refs)
        for form in forms:
            self._form(form)
        return self

    def with_form(self, oid: str, *, repeating: bool = False) -> Self:
        self._forms[oid] = replace(self._form(oid), repeating=repeating)
        return self

    def with_group(self, oid: str, *, form: str, inside: str = "", repeating: bool = True) -> Self:
        """An item group of a form, or of another group; ``with_item(..., group=oid)`` fills it."""
        self._groups[oid] = ItemGroupDef(oid, oid, repeating)
        if inside:
            outer = self._groups[inside]
            self._groups[inside] = replace(outer, group_refs=(*outer.group_refs, ItemGroupRef(oid)))
        else:
            definition = self._form(form)
            refs = (*definition.group_refs, ItemGroupRef(oid))
            self._forms[form] = replace(definition, group_refs=refs)
        return self

    def with_item(
        self,
        oid: str,
        data_type: DataType = DataType.TEXT,
        *,
        group: str = "",
        required: bool = False,
        soft: Limits | None = None,
        hard: Limits | None = None,
        checks: Sequence[RangeCheck] = (),
        codes: Sequence[str] = (),
        multiple: bool = False,
        digits: int | None = None,
        units: Mapping[str, str] = NO_UNITS,
        censored: bool = False,
    ) -> Self:
        """An item ``FORM.ITEM``.

        :param group: item group it stands in; by default the form's own, which does not repeat.
        :param soft: lowest and highest value that raise no query (``None`` for open); ``hard`` likewise refuses.
        :param codes: terms of its own code list.
        :param digits: decimal places of a float item.
        :param units: OIDs of its units, the standard one first, each with its factor to that one (``5/9``, ``88.42``).
        :param censored: it takes results such as ``<0.5``.
        """
        form, _, name = oid.partition(".")
        name = name or form
        code_list = f"CL.{oid}" if codes else None
        if code_list:
            self._code_lists[code_list] = CodeList(
                code_list, code_list, items=tuple(CodeListItem(code) for code in codes)
            )
        self._items[oid] = ItemDef(
            oid,
            name.replace(".", "_"),
            data_type,
            TranslatedText.of(f"{name}?", "en"),
            significant_digits=digits,
            measurement_unit_oids=tuple(units),
            conversions=tuple(UnitConversion(unit, factor) for unit, factor in list(units.items())[1:]),
            code_list_oid=code_list,
            multiple=multiple,
            censored=censored,
            range_checks=(*_limits(soft, hard=False), *_limits(hard, hard=True), *checks),
        )
        self._units |= {unit: MeasurementUnit(unit, unit) for unit in units}
        if not group:
            group = form
            if group not in self._groups:
                self.with_group(group, form=form, repeating=False)
        place = self._groups[group]
        self._groups[group] = replace(place, item_refs=(*place.item_refs, ItemRef(oid, required)))
        return self

    def with_site(self, number: str, country: str = "KR", zone: str = "Asia/Seoul") -> Self:
        self._sites[number] = SiteDef(number, f"Site {number}", country, zone)
        return self

    def with_policy(self, policy: Policy) -> Self:
        self._policy = policy
        return self

    def with_plugin(self, name: str, specifier: str = "") -> Self:
        self._plugins = (*self._plugins, PluginUse(name, specifier))
        return self

    def with_review(self, *rules: ReviewRule) -> Self:
        """What is to be verified and reviewed."""
        self._review = rules
        return self

    def build(self, version: str = "1") -> MetaDataVersion:
        """The definition as the MetaDataVersion of that OID."""
        events = tuple(self._events.values()) or (
            StudyEventDef("V1", "V1", form_refs=tuple(FormRef(form) for form in self._forms)),
        )
        return MetaDataVersion(
            version,
            f"Version {version}",
            StudyInfo(self._oid, f"Study {self._oid}"),
            events=events,
            forms=tuple(self._forms.values()),
            item_groups=tuple(self._groups.values()),
            items=tuple(self._items.values()),
            code_lists=tuple(self._code_lists.values()),
            measurement_units=tuple(self._units.values()),
            sites=tuple(self._sites.values()) or (SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"),),
            plugins=self._plugins,
            policy=self._policy,
            review_plan=self._review,
        )

    def _form(self, oid: str) -> FormDef:
        return self._forms.setdefault(oid, FormDef(oid, oid.replace(".", "_")))


def a_study(oid: str = "TRIAL-1") -> StudyBuilder:
    return StudyBuilder(oid)


def _limits(limits: Limits | None, *, hard: bool) -> list[RangeCheck]:
    if limits is None:
        return []
    return [
        RangeCheck(comparator, (str(limit),), hard)
        for comparator, limit in zip((Comparator.GE, Comparator.LE), limits, strict=True)
        if limit is not None
    ]
