"""An amendment from publishing to migration: what is refused, what comes into force where, what forms become."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from edc_core_amendments.impact import breaks, by_check, protected, tables

from edc_core.domain.commands import Reason
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.metadata import Comparator, DataType, RangeCheck
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.errors import (
    BadRequest,
    NarrowsData,
    NotAllowed,
    NotFound,
    ReasonRequired,
    VersionChanged,
    WrongState,
)
from edc_core.ids import new_id
from edc_core.ledger import replay
from edc_core.services import activating, foreseeing, migrating, protecting, rehearsing, studies
from edc_core.services.activating import ActivateVersion, CancelActivation, activate_version
from edc_core.services.history import history
from edc_core.services.migrating import MigrateSubject, MigrationOrder
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import amendment_readers, readers
from edc_core.store.listing_queries import TrailFilter
from edc_core.testing import Trial, a_study

WHY = Reason(text="Amendment 2")


def definition(version="1", *, pulse=False, low=60, codes=("SIT", "STAND"), retired=()):
    study = (
        a_study()
        .with_item("VS.SYSBP", DataType.INTEGER, soft=(low, 250))
        .with_item("VS.POS", codes=codes)
        .with_item("AE.TERM")
        .with_site("DE-01", "DE", "Europe/Berlin")
        .with_site("KR-01", "KR", "Asia/Seoul")
    )
    if pulse:
        study.with_item("VS.PULSE", DataType.INTEGER, required=True)
    built = study.build(version)
    lists = tuple(
        replace(one, items=tuple(replace(t, retired=t.coded_value in retired) for t in one.items))
        for one in built.code_lists
    )
    return replace(built, code_lists=lists)


@pytest.fixture
def trial(core):
    """A live study with S-DE at DE-01 and S-KR at KR-01; each has a complete form with a systolic of 65."""
    trial = Trial(core, definition())
    for key, site in (("S-DE", "DE-01"), ("S-KR", "KR-01")):
        trial.add_subject(key, site=site)
        trial.save(key, {"VS.SYSBP": "65", "VS.POS": "SIT"}, by=trial.cli, complete=True)
    return trial


def publish(trial, version, *, released=True):
    """Publish without putting in force, as the command line does in live."""
    command = studies.Publish(
        study_id=trial.study_id, op=new_id(), environment="live", version=version, activate=False
    )
    trial.do(trial.cli, studies.publish, command)
    trial.index = MetaDataIndex(version)
    if released:
        trial.release()


def activate(trial, *sites, version="2", by=None, **fields):
    named = {"approval": "EC 26/118", "reason": WHY} | fields
    return trial.act(
        by or trial.dm, activate_version, ActivateVersion, meta_data_version=version,
        site_ids=tuple(trial.sites[site] for site in sites), **named,
    )  # fmt: skip


def in_force(trial):
    with trial.core.read() as source:
        return {
            s.number: s.meta_data_version for s in readers.sites(source.connection, trial.study_id).values()
        }


def study_row(trial):
    with trial.core.read() as source:
        return readers.study_by_id(source.connection, trial.study_id)


def assessed(trial, version, by=None):
    with trial.core.read() as source:
        picture = look_at(source, by or trial.cli, study_row(trial))
        return foreseeing.foresee(trial.core, picture, MetaDataIndex(version))


def order(trial, *sites, version="2"):
    ids = frozenset(trial.sites[site] for site in sites)
    return MigrationOrder(meta_data_version=version, site_ids=ids, reason=WHY, approval="EC 26/118")


def migrate(trial, *sites, by=None):
    return migrating.migrate(trial.core, by or trial.dm, study_row(trial), order(trial, *sites))


def clean(trial):
    return [p.text for p in verify(trial.core, str(study_row(trial)), rebuild=True).problems]


# Narrowing


def test_a_version_that_narrows_what_holds_data_is_not_published_and_names_the_places(trial):
    with pytest.raises(NarrowsData) as refused:
        publish(trial, definition("2", codes=("STAND", "LIE")))
    assert "S-DE V1[1]/VS[1]/VS[1]/VS.POS holds a code that is not in the list" in refused.value.message
    assert len(refused.value.details["places"]) == 2
    assert in_force(trial) == {"DE-01": "1", "KR-01": "1"}
    with trial.core.read() as source:
        assert list(readers.versions(source.connection, trial.study_id)) == ["1"]


def test_an_unused_code_may_go_and_a_used_one_be_retired(trial):
    publish(trial, definition("2", codes=("SIT",)))
    publish(trial, definition("3", codes=("SIT", "LIE"), retired=("SIT",)))
    activate(trial, "DE-01", version="3")
    assert in_force(trial) == {"DE-01": "3", "KR-01": "1"}


def test_data_that_came_since_keep_a_version_from_coming_into_force(trial):
    publish(trial, definition("2", codes=("SIT",)))
    trial.save("S-DE", {"VS.POS": "STAND"}, by=trial.cli, reason=WHY)
    with pytest.raises(NarrowsData, match="S-DE"):
        activate(trial, "DE-01")
    assert activate(trial, "KR-01")["sites"] == {"KR-01": "in force"}


# Activation


def test_a_version_comes_into_force_at_the_sites_named_and_the_others_go_on_with_theirs(trial):
    publish(trial, definition("2", pulse=True))
    assert in_force(trial) == {"DE-01": "1", "KR-01": "1"}
    activate(trial, "DE-01")
    assert in_force(trial) == {"DE-01": "2", "KR-01": "1"}
    trial.save("S-DE", {"AE.TERM": "Cough"}, by=trial.cli)
    trial.save("S-KR", {"AE.TERM": "Cough"}, by=trial.cli)
    assert {form.meta_data_version for form in trial.casebook("S-DE").forms.values()} == {"1", "2"}
    assert {form.meta_data_version for form in trial.casebook("S-KR").forms.values()} == {"1"}
    entry = trial.entries()[-1]
    assert (entry["kind"], entry["actor"], entry["role"], entry["reason_text"]) == (
        "study.activate", "dm.choi", "DM", "Amendment 2",
    )  # fmt: skip
    assert entry["payload"] == {
        "site_id": trial.sites["DE-01"],
        "meta_data_version": "2",
        "state": "in_force",
        "effective_from": entry["payload"]["effective_from"],
        "approval": "EC 26/118",
    }
    assert clean(trial) == []


def test_a_day_to_come_is_a_plan_by_the_calendar_of_the_site(trial, clock):
    publish(trial, definition("2"))
    clock.moment = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
    said = activate(trial, "DE-01", "KR-01", effective_from="2026-12-02")
    assert said["sites"] == {"DE-01": "planned", "KR-01": "planned"}
    assert activating.activate_due(trial.core) == 0
    clock.moment = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)  # 2 December in Seoul, 1 December in Berlin
    assert activating.activate_due(trial.core) == 1
    assert in_force(trial) == {"DE-01": "1", "KR-01": "2"}
    clock.moment = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
    assert activating.activate_due(trial.core) == 1
    assert activating.activate_due(trial.core) == 0
    assert in_force(trial) == {"DE-01": "2", "KR-01": "2"}
    with trial.core.read() as source:
        rows = amendment_readers.activations(source.connection, trial.study_id)
    assert [(row.state, row.actor, row.approval) for row in rows] == [
        ("in_force", "system", "EC 26/118"), ("in_force", "system", "EC 26/118"),
        ("done", "dm.choi", "EC 26/118"), ("done", "dm.choi", "EC 26/118"),
    ]  # fmt: skip
    assert clean(trial) == []


def test_a_plan_is_given_up_or_replaced_by_another_one(trial, clock):
    publish(trial, definition("2"))
    activate(trial, "DE-01", effective_from="2099-01-01")
    activate(trial, "DE-01", effective_from="2099-02-01")
    fields = {"site_ids": (trial.sites["DE-01"],), "reason": WHY}
    trial.act(trial.dm, activating.cancel_activation, CancelActivation, **fields)
    with trial.core.read() as source:
        rows = amendment_readers.activations(source.connection, trial.study_id)
    assert [(row.effective_from, row.state) for row in rows] == [
        ("2099-02-01", "cancelled"),
        ("2099-01-01", "cancelled"),
    ]
    with pytest.raises(WrongState, match="Nothing is planned"):
        trial.act(trial.dm, activating.cancel_activation, CancelActivation, **fields)
    assert clean(trial) == []


def test_a_plan_that_would_lose_data_by_now_is_refused_on_its_day(trial, clock):
    publish(trial, definition("2", codes=("SIT",)))
    activate(trial, "DE-01", effective_from="2099-01-01")
    trial.save("S-DE", {"VS.POS": "STAND"}, by=trial.cli, reason=WHY)
    clock.moment = datetime(2099, 1, 2, tzinfo=UTC)
    assert activating.activate_due(trial.core) == 1
    assert in_force(trial)["DE-01"] == "1"
    with trial.core.read() as source:
        (row,) = amendment_readers.activations(source.connection, trial.study_id)
    assert row.state == "refused"
    assert "narrows what holds data" in trial.entries()[-1]["reason_text"]
    assert activating.activate_due(trial.core) == 0


def test_in_live_it_takes_a_release_and_an_approval(trial):
    publish(trial, definition("2"), released=False)
    with pytest.raises(WrongState, match="not released"):
        activate(trial, "DE-01")
    trial.release()
    with pytest.raises(WrongState, match="Name the approval"):
        activate(trial, "DE-01", approval=" ")
    with pytest.raises(BadRequest, match="A day is written"):
        activate(trial, "DE-01", effective_from="1.12.2026")
    with pytest.raises(NotFound):
        activate(trial, "DE-01", version="9")


def test_only_a_data_manager_of_the_site_puts_a_version_in_force_and_moves_forms(trial):
    publish(trial, definition("2"))
    for person in (trial.bld, trial.crc, trial.pi, trial.cra, trial.spo, trial.med):
        with pytest.raises(NotAllowed):
            activate(trial, "DE-01", by=person)
    german = trial.person(Role.DM, "dm.weber", countries=("DE",))
    with pytest.raises(NotAllowed):
        activate(trial, "DE-01", "KR-01", by=german)
    activate(trial, "DE-01", by=german)
    with pytest.raises(NotFound):  # a builder sees no subject
        migrate(trial, "DE-01", by=trial.bld)
    with pytest.raises(NotAllowed):
        migrate(trial, "DE-01", by=trial.med)


def test_publishing_an_amendment_in_dev_puts_it_in_force_everywhere(core):
    trial = Trial(core, definition(), environment="dev")
    trial.publish(definition("2"))
    assert in_force(trial) == {"DE-01": "2", "KR-01": "2"}
    assert clean(trial) == []


# Impact


def test_the_impact_counts_queries_by_check_and_changes_nothing(trial):
    before = trial.entries("S-DE"), trial.entries("S-KR"), trial.entries()
    found = assessed(trial, definition("2", pulse=True, low=70))
    assert [(form.subject_key, form.change_class.value, form.moves) for form in found.forms] == [
        ("S-DE", "needs migration", True), ("S-KR", "needs migration", True),
    ]  # fmt: skip
    assert [(c.check_oid, c.opens, c.resolves, c.subjects) for c in by_check(found)] == [
        ("EDC.REQUIRED", 2, 0, 2),
        ("VS.SYSBP.RC1", 2, 0, 2),
    ]
    assert (trial.entries("S-DE"), trial.entries("S-KR"), trial.entries()) == before
    columns, rows = tables(found)["queries"]
    assert len(rows) == 4
    assert len(rows[0]) == len(columns)


def test_the_impact_shows_what_breaks_and_what_is_protected(trial):
    trial.act(
        trial.dm, protecting.protect, protecting.Protect, action=ProtectAction.FREEZE, subject_key="S-KR",
        path=trial.form("VS"), reason=WHY,
    )  # fmt: skip
    found = assessed(trial, definition("2", codes=("STAND",)))
    german, korean = found.forms
    assert (german.change_class.value, german.places) == (
        "breaks",
        (("V1[1]/VS[1]/VS[1]/VS.POS", "holds a code that is not in the list"),),
    )
    assert breaks(found)
    assert [form.subject_key for form in protected(found)] == [korean.subject_key] == ["S-KR"]


def test_nothing_of_an_item_that_the_person_may_not_see_is_listed_or_counted(trial):
    version = definition("2", low=70)
    version = replace(
        version,
        items=tuple(
            replace(one, sensitivity="blinded") if one.oid == "VS.SYSBP" else one for one in version.items
        ),
    )
    assert [c.check_oid for c in by_check(assessed(trial, version))] == ["VS.SYSBP.RC1"]
    blinded = assessed(trial, version, by=trial.dm)
    assert (by_check(blinded), blinded.partial) == ((), True)


# Migration


def test_forms_move_with_an_entry_each_and_no_value_is_touched(trial):
    publish(trial, definition("2", pulse=True, low=70))
    activate(trial, "DE-01")
    foretold = assessed(trial, definition("2", pulse=True, low=70))
    items = trial.casebook("S-DE").items
    report = migrate(trial, "DE-01")
    assert (report.subjects, report.moved, report.kept, dict(report.deeds)) == (1, 1, [], {"opened": 2})
    book = trial.casebook("S-DE")
    assert book.items == items
    assert {form.meta_data_version for form in book.forms.values()} == {"2"}
    assert trial.open_queries("S-DE") == sorted(
        (query.check_oid, query.path) for query in foretold.queries if query.subject_key == "S-DE"
    )
    (entry,) = [entry for entry in trial.entries("S-DE") if entry["kind"] == "form.migrate"]
    assert entry["payload"] == {"from": "1", "to": "2", "class": "needs migration", "approval": "EC 26/118"}
    assert (entry["actor"], entry["role"], entry["reason_text"], entry["meta_data_version"]) == (
        "dm.choi", "DM", "Amendment 2", "2",
    )  # fmt: skip
    assert {form.meta_data_version for form in trial.casebook("S-KR").forms.values()} == {"1"}
    assert clean(trial) == []


def test_running_it_again_moves_what_is_left_and_writes_nothing_else(trial):
    publish(trial, definition("2", pulse=True))
    activate(trial, "DE-01", "KR-01")
    command = MigrateSubject(
        study_id=trial.study_id, op=new_id(), subject_key="S-DE", meta_data_version="2", reason=WHY
    )
    with trial.core.write(trial.dm) as uow:  # a run that was stopped after its first subject
        first = migrating.migrate_subject(uow, command, trial.core.plugins)
    with trial.core.write(trial.dm) as uow:
        assert migrating.migrate_subject(uow, command, trial.core.plugins) == first
    before = trial.entries("S-DE")
    assert migrate(trial, "DE-01", "KR-01").moved == 1
    assert migrate(trial, "DE-01", "KR-01").moved == 0
    assert trial.entries("S-DE") == before


def test_a_query_of_a_check_that_is_gone_is_resolved_and_says_so(trial):
    trial.save("S-DE", {"VS.SYSBP": "20"}, by=trial.cli, reason=WHY)
    assert trial.open_queries("S-DE") == [("VS.SYSBP.RC1", "V1[1]/VS[1]/VS[1]/VS.SYSBP")]
    version = definition("2")
    items = tuple(replace(one, range_checks=()) if one.oid == "VS.SYSBP" else one for one in version.items)
    publish(trial, replace(version, items=items))
    activate(trial, "DE-01")
    assert dict(migrate(trial, "DE-01").deeds) == {"resolved": 1}
    assert trial.open_queries("S-DE") == []
    assert (
        trial.entries("S-DE")[-1]["payload"]["text"] == "This version of the study no longer has the check."
    )


def test_a_wider_limit_resolves_the_query_that_the_old_one_asked(trial):
    trial.save("S-DE", {"VS.SYSBP": "55"}, by=trial.cli, reason=WHY)
    publish(trial, definition("2", low=50))
    activate(trial, "DE-01")
    assert dict(migrate(trial, "DE-01").deeds) == {"resolved": 1}


def test_a_protected_form_keeps_its_version_and_is_named(trial):
    trial.act(
        trial.dm, protecting.protect, protecting.Protect, action=ProtectAction.FREEZE, subject_key="S-DE",
        path=trial.form("VS"), reason=WHY,
    )  # fmt: skip
    publish(trial, definition("2"))
    activate(trial, "DE-01")
    report = migrate(trial, "DE-01")
    assert (report.moved, report.kept) == (0, [("S-DE", "V1[1]/VS[1]", "It is frozen.")])


def test_forms_move_only_to_the_version_in_force_and_with_a_reason(trial):
    publish(trial, definition("2"))
    with pytest.raises(WrongState, match="not in force at site DE-01"):
        migrate(trial, "DE-01")
    activate(trial, "DE-01")
    with pytest.raises(ReasonRequired):
        trial.act(
            trial.dm, lambda uow, command: migrating.migrate_subject(uow, command, trial.core.plugins),
            MigrateSubject, subject_key="S-DE", meta_data_version="2", reason=Reason(),
        )  # fmt: skip


def test_a_page_opened_before_the_move_is_told_so_and_stores_nothing(trial):
    publish(trial, definition("2", pulse=True))
    activate(trial, "DE-01")
    migrate(trial, "DE-01")
    with pytest.raises(VersionChanged):
        trial.save("S-DE", {"VS.SYSBP": "66"}, by=trial.cli, reason=WHY, meta_data_version="1")
    trial.save("S-DE", {"VS.PULSE": "70"}, by=trial.cli, reason=WHY)
    assert trial.casebook("S-DE").items[trial.path("VS.PULSE")].value == "70"


def test_the_past_is_still_read_with_the_version_of_then(trial, clock):
    publish(trial, definition("2", pulse=True))
    activate(trial, "DE-01")
    then = trial.entries("S-DE")[-1]["at"]
    clock.advance(minutes=10)
    migrate(trial, "DE-01")
    with trial.core.read() as source:
        subject = trial.casebook("S-DE").subject
        book = replay.casebook_at(source.connection, trial.study_id, subject.subject_id, upto_at=then)
    assert {form.meta_data_version for form in book.forms.values()} == {"1"}


def test_the_history_says_who_moved_what_and_by_which_approval(trial):
    publish(trial, definition("2"))
    activate(trial, "DE-01", effective_from="2099-01-01")
    activate(trial, "DE-01")
    migrate(trial, "DE-01")
    with trial.core.read() as source:
        picture = look_at(source, trial.cli, study_row(trial))
        chains = (STUDY_CHAIN, trial.casebook("S-DE").subject.subject_id)
        pages = [history(picture, chain, TrailFilter()) for chain in chains]
        texts = [line.text for page in pages for line in page.happenings]
    assert any("from version 1 to version 2, approval EC 26/118" in text for text in texts)
    assert "put version 2 in force at site DE-01, approval EC 26/118." in texts
    assert "planned version 2 at site DE-01 from 01 JAN 2099, approval EC 26/118." in texts
    assert "gave up the plan of version 2 at site DE-01." in texts


# Rehearsal


def test_a_rehearsal_does_it_all_on_a_copy_and_leaves_the_study_alone(trial):
    before = trial.entries("S-DE"), trial.entries("S-KR"), trial.entries()
    version = definition("2", pulse=True, low=70)
    found = rehearsing.rehearse(trial.core, study_row(trial), version, order(trial, "DE-01", "KR-01"))
    assert (found.report.moved, found.untouched, found.problems) == (2, True, ())
    assert dict(found.report.deeds) == {"opened": 4}
    assert (trial.entries("S-DE"), trial.entries("S-KR"), trial.entries()) == before
    assert in_force(trial) == {"DE-01": "1", "KR-01": "1"}


def test_a_rehearsal_refuses_what_the_study_would_refuse(trial):
    with pytest.raises(NarrowsData):
        rehearsing.rehearse(
            trial.core, study_row(trial), definition("2", codes=("LIE",)), order(trial, "DE-01")
        )


def test_a_check_added_in_place_of_another_is_one_opened_and_one_resolved(trial):
    trial.save("S-DE", {"VS.SYSBP": "20"}, by=trial.cli, reason=WHY)
    version = definition("2")
    check = RangeCheck(Comparator.GE, ("60",), oid="NEW")
    items = tuple(
        replace(one, range_checks=(check,)) if one.oid == "VS.SYSBP" else one for one in version.items
    )
    found = assessed(trial, replace(version, items=items))
    assert {(q.check_oid, q.deed) for q in found.queries} == {("NEW", "opens"), ("VS.SYSBP.RC1", "resolves")}
