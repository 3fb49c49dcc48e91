"""CN-B4, CN-B5 and CN-B6: what a package shows of borders, labels and encodings."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from edc_core.api import ConformanceRule, RuleFinding, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import TabularDataset

    Datasets = Mapping[str, TabularDataset]

MOST_LABEL, MOST_VALUE = 40, 200  #: bytes in the declared encoding
MANY = 10_000  #: subjects with sensitive data from whom on a security assessment is asked
ENCODINGS = ("gb18030", "gb2312", "utf-8")
HAN = re.compile("[\u4e00-\u9fff]")


def route(subjects: int) -> str:
    """CN-B4: the way on which sensitive data of so many persons leave the country."""
    return "security assessment by CAC" if subjects >= MANY else "standard contract or certification"


def counted(datasets: Datasets) -> Iterator[RuleFinding]:
    """How many subjects of Chinese sites a package holds, and what that asks for."""
    many = sum(row["COUNTRY"] == "CHN" for row in rows_of(datasets, "DM"))
    if many:
        text = f"{many} subjects of Chinese sites: {route(many)}."
        yield RuleFinding("CN-B4", "warning", "DM", text, variable="COUNTRY")


def measured(encoding: str, datasets: Datasets) -> Iterator[RuleFinding]:
    """Labels and values in bytes: twenty Chinese characters of GB 18030 are as long as thirteen of UTF-8.

    A character that the encoding lacks is refused by the transport format, with its place.
    """
    for name, dataset in datasets.items():
        labels = [("", dataset.label), *((one.name, one.label) for one in dataset.variables)]
        for variable, label in labels:
            if (size := len(label.encode(encoding, "replace"))) > MOST_LABEL:
                text = f"The label '{label}' has {size} bytes in {encoding}; {MOST_LABEL} are the most."
                yield RuleFinding("CN-B5", "error", name, text, variable=variable)
        for number, row in enumerate(rows_of(datasets, name), 1):
            for variable, cell in row.items():
                if (size := len(cell.encode(encoding, "replace"))) > MOST_VALUE:
                    text = f"Record {number} holds {size} bytes in {encoding}; {MOST_VALUE} are the most."
                    yield RuleFinding("CN-B6", "error", name, text, number, variable)


def in_chinese(datasets: Datasets) -> Iterator[RuleFinding]:
    """EC67: terms of events and names of medicines have Chinese, in the variable itself or in its twin among the qualifiers."""
    for name, variable in (("AE", "AETERM"), ("CM", "CMTRT")):
        twin = f"{variable}ZH"
        told = {
            (row["USUBJID"], row["IDVARVAL"])
            for row in rows_of(datasets, f"SUPP{name}")
            if row["QNAM"] == twin and HAN.search(row["QVAL"])
        }
        for number, row in enumerate(rows_of(datasets, name), 1):
            if not HAN.search(row[variable]) and (row["USUBJID"], row[f"{name}SEQ"]) not in told:
                text = f"{variable} has no Chinese text, in itself or in {twin} of SUPP{name}."
                yield RuleFinding("CN-B5", "error", name, text, number, variable)


def rules(encoding: str) -> tuple[ConformanceRule, ...]:
    """:param encoding: in which the package is declared to be."""
    return (
        ConformanceRule("CN-B4", "Subjects whose data cross the border are counted", counted),
        ConformanceRule("CN-B6", "Labels and values fit in bytes", partial(measured, encoding)),
        ConformanceRule("CN-B5", "Key texts are in Chinese", in_chinese),
    )
