"""Epochs and arms: which visits an arm has, in rules of the schedule and in checks of a form."""

import pytest

from edc_core.definitions.loader import load
from edc_core.services.reading import look_at
from edc_core.services.subject_list import Wanted, matrix
from edc_core.services.visit_state import State
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON, Trial

STUDY = """\
oid: ARMS
version: {oid: "1"}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
epochs: [{oid: SCREENING}, {oid: TREATMENT}]
arms: [{oid: SC, title: Under the skin}, {oid: IV, title: Into a vein}]
arm: visit('RAND').RAND.ARM
events:
  - {oid: RAND, epoch: SCREENING, forms: [RAND]}
  - {oid: BOTH, epoch: TREATMENT, forms: [VS, {form: SITE, when: arm() == 'SC'}]}
  - {oid: PK, epoch: TREATMENT, arms: [SC], forms: [VS]}
  - {oid: LONG, epoch: TREATMENT, arms: [SC, IV], forms: [VS]}
  - {oid: ASIA, forms: [VS]}
  - {oid: EUROPE, forms: [VS]}
schedule:
  - RAND
  - BOTH
  - {event: PK, when: visit('RAND').RAND.PKSUB == 'Y'}
  - LONG
  - {event: ASIA, when: "country() in ['KR', 'JP']"}
  - {event: EUROPE, when: country() == 'DE'}
forms:
  - oid: RAND
    items:
      - {name: ARM, question: Arm, codelist: ARM}
      - {name: PKSUB, question: Subset, codelist: NY}
  - oid: VS
    items:
      - name: PULSE
        question: Pulse
        type: integer
        checks:
          - {oid: C1, that: arm() != 'IV' or epoch() != 'TREATMENT' or PULSE < 100, message: Below 100 is expected.}
  - {oid: SITE, items: [{name: PAIN, question: Pain, codelist: NY}]}
codelists:
  - {oid: NY, terms: {Y: "Yes", N: "No"}}
  - {oid: ARM, terms: {SC: Subcutaneous, IV: Intravenous}}
"""


def loaded(tmp_path, text):
    file = tmp_path / "study.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


@pytest.fixture
def trial(core, tmp_path):
    made = Trial(core, loaded(tmp_path, STUDY).required(), environment="dev")
    made.add_subject("S-001")
    return made


def states(trial):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        (line,) = matrix(look_at(source, trial.dm, study), Wanted()).lines
    return [cell.state for cell in line.cells]


TO_DO, NO = State.NOT_STARTED, State.NOT_REQUIRED


@pytest.mark.parametrize(
    ("arm", "subset", "expected"),
    [
        ("", "Y", [TO_DO, NO, NO]),
        ("IV", "Y", [TO_DO, NO, TO_DO]),
        ("SC", "Y", [TO_DO, TO_DO, TO_DO]),
        ("SC", "N", [TO_DO, NO, TO_DO]),
    ],
)
def test_an_event_of_some_arms_is_for_those_who_are_certainly_in_one(trial, arm, subset, expected):
    trial.save("S-001", {"RAND.ARM": arm, "RAND.PKSUB": subset})
    assert states(trial)[1:4] == expected


def test_the_country_of_the_site_chooses_visits(trial):
    assert states(trial)[4:] == [TO_DO, NO]


def test_a_check_reads_the_arm_and_the_epoch(trial):
    trial.save("S-001", {"RAND.ARM": "SC"}, complete=True)
    pulse = trial.path("VS.PULSE", event="BOTH")
    trial.save("S-001", {pulse: "120"}, complete=True)
    assert not trial.casebook("S-001").queries
    trial.save("S-001", {"RAND.ARM": "IV"}, reason=SOME_REASON)
    (query,) = trial.casebook("S-001").queries.values()
    assert query.check_oid == "C1"


@pytest.mark.parametrize(
    ("written", "instead", "code"),
    [
        ("arm() == 'SC'", "arm() == 'SCC'", "E230"),
        ("arm: visit('RAND').RAND.ARM", "arm: visit('RAND').RAND.AR", "E230"),
        ("arm: visit('RAND').RAND.ARM", "arm: arm()", "E230"),
        ("arms: [SC]", "arms: [SCC]", "E237"),
        ("epoch: SCREENING", "epoch: SCREENIN", "E236"),
        ("country() == 'DE'", "country() == 'DD'", "W315"),
        ("epoch() != 'TREATMENT'", "epoch() != 'TREATMNT'", "W315"),
    ],
)
def test_a_name_that_is_not_there_is_told(tmp_path, written, instead, code):
    found = loaded(tmp_path, STUDY.replace(written, instead)).findings
    assert code in {finding.code for finding in found}
