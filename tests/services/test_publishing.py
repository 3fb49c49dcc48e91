"""What is published where: in uat and live every check has been shown to fire and to pass."""

import json

import pytest

from edc_core.services import publishing
from tests.definitions.test_rules import STUDY

pytestmark = pytest.mark.usefixtures("core")
NO_PASSES = STUDY.replace("            passes: {SYSBP: 120, DIABP: 80}\n", "")
WRONG = STUDY.replace("fires: {SYSBP: 80, DIABP: 90}", "fires: {SYSBP: 80, DIABP: 70}")


@pytest.fixture
def publish(core, trial, tmp_path):
    def published(text, environment):
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        return publishing.publish_folder(core, trial.cli, tmp_path, environment)

    return published


@pytest.mark.parametrize("environment", ["dev", "uat", "live"])
def test_a_check_with_both_examples_is_published_everywhere(publish, environment):
    assert publish(STUDY, environment).result is not None


def test_a_check_that_nobody_has_shown_to_pass_stays_in_dev(publish):
    assert publish(NO_PASSES, "dev").result is not None
    for environment in ("uat", "live"):
        refused = publish(NO_PASSES, environment)
        assert refused.result is None
        assert [finding.message for finding in refused.findings if finding.code == "E503"] == [
            f"EC05 has no example that passes, so it is not published to {environment}."
        ]


def test_a_check_that_fails_its_example_is_published_nowhere(publish):
    refused = publish(WRONG, "dev")
    assert refused.result is None
    assert [finding.code for finding in refused.findings] == ["E233"]


def test_every_check_is_listed_with_its_examples(core, tmp_path):
    text = STUDY.replace("type: integer}", "type: integer, range: [{ge: 70, message: Check it.}]}", 1)
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    checked = publishing.check(core.plugins, tmp_path)
    listed = {
        check.oid: [(example.fires, json.dumps(dict(example.values))) for example in check.examples]
        for check in checked.checks
    }
    assert listed == {
        "VS.SYSBP.GE": [(True, '{"SYSBP": "69"}'), (False, '{"SYSBP": "70"}')],
        "EC05": [
            (True, '{"SYSBP": "80", "DIABP": "90"}'),
            (False, '{"SYSBP": "120", "DIABP": "80"}'),
        ],
    }
