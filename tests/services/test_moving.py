"""A subject goes to another site: that site sees all of it, the one before its own copy (decision "Scope")."""

from dataclasses import replace

import pytest

from edc_core.domain import commands, study_commands
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.domain.permission import Actor, Grant, Role
from edc_core.domain.protection import ProtectAction
from edc_core.errors import (
    BadRequest,
    NotAllowed,
    NotFound,
    OperationReplayed,
    Protected,
    ReasonRequired,
    WrongState,
)
from edc_core.ids import new_id
from edc_core.services import capture, correcting, protecting, reading, studies, study_lists
from edc_core.services.casebook_then import casebook_then
from edc_core.services.history import history
from edc_core.services.reading import look_at, look_at_past, look_at_subject
from edc_core.services.verifying import verify
from edc_core.store import checks, readers
from edc_core.store.listing_queries import TrailFilter
from edc_core.testing.trial import NO_REASON, SOME_REASON
from tests.builders import Trial, vital_signs
from tests.databases import on_postgres
from tests.services.test_concurrency import in_background, save_command

DAY = "2026-03-02"


def move(trial, *, by=None, to="US-01", key="S-001", **more):
    fields = {"subject_key": key, "site": to, "day": DAY, "reason": SOME_REASON} | more
    return trial.act(by or trial.dm, correcting.move_subject, commands.MoveSubject, **fields)


@pytest.fixture
def away(trial):
    """A coordinator of each site; S-001 has a complete form, entered in Seoul, and goes to New York."""
    trial.crc_us = trial.person(Role.CRC, "crc.us", site="US-01")
    trial.pi_us = trial.person(Role.PI, "pi.us", site="US-01")
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    move(trial)
    return trial


class Looking:
    """A study as a person sees it, in a block."""

    def __init__(self, trial, actor):
        self.reading, self.trial, self.actor = trial.core.read(), trial, actor

    def __enter__(self):
        source = self.reading.__enter__()
        return look_at(source, self.actor, readers.study_by_id(source.connection, self.trial.study_id))

    def __exit__(self, *failed):
        return self.reading.__exit__(*failed)


def test_a_transfer_is_one_entry_and_the_subject_stays_who_it_is(trial):
    before = trial.casebook("S-001").subject
    assert move(trial) == {"subject_key": "S-001", "site": "US-01"}
    after = trial.casebook("S-001").subject
    assert after == replace(before, site_id=trial.sites["US-01"])
    entry = trial.entries("S-001")[-1]
    assert (entry["kind"], entry["path"], entry["reason_text"]) == ("subject.site", "", SOME_REASON.text)
    assert entry["payload"] == {
        "old": trial.sites["KR-01"], "new": trial.sites["US-01"], "from": "KR-01", "to": "US-01", "day": DAY,
    }  # fmt: skip
    assert (entry["site_id"], entry["site_zone"]) == (trial.sites["KR-01"], "Asia/Seoul")
    assert verify(trial.core, rebuild=True).ok


def test_the_history_says_it_in_words(away):
    with Looking(away, away.dm) as picture:
        chain = away.casebook("S-001").subject.subject_id
        said = history(picture, chain, TrailFilter(), site_id=away.sites["US-01"]).happenings[0]
    assert said.text == "transferred the subject from site KR-01 to site US-01 on 2026-03-02."


def test_the_other_site_goes_on_and_its_entries_are_its_own(away):
    away.save("S-001", {"VS.NOTE": "seen here"}, by=away.crc_us, reason=SOME_REASON)
    entries = away.entries("S-001")
    assert {e["site_id"] for e in entries[:-2]} == {away.sites["KR-01"]}
    assert (entries[-1]["site_id"], entries[-1]["site_zone"]) == (away.sites["US-01"], "America/New_York")
    with Looking(away, away.crc_us) as picture:
        assert look_at_subject(picture, "S-001").site_id == away.sites["US-01"]
        assert [one.subject_key for one in study_lists.subjects(picture)] == ["S-001"]
        assert {one.site for one in study_lists.forms(picture, away.core.clock.now())} == {"US-01"}


def test_the_site_before_writes_nothing_more_and_finds_no_subject(away):
    with pytest.raises(NotFound, match="There is no subject"):
        away.save("S-001", {"VS.NOTE": "late"}, reason=SOME_REASON)
    with Looking(away, away.crc) as picture:
        with pytest.raises(NotFound):
            look_at_subject(picture, "S-001")
        assert study_lists.subjects(picture) == ()


def then(picture, trial, at=""):
    return casebook_then(picture, "S-001", at, trial.core.clock.now())


def values_kept(trial, actor):
    with Looking(trial, actor) as picture:
        subject, kept = look_at_past(picture, "S-001")
        book = reading.casebook_of(picture.source, subject, as_of=kept.at, kept=kept)
        return {str(path): item.value for path, item in book.items.items()}


def test_the_site_before_keeps_what_stood_until_then(away):
    """The clock stands: nothing but the position in the chain parts what was before from what came after."""
    away.save("S-001", {"VS.SYSBP": "140"}, by=away.crc_us, reason=SOME_REASON)
    away.save("S-001", {"DM.AGE": "61"}, by=away.crc_us)
    kept = values_kept(away, away.crc)
    assert kept == {str(away.path("VS.SYSBP")): "120", str(away.path("VS.DIABP")): "80"}
    with Looking(away, away.crc) as picture:
        found = then(picture, away)
        assert (found.site.number, found.kept.day) == ("KR-01", DAY)
        assert [form.path for event in found.events for form in event.forms] == [away.form("VS")]
        assert then(picture, away, found.at) == found  # the very minute, though entries of it may still come
    with Looking(away, away.crc_us) as picture:
        assert then(picture, away).kept is None


def test_a_site_that_had_nothing_to_do_with_a_subject_finds_none(away):
    stranger = Actor("x", "x", "X", (Grant(away.study_id, Role.CRC, "sites", site_ids=frozenset({"other"})),))
    with Looking(away, stranger) as picture, pytest.raises(NotFound, match="There is no subject 'S-001'"):
        look_at_past(picture, "S-001")


def test_a_transfer_in_error_leaves_nothing_at_the_site_that_was_named(away):
    """It had entered nothing, so when the subject is back it learns no more of it than before."""
    move(away, to="KR-01")
    with Looking(away, away.crc_us) as picture:
        with pytest.raises(NotFound):
            look_at_past(picture, "S-001")
        assert study_lists.moved(picture) == ()
    with Looking(away, away.crc) as picture:
        assert look_at_past(picture, "S-001")[1] is None


def test_what_was_transferred_is_listed_for_both_sites_and_each_sees_its_own_side(away):
    def lines(actor):
        with Looking(away, actor) as picture:
            return [(m.subject_key, m.left, m.came_to, m.day, m.here) for m in study_lists.moved(picture)]

    assert lines(away.crc) == [("S-001", "KR-01", "", DAY, False)]
    assert lines(away.crc_us) == [("S-001", "", "US-01", DAY, True)]
    assert lines(away.dm) == [("S-001", "KR-01", "US-01", DAY, True)]


@pytest.mark.parametrize(("to", "day", "reason", "failure"), [
    ("KR-01", DAY, SOME_REASON, WrongState), ("US-09", DAY, SOME_REASON, NotFound),
    ("US-01", "2026-03-05", SOME_REASON, BadRequest), ("US-01", "soon", SOME_REASON, BadRequest),
    ("US-01", "2026-03", SOME_REASON, BadRequest), ("US-01", "", SOME_REASON, BadRequest),
    ("US-01", DAY, NO_REASON, ReasonRequired),
])  # fmt: skip
def test_what_is_wrong_with_a_transfer_is_refused(trial, to, day, reason, failure):
    before = trial.entries("S-001")
    with pytest.raises(failure):
        move(trial, to=to, day=day, reason=reason)
    assert trial.entries("S-001") == before


def test_the_day_is_judged_by_the_clock_of_the_other_site(trial, clock):
    clock.moment = clock.moment.replace(hour=20)  # already the fifth of March in Seoul
    trial.add_subject("S-002", site="US-01")
    assert move(trial, key="S-002", to="KR-01", day="2026-03-05")["site"] == "KR-01"
    with pytest.raises(BadRequest, match="still to come"):
        move(trial, day="2026-03-05")


def test_the_right_is_needed_at_both_sites(trial):
    with pytest.raises(NotFound, match="in your part of this study"):
        move(trial, by=trial.pi)
    here, there = (frozenset({trial.sites[number]}) for number in ("KR-01", "US-01"))
    study = trial.study_id
    reads_there = (
        Grant(study, Role.PI, "sites", site_ids=here),
        Grant(study, Role.CRA, "sites", site_ids=there),
    )
    with pytest.raises(NotAllowed):
        move(trial, by=Actor("both", "both", "Both", reads_there))
    of_both = (Grant(study, Role.PI, "sites", site_ids=here | there),)
    assert move(trial, by=Actor("both", "both", "Both", of_both))["site"] == "US-01"
    assert trial.entries("S-001")[-1]["role"] == "PI"


@pytest.mark.parametrize(("closed", "action"), [
    ("subject", ProtectAction.FREEZE), ("subject", ProtectAction.LOCK), ("KR-01", ProtectAction.FREEZE),
    ("KR-01", ProtectAction.LOCK), ("US-01", ProtectAction.FREEZE), ("US-01", ProtectAction.LOCK),
    ("", ProtectAction.FREEZE),
])  # fmt: skip
def test_nothing_is_transferred_out_of_or_into_what_is_closed(core, closed, action):
    trial = Trial(core, vital_signs().build(), environment="uat")  # where one person locks
    trial.add_subject()
    if closed == "subject":
        fields = {"subject_key": "S-001", "path": ItemPath(), "action": action, "reason": SOME_REASON}
        trial.act(trial.dm, protecting.protect, commands.Protect, **fields)
    else:
        site_id = trial.sites[closed] if closed else ""
        fields = {"site_id": site_id, "action": action, "reason": SOME_REASON}
        trial.act(trial.dm, protecting.protect_study, study_commands.ProtectStudy, **fields)
    with pytest.raises(Protected):
        move(trial)


def test_what_is_frozen_below_the_subject_goes_along(away):
    fields = {"subject_key": "S-001", "path": away.form("VS"), "reason": SOME_REASON}
    away.act(away.dm, protecting.protect, commands.Protect, action=ProtectAction.FREEZE, **fields)
    move(away, to="KR-01")
    with pytest.raises(Protected):
        away.save("S-001", {"VS.NOTE": "x"}, reason=SOME_REASON)


def test_a_signature_stands_and_queries_stay(trial):
    trial.save("S-001", {"VS.SYSBP": "300", "VS.DIABP": "80"}, complete=True)
    asked = trial.open_queries("S-001")
    assert asked
    move(trial)
    assert trial.open_queries("S-001") == asked
    assert not [e for e in trial.entries("S-001") if e["kind"].startswith("sign.")]


def test_forms_keep_their_version_and_new_ones_take_that_of_the_site(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    move(trial)
    crc = trial.person(Role.CRC, "crc.us", site="US-01")
    trial.save("S-001", {"DM.AGE": "61"}, by=crc)
    forms = trial.casebook("S-001").forms
    assert {forms[trial.form(name)].meta_data_version for name in ("VS", "DM")} == {trial.index.version.oid}


@pytest.mark.parametrize("seen", [True, False])
def test_a_transfer_has_nothing_judged_anew(trial, seen):
    """What plugin checks have looked through stays so, and what waits for them goes on waiting."""
    trial.save("S-001", {"VS.SYSBP": "120"})
    if seen:
        trial.run_checks("S-001")
    move(trial)
    with trial.core.read() as source:
        due = checks.due(source.connection, trial.study_id)
    assert due == ([] if seen else [trial.casebook("S-001").subject.subject_id])


def test_a_site_without_a_version_takes_no_subject(trial):
    """In live a new site has none before one is approved for it."""
    new = SiteDef("US-02", "Boston", "US", "America/New_York")
    trial.act(trial.cli, studies.add_sites, study_commands.AddSites, sites=(new,))
    with trial.core.read() as source:
        known = readers.sites(source.connection, trial.study_id).values()
    assert [site.meta_data_version for site in known if site.number == "US-02"] == [""]
    with pytest.raises(WrongState, match="No version"):
        move(trial, to="US-02")


def test_a_retry_is_answered_and_another_request_is_not(trial):
    op = new_id()
    first = move(trial, op=op)
    assert move(trial, op=op) == first
    assert [e["kind"] for e in trial.entries("S-001")].count("subject.site") == 1
    with pytest.raises(OperationReplayed):
        move(trial, op=op, to="KR-01")


def test_the_record_of_the_study_is_transferred_nowhere(trial):
    with pytest.raises((NotFound, WrongState)):
        move(trial, key="@study")


@on_postgres
@pytest.mark.parametrize("who", ["here", "there", "both"])
def test_a_save_that_waits_for_a_transfer_is_of_the_site_the_subject_came_to(trial, who):
    """Its statement began when the subject was at the first site; PostgreSQL would go on with what it saw then."""
    person = {
        "here": trial.crc, "there": trial.person(Role.CRC, "crc.us", site="US-01"), "both": trial.cli,
    }[who]  # fmt: skip
    with trial.core.write(trial.dm) as uow:
        correcting.move_subject(uow, command_to(trial))
        saving = save_command(trial, "VS.NOTE", "meanwhile")
        with in_background(trial.do, person, capture.save_items, saving) as (done, outcome):
            assert not done.wait(0.5), "the save did not wait"
            uow.connection.commit()
            if who == "here":
                with pytest.raises(NotFound):
                    outcome()
            else:
                outcome()
    last = trial.entries("S-001")[-1]
    assert last["kind"] == "subject.site" if who == "here" else last["site_id"] == trial.sites["US-01"]
    assert verify(trial.core, rebuild=True).ok


@on_postgres
def test_a_transfer_waits_for_a_save_that_began_before(trial):
    with trial.core.write(trial.crc) as uow:
        capture.save_items(uow, save_command(trial, "VS.NOTE", "in time"))
        with in_background(move, trial) as (done, outcome):
            assert not done.wait(0.5), "the transfer did not wait"
            uow.connection.commit()
            assert outcome()["site"] == "US-01"
    kinds = [e["kind"] for e in trial.entries("S-001")]
    assert kinds.index("item.set") < kinds.index("subject.site")
    assert trial.casebook("S-001").items[trial.path("VS.NOTE")].value == "in time"
    assert verify(trial.core, rebuild=True).ok


def freeze(trial):
    fields = {"action": ProtectAction.FREEZE, "reason": SOME_REASON}
    return trial.act(trial.dm, protecting.protect_study, study_commands.ProtectStudy, **fields)


def command_to(trial, site="US-01"):
    return commands.MoveSubject(
        study_id=trial.study_id, op=new_id(), subject_key="S-001", site=site, day=DAY, reason=SOME_REASON
    )


@on_postgres
def test_a_freeze_of_the_study_waits_for_a_transfer(trial):
    with trial.core.write(trial.dm) as uow:
        correcting.move_subject(uow, command_to(trial))
        with in_background(freeze, trial) as (done, outcome):
            assert not done.wait(0.5), "the freeze did not wait"
            uow.connection.commit()
            assert outcome()["state"] == "frozen"
    assert trial.casebook("S-001").subject.site_id == trial.sites["US-01"]


@on_postgres
@pytest.mark.parametrize("site", ["KR-01", "US-01"])
def test_a_transfer_waits_for_a_freeze_of_either_site_and_is_refused(trial, site):
    fields = {"action": ProtectAction.FREEZE, "site_id": trial.sites[site], "reason": SOME_REASON}
    with trial.core.write(trial.dm) as uow:
        protecting.protect_study(
            uow, study_commands.ProtectStudy(study_id=trial.study_id, op="freeze", **fields)
        )
        with in_background(move, trial) as (done, outcome):
            assert not done.wait(0.5), "the transfer did not wait"
            uow.connection.commit()
            with pytest.raises(Protected):
                outcome()
    assert trial.casebook("S-001").subject.site_id == trial.sites["KR-01"]
