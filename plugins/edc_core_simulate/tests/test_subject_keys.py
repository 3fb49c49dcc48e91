import re
from itertools import islice

import pytest
from edc_core_simulate.chance import Chance
from edc_core_simulate.subject_keys import candidates, example


def some(site, pattern, first=1, count=3):
    return list(islice(candidates(site, pattern, first, Chance("s").at("key")), count))


@pytest.mark.parametrize(
    ("site", "pattern", "expected"),
    [
        ("KR-01", "(US|KR)[0-9]{2}-[0-9]{4}", ["KR01-0001", "KR01-0002", "KR01-0003"]),
        ("KR-01", "", ["KR01-0001", "KR01-0002", "KR01-0003"]),
        ("101", r"\d{3}-\d{3}", ["101-001", "101-002", "101-003"]),
        ("A", r"S-\d{3}", ["S-001", "S-002", "S-003"]),
        ("Seoul", r"\d{6}", ["000001", "000002", "000003"]),
    ],
)
def test_the_running_number_follows_the_site_where_the_pattern_allows(site, pattern, expected):
    assert some(site, pattern) == expected


@pytest.mark.parametrize(
    "pattern",
    ["P[A-C]{2}x?", r"(?:AB|C\d)+-\w{2,4}", "[1-9][0-9]{3}", r"^X\.(a|b(c|d))$", "S.{2}", r"[\d]{2}"],
)
def test_an_example_matches_its_pattern(pattern):
    for number in range(50):
        assert re.fullmatch(pattern, example(pattern, Chance("s").at(number)))


def test_the_same_draws_give_the_same_keys():
    assert some("Z", "P[A-C]{3}") == some("Z", "P[A-C]{3}")
