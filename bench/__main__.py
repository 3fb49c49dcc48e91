"""Run the measurements and say of each goal whether it is met.

python -m bench [name ...] [--quick] [--growth] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from bench.goals import GOALS
from bench.measure import Line, Measured, Note, Size

BENCHES = (
    "form_save",
    "http_save",
    "growth",
    "pages",
    "checks",
    "expressions",
    "code_search",
    "home",
    "locking",
    "permission",
    "append",
    "verify",
    "odm",
    "csv_export",
    "sdtm",
    "tabular",
    "xpt",
    "volume",
)
#: What a machine must offer besides the repository; see docs/how-to/bench.md.
RECORDED = (
    "clinicedc 4.12.2: form validated and saved 79-113 ms, form page 53-74 ms (recorded, not run here)",
    "ODK Central: 177 submissions/s with 16 clients, CSV 7,800 rows/s of 20 columns (recorded, not run here)",
)

Bench = Callable[[Size, Path], Iterator[Line]]


def bench(name: str) -> Bench:
    return import_module(f"bench.{name}").run  # type: ignore[no-any-return]


def show(line: Line) -> None:
    if isinstance(line, Note):
        print(f"    {line.text}", flush=True)
        return
    goal = GOALS[line.goal]
    spread = f"{min(line.ratios):.3g}-{max(line.ratios):.3g}"
    bound = f"{goal.sense} {goal.bound:g} {goal.unit}"
    print(
        f"  {goal.what}\n    {line.value:.3g} {goal.unit} ({spread}, n={len(line.ratios)}); goal {bound}: {goal.verdict(line.value)}"
    )
    if line.words:
        print(f"    {line.words}", flush=True)


def as_json(line: Line) -> dict[str, object]:
    if isinstance(line, Note):
        return {"note": line.text}
    goal = GOALS[line.goal]
    return {
        "goal": line.goal,
        "what": goal.what,
        "value": line.value,
        "rounds": line.ratios,
        "unit": goal.unit,
        "sense": goal.sense,
        "bound": goal.bound,
        "met": goal.is_met(line.value),
        "words": line.words,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHES)}; all without one")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: at most a minute in all")
    parser.add_argument(
        "--growth",
        action="store_true",
        help="measure growth to 10 million entries, and exports of as many values (many minutes)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of every round")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(BENCHES):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    size = Size("quick" if given.quick else "full", growth=given.growth)
    lines: list[Line] = []
    start = time.monotonic()
    for name in given.names or BENCHES:
        print(f"{name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="edc-bench-") as folder:
            for line in bench(name)(size, Path(folder)):
                show(line)
                lines.append(line)
    for text in RECORDED:
        print(f"peer: {text}")
    measured = [line for line in lines if isinstance(line, Measured)]
    missed = [line for line in measured if not GOALS[line.goal].is_met(line.value)]
    print(f"\n{len(measured) - len(missed)} of {len(measured)} goals met in {time.monotonic() - start:.0f} s")
    for line in missed:
        print(f"  not met: {GOALS[line.goal].what}: {GOALS[line.goal].verdict(line.value)}")
    if given.json:
        given.json.write_text(json.dumps([as_json(line) for line in lines], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
