"""Value-level metadata: what the results of each test, and each supplemental qualifier, are (Define-XML 2.1, section 5.3.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edc_core.api import TranslatedText
from edc_core_sdtm.columns import SUPP
from edc_core_sdtm.datasets import Dataset
from edc_core_sdtm.define.code_lists import CodeLists
from edc_core_sdtm.define.origins import Origin, Origins
from edc_core_sdtm.define.texts import NOTHING, in_english, method
from edc_core_sdtm.plan import Source
from edc_core_sdtm.rules import rule_for
from edc_core_sdtm.spool import Extent

_UNITS = "C71620"


@dataclass(frozen=True, slots=True)
class ValueItem:
    """What a variable is where another variable has a value.

    :param condition: OID of the WhereClauseDef. :param when: the variable that is compared, and its value.
    """

    oid: str
    variable: str
    when: tuple[str, str]
    condition: str
    label: TranslatedText
    data_type: str
    length: int
    decimals: int
    code_list: str
    origin: Origin


def value_items(dataset: Dataset, origins: Origins, lists: CodeLists) -> Iterator[ValueItem]:
    """The items of a dataset's value lists, in the order of variables and values."""
    if dataset.name.startswith(SUPP):
        yield from _qualifiers(dataset, origins, lists)
        return
    tests = dataset.spool.tests
    testcd = f"{dataset.name}TESTCD"
    for end in ("ORRES", "STRESC", "STRESN"):
        name = f"{dataset.name}{end}"
        for test in sorted(tests):
            extent = tests[test].columns.get(name)
            if extent is not None and extent.length:
                source = origins.by_test.get((dataset.name, test))
                code_list = lists.of_item(source) if source and end != "STRESN" else ""
                yield _item(
                    dataset, name, (testcd, test), extent, code_list, _origin(dataset, name, test, origins)
                )
    for end in ("ORRESU", "STRESU"):
        name = f"{dataset.name}{end}"
        for test in sorted(tests):
            if units := tests[test].units.get(name):
                oid = f"CL.UNIT.{dataset.name}.{test}.{end}"
                code_list = lists.of_values(oid, f"Units of {test} in {dataset.name}", units, _UNITS)
                extent = Extent(max(map(len, units)), is_integer=False, is_number=False)
                yield _item(
                    dataset, name, (testcd, test), extent, code_list, _origin(dataset, name, test, origins)
                )


def _origin(dataset: Dataset, name: str, test: str, origins: Origins) -> Origin:
    if not name.endswith("ORRES"):
        return Origin("Derived", method=method(rule_for(dataset.name, name)))
    return origins.of_result(dataset, name, test)


def _qualifiers(dataset: Dataset, origins: Origins, lists: CodeLists) -> Iterator[ValueItem]:
    longest: dict[str, tuple[int, str, str]] = {}
    at = {name: n for n, name in enumerate(dataset.spool.columns)}
    for row in dataset.spool.rows():
        name, text = row[at["QNAM"]] or "", row[at["QVAL"]] or ""
        size, label, kind = longest.get(name, (0, row[at["QLABEL"]] or "", row[at["QORIG"]] or ""))
        longest[name] = (max(size, len(text)), label, kind)
    for name, (size, label, kind) in sorted(longest.items()):
        source = next(iter(origins.sources.get(f"{dataset.domain}.{name}", ())), None)
        code_list = lists.of_item(source) if source and not source.item.multiple else ""
        origin = origins.of_qualifier(dataset, name, kind)
        extent = Extent(size, is_integer=False, is_number=False)
        yield _item(dataset, "QVAL", ("QNAM", name), extent, code_list, origin, _label(label, source))


def _label(label: str, source: Source | None) -> TranslatedText:
    """Of a qualifier: its QLABEL in English, and in other languages what is asked."""
    asked = source.item.question.texts if source else ()
    return TranslatedText(
        (*in_english(label).texts, *((tag, text) for tag, text in asked if tag[:2] not in ("", "en")))
    )


def _item(
    dataset: Dataset,
    name: str,
    when: tuple[str, str],
    extent: Extent,
    code_list: str,
    origin: Origin,
    label: TranslatedText = NOTHING,
) -> ValueItem:
    kind = "text"
    if extent.is_number and not code_list:
        kind = "integer" if extent.is_integer else "float"
    return ValueItem(
        f"IT.{dataset.name}.{name}.{when[1]}", name, when, f"WC.{dataset.name}.{when[0]}.{when[1]}", label, kind,
        extent.length, extent.decimals, code_list, origin,
    )  # fmt: skip
