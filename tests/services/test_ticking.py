"""What time alone makes fire: the recorded tick, once a day in each zone, and the checks that are looked at with it."""

from datetime import UTC, datetime, timedelta

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.protection import ProtectAction
from edc_core.jobs.worker import Worker
from edc_core.services import following, protecting, ticking
from edc_core.services.history import history
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers, times
from edc_core.store.listing_queries import TrailFilter
from edc_core.testing.trial import SOME_REASON, Trial

STUDY = """
oid: TICK-1
name: TICK-1
version: {oid: TICK-1-1, name: "1"}
languages: [en]
sites:
  - {number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}
  - {number: US-01, name: New York, country: US, zone: America/New_York}
forms:
  - oid: AE
    items:
      - name: SENT
        question: Sent on
        type: date
      - name: BACK
        question: Answered on
        type: date
        checks:
          - oid: OVERDUE
            that: present(BACK) or days(day_of(clock.tick), SENT) <= 7
            message: No answer for more than a week. Please ask for it.
            fires: {SENT: 2026-03-01, clock.tick: 2026-03-09T03:00+00:00}
            passes:
              - {SENT: 2026-03-01, clock.tick: 2026-03-08T03:00+00:00}
              - {SENT: 2026-03-01, BACK: 2026-03-03, clock.tick: 2026-03-20T03:00+00:00}
      - name: LATE
        question: Entered late?
        checks:
          - oid: SLOW
            that: days(entered_on(SENT), SENT) <= 3
            severity: warning
            message: This was entered more than 3 days later.
            fires: {SENT: 2026-02-01, entered_at(SENT): "2026-03-04T09:00+00:00"}
            passes: {SENT: 2026-03-03, entered_at(SENT): "2026-03-04T09:00+00:00"}
events:
  - {oid: V1, type: Scheduled, forms: [AE]}
"""


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    file = tmp_path_factory.mktemp("study") / "tick.yaml"
    file.write_text(STUDY, encoding="utf-8")
    return load(file).required()


@pytest.fixture
def trial(core, version):
    made = Trial(core, version, environment="dev")
    made.add_subject("S-001", site="KR-01")
    made.add_subject("S-002", site="US-01")
    return made


def sent(trial, subject, day, **place):
    by = None if subject == "S-001" else trial.cli
    trial.save(subject, {item(trial, "SENT"): day}, by=by)
    trial.complete(subject, "AE", by=by)


def item(trial, name):
    form = trial.form("AE")
    placed = next(p for p in trial.index.placed_items("AE") if p.item.name == name)
    return form.with_group(placed.group_oids[0], "1").with_item(placed.item.oid)


def ticks(trial):
    return [(e["payload"], e["site_zone"]) for e in trial.entries() if e["kind"] == "clock.tick"]


def test_a_query_is_asked_when_its_day_has_come_and_resolved_by_the_answer(trial, clock):
    clock.moment = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    sent(trial, "S-001", "2026-03-03")
    worker = Worker(trial.core)
    worker.run(once=True)
    assert trial.open_queries("S-001") == []
    clock.moment += timedelta(days=6)  # 10 March in Seoul: seven days
    worker.run(once=True)
    assert trial.open_queries("S-001") == []
    clock.moment += timedelta(days=1)
    worker.run(once=True)
    assert trial.open_queries("S-001") == [("OVERDUE", str(item(trial, "BACK")))]
    (entry,) = [e for e in trial.entries("S-001") if e["kind"] == "query.open"]
    assert entry["actor"] == "system"
    trial.save("S-001", {item(trial, "BACK"): "2026-03-11"}, reason=SOME_REASON)
    assert trial.open_queries("S-001") == []
    report = verify(trial.core, rebuild=True)
    assert report.ok, report.problems


def test_each_zone_has_its_own_day_and_only_one_tick_of_it(trial, clock):
    clock.moment = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)  # 5 March in Seoul, 4 March in New York
    for _ in range(2):
        ticking.tick(trial.core, trial.study_id, "Asia/Seoul")
        ticking.tick(trial.core, trial.study_id, "America/New_York")
    assert ticks(trial) == [
        ({"zone": "Asia/Seoul", "day": "2026-03-05"}, "Asia/Seoul"),
        ({"zone": "America/New_York", "day": "2026-03-04"}, "America/New_York"),
    ]
    with trial.core.read() as source:
        assert times.last_tick(source.connection, trial.study_id, "Asia/Seoul") is not None
        assert times.last_tick(source.connection, trial.study_id, "Europe/Berlin") is None


def test_the_trail_has_the_day_as_every_page_has_it(trial, clock):
    clock.moment = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    ticking.tick(trial.core, trial.study_id, "Asia/Seoul")
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        newest = history(picture, STUDY_CHAIN, TrailFilter(kinds=("clock.",))).happenings[0]
    assert newest.text == "noted that 05 MAR 2026 began in Asia/Seoul."


def test_a_tick_looks_only_at_the_sites_of_its_zone(trial, clock):
    clock.moment = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)
    sent(trial, "S-001", "2026-03-01")
    sent(trial, "S-002", "2026-03-01")
    ticking.tick(trial.core, trial.study_id, "America/New_York")
    assert trial.open_queries("S-001") == []
    assert [oid for oid, _ in trial.open_queries("S-002")] == ["OVERDUE"]


def test_a_save_sees_the_last_tick_and_no_later_clock(trial, clock):
    clock.moment = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    ticking.tick(trial.core, trial.study_id, "Asia/Seoul")
    clock.moment += timedelta(days=20)
    sent(trial, "S-001", "2026-03-01")
    assert trial.open_queries("S-001") == []  # seen from the tick of 4 March
    ticking.tick(trial.core, trial.study_id, "Asia/Seoul")
    assert [oid for oid, _ in trial.open_queries("S-001")] == ["OVERDUE"]


def killed(*_given):
    raise KeyboardInterrupt


def test_a_tick_that_was_killed_is_looked_at_again(trial, clock, monkeypatch):
    clock.moment = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)
    sent(trial, "S-001", "2026-03-01")
    with monkeypatch.context() as patch:
        patch.setattr(ticking, "_look_again", killed)
        with pytest.raises(KeyboardInterrupt):
            ticking.tick(trial.core, trial.study_id, "Asia/Seoul")
    assert trial.open_queries("S-001") == []
    Worker(trial.core).run(once=True)
    assert [oid for oid, _ in trial.open_queries("S-001")] == ["OVERDUE"]
    assert len([one for one in ticks(trial) if one[1] == "Asia/Seoul"]) == 1


def test_a_locked_form_is_left_alone(trial, clock):
    clock.moment = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    sent(trial, "S-001", "2026-03-01")
    trial.act(
        trial.dm, protecting.protect, protecting.Protect, subject_key="S-001", path=trial.form("AE"),
        action=ProtectAction.LOCK, reason=SOME_REASON,
    )  # fmt: skip
    clock.moment += timedelta(days=20)
    ticking.tick(trial.core, trial.study_id, "Asia/Seoul")
    assert trial.open_queries("S-001") == []


def test_a_study_without_such_checks_has_no_ticks(core, clock):
    from tests.builders import vital_signs

    trial = Trial(core, vital_signs().build())
    Worker(core).run(once=True)
    assert ticks(trial) == []


def test_what_is_asked_or_calculated_does_not_hang_on_the_clock(tmp_path):
    file = tmp_path / "tick.yaml"
    bad = STUDY.replace(
        "question: Entered late?\n",
        "question: Entered late?\n        when: hours(clock.tick, clock.tick) > 1\n",
    )
    file.write_text(bad, encoding="utf-8")
    findings = load(file).findings
    assert any("clock.tick stands in checks only" in finding.message for finding in findings), findings


def test_a_page_shows_what_checks_about_the_time_of_entry_say(trial, clock):
    clock.moment = datetime(2026, 3, 9, 3, 0, tzinfo=UTC)
    ticking.tick(trial.core, trial.study_id, "Asia/Seoul")
    trial.save("S-001", {item(trial, "SENT"): "2026-03-01"})
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-001")
        site = readers.sites(source.connection, trial.study_id)[subject.site_id]
        book = readers.casebook(source, subject)
        look = following.look(book, trial.index, trial.form("AE"), site, source)
    assert sorted(found.check_oid for found in look.findings) == ["OVERDUE", "SLOW"]
