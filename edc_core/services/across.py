"""Checks across subjects: run once for a study when what they read has changed, brought in where their answer differs.

A subject's own checks run at every save. These run only when an item they read, a row, a form or a visit has changed,
and they write only to subjects about whom they say something else than before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.study_view import read_items
from edc_core.store import study_cells

if TYPE_CHECKING:
    from collections.abc import Collection

    from edc_core.check_host import CheckRequest
    from edc_core.core import Core
    from edc_core.domain.check_report import CheckReport
    from edc_core.domain.finding import Found


def look(core: Core, study_id: str, request: CheckRequest, due: Collection[str]) -> CheckReport | None:
    """What the checks across subjects say now; ``None`` when there are none, or nothing they read has changed.

    :param request: study, plugins and resting checks, as for a casebook of one of the subjects.
    :param due: ids of the subjects that were changed.
    """
    active = core.plugins.activate(request.study.index.version.plugins)
    registered = core.plugins.checks(request.study, active).across if request.sources else ()
    if not registered:
        return None
    items = read_items(request.study.index, {read for one in registered for read in one.check.reads})
    with core.read(consistent=True) as source:
        if not study_cells.touched(source.connection, study_id, due, items):
            return None
        cells = study_cells.cells(source.connection, study_id, items)
    return core.check_host.run_across(request.study, request.sources, cells, skip=request.skip)


def by_subject(
    core: Core, study_id: str, report: CheckReport, due: Collection[str]
) -> dict[str, tuple[Found, ...]]:
    """Findings by subject, of those who were changed and of those about whom something else is said than before."""
    with core.read() as source:
        before = study_cells.known_findings(source.connection, study_id, report.settled)
    said: dict[str, list[Found]] = {}
    for found in report.found:
        said.setdefault(found.subject_id, []).append(found)
    # one who was changed may have completed the form a finding stands in: now it is a query
    now = {subject_id for subject_id in due if subject_id in said or subject_id in before}
    for subject_id in {*said, *before}:
        of_subject = said.get(subject_id, [])
        if {(*one.identity, one.fingerprint) for one in of_subject} != before.get(subject_id, set()):
            now.add(subject_id)
    if report.failures:
        now.add(next(iter(due)))  # somewhere it has to be told
    return {subject_id: tuple(said.get(subject_id, ())) for subject_id in sorted(now)}
