"""The script that CI trusts: its counts, its last line and its exit code."""

from itertools import product

import pytest

import dev


def last_line(capsys):
    return capsys.readouterr().out.splitlines()[-1]


def test_last_line_sums_all_groups(capsys):
    assert dev.summarise([dev.Outcome("lint", passed=4), dev.Outcome("unit", passed=10, skipped=2)]) == 0
    assert last_line(capsys) == "14 passed, 0 failed"


def test_one_failure_fails_the_run(capsys):
    assert dev.summarise([dev.Outcome("unit", passed=10, failed=1), dev.Outcome("browser", passed=3)]) == 1
    assert last_line(capsys) == "13 passed, 1 failed"


def test_group_without_tests_is_said_and_does_not_fail(capsys):
    assert dev.summarise([dev.Outcome("unit", passed=1), dev.Outcome("faults")]) == 0
    assert "no tests yet" in capsys.readouterr().out


def test_run_without_any_test_fails(capsys):
    assert dev.summarise([dev.Outcome("lint", passed=4), dev.Outcome("unit", skipped=7)]) == 1
    assert last_line(capsys) == "4 passed, 0 failed"


def test_each_test_belongs_to_exactly_one_group():
    markers = ["database", "browser", "faults", "conformance"]
    expressions = [arguments[arguments.index("-m") + 1] for arguments in dev.PYTEST_GROUPS.values()]
    for present in product([True, False], repeat=len(markers)):
        names = dict(zip(markers, present, strict=True))
        assert sum(eval(expression, {}, dict(names)) for expression in expressions) == 1, names


def test_counts_come_from_the_report_and_a_broken_run_counts_as_failed(tmp_path, monkeypatch):
    case = tmp_path / "test_case.py"
    case.write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert False\n"
        "def test_left_out(): pytest.skip('not run: example')\n"
    )
    monkeypatch.setattr(dev, "REPORTS", tmp_path)
    outcome = dev.run_pytest("unit", [str(case), "-p", "no:cacheprovider"])
    assert (outcome.passed, outcome.failed, outcome.skipped) == (1, 1, 1)
    assert dev.run_pytest("unit", ["--no-such-option"]).failed == 1


@pytest.mark.parametrize(
    ("arguments", "code"), [([], 2), (["unknown"], 2), (["--help"], 0), (["test", "x"], 2)]
)
def test_unknown_words_explain_and_do_nothing(capsys, arguments, code):
    assert dev.main(arguments) == code
    assert "lint, unit, databases, browser, faults, conformance" in capsys.readouterr().out
