import pytest

from bench.__main__ import BENCHES, as_json, bench
from bench.goals import GOALS
from bench.measure import Measured, Size


@pytest.mark.parametrize("name", BENCHES)
def test_measurement_runs_and_reports_on_its_goals(name, tmp_path):
    lines = list(bench(name)(Size("tiny"), tmp_path))
    measured = [line for line in lines if isinstance(line, Measured)]
    assert measured
    assert {line.goal for line in measured} <= set(GOALS)
    assert all(ratio > 0 for line in measured for ratio in line.ratios)
    assert [as_json(line) for line in lines]


def test_goal_says_by_how_much_it_is_missed():
    goal = GOALS["form save"]
    assert goal.verdict(0.2) == "met"
    assert goal.verdict(0.1) == "missed by a factor of 1.50"
