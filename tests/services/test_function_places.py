"""Where a call of a plugin's function may stand, and what `edc study check` says where it may not."""

import pytest

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import MetaDataVersion
from edc_core.domain.metadata_json import dump, load
from edc_core.expressions.rules import rules_of
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import publishing
from tests.services.calling_study import SOURCE

STUDY = """\
oid: CALLS
name: CALLS
version: {oid: "1", name: "1"}
languages: [en]
plugins: {calling: ">=1"}
sites:
  - {number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}
forms:
  - oid: VS
    groups:
      - name: VS
        items:
          - {name: DAT, question: D, type: date}
          - name: SYSBP
            question: S
            type: integer
            checks:
              - oid: EC1
                that: twice(SYSBP) < 500
                message: Please confirm.
                fires: {SYSBP: 250}
                passes: {SYSBP: 249}
          - {name: NOTE, question: N}
          - {name: BMI, question: B, type: float, significant_digits: 1, origin: derived, derive: SYSBP * 2}
events:
  - {oid: V1, type: Scheduled, forms: [VS]}
  - {oid: V2, type: Scheduled, forms: [VS]}
"""
NOT_AT_ONCE = "This function is a plugin's, so it runs after a value is stored"


@pytest.fixture
def check(tmp_path):
    def check(old="", new="", sources=(SOURCE,)):
        assert old in STUDY
        (tmp_path / "study.yaml").write_text(STUDY.replace(old, new, 1), encoding="utf-8")
        return publishing.check(EdcPlugins(list(sources)), tmp_path)

    return check


def errors(checked):
    return [str(finding) for finding in checked.findings if finding.severity == "error"]


def test_a_check_that_asks_may_call_one_and_the_plugin_is_stamped(check):
    checked = check()
    assert errors(checked) == []
    (use,) = checked.version.plugins
    assert (use.name, use.version, len(use.sha256)) == ("calling", "1.0", 64)
    assert [row.oid for row in checked.checks()] == ["EC1"]


DERIVED = "derive: 1 + twice(SYSBP)"
FORM = "{oid: V2, type: Scheduled, forms: [VS]}"
WINDOW = (
    "{oid: V2, type: Scheduled, forms: [VS], date: VS.DAT, window: {anchor: \"if_(twice(visit('V1').VS.SYSBP) > 3, "
    "visit('V1').VS.DAT, visit('V1').VS.DAT)\", target: 7 days, after: 1 day}}"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("question: N}", "question: N, when: present(SYSBP) and twice(SYSBP) > 200}"),
        ("derive: SYSBP * 2", DERIVED),
        (FORM, FORM + "\nschedule: [V1, {event: V2, when: twice(visit('V1').VS.SYSBP) > 3}]"),
        (FORM, "{oid: V2, type: Scheduled, forms: [{form: VS, when: twice(visit('V1').VS.SYSBP) > 3}]}"),
        (FORM, WINDOW),
    ],
)
def test_what_is_asked_calculated_and_expected_may_call_one_and_the_version_says_how(check, old, new):
    checked = check(old, new)
    assert errors(checked) == []
    (function,) = checked.version.functions
    assert (function.name, function.parameters, function.result, function.required, function.plugin) == (
        "twice", ("NUMBER",), "NUMBER", 1, "calling",
    )  # fmt: skip
    stored = load(MetaDataVersion, dump(checked.version))
    assert stored == checked.version
    book = rules_of(MetaDataIndex(stored))
    assert {fault.subject[0] for fault in book.faults} == {"item"}, "checks alone wait for the plugin"
    assert book.calls
    assert not any(rule.expression.plugins for rule in book.checks), "its checks are the check host's"


def test_a_version_whose_checks_alone_call_one_is_what_it_was(check):
    assert check().version.functions == ()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("                message:", "                severity: hard\n                message:", "a hard check decides before that"),
        ("that: twice(SYSBP) < 500", "that: day_of(clock.tick) > DAT or twice(SYSBP) < 500", "clock.tick changes without them"),
    ],
)  # fmt: skip
def test_where_it_would_come_too_late_a_call_is_refused_where_it_stands(check, old, new, why):
    (finding,) = [f for f in check(old, new).findings if f.severity == "error"]
    (text,) = (line for number, line in finding.excerpt if number == finding.line)
    assert finding.code == "E230"
    assert text[finding.column - 1 :].startswith("twice(")
    assert finding.message.startswith(NOT_AT_ONCE)
    assert why in finding.message
    assert "Say it without" in finding.message


def test_a_slip_in_the_name_says_what_was_meant(check):
    (text,) = errors(check("twice(SYSBP)", "twise(SYSBP)"))
    assert text == "study.yaml:19:23 E230 There is no function 'twise'. Did you mean twice?"


def test_kinds_are_checked_before_anything_runs(check):
    (text,) = errors(check("twice(SYSBP)", "twice(NOTE)"))
    assert text == "study.yaml:19:29 E230 A number is expected here; this is a text."


def test_a_plugin_that_is_not_there_is_named_beside_the_call(check):
    missing, call = sorted(errors(check(sources=())), key=len, reverse=True)
    assert "E501 Plugin 'calling' is not there. It is not installed, or it is disabled." in missing
    assert (
        call
        == "study.yaml:19:23 E230 There is no function 'twice'. Where a plugin has it, name the plugin in study.yaml."
    )


def test_a_function_of_a_plugin_that_the_study_does_not_name_is_unknown(check):
    (text,) = errors(check('plugins: {calling: ">=1"}', "plugins: {}"))
    assert (
        text
        == "study.yaml:19:23 E230 There is no function 'twice'. Where a plugin has it, name the plugin in study.yaml."
    )


def test_plugins_that_quarrel_about_a_name_are_both_named(check):
    other = PluginSource("speaking", "tests.hooks.plugins_at_hand:speaking", "", "1.0")
    another = PluginSource("speaking_too", "tests.hooks.plugins_at_hand:speaking_too", "", "1.0")
    checked = check(
        'plugins: {calling: ">=1"}',
        'plugins: {calling: ">=1", speaking: ">=1", speaking_too: ">=1"}',
        (SOURCE, other, another),
    )
    assert sum("'shout' is registered more than once" in text for text in errors(checked)) == 2
    assert not checked.is_publishable


def test_examples_run_with_the_function(check):
    (text,) = errors(check("fires: {SYSBP: 250}", "fires: {SYSBP: 200}"))
    assert "EC1 should be as its example says (fires: {SYSBP: 200}), but it does not." in text


@pytest.mark.parametrize("name", ["raises", "sys_exits", "floats"])
def test_an_example_on_which_the_function_fails_says_how_without_a_value(check, name):
    found = errors(check("twice(SYSBP)", f"{name}(SYSBP)"))
    assert len(found) == 2
    assert all("E233 EC1 fails on its example {SYSBP: 2" in text for text in found)
    assert "secret" not in " ".join(found)
