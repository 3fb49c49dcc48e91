"""Events and forms by condition: what is expected, what is refused, what hidden data do, in how many statements."""

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.domain.item_path import ItemPath
from edc_core.errors import WrongState
from edc_core.expressions.compiler import compile_expression
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.names import StudyNames
from edc_core.expressions.references import Home
from edc_core.services import capture, visits
from edc_core.services.reading import look_at
from edc_core.services.scheduling import NOT_APPLICABLE
from edc_core.services.subject_casebook import casebook
from edc_core.services.subject_list import Wanted, as_csv, matrix
from edc_core.services.verifying import verify
from edc_core.services.visit_state import State
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON, Trial
from tests.services.test_statement_counts import A_SAVE

STUDY = """\
oid: DYNAMIC
version: {oid: "1"}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
events:
  - {oid: SCR, forms: [DM, {form: PREG, when: DM.SEX == 'F'}]}
  - {oid: V1, forms: [VS, {form: ECG, when: "any(AE.LOG, TERM == 'Palpitations')"}]}
  - {oid: PK, forms: [PC]}
  - {oid: LOGS, type: Common, forms: [AE]}
schedule:
  - SCR
  - V1
  - {event: PK, when: DM.WEIGHTED == 'heavy'}
  - LOGS
forms:
  - oid: DM
    items:
      - {name: KNOWN, question: Is the sex known?, codelist: NY}
      - {name: SEX, question: Sex, codelist: SEX, when: KNOWN == 'Y'}
      - {name: WEIGHT, question: Weight, type: integer}
      - {name: WEIGHTED, question: Heavy?, derive: "if_(WEIGHT > 90, 'heavy', 'light')"}
  - {oid: PREG, items: [{name: HCG, question: Test, codelist: NY}]}
  - {oid: VS, items: [{name: PULSE, question: Pulse, type: integer}]}
  - {oid: ECG, items: [{name: RR, question: RR, type: integer}]}
  - {oid: PC, items: [{name: CONC, question: Concentration, type: integer}]}
  - oid: AE
    groups: [{name: LOG, repeating: true, items: [{name: TERM, question: What}]}]
codelists:
  - {oid: NY, terms: {Y: "Yes", N: "No"}}
  - {oid: SEX, terms: {F: Female, M: Male}}
"""


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    file = tmp_path_factory.mktemp("dynamic") / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    return load(file).required()


@pytest.fixture
def trial(core, version):
    made = Trial(core, version, environment="dev")
    made.add_subject("S-001")
    return made


@pytest.fixture
def looking(trial):
    def as_(service, *args):
        with trial.core.read() as source:
            study = readers.study_by_id(source.connection, trial.study_id)
            return service(look_at(source, trial.dm, study), *args)

    return as_


@pytest.fixture
def states(looking):
    """State of each event and each form of S-001 in its casebook, by OID."""

    def read():
        book = looking(casebook, "S-001")
        events = {event.path.event.oid: event.state for event in book.events}
        return events | {form.path.form.oid: form.state for event in book.events for form in event.forms}

    return read


def female(trial):
    trial.save("S-001", {"DM.KNOWN": "Y", "DM.SEX": "F"})


def test_what_is_not_known_to_be_expected_is_not_required(trial, states):
    assert states()["PREG"] is State.NOT_REQUIRED
    assert states()["PK"] is states()["PC"] is State.NOT_REQUIRED
    female(trial)
    assert states()["PREG"] is State.NOT_STARTED
    trial.save("S-001", {"DM.WEIGHT": "91"})
    assert states()["PK"] is states()["PC"] is State.NOT_STARTED


def test_a_hidden_answer_decides_nothing(trial, states):
    female(trial)
    trial.save("S-001", {"DM.KNOWN": "N"})
    assert states()["PREG"] is State.NOT_REQUIRED, "the sex is no longer asked, so it counts as missing"


def test_a_visit_is_complete_when_its_expected_forms_are(trial, states, looking):
    trial.save("S-001", {"DM.WEIGHT": "80"}, complete=True)
    assert states()["SCR"] is State.COMPLETE
    cells = looking(lambda picture: next(iter(matrix(picture, Wanted()).lines)).cells)
    assert [cell.state for cell in cells] == [State.COMPLETE, State.NOT_STARTED, State.NOT_REQUIRED]
    assert ",Complete,Not started,Not required" in looking(as_csv, Wanted()).content


def test_rows_of_a_log_decide_and_struck_ones_do_not(trial, states):
    assert states()["ECG"] is State.NOT_REQUIRED
    trial.save("S-001", {"AE.TERM": "Palpitations"})
    assert states()["ECG"] is State.NOT_STARTED
    (row,) = trial.casebook("S-001").groups
    trial.act(
        trial.crc, capture.strike_row, capture.StrikeRow, subject_key="S-001", form=row.form_path, row=row,
        reason=SOME_REASON,
    )  # fmt: skip
    assert states()["ECG"] is State.NOT_REQUIRED


def test_a_form_that_is_not_required_cannot_be_begun(trial):
    with pytest.raises(WrongState, match="not required for this subject"):
        trial.save("S-001", {"PREG.HCG": "N"})
    with pytest.raises(WrongState, match="not required for this subject"):
        trial.save("S-001", {"PC.CONC": "1"})
    female(trial)
    trial.save("S-001", {"PREG.HCG": "N"})


def test_data_of_a_form_that_is_no_longer_required_stay_and_are_queried_until_cleared(trial, states):
    female(trial)
    trial.save("S-001", {"PREG.HCG": "N"})
    place = str(trial.form("PREG"))
    assert trial.open_queries("S-001") == []
    trial.save("S-001", {"DM.SEX": "M"})
    assert trial.open_queries("S-001") == [(NOT_APPLICABLE, place)]
    assert states()["PREG"] is State.NOT_APPLICABLE
    assert trial.casebook("S-001").items[trial.path("PREG.HCG")].value == "N"
    trial.save("S-001", {"PREG.HCG": ""})
    assert trial.open_queries("S-001") == []
    assert states()["PREG"] is State.NOT_REQUIRED
    verify(trial.core)


def test_the_query_goes_when_the_form_is_required_again(trial, states):
    trial.save("S-001", {"DM.WEIGHT": "91"})
    trial.save("S-001", {"PC.CONC": "5"})
    trial.save("S-001", {"DM.WEIGHT": "90"})
    assert trial.open_queries("S-001") == [(NOT_APPLICABLE, str(trial.form("PC")))]
    assert states()["PK"] is State.NOT_APPLICABLE
    trial.save("S-001", {"DM.WEIGHT": "92"})
    assert trial.open_queries("S-001") == []
    assert states()["PK"] is State.IN_PROGRESS


def test_the_visit_to_open_is_not_one_that_is_not_required(trial, looking):
    for values in ({"DM.WEIGHT": "80"}, {"VS.PULSE": "60"}):
        trial.save("S-001", values, complete=True)
    assert looking(casebook, "S-001").current == ItemPath.parse("SCR[1]"), "nothing waits: the first one"


def test_a_form_that_is_not_required_stays_so_in_a_visit_that_was_not_done(trial, states):
    trial.act(
        trial.crc, visits.mark_event_not_done, visits.MarkEventNotDone, subject_key="S-001",
        event=ItemPath.parse("V1[1]"), reason=SOME_REASON,
    )  # fmt: skip
    assert (states()["V1"], states()["VS"], states()["ECG"]) == (
        State.NOT_DONE,
        State.NOT_DONE,
        State.NOT_REQUIRED,
    )


def test_statements_are_as_many_for_one_subject_as_for_twenty(trial, looking, count_statements):
    def seen(service, *args):
        looking(service, *args)
        with count_statements() as statements:
            looking(service, *args)
        return len(statements)

    def whole(picture):
        return list(matrix(picture, Wanted()).lines)

    one = seen(whole)
    for number in range(20):
        trial.add_subject(f"S-1{number:02}")
    assert seen(whole) == one
    before = seen(casebook, "S-001")
    female(trial)
    trial.save("S-001", {"PREG.HCG": "N"})
    assert seen(casebook, "S-001") == before
    trial.save("S-001", {"DM.SEX": "M"})
    assert seen(casebook, "S-001") == before + 1, "which of the forms left out hold data"


def test_a_save_that_decides_nothing_costs_no_more_than_without_conditions(trial, count_statements):
    def cost(values):
        trial.save("S-001", dict.fromkeys(values, "50"))
        path = trial.path(values[0])
        given = ItemInput(path, "51", base_version=1)
        with count_statements() as seen:
            trial.act(
                trial.crc,
                capture.save_items,
                capture.SaveItems,
                subject_key="S-001",
                form=path.form_path,
                items=(given,),
            )
        return len(seen)

    assert cost(["VS.PULSE"]) <= A_SAVE
    deciding = cost(["DM.WEIGHT"])
    assert A_SAVE < deciding <= A_SAVE + 5, "the casebook is read, to see what holds data"


def test_a_first_save_of_a_form_by_condition_reads_what_decides_it(trial, count_statements):
    female(trial)
    path = trial.path("PREG.HCG")
    with count_statements() as seen:
        trial.act(
            trial.crc,
            capture.save_items,
            capture.SaveItems,
            subject_key="S-001",
            form=path.form_path,
            items=(ItemInput(path, "N", base_version=0),),
        )
    assert len(seen) <= A_SAVE + 4


OPTIONAL = """\
oid: OPTIONAL
version: {oid: "1"}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
events:
  - {oid: V1, forms: [VS, {form: ECG, mandatory: false}]}
  - {oid: V2, forms: [{form: VS, mandatory: false}, {form: ECG, mandatory: false}]}
forms:
  - {oid: VS, items: [{name: PULSE, question: Pulse, type: integer}]}
  - {oid: ECG, items: [{name: RR, question: RR, type: integer}]}
"""


def test_a_form_that_is_not_mandatory_is_not_missed_beside_those_that_are(core, tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(OPTIONAL, encoding="utf-8")
    trial = Trial(core, load(file).required(), environment="dev")
    trial.add_subject("S-001")

    def states():
        with trial.core.read() as source:
            study = readers.study_by_id(source.connection, trial.study_id)
            picture = look_at(source, trial.dm, study)
            (line,) = matrix(picture, Wanted()).lines
            events = [event.state for event in casebook(picture, "S-001").events]
        assert events == [cell.state for cell in line.cells]
        return events

    for event in ("V1", "V2"):
        trial.save("S-001", {trial.path("VS.PULSE", event=event): "60"}, complete=True)
    assert states() == [State.COMPLETE, State.IN_PROGRESS], "of a visit without mandatory forms all count"
    trial.save("S-001", {trial.path("ECG.RR", event="V1"): "800"})
    assert states()[0] is State.IN_PROGRESS
    trial.complete("S-001", "ECG", event="V1")
    assert states()[0] is State.COMPLETE


def test_what_a_form_that_is_not_required_holds_still_counts_in_rules(trial, states):
    trial.save("S-001", {"DM.WEIGHT": "91"})
    trial.save("S-001", {"PC.CONC": "7"})
    trial.save("S-001", {"DM.WEIGHT": "80"})
    assert states()["PC"] is State.NOT_APPLICABLE
    index = trial.index
    book = trial.casebook("S-001")
    data = SubjectData(index, book.forms, book.items, book.groups)
    expression = compile_expression("visit('PK').PC.CONC == 7", StudyNames(index), Home("", (), "V1"))
    assert data.evaluate(expression, ItemPath.parse("V1[1]")) is True
