"""When a failing check is skipped, and for how long. Pure: the core stores the record and asks before each run.

A check that hangs or kills its process costs everyone seconds, so it rests; one that raises or answers nonsense
costs nothing and is reported each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from edc_core.domain.check_report import FailureKind

FIRST_REST = timedelta(minutes=10)
LONGEST_REST = timedelta(days=1)
COSTLY = frozenset({FailureKind.TIMEOUT, FailureKind.CRASHED})


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The rest a check is taking.

    :param check_oid: empty for the plugin as a whole.
    :param plugin: stamp of the plugin that failed; another version of it starts afresh.
    :param failures: costly failures in a row.
    :param until: aware UTC; from then on it is tried again.
    """

    check_oid: str
    plugin: str
    failures: int
    until: datetime

    def skips(self, plugin: str, now: datetime) -> bool:
        """Whether the check of this plugin is left out now."""
        return self.plugin == plugin and now < self.until


def after_failure(
    before: Quarantine | None, check_oid: str, plugin: str, kind: FailureKind, now: datetime
) -> Quarantine | None:
    """The record after a failure; ``None`` when there is nothing to keep. A check that answers loses its record."""
    if before is not None and before.plugin != plugin:
        before = None
    if kind not in COSTLY:
        return before
    failures = 1 if before is None else before.failures + 1
    return Quarantine(check_oid, plugin, failures, now + rest_after(failures))


def rest_after(failures: int) -> timedelta:
    """Ten minutes after the first failure, doubling up to a day."""
    doublings = min(failures - 1, 20)  # 2**20 is far beyond a day already
    return min(FIRST_REST * (1 << doublings), LONGEST_REST)
