"""Two persons take out what stands outside the payload of a value: files, what was signed, the number of a subject."""

import hashlib
import io
import json
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from edc_core.domain.commands import (
    ActOnQuery,
    AddFile,
    AddSubject,
    CorrectSubjectKey,
    DecideRedaction,
    OpenQuery,
    Reason,
    RemoveForm,
    RequestRedaction,
)
from edc_core.domain.file_value import FileRules
from edc_core.domain.query import QueryAction
from edc_core.domain.signature import Meaning
from edc_core.errors import BadRequest, WrongState
from edc_core.ids import new_id
from edc_core.ledger import hashing
from edc_core.ledger.cut import present_cut
from edc_core.ledger.study_at_cut import study_at
from edc_core.services import adding_files, correcting, file_items, queries, redacting, removing, subjects
from edc_core.services.history import history
from edc_core.services.reading import look_at
from edc_core.services.signing import Sign
from edc_core.services.signing import sign as give
from edc_core.services.verifying import verify
from edc_core.store import file_entries, jobs, readers, triggers
from edc_core.store.listing_queries import TrailFilter
from edc_core.store.signed_entries import signed_entries
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs
from tests.services.test_signing import VS as VS_FORM
from tests.services.test_signing import desk, sign, standing

NAME = "Gildong Hong"
WHY = Reason(text="An identity was entered by mistake.")
SCAN, CLEAN = b"%PDF-1.7 passport of " + NAME.encode(), b"%PDF-1.7 without a name"


@pytest.fixture
def trial(core):
    version = vital_signs().with_item("VS.SCAN").with_item("VS.OTHER").build()
    taking = {"VS.SCAN", "VS.OTHER"}
    items = tuple(replace(i, file=FileRules()) if i.oid in taking else i for i in version.items)
    trial = Trial(core, replace(version, items=items))
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"})
    return trial


def send(trial, content, *, item="VS.SCAN", name="scan.pdf", subject="S-001", **save):
    """Send a file and make it the value of an item; its digest."""
    path = trial.path(item)
    taken = trial.core.files.take(io.BytesIO(content), FileRules(), name, len(content))
    trial.act(
        trial.crc, adding_files.add_file, AddFile,
        subject_key=subject, form=path.form_path, path=path, file=taken.file, file_type=taken.kind,
    )  # fmt: skip
    trial.save(subject, {item: str(taken.file)}, **save)
    return taken.file.sha256


def ask(trial, n, subject="S-001"):
    command = {"subject_key": subject, "n": n, "reason": WHY}
    return trial.act(trial.dm, redacting.request_redaction, RequestRedaction, **command)


def redact(trial, n, subject="S-001"):
    request = ask(trial, n, subject)["request"]
    command = {"subject_key": subject, "request": request, "approve": True, "reason": WHY}
    return trial.act(trial.spo, redacting.decide_redaction, DecideRedaction, **command)


def position(trial, kind, subject="S-001", **payload):
    return next(
        entry["n"]
        for entry in trial.entries(subject)
        if entry["kind"] == kind and payload.items() <= entry["payload"].items()
    )


def links(trial, subject="S-001"):
    return [(entry["n"], entry["payload_sha256"], entry["hash"]) for entry in trial.entries(subject)]


def look(trial, source):
    return look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))


def told(trial, subject="S-001"):
    with trial.core.read() as source:
        found = readers.subject_by_key(source.connection, trial.study_id, subject)
        page = history(look(trial, source), found.subject_id, TrailFilter(), site_id=found.site_id)
    return [happening.text for happening in page.happenings]


# ---- files ----


def test_a_file_goes_from_the_folder_and_its_entry_stays(trial, grep_database):
    sha256 = send(trial, SCAN, name=f"{NAME}.pdf")
    n = position(trial, "file.add", sha256=sha256)
    with pytest.raises(WrongState, match="stands there now"):
        ask(trial, n)
    send(trial, CLEAN)
    before = links(trial)
    redact(trial, n)
    assert grep_database(NAME) == []
    assert trial.core.files.standing(sha256) == "missing"
    assert links(trial)[: len(before)] == before
    report = verify(trial.core, rebuild=True)
    assert (report.problems, report.redacted) == ([], 3)  # it was sent, was the value, was the old value
    assert "sent a file for 'SCAN?' that two persons removed later." in told(trial)
    with pytest.raises(BadRequest, match="holds no words"):
        ask(trial, n)


@pytest.mark.parametrize("kind", ["file.add", "item.set"])
def test_the_same_bytes_go_whatever_their_name_and_by_whichever_entry_it_was_asked(trial, kind):
    sha256 = send(trial, SCAN, name="a.pdf")
    send(trial, SCAN, name="b.pdf")
    send(trial, CLEAN)
    redact(trial, next(e["n"] for e in trial.entries("S-001") if e["kind"] == kind and "SCAN" in e["path"]))
    assert trial.core.files.standing(sha256) == "missing"
    assert (
        trial.casebook("S-001")
        .items[trial.path("VS.SCAN")]
        .value.startswith(hashlib.sha256(CLEAN).hexdigest())
    )
    assert verify(trial.core, rebuild=True).problems == []


def test_a_redacted_file_is_handed_out_to_nobody_and_cannot_become_the_value_again(trial):
    sha256 = send(trial, SCAN)
    value = f"{sha256}/{len(SCAN)}/scan.pdf"
    send(trial, CLEAN)
    redact(trial, position(trial, "file.add", sha256=sha256))
    with trial.core.read() as source:
        with pytest.raises(file_items.NotFound):
            file_items.find(look(trial, source), "S-001", trial.path("VS.SCAN"), sha256)
        assert [one.file.sha256 for one in file_entries.every(source.connection, trial.study_id)] == [
            hashlib.sha256(CLEAN).hexdigest()
        ]
    with pytest.raises(BadRequest, match="not sent yet"):
        trial.save("S-001", {"VS.SCAN": value})


def test_bytes_that_another_entry_needs_stay_until_they_are_taken_out_there_too(trial):
    sha256 = send(trial, SCAN)
    send(trial, SCAN, item="VS.OTHER", name="other.pdf")
    send(trial, CLEAN)
    n = position(trial, "file.add", sha256=sha256, name="scan.pdf")
    assert ask(trial, n)["elsewhere"] == [str(trial.path("VS.OTHER"))]
    request = next(e["n"] for e in trial.entries("S-001") if e["kind"] == "redact")
    decide = {"subject_key": "S-001", "request": request, "approve": True, "reason": WHY}
    trial.act(trial.spo, redacting.decide_redaction, DecideRedaction, **decide)
    assert trial.core.files.standing(sha256) == ""
    assert verify(trial.core).problems == []
    send(trial, CLEAN, item="VS.OTHER")
    redact(trial, position(trial, "file.add", sha256=sha256, name="other.pdf"))
    assert trial.core.files.standing(sha256) == "missing"
    assert verify(trial.core).problems == []


def test_a_file_that_came_back_with_a_restore_is_named_by_verification(trial):
    sha256 = send(trial, SCAN)
    n = position(trial, "file.add", sha256=sha256)
    send(trial, CLEAN)
    redact(trial, n)
    trial.core.files.take(io.BytesIO(SCAN), FileRules(), "scan.pdf", len(SCAN))
    assert [(p.code, p.n) for p in verify(trial.core).problems] == [("file redacted", n)]
    trial.core.files.drop(sha256)
    assert verify(trial.core).ok


def test_a_refused_transaction_takes_no_file_away(trial):
    sha256 = send(trial, SCAN)
    send(trial, CLEAN)
    request = ask(trial, position(trial, "file.add", sha256=sha256))["request"]
    command = {"subject_key": "S-001", "request": request, "approve": True, "reason": WHY}
    decide = DecideRedaction(study_id=trial.study_id, op=new_id(), **command)
    with suppress(ZeroDivisionError), trial.core.write(trial.spo) as uow:
        redacting.decide_redaction(uow, decide)
        raise ZeroDivisionError  # the transaction is rolled back
    assert trial.core.files.standing(sha256) == ""
    assert verify(trial.core).ok


# ---- what was signed ----


@pytest.fixture
def signed(trial):
    """A name that stood there when the casebook was signed, and in a query that was answered then; corrected since."""
    trial.save("S-001", {"VS.NOTE": NAME})
    trial.complete("S-001", "VS")
    sign(trial, VS_FORM)
    trial.save("S-001", {"VS.NOTE": "None"}, reason=SOME_REASON)
    return trial


def manifest(trial, n):
    with trial.core.read() as source:
        [kept] = [one for one in signed_entries(source.connection, trial.study_id) if one.n == n]
    with trial.core.files.open(kept.manifest.sha256) as file:
        return json.loads(file.read())


def test_what_was_signed_loses_the_words_and_its_hash_stays_as_recorded(signed, grep_database):
    before, was = links(signed), standing(signed)[VS_FORM]
    whole = manifest(signed, was.n)
    redact(signed, position(signed, "item.set", raw=NAME))
    assert grep_database(NAME) == []
    assert not any(NAME.encode() in file.read_bytes() for file in files_of(signed))
    assert links(signed)[: len(before)] == before
    assert standing(signed)[VS_FORM] == was  # its digest too
    assert signed.core.files.standing(was.sha256) == "missing"
    left = manifest(signed, was.n)
    assert left["redacted"] is True
    changed = [
        (one["path"], one["shown"], other["shown"])
        for form, form_left in zip(whole["forms"], left["forms"], strict=True)
        for one, other in zip(form["items"], form_left["items"], strict=True)
        if one != other
    ]
    assert changed == [(str(signed.path("VS.NOTE")), NAME, "[redacted]")]
    assert verify(signed.core, rebuild=True).problems == []
    assert any("two persons removed words from what was signed later" in line for line in told(signed))


def files_of(trial):
    return [file for file in trial.core.settings.files_dir.rglob("*") if file.is_file()]


def test_what_is_left_of_it_is_verified_and_redacted_again(signed):
    signed.save("S-001", {"VS.DIABP": "81"}, reason=SOME_REASON)
    sign(signed, VS_FORM)
    first, second = (e["n"] for e in signed.entries("S-001") if e["kind"] == "sign.set")
    redact(signed, position(signed, "item.set", raw=NAME))
    kept = {file.name for file in files_of(signed)}
    assert len(kept) == 2  # what is left of the first, and the second, which never held it
    assert "redacted" not in manifest(signed, second)
    redact(signed, position(signed, "item.set", raw="80"))
    assert len(files_of(signed)) == 2
    assert manifest(signed, first)["forms"] != manifest(signed, second)["forms"]
    assert verify(signed.core).problems == []
    for file in files_of(signed):
        file.chmod(0o600)
        file.write_bytes(file.read_bytes().replace(b"[redacted]", b"[REDACTED]"))
    assert [(p.code, p.n) for p in verify(signed.core).problems] == [("file", first)]


def test_a_query_that_stood_when_it_was_signed_is_masked_there_too_and_the_signature_holds(
    trial, grep_database
):
    place = {"subject_key": "S-001", "path": trial.path("VS.NOTE")}
    version = replace(
        trial.index.version, policy=replace(trial.index.version.policy, sign_queries="answered")
    )
    trial.publish(replace(version, oid="2"))
    trial.add_subject("S-002")
    place["subject_key"] = "S-002"
    trial.save("S-002", {"VS.SYSBP": "120", "VS.DIABP": "80", "VS.NOTE": "x"})
    trial.complete("S-002", "VS")
    asked = trial.act(trial.dm, queries.open_query, OpenQuery, text=f"Is it {NAME}?", **place)
    act = {"subject_key": "S-002", "query_id": asked["query_id"], "action": QueryAction.ANSWER, "text": "No."}
    trial.act(trial.crc, queries.act_on_query, ActOnQuery, **act)

    with trial.core.read() as source:
        laid = desk(trial, source, subject="S-002").lay_out(VS_FORM)
    command = Sign(
        study_id=trial.study_id, op=new_id(), subject_key="S-002", path=VS_FORM, sha256=laid.manifest.sha256,
        meaning=Meaning.REVIEW, component="password", accepts=True,
    )  # fmt: skip
    with trial.core.write(trial.pi) as uow:
        give(uow, command, trial.core.files)
    assert any(NAME.encode() in file.read_bytes() for file in files_of(trial))
    redact(trial, position(trial, "query.open", "S-002"), "S-002")
    assert not any(NAME.encode() in file.read_bytes() for file in files_of(trial))
    assert grep_database(NAME) == []
    assert standing(trial, "S-002")[VS_FORM].state == "signed"
    assert verify(trial.core, rebuild=True).problems == []


def test_a_manifest_that_is_not_there_is_not_passed_over(signed):
    sha256 = standing(signed)[VS_FORM].sha256
    signed.core.files.drop(sha256)
    with pytest.raises(file_items.NotFound, match="restore"):
        ask(signed, position(signed, "item.set", raw=NAME))


# ---- subject numbers ----


@pytest.fixture
def numbered(trial):
    """A subject added by its name, signed, and corrected."""
    trial.add_subject(NAME)
    trial.save(NAME, {"VS.SYSBP": "120", "VS.DIABP": "80"})
    trial.complete(NAME, "VS")
    return trial


def correct(trial, old, new):
    command = {"subject_key": old, "new_key": new, "reason": SOME_REASON}
    return trial.act(trial.dm, correcting.correct_subject_key, CorrectSubjectKey, **command)


def test_a_number_that_holds_an_identity_goes_from_every_table(numbered, grep_database):
    with pytest.raises(WrongState, match="number that the subject has now"):
        ask(numbered, 1, NAME)
    correct(numbered, NAME, "S-002")
    before = links(numbered, "S-002")
    redact(numbered, 1, "S-002")
    assert grep_database(NAME) == []
    assert links(numbered, "S-002")[: len(before)] == before
    assert numbered.casebook("S-002").items[numbered.path("VS.SYSBP")].value == "120"
    report = verify(numbered.core, rebuild=True)
    assert (report.problems, report.redacted) == ([], 2)
    lines = told(numbered, "S-002")
    assert any(line.startswith("corrected the subject number from redacted-") for line in lines)
    assert any(line.startswith("added subject redacted-") for line in lines)


def test_each_former_number_is_asked_for_by_itself(numbered, grep_database):
    correct(numbered, NAME, "Cheolsu Kim")
    correct(numbered, "Cheolsu Kim", "S-002")
    redact(numbered, 1, "S-002")
    assert grep_database(NAME) == []
    assert grep_database("Cheolsu Kim")
    last = [e["n"] for e in numbered.entries("S-002") if e["kind"] == "subject.key"][-1]
    redact(numbered, last, "S-002")
    assert grep_database("Cheolsu Kim") == []
    assert verify(numbered.core, rebuild=True).problems == []


def test_a_name_in_another_script_goes_from_answers_and_jobs_too(trial, grep_database):

    name = "홍길동 100%"
    command = {"subject_key": name, "site_id": next(iter(trial.sites.values()))}
    trial.act(trial.crc, subjects.add_subject, AddSubject, **command)
    with trial.core.write(trial.cli) as uow:
        jobs.add(
            uow.connection, job_id=new_id(), study_id=trial.study_id, kind="some.kind", actor="x",
            request={"subjects": [name]}, at="2026-01-01T00:00:00.000000Z",
        )  # fmt: skip
    escaped = json.dumps(name)[1:-1].split()[0]
    assert grep_database(escaped) == ["job"]
    correct(trial, name, "S-002")
    redact(trial, 1, "S-002")
    assert grep_database("홍길동") == grep_database(escaped) == []


def test_the_number_that_was_signed_is_masked_and_the_earlier_state_has_another(numbered, tmp_path):

    with numbered.core.read() as source:
        laid = desk(numbered, source, subject=NAME).lay_out(VS_FORM)
        cut = present_cut(source.connection, numbered.study_id)
    command = Sign(
        study_id=numbered.study_id, op=new_id(), subject_key=NAME, path=VS_FORM, sha256=laid.manifest.sha256,
        meaning=Meaning.REVIEW, component="password", accepts=True,
    )  # fmt: skip
    with numbered.core.write(numbered.pi) as uow:
        give(uow, command, numbered.core.files)
    correct(numbered, NAME, "S-002")
    redact(numbered, 1, "S-002")
    assert not any(NAME.encode() in file.read_bytes() for file in files_of(numbered))
    with numbered.core.read() as source:
        keys = [key for key, _, _ in study_at(source.connection, cut).subjects]
    assert len(set(keys)) == 2
    assert any(key.startswith("redacted-") for key in keys)


# ---- reasons ----


@pytest.fixture
def explained(trial):
    """A reason that names somebody, given for two values and for a form that was removed."""
    named = Reason("other", f"{NAME} said so on the phone.")
    trial.save("S-001", {"VS.NOTE": "a"})
    trial.complete("S-001", "VS")
    trial.save("S-001", {"VS.SYSBP": "121", "VS.DIABP": "81"}, reason=named)
    trial.act(
        trial.crc, removing.remove_form, RemoveForm, subject_key="S-001", form=trial.form("VS"), reason=named
    )
    return trial


def redact_reason(trial, n):
    ask_for = {"subject_key": "S-001", "n": n, "reason": WHY, "of_reason": True}
    request = trial.act(trial.dm, redacting.request_redaction, RequestRedaction, **ask_for)
    decide = {"subject_key": "S-001", "request": request["request"], "approve": True, "reason": WHY}
    assert (
        trial.act(trial.spo, redacting.decide_redaction, DecideRedaction, **decide)["entries"]
        == request["entries"]
    )
    return request["entries"]


def reasoned(trial):
    return [e["n"] for e in trial.entries("S-001") if NAME in e["reason_text"]]


def test_the_words_of_a_reason_go_and_every_hash_stays(explained, grep_database):
    before, positions = links(explained), reasoned(explained)
    assert len(positions) == 3
    assert redact_reason(explained, positions[0]) == positions
    assert grep_database(NAME) == []
    after = explained.entries("S-001")
    assert links(explained)[: len(before)] == before
    left = {e["reason_text"] for e in after if e["n"] in positions}
    digest = hashlib.sha256(f"{NAME} said so on the phone.".encode()).hexdigest()
    assert left == {f"[redacted] sha256:{digest}"}
    report = verify(explained.core, rebuild=True)
    assert (report.problems, report.redacted) == ([], 3)
    with explained.core.read() as source:
        found = readers.subject_by_key(source.connection, explained.study_id, "S-001")
        page = history(look(explained, source), found.subject_id, TrailFilter(), site_id=found.site_id)
    assert "Other: [redacted]." in {one.reason for one in page.happenings}


def test_value_and_reason_of_one_entry_are_asked_for_each_by_itself(explained, grep_database):
    explained.act(
        explained.crc, removing.remove_form, RemoveForm,
        subject_key="S-001", form=explained.form("VS"), reason=SOME_REASON, restore=True,
    )  # fmt: skip
    explained.save("S-001", {"VS.NOTE": "Cheolsu Kim"}, reason=Reason("other", "Cheolsu Kim asked for it"))
    explained.save("S-001", {"VS.NOTE": "b"}, reason=SOME_REASON)
    n = position(explained, "item.set", raw="Cheolsu Kim")
    request = ask(explained, n)
    redact_reason(explained, n)
    assert grep_database("Cheolsu Kim")
    decide = {"subject_key": "S-001", "request": request["request"], "approve": True, "reason": WHY}
    explained.act(explained.spo, redacting.decide_redaction, DecideRedaction, **decide)
    assert grep_database("Cheolsu Kim") == []
    report = verify(explained.core, rebuild=True)
    assert report.problems == []


def test_what_was_left_the_first_time_is_less_the_second(trial, grep_database):
    """The approving entry holds word for word what is left, so a second redaction of the entry reaches it too."""
    trial.save("S-001", {"VS.NOTE": NAME})
    trial.save("S-001", {"VS.NOTE": "Cheolsu Kim"})
    trial.save("S-001", {"VS.NOTE": "none"})
    redact(trial, position(trial, "item.set", raw=NAME))
    assert grep_database(NAME) == []
    redact(trial, position(trial, "item.set", raw="Cheolsu Kim"))
    assert grep_database("Cheolsu Kim") == []
    assert verify(trial.core, rebuild=True).problems == []


def test_a_reason_that_an_earlier_recipe_hashed_stays(explained, monkeypatch):

    monkeypatch.setattr(hashing, "TAG", "edc1")
    monkeypatch.setattr(hashing, "reason_digest", lambda reason: reason)
    named = Reason("other", "Minsu Park, who was there")
    explained.act(
        explained.crc, removing.remove_form, RemoveForm,
        subject_key="S-001", form=explained.form("VS"), reason=named, restore=True,
    )  # fmt: skip
    monkeypatch.undo()
    n = next(e["n"] for e in explained.entries("S-001") if e["reason_text"] == named.text)
    assert explained.entries("S-001")[n - 1]["hash"].startswith("edc1:")
    with pytest.raises(BadRequest, match="earlier release"):
        redact_reason(explained, n)
    redact_reason(explained, reasoned(explained)[0])  # those beside it go
    assert verify(explained.core, rebuild=True).problems == []


def test_a_reason_reads_as_redacted_only_where_two_persons_did_it(explained, grep_database):
    lie = Reason("other", f"[redacted] sha256:{'0' * 64}")
    with pytest.raises(BadRequest, match="own words"):
        explained.act(
            explained.crc, removing.remove_form, RemoveForm,
            subject_key="S-001", form=explained.form("VS"), reason=lie, restore=True,
        )  # fmt: skip
    n = reasoned(explained)[0]
    text_of = f"[redacted] sha256:{hashlib.sha256(f'{NAME} said so on the phone.'.encode()).hexdigest()}"
    change = text("UPDATE ledger_entry SET reason_text = :left WHERE chain = :chain AND n = :n")
    here = {"left": text_of, "chain": explained.entries("S-001")[0]["chain"], "n": n}
    with (
        pytest.raises(DBAPIError, match="append-only"),
        explained.core.engine.connect().execution_options(edc_write=True) as connection,
        connection.begin(),
    ):
        connection.execute(change, here)
    with explained.core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        on_table = "" if connection.dialect.name == "sqlite" else " ON ledger_entry"
        connection.execute(text(f"DROP TRIGGER ledger_entry_no_update{on_table}"))
        connection.execute(change, here)
        triggers.create(connection)
    found = [(p.code, p.n) for p in verify(explained.core).problems if p.code == "columns"]
    assert found == [("columns", n)]


@pytest.mark.parametrize("n", [1, 2, 999])
def test_an_entry_without_a_reason_in_words_has_none_to_take_out(explained, n):
    with pytest.raises(BadRequest, match=r"no reason in words|no such entry"):
        redact_reason(explained, n)
