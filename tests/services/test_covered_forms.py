"""Whoever may type a form a second time sees nothing of what stands in it, by whichever door, until both are compared."""

from dataclasses import replace

import pytest

from edc_core.domain.commands import (
    ActOnQuery,
    AddFormNotes,
    AddRow,
    CompleteForm,
    OpenQuery,
    PlaceNote,
    RemoveForm,
    ReopenForm,
)
from edc_core.domain.item_path import ItemPath
from edc_core.domain.lock_blocker import Obstacle, Waived
from edc_core.domain.metadata import Policy
from edc_core.domain.permission import Action, Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryAction
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.second_entry import FIRST_OPENED, SECOND_ENTRY
from edc_core.domain.study_lists import ListingWanted
from edc_core.domain.trail import TrailWanted
from edc_core.errors import NotAllowed, NotFound, SecondPersonRequired
from edc_core.ids import new_id
from edc_core.services import (
    capture,
    dispatch,
    file_items,
    protecting,
    queries,
    query_list,
    removing,
    value_listing,
    waiving,
    work_queue,
)
from edc_core.services.history import history
from edc_core.services.plugin_session import CorePluginSession
from edc_core.services.reading import look_at
from edc_core.services.review_list import desk
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.subject_casebook import casebook
from edc_core.services.trail import found
from edc_core.store import listing_queries, readers
from edc_core.store.listing_queries import TrailFilter
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs

MARK = "ZQfirst"


def make(core, **policy):
    trial = Trial(core, vital_signs().with_policy(Policy(**{"double_entry": ("VS",)} | policy)).build())
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "300", "VS.NOTE": MARK})
    return trial


@pytest.fixture
def twice(core):
    """A form that the coordinator has begun, at the first site."""
    return make(core)


@pytest.fixture
def second(twice):
    """Who may type it a second time."""
    return twice.person(Role.SUB, "sub.oh", site="KR-01")


class Looking:
    """The study as one person sees it now."""

    def __init__(self, trial, person):
        self.trial, self.person = trial, person

    def __enter__(self):
        self._read = self.trial.core.read()
        source = self._read.__enter__()
        study = readers.study_by_id(source.connection, self.trial.study_id)
        return look_at(source, self.person, study)

    def __exit__(self, *error):
        return self._read.__exit__(*error)


def access(trial, person):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, person, study, "test")


def covered(trial, person):
    with Looking(trial, person) as picture:
        return {str(form) for _, form in picture.covered}


def say(trial, by, **content):
    note(trial, by, SECOND_ENTRY, content)


def note(trial, by, topic, content, **more):
    command = AddFormNotes(
        study_id=trial.study_id, op=new_id(), subject_key="S-001", form=trial.form("VS"), topic=topic,
        name="second entry", notes=(PlaceNote(trial.form("VS"), content),), **more,
    )  # fmt: skip
    return dispatch.submit(trial.core, by, [command])


def open_first(trial, by):
    note(trial, by, FIRST_OPENED, {})


def form_command(trial, kind, **more):
    return {"kind": kind, "subject_key": "S-001", "form": trial.form("VS"), "reason": SOME_REASON} | more


def test_it_is_covered_from_the_first_value_until_the_two_are_compared(twice, second):
    form = {str(twice.form("VS"))}
    seen = [covered(twice, second)]
    twice.complete("S-001", "VS")
    seen.append(covered(twice, second))
    say(twice, second, compared=False)
    seen.append(covered(twice, second))
    assert seen == [form, form, form]
    say(twice, second, compared=True, agreed=False)
    assert covered(twice, second) == set()
    say(twice, second, compared=True, agreed=True)
    assert covered(twice, second) == set()


def test_those_who_type_no_second_entry_see_it(twice):
    sees_all = twice.person(Role.SRO, "sro.na", site="KR-01")
    for person in (twice.crc, twice.pi, twice.cra, twice.dm, twice.spo, twice.cli, sees_all):
        assert covered(twice, person) == set(), person.name
    everywhere = twice.person(Role.CRC, "crc.us", site="US-01")
    assert covered(twice, everywhere) == set(), "a form of another site is not in scope at all"
    another = twice.person(Role.CRC, "crc.two", site="KR-01")
    assert covered(twice, another) == {str(twice.form("VS"))}


def test_who_completed_or_opened_it_knows_it_and_types_no_second_entry(twice, second):
    another = twice.person(Role.CRC, "crc.two", site="KR-01")
    open_first(twice, another)
    assert (covered(twice, another), covered(twice, second)) == (set(), {str(twice.form("VS"))})
    twice.complete("S-001", "VS", by=another)
    with pytest.raises(SecondPersonRequired):
        note(twice, another, "test.value", {"raw": "1"}, second_person=True)
    note(twice, second, "test.value", {"raw": "1"}, second_person=True)
    assert covered(twice, second) == {str(twice.form("VS"))}, (
        "what is typed the second time says nothing of the first"
    )


def test_that_it_was_opened_stands_in_the_trail_and_can_be_said_of_a_frozen_form(twice, second):
    freeze = {
        "subject_key": "S-001",
        "path": twice.form("VS"),
        "action": ProtectAction.FREEZE,
        "reason": SOME_REASON,
    }
    twice.act(twice.dm, protecting.protect, protecting.Protect, **freeze)
    open_first(twice, second)
    assert covered(twice, second) == set()
    (last,) = [one for one in twice.entries("S-001") if one["kind"] == "note.add"]
    assert (last["actor"], last["path"]) == ("sub.oh", str(twice.form("VS")))


def test_nobody_changes_what_they_do_not_see(twice, second):
    row = {"parent": twice.form("VS"), "group_oid": "VS.NONE"}
    refused = [
        (capture.save_items, form_command(twice, capture.SaveItems, items=())),
        (capture.complete_form, form_command(twice, CompleteForm)),
        (capture.add_row, form_command(twice, AddRow, **row)),
        (removing.remove_form, form_command(twice, RemoveForm)),
    ]
    for service, fields in refused:
        with pytest.raises(NotAllowed, match="entered twice"):
            twice.act(second, service, **fields)
    twice.complete("S-001", "VS")
    with pytest.raises(NotAllowed, match="entered twice"):
        twice.act(second, capture.reopen_form, **form_command(twice, ReopenForm))
    open_first(twice, second)
    twice.act(second, capture.reopen_form, **form_command(twice, ReopenForm))
    twice.save("S-001", {"VS.DIABP": "80"}, by=second, reason=SOME_REASON)


def test_a_form_that_nobody_has_begun_is_begun_by_anybody(twice, second):
    twice.add_subject("S-002")
    twice.save("S-002", {"VS.SYSBP": "120"}, by=second)
    assert covered(twice, second) == {str(twice.form("VS"))}
    with Looking(twice, twice.crc) as picture:
        ((subject_id, _),) = picture.covered
    assert subject_id == twice.casebook("S-002").subject.subject_id


def every_word(trial, person):
    """All that a person reads of the subject, door by door."""
    with Looking(trial, person) as picture:
        subject, now = trial.casebook("S-001").subject, trial.core.clock.now()
        ids = [one.query_id for one in listing_queries.query_lines(picture.source.connection, picture.scope)]
        at_hand = access(trial, person).at_hand("S-001")
        told = {
            "queries": str(query_list.query_page(picture, query_list.WantedQueries(), now)),
            "threads": str([query_list.thread(picture, one, now) for one in ids]),
            "history": str(history(picture, subject.subject_id, TrailFilter(), site_id=subject.site_id)),
            "trail": str(found(picture, TrailWanted())) if picture.may(Action.READ_TRAIL) else "",
            "listing": str(value_listing.listing(picture, ListingWanted(form="VS"))),
            "filtered": str(
                value_listing.listing(picture, ListingWanted(form="VS", filters=(("VS.NOTE", "ZQ"),))).total
            ),
            "at hand": str(at_hand.book.items) + str(at_hand.book.queries),
            "home": str(work_queue.work_queue(picture.source, person, now)),
            "review": str(desk(picture, "S-001", ReviewGroup.SDV)),
        }
    told["session"] = str(findings(trial, person))
    return told


def findings(trial, person):
    session = CorePluginSession(trial.core, lambda _environment: person)
    return session.findings(session.study("TRIAL-1"), "S-001")


@pytest.fixture
def written(twice):
    """The form with its value in a query, an answer, a reason and a change."""
    twice.complete("S-001", "VS")
    asked = {"subject_key": "S-001", "path": twice.path("VS.NOTE"), "text": f"{MARK} query"}
    query_id = twice.act(twice.dm, queries.open_query, OpenQuery, **asked)["query_id"]
    answer = {
        "subject_key": "S-001",
        "query_id": query_id,
        "action": QueryAction.ANSWER,
        "text": f"{MARK} answer",
    }
    twice.act(twice.crc, queries.act_on_query, ActOnQuery, **answer)
    twice.save("S-001", {"VS.NOTE": f"{MARK} changed"}, reason=replace(SOME_REASON, text=f"{MARK} reason"))
    return query_id


def test_no_door_shows_what_stands_in_a_covered_form(twice, second, written):
    told = every_word(twice, second)
    assert [door for door, text in told.items() if MARK in text] == []
    assert told["filtered"] == "0", "words cannot be guessed by what a filter finds"
    with Looking(twice, second) as picture:
        with pytest.raises(NotFound):
            query_list.thread(picture, written, twice.core.clock.now())
        with pytest.raises(NotAllowed):
            file_items.find(picture, "S-001", twice.path("VS.NOTE"), "0" * 64)
        counted = casebook(picture, "S-001")
    assert counted.head.queries == 0
    shown = every_word(twice, twice.crc)
    assert {door for door, text in shown.items() if MARK in text} >= {
        "queries", "threads", "history", "trail", "listing", "at hand", "review",
    }  # fmt: skip


def test_other_forms_of_the_subject_are_as_they_were(twice, second, written):
    twice.save("S-001", {"DM.AGE": "47"})
    at_hand = access(twice, second).at_hand("S-001")
    assert [str(path.item) for path in at_hand.book.items] == ["DM.AGE"]
    assert twice.path("VS.SYSBP").item in at_hand.hidden
    assert len(access(twice, second).at_hand("S-001", covered=True).book.items) == 3
    assert access(twice, second).covers("S-001", twice.form("VS"))
    assert not access(twice, second).covers("S-001", twice.form("DM"))


def test_what_goes_without_a_second_entry_is_not_covered(twice, second):
    twice.complete("S-001", "VS")
    things = (Waived(twice.form("VS"), Obstacle.SECOND_ENTRY),)
    said = {"subject_key": "S-001", "things": things, "component": "password", "reason": SOME_REASON}
    twice.act(twice.dm, waiving.waive, waiving.Waive, **said)
    assert covered(twice, second) == set()


def test_only_subjects_that_are_drawn_are_covered(core):
    trial = make(core, double_entry_share=50)
    second = trial.person(Role.SUB, "sub.oh", site="KR-01")
    for number in range(2, 12):
        trial.save(trial.add_subject(f"S-{number:03}"), {"VS.SYSBP": "120"})
    with Looking(trial, second) as picture:
        policy = picture.index.version.policy
        subjects = [trial.casebook(f"S-{number:03}").subject.subject_id for number in range(1, 12)]
        drawn = {one for one in subjects if policy.enters_twice("VS", one)}
        assert {one for one, _ in picture.covered} == drawn


def test_a_study_without_it_asks_the_database_nothing(trial, count_statements):
    trial.save("S-001", {"VS.SYSBP": "120"})
    with Looking(trial, trial.crc) as picture:
        picture.scope, picture.index  # noqa: B018 - read before it is counted
        again = replace(picture)
        again.sites  # noqa: B018
        with count_statements() as seen:
            assert again.covered == frozenset()
    assert seen == []


def test_thousands_of_covered_forms_are_left_out_in_one_statement(twice, count_statements):
    with Looking(twice, twice.dm) as picture:
        many = frozenset((f"{number:032x}", ItemPath.parse("V1[1]/VS[1]")) for number in range(5000))
        scope = replace(picture.scope, covered=many)
        with count_statements() as seen:
            assert listing_queries.query_lines(picture.source.connection, scope) == []
    assert len(seen) == 1
