"""Every command and file of the tutorial, in order, from an empty folder; what is done in the browser too."""

from pathlib import Path

import pytest

from tests.docs.console import Reader, fits
from tests.docs.person import Person

TUTORIAL = Path(__file__).resolve().parents[2] / "docs/tutorial"


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_the_tutorial_can_be_followed(page, tmp_path):
    reader, person = Reader(tmp_path), Person(page)
    steps = {"enter": person.enter, "finding": person.finding, "lock": person.lock}
    try:
        for name in ("2-your-first-study", "3-your-first-check-plugin", "4-lock-and-export"):
            reader.follow(TUTORIAL / f"{name}.md", steps)
    finally:
        reader.stop()


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n", "a\n", True),
        ("a ...\n", "a b c\n", True),
        ("a ...\n", "b\n", False),
        ("...\nz\n", "a\nb\nz\n", True),
        ("...\n", "", True),
        ("a\n", "a\nb\n", False),
        ("a.\n", "ab\n", False),
    ],
)
def test_output_is_compared_with_room_for_what_differs(shown, printed, same):
    assert fits(shown, printed) is same
