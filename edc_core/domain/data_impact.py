"""What a newer version would mean for values collected under an older one: unknown to it, read differently, or the same.

Decision "Versions": a changed type is a new item, code lists only grow or retire terms. REQ-BLD-05: narrowing over
existing data is refused, with the places named.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.domain.metadata import TEXTS
from edc_core.domain.standard_value import standard_value
from edc_core.domain.values import parse, split_codes
from edc_core.errors import NotFound

if TYPE_CHECKING:
    from edc_core.domain.casebook import ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import CodeList, ItemDef


class Harm(StrEnum):
    """Why a value would not be what it was."""

    DROPPED = "dropped"  #: the version has no such item there
    TYPE = "type"
    LENGTH = "length"
    CODE = "code"  #: the code list has no such term; a retired term is still one
    UNIT = "unit"
    PRECISION = "precision"  #: it could not be read, or would be read as another value
    MISSING_REASON = "missing reason"
    STANDARD_VALUE = "standard value"  #: the value in the standard unit would be another


HARM_WORDS = {
    Harm.DROPPED: "holds a value, and the version does not ask for it there",
    Harm.TYPE: "holds a value, and its type is another",
    Harm.LENGTH: "holds a text that is longer than allowed",
    Harm.CODE: "holds a code that is not in the list",
    Harm.UNIT: "was given in a unit that is not offered",
    Harm.PRECISION: "holds a value that would be read differently",
    Harm.MISSING_REASON: "has a missing reason that is not offered",
    Harm.STANDARD_VALUE: "would have another value in the standard unit",
}
#: What a version must not do to data that are there. A standard value is kept with its form's version instead.
NARROWS = frozenset(Harm) - {Harm.STANDARD_VALUE}


@dataclass(frozen=True, slots=True)
class Harmed:
    """A place whose value would not be what it was."""

    path: ItemPath
    harm: Harm

    @property
    def words(self) -> str:
        return HARM_WORDS[self.harm]


def harm_to(old: MetaDataIndex, new: MetaDataIndex, data: ItemData) -> Harmed | None:
    """What the newer version would do to one value that stands under the older one; ``None`` when it stays the same."""
    if data.is_blank:
        return None
    try:
        now = new.place(data.path).item
    except NotFound:
        return Harmed(data.path, Harm.DROPPED)
    assert data.path.item is not None
    was = old.items.get(data.path.item)
    if was is None:
        return None
    harm = _harm(was, now, old, new, data)
    return Harmed(data.path, harm) if harm else None


def _harm(was: ItemDef, now: ItemDef, old: MetaDataIndex, new: MetaDataIndex, data: ItemData) -> Harm | None:
    if data.missing:
        lost = data.missing in was.missing_reasons and data.missing not in now.missing_reasons
        return Harm.MISSING_REASON if lost else None
    if was.data_type is not now.data_type and not {was.data_type, now.data_type} <= TEXTS:
        return Harm.TYPE
    if data.value is None:
        return None  # what cannot be read stays as it was typed, and its query with it
    if data.unit and data.unit in was.measurement_unit_oids and data.unit not in now.measurement_unit_oids:
        return Harm.UNIT
    terms, terms_before = _closed_list(now, new), _closed_list(was, old)
    if terms is not None and not _knows(terms, now, data.value):
        return Harm.CODE if terms_before is None or _knows(terms_before, was, data.value) else None
    if terms is None and _too_long(now, data.value) and not _too_long(was, data.value):
        return Harm.LENGTH
    if parse(was, terms_before, data.value).value == data.value != parse(now, terms, data.value).value:
        return Harm.PRECISION
    standard = standard_value(now, data.value, data.unit)
    if data.standard is not None and (standard is None or standard.value != data.standard):
        return Harm.STANDARD_VALUE
    return None


def _closed_list(item: ItemDef, index: MetaDataIndex) -> CodeList | None:
    """The item's code list where its terms stand in the definition; dictionaries elsewhere are not looked at."""
    found = index.code_lists.get(item.code_list_oid) if item.code_list_oid else None
    return found if found is not None and found.items and found.external is None else None


def _knows(terms: CodeList, item: ItemDef, value: str) -> bool:
    known = {term.coded_value for term in terms.items}
    return all(code in known for code in (split_codes(value) if item.multiple else [value]))


def _too_long(item: ItemDef, value: str) -> bool:
    return item.data_type in TEXTS and item.length is not None and len(value) > item.length
