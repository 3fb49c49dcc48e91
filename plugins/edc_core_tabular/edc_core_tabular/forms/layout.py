"""Which tables a study's data have, and which columns: the union over all versions in use, as the newest version orders them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from edc_core.api import CodeList, ExportDataset, MetaDataIndex, PlacedItem
from edc_core_tabular.forms import study_tables
from edc_core_tabular.forms.columns import Chain, Column, group_word, unique, word

KEYS = tuple(variable.name for variable in study_tables.FORM)
STATE = tuple(variable.name for variable in study_tables.STATE)
RESERVED = (
    *(table.name for table in study_tables.STUDY_TABLES),
    "changes",
    "codelists",
    "dictionary",
    "README",
    "data_origin",
)


@dataclass(slots=True)
class Table:
    """The rows of a form, or of a repeating group in it."""

    name: str
    form_oid: str
    chain: Chain  #: down to the innermost repeating group; empty for what occurs once in a form
    repeating: Chain  #: those of the chain that repeat
    row_keys: list[str]  #: the column of the key of each of these
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
        items = [header.name for column in self.columns.values() for header in column.headers]
        return [*KEYS, *self.row_keys, *STATE, *items]


class Layout:
    """All tables of an export. :param forms: OIDs of those that were asked for; none for all."""

    def __init__(self, versions: Mapping[str, MetaDataIndex], forms: Collection[str] = ()) -> None:
        newest_first = list(versions.values())[::-1]
        self.repeating = {d.oid for index in newest_first for d in index.version.item_groups if d.repeating}
        self.form_names: dict[str, str] = {}
        self.code_lists = code_lists(versions.values())
        self._row_groups: dict[Chain, Chain] = {}
        found: dict[tuple[str, Chain], dict[tuple[Chain, str], Column]] = {}
        for index in newest_first:
            for form in index.version.forms:
                if forms and form.oid not in forms:
                    continue
                self.form_names.setdefault(form.oid, form.name)
                found.setdefault((form.oid, ()), {})
                for placed in index.placed_items(form.oid):
                    key = (form.oid, self.row_groups(placed.group_oids))
                    self._merge(found.setdefault(key, {}), placed, index)
        self.tables: dict[tuple[str, Chain], Table] = {}
        taken = {name.casefold() for name in RESERVED}
        for (form_oid, chain), columns in found.items():
            if columns or not any(other[0] == form_oid and other[1] for other in found):
                self._add(form_oid, chain, columns, taken)

    @classmethod
    def of(cls, dataset: ExportDataset) -> Layout:
        """The tables of what was asked for."""
        return cls(dataset.versions, dataset.choice.forms if dataset.choice else ())

    def row_groups(self, groups: Chain) -> Chain:
        """The chain down to the innermost repeating group: what a row of a table stands for."""
        known = self._row_groups.get(groups)
        if known is None:
            last = max((n for n, oid in enumerate(groups, 1) if oid in self.repeating), default=0)
            known = self._row_groups[groups] = groups[:last]
        return known

    def _merge(
        self, columns: dict[tuple[Chain, str], Column], placed: PlacedItem, index: MetaDataIndex
    ) -> None:
        """Add an item, or what an older version knows more about it; versions come newest first."""
        item = placed.item
        found = index.code_lists.get(item.code_list_oid or "")
        code_list = self.code_lists[found.oid] if found else None
        key = (placed.group_oids, item.oid)
        column = columns.get(key)
        if column is None:
            name = item.name or word(item.oid) or "ITEM"
            column = columns[key] = Column(
                item, placed.group_oids, name, [], code_list,
                has_units=False, has_standard=False, is_censored=False,
            )  # fmt: skip
        elif column.code_list is None:
            column.code_list = code_list
        column.has_units = column.has_units or bool(item.measurement_unit_oids)
        column.has_standard = column.has_standard or bool(item.conversions)
        column.is_censored = column.is_censored or item.censored
        column.versions.insert(0, index.version.oid)
        if item.multiple and found is not None:
            for term in found.items:
                column.codes.setdefault(term.coded_value, 0)

    def _add(
        self, form_oid: str, chain: Chain, columns: dict[tuple[Chain, str], Column], taken: set[str]
    ) -> None:
        form = word(self.form_names[form_oid]) or "FORM"
        repeating = tuple(oid for oid in chain if oid in self.repeating)
        name = unique(".".join([form, *map(group_word, repeating)]), taken)
        headers = {header.casefold() for header in (*KEYS, *STATE)}
        row_keys = [unique(f"{group_word(oid)}_KEY", headers) for oid in repeating]
        table = Table(name, form_oid, chain, repeating, row_keys, columns)
        position = len(KEYS) + len(row_keys) + len(STATE)
        for column in columns.values():
            position = column.place(position, headers)
        table.width = position
        self.tables[form_oid, chain] = table


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
