"""Run declared checks whose expressions call functions of plugins: as in a write, but after the commit."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from edc_core.check_host.running import CheckResult
from edc_core.domain.check_report import CheckFailure, FailureKind, failure_of
from edc_core.domain.form_checks import check_oid
from edc_core.expressions.following import findings_of, settle
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.rules import compile_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edc_core.domain.casebook_picture import CasebookPicture
    from edc_core.domain.casebook_wire import Surroundings
    from edc_core.domain.function import Function
    from edc_core.domain.index import MetaDataIndex
    from edc_core.expressions.rule_book import Check


class CallingChecks:
    """The declared checks of one version that call functions of plugins.

    :param functions: those that are there now; a check whose function is not there fails, visibly.
    """

    def __init__(self, index: MetaDataIndex, functions: Mapping[str, Function]) -> None:
        self._rules = compile_rules(index, functions)
        self._faults = {oid: why for said in self._rules.after_commit.values() for oid, why in said.items()}
        self._checks: dict[str, list[Check]] = {oid: [] for oid in self._faults}
        for rule in self._rules.checks:
            if rule.expression.plugins:
                self._checks[check_oid(rule.placed.item, rule.range_check)].append(rule)

    def due(
        self, picture: CasebookPicture, around: Surroundings
    ) -> Iterator[tuple[str, str, Callable[[], CheckResult]]]:
        """OID, stamps of the plugins with commas between, and the run of each check on a casebook."""
        data = self._data(picture, around)
        for oid, rules in self._checks.items():
            stamp = ", ".join(sorted({stamp for rule in rules for stamp in rule.expression.plugins}))
            yield oid, stamp, partial(self._run, oid, stamp, picture, data)

    def _data(self, picture: CasebookPicture, around: Surroundings) -> SubjectData:
        """The casebook as expressions of this version read it, with what its conditions hide."""
        book = picture.casebook
        removed = frozenset(path for path, event in book.events.items() if event.removed)
        data = SubjectData(
            picture.index, book.forms, book.items, book.groups, removed,
            site=around.site, country=around.country, zone=around.zone, entered_at=around.entered_at,
        )  # fmt: skip
        own = [path for path, form in book.forms.items() if form.meta_data_version not in picture.others]
        settle(self._rules, data, own, frozen=frozenset(own))
        return data

    def _run(self, oid: str, stamp: str, picture: CasebookPicture, data: SubjectData) -> CheckResult:
        """Look at every occurrence of the check's forms that keep this version."""
        result = CheckResult()
        if self._faults[oid]:
            result.failures.append(CheckFailure(oid, stamp, FailureKind.RAISED, self._faults[oid]))
        for rule in self._checks[oid]:
            for form in picture.forms(rule.form, ""):
                if form.meta_data_version in picture.others:
                    continue
                try:
                    found = list(findings_of(rule, data, form.path))
                except BaseException as error:  # noqa: BLE001 - sys.exit and Ctrl-C from a plugin are its failures
                    result.failures.append(CheckFailure(oid, stamp, *failure_of(error), str(form.path)))
                else:
                    result.ran.append(form.path)
                    result.found += [replace(one, plugin=stamp) for one in found]
        return result
