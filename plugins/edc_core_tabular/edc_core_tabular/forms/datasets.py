"""The tables of a study as datasets with typed variables, for whatever format writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from edc_core.api import DataType, FormDef, ItemGroupDef, MetaDataIndex, Record, TabularDataset, Variable
from edc_core_tabular.forms import study_tables
from edc_core_tabular.forms.columns import Column, Header
from edc_core_tabular.forms.layout import Layout, Table
from edc_core_tabular.forms.sas_names import sas_name, sas_names

Records = Callable[[], Iterator[Record]]
_KEY_ENDING = "_KEY"


class Definitions:
    """What the newest version that knows a form or a group says of it."""

    def __init__(self, versions: Mapping[str, MetaDataIndex]) -> None:
        self.forms: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.sas_names: dict[str, str] = {}  #: of groups
        for index in list(versions.values())[::-1]:
            for form in index.version.forms:
                self.forms.setdefault(form.oid, _title(form))
            for group in index.version.item_groups:
                self.groups.setdefault(group.oid, _title(group))
                self.sas_names.setdefault(group.oid, group.sas_name or group.name)

    def title(self, table: Table) -> str:
        return ": ".join([self.forms[table.form_oid], *(self.groups[oid] for oid in table.repeating)])


def _title(one: FormDef | ItemGroupDef) -> str:
    return one.title.in_language("en") or one.description.in_language("en") or one.name


def datasets(
    versions: Mapping[str, MetaDataIndex],
    layout: Layout,
    records: Mapping[str, Records],
    *,
    of_study: Sequence[study_tables.StudyTable] = study_tables.STUDY_TABLES,
) -> list[TabularDataset]:
    """The tables of the study, then those of its forms. :param records: of each table by its name."""
    made = [
        TabularDataset(table.name, table.label, table.variables, records[table.name], table.sas_name)
        for table in of_study
    ]
    definitions = Definitions(versions)
    taken = {table.sas_name for table in of_study}
    named: dict[str, str] = {}
    by_group_first = sorted(layout.tables.values(), key=lambda table: not table.chain)
    for table in by_group_first:  # a group has a frozen name, a form has none
        form = layout.form_names[table.form_oid]
        named[table.name] = sas_name(definitions.sas_names[table.chain[-1]] if table.chain else form, taken)
    for table in layout.tables.values():
        label, variables = definitions.title(table), tuple(_variables(table, definitions))
        made.append(TabularDataset(table.name, label, variables, records[table.name], named[table.name]))
    return made


def _variables(table: Table, definitions: Definitions) -> Iterator[Variable]:
    """In the order of ``Table.header``."""
    taken = {variable.sas_name for variable in (*study_tables.FORM, *study_tables.STATE)}
    last_key = max(variable.key_sequence for variable in study_tables.FORM)
    yield from study_tables.FORM
    for number, (name, oid) in enumerate(zip(table.row_keys, table.repeating, strict=True), last_key + 1):
        label = f"Which row of {definitions.groups[oid]}"
        short = sas_name(definitions.sas_names[oid], taken, _KEY_ENDING)
        yield Variable(name, label, DataType.TEXT, short, key_sequence=number)
    yield from study_tables.STATE
    wishes = [
        (column.item.sas_name or column.name, header.ending)
        for column in table.columns.values()
        for header in column.headers
    ]
    names = iter(sas_names(taken, wishes))
    known: set[str] = set()
    for column in table.columns.values():
        for header in column.headers:
            yield _variable(column, header, next(names), known)


def _variable(column: Column, header: Header, short: str, known: set[str]) -> Variable:
    item = column.item
    question = item.question.in_language("en") or item.odm_name or item.name
    if header.ending:
        return Variable(
            header.name,
            f"{question}: {_said(column, header)}",
            header.data_type,
            short,
            significant_digits=item.standard_digits if header.data_type is DataType.FLOAT else None,
        )
    # An item that stands in two groups of a table has two columns; the first one takes its OID.
    oid = "" if item.oid in known else item.oid
    known.add(item.oid)
    return Variable(
        header.name, question, header.data_type, short,
        length=item.length or 0, significant_digits=item.significant_digits,
        code_list=None if item.multiple else column.code_list, oid=oid,
    )  # fmt: skip


def _said(column: Column, header: Header) -> str:
    """What the column holds, a code by its text."""
    terms = column.code_list.items if column.code_list and header.code else ()
    decodes = {term.coded_value: term.decode.in_language("en") for term in terms if term.decode}
    return decodes.get(header.code) or header.holds
