"""Expressions beside the same Python by hand, a large study compiled, and the cost of a change among many rules."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from bench.measure import Line, Measured, Size, side_by_side
from edc_core.cli.playground import open_playground
from edc_core.definitions.loader import load
from edc_core.domain.casebook import FormData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.kept import Kept
from edc_core.domain.metadata import DataType
from edc_core.expressions.compiler import Expression, compile_expression
from edc_core.expressions.following import findings, settle
from edc_core.expressions.frame import Frame, SubjectData
from edc_core.expressions.names import StudyNames
from edc_core.expressions.references import Home
from edc_core.expressions.rule_book import RuleBook
from edc_core.expressions.rules import compile_rules
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing
from edc_core.settings import Settings
from edc_core.testing.study_builder import StudyBuilder

RELATION = "SYSBP > DIABP and AGE >= 18"
LARGE_FORMS, ITEMS = 500, 40


def write_study(folder: Path, forms: int) -> None:
    """A study of 40 items a form, a tenth of them calculated, a tenth with a check and a condition."""
    (folder / "forms").mkdir(parents=True)
    listed = ", ".join(f"F{n}" for n in range(forms))
    head = 'oid: BIG\nversion: {oid: "1"}\nlanguages: [en]\nevents:\n'
    (folder / "study.yaml").write_text(f"{head}  - {{oid: V1, forms: [{listed}]}}\n")
    for n in range(forms):
        lines = [f"oid: F{n}", "items:"]
        for i in range(ITEMS):
            lines += [f"  - name: I{i}", f"    question: Question {i} of form {n}?", "    type: integer"]
            lines += ["    range: [{ge: 60, le: 250, message: Outside 60 to 250. Please check the source.}]"]
            if i % 10 == 9:
                lines += [f"    derive: I{i - 1} + I{i - 2}"]
            if i % 10 == 5:
                lines += [f"    when: I{i - 1} > 0", "    checks:", f"      - oid: C{n}.{i}"]
                lines += [f"        that: I{i} > I{i - 1}", "        message: It is not above. Please check."]
                lines += [
                    f"        fires: {{I{i}: 1, I{i - 1}: 2}}",
                    f"        passes: {{I{i}: 3, I{i - 1}: 2}}",
                ]
        (folder / f"forms/f{n}.yaml").write_text("\n".join(lines) + "\n")


def peak_of_loading(folder: Path) -> float:
    """MB that a process of its own needs at most to read and compile a study, above what Python and we need."""
    code = (
        "import re, sys; from pathlib import Path; from edc_core.definitions.loader import load\n"
        "peak = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "base = peak(); load(Path(sys.argv[1])).required(); print((peak() - base) / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def large(size: Size, folder: Path) -> Iterator[Line]:
    forms = size.pick(tiny=5, quick=LARGE_FORMS, full=LARGE_FORMS)
    write_study(folder / "large", forms)
    start = time.perf_counter()
    load(folder / "large").required()
    yield Measured(
        "study compile", [time.perf_counter() - start], f"{forms * ITEMS:,} items in {forms} forms"
    )
    yield Measured("study compile memory", [peak_of_loading(folder / "large")])


def preview(size: Size, folder: Path) -> Iterator[Line]:
    """What ``edc study dev`` does when one of the files is saved: read, checked, put in force in the playground."""
    forms = size.pick(tiny=5, quick=LARGE_FORMS, full=LARGE_FORMS)
    study = folder / "preview"
    write_study(study, forms)
    file = study / "forms/f0.yaml"
    written = file.read_text("utf-8")
    plugins, kept = EdcPlugins([]), Kept()
    with open_playground(Settings(), plugins, kept) as playground:

        def shown(what_is_kept: Kept) -> float:
            start = time.process_time()
            version = publishing.check(plugins, study, kept=what_is_kept).version
            assert version is not None
            playground.publish(version)
            return time.process_time() - start

        shown(kept)
        changes, shares = [], []
        for turn in range(size.pick(tiny=1, quick=3, full=5)):
            file.write_text(written.replace("Question 0 of", f"Question nought ({turn}) of"), "utf-8")
            changes.append(shown(kept))
            start = time.process_time()
            publishing.check(plugins, study)
            shares.append(changes[-1] / (time.process_time() - start))
    about = f"CPU, {forms * ITEMS:,} items in {forms} forms, one read"
    yield Measured("preview change", changes, about)
    yield Measured("preview share", shares)


def rules(folder: Path, forms: int) -> tuple[RuleBook, SubjectData, ItemPath]:
    write_study(folder, forms)
    index = MetaDataIndex(load(folder).required())
    form = ItemPath(Step("V1"), Step("F0"))
    group = form.with_group("F0.F0", "1")
    items = {
        path: ItemData(path, str(70 + i), str(70 + i), version=1)
        for i in range(ITEMS)
        for path in [group.with_item(f"F0.I{i}")]
    }
    data = SubjectData(index, {form: FormData(form, "1", EntryStatus.COMPLETE)}, items, {})
    return compile_rules(index), data, form


def among_many(size: Size, folder: Path) -> Iterator[Line]:
    """One change with few and with many rules in the study: 4 checks a form, so 5 and 500 forms."""
    times = size.pick(tiny=2, quick=100, full=400)
    few, many = (5, size.pick(tiny=10, quick=LARGE_FORMS, full=LARGE_FORMS))
    books = {f"{forms * 4:,} checks": rules(folder / f"of-{forms}", forms) for forms in (few, many)}

    def change(book: RuleBook, data: SubjectData, form: ItemPath) -> int:
        for _ in range(times):
            book.touched("F0", frozenset({"F0.I4"}), rows=False)
            settle(book, data, [form])
            findings(book, data, form)
        return times

    work = {name: (lambda parts=parts: change(*parts)) for name, parts in books.items()}
    rates = side_by_side(size.pick(tiny=1, quick=5, full=9), work)
    small, big = work
    yield Measured("change among rules", rates.ratio(small, big), rates.per_unit())


def one(size: Size) -> Iterator[Line]:
    study = StudyBuilder("BENCH-3")
    for name in ("SYSBP", "DIABP", "AGE"):
        study.with_item(f"VS.{name}", DataType.INTEGER)
    index = MetaDataIndex(study.build())
    compiled: Expression = compile_expression(RELATION, StudyNames(index), Home("VS", ("VS",)))
    form = ItemPath(Step("V1"), Step("VS"))
    group = form.with_group("VS", "1")
    values = {"SYSBP": "120", "DIABP": "80", "AGE": "44"}
    items = {
        path: ItemData(path, text, text, version=1)
        for name, text in values.items()
        for path in [group.with_item(f"VS.{name}")]
    }
    data = SubjectData(index, {form: FormData(form, "1", EntryStatus.COMPLETE)}, items, {})
    by_hand = lambda v: v[0] > v[1] and v[2] >= 18  # noqa: E731 - the peer is a lambda
    rows = [[Decimal(120 - n % 50), Decimal(80), Decimal(44)] for n in range(1000)]
    frame = Frame(data, compiled.scopes, group)
    code = compile(RELATION, "<bench>", "eval")
    named = [dict(zip(("SYSBP", "DIABP", "AGE"), row, strict=True)) for row in rows]
    times = size.pick(tiny=1, quick=30, full=100)

    def ours() -> int:
        function = compiled.function
        for _ in range(times):
            for row in rows:
                function(row, frame)
        return times * len(rows)

    def lambdas() -> int:
        for _ in range(times):
            for row in rows:
                by_hand(row)
        return times * len(rows)

    def evals() -> int:
        for _ in range(times):
            for row in named:
                eval(code, {"__builtins__": {}}, row)
        return times * len(named)

    def whole() -> int:
        for _ in range(times * 100):
            data.evaluate(compiled, group)
        return times * 100

    work = {"ours": ours, "lambda": lambdas, "eval": evals, "with reading the values": whole}
    rates = side_by_side(size.pick(tiny=1, quick=5, full=11), work)
    yield Measured("expression", rates.ratio("lambda", "ours"), rates.per_unit())
    yield Measured("expression batch", rates.ratio("ours", "eval"))


def run(size: Size, folder: Path) -> Iterator[Line]:
    yield from one(size)
    yield from among_many(size, folder)
    yield from large(size, folder)
    yield from preview(size, folder)
