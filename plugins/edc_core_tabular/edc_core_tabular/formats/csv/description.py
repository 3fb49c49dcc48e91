"""The files about the files: data dictionary, code lists and a README for whoever opens the folder."""

from __future__ import annotations

from collections.abc import Mapping

from edc_core.api import ExportDataset, ExportSink, data_origin
from edc_core_tabular.formats.csv.lines import RowFile
from edc_core_tabular.formats.csv.terms import hidden
from edc_core_tabular.forms.columns import Column
from edc_core_tabular.forms.layout import Layout, Table
from edc_core_tabular.forms.rows import LeftOut

DICTIONARY = (
    "FILE", "COLUMN", "HOLDS", "FORM_OID", "GROUP_OIDS", "ITEM_OID", "NAME", "LABEL", "TYPE", "LENGTH", "DIGITS", "UNITS",
    "CODELIST", "MULTIPLE", "MISSING_REASONS", "ORIGIN", "SENSITIVITY", "SAS_NAME", "META_DATA_VERSIONS",
)  # fmt: skip
CODE_LISTS = (
    "CODELIST",
    "NAME",
    "TYPE",
    "CODE",
    "LANGUAGE",
    "DECODE",
    "ORDER",
    "RETIRED",
    "EXTENDED",
    "DICTIONARY",
    "VERSION",
)

DATA_ORIGIN = (
    "FILE", "COLUMN", "FORM_OID", "FORM", "ITEM_OID", "LABEL", "DATA_ORIGIN", "ORIGIN", "META_DATA_VERSIONS",
)  # fmt: skip


REASONS = "EDC.REASON_FOR_CHANGE"  #: the code list of a study's reasons for a change


_ABOUT_KEYS = {
    "STUDYID": "Study OID",
    "SITEID": "Site number",
    "SUBJID": "Subject key",
    "EVENT": "OID of the study event",
    "EVENT_KEY": "Which occurrence of the event",
    "FORM": "OID of the form",
    "FORM_KEY": "Which occurrence of the form",
    "META_DATA_VERSION": "Version of the definitions the form was entered with",
    "FORM_STATUS": "not_started, in_progress, complete, not_done or removed",
    "PROTECTION": "open, frozen or locked",
    "SIGNATURE": "unsigned, signed, broken or withdrawn, by all signatures that cover the form",
    "REMOVED": "Yes where the row was struck",
}


def write(
    dataset: ExportDataset,
    sink: ExportSink,
    layout: Layout,
    counts: Mapping[str, int],
    left_out: LeftOut,
) -> None:
    _dictionary(dataset, sink, layout)
    _code_lists(dataset, sink, layout)
    _data_origin(dataset, sink, layout)
    with sink.open("README.txt") as stream:
        stream.write(_readme(dataset, counts, left_out).encode())


def _dictionary(dataset: ExportDataset, sink: ExportSink, layout: Layout) -> None:
    with sink.open("dictionary.csv") as stream:
        file = RowFile(stream, DICTIONARY)
        for table in layout.tables.values():
            left = hidden(dataset, table)
            for header in table.header:
                if header in table.row_keys or (header in _ABOUT_KEYS and not _is_item(table, header)):
                    about = _ABOUT_KEYS.get(header, "Which row of the group")
                    file.add(
                        [
                            f"{table.name}.csv",
                            header,
                            "key",
                            table.form_oid,
                            " ".join(table.chain),
                            "",
                            header,
                            about,
                            "text",
                            *[""] * 10,
                        ]
                    )
            for column in table.columns.values():
                for header in column.headers:
                    if header.name in left:
                        continue
                    facts = [header.name, header.holds, table.form_oid, *_item(dataset, column)]
                    file.add([f"{table.name}.csv", *facts])
        file.flush()
        sink.rows("dictionary.csv", file.count)


def _data_origin(dataset: ExportDataset, sink: ExportSink, layout: Layout) -> None:
    """Where each item's values come from (REQ-DAT-12): one row for each item of each form."""
    policy = dataset.newest.version.policy
    with sink.open("data_origin.csv") as stream:
        file = RowFile(stream, DATA_ORIGIN)
        for table in layout.tables.values():
            for column in table.columns.values():
                item = column.item
                label = item.question.in_language("en") or item.odm_name or item.name
                place = [
                    f"{table.name}.csv",
                    column.name,
                    table.form_oid,
                    layout.form_names[table.form_oid],
                    item.oid,
                ]
                file.add([*place, label, data_origin(item, policy), item.origin, " ".join(column.versions)])
        file.flush()
        sink.rows("data_origin.csv", file.count)


def _is_item(table: Table, header: str) -> bool:
    return any(header == known.name for column in table.columns.values() for known in column.headers)


def _item(dataset: ExportDataset, column: Column) -> list[str]:
    item = column.item
    units = dataset.newest.units
    return [
        " ".join(column.groups),
        item.oid,
        item.name,
        item.question.in_language("en") or item.odm_name or item.name,
        item.data_type.value,
        str(item.length or ""),
        "" if item.significant_digits is None else str(item.significant_digits),
        "; ".join(units[oid].name if oid in units else oid for oid in item.measurement_unit_oids),
        column.code_list.oid if column.code_list else "",
        "Yes" if item.multiple else "",
        " ".join(item.missing_reasons),
        item.origin,
        item.sensitivity,
        item.sas_name,
        " ".join(column.versions),
    ]


def _code_lists(dataset: ExportDataset, sink: ExportSink, layout: Layout) -> None:
    with sink.open("codelists.csv") as stream:
        file = RowFile(stream, CODE_LISTS)
        for oid, found in sorted(layout.code_lists.items()):
            external = found.external
            source = [external.dictionary, external.version] if external else ["", ""]
            if not found.items:
                file.add([oid, found.name, found.data_type.value, "", "", "", "", "", "", *source])
            for term in found.items:
                order = "" if term.order_number is None else str(term.order_number)
                facts = [order, "Yes" if term.retired else "", "Yes" if term.extended else "", *source]
                texts = term.decode.texts if term.decode else (("", term.coded_value),)
                for language, text in texts:
                    file.add(
                        [oid, found.name, found.data_type.value, term.coded_value, language, text, *facts]
                    )
        for (code, language), text in _reasons(dataset).items():
            file.add([REASONS, "Reasons for a change", "text", code, language, text, *[""] * 5])
        file.flush()
        sink.rows("codelists.csv", file.count)


def _reasons(dataset: ExportDataset) -> dict[tuple[str, str], str]:
    """What the codes in REASON of audit.csv say, by language of the study, as the newest version that has the code says it."""
    said: dict[tuple[str, str], str] = {}
    for index in reversed(dataset.versions.values()):
        for one in index.version.policy.offered_reasons:
            for language, text in one.text.texts:
                if language in index.version.languages:
                    said.setdefault((one.code, language), text)
    return said


def _readme(dataset: ExportDataset, counts: Mapping[str, int], left_out: LeftOut) -> str:
    files = "\n".join(f"  {name}: {count} rows" for name, count in counts.items())
    scope = "locked and unlocked forms" if dataset.unlocked else "locked forms only"
    if dataset.choice and dataset.choice.part:
        part = "; ".join(f"{name} {', '.join(of)}" for name, of in dataset.choice.part.items())
        scope = f"{scope}; of these {part}"
    return f"""{dataset.study_name} ({dataset.study_oid}), environment {dataset.environment}
Data as of {dataset.created_at}, cut {dataset.cut}, {scope}.
MetaDataVersions: {", ".join(dataset.versions)}.

{files}

Left out: {left_out.rows} struck rows, {left_out.forms} removed forms, {left_out.values} values that no version defines.
Their history stands in audit.csv.

dictionary.csv explains every column, codelists.csv every code, data_origin.csv where the values come from.
The files are UTF-8 without byte order mark, comma separated, quoted as RFC 4180 says; lines end with CR LF.
X holds the value of item X: decimal numbers with a point, ISO 8601 dates (2026-03 when the day is unknown), codes.
X__LABEL is the text of the code. X__MISS is why there is no value; an empty cell without it is a blank.
X__RAW is what was typed where it could not be read as the item's type; X is then empty. X__UNIT is the unit as collected.
X__OFFSET is the offset that the site's clock had at a date and time, which is local and never converted.
X__STD is X in the standard unit X__STDU, by the factor that its ledger entry holds.
X__CODE is 1 or 0 for each code of a multiple choice.
X__FILE is where the file named X lies; X__SHA256 and X__BYTES are its hash and size.

Values are data and are written exactly as collected. A text that begins with = + - or @ may be taken for a formula
by a spreadsheet: import the files as text, do not open them by double click.
"""
