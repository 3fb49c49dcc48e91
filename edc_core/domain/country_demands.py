"""Which of several rules holds for an item at the sites of a country: the stricter one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from edc_core.domain.country import ForbiddenItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from edc_core.domain.country import CountryStandard, FormExtension
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemDef
    from edc_core.domain.sourced import Sourced


class Strength(IntEnum):
    """Forbid is stricter than hide, hide than require, require than add."""

    ADD = 1
    REQUIRE = 2
    HIDE = 3
    FORBID = 4


@dataclass(frozen=True, slots=True)
class Demand:
    """What one rule wants of an item at sites of a country. ``form`` and ``item`` are names."""

    country: str
    form: str
    item: str
    strength: Strength
    standard: str
    rule: str
    fact: Sourced[object]

    @property
    def place(self) -> tuple[str, str, str]:
        return self.country, self.form, self.item


def items_of(index: MetaDataIndex) -> dict[str, dict[str, ItemDef]]:
    """By the name of a form, its items by name."""
    return {
        form.name: {placed.item.name: placed.item for placed in index.placed_items(form.oid)}
        for form in index.version.forms
    }


def demands(standards: Iterable[CountryStandard], forms: Mapping[str, Mapping[str, ItemDef]]) -> list[Demand]:
    """Everything that is asked of items, those that others add included.

    :param forms: the study's items, see ``items_of``.
    """
    known = sorted(standards, key=lambda one: one.name)
    items = {form: dict(own) for form, own in forms.items()}
    for one in known:
        for extension in extensions(one, forms):
            items[extension.value.form] |= {asked.item.name: asked.item for asked in extension.value.items}
    return [demand for one in known for demand in _of(one, forms, items)]


def extensions(
    standard: CountryStandard, forms: Mapping[str, Mapping[str, ItemDef]]
) -> list[Sourced[FormExtension]]:
    """Those for forms that the study has."""
    return [fact for fact in standard.extend_forms if fact.value.form in forms]


def prevailing(found: Sequence[Demand]) -> dict[tuple[str, str, str], Demand]:
    """By country, form and item, the demand that holds; of equal ones the first."""
    held: dict[tuple[str, str, str], Demand] = {}
    for one in found:
        if one.place not in held or one.strength > held[one.place].strength:
            held[one.place] = one
    return held


def _of(
    standard: CountryStandard,
    own: Mapping[str, Mapping[str, ItemDef]],
    items: Mapping[str, Mapping[str, ItemDef]],
) -> Iterator[Demand]:
    def demand(
        form: str, item: str, strength: Strength, fact: Sourced[object], rule: str
    ) -> Iterator[Demand]:
        for country in standard.countries:
            yield Demand(country, form, item, strength, standard.name, rule, fact)

    for extension in extensions(standard, own):
        said, fact = extension.value, extension
        wanted = [(asked.item.name, Strength.ADD) for asked in said.items]
        wanted += [(name, Strength.REQUIRE) for name in said.requires]
        wanted += [(name, Strength.HIDE) for name in said.hides]
        for name, strength in wanted:
            if name in items[said.form]:
                yield from demand(said.form, name, strength, fact, said.rule)  # type: ignore[arg-type]
    for ban in standard.forbidden_items:
        rule = ban.value
        if not isinstance(rule, ForbiddenItem) or not rule.blocks:
            continue
        for form, there in items.items():
            for name in (name for name, item in there.items() if rule.matches(item)):
                yield from demand(form, name, Strength.FORBID, ban, rule.rule)  # type: ignore[arg-type]
