"""Run declared checks whose expressions call functions of plugins: as in a write, but after the commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.check_host.running import CheckResult
from edc_core.domain.check_report import CheckFailure, FailureKind, failure_of
from edc_core.domain.form_checks import check_oid
from edc_core.expressions.following import findings_of, settle
from edc_core.expressions.frame import SubjectData

if TYPE_CHECKING:
    from edc_core.domain.casebook_picture import CasebookPicture
    from edc_core.domain.casebook_wire import Surroundings
    from edc_core.expressions.rule_book import Check, RuleBook


@dataclass(frozen=True, slots=True)
class CallingCheck:
    """A declared check that calls functions of plugins.

    :param plugin: stamps of the plugins, with commas between; empty where the function is not there.
    :param rules: one for each place of its item.
    :param fault: why it cannot be run; empty when it can.
    """

    oid: str
    plugin: str
    rules: list[Check]
    fault: str


def calling_checks(rules: RuleBook) -> tuple[CallingCheck, ...]:
    """Those of a version, by OID: also the ones that cannot be compiled with the functions that are there now."""
    said = {oid: fault for checks in rules.after_commit.values() for oid, fault in checks.items()}
    found: dict[str, list[Check]] = {oid: [] for oid in sorted(said)}
    for rule in rules.checks:
        if rule.expression.plugins:
            found[check_oid(rule.placed.item, rule.range_check)].append(rule)
    return tuple(
        CallingCheck(
            oid,
            ", ".join(sorted({stamp for rule in same for stamp in rule.expression.plugins})),
            same,
            said[oid],
        )
        for oid, same in found.items()
    )


def settled_data(rules: RuleBook, picture: CasebookPicture, around: Surroundings) -> SubjectData:
    """A casebook as expressions of one version read it, with what its conditions hide."""
    book = picture.casebook
    removed = frozenset(path for path, event in book.events.items() if event.removed)
    data = SubjectData(
        picture.index, book.forms, book.items, book.groups, removed,
        site=around.site, country=around.country, zone=around.zone, entered_at=around.entered_at,
    )  # fmt: skip
    own = [path for path, form in book.forms.items() if form.meta_data_version not in picture.others]
    settle(rules, data, own, frozen=frozenset(own))
    return data


def run_calling(check: CallingCheck, picture: CasebookPicture, data: SubjectData) -> CheckResult:
    """Look at every occurrence of the check's forms that keep this version."""
    result = CheckResult()
    if check.fault:
        result.failures.append(CheckFailure(check.oid, check.plugin, FailureKind.RAISED, check.fault))
        return result
    for rule in check.rules:
        for form in picture.forms(rule.form, ""):
            if form.meta_data_version in picture.others:
                continue
            try:
                found = list(findings_of(rule, data, form.path))
            except BaseException as error:  # noqa: BLE001 - sys.exit and Ctrl-C from a plugin are failures of the plugin
                kind, text = failure_of(error)
                result.failures.append(CheckFailure(check.oid, check.plugin, kind, text, str(form.path)))
            else:
                result.ran.append(form.path)
                result.found += [replace(one, plugin=check.plugin) for one in found]
    return result
