"""Requirement to module to test to last result: the page that inspectors read, made from what is written and what was run.

``docs/regulatory/requirements.toml`` says what meets each requirement and which tests show it. ``python -m
tests.traceability`` makes a page of it and of the reports of the last run of every test, and ends with 1 where a
requirement has no test, or one that did not pass. A run of all tests leaves it among its reports; with ``--docs`` it
becomes ``docs/regulatory/traceability.md``.
"""

import sys
import tomllib
import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "docs/regulatory/requirements.toml"
PAGE = ROOT / "docs/regulatory/traceability.md"
REPORTS = ROOT / "artifacts/tests"

HEAD = """\
# Traceability

Which requirement is met by what, which test shows it, and how that test ended when all tests were run last. The ids are
those of the project's list of requirements; the words here say what is there, not what is wanted. **whole**: met and
tested. **part**: what is there is tested, and what is missing is said. Whatever is not in the table is listed below it as
not there yet.

The page is made by `python -m tests.traceability --docs` from [requirements.toml](requirements.toml) and from the reports
of the last run of all tests, which ends with a failure where a requirement has no test or one that did not pass. Each run
leaves a page of its own as `artifacts/tests/traceability.md`. It is no validation of an installation.

| requirement | state | what is there | module | tests | last result |
|---|---|---|---|---|---|
"""
NOT_YET = "\n## Not there yet\n\n"
STATES = ("whole", "part")


@dataclass(frozen=True)
class Requirement:
    """:param tests: ``file::function``, or a file for every test in it. :param topic: heading where it is not there yet."""

    oid: str
    state: str
    said: str = ""
    modules: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    topic: str = ""


def requirements(source=SOURCE):
    found = tomllib.loads(source.read_text(encoding="utf-8"))
    return [
        Requirement(
            oid, one["state"], one.get("said", ""), tuple(one.get("modules", ())), tuple(one.get("tests", ())),
            one.get("topic", ""),
        )
        for oid, one in found.items()
    ]  # fmt: skip


def results(reports=REPORTS):
    """By ``file::function``: (tests that passed, tests that did not, day of the run)."""
    found = defaultdict(lambda: [0, 0, ""])
    for report in sorted(reports.glob("*.xml")):
        for suite in ET.parse(report).iter("testsuite"):
            for case in suite.iter("testcase"):
                name = case.get("name").partition("[")[0]
                one = found[f"{case.get('classname').replace('.', '/')}.py::{name}"]
                one[any(case.find(bad) is not None for bad in ("failure", "error", "skipped"))] += 1
                one[2] = max(one[2], suite.get("timestamp", "")[:10])
    return {name: tuple(one) for name, one in found.items()}


def last_result(requirement, ran):
    """What is said of its tests: ``n passed, day``, or what is wrong with them."""
    passed, failed, day = 0, 0, ""
    for test in requirement.tests:
        parts = [one for name, one in ran.items() if name == test or name.startswith(f"{test}::")]
        if not parts:
            return f"not run: {test.rpartition('/')[2]}"
        passed += sum(one[0] for one in parts)
        failed += sum(one[1] for one in parts)
        day = max([day, *(one[2] for one in parts)])
    if not requirement.tests:
        return "no test"
    return f"{failed} failed" if failed else f"{passed} passed, {day}"


def page(known, ran):
    rows = [
        [one.oid, one.state, one.said, _code(one.modules), _code(one.tests), last_result(one, ran)]
        for one in known
        if one.state in STATES
    ]
    missing = defaultdict(list)
    for one in known:
        if one.state not in STATES:
            missing[one.topic].append(one.oid)
    text = HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    if missing:
        text += NOT_YET + "".join(f"- {topic}: {', '.join(oids)}\n" for topic, oids in missing.items())
    return text


def _code(names):
    return ", ".join(f"`{name}`" for name in names)


def problems(known, ran):
    """A line for each requirement that no test shows."""
    said = ((one.oid, last_result(one, ran)) for one in known if one.state in STATES)
    return [f"{oid}: {result}" for oid, result in said if " passed, " not in result]


def main(arguments):
    known, ran = requirements(), results()
    target = PAGE if "--docs" in arguments else REPORTS / PAGE.name
    target.write_text(page(known, ran), encoding="utf-8")
    found = problems(known, ran)
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
