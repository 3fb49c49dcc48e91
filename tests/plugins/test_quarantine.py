"""How long a failing check rests, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from edc_core.domain.check_report import FailureKind
from edc_core.domain.quarantine import Quarantine, after_failure, rest_after

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
TIMEOUT, CRASHED, RAISED, NONSENSE = (
    FailureKind.TIMEOUT,
    FailureKind.CRASHED,
    FailureKind.RAISED,
    FailureKind.NONSENSE,
)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [
        (1, 10),
        (2, 20),
        (3, 40),
        (4, 80),
        (5, 160),
        (6, 320),
        (7, 640),
        (8, 1280),
        (9, 1440),
        (10, 1440),
        (10**6, 1440),
    ],
)
def test_rest_doubles_up_to_a_day(failures, minutes):
    assert rest_after(failures) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("before", "kind", "failures"),
    [
        (None, TIMEOUT, 1),
        (None, CRASHED, 1),
        (None, RAISED, None),
        (None, NONSENSE, None),
        (("P 1", 1), TIMEOUT, 2),
        (("P 1", 3), CRASHED, 4),
        (("P 1", 3), RAISED, 3),
        (("P 0", 3), TIMEOUT, 1),
        (("P 0", 3), RAISED, None),
    ],
)
def test_after_failure(before, kind, failures):
    record = None if before is None else Quarantine("EC05", before[0], before[1], NOW)
    after = after_failure(record, "EC05", "P 1", kind, NOW)
    assert (after and after.failures) == failures


def test_a_check_rests_until_its_time_and_only_in_that_version():
    record = after_failure(None, "EC05", "P 1", TIMEOUT, NOW)
    assert record.skips("P 1", NOW)
    assert record.skips("P 1", NOW + timedelta(minutes=9, seconds=59))
    assert not record.skips("P 1", NOW + timedelta(minutes=10))
    assert not record.skips("P 2", NOW)
