"""Everything that can be wrong with a map, a file or a row, by stable code."""

from __future__ import annotations

from edc_core.api import ImportRefused, Problem

#: Code to its heading in the reference. TRF0xx stop everything, TRF1xx reject a row.
CODES = {
    "TRF001": "The map cannot be read",
    "TRF002": "The map names what the study does not have",
    "TRF003": "The file is not in the stated encoding",
    "TRF004": "A column of the map is not in the file, or is there twice",
    "TRF005": "The file is empty or no CSV",
    "TRF101": "The row has another number of cells than the header",
    "TRF102": "The row names no subject",
    "TRF103": "The study has no such subject",
    "TRF104": "The visit is not known",
    "TRF105": "The row has no reference id",
    "TRF106": "The reference id is not known",
    "TRF107": "The reference id belongs to another subject",
    "TRF108": "The reference id belongs to another visit",
    "TRF109": "The reference id is there more than once",
    "TRF110": "The row does not agree with what the site entered",
    "TRF111": "The test is not in the map",
    "TRF112": "The map has no code for this text",
    "TRF113": "The unit is missing, or not one of the item",
    "TRF114": "The value cannot be read",
    "TRF115": "The row says again what another row says",
    "TRF116": "The row contradicts another row",
    "TRF117": "The form does not take it now",
    "TRF118": "A hard check forbids the value",
}


class Rejected(Exception):
    """A row that is not taken; the rest of the file is.

    :param code: one of ``CODES``. :param text: what was found and what to do, without a collected value.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def refused(code: str, file: str, line: int, text: str) -> ImportRefused:
    """Nothing can be made of the map or of the file as a whole."""
    return several_refused([Problem(file, line, code, text, fatal=True)])


def several_refused(problems: list[Problem]) -> ImportRefused:
    first = problems[0]
    return ImportRefused(f"{first.file}:{first.line} {first.code} {first.text}", problems=problems)
