"""From when on a clock warns, and from when on nothing is signed with it."""

import pytest

from edc_core.domain.clock_health import ClockHealth, ClockStanding, length

UNKNOWN, GOOD, DRIFTS, WRONG = ClockStanding


@pytest.mark.parametrize(
    ("off", "apart", "behind", "standing"),
    [
        (None, None, 0.0, UNKNOWN),
        (None, 0.0, 0.0, UNKNOWN),
        (0.002, None, 0.0, GOOD),
        (1.0, 1.0, 1.0, GOOD),
        (1.001, None, 0.0, DRIFTS),
        (None, 1.001, 0.0, DRIFTS),
        (0.0, 0.0, 1.001, DRIFTS),
        (60.0, 60.0, 0.0, DRIFTS),
        (60.001, 0.0, 0.0, WRONG),
        (None, 60.001, 0.0, WRONG),
        (0.0, 0.0, 86_400.0, DRIFTS),
    ],
)
def test_more_than_a_second_warns_and_more_than_a_minute_closes_signing(off, apart, behind, standing):
    found = ClockHealth(off, apart, behind)
    assert found.standing is standing
    assert found.closes_signing is (standing is WRONG)
    assert found.is_to_be_mended is (standing in (DRIFTS, WRONG))


def test_words_say_what_was_measured_and_nothing_else():
    assert ClockHealth(None, None).words == (
        "No time server is known here, so the clock of the server was compared with none."
    )
    assert ClockHealth(0.2, 90.0, 7200.0).words == (
        "The clock of the server is less than 1 second off its time server. "
        "The clock of the database is 90 seconds apart from it. "
        "The clock was set back: the newest entry lies 2 hours ahead of it."
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.999, "less than 1 second"), (1.5, "1 second"), (2.0, "2 seconds"), (119.9, "119 seconds"),
     (120.0, "2 minutes"), (7_200.0, "2 hours"), (172_800.0, "2 days")],
)  # fmt: skip
def test_a_length_is_said_in_the_largest_unit_of_which_there_are_two(seconds, words):
    assert length(seconds) == words
