import ast
import re

import pytest

from tests.traceability import (
    PAGE,
    ROOT,
    STATES,
    Requirement,
    last_result,
    page,
    problems,
    requirements,
    results,
)

KNOWN = requirements()
SHOWN = [one for one in KNOWN if one.state in STATES]


def names_in(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("requirement", SHOWN, ids=lambda one: one.oid)
def test_named_modules_and_tests_exist(requirement):
    assert requirement.tests, "a requirement without a test is not met"
    assert [name for name in requirement.modules if not (ROOT / name).is_file()] == []
    for name in requirement.tests:
        file, _, test = name.partition("::")
        assert (ROOT / file).is_file(), name
        assert not test or test in names_in(ROOT / file), name


def test_no_requirement_is_left_out(shared_folder):
    wanted = (shared_folder / "docs/requirements.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^- (REQ-[A-Z]+-\d+)", wanted, re.MULTILINE)) == {one.oid for one in KNOWN}


def without_results(text):
    return re.sub(r" \| [^|]* \|$", " |", text, flags=re.MULTILINE)


def test_the_page_is_what_the_requirements_say():
    """Results are those of the run it was made after; everything else is as it is written now."""
    assert without_results(PAGE.read_text(encoding="utf-8")) == without_results(page(KNOWN, {}))


REPORT = """<testsuites><testsuite timestamp="2026-03-04T09:15:00">
<testcase classname="tests.test_one" name="test_a[1]"/><testcase classname="tests.test_one" name="test_a[2]"/>
<testcase classname="tests.test_one" name="test_b"><failure/></testcase>
<testcase classname="tests.test_two" name="test_c"><skipped/></testcase></testsuite></testsuites>"""


@pytest.mark.parametrize(("tests", "said"), [
    (("tests/test_one.py::test_a",), "2 passed, 2026-03-04"),
    (("tests/test_one.py",), "1 failed"),
    (("tests/test_two.py::test_c",), "1 failed"),
    (("tests/test_one.py::test_a", "tests/test_two.py::test_gone"), "not run: test_two.py::test_gone"),
    ((), "no test"),
])  # fmt: skip
def test_the_last_result_is_that_of_the_reports(tmp_path, tests, said):
    (tmp_path / "unit.xml").write_text(REPORT)
    one = Requirement("REQ-X-01", "whole", tests=tests)
    assert last_result(one, results(tmp_path)) == said
    assert problems([one], results(tmp_path)) == ([] if "passed" in said else [f"REQ-X-01: {said}"])
