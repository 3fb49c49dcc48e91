"""Run declared checks, and ask for rules, that call functions of plugins: as in a write, but after the commit."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from edc_core.check_host.running import CheckResult
from edc_core.domain.check_report import CheckFailure, FailureKind, failure_of
from edc_core.domain.form_checks import check_oid
from edc_core.expressions.answers import Answers, ask
from edc_core.expressions.following import findings_of, settle
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.plugin_calls import calling_rules
from edc_core.expressions.rules import compile_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edc_core.domain.casebook_picture import CasebookPicture
    from edc_core.domain.casebook_wire import Surroundings
    from edc_core.domain.function import Function
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.expressions.plugin_calls import CallingRule
    from edc_core.expressions.rule_book import Check


class CallingChecks:
    """The declared checks, and other rules, of one version that call functions of plugins.

    :param functions: those that are there now; a check whose function is not there fails, visibly.
    """

    def __init__(self, index: MetaDataIndex, functions: Mapping[str, Function]) -> None:
        self._rules = compile_rules(index, functions)
        self._faults = {oid: why for said in self._rules.after_commit.values() for oid, why in said.items()}
        self._calling = calling_rules(self._rules)
        self._checks: dict[str, list[Check]] = {oid: [] for oid in self._faults}
        for rule in self._rules.checks:
            if rule.expression.plugins:
                self._checks[check_oid(rule.placed.item, rule.range_check)].append(rule)

    def due(
        self, picture: CasebookPicture, around: Surroundings
    ) -> Iterator[tuple[str, str, Callable[[], CheckResult]]]:
        """OID or name, stamps of the plugins with commas between, and the run of each check and rule on a casebook."""
        data = self._data(picture, around)
        ahead = self._ahead(picture, around) if self._rules.calls else data
        for rule in self._calling:
            stamp = ", ".join(sorted(rule.expression.plugins))
            yield (
                rule.name,
                stamp,
                partial(self._ask, rule, stamp, ahead if isinstance(rule.at, str) else data),
            )
        for oid, rules in self._checks.items():
            stamp = ", ".join(sorted({stamp for rule in rules for stamp in rule.expression.plugins}))
            yield oid, stamp, partial(self._run, oid, stamp, picture, data)

    def _data(self, picture: CasebookPicture, around: Surroundings) -> SubjectData:
        """The casebook as expressions of this version read it, with what its conditions hide."""
        own = [
            p for p, form in picture.casebook.forms.items() if form.meta_data_version not in picture.others
        ]
        return self._settled(picture, around, own)

    def _ahead(self, picture: CasebookPicture, around: Surroundings) -> SubjectData:
        """The casebook as the schedule reads it: by this version, whichever its forms have, and without times."""
        read = {form for form, _ in self._rules.outlook_reads.nodes}
        forms = [path for path in picture.casebook.forms if path.form is not None and path.form.oid in read]
        return self._settled(picture, replace(around, entered_at={}), forms)

    def _settled(self, picture: CasebookPicture, around: Surroundings, forms: list[ItemPath]) -> SubjectData:
        book = picture.casebook
        removed = frozenset(path for path, event in book.events.items() if event.removed)
        data = SubjectData(
            picture.index, book.forms, book.items, book.groups, removed,
            site=around.site, country=around.country, zone=around.zone, entered_at=around.entered_at,
            answers=Answers(dict(around.known), dict(around.last)),
        )  # fmt: skip
        settle(self._rules, data, forms, frozen=frozenset(forms))
        return data

    def _ask(self, rule: CallingRule, stamp: str, data: SubjectData) -> CheckResult:
        """Ask what is not known yet, everywhere the rule stands."""
        result = CheckResult()
        for place in rule.places(data):
            assert data.answers is not None
            if not data.answers.awaits(rule.expression, data, place):
                continue
            try:
                result.answers.append(ask(rule.expression, data, place))
            except BaseException as error:  # noqa: BLE001 - as below
                result.failures.append(CheckFailure(rule.name, stamp, *failure_of(error), str(place)))
            else:
                result.ran.append(place)
        return result

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
