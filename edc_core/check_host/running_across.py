"""Run one check across subjects and judge what it returns, by the same rules as a check of one casebook."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from edc_core.check_host.running import MAX_FINDINGS, CheckResult, Nonsense, check_key, judged_message, where
from edc_core.domain.check_report import CheckFailure, FailureKind
from edc_core.domain.finding import Found
from edc_core.domain.study_view import StudyFinding, StudyRow, StudyView, read_items, study_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.study_view import StudyCells
    from edc_core.plugin_offers import RegisteredCross


def run_across(registered: RegisteredCross, index: MetaDataIndex, cells: StudyCells) -> CheckResult:
    """Call a check once, with what it reads of every subject."""
    result = CheckResult()
    check = registered.check
    try:
        view = StudyView(study_rows(index, cells, read_items(index, check.reads)))
        result.found = list(_judged(registered, check.check(view)))
    except Nonsense as error:
        result.failures.append(_failure(registered, FailureKind.NONSENSE, str(error)))
    except BaseException as error:  # noqa: BLE001 - sys.exit and Ctrl-C from a plugin are failures of the plugin
        result.failures.append(_failure(registered, FailureKind.RAISED, where(error)))
    return result


def _judged(registered: RegisteredCross, answer: Iterable[StudyFinding]) -> Iterable[Found]:
    try:
        several = iter(answer)
    except TypeError:
        raise Nonsense(f"It returned a {type(answer).__name__} instead of several StudyFindings.") from None
    seen: set[tuple[str, tuple[str, str, str]]] = set()
    for number, finding in enumerate(islice(several, MAX_FINDINGS + 1)):
        if number == MAX_FINDINGS:
            raise Nonsense(f"It returned more than {MAX_FINDINGS} findings.")
        path = _target(finding)
        check_key(finding.key)
        found = Found(
            registered.check.oid,
            path,
            judged_message(finding.message),
            registered.check.severity,
            finding.fingerprint(),
            finding.key,
            registered.plugin.stamp,
            finding.row.subject.subject_id,
        )
        if (found.subject_id, found.identity) in seen:
            raise Nonsense("It returned two findings about one place with the same key.")
        seen.add((found.subject_id, found.identity))
        yield found


def _target(finding: object) -> ItemPath:
    if not isinstance(finding, StudyFinding):
        raise Nonsense(f"It returned a {type(finding).__name__} among its findings.")
    row: object = finding.row
    if not isinstance(row, StudyRow) or finding.item not in row.cells:
        raise Nonsense("The target of a finding is no item with a value of a row it was handed.")
    return row.cells[finding.item][0]


def _failure(registered: RegisteredCross, kind: FailureKind, text: str) -> CheckFailure:
    return CheckFailure(registered.check.oid, registered.plugin.stamp, kind, text)
