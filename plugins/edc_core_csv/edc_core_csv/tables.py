"""Which files an export has, and which columns: the union over all versions in use, as the newest version orders them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from edc_core.api import CodeList, DataType, ItemDef, MetaDataIndex, PlacedItem

KEYS = ("STUDYID", "SITEID", "SUBJID", "EVENT", "EVENT_KEY", "FORM", "FORM_KEY")
STATE = ("META_DATA_VERSION", "FORM_STATUS", "PROTECTION", "SIGNATURE", "REMOVED")
RESERVED = (
    "subjects",
    "signatures",
    "codelists",
    "dictionary",
    "queries",
    "reviews",
    "audit",
    "README",
    "data_origin",
)

Chain = tuple[str, ...]
_ALWAYS_READABLE = frozenset({DataType.TEXT, DataType.STRING})


@dataclass(slots=True)
class Column:
    """One item in a table: where its cells begin and which of them it has."""

    item: ItemDef
    groups: Chain
    name: str
    versions: list[str]
    code_list: CodeList | None
    has_units: bool
    has_standard: bool
    start: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)  #: (header, what it holds)
    codes: dict[str, int] = field(default_factory=dict)  #: of a multiple choice: code to its cell
    label: int = -1
    is_plain: bool = True  #: a value fills one cell
    missing: int = -1
    raw: int = -1
    unit: int = -1
    offset: int = -1
    file: int = -1  #: the cell of a file's SHA-256; those of its size and place follow
    standard: int = -1  #: the cell of the standard value; that of its unit follows

    @property
    def is_readable(self) -> bool:
        """Whether every text is a value of the item, so that nothing can be unreadable."""
        is_text = self.item.data_type in _ALWAYS_READABLE and self.item.file is None
        return is_text and self.code_list is None


@dataclass(slots=True)
class Table:
    """One file."""

    file: str
    form_oid: str
    chain: Chain  #: down to the innermost repeating group; empty for what occurs once in a form
    row_keys: list[str]
    columns: dict[tuple[Chain, str], Column]
    width: int = 0
    _of_groups: dict[Chain, dict[str, Column]] = field(default_factory=dict)

    def of_groups(self, groups: Chain) -> Mapping[str, Column]:
        """The columns of one way down the groups, by item OID."""
        if not self._of_groups:
            for (chain, oid), column in self.columns.items():
                self._of_groups.setdefault(chain, {})[oid] = column
        return self._of_groups.get(groups, {})

    @property
    def header(self) -> list[str]:
        items = [header for column in self.columns.values() for header, _ in column.headers]
        return [*KEYS, *self.row_keys, *STATE, *items]


class Layout:
    """All tables of an export."""

    def __init__(self, versions: Mapping[str, MetaDataIndex]) -> None:
        newest_first = list(versions.values())[::-1]
        self.repeating = {d.oid for index in newest_first for d in index.version.item_groups if d.repeating}
        self.form_names: dict[str, str] = {}
        self._row_groups: dict[Chain, Chain] = {}
        found: dict[tuple[str, Chain], dict[tuple[Chain, str], Column]] = {}
        for index in newest_first:
            for form in index.version.forms:
                self.form_names.setdefault(form.oid, form.name)
                found.setdefault((form.oid, ()), {})
                for placed in index.placed_items(form.oid):
                    key = (form.oid, self.row_groups(placed.group_oids))
                    _merge(found.setdefault(key, {}), placed, index)
        self.tables: dict[tuple[str, Chain], Table] = {}
        taken = {name.casefold() for name in RESERVED}
        for (form_oid, chain), columns in found.items():
            if columns or not any(other[0] == form_oid and other[1] for other in found):
                self._add(form_oid, chain, columns, taken)

    def row_groups(self, groups: Chain) -> Chain:
        """The chain down to the innermost repeating group: what a row of a table stands for."""
        known = self._row_groups.get(groups)
        if known is None:
            last = max((n for n, oid in enumerate(groups, 1) if oid in self.repeating), default=0)
            known = self._row_groups[groups] = groups[:last]
        return known

    def _add(
        self, form_oid: str, chain: Chain, columns: dict[tuple[Chain, str], Column], taken: set[str]
    ) -> None:
        form = word(self.form_names[form_oid]) or "FORM"
        name = unique(".".join([form, *(group_word(oid) for oid in chain if oid in self.repeating)]), taken)
        headers = {header.casefold() for header in (*KEYS, *STATE)}
        row_keys = [unique(f"{group_word(oid)}_KEY", headers) for oid in chain if oid in self.repeating]
        table = Table(f"{name}.csv", form_oid, chain, row_keys, columns)
        position = len(KEYS) + len(row_keys) + len(STATE)
        for column in columns.values():
            position = _place(column, position, headers)
        table.width = position
        self.tables[form_oid, chain] = table


def _merge(columns: dict[tuple[Chain, str], Column], placed: PlacedItem, index: MetaDataIndex) -> None:
    """Add an item, or what an older version knows more about it; versions come newest first."""
    item = placed.item
    found = index.code_lists.get(item.code_list_oid or "")
    key = (placed.group_oids, item.oid)
    column = columns.get(key)
    if column is None:
        name = item.name or word(item.oid) or "ITEM"
        column = columns[key] = Column(
            item, placed.group_oids, name, [], found, has_units=False, has_standard=False
        )
    elif column.code_list is None:
        column.code_list = found
    column.has_units = column.has_units or bool(item.measurement_unit_oids)
    column.has_standard = column.has_standard or bool(item.conversions)
    column.versions.insert(0, index.version.oid)
    if item.multiple and found is not None:
        for term in found.items:
            column.codes.setdefault(term.coded_value, 0)


def _place(column: Column, position: int, taken: set[str]) -> int:
    name = column.name
    if name.casefold() in taken:
        name = f"{name}_{group_word(column.groups[-1])}"
    name = unique(name, taken)
    column.name = name
    column.start = position
    column.headers.append((name, "value"))
    column.is_plain = column.code_list is None
    if column.code_list is not None and not column.item.multiple:
        column.label = position + len(column.headers)
        column.headers.append((unique(f"{name}__LABEL", taken), "label"))
    elif column.code_list is not None:
        column.label = position + len(column.headers)
        column.headers.append((unique(f"{name}__LABEL", taken), "labels"))
        for code in column.codes:
            column.codes[code] = position + len(column.headers)
            column.headers.append((unique(f"{name}__{word(code) or 'X'}", taken), f"code {code}"))
    column.missing = position + len(column.headers)
    column.headers.append((unique(f"{name}__MISS", taken), "missing reason"))
    if not column.is_readable:
        column.raw = position + len(column.headers)
        column.headers.append((unique(f"{name}__RAW", taken), "text that could not be read"))
    if column.item.data_type is DataType.DATETIME:
        column.offset = position + len(column.headers)
        column.headers.append((unique(f"{name}__OFFSET", taken), "offset of the site's clock"))
    if column.item.file is not None:
        column.is_plain = False
        column.headers[0] = (name, "name of the file")
        column.file = position + len(column.headers)
        column.headers.append((unique(f"{name}__SHA256", taken), "SHA-256 of the file"))
        column.headers.append((unique(f"{name}__BYTES", taken), "size of the file in bytes"))
        column.headers.append((unique(f"{name}__FILE", taken), "where the file lies in this export"))
    if column.has_units:
        column.unit = position + len(column.headers)
        column.headers.append((unique(f"{name}__UNIT", taken), "unit"))
    if column.has_standard:
        column.standard = position + len(column.headers)
        column.headers.append((unique(f"{name}__STD", taken), "value in the standard unit"))
        column.headers.append((unique(f"{name}__STDU", taken), "standard unit"))
    return position + len(column.headers)


def word(text: str) -> str:
    """Letters, digits and underscores of a text; other characters become one underscore."""
    return re.sub(r"[^\w]+", "_", text).strip("_")


def group_word(oid: str) -> str:
    return word(oid).removeprefix("IG_") or "GROUP"


def unique(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken (whatever its case: some file systems know no case)."""
    candidate, number = name, 2
    while candidate.casefold() in taken:
        candidate, number = f"{name}_{number}", number + 1
    taken.add(candidate.casefold())
    return candidate


def code_lists(versions: Iterable[MetaDataIndex]) -> dict[str, CodeList]:
    """Code lists by OID, each as the newest version has it, with the terms that only older ones know after them."""
    found: dict[str, CodeList] = {}
    for index in reversed(list(versions)):
        for code_list in index.version.code_lists:
            known = found.get(code_list.oid)
            if known is None:
                found[code_list.oid] = code_list
                continue
            codes = {term.coded_value for term in known.items}
            older = tuple(term for term in code_list.items if term.coded_value not in codes)
            if older:
                found[code_list.oid] = CodeList(
                    known.oid,
                    known.name,
                    known.data_type,
                    (*known.items, *older),
                    known.external,
                    known.description,
                )
    return found
