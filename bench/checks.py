"""Edit checks beside ``eval`` of a compiled expression with the same two comparisons, and beside simpleeval."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simpleeval import SimpleEval  # type: ignore[import-untyped, unused-ignore]

from bench.measure import Line, Measured, Size, Work, side_by_side
from edc_core.check_host.running import run_check
from edc_core.domain.check_report import CheckFailure
from edc_core.domain.finding import EditCheck, Finding
from edc_core.domain.limits import Limits
from edc_core.domain.metadata import DataType
from edc_core.domain.plugin_identity import PluginIdentity
from edc_core.plugin_offers import RegisteredCheck
from edc_core.testing.study_builder import StudyBuilder
from edc_core.testing.subject_builder import SubjectBuilder

LIMITS = "VALUE >= 60 and VALUE <= 250"
RELATION = "SYSBP > DIABP and AGE >= 18"


def pressures(form: Any) -> Finding | None:
    """What a plugin's author writes for ``RELATION``."""
    systolic, diastolic, age = form.number("SYSBP"), form.number("DIABP"), form.number("AGE")
    if None in (systolic, diastolic, age) or (systolic > diastolic and age >= 18):
        return None
    return Finding("SYSBP", "The systolic pressure is above the diastolic one. Please check both.")


def evaluated(expression: str, rows: list[dict[str, int]], times: int) -> dict[str, Work]:
    """The floor, and the peer."""
    code = compile(expression, "<bench>", "eval")

    def by_eval() -> int:
        for _ in range(times):
            for row in rows:
                eval(code, {"__builtins__": {}}, row)
        return times * len(rows)

    engine = SimpleEval()
    parsed = engine.parse(expression)

    def by_simpleeval() -> int:
        for row in rows:
            engine.names = row
            engine.eval(expression, previously_parsed=parsed)
        return len(rows)

    return {"eval": by_eval, "simpleeval": by_simpleeval}


def run(size: Size, folder: Path) -> Iterator[Line]:
    rounds, times = size.pick(tiny=1, quick=5, full=11), size.pick(tiny=1, quick=20, full=60)
    study = StudyBuilder("BENCH-2").with_item("VS.SYSBP", DataType.INTEGER, soft=(60, 250))
    version = study.with_item("VS.DIABP", DataType.INTEGER).with_item("VS.AGE", DataType.INTEGER).build()
    numbers = [70 + i % 100 for i in range(500)]
    yield from _declared(rounds, times, version.items[0], numbers)
    yield from _plugin(rounds, times, version)


def _declared(rounds: int, times: int, item: Any, numbers: list[int]) -> Iterator[Line]:
    texts = [str(number) for number in numbers]

    limits = Limits(item)

    def ours() -> int:
        for _ in range(times):
            for text in texts:
                limits.broken(text)
        return times * len(texts)

    floor = evaluated(LIMITS, [{"VALUE": number} for number in numbers], times)
    yield from _lines("declared check", rounds, {"ours": ours, **floor})


def _plugin(rounds: int, times: int, version: Any) -> Iterator[Line]:
    subject = SubjectBuilder(version)
    for item, value in (("VS.SYSBP", "120"), ("VS.DIABP", "80"), ("VS.AGE", "44")):
        subject.with_value(item, value)
    view = subject.form("VS")
    check = EditCheck("BENCH.1", "Systolic above diastolic", "VS", pressures)
    registered = RegisteredCheck(check, PluginIdentity("bench", "bench", "1", "0" * 64))
    failures: list[CheckFailure] = []

    def ours() -> int:
        for _ in range(times * 100):
            pressures(view)
        return times * 100

    def in_the_host() -> int:
        for _ in range(times):
            picture = subject.picture()
            for _ in range(10):  # checks of one study look at one picture
                failures.extend(run_check(registered, picture).failures)
        return times * 10

    rows = [{"SYSBP": 120, "DIABP": 80, "AGE": 44}] * 100
    work = {"ours": ours, "ours in the check host": in_the_host} | evaluated(RELATION, rows, times)
    yield from _lines("plugin check", rounds, work)
    assert not failures, failures


def _lines(goal: str, rounds: int, work: dict[str, Work]) -> Iterator[Line]:
    rates = side_by_side(rounds, work)
    yield Measured(goal, rates.ratio("ours", "eval"), rates.per_unit())
    yield Measured(f"{goal} peer", rates.ratio("ours", "simpleeval"))
