"""What lists show, to whom, and in how many statements."""

from dataclasses import replace

import pytest

from edc_core.domain import commands
from edc_core.domain.casebook import Subject
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Actor, Grant, Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryAction, QueryState
from edc_core.domain.trail import TrailWanted
from edc_core.errors import NotFound
from edc_core.ledger.append import Reason
from edc_core.services import capture, correcting, protecting, queries, trail
from edc_core.services.history import history, item_history
from edc_core.services.lock_scopes import lock_scopes
from edc_core.services.query_list import WantedQueries, query_page, thread
from edc_core.services.reading import look_at, look_at_subject
from edc_core.services.sentences import SENTENCES
from edc_core.services.subject_casebook import casebook
from edc_core.services.subject_list import Wanted, as_csv, matrix
from edc_core.services.visit_state import State
from edc_core.services.work_queue import work_queue
from edc_core.store import readers
from edc_core.store.listing_queries import TrailFilter
from tests.builders import Trial, vital_signs, waive_all
from tests.docs.test_ledger_reference import KINDS

WHY = Reason(text="Asked for by the sponsor.")


@pytest.fixture
def looking(trial):
    """Call a reading service as somebody."""

    def as_(actor, service, *args, **named):
        with trial.core.read() as source:
            study = readers.study_by_id(source.connection, trial.study_id)
            return service(look_at(source, actor, study), *args, **named)

    return as_


def has_a_query(trial, subject="S-001"):
    """Systolic pressure above its soft limit on a complete form: one system query there, none elsewhere."""
    trial.save(subject, {"VS.SYSBP": "300", "VS.DIABP": "80"})
    trial.complete(subject, "VS")


def ask(trial, by, path=None, subject="S-001"):
    place = path or trial.path("VS.DIABP")
    return trial.act(
        by, queries.open_query, queries.OpenQuery, subject_key=subject, path=place, text="Please check."
    )["query_id"]


def answer(trial, query_id, subject="S-001"):
    trial.act(
        trial.crc,
        queries.act_on_query,
        queries.ActOnQuery,
        subject_key=subject,
        query_id=query_id,
        action=QueryAction.ANSWER,
        text="As in source.",
    )


def protect(trial, action, path=None, subject="S-001", by=None):
    return trial.act(
        by or trial.dm,
        protecting.protect,
        protecting.Protect,
        subject_key=subject,
        path=path or ItemPath(),
        action=action,
        reason=WHY,
    )


def cells(found, key):
    columns = [column.short for column in found.columns]
    line = next(line for line in found.lines if line.subject_key == key)
    return dict(zip(columns, line.cells, strict=True))


def test_matrix_rolls_forms_of_a_visit_up(trial, looking):
    assert cells(looking(trial.dm, matrix, Wanted()), "S-001")["V1"].state is State.NOT_STARTED
    has_a_query(trial)
    visit = cells(looking(trial.dm, matrix, Wanted()), "S-001")["V1"]
    assert (visit.state, visit.queries) == (State.IN_PROGRESS, 1)
    for form, values in (("DM", {"DM.SEX": "M", "DM.AGE": "40"}), ("AE", {"AE.TERM": "Nausea"})):
        trial.save("S-001", values)
        trial.complete("S-001", form)
    assert cells(looking(trial.dm, matrix, Wanted()), "S-001")["V1"].state is State.COMPLETE


def test_repeating_visit_counts_its_occurrences(trial, looking):
    assert cells(looking(trial.dm, matrix, Wanted()), "S-001")["UNS"].state is State.NONE
    for _ in range(2):
        trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
    cell = cells(looking(trial.dm, matrix, Wanted()), "S-001")["UNS"]
    assert (cell.state, cell.times) == (State.NOT_STARTED, 2)


def test_lock_of_a_visit_shows_on_that_visit_alone(trial, looking):
    has_a_query(trial)
    protect(trial, ProtectAction.LOCK, trial.form("VS").parent)
    found = looking(trial.dm, matrix, Wanted())
    assert cells(found, "S-001")["V1"].state is State.LOCKED
    assert found.lines[0].protection == "open"


def test_site_freeze_reaches_every_subject_of_the_site(trial, looking):
    trial.add_subject("S-900", site="US-01")
    trial.act(
        trial.dm,
        protecting.protect_study,
        protecting.ProtectStudy,
        site_id=trial.sites["KR-01"],
        action=ProtectAction.FREEZE,
        reason=WHY,
    )
    found = looking(trial.dm, matrix, Wanted())
    assert [line.protection.value for line in found.lines] == ["frozen", "open"]


def test_filters_narrow_the_list_and_counts_tell_beforehand(trial, looking):
    trial.add_subject("S-002")
    trial.add_subject("S-900", site="US-01")
    has_a_query(trial)
    found = looking(trial.dm, matrix, Wanted(queries=True))
    assert [line.subject_key for line in found.lines] == ["S-001"]
    assert (found.counts.all, found.counts.found, found.counts.with_queries) == (3, 1, 1)
    assert found.counts.not_started == 2
    for wanted, keys in (
        (Wanted(text="s-9"), ["S-900"]),
        (Wanted(site="KR-01"), ["S-001", "S-002"]),
        (Wanted(status="not_started"), ["S-002", "S-900"]),
        (Wanted(site="no such site"), []),
        (Wanted(text="100%_"), []),
    ):
        assert [line.subject_key for line in looking(trial.dm, matrix, wanted).lines] == keys


def test_site_person_sees_no_other_site_anywhere(trial, looking):
    trial.add_subject("S-900", site="US-01")
    found = looking(trial.crc, matrix, Wanted())
    assert [line.subject_key for line in found.lines] == ["S-001"]
    assert found.counts.all == 1
    assert "S-900" not in looking(trial.crc, as_csv, Wanted()).content
    with pytest.raises(NotFound):
        looking(trial.crc, look_at_subject, "S-900")
    with pytest.raises(NotFound):
        looking(trial.crc, casebook, "S-900")


def test_person_without_a_role_does_not_learn_that_the_study_exists(trial, looking):
    stranger = Actor("stranger", grants=(Grant("another study", Role.DM),))
    with pytest.raises(NotFound):
        looking(stranger, lambda picture: picture)


@pytest.mark.parametrize("service", [lambda p: matrix(p, Wanted()), lock_scopes], ids=["matrix", "locks"])
def test_statements_do_not_grow_with_subjects(trial, looking, count_statements, service):
    looking(trial.dm, service)
    with count_statements() as few:
        looking(trial.dm, service)
    for number in range(2, 12):
        trial.add_subject(f"S-{number:03}")
        trial.save(f"S-{number:03}", {"VS.SYSBP": "120"})
    with count_statements() as many:
        looking(trial.dm, service)
    assert len(many) == len(few) <= 12


def test_casebook_and_queries_take_a_fixed_number_of_statements(trial, looking, count_statements):
    now = trial.core.clock.now()
    has_a_query(trial)
    looking(trial.dm, casebook, "S-001")
    with count_statements() as one_form:
        looking(trial.dm, casebook, "S-001")
    with count_statements() as one_query:
        looking(trial.dm, query_page, WantedQueries(), now)
    for _ in range(5):
        trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
        ask(trial, trial.dm)
    with count_statements() as more_forms:
        looking(trial.dm, casebook, "S-001")
    with count_statements() as more_queries:
        looking(trial.dm, query_page, WantedQueries(), now)
    assert len(more_forms) == len(one_form) <= 13
    assert len(more_queries) == len(one_query) <= 5


def test_home_takes_a_fixed_number_of_statements(trial, count_statements):
    def home(actor):
        with trial.core.read() as source:
            return work_queue(source, actor, trial.core.clock.now())

    home(trial.dm)
    with count_statements() as before:
        home(trial.dm)
    has_a_query(trial)
    for _ in range(12):
        answer(trial, ask(trial, trial.dm))
    with count_statements() as after:
        found = home(trial.dm)
    assert len(after) == len(before) + 1 <= 8, "what has changed is read again"
    assert (found.to_close.total, len(found.to_close.tasks)) == (12, 10)
    assert not found.to_answer.mine


def test_home_shows_each_role_its_own_work(trial):
    def home(actor):
        with trial.core.read() as source:
            return work_queue(source, actor, trial.core.clock.now())

    has_a_query(trial)
    trial.save("S-001", {"DM.SEX": "M"})
    answer(trial, ask(trial, trial.cra))
    site = home(trial.crc)
    assert [task.where.smallest for task in site.to_answer.tasks] == ["SYSBP?"]
    assert [str(task.path) for task in site.begun.tasks] == ["V1[1]/DM[1]"]
    assert not site.to_close.mine
    assert home(trial.cra).to_close.total == 1
    assert home(trial.med).to_close.total == 0
    assert home(trial.dm).to_close.total == 1


def test_home_offers_a_second_person_what_waits(trial):
    protect(trial, ProtectAction.LOCK)
    assert protect(trial, ProtectAction.UNLOCK)["pending"]
    with trial.core.read() as source:
        mine, other, site = (
            work_queue(source, actor, trial.core.clock.now()).to_confirm
            for actor in (trial.dm, trial.dm2, trial.crc)
        )
    assert (mine.total, other.total, site.total) == (0, 1, 0)
    assert other.tasks[0].subject_key == "S-001"


def test_locks_count_what_is_open_and_offer_the_second_person_to_confirm(trial, looking):
    has_a_query(trial)
    trial.save("S-001", {"DM.SEX": "M"})
    (subject,) = looking(trial.dm, lock_scopes).subjects
    assert (subject.subject_key, subject.in_progress, subject.open_queries) == ("S-001", 1, 1)
    command = {"action": ProtectAction.LOCK, "reason": WHY}
    waive_all(trial)
    trial.act(trial.dm, protecting.protect_study, protecting.ProtectStudy, **command)
    asked, other = looking(trial.dm, lock_scopes).study, looking(trial.dm2, lock_scopes).study
    assert (asked.confirm, other.confirm) == (None, ProtectAction.LOCK)
    assert ProtectAction.LOCK not in asked.actions
    trial.act(trial.dm2, protecting.protect_study, protecting.ProtectStudy, **command)
    assert looking(trial.dm, lock_scopes).study.own.state == "locked"
    said = looking(trial.dm, trail.found, TrailWanted(kinds=("protect.",), above=True)).entries
    assert [entry.what for entry in said] == [
        "locked the study, as dm.choi had asked.",
        "asked to lock the study; another person has to confirm it.",
    ]


def test_facets_say_what_choosing_them_would_show(trial, looking):
    has_a_query(trial)
    answer(trial, ask(trial, trial.dm))
    found = looking(trial.dm, query_page, WantedQueries(who=frozenset({"site"})), trial.core.clock.now())
    facets = {facet.name: {choice.value: choice.count for choice in facet.choices} for facet in found.facets}
    assert found.found == 1
    assert facets["who"] == {"data manager": 1, "site": 1}
    assert facets["state"] == {"Open": 1, "Answered": 0}
    assert facets["form"] == {"VS": 1}


@pytest.mark.parametrize(
    ("who", "actions"),
    [
        ("crc", {QueryAction.ANSWER}),
        ("dm", {QueryAction.CANCEL, QueryAction.FORWARD}),
        ("cra", {QueryAction.FORWARD}),
        ("med", set()),
    ],
)
def test_thread_offers_what_the_service_would_carry_out(trial, looking, who, actions):
    query_id = ask(trial, trial.dm)
    found = looking(getattr(trial, who), thread, query_id, trial.core.clock.now())
    assert found.actions == actions
    assert found.who == "site"


def test_thread_of_locked_data_offers_nothing(trial, looking):
    query_id = ask(trial, trial.dm)
    protect(trial, ProtectAction.LOCK)
    assert looking(trial.crc, thread, query_id, trial.core.clock.now()).actions == frozenset()


def test_blinded_item_appears_in_no_list_count_thread_or_history(trial, looking):
    definition = vital_signs().build("2")
    items = tuple(
        replace(item, sensitivity="blinded") if item.oid == "VS.SYSBP" else item for item in definition.items
    )
    trial.publish(replace(definition, items=items))
    has_a_query(trial)
    query_id = ask(trial, trial.dm, trial.path("VS.SYSBP"))
    now = trial.core.clock.now()
    for actor in (trial.dm, trial.crc):
        assert looking(actor, matrix, Wanted()).counts.with_queries == 0
        assert cells(looking(actor, matrix, Wanted()), "S-001")["V1"].queries == 0
        assert looking(actor, query_page, WantedQueries(), now).rows == ()
        assert looking(actor, casebook, "S-001").head.queries == 0
        with pytest.raises(NotFound):
            looking(actor, thread, query_id, now)
        subject = looking(actor, look_at_subject, "S-001")
        told = looking(actor, history, subject.subject_id, TrailFilter(), site_id=subject.site_id)
        assert not any("SYSBP" in happening.text for happening in told.happenings)
        assert any("DIABP" in happening.text for happening in told.happenings)
    with trial.core.read() as source:
        assert work_queue(source, trial.crc, now).to_answer.total == 0


def test_site_never_learns_of_a_candidate(trial, looking):
    assert QueryState.CANDIDATE not in looking(trial.crc, lambda picture: picture.query_states)
    assert QueryState.CANDIDATE in looking(trial.dm, lambda picture: picture.query_states)


def told(trial, looking, subject: Subject, actor=None, **wanted):
    return [
        happening.text
        for happening in looking(
            actor or trial.dm, history, subject.subject_id, TrailFilter(**wanted), site_id=subject.site_id
        ).happenings
    ]


def test_history_reads_as_sentences(trial, looking):
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80", "VS.DATE": "soon"})
    trial.complete("S-001", "VS")
    trial.save("S-001", {"VS.SYSBP": "130"}, reason=Reason("transcription", "7 read as 2"))
    trial.save("S-001", {"VS.DIABP": ""}, reason=Reason("new_source"))
    trial.act(
        trial.dm,
        correcting.correct_subject_key,
        commands.CorrectSubjectKey,
        subject_key="S-001",
        new_key="S-010",
        reason=WHY,
    )
    subject = looking(trial.dm, look_at_subject, "S-010")
    sentences = told(trial, looking, subject)
    for sentence in (
        "corrected the subject number from S-001 to S-010.",
        "cleared 'DIABP?', which was 80.",
        "changed 'SYSBP?' from 120 to 130.",
        "completed VS.",
        "entered 'soon' for 'DATE?', which cannot be read.",
        "entered 120 for 'SYSBP?'.",
        "added subject S-001.",
    ):
        assert sentence in sentences, sentences
    changed = looking(trial.dm, history, subject.subject_id, TrailFilter(), site_id=subject.site_id)
    reasons = {h.text: h.reason for h in changed.happenings}
    assert reasons["changed 'SYSBP?' from 120 to 130."] == "Transcription error: 7 read as 2."


def test_history_of_an_item_has_what_happened_to_what_it_lies_in(trial, looking, count_statements):
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"})
    trial.complete("S-001", "VS")
    ask(trial, trial.dm, trial.path("VS.SYSBP"))
    protect(trial, ProtectAction.FREEZE, trial.form("VS"))
    subject = looking(trial.dm, look_at_subject, "S-001")
    with count_statements() as counted:
        told = looking(
            trial.dm, item_history, subject.subject_id, trial.path("VS.SYSBP"),
            site_id=subject.site_id, limit=50,
        )  # fmt: skip
    assert len(counted) <= 8
    assert [happening.text for happening in told.happenings] == [
        "froze VS.",
        "asked about 'SYSBP?': Please check.",
        "completed VS.",
        "began VS.",
        "entered 120 for 'SYSBP?'.",
    ]
    assert not any("DIABP" in happening.text for happening in told.happenings)


def test_every_kind_that_is_written_has_words_of_its_own():
    reserved = {kind for kind, (written, _) in KINDS.items() if written.startswith("*reserved*")}
    assert {kind.value for kind in EntryKind} - reserved - {kind.value for kind in SENTENCES} == set()


def test_history_pages_meet_without_gap_or_overlap(trial, looking):
    for value in range(100, 112):
        trial.save("S-001", {"VS.SYSBP": str(value)})
    subject = looking(trial.dm, look_at_subject, "S-001")
    seen, before = [], 0
    while True:
        page = looking(
            trial.dm, history, subject.subject_id, TrailFilter(before), site_id=subject.site_id, limit=5
        )
        seen += [happening.n for happening in page.happenings]
        before = page.older
        if not before:
            break
    assert seen == list(range(max(seen), 0, -1))


def test_history_is_narrowed_to_kind_person_and_place(trial, looking):
    has_a_query(trial)
    subject = looking(trial.dm, look_at_subject, "S-001")
    assert all("asked about" in text for text in told(trial, looking, subject, kinds=("query.",)))
    assert told(trial, looking, subject, actor=None, path=str(trial.path("VS.DIABP"))) == [
        "entered 80 for 'DIABP?'."
    ]
    assert told(trial, looking, subject, kinds=("query.",)) != told(trial, looking, subject)


def test_csv_says_what_the_list_says_and_starts_no_formula(core):
    trial = Trial(core, vital_signs().build(), environment="uat")
    trial.add_subject("=1+1")
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        lines = as_csv(look_at(source, trial.dm, study), Wanted()).content.splitlines()
    assert lines[0] == "\ufeffSubject,Site,Status,Open queries,V1,UNS"
    assert lines[1] == "'=1+1,KR-01,active,0,Not started,"
