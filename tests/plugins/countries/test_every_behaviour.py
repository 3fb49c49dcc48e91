"""Each behaviour of a country has a test that bears its name (requirements 3.2)."""

import ast
import re
from pathlib import Path

import pytest

#: How many each country has: US-B1 to US-B10, ...
BEHAVIOURS = {"US": 10, "EU": 10, "GB": 10, "KR": 10, "JP": 12, "CN": 11}
IDS = [f"{country}-B{n}" for country, last in BEHAVIOURS.items() for n in range(1, last + 1)]
NAMED = re.compile(r"test_([a-z]{2})_b(\d+)_")


def behaviours_in(file):
    """Ids that the tests of a file bear, and whether each asserts something."""
    found = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        named = NAMED.match(node.name) if isinstance(node, ast.FunctionDef) else None
        if named:
            proves = any(isinstance(one, ast.Assert | ast.With) for one in ast.walk(node))
            found.setdefault(f"{named[1].upper()}-B{named[2]}", []).append((node.name, proves))
    return found


@pytest.fixture(scope="module")
def tested():
    return {
        oid: tests
        for country in BEHAVIOURS
        for oid, tests in behaviours_in(
            Path(__file__).parent / f"test_{country.lower()}_behaviours.py"
        ).items()
    }


@pytest.mark.parametrize("oid", IDS)
def test_it_has_a_test_that_bears_its_name(tested, oid):
    assert any(proves for _, proves in tested.get(oid, ()))


def test_no_test_bears_the_name_of_another_one(tested):
    assert tested.keys() <= set(IDS)


def test_these_are_the_behaviours_that_are_asked_for(shared_folder):
    text = (shared_folder / "docs/requirements.md").read_text(encoding="utf-8")
    parts = re.findall(r"^\*\*([A-Z]{2})-[A-Z]+\*\*.*\n((?:- B\d+ .*\n)+)", text, re.MULTILINE)
    asked = [
        f"{country}-B{n}" for country, lines in parts for n in re.findall(r"^- B(\d+) ", lines, re.MULTILINE)
    ]
    assert len(asked) == 63
    assert asked == IDS
