"""Texts that are meant for a language of their own, in datasets of an encoding that lacks its letters: they are left out, item by item.

Which items those are is said by the definition alone (see ``text_language``), never by what was entered: so datasets and Define-XML have
the same variables and qualifiers for whatever was typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from edc_core.api import (
    Alias,
    ExportDataset,
    ExportSubject,
    ItemDef,
    MetaDataIndex,
    holds,
    text_language,
)
from edc_core_sdtm.annotation import CONTEXT, NOT_SUBMITTED, Target, targets
from edc_core_sdtm.plan import PlanFinding
from edc_core_sdtm.standard import standard


def stands_beside(target: Target) -> bool:
    """Whether a record can do without what an item gives: a qualifier, or a variable that is neither required, topic nor result."""
    domain = standard().domains.get(target.domain)
    if target.is_supplemental or domain is None:
        return True
    known = domain.variables.get(target.variable)
    needed = (domain.topic, f"{target.domain}ORRES")
    return target.variable not in needed and (known is None or known.core != "Req")


@dataclass(frozen=True, slots=True)
class _Native:
    """An item that is left out. :param annotation: what it would have given."""

    annotation: str
    language: str
    place: str


class NativeTexts:
    """Items of a study that an encoding has no letters for, and how many values of them there are."""

    def __init__(self, dataset: ExportDataset, encoding: str) -> None:
        self._encoding = encoding
        self._items = {
            oid: one for index in dataset.versions.values() for oid, one in _found(index, encoding)
        }
        self._values: Counter[str] = Counter()

    def without(self, dataset: ExportDataset) -> ExportDataset:
        """The dataset with these items as if they were annotated as not submitted, for the annotated CRF as well."""
        if not self._items:
            return dataset
        return replace(
            dataset, versions={oid: self._not_submitted(index) for oid, index in dataset.versions.items()}
        )

    def count(self, subject: ExportSubject) -> None:
        """Count what a subject has in them."""
        for form in subject.forms if self._items else ():
            for item in form.items if form.status != "removed" else ():
                if item.oid in self._items and item.value and not item.removed:
                    self._values[item.oid] += 1

    def left_out(self) -> Mapping[tuple[str, str], int]:
        """See ``Tabulation``; nothing of an item that nobody answered."""
        found: Counter[tuple[str, str]] = Counter()
        for oid, number in self._values.items():
            found[self._items[oid].annotation, self._items[oid].language] += number
        return found

    def findings(self) -> Iterator[PlanFinding]:
        """What is to be said of each of them."""
        for oid, number in sorted(self._values.items()):
            one = self._items[oid]
            message = (
                f"{one.annotation} is meant for texts in another language ({one.language}), whose letters {self._encoding} lacks: "
                f"{number} value{'' if number == 1 else 's'} left out. An export in an encoding that has them holds them."
            )
            yield PlanFinding("warning", "S209", one.place, message)

    def _not_submitted(self, index: MetaDataIndex) -> MetaDataIndex:
        items = tuple(
            replace(one, aliases=_no_annotation(one)) if one.oid in self._items else one
            for one in index.version.items
        )
        return MetaDataIndex(replace(index.version, items=items))


def _found(index: MetaDataIndex, encoding: str) -> Iterator[tuple[str, _Native]]:
    for form in index.version.forms:
        for placed in index.placed_items(form.oid):
            language = text_language(placed.item)
            given = [
                one for one in targets(placed.item.aliases) if isinstance(one, Target) and stands_beside(one)
            ]
            if language and given and not holds(encoding, language):
                place = "/".join((form.oid, *placed.group_oids, placed.item.oid))
                yield placed.item.oid, _Native("; ".join(map(_annotation, given)), language, place)


def _annotation(target: Target) -> str:
    return f"{'SUPP' if target.is_supplemental else ''}{target.domain}.{target.variable}"


def _no_annotation(item: ItemDef) -> tuple[Alias, ...]:
    return (
        *(one for one in item.aliases if one.context != CONTEXT),
        Alias(CONTEXT, NOT_SUBMITTED),
    )
