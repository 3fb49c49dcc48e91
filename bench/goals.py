"""What each measurement should reach. The bounds are ratios to a floor that was measured in the same minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sense = Literal["at least", "at most"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a ratio (``x``), on a size (``MB``) or on a time (``s``, ``ms``, ``µs``)."""

    what: str
    sense: Sense
    bound: float
    unit: str = "x"

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.sense == "at least" else value <= self.bound

    def verdict(self, value: float) -> str:
        """``met``, or by how much it is missed."""
        if self.is_met(value):
            return "met"
        if self.unit != "x":
            return f"missed by {abs(value - self.bound):.0f} {self.unit}"
        factor = self.bound / value if self.sense == "at least" else value / self.bound
        return f"missed by a factor of {factor:.2f}"


GOALS = {
    "form save": Goal("20-field form save, rate to a raw transaction of the same rows", "at least", 0.15),
    "http sqlite 1": Goal("item save, SQLite, 1 client, rate to a raw view", "at least", 0.40),
    "http sqlite 16": Goal("item save, SQLite, 16 clients, rate to a raw view", "at least", 0.40),
    "http sqlite 16 tail": Goal("item save, SQLite, 16 clients, p95 to p50", "at most", 5.0),
    "http postgresql 1": Goal("item save, PostgreSQL, 1 client, rate to a raw view", "at least", 0.45),
    "http postgresql 16": Goal("item save, PostgreSQL, 16 clients, rate to a raw view", "at least", 0.45),
    "http postgresql 16 tail": Goal("item save, PostgreSQL, 16 clients, p95 to p50", "at most", 3.0),
    "growth": Goal("form save in a large ledger, rate to a small one", "at least", 0.80),
    "page 200": Goal("200-item form, time to plain Jinja of the same page", "at most", 1.0),
    "page 20": Goal("20-item section, time to plain Jinja of the same page", "at most", 1.0),
    "declared check": Goal("declared limits of one value, rate to eval(code)", "at least", 0.20),
    "declared check peer": Goal("declared limits of one value, rate to simpleeval", "at least", 2.0),
    "plugin check": Goal("plugin check on a form's view, rate to eval(code)", "at least", 0.20),
    "plugin check peer": Goal("plugin check on a form's view, rate to simpleeval", "at least", 2.0),
    "expression": Goal("a compiled expression, time to the same Python lambda", "at most", 10.0),
    "expression batch": Goal("compiled expressions over values read, rate to eval(code)", "at least", 0.20),
    "change among rules": Goal("a change in a study of 2,000 checks, time to one of 20", "at most", 1.5),
    "study compile": Goal(
        "a study of 500 forms and 20,000 items read, checked, compiled", "at most", 5.0, "s"
    ),
    "preview change": Goal(
        "one file of that study saved, until edc study dev can show it", "at most", 1.0, "s"
    ),
    "preview share": Goal("the same, time to checking that study from nothing", "at most", 0.25),
    "study compile memory": Goal("the same, peak above the base", "at most", 300.0, "MB"),
    "code search": Goal("a keystroke in a code list of 100,000 terms, request p95", "at most", 120.0, "ms"),
    "home": Goal(
        "home with 500 subjects x 20 visits and 10,000 queries, p95 to an empty study", "at most", 3.0
    ),
    "home next day": Goal("the same for the first time on a day, time to an empty study", "at most", 5.0),
    "locking": Goal("a study of 300 subjects locked by two persons", "at most", 5.0, "s"),
    "permission": Goal("one decision who may do what", "at most", 20.0, "µs"),
    "append": Goal("ledger append, rate to executemany into the ledger's table", "at least", 0.60),
    "append all rows": Goal("ledger append, rate to executemany of ledger and projection", "at least", 0.60),
    "verify": Goal("chain walk, rate to scan and hash in series", "at least", 0.40),
    "odm out": Goal("ODM out with reading the database, time to lxml.xmlfile", "at most", 1.3),
    "odm out peer": Goal("ODM out with reading the database, speed to odmlib", "at least", 2.0),
    "odm out memory": Goal("ODM out, peak above the base", "at most", 100.0, "MB"),
    "csv export": Goal("CSV export, rate to a SQLAlchemy Core scan of the same rows", "at least", 0.40),
    "sdtm": Goal("SDTM with Define-XML of 1,000 subjects of HERSC-301", "at most", 60.0, "s"),
    "sdtm memory": Goal("SDTM of 1,000 subjects, peak above that of 100", "at most", 50.0, "MB"),
    "csv writer": Goal("CSV of 20 columns, rate to the csv module", "at least", 2.0),
    "ndjson writer": Goal("Dataset-NDJSON of 20 columns, rate to bare orjson", "at least", 0.70),
    "parquet writer": Goal("Parquet of 20 columns, rate to rows as dictionaries", "at least", 3.0),
    "ndjson memory": Goal("Dataset-NDJSON of 10 million values, peak above the base", "at most", 100.0, "MB"),
    "tabular memory": Goal("a table of 10 million values, peak above the base", "at most", 250.0, "MB"),
    "xml and json memory": Goal(
        "exports in XML and JSON, peak above that of one subject", "at most", 100.0, "MB"
    ),
    "tables memory": Goal("exports of tables, peak above that of one subject", "at most", 250.0, "MB"),
    "tabular export": Goal(
        "export of tables, rate to a SQLAlchemy Core scan of the same rows", "at least", 0.40
    ),
    "xpt": Goal("SAS transport file of canonical text, rate to numpy laying out arrays", "at least", 0.40),
    "xpt peer": Goal("SAS transport file of canonical text, speed to pyreadstat", "at least", 5.0),
    "xpt memory": Goal("the same, peak above the base", "at most", 250.0, "MB"),
    "odm in": Goal("ODM in before writing, time to lxml.iterparse", "at most", 3.0),
    "odm in memory": Goal("ODM in before writing, peak above the base", "at most", 150.0, "MB"),
}
