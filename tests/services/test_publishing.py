"""What is published where: in uat and live every check has been shown to fire and to pass."""

import json
import shutil
from pathlib import Path

import pytest

from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing
from edc_core.store import readers
from tests.definitions.test_rules import STUDY

FORMS = Path(__file__).parents[2] / "forms"
pytestmark = pytest.mark.usefixtures("core")
NO_PASSES = STUDY.replace("            passes: {SYSBP: 120, DIABP: 80}\n", "")
WRONG = STUDY.replace("fires: {SYSBP: 80, DIABP: 90}", "fires: {SYSBP: 80, DIABP: 70}")


LONG = """
oid: DEMO
version: {oid: '1'}
events: [{oid: SCR, forms: [VS]}]
forms: [{oid: VS, items: [{name: PRESSURE_SITTING, question: Sitting, type: integer}]}]
"""
LONGER = LONG.replace("oid: '1'", "oid: '2'").replace(
    "[{name: PRESSURE", "[{name: PRESSURE_STANDING, question: Standing, type: integer}, {name: PRESSURE"
)


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
        for check in checked.checks()
    }
    assert listed == {
        "VS.SYSBP.GE": [(True, '{"SYSBP": "69"}'), (False, '{"SYSBP": "70"}')],
        "EC05": [
            (True, '{"SYSBP": "80", "DIABP": "90"}'),
            (False, '{"SYSBP": "120", "DIABP": "80"}'),
        ],
    }


def test_a_scanner_that_is_not_there_is_published_nowhere(publish):
    refused = publish(f"{STUDY}policy: {{scanners_off: [e-mail]}}\n", "dev")
    assert refused.result is None
    assert [(one.code, one.message) for one in refused.findings] == [
        ("E505", "'e-mail' is no scanner of the plugins that this study names; there are: none.")
    ]


def test_what_is_reviewed_first_is_looked_for_among_the_checks_of_plugins_too(tmp_path):
    folder = shutil.copytree(FORMS / "bsadc-101", tmp_path / "bsadc-101")
    file = folder / "study.yaml"
    first = "policy:\n  review_first: [BSADC-B01, BSADC-B99, EDC.WINDOW]\n"
    file.write_text(file.read_text("utf-8").replace("policy:\n", first), encoding="utf-8")
    checked = publishing.check(EdcPlugins(), folder)
    (found,) = [finding for finding in checked.findings if finding.severity == "error"]
    assert (found.code, found.message) == (
        "E266", "The study has no check 'BSADC-B99', so there is nothing to review first.",
    )  # fmt: skip
    assert found.suggestion.startswith("BSADC-B")


BLINDED = """\
oid: BLIND
version: {oid: "1"}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
events:
  - {oid: RAND, forms: [RAND]}
  - {oid: V1, forms: [VS]}
forms:
  - {oid: RAND, items: [{name: ARM, question: Arm, sensitivity: blinded}, {name: OPEN, question: Open part?}]}
  - oid: VS
    items:
      - {name: PULSE, question: Pulse, type: integer}
      - {name: SITE, question: Injection site, sensitivity: blinded}
"""
FIRES = "message: Check it., fires: {PULSE: 1, RAND/RAND.ARM: A}, passes: {PULSE: 1, RAND/RAND.ARM: B}"


@pytest.mark.parametrize(
    ("written", "instead", "what"),
    [
        ("forms: [VS]}", 'forms: [{form: VS, when: "visit(\'RAND\').RAND.ARM == \'A\'"}]}', "form VS of event V1"),
        ("Pulse, type: integer", "Pulse, type: integer, when: \"visit('RAND').RAND.ARM == 'A'\"", "item VS.PULSE"),
        (
            "Pulse, type: integer",
            f"Pulse, type: integer, checks: [{{oid: C1, that: \"visit('RAND').RAND.ARM != 'A'\", {FIRES}}}]",
            "A query at PULSE",
        ),
    ],
    ids=["form", "item", "check"],
)  # fmt: skip
def test_a_rule_that_shows_a_blinded_item_stays_in_dev(publish, written, instead, what):
    assert written in BLINDED
    text = BLINDED.replace(written, instead)
    assert publish(text, "dev").result is not None
    for environment in ("uat", "live"):
        refused = publish(text, environment)
        assert refused.result is None
        (said,) = [finding.message for finding in refused.findings if finding.code == "E504"]
        assert what in said
        assert "RAND.ARM" in said
        assert said.endswith(f"So it is not published to {environment}.")


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("sensitivity: blinded}\n", "sensitivity: blinded, when: \"visit('RAND').RAND.ARM == 'A'\"}\n"),
        ("forms: [VS]}", "forms: [{form: VS, when: \"visit('RAND').RAND.OPEN == 'A'\"}]}"),
    ],
    ids=["hidden from the same people", "an item that all may see"],
)
def test_a_rule_that_shows_nothing_to_whom_it_is_hidden_is_published_everywhere(publish, written, instead):
    assert written in BLINDED
    published = publish(BLINDED.replace(written, instead), "uat")
    assert published.result is not None, published.findings


def names_of(core, environment):
    with core.read() as source:
        study = readers.find_study(source.connection, f"DEMO@{environment}")
        version = source.versions.get(source.connection, study.study_id, study.meta_data_version).version
    return {item.name: item.sas_name for item in version.items}


@pytest.mark.parametrize("environment", ["dev", "uat", "live"])
def test_a_name_for_sas_that_was_published_stays_when_its_like_comes_before_it(core, publish, environment):
    publish(LONG, environment)
    assert names_of(core, environment) == {"PRESSURE_SITTING": "PRESSURE"}
    publish(LONGER, environment)
    assert names_of(core, environment) == {"PRESSURE_SITTING": "PRESSURE", "PRESSURE_STANDING": "PRESSUR2"}


class Counted(type(Path())):
    """A path that counts how often files are read."""

    read = 0

    def read_bytes(self):
        Counted.read += 1
        return super().read_bytes()


def test_a_folder_is_read_as_often_for_a_second_version_as_for_the_first(core, trial, tmp_path):
    read = []
    for text in (LONG, LONGER):
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        before = Counted.read
        assert publishing.publish_folder(core, trial.cli, Counted(tmp_path), "dev").result
        read.append(Counted.read - before)
    assert read[0] == read[1] > 0


def test_a_draft_in_dev_names_nothing_for_live_and_uat_does(core, publish):
    publish(LONG, "uat")
    publish(LONGER.replace("oid: '2'", "oid: '9'").replace("PRESSURE_SITTING", "PRESSURE_LYING"), "dev")
    publish(LONGER, "uat")
    publish(LONGER, "live")
    assert names_of(core, "uat") == names_of(core, "live")
    assert names_of(core, "live")["PRESSURE_SITTING"] == "PRESSURE"
