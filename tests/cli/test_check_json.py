"""``edc study check --json``: the checks of both trials with their examples, compared with the protocols and each one run."""

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from edc_core.check_host.running import run_check
from edc_core.check_host.running_across import run_across
from edc_core.domain.casebook import Casebook, Subject
from edc_core.domain.casebook_picture import CasebookPicture
from edc_core.domain.form_checks import check_oid
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import CheckExample
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.values import parse
from edc_core.expressions.examples import example_data, run_example
from edc_core.expressions.names import StudyNames
from edc_core.expressions.rules import compile_rules
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import examples_across, publishing

FORMS = Path(__file__).parents[2] / "forms"
EC = {f"EC{number:02d}" for number in range(1, 62)}
BSADC = {f"BSADC-B{number:02d}" for number in range(1, 17)}
#: No check can say these: what EC10 and EC13 are about is not asked then and is told as "not applicable, holds data"; EC44 is
#: the window of each visit; EC60 brings and takes forms. tests/plugins/hersc301 and test_amendment.py show each of them.
WITHOUT_A_CHECK = {"EC10", "EC13", "EC44", "EC60"}


class Runs:
    """Whether a listed check fires on a listed example."""

    def __init__(self, folder):
        plugins = EdcPlugins()
        version = publishing.check(plugins, folder).version
        self.index = MetaDataIndex(version)
        self.names = StudyNames(self.index)
        active = plugins.activate(version.plugins)
        study = PluginStudy.of(self.index, "dev")
        functions = plugins.functions(study, active).functions
        offered = plugins.checks(study, active)
        self.rules = defaultdict(list)
        for one in compile_rules(self.index, functions).checks:
            self.rules[one.form, one.range_check.oid].append(one)
        self.limits = defaultdict(list)
        for item in version.items:
            for check in item.range_checks:
                if check.comparator is not None:
                    self.limits[check_oid(item, check)].append((item, check))
        self.coded = {one.check.oid: one for one in offered.checks}
        self.across = {one.check.oid: one for one in offered.across}
        self.forms = {form.name: form.oid for form in version.forms}

    def fires(self, form, oid, example):
        """:param form: its name. One check may stand at several items of it: the one that the example is about speaks."""
        rules = self.rules.get((self.forms[form], oid))
        if rules:
            return any(run_example(self.names, rule, example) for rule in rules)
        if oid in self.limits:
            ((address, text),) = example.values
            return any(
                check in self.index.limits[item.oid].broken(parse(item, None, text).value)
                for item, check in self.limits[oid]
                if item.name == address
            )
        if oid in self.across:
            one = self.across[oid]
            cells = examples_across.cells_of(self.names, self.forms[one.check.form], example)
            return bool(run_across(one, self.index, cells).found)
        one = self.coded[oid]
        data, _ = example_data(self.names, self.forms[one.check.form], (), example)
        book = Casebook(Subject("", "", "EXAMPLE", ""), forms=dict(data.forms), groups=dict(data.groups))
        return bool(run_check(one, CasebookPicture(replace(book, items=dict(data.items)), self.index)).found)


@pytest.mark.parametrize(
    ("trial", "protocol", "pattern", "without"),
    [
        ("hersc-301", EC, r"EC\d\d", WITHOUT_A_CHECK),
        ("bsadc-101", BSADC, r"BSADC-B\d\d", set()),
    ],
)
def test_every_check_of_the_protocol_is_listed_and_every_example_does_what_it_says(
    edc, trial, protocol, pattern, without
):
    told = edc("study", "check", FORMS / trial, "--json")
    assert told.code == 0
    checks = told.json["checks"]
    assert {match[0] for one in checks if (match := re.match(pattern, one["oid"]))} == protocol - without
    runs, done = Runs(FORMS / trial), 0
    for one in checks:
        shown = {example["fires"] for example in one["examples"]}
        assert shown == {True, False} or one["oid"] in runs.limits, one["oid"]
        for told_of in one["examples"]:
            example = CheckExample(told_of["fires"], tuple((at, text) for at, text in told_of["values"]))
            assert runs.fires(one["form"], one["oid"], example) is example.fires, (one["oid"], example)
            done += 1
    assert done > 500
