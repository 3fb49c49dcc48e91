"""A site that has ended takes nothing in any more; everything is read, queries are answered and casebooks signed."""

import pytest

from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.metadata import SiteDef
from edc_core.domain.permission import Role
from edc_core.domain.query import QueryAction
from edc_core.errors import EntryClosed, NotAllowed, NotFound, ReasonRequired, WrongState
from edc_core.services import (
    capture,
    closing_sites,
    correcting,
    queries,
    studies,
    subject_list,
    subjects,
    visits,
)
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.services.work_queue import work_queue
from edc_core.store import readers
from edc_core.testing.trial import NO_REASON, SOME_REASON


def close(trial, number="KR-01", by=None, **more):
    named = {"number": number, "reason": SOME_REASON} | more
    return trial.act(by or trial.dm, closing_sites.close_site, study_commands.CloseSite, **named)


def ask(trial):
    return trial.act(
        trial.dm,
        queries.open_query,
        c.OpenQuery,
        subject_key="S-001",
        path=trial.path("VS.SYSBP"),
        text="Right?",
    )


@pytest.fixture
def ended(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.complete("S-001", "VS")
    ask(trial)
    assert close(trial) == {"number": "KR-01", "closed": True}
    return trial


@pytest.mark.parametrize("who", ["crc", "pi", "dm", "cli"])
def test_nothing_enters_whoever_tries(ended, who):
    by, form = getattr(ended, who), ended.form("VS")
    before = ended.entries("S-001")
    tries = (
        (subjects.add_subject, c.AddSubject, {"subject_key": "S-002", "site_id": ended.sites["KR-01"]}),
        (capture.reopen_form, c.ReopenForm, {"subject_key": "S-001", "form": form, "reason": SOME_REASON}),
        (correcting.correct_subject_key, c.CorrectSubjectKey,
         {"subject_key": "S-001", "new_key": "S-003", "reason": SOME_REASON}),
        (visits.mark_event_not_done, c.MarkEventNotDone,
         {"subject_key": "S-001", "event": form.parent, "reason": SOME_REASON}),
    )  # fmt: skip
    for service, kind, fields in tries:
        with pytest.raises((EntryClosed, NotAllowed)) as refused:
            ended.act(by, service, kind, **fields)
        if who == "cli":
            assert refused.match(r"Site KR-01 was closed on 2026-03-04\.")
    with pytest.raises((EntryClosed, NotAllowed)):
        ended.save("S-001", {"VS.SYSBP": "130"}, by=by, reason=SOME_REASON)
    assert ended.entries("S-001") == before


def test_a_query_is_answered_and_closed_and_everything_is_read(ended):
    query = next(one for one in ended.casebook("S-001").queries.values() if not one.check_oid)
    for by, action in ((ended.crc, QueryAction.ANSWER), (ended.dm, QueryAction.CLOSE)):
        act = {"subject_key": "S-001", "query_id": query.query_id, "action": action, "text": "Yes"}
        ended.act(by, queries.act_on_query, c.ActOnQuery, **act)
    with ended.core.read() as source:
        study = readers.study_by_id(source.connection, ended.study_id)
        picture = look_at(source, ended.crc, study)
        assert list(picture.sites) == [ended.sites["KR-01"]]
        assert subject_list.enrolment(picture).sites == ()


def test_home_no_longer_asks_for_what_cannot_be_entered(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})

    def begun():
        with trial.core.read() as source:
            return work_queue(source, trial.crc, trial.core.clock.now()).begun.total

    assert begun() == 1
    close(trial)
    assert begun() == 0


def test_another_site_goes_on(ended):
    other = next(number for number in ended.sites if number != "KR-01")
    ended.add_subject("S-009", site=other)
    assert ended.casebook("S-009").subject.subject_key == "S-009"


def test_it_is_opened_again_and_both_stand_in_the_trail(ended):
    assert close(ended, open_again=True) == {"number": "KR-01", "closed": False}
    ended.save("S-001", {"VS.SYSBP": "130"}, reason=SOME_REASON)
    kept = [e for e in ended.entries() if e["kind"] == "site.close"]
    assert [(e["actor"], e["reason_text"], e["payload"]["closed"]) for e in kept] == [
        ("dm.choi", SOME_REASON.text, True), ("dm.choi", SOME_REASON.text, False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "more", "error"),
    [
        ("KR-01", {"reason": NO_REASON}, ReasonRequired),
        ("XX-99", {}, NotFound),
        ("KR-01", {"open_again": True}, WrongState),
    ],
)
def test_what_cannot_be_closed_is_said(trial, number, more, error):
    before = trial.entries()
    with pytest.raises(error):
        close(trial, number, **more)
    assert trial.entries() == before


def test_a_closed_site_is_not_closed_twice_and_a_retry_is_answered(ended):
    with pytest.raises(WrongState, match="closed already"):
        close(ended)
    first = close(ended, open_again=True, op="site-open-1")
    assert close(ended, open_again=True, op="site-open-1") == first


@pytest.mark.parametrize("who", ["crc", "pi", "cra", "spo", "bld"])
def test_others_close_no_site(trial, who):
    with pytest.raises(NotAllowed):
        close(trial, by=getattr(trial, who))


def test_a_manager_of_one_site_closes_none(trial):
    with pytest.raises(NotAllowed):
        close(trial, by=trial.person(Role.DM, "dm.site", site="KR-01"))


def test_it_stays_closed_when_its_facts_change_and_when_the_tables_are_made_anew(ended):
    row = next(s for s in sites_of(ended) if s.number == "KR-01")
    renamed = SiteDef(row.number, "Another name", row.country, row.zone)
    with ended.core.write(ended.cli) as uow:
        effects = studies._site_effects(renamed, row, None)
        operation = studies.open_study(
            uow, study_commands.AddSites(study_id=ended.study_id, op="rename-1", sites=())
        )
        operation.record(effects)
    again = next(s for s in sites_of(ended) if s.number == "KR-01")
    assert (again.name, again.closed_at) == ("Another name", row.closed_at)
    assert verify(ended.core, rebuild=True).problems == []


def sites_of(trial):
    with trial.core.read() as source:
        return list(readers.sites(source.connection, trial.study_id).values())
