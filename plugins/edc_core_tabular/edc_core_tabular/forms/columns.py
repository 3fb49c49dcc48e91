"""The columns of one item in a table: its value, and what stands beside it where there is no value or not only one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from edc_core.api import CodeList, DataType, ItemDef
from edc_core_tabular.canonical import CANONICAL

Chain = tuple[str, ...]  #: OIDs of item groups from the outermost to the innermost
_ALWAYS_READABLE = frozenset({DataType.TEXT, DataType.STRING})


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a column.

    :param holds: what, as ``dictionary.csv`` says it. :param ending: which tells its SAS name from that of the item's value.
    :param code: of a multiple choice, where it holds whether this one was chosen.
    """

    name: str
    holds: str
    ending: str = ""
    data_type: DataType = DataType.TEXT
    code: str = ""


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
    is_censored: bool
    start: int = 0
    headers: list[Header] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)  #: of a multiple choice: code to its cell
    label: int = -1
    is_plain: bool = True  #: a value fills one cell
    missing: int = -1
    raw: int = -1
    unit: int = -1
    offset: int = -1
    file: int = -1  #: the cell of a file's SHA-256; those of its size and place follow
    standard: int = -1  #: the cell of the standard value; that of its unit follows
    censored: int = -1  #: the cell of a result that is no number
    standard_censored: int = -1  #: the same of the standard value

    @property
    def is_readable(self) -> bool:
        """Whether every text is a value of the item, so that nothing can be unreadable."""
        is_text = self.item.data_type in _ALWAYS_READABLE and self.item.file is None
        return is_text and self.code_list is None

    @property
    def data_type(self) -> DataType:
        """Of the cells that hold the value: text for a name of a file, several codes, or codes that are not of their type."""
        if self.item.file is not None or self.codes or self.item.multiple:
            return DataType.TEXT
        codes = (term.coded_value for term in self.code_list.items) if self.code_list else ()
        return (
            self.item.data_type if all(_is_of(self.item.data_type, code) for code in codes) else DataType.TEXT
        )

    def place(self, position: int, taken: set[str]) -> int:
        """Give it its cells from a position on and their names. :returns: the position after them."""
        name = self.name
        if name.casefold() in taken:
            name = f"{name}_{group_word(self.groups[-1])}"
        self.name = unique(name, taken)
        self.start = position
        held = "value" if self.item.file is None else "name of the file"
        self.headers.append(Header(self.name, held, "", self.data_type))
        self._place_codes(taken)
        self.missing = self._add("MISS", "missing reason", "_M", taken)
        if not self.is_readable:
            self.raw = self._add("RAW", "text that could not be read", "_R", taken)
        if self.item.data_type is DataType.DATETIME:
            self.offset = self._add("OFFSET", "offset of the site's clock", "_O", taken)
        if self.item.file is not None:
            self.is_plain = False
            self.file = self._add("SHA256", "SHA-256 of the file", "_H", taken)
            self._add("BYTES", "size of the file in bytes", "_B", taken, DataType.INTEGER)
            self._add("FILE", "where the file lies in this export", "_F", taken)
        if self.has_units:
            self.unit = self._add("UNIT", "unit", "_U", taken)
        if self.has_standard:
            self.standard = self._add("STD", "value in the standard unit", "_S", taken, DataType.FLOAT)
            self._add("STDU", "standard unit", "_SU", taken)
        if self.is_censored:
            self._place_censored(taken)
        return position + len(self.headers)

    def _place_codes(self, taken: set[str]) -> None:
        if self.code_list is None:
            return
        self.is_plain = False
        if not self.item.multiple:
            self.label = self._add("LABEL", "label", "_L", taken)
            return
        self.label = self._add("LABEL", "labels", "_L", taken)
        for number, code in enumerate(self.codes, 1):
            suffix, holds = word(code) or "X", f"code {code}"
            self.codes[code] = self._add(suffix, holds, f"_{number}", taken, DataType.INTEGER, code)

    def _place_censored(self, taken: set[str]) -> None:
        self.is_plain = False
        self.censored = self._add("CENSORED", "result with its sign, where it is no number", "_C", taken)
        if self.has_standard:
            holds = "result with its sign in the standard unit"
            self.standard_censored = self._add("STD_CENSORED", holds, "_SC", taken)

    def _add(
        self, suffix: str, holds: str, ending: str, taken: set[str],
        data_type: DataType = DataType.TEXT, code: str = "",
    ) -> int:  # fmt: skip
        name = unique(f"{self.name}__{suffix}", taken)
        self.headers.append(Header(name, holds, ending, data_type, code))
        return self.start + len(self.headers) - 1


def _is_of(data_type: DataType, code: str) -> bool:
    """Whether a code is told from every other by its number: ``01`` is not."""
    pattern = CANONICAL.get(data_type)
    return pattern is None or re.fullmatch(pattern, code) is not None


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
