"""CDISC controlled terminology: packages as CSV, one row for each term."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

from edc_core_cosmos.problems import ProblemLog

COLUMNS = ("codelist_code", "codelist", "extensible", "term_code", "term", "decode")


@dataclass(frozen=True, slots=True)
class Term:
    """A submission value, what it means, its c-code."""

    value: str
    decode: str
    code: str


@dataclass(slots=True)
class PublishedList:
    """A published code list: c-code, short name, long name, terms by submission value."""

    code: str
    short_name: str
    name: str
    extensible: bool
    terms: dict[str, Term] = field(default_factory=dict)


@dataclass(slots=True)
class Terminology:
    """The code lists of all packages by c-code."""

    lists: dict[str, PublishedList] = field(default_factory=dict)

    def by_short_name(self, name: str) -> PublishedList | None:
        return next((each for each in self.lists.values() if each.short_name == name), None)

    def read(self, text: str, log: ProblemLog) -> None:
        """Add a package; the list that an earlier package has stays. Every unreadable row is a problem."""
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        try:
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                log.add("COS005", 1, f"There is no column {', '.join(missing)}.")
                return
            known = set(self.lists)
            for row in reader:
                if any(not row[name] for name in ("codelist_code", "term_code", "term")):
                    log.add("COS007", reader.line_num, "codelist_code, term_code and term are needed.")
                elif row["codelist_code"] not in known:
                    self._add(row, log, reader.line_num)
        except csv.Error as error:
            log.add("COS005", reader.reader.line_num, f"{error}.")

    def _add(self, row: dict[str, str], log: ProblemLog, line: int) -> None:
        code, term = row["codelist_code"], row["term"]
        published = self.lists.get(code)
        if published is None:
            name = row.get("codelist_name") or row["codelist"]
            published = PublishedList(code, row["codelist"], name, row["extensible"] != "N")
            self.lists[code] = published
        if term in published.terms:
            log.add("COS010", line, f"{term} stands twice in {published.short_name} ({code}).")
        published.terms.setdefault(term, Term(term, row["decode"] or term, row["term_code"]))
