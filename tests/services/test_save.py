from dataclasses import replace

import pytest

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import Reason
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.permission import Role
from edc_core.domain.query import QueryState
from edc_core.errors import (
    BadRequest,
    EditConflict,
    NotAllowed,
    NotFound,
    OperationReplayed,
    ReasonRequired,
    ValueRefused,
    VersionChanged,
    WrongState,
)
from edc_core.ids import new_id
from edc_core.services import capture
from edc_core.testing.trial import SOME_REASON
from tests.builders import Trial, vital_signs


def kinds(trial, since=1):
    return [entry["kind"] for entry in trial.entries("S-001")[since:]]


def value(trial, item):
    return trial.casebook("S-001").items[trial.path(item)]


def status(trial, form="VS"):
    return trial.casebook("S-001").forms[trial.form(form)].status


def test_the_first_save_begins_the_form_and_stores_the_value_as_typed(trial):
    result = trial.save("S-001", {"VS.SYSBP": " 120,0 "})
    assert (result.status, result.changed) == ("in_progress", 1)
    assert result.versions == {str(trial.path("VS.SYSBP")): 1}
    data = value(trial, "VS.SYSBP")
    assert (data.raw, data.value, data.version) == (" 120,0 ", "120", 1)
    assert kinds(trial) == ["item.set", "form.status"]


def test_the_entry_says_who_where_when_and_what(trial, clock):
    trial.save("S-001", {"VS.SYSBP": "120"})
    entry = trial.entries("S-001")[1]
    payload = entry["payload"]
    assert (entry["actor"], entry["role"], entry["site_id"]) == ("crc.kim", "CRC", trial.sites["KR-01"])
    assert (entry["user_zone"], entry["site_zone"]) == ("Asia/Seoul", "Asia/Seoul")
    assert entry["at"] == "2026-03-04T09:15:00.000000Z"
    assert entry["meta_data_version"] == "1"
    assert entry["path"] == str(trial.path("VS.SYSBP"))
    assert (payload["raw"], payload["value"], payload["parsed"], payload["old"]) == ("120", "120", "ok", None)
    assert len(payload["salt"]) == 32


def test_an_entry_holds_every_field_of_the_requirement(trial, clock):
    """REQ-AUD-02, field by field: an entry of a row of a repeating group, read back as it stands."""
    path = trial.path("AE.TERM", rows=("1",))
    trial.save("S-001", {path: " Headache "})
    trial.complete("S-001", "AE")
    clock.advance(minutes=5)
    trial.save("S-001", {path: "Migraine"}, reason=Reason("other", "The diary says so."))
    entry = trial.entries("S-001")[-1]
    payload = entry["payload"]
    chain = {e["chain"] for e in trial.entries("S-001")}
    assert ({entry["chain"]}, entry["n"]) == (chain, len(trial.entries("S-001")))
    assert (entry["study_id"], entry["site_id"]) == (trial.study_id, trial.sites["KR-01"])
    assert entry["path"] == "V1[1]/AE[1]/AE.ROW[1]/AE.TERM"  # visit, form, record with its number, item
    assert payload["old"] == {"value": "Headache", "missing": "", "raw": " Headache ", "unit": ""}
    assert (payload["value"], payload["raw"], payload["unit"]) == ("Migraine", "Migraine", "")
    assert (entry["actor"], entry["role"], entry["origin"]) == ("crc.kim", "CRC", "collected")
    assert (entry["at"], entry["user_zone"]) == ("2026-03-04T09:20:00.000000Z", "Asia/Seoul")
    assert (entry["reason_code"], entry["reason_text"]) == ("other", "The diary says so.")
    assert entry["meta_data_version"] == trial.index.version.oid


def test_a_change_keeps_the_old_value_and_its_reason(trial):
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"})
    trial.complete("S-001", "VS")
    result = trial.save("S-001", {"VS.SYSBP": "121"}, reason=SOME_REASON)
    assert result.status == "complete"
    entry = trial.entries("S-001")[-1]
    assert (entry["reason_code"], entry["reason_text"]) == (SOME_REASON.code, SOME_REASON.text)
    assert entry["payload"]["old"] == {"value": "120", "missing": "", "raw": "120", "unit": ""}
    assert entry["payload"]["version"] == 2


def test_a_change_of_a_complete_form_without_a_reason_stores_nothing(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.complete("S-001", "VS")
    before = trial.entries("S-001")
    with pytest.raises(ReasonRequired):
        trial.save("S-001", {"VS.SYSBP": "121"})
    assert trial.entries("S-001") == before
    assert value(trial, "VS.SYSBP").value == "120"


@pytest.mark.parametrize(
    "nothing", [Reason(), Reason(text=" \t\n"), Reason("other"), Reason("other", "  "), Reason(" ")]
)
def test_blanks_and_other_without_words_are_no_reason(trial, nothing):
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.complete("S-001", "VS")
    before = trial.entries("S-001")
    with pytest.raises(ReasonRequired):
        trial.save("S-001", {"VS.SYSBP": "121"}, reason=nothing)
    assert trial.entries("S-001") == before
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=Reason("transcription"))
    trial.save("S-001", {"VS.SYSBP": "122"}, reason=Reason("other", "Read anew"))


def test_a_study_may_ask_for_a_reason_from_the_first_save_on(core):
    version = vital_signs("STRICT").build()
    trial = Trial(core, replace(version, policy=replace(version.policy, reason_from="first_save")))
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120"})
    with pytest.raises(ReasonRequired):
        trial.save("S-001", {"VS.SYSBP": "121"})
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=SOME_REASON)
    trial.save("S-001", {"VS.DIABP": "80"})  # the first entry of another item is no change


def test_a_missing_reason_stands_instead_of_a_value(trial):
    path = trial.path("VS.SYSBP")
    trial.save("S-001", {}, items=(ItemInput(path, "", missing="ND"),))
    assert (value(trial, "VS.SYSBP").missing, value(trial, "VS.SYSBP").value) == ("ND", None)
    assert trial.entries("S-001")[1]["payload"]["missing"] == "ND"


def test_a_clear_is_an_entry_and_the_item_is_blank_again(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.save("S-001", {"VS.SYSBP": ""})
    assert value(trial, "VS.SYSBP").is_blank
    payload = trial.entries("S-001")[-1]["payload"]
    assert (payload["value"], payload["missing"], payload["version"]) == (None, "", 2)


def test_an_unreadable_value_is_kept_as_typed(trial):
    trial.save("S-001", {"VS.SYSBP": "high"})
    data = value(trial, "VS.SYSBP")
    assert (data.raw, data.value, data.reading) == ("high", None, "unreadable")


def test_the_same_value_again_leaves_no_entry(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    before = trial.entries("S-001")
    result = trial.save("S-001", {"VS.SYSBP": "120.0"})
    assert result.changed == 0
    assert trial.entries("S-001") == before


@pytest.mark.parametrize("refused", ["74628", "-31417"])
def test_a_hard_refusal_leaves_an_entry_without_the_value(trial, grep_database, refused):
    path = trial.path("VS.SYSBP")
    command = capture.SaveItems(
        study_id=trial.study_id,
        op=new_id(),
        subject_key="S-001",
        form=path.form_path,
        items=(ItemInput(path, refused, base_version=0),),
    )
    with pytest.raises(ValueRefused) as error:
        trial.do(trial.crc, capture.save_items, command)
    assert kinds(trial) == [], "the refused transaction left nothing"
    with trial.core.write(trial.crc) as uow:
        capture.note_refusal(uow, command, error.value)
    [note] = trial.entries("S-001")[1:]
    assert (note["kind"], note["path"]) == ("note.add", str(path))
    assert note["payload"] == {"note": "value refused", "check": error.value.details["check"]}
    assert grep_database(refused) == []
    assert path not in trial.casebook("S-001").items


def test_a_refusal_that_is_asked_again_is_refused_again(trial):
    path = trial.path("VS.SYSBP")
    command = capture.SaveItems(
        study_id=trial.study_id,
        op=new_id(),
        subject_key="S-001",
        form=path.form_path,
        items=(ItemInput(path, "5000", base_version=0),),
    )
    for _ in range(2):
        with pytest.raises(ValueRefused) as error:
            trial.do(trial.crc, capture.save_items, command)
        with trial.core.write(trial.crc) as uow:
            capture.note_refusal(uow, command, error.value)
    assert kinds(trial) == ["note.add"]


def save_command(trial, raw="120", *, op="op-1", subject="S-001", base=0):
    path = trial.path("VS.SYSBP")
    return capture.SaveItems(
        study_id=trial.study_id,
        op=op,
        subject_key=subject,
        form=path.form_path,
        items=(ItemInput(path, raw, base_version=base),),
    )


def test_the_same_operation_again_gets_the_first_answer_and_writes_nothing(trial):
    first = trial.do(trial.crc, capture.save_items, save_command(trial))
    trial.save("S-001", {"VS.SYSBP": "121"})
    before = trial.entries("S-001")
    assert trial.do(trial.crc, capture.save_items, save_command(trial)) == first
    assert trial.entries("S-001") == before


@pytest.mark.parametrize("what", ["body", "user", "kind"])
def test_the_same_operation_for_something_else_is_refused(trial, what):
    trial.do(trial.crc, capture.save_items, save_command(trial))
    before = trial.entries("S-001")
    complete = capture.CompleteForm(
        study_id=trial.study_id, op="op-1", subject_key="S-001", form=trial.form("VS")
    )
    actor, service, command = {
        "body": (trial.crc, capture.save_items, save_command(trial, "121")),
        "user": (trial.pi, capture.save_items, save_command(trial)),
        "kind": (trial.crc, capture.complete_form, complete),
    }[what]
    with pytest.raises(OperationReplayed):
        trial.do(actor, service, command)
    assert trial.entries("S-001") == before


def test_the_same_operation_on_another_subject_is_refused(trial):
    trial.add_subject("S-002")
    trial.do(trial.crc, capture.save_items, save_command(trial))
    with pytest.raises(OperationReplayed):
        trial.do(trial.crc, capture.save_items, save_command(trial, subject="S-002"))


@pytest.mark.parametrize("op", ["", "x" * 201])
def test_an_operation_needs_an_id_of_reasonable_length(trial, op):
    with pytest.raises(BadRequest):
        trial.do(trial.crc, capture.save_items, save_command(trial, op=op))


def test_a_value_saved_since_is_a_conflict_and_nothing_is_stored(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    with pytest.raises(EditConflict) as error:
        trial.do(trial.pi, capture.save_items, save_command(trial, "121", base=0))
    assert error.value.details["version"] == 1
    assert value(trial, "VS.SYSBP").value == "120"


@pytest.mark.parametrize("size", [100_001, 10 * 1024 * 1024])
def test_a_huge_value_is_refused(trial, size):
    with pytest.raises(BadRequest):
        trial.save("S-001", {"VS.NOTE": "x" * size})
    assert kinds(trial) == []


def test_any_text_a_keyboard_can_make_is_kept(trial):
    text = "수축기 😀 \u202e <b>'\"\\u0000 end"
    trial.save("S-001", {"VS.NOTE": text})
    assert value(trial, "VS.NOTE").raw == text


@pytest.mark.parametrize("raw", ["\ud800", "a\udfffb", "\0", "a\0b"])
def test_what_the_databases_cannot_hold_is_refused_on_both(trial, raw):
    with pytest.raises(BadRequest):
        trial.save("S-001", {"VS.NOTE": raw})
    with pytest.raises(BadRequest):
        trial.save("S-001", {"VS.NOTE": "fine"}, reason=capture.Reason("", raw))
    with pytest.raises(BadRequest):
        trial.do(trial.crc, capture.save_items, save_command(trial, subject=raw))
    assert kinds(trial) == []


@pytest.mark.parametrize("role", ["cra", "dm", "spo", "med"])
def test_only_the_site_enters_data(trial, role):
    with pytest.raises(NotAllowed):
        trial.save("S-001", {"VS.SYSBP": "120"}, by=getattr(trial, role))
    assert kinds(trial) == []


def test_another_sites_coordinator_may_not_and_is_not_told_more(trial):
    other = trial.person(Role.CRC, "crc.smith", site="US-01")
    with pytest.raises((NotAllowed, NotFound)):
        trial.save("S-001", {"VS.SYSBP": "120"}, by=other)
    assert kinds(trial) == []


def test_a_subject_that_does_not_exist_is_not_found(trial):
    with pytest.raises(NotFound):
        trial.do(trial.crc, capture.save_items, save_command(trial, subject="S-999"))


def test_a_form_opened_under_another_version_is_not_begun(trial):
    trial.publish(vital_signs().with_item("VS.PULSE").build("2"))
    with pytest.raises(VersionChanged):
        trial.save("S-001", {"VS.SYSBP": "120"}, meta_data_version="1")
    assert trial.save("S-001", {"VS.SYSBP": "120"}, meta_data_version="2").changed == 1


def test_a_form_keeps_the_version_it_was_begun_with(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.publish(vital_signs().with_item("VS.PULSE").build("2"))
    trial.save("S-001", {"VS.SYSBP": "121"})
    assert trial.casebook("S-001").forms[trial.form("VS")].meta_data_version == "1"
    with pytest.raises(NotFound):
        trial.save("S-001", {"VS.PULSE": "60"})
    assert {e["meta_data_version"] for e in trial.entries("S-001")} == {"1"}


def test_complete_raises_the_queries_of_the_checks(trial):
    trial.save("S-001", {"VS.SYSBP": "300"})
    assert trial.casebook("S-001").queries == {}, "in progress, findings are messages"
    result = trial.complete("S-001", "VS")
    queries = trial.casebook("S-001").queries.values()
    assert {(q.check_oid, q.path.item) for q in queries} == {
        ("VS.SYSBP.RC2", "VS.SYSBP"),
        ("EDC.REQUIRED", "VS.DIABP"),
    }
    assert all(q.state is QueryState.OPEN and q.author == "system" for q in queries)
    assert set(result.queries) == {q.query_id for q in queries}
    assert kinds(trial, 3) == ["form.status", "query.open", "query.open"]


def test_save_and_complete_in_one_operation(trial):
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    assert status(trial) is EntryStatus.COMPLETE
    assert len({entry["op"] for entry in trial.entries("S-001")[1:]}) == 1


@pytest.mark.parametrize(
    ("again", "words"),
    [
        (False, "Enter an answer, or mark the form as not done"),
        (True, "complete already. Load the page again"),
    ],
)
def test_only_a_form_in_progress_is_completed_and_what_to_do_instead_is_told(trial, again, words):
    if again:
        trial.save("S-001", {"VS.SYSBP": "120"})
        trial.complete("S-001", "VS")
    with pytest.raises(WrongState, match=words):
        trial.complete("S-001", "VS")


def act(trial, service, command, actor=None, **fields):
    fields = {"subject_key": "S-001", "form": trial.form("VS")} | fields
    return trial.act(actor or trial.crc, service, command, **fields)


def test_a_reopened_form_still_needs_reasons(trial):
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.complete("S-001", "VS")
    with pytest.raises(ReasonRequired):
        act(trial, capture.reopen_form, capture.ReopenForm, trial.dm)
    act(trial, capture.reopen_form, capture.ReopenForm, trial.dm, reason=SOME_REASON)
    assert status(trial) is EntryStatus.IN_PROGRESS
    with pytest.raises(ReasonRequired):
        trial.save("S-001", {"VS.DIABP": "80"})
    with pytest.raises(NotAllowed):
        act(trial, capture.reopen_form, capture.ReopenForm, trial.crc, reason=SOME_REASON)


def test_not_done_needs_a_reason_and_can_be_taken_back(trial):
    with pytest.raises(ReasonRequired):
        act(trial, capture.mark_not_done, capture.MarkNotDone)
    act(trial, capture.mark_not_done, capture.MarkNotDone, reason=SOME_REASON)
    assert status(trial) is EntryStatus.NOT_DONE
    with pytest.raises(WrongState):
        trial.save("S-001", {"VS.SYSBP": "120"})
    act(trial, capture.mark_not_done, capture.MarkNotDone, not_done=False)
    trial.save("S-001", {"VS.SYSBP": "120"})
    assert status(trial) is EntryStatus.IN_PROGRESS


def test_time_in_a_chain_never_goes_back(trial, clock):
    trial.save("S-001", {"VS.SYSBP": "120"})
    clock.advance(minutes=-10)
    trial.save("S-001", {"VS.SYSBP": "121"})
    times = [entry["at"] for entry in trial.entries("S-001")]
    assert times == sorted(times)
