"""In live, another version of a plugin than the one in force closes entry until two persons have approved it."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain import commands, study_commands
from edc_core.domain.change import ItemInput
from edc_core.domain.coding_commands import ApproveCodings, CodeTerms, ResetCodings
from edc_core.domain.export_commands import EndExportToken, GiveExportToken, RecordLegalBasis
from edc_core.domain.imported import Imported, ImportedForm, ImportedItem, ImportedSubject
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import DataType, PluginUse
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryState
from edc_core.errors import (
    EntryClosed,
    ImportRefused,
    NotAllowed,
    NotFound,
    ReasonRequired,
    SecondPersonRequired,
    WrongState,
)
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import (
    capture,
    checking,
    correcting,
    dispatch,
    form_notes,
    importing,
    plugin_upgrades,
    protecting,
    queries,
    removing,
    subjects,
    transferring,
    visits,
)
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.testing import SOME_REASON
from tests.builders import Trial, a_study


class Installed:
    """One database, and processes that have one version of the plugin or another installed."""

    def __init__(self, url, clock):
        self.url, self.clock, self.cores = url, clock, []

    def core(self, version):
        """:param version: of the plugin; empty where it is not installed."""
        source = PluginSource("bad", "tests.plugins.misbehaving:only.good.plugin", version=version)
        core = Core(Settings(database_url=self.url), EdcPlugins([source] if version else []), self.clock)
        self.cores.append(core)
        return core

    def definition(self, oid="1", specifier="", version="1.0"):
        study = a_study("CHECKED").with_event("V1", "VS").with_item("VS.SYSBP", DataType.INTEGER)
        study = study.with_event("UNS", "VS", repeating=True).with_site("KR-01").build()
        uses = EdcPlugins(
            [PluginSource("bad", "tests.plugins.misbehaving:only.good.plugin", version=version)]
        ).activate((PluginUse("bad", specifier),))
        return replace(study, oid=oid, plugins=uses.resolved)

    @contextmanager
    def now(self, trial, version):
        """The trial as people meet it where a version is installed."""
        before, trial.core = trial.core, self.core(version)
        try:
            yield trial
        finally:
            trial.core = before


@pytest.fixture
def installed(core_url, clock):
    made = Installed(core_url, clock)
    yield made
    for core in made.cores:
        core.close()


@pytest.fixture
def checked(installed):
    """A live study published with 1.0, one subject with a form begun."""
    trial = Trial(installed.core("1.0"), installed.definition())
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120"})
    return trial


def upgrade(trial, person, *, plugin="bad", reason=SOME_REASON, **fields):
    named = {"plugin": plugin, "reason": reason} | fields
    return trial.act(person, plugin_upgrades.upgrade_plugin, plugin_upgrades.UpgradePlugin, **named)


def writes(trial):
    """Every kind of write that brings in or changes data of a subject."""
    form = trial.form("VS")
    item = (ItemInput(trial.path("VS.SYSBP"), "121", base_version=1),)
    site = trial.sites["KR-01"]
    crc, pi, common = trial.crc, trial.pi, {"subject_key": "S-001"}
    return {
        "save": (crc, capture.save_items, capture.SaveItems, common | {"form": form, "items": item}),
        "complete": (crc, capture.complete_form, capture.CompleteForm, common | {"form": form}),
        "not done": (crc, capture.mark_not_done, capture.MarkNotDone,
                     common | {"form": form, "not_done": True, "reason": SOME_REASON}),
        "reopen": (pi, capture.reopen_form, capture.ReopenForm, common | {"form": form, "reason": SOME_REASON}),
        "row": (crc, capture.add_row, capture.AddRow, common | {"form": form, "parent": form, "group_oid": "VS"}),
        "strike": (crc, capture.strike_row, capture.StrikeRow,
                   common | {"form": form, "row": form, "reason": SOME_REASON}),
        "remove": (crc, removing.remove_form, commands.RemoveForm, common | {"form": form, "reason": SOME_REASON}),
        "event": (crc, capture.add_event, capture.AddEvent, common | {"event_oid": "UNS"}),
        "visit": (crc, visits.mark_event_not_done, visits.MarkEventNotDone,
                  common | {"event": ItemPath.parse("V1[1]"), "reason": SOME_REASON}),
        "remove visit": (crc, visits.remove_event, commands.RemoveEvent,
                         common | {"event": ItemPath.parse("V1[1]"), "reason": SOME_REASON}),
        "number": (pi, correcting.correct_subject_key, commands.CorrectSubjectKey,
                   common | {"new_key": "S-002", "reason": SOME_REASON}),
        "site": (trial.dm, correcting.move_subject, commands.MoveSubject,
                 common | {"site": "US-01", "day": "2026-01-05", "reason": SOME_REASON}),
        "subject": (crc, subjects.add_subject, subjects.AddSubject, {"subject_key": "S-002", "site_id": site}),
        "transfer": (trial.dm, transferring.transfer_items, commands.TransferItems,
                     common | {"form": form, "items": item, "reason": SOME_REASON}),
        "note": (crc, form_notes.add_form_notes, commands.AddFormNotes,
                 common | {"form": form, "topic": "test.value", "name": "again",
                           "notes": (commands.PlaceNote(trial.path("VS.SYSBP"), {"raw": "121"}),)}),
    }  # fmt: skip


WRITES = (
    "save",
    "complete",
    "not done",
    "reopen",
    "row",
    "strike",
    "remove",
    "event",
    "visit",
    "remove visit",
    "number",
    "site",
    "subject",
    "transfer",
    "note",
)


@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize("version", ["1.1", "0.9", ""])
def test_no_write_of_data_passes_while_another_version_or_none_is_installed(
    installed, checked, what, version
):
    before = checked.entries("S-001")
    with installed.now(checked, version):
        person, service, kind, fields = writes(checked)[what]
        with pytest.raises(EntryClosed) as refused:
            checked.act(person, service, kind, **fields)
    assert "'bad'" in refused.value.message
    assert "data manager approves" in refused.value.message
    assert (
        f"installed as {version}; in this study 1.0" if version else "not installed"
    ) in refused.value.message
    assert checked.entries("S-001") == before


def test_every_write_of_data_is_tried(checked):
    known = {kind for _, _, kind, _ in writes(checked).values()}
    others = {commands.OpenQuery, commands.ActOnQuery, commands.Protect, study_commands.ProtectStudy}
    others |= {commands.Review, commands.TakeBackReview}  # marks beside the data
    others |= {CodeTerms, ApproveCodings, ResetCodings}  # codes beside the data
    others |= {study_commands.ActivateVersion, study_commands.CancelActivation}
    others |= {commands.BeginTransfer, commands.EndTransfer}  # they say that it happens, and hold no data
    others |= {commands.AddNote, commands.AddSubjectNote}  # of what somebody looked at, or was asked for
    others |= {study_commands.KeepSnapshot}  # of a state that is there
    others |= {GiveExportToken, EndExportToken}  # of who takes data out
    others |= {commands.RequestRedaction, commands.DecideRedaction}  # they take away and enter nothing
    others |= {
        study_commands.PauseCheck,
        study_commands.DecidePause,
    }  # of what is asked, not of what was entered
    others |= {study_commands.HandOverCopy, study_commands.SetHosting}  # of copies and of whoever hosts
    others |= {
        study_commands.AddSites,
        RecordLegalBasis,
        study_commands.CloseSite,
        study_commands.SetSiteRisk,
        study_commands.RecordEvidence,
        study_commands.RecordIdentifier,
    }  # of the study and its people, not of a subject
    assert known | others == set(dispatch.SERVICES)


def test_what_plugins_submit_and_imports_are_refused_alike(installed, checked):
    path = checked.path("VS.SYSBP")
    form = ImportedForm(path.form_path, (ImportedItem(path, "130"),))
    found = ImportedSubject(
        study_oid="CHECKED", meta_data_version="1", subject_key="S-009", forms=(form,), site_number="KR-01"
    )
    with installed.now(checked, "1.1"):
        command = commands.SaveItems(
            study_id=checked.study_id, op=new_id(), subject_key="S-001", form=path.form_path,
            items=(ItemInput(path, "121", base_version=1),),
        )  # fmt: skip
        with pytest.raises(EntryClosed):
            dispatch.submit(checked.core, checked.crc, [command])
        staged = importing.Staged(Imported(subjects=(found,)), "0" * 64, ("x.xml",))
        report = importing.run(checked.core, checked.dm, staged, environment="live")
    assert "'bad'" in report.not_in["S-009"]


def test_into_an_empty_study_nothing_is_imported(installed):
    trial = Trial(installed.core("1.0"), installed.definition())
    path = trial.path("VS.SYSBP")
    form = ImportedForm(path.form_path, (ImportedItem(path, "130"),))
    found = ImportedSubject(
        study_oid="CHECKED", meta_data_version="1", subject_key="S-009", forms=(form,), site_number="KR-01"
    )
    staged = importing.Staged(Imported(subjects=(found,)), "0" * 64, ("x.xml",))
    with installed.now(trial, "1.1"), pytest.raises(ImportRefused, match="'bad'"):
        importing.run(trial.core, trial.dm, staged, environment="live")


def test_reading_queries_and_protection_go_on(installed, checked):
    with installed.now(checked, "1.1"):
        assert checked.casebook("S-001").items
        checked.act(
            checked.dm, queries.open_query, queries.OpenQuery,
            subject_key="S-001", path=checked.path("VS.SYSBP"), text="Is it so?",
        )  # fmt: skip
        checked.act(
            checked.dm, protecting.protect, protecting.Protect,
            subject_key="S-001", path=checked.form("VS"), action=ProtectAction.FREEZE, reason=SOME_REASON,
        )  # fmt: skip
    [query] = checked.casebook("S-001").queries.values()
    assert query.state is QueryState.OPEN


@pytest.mark.parametrize("environment", ["dev", "uat"])
def test_outside_live_entry_goes_on(installed, environment):
    trial = Trial(installed.core("1.0"), installed.definition(), environment=environment)
    trial.add_subject()
    with installed.now(trial, "1.1"):
        trial.save("S-001", {"VS.SYSBP": "222"}, complete=True)
        trial.run_checks("S-001")
    [query] = trial.casebook("S-001").queries.values()
    assert query.plugin.startswith("bad 1.1 ")


def test_other_sources_of_the_same_version_are_another_version(installed):
    published = installed.definition()
    other = replace(published, plugins=(replace(published.plugins[0], sha256="0" * 64),))
    trial = Trial(installed.core("1.0"), other)
    with pytest.raises(EntryClosed, match="other sources"):
        trial.add_subject()
    upgrade(trial, trial.bld)
    upgrade(trial, trial.dm, approve=True)
    trial.add_subject()


def test_plugin_checks_wait_and_run_with_the_new_version_which_stamps_what_they_cause(installed, checked):
    checked.save("S-001", {"VS.SYSBP": "222"}, complete=True)
    with installed.now(checked, "1.1"):
        checked.run_checks("S-001")
        assert not checked.casebook("S-001").queries, "no plugin that is not in force may ask"
        assert checking.check_due(checked.core, checked.study_id) == 0
        upgrade(checked, checked.bld)
        checked.run_checks("S-001")
        assert not checked.casebook("S-001").queries
        upgrade(checked, checked.dm, approve=True)
        assert checking.check_due(checked.core, checked.study_id) == 1
        [query] = checked.casebook("S-001").queries.values()
        assert query.plugin.startswith("bad 1.1 ")
        checked.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON)
    assert verify(checked.core, rebuild=True).ok


def test_two_persons_open_entry_again_and_the_entries_say_what_and_why(installed, checked):
    with installed.now(checked, "1.1"):
        asked = upgrade(checked, checked.bld)
        assert (asked["state"], asked["from_version"], asked["version"]) == ("requested", "1.0", "1.1")
        with pytest.raises(EntryClosed):
            checked.save("S-001", {"VS.SYSBP": "121"})
        assert upgrade(checked, checked.dm, approve=True)["state"] == "approved"
        checked.save("S-001", {"VS.SYSBP": "121"})
        checked.add_subject("S-002")
    first, second = [entry for entry in checked.entries() if entry["kind"] == "plugin.upgrade"]
    assert (first["actor"], first["role"]) == ("bld.shin", "BLD")
    assert (second["actor"], second["role"]) == ("dm.choi", "DM")
    assert second["payload"] | {"requested_by": "bld.shin", "state": "approved"} == second["payload"]
    assert second["payload"]["sha256"] == asked["sha256"]
    assert second["reason_text"] == SOME_REASON.text
    assert verify(checked.core, rebuild=True).ok


def test_a_process_that_still_has_the_old_version_takes_no_entry_after_the_approval(installed, checked):
    with installed.now(checked, "1.1"):
        upgrade(checked, checked.bld)
        upgrade(checked, checked.dm, approve=True)
    with pytest.raises(EntryClosed, match=r"installed as 1\.0; in this study 1\.1"):
        checked.save("S-001", {"VS.SYSBP": "121"})


def test_going_back_is_an_upgrade_too(installed, checked):
    with installed.now(checked, "1.1"):
        upgrade(checked, checked.bld)
        upgrade(checked, checked.dm, approve=True)
    with pytest.raises(WrongState, match="Nobody asked"):
        upgrade(checked, checked.dm, approve=True)
    upgrade(checked, checked.bld)
    upgrade(checked, checked.dm, approve=True)
    checked.save("S-001", {"VS.SYSBP": "121"})
    with installed.now(checked, "1.1"), pytest.raises(WrongState, match="Nobody asked"):
        upgrade(checked, checked.dm, approve=True)


def test_a_version_published_later_brings_its_own_plugins(installed, checked):
    with installed.now(checked, "1.1"):
        upgrade(checked, checked.bld)
        upgrade(checked, checked.dm, approve=True)
    with installed.now(checked, "1.2"):
        checked.publish(installed.definition("2", version="1.2"))
        checked.save("S-001", {"VS.SYSBP": "121"})
    with installed.now(checked, "1.1"), pytest.raises(EntryClosed, match=r"in this study 1\.2"):
        checked.save("S-001", {"VS.SYSBP": "122"})


@pytest.mark.parametrize("who", ["crc", "pi", "cra", "spo", "dm", "med"])
def test_nobody_but_a_builder_asks(installed, checked, who):
    with installed.now(checked, "1.1"), pytest.raises(NotAllowed):
        upgrade(checked, getattr(checked, who))


@pytest.mark.parametrize("who", ["crc", "pi", "cra", "spo", "bld", "med"])
def test_nobody_but_a_data_manager_of_all_sites_approves(installed, checked, who):
    with installed.now(checked, "1.1"):
        upgrade(checked, checked.bld)
        with pytest.raises(NotAllowed):
            upgrade(checked, getattr(checked, who), approve=True)
        with pytest.raises(NotAllowed):
            upgrade(checked, checked.person(Role.DM, "dm.site", site="KR-01"), approve=True)
        with pytest.raises(EntryClosed):
            checked.save("S-001", {"VS.SYSBP": "121"})


def test_who_asked_does_not_approve(installed, checked):
    both = replace(checked.bld, grants=(*checked.bld.grants, *checked.dm.grants))
    with installed.now(checked, "1.1"):
        upgrade(checked, both)
        with pytest.raises(SecondPersonRequired):
            upgrade(checked, both, approve=True)


def test_an_approval_is_for_the_version_that_was_asked_for(installed, checked):
    with installed.now(checked, "1.1"):
        upgrade(checked, checked.bld)
    with installed.now(checked, "1.2"), pytest.raises(WrongState, match=r"Nobody asked for 1\.2"):
        upgrade(checked, checked.dm, approve=True)


def test_what_cannot_be_approved_says_why(installed, checked):
    with pytest.raises(WrongState, match="nothing to do"):
        upgrade(checked, checked.bld)
    with installed.now(checked, "1.1"):
        with pytest.raises(NotFound):
            upgrade(checked, checked.bld, plugin="other")
        with pytest.raises(ReasonRequired):
            upgrade(checked, checked.bld, reason=commands.Reason())
    with installed.now(checked, ""), pytest.raises(WrongState, match=r"not there.*1\.0, again"):
        upgrade(checked, checked.bld)


def test_a_version_outside_the_studys_range_is_not_approved(installed):
    trial = Trial(installed.core("1.0"), installed.definition(specifier="<1.1"))
    with installed.now(trial, "1.1"):
        with pytest.raises(EntryClosed, match=r"allows <1\.1"):
            trial.add_subject()
        with pytest.raises(WrongState, match="publish a version"):
            upgrade(trial, trial.bld)


def test_outside_live_one_person_is_enough(installed):
    trial = Trial(installed.core("1.0"), installed.definition(), environment="uat")
    with installed.now(trial, "1.1"):
        assert upgrade(trial, trial.bld)["state"] == "approved"


def test_a_save_costs_no_statement_more(installed, checked, count_of):
    with installed.now(checked, "1.1"):
        upgrade(checked, checked.bld)
        upgrade(checked, checked.dm, approve=True)
        checked.save("S-001", {"VS.SYSBP": "121"})
        path = checked.path("VS.SYSBP")
        command = capture.SaveItems(
            study_id=checked.study_id, op=new_id(), subject_key="S-001", form=path.form_path,
            items=(ItemInput(path, "122", base_version=2),),
        )  # fmt: skip
        with count_of(checked.core) as seen:
            checked.do(checked.crc, capture.save_items, command)
    assert len(seen) <= 10


@pytest.fixture
def count_of():
    from sqlalchemy import event

    @contextmanager
    def counting(core):
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
                seen.append(statement)

        event.listen(core.engine, "before_cursor_execute", note)
        yield seen
        event.remove(core.engine, "before_cursor_execute", note)

    return counting
