"""Checks of a log's rows: one call and one fingerprint per row, so that a change in row 2 leaves row 1 alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.domain.finding import Finding

if TYPE_CHECKING:
    from edc_core.domain.casebook_view import FormView, RowView


@dataclass(frozen=True, slots=True)
class EachRow:
    """Run a check on every row of a repeating group: ``EditCheck(..., check=EachRow("AE", end_before_start))``.

    :param group: name or OID of the group.
    :param check: called with one row; a target given by name is an item of that row.
    """

    group: str
    check: Callable[[RowView], Finding | Iterable[Finding] | None]

    def __call__(self, form: FormView) -> Iterator[Finding]:
        """Findings of all rows, with their targets as paths: what a test of a check looks at."""
        for row in form.rows(self.group):
            for finding in listed(self.check(row)):
                yield (
                    finding
                    if not isinstance(finding.target, str)
                    else replace(finding, target=row.at(finding.target))
                )


def listed(result: Finding | Iterable[Finding] | None) -> Iterable[Finding]:
    """A check's result as an iterable."""
    if result is None:
        return ()
    return (result,) if isinstance(result, Finding) else result
