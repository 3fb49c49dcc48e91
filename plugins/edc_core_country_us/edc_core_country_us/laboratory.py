"""US-B6: results in SI units, with the conventional ones beside them."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from edc_core.api import CollectionUnit, DataType, TabularDataset, Variable, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import Record

UNITS = (
    CollectionUnit("CREAT", "mg/dL", "umol/L", "88.42"),
    CollectionUnit("GLUC", "mg/dL", "mmol/L", "0.0555"),
    CollectionUnit("BILI", "mg/dL", "umol/L", "17.1"),
    CollectionUnit("HGB", "g/dL", "g/L", "10"),
    CollectionUnit("ALB", "g/dL", "g/L", "10"),
    CollectionUnit("CA", "mg/dL", "mmol/L", "0.2495"),
    CollectionUnit("UREA", "mg/dL", "mmol/L", "0.357"),
)
_BY_TEST = {one.test: one for one in UNITS}
_NAMES = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG")
_LABELS = (
    "Study Identifier", "Related Domain Abbreviation", "Unique Subject Identifier", "Identifying Variable",
    "Identifying Variable Value", "Qualifier Variable Name", "Qualifier Variable Label", "Data Value", "Origin",
)  # fmt: skip
PLACES = 2  #: decimal places of a conventional result; small ones keep this many digits that say something


def conventional(test: str, value: str, unit: str) -> tuple[str, str] | None:
    """A result in its conventional unit; none for a test or a unit that has no other, or what is no number.

    :returns: the number as text and the unit.
    """
    known = _BY_TEST.get(test)
    if known is None or unit.replace("µ", "u") != known.standard:
        return None
    try:
        number = Decimal(value) / Decimal(known.factor)
    except ArithmeticError:
        return None
    places = PLACES if abs(number) >= 1 or not number else PLACES - 1 - number.adjusted()
    return str(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)), known.unit


def conventional_results(laboratory: TabularDataset) -> TabularDataset:
    """SUPPLB with a result (LBCNVRES) and a unit (LBCNVU) for each record of LB in SI units that has another."""
    variables = tuple(
        Variable(name, label, DataType.TEXT) for name, label in zip(_NAMES, _LABELS, strict=True)
    )

    def records() -> Iterator[Record]:
        for row in rows_of({"LB": laboratory}, "LB"):
            found = conventional(row["LBTESTCD"], row["LBSTRESC"], row["LBSTRESU"])
            told = (("LBCNVRES", "Result in conventional unit"), ("LBCNVU", "Conventional unit"))
            for (name, label), value in zip(told, found or (), strict=False):
                yield (
                    row["STUDYID"],
                    "LB",
                    row["USUBJID"],
                    "LBSEQ",
                    row["LBSEQ"],
                    name,
                    label,
                    value,
                    "Derived",
                )

    return replace(
        laboratory, name="SUPPLB", label="Supplemental Qualifiers for LB", variables=variables, records=records,
        sas_name="", oid="", domain="LB",
    )  # fmt: skip
