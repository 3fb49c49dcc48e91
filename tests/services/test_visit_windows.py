"""Dates of visits and their windows: shown, judged on a save and on a later change elsewhere, honest about dates."""

from datetime import UTC, datetime

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.item_path import ItemPath
from edc_core.domain.query import QueryState
from edc_core.domain.visit_window import Standing
from edc_core.expressions.timing import WINDOW
from edc_core.services import capture
from edc_core.services.reading import look_at
from edc_core.services.subject_casebook import casebook
from edc_core.services.subject_list import Wanted, as_csv, matrix
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON, Trial

STUDY = """\
oid: WINDOWS
version: {oid: "1"}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
epochs: [{oid: SCREENING, title: Screening}, {oid: TREATMENT, title: Treatment}]
events:
  - {oid: SCR, title: Screening, epoch: SCREENING, forms: [DM], date: DM.DMDAT,
     window: {anchor: C1, target: -14 days, before: 14, after: 13}}
  - {oid: C1, title: Cycle 1, epoch: TREATMENT, forms: [EX], date: EX.EXDAT}
  - {oid: C2, title: Cycle 2, epoch: TREATMENT, forms: [EX], date: EX.EXDAT,
     window: {anchor: "previous(EX, EXDAT)", target: 3 weeks, before: 3, after: 3 days}}
  - {oid: FU, title: Follow-up, forms: [SS], date: SS.SSDAT, window: {anchor: C2, target: 1 month, after: 7}}
  - {oid: UNS, title: Extra visit, type: Unscheduled, repeating: true, forms: [SS], date: SS.SSDAT}
forms:
  - oid: DM
    items:
      - {name: DMDAT, question: Date, type: date}
      - {name: SURE, question: Is the date known?, codelist: NY}
  - {oid: EX, items: [{name: EXDAT, question: Date, type: partialDate}, {name: DOSE, question: Dose, type: integer}]}
  - {oid: SS, items: [{name: SSDAT, question: Date, type: datetime}]}
codelists:
  - {oid: NY, terms: {Y: "Yes", N: "No"}}
"""


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    file = tmp_path_factory.mktemp("windows") / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    loaded = load(file)
    assert not [str(finding) for finding in loaded.findings if finding.severity == "error"]
    return loaded.required()


@pytest.fixture
def trial(core, version):
    made = Trial(core, version, environment="dev")
    made.add_subject("S-001")
    return made


@pytest.fixture
def seen(trial):
    def read(service, *args, now=None):
        with trial.core.read() as source:
            study = readers.study_by_id(source.connection, trial.study_id)
            return service(look_at(source, trial.dm, study), *args, now=now)

    return read


@pytest.fixture
def timing(seen):
    """Timing of each visit of S-001 by its OID, as seen at a moment."""

    def read(year=2026, month=1, day=1, hour=0):
        book = seen(casebook, "S-001", now=datetime(year, month, day, hour, tzinfo=UTC))
        return {event.path.event.oid: event.timing for event in book.events}

    return read


def dated(trial, item, text, event, **more):
    trial.save("S-001", {trial.path(item, event=event): text}, **more)


def of_windows(trial):
    return [q for q in trial.casebook("S-001").queries.values() if q.check_oid == WINDOW]


def test_a_visit_is_coming_then_due_then_overdue_by_the_calendar_of_its_site(trial, timing):
    assert timing()["C2"].due is None, "nothing to count from yet"
    dated(trial, "EX.EXDAT", "2026-03-01", "C1")
    assert timing(2026, 3, 1)["C2"].standing is Standing.COMING
    assert timing()["C2"].due.in_words == "19 MAR 2026 to 25 MAR 2026"
    assert timing(2026, 3, 18, 14)["C2"].standing is Standing.COMING
    assert timing(2026, 3, 18, 15)["C2"].standing is Standing.DUE, "19 March has begun in Seoul"
    assert timing(2026, 3, 25, 14)["C2"].standing is Standing.DUE
    assert timing(2026, 3, 25, 15)["C2"].standing is Standing.OVERDUE
    assert timing(2026, 3, 25, 15)["FU"].standing is None, "there is no date of cycle 2 to count from"


def test_nothing_is_awaited_of_a_visit_that_was_begun_or_not_done(trial, timing):
    dated(trial, "EX.EXDAT", "2026-03-01", "C1")
    dated(trial, "EX.DOSE", "600", "C2")
    found = timing(2026, 5, 1)["C2"]
    assert found.standing is None
    assert found.due.in_words == "19 MAR 2026 to 25 MAR 2026"


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        ("2026-03-19", Standing.IN_WINDOW),
        ("2026-03-25", Standing.IN_WINDOW),
        ("2026-03-18", Standing.EARLY),
        ("2026-03-26", Standing.LATE),
        ("2026-03", Standing.UNCERTAIN),
        ("2026-04", Standing.LATE),
        ("2026", Standing.UNCERTAIN),
    ],
)
def test_a_date_is_judged_as_far_as_it_is_known(trial, timing, on, standing):
    dated(trial, "EX.EXDAT", "2026-03-01", "C1", complete=True)
    dated(trial, "EX.EXDAT", on, "C2", complete=True)
    assert timing()["C2"].standing is standing
    assert bool(of_windows(trial)) == (standing in (Standing.EARLY, Standing.LATE))


def test_a_date_counted_from_one_that_is_not_fully_known_may_lie_anywhere_in_between(trial, timing):
    dated(trial, "EX.EXDAT", "2026-03", "C1", complete=True)
    assert timing()["C2"].due.in_words == "19 MAR 2026 to 24 APR 2026"
    dated(trial, "EX.EXDAT", "2026-04-01", "C2", complete=True)
    assert timing()["C2"].standing is Standing.UNCERTAIN
    assert not of_windows(trial)


def test_a_date_outside_its_window_asks_and_the_answer_of_either_date_resolves_it(trial):
    dated(trial, "EX.EXDAT", "2026-03-01", "C1", complete=True)
    dated(trial, "EX.EXDAT", "2026-03-30", "C2", complete=True)
    (query,) = of_windows(trial)
    assert str(query.path) == str(trial.path("EX.EXDAT", event="C2"))
    assert query.state is QueryState.OPEN
    assert query.messages[0].text == (
        "30 MAR 2026 is outside the window of Cycle 2: 19 MAR 2026 to 25 MAR 2026, planned 22 MAR 2026. "
        "Please check the dates; correct or confirm them."
    )
    dated(trial, "EX.EXDAT", "2026-03-08", "C1", reason=SOME_REASON)
    (query,) = of_windows(trial)
    assert query.state is QueryState.RESOLVED
    dated(trial, "EX.EXDAT", "2026-03-01", "C1", reason=SOME_REASON)
    (again,) = of_windows(trial)
    assert (again.query_id, again.state) == (query.query_id, QueryState.OPEN)
    assert verify(trial.core).ok


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (
            "ko",
            "30 MAR 2026은(는) 2주기의 방문 허용 기간(19 MAR 2026~25 MAR 2026, 예정: 22 MAR 2026)을 벗어납니다.",
        ),
        (
            "fr",
            "30 MAR 2026 est en dehors de la fenêtre de la visite Cycle 2 : de 19 MAR 2026 à 25 MAR 2026, date prévue",
        ),
    ],
)
def test_the_site_is_asked_in_its_language(core, tmp_path, tag, text):
    file = tmp_path / "study.yaml"
    here = STUDY.replace("zone: Asia/Seoul}", f"zone: Asia/Seoul, languages: [{tag}, en]}}")
    here = here.replace("title: Cycle 2,", "title: {en: Cycle 2, ko: 2주기},")
    file.write_text(f"languages: [en, ko, fr]\n{here}", encoding="utf-8")
    trial = Trial(core, load(file).required(), environment="dev")
    trial.add_subject("S-001")
    dated(trial, "EX.EXDAT", "2026-03-01", "C1", complete=True)
    dated(trial, "EX.EXDAT", "2026-03-30", "C2", complete=True)
    (query,) = of_windows(trial)
    assert query.messages[0].text.startswith(text)


def test_in_progress_it_is_a_message(trial):
    dated(trial, "EX.EXDAT", "2026-03-01", "C1")
    dated(trial, "EX.EXDAT", "2026-03-30", "C2")
    assert not of_windows(trial)


def test_a_visit_may_be_due_before_what_it_is_counted_from(trial, timing):
    dated(trial, "DM.DMDAT", "2026-02-01", "SCR", complete=True)
    dated(trial, "EX.EXDAT", "2026-03-01", "C1", complete=True)
    assert timing()["SCR"].standing is Standing.IN_WINDOW
    dated(trial, "EX.EXDAT", "2026-03-02", "C1", reason=SOME_REASON)
    assert timing()["SCR"].standing is Standing.EARLY
    (query,) = of_windows(trial)
    assert query.path.event.oid == "SCR"


def test_a_month_is_one_of_the_calendar_and_a_date_time_counts_by_its_day(trial, timing):
    dated(trial, "EX.EXDAT", "2026-01-01", "C1")
    dated(trial, "EX.EXDAT", "2026-01-31", "C2")
    assert timing()["FU"].due.in_words == "28 FEB 2026 to 07 MAR 2026"
    dated(trial, "SS.SSDAT", "2026-03-07T23:59", "FU", complete=True)
    assert timing()["FU"].standing is Standing.IN_WINDOW


def test_unscheduled_visits_stand_by_their_dates_and_those_without_one_last(trial, seen):
    for _ in range(3):
        trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
    form = ItemPath.parse("UNS[1]/SS[1]")
    for key, text in (("1", "2026-05-01T09:00"), ("3", "2026-04-01T09:00")):
        path = ItemPath.parse(f"UNS[{key}]/{str(form).partition('/')[2]}").with_group("SS.SS", "1")
        trial.save("S-001", {path.with_item("SS.SSDAT"): text})
    book = seen(casebook, "S-001")
    assert [str(event.path) for event in book.events if event.path.event.oid == "UNS"] == [
        "UNS[3]",
        "UNS[1]",
        "UNS[2]",
    ]


def test_the_list_says_what_is_due_and_its_bands_are_the_epochs(trial, seen):
    dated(trial, "EX.EXDAT", "2026-03-01", "C1")
    now = datetime(2026, 4, 1, tzinfo=UTC)
    found = seen(matrix, Wanted(), now=now)
    assert [column.band for column in found.columns] == ["Screening", "Treatment", "Treatment", "", ""]
    assert [cell.timing.standing for cell in found.lines[0].cells] == [
        Standing.OVERDUE, None, Standing.OVERDUE, None, None,
    ]  # fmt: skip
    text = seen(as_csv, Wanted(), now=now).content
    assert "Not started; overdue,In progress,Not started; overdue,Not started," in text


def test_statements_are_as_many_for_one_subject_as_for_twenty(trial, seen, count_statements):
    seen(matrix, Wanted())
    with count_statements() as one:
        seen(matrix, Wanted())
    for number in range(2, 21):
        trial.add_subject(f"S-{number:03}")
    with count_statements() as twenty:
        assert len(seen(matrix, Wanted()).lines) == 20
    assert len(twenty) == len(one)


# Windows of hours

HOURS = """\
oid: HOURS
version: {oid: "1"}
sites: [{number: DE-01, name: Ulm, country: DE, zone: Europe/Berlin}]
events:
  - {oid: D1, title: Dose, forms: [EX], date: EX.EXDTC}
  - {oid: PRE, title: Before dose, forms: [PC], date: PC.PCDTC,
     window: {anchor: D1, target: -15 min, before: 15 min, after: 15 min}}
  - {oid: D2, title: Day 2, forms: [PC], date: PC.PCDTC,
     window: {anchor: D1, target: 24 hours, before: 15 minutes, after: 2 h}}
  - {oid: D3, title: Day 3, forms: [PC], date: PC.PCDTC, window: {anchor: D1, target: 2 days, after: 2 h}}
forms:
  - {oid: EX, items: [{name: EXDTC, question: Start of dose, type: datetime}]}
  - {oid: PC, items: [{name: PCDTC, question: Sampled, type: datetime}]}
"""


@pytest.fixture
def dosed(core, tmp_path):
    """A subject of a study whose samples are due within hours; ``sample(event, text)`` says how one stands."""
    return giving(core, tmp_path, HOURS)


@pytest.fixture
def partly(core, tmp_path):
    """The same where times may be partly known."""
    return giving(core, tmp_path, HOURS.replace("type: datetime", "type: partialDatetime"))


def giving(core, tmp_path, study):
    file = tmp_path / "study.yaml"
    file.write_text(study, encoding="utf-8")
    trial = Trial(core, load(file).required(), environment="dev")
    trial.add_subject("S-001")

    def give(dose, event="", sampled="", now=datetime(2026, 1, 1, tzinfo=UTC)):
        dated(trial, "EX.EXDTC", dose, "D1", complete=True, reason=SOME_REASON)
        if sampled:
            dated(trial, "PC.PCDTC", sampled, event, complete=True, reason=SOME_REASON)
        with trial.core.read() as source:
            picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
            book = casebook(picture, "S-001", now=now)
        return {shown.path.event.oid: shown.timing for shown in book.events}

    give.trial = trial
    return give


def look_how_it_stands(give, event, sampled, standing):
    """A sample around a dose stands so, and is asked about only where all of it is outside its window."""
    assert give("2026-03-02T09:00", event, sampled)[event].standing is standing
    assert bool(of_windows(give.trial)) == (standing in (Standing.EARLY, Standing.LATE))


@pytest.mark.parametrize(
    ("event", "sampled", "standing"),
    [
        ("PRE", "2026-03-02T08:29", Standing.EARLY),
        ("PRE", "2026-03-02T08:30", Standing.IN_WINDOW),
        ("PRE", "2026-03-02T09:00", Standing.IN_WINDOW),
        ("PRE", "2026-03-02T09:01", Standing.LATE),
        ("D2", "2026-03-03T08:44", Standing.EARLY),
        ("D2", "2026-03-03T08:45", Standing.IN_WINDOW),
        ("D2", "2026-03-03T11:00", Standing.IN_WINDOW),
        ("D2", "2026-03-03T11:00:01", Standing.LATE),
    ],
)
def test_a_sample_is_judged_by_the_minute_and_asks_only_outside(dosed, event, sampled, standing):
    look_how_it_stands(dosed, event, sampled, standing)


@pytest.mark.parametrize(
    ("event", "sampled", "standing"),
    [
        ("D2", "2026-03-03T07", Standing.EARLY),
        ("D2", "2026-03-03T08", Standing.UNCERTAIN),
        ("D2", "2026-03-03T09", Standing.IN_WINDOW),
        ("D2", "2026-03-03T12", Standing.LATE),
        ("D2", "2026-03-03", Standing.UNCERTAIN),
        ("D2", "2026-03", Standing.UNCERTAIN),
        ("D2", "2026-04", Standing.LATE),
        ("D3", "2026-03-04T09:30", Standing.IN_WINDOW),
    ],
)
def test_a_time_that_is_partly_known_is_outside_only_where_all_of_it_is(partly, event, sampled, standing):
    look_how_it_stands(partly, event, sampled, standing)


def test_a_window_from_a_time_that_is_partly_known_is_as_wide_as_it_may_be(partly):
    found = partly("2026-03-02T09", "D2", "2026-03-03T11:30")["D2"]
    assert found.standing is Standing.UNCERTAIN
    assert found.due.in_words == "03 MAR 2026 08:45 to 11:59"
    assert partly("2026-03-02", "D2", "2026-03-06T11:30")["D2"].standing is Standing.LATE


def test_the_query_about_a_window_of_hours_tells_its_times(dosed):
    dosed("2026-03-02T09:00", "D2", "2026-03-03T11:20")
    (query,) = of_windows(dosed.trial)
    assert query.messages[0].text == (
        "03 MAR 2026 11:20 is outside the window of Day 2: 03 MAR 2026 08:45 to 11:00, planned 03 MAR 2026 09:00. "
        "Please check the dates; correct or confirm them."
    )
    dosed("2026-03-02T09:30")
    assert of_windows(dosed.trial)[0].state is QueryState.RESOLVED
    assert verify(dosed.trial.core).ok


def test_hours_elapse_and_days_go_by_the_calendar_when_the_clocks_were_put_back(dosed):
    found = dosed("2026-10-24T22:00", "D2", "2026-10-25T20:45")
    assert str(found["D2"].due.planned) == "25 OCT 2026 21:00", (
        "24 hours later, the clocks put back in between"
    )
    assert found["D2"].standing is Standing.IN_WINDOW
    assert str(found["D3"].due.planned) == "26 OCT 2026 22:00"
    assert dosed("2026-10-24T22:00", "D2", "2026-10-25T23:01")["D2"].standing is Standing.LATE


def test_hours_elapse_when_the_clocks_were_put_forward(dosed):
    assert str(dosed("2026-03-28T22:00")["D2"].due.planned) == "29 MAR 2026 23:00"


def test_a_time_that_the_clock_showed_twice_is_outside_only_by_both_readings(dosed):
    assert dosed("2026-10-25T02:30", "PRE", "2026-10-25T02:10")["PRE"].standing is Standing.UNCERTAIN
    assert dosed("2026-10-25T02:30", "PRE", "2026-10-25T03:31")["PRE"].standing is Standing.LATE
    assert dosed("2026-10-25T02:30", "PRE", "2026-10-25T00:59")["PRE"].standing is Standing.EARLY


def test_a_sample_is_due_and_overdue_by_the_clock_of_its_site(dosed):
    def standing(hour, minute):
        return dosed("2026-03-02T09:00", now=datetime(2026, 3, 3, hour, minute, tzinfo=UTC))["D2"].standing

    assert standing(7, 44) is Standing.COMING
    assert standing(7, 45) is Standing.DUE, "08:45 in Ulm"
    assert standing(10, 0) is Standing.DUE
    assert standing(10, 1) is Standing.OVERDUE


def test_the_ends_of_the_calendar_cost_no_page(dosed):
    assert str(dosed("9999-12-31T23:59")["D2"].due.planned) == "31 DEC 9999 23:59", "the calendar ends there"
    assert dosed("0001-01-01T00:00")["PRE"].due is None, "in UTC it lies before the calendar begins"


@pytest.mark.parametrize(("wrong", "what"), [("EX.EXDTC", "visit('D1').EX.EXDTC"), ("PC.PCDTC", "PC.PCDTC")])
def test_a_window_of_hours_needs_dates_with_their_times(tmp_path, wrong, what):
    form = wrong.partition(".")[0]
    line = next(line for line in HOURS.splitlines() if f"oid: {form}," in line)
    file = tmp_path / "study.yaml"
    file.write_text(HOURS.replace(line, line.replace("type: datetime", "type: date")), encoding="utf-8")
    messages = [finding.message for finding in load(file).findings if finding.severity == "error"]
    assert messages
    assert set(messages) == {f"A window of hours or minutes needs a date with its time; {what} is a date."}
