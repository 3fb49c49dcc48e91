"""EU-B4: numbers as they are typed in Germany, France and Spain. A comma is read as the decimal mark everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import CheckExample, CountryCheck, DataType, Severity
from edc_core_country_eu.sources import says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import PluginStudy

THOUSANDS = 3  #: digits after the mark with which a number may be a thousand


def ambiguous(study: PluginStudy, rule: str) -> Iterator[CountryCheck]:
    """Of each number with three decimals or more: 1.234 may be meant as one thousand two hundred and thirty-four."""
    for form in study.index.version.forms:
        for placed in study.index.placed_items(form.oid):
            item = placed.item
            most = item.significant_digits
            if (
                item.data_type is DataType.FLOAT
                and (most is None or most >= THOUSANDS)
                and not placed.ref.method_oid
            ):
                yield CountryCheck(
                    f"{rule}.{item.name}", form.name, item.name,
                    f"abs({item.name}) >= 1000 or round({item.name}, 2) == {item.name} or round({item.name}, 3) != {item.name}",
                    says("Three digits follow the mark. Is it a decimal mark, or does it set thousands apart? Please check."),
                    Severity.WARNING,
                    (CheckExample(True, ((item.name, "1.234"),)), CheckExample(False, ((item.name, "1.23"),))),
                )  # fmt: skip
