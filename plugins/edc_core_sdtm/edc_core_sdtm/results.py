"""Findings: which test it is, the result as collected and as standardised, and what was not done."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal

from edc_core.api import ExportItem, Step
from edc_core_sdtm.answers import MISSING_WORDS, NOT_DONE, Answer, ReadVariable, is_number, variable_reader
from edc_core_sdtm.plan import RecordPlan, Source
from edc_core_sdtm.qualifiers import shortened
from edc_core_sdtm.record import Record
from edc_core_sdtm.short_tests import short_tests
from edc_core_sdtm.standard import Domain
from edc_core_sdtm.terminology import Terminology

_OF_NOT_DONE = ("DTC", "TPT", "REASND", "STAT", "CAT", "SCAT")
INCLUSION, EXCLUSION = "INCLUSION", "EXCLUSION"


class Results:
    """What a plan of a findings domain adds to its records."""

    def __init__(self, plan: RecordPlan, domain: Domain, terms: Terminology) -> None:
        self.plan, self.domain, self.code = plan, domain, domain.code
        self._tests = domain.tests(terms)
        self._orres, self._orresu = f"{self.code}ORRES", f"{self.code}ORRESU"
        self._testcd, self._test = f"{self.code}TESTCD", f"{self.code}TEST"
        self._result = next(iter(plan.sources.get(self._orres, ())[-1:]), None)
        self._asked = next(iter(plan.sources.get(self._testcd, plan.sources.get(self._test, ()))), None)
        self._short = (
            short_tests(self._asked, self._tests, is_name=self._testcd not in plan.sources)
            if self._asked
            else {}
        )
        self._names = _names(self._asked)
        self._name = self._constant_name()
        self._points = _points(plan.sources.get(f"{self.code}TPT", ()))
        self._header: dict[str, ReadVariable] = {
            self.code + end: variable_reader(plan, self.code + end, around)
            for end in _OF_NOT_DONE
            if (around := tuple(s for s in plan.sources.get(self.code + end, ()) if not s.rows))
        }

    def _constant_name(self) -> str:
        short = self.plan.topic_code
        if not short or self._test in self.plan.constants:
            return self.plan.constants.get(self._test, "")
        question = self._result.item.question.in_language("en") if self._result else ""
        return self._tests.get(short) or shortened(question or short, 40)

    @property
    def has_header(self) -> bool:
        return f"{self.code}STAT" in self._header

    def finish(self, made: Record, answers: Mapping[str, Answer]) -> list[Record]:
        """The record with its test and results; several when several tests were ticked, none without a result."""
        values = made.values
        if self._points and (n := self._points.get(values.get(f"{self.code}TPT", ""))):
            values.setdefault(f"{self.code}TPTNUM", n)
        found = answers.get(self._orres)
        if self._asked is None and self._testcd not in values:
            return [made] if values.get(f"{self.code}REFID") else []  # a sample
        if found is not None and not found.text:
            if found.item is None or not found.item.missing:
                return []
            values[f"{self.code}STAT"] = NOT_DONE
            reason = found.item.missing
            values.setdefault(f"{self.code}REASND", MISSING_WORDS.get(reason, reason))
        elif values.get(self._orres):
            values.pop(f"{self.code}STAT", None)
            self._standardise(made, found)
        return [one for one in self._tested(made, answers) if self.code != "IE" or _is_not_met(one)]

    def _tested(self, made: Record, answers: Mapping[str, Answer]) -> list[Record]:
        if self._asked is None:
            made.values[self._test] = self._name
            return [made]
        asked = answers.get(self._testcd) or answers.get(self._test)
        assert asked is not None
        if not asked.text or asked.item is None:
            return []
        raw = asked.item.value or ""
        codes = raw.split(";") if self._asked.item.multiple else [raw]
        found = []
        for n, code in enumerate(codes):
            values = made.values if n == 0 else dict(made.values)
            own = (
                made
                if n == 0
                else Record(made.domain, values, made.plan, made.path, made.event, (*made.order, n))
            )
            other, _, short = self._short.get(code, code).rpartition(".")
            name = (
                self.plan.constants.get(self._test) or self._tests.get(short) or self._names.get(code, code)
            )
            values[self._testcd] = short
            values[self._test] = shortened(name, 200 if self.code == "IE" else 40)
            found.append(_moved(own, other) if other else own)
        return found

    def _standardise(self, made: Record, found: Answer | None) -> None:
        values, code = made.values, self.code
        result = values[self._orres]
        item = found.item if found else None
        unit = values.get(self._orresu) or (item.unit if item else "") or _only_unit(self._result)
        if unit:
            values[self._orresu] = unit
        standard = item.standard if item is not None and item.value is not None else {}
        character = standard.get("value") or values.get(f"{code}STRESC") or result
        values[f"{code}STRESC"] = character
        if is_number(character) and (item is None or item.reading != "unreadable"):
            values[f"{code}STRESN"] = character
        if unit:
            values[f"{code}STRESU"] = standard.get("unit") or unit
        if standard.get("factor") or unit:
            self._limits(made, standard.get("factor", "1"))

    def _limits(self, made: Record, factor: str) -> None:
        """Limits of the reference range in the standard unit."""
        for given, wanted in (("ORNRLO", "STNRLO"), ("ORNRHI", "STNRHI")):
            limit = made.get(given)
            if limit and self.code + wanted in self.domain.variables and is_number(limit):
                made.put(wanted, limit if factor == "1" else _times(limit, factor))

    def nothing_done(
        self, items: Mapping[str, ExportItem], path: str, event: Step | None, order: tuple[object, ...]
    ) -> Record | None:
        """The one record of a form on which nothing was done: ``--TESTCD`` is ``--ALL`` (SDTMIG 3.4, section 4.5.1.2)."""
        status = self._header[f"{self.code}STAT"]
        around = {0: items}
        if not status(around, {}).text:
            return None
        made = Record(self.code, {}, self.plan, path, event, order)
        for name, read in self._header.items():
            if text := read(around, made.values).text:
                made.values[name] = text
        made.values |= {
            self._testcd: f"{self.code}ALL",
            self._test: shortened(self.domain.label, 40),
            f"{self.code}STAT": NOT_DONE,
        }
        for name in (f"{self.code}CAT", f"{self.code}SCAT", f"{self.code}OBJ"):
            if name in self.plan.constants:
                made.values[name] = self.plan.constants[name]
        return made


def _moved(made: Record, domain: str) -> Record:
    """The record in another domain of findings, whose test it is."""
    values = {domain + n[2:] if n.startswith(made.domain) else n: text for n, text in made.values.items()}
    return Record(domain, values, made.plan, made.path, made.event, made.order, made.qualifiers)


def _is_not_met(made: Record) -> bool:
    """Whether a criterion isn't met: IE holds no others (SDTMIG 3.4, 6.3.4)."""
    short = made.values.get("IETESTCD", "")
    category = made.values.setdefault("IECAT", EXCLUSION if short.startswith("E") else INCLUSION)
    if "IEORRES" not in made.values:  # the form lists only those
        made.values["IEORRES"] = made.values["IESTRESC"] = "Y" if category == EXCLUSION else "N"
    return made.values["IEORRES"] == ("Y" if category == EXCLUSION else "N")


def _names(asked: Source | None) -> dict[str, str]:
    if asked is None or asked.code_list is None:
        return {}
    terms = asked.code_list.items
    return {t.coded_value: t.decode.in_language("en") if t.decode else t.coded_value for t in terms}


def _points(sources: tuple[Source, ...]) -> dict[str, str]:
    """``--TPTNUM`` of each planned time: its place in the code list."""
    found = next((s.code_list for s in sources if s.code_list), None)
    return {t.coded_value: str(n) for n, t in enumerate(found.items, 1)} if found else {}


def _only_unit(source: Source | None) -> str:
    units = source.item.measurement_unit_oids if source else ()
    return units[0] if len(units) == 1 else ""


def _times(text: str, factor: str) -> str:
    """A limit in another unit, to six significant digits."""
    above, _, below = factor.partition("/")
    product = Decimal(text) * Decimal(above) / Decimal(below or "1")
    return f"{Context(prec=6).plus(product).normalize():f}"
