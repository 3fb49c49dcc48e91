"""Signing: what was read and nothing else, by whom it may be, and broken by every change whatever its door."""

import hashlib
import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import (
    CorrectSubjectKey,
    MoveSubject,
    Reason,
    RemoveEvent,
    RemoveForm,
    TransferItems,
)
from edc_core.domain.evidence import EvidenceKind
from edc_core.domain.imported import Imported, ImportedForm, ImportedItem, ImportedSubject
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.metadata import MeasurementUnit, Policy, SiteDef, TranslatedText
from edc_core.domain.permission import Action, Place, Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryAction
from edc_core.domain.signature import Hindrance, Meaning, SignatureState
from edc_core.domain.study_commands import RecordEvidence
from edc_core.errors import (
    BadRequest,
    EditConflict,
    NotAllowed,
    NotFound,
    Protected,
    ReasonRequired,
    WrongState,
)
from edc_core.ids import new_id
from edc_core.services import (
    broken_mail,
    capture,
    correcting,
    foreseeing,
    importing,
    mailing,
    migrating,
    protecting,
    queries,
    removing,
    signing,
    transferring,
    users,
    visits,
)
from edc_core.services.evidence import record_evidence
from edc_core.services.history import history
from edc_core.services.importing import Staged
from edc_core.services.migrating import MigrateSubject
from edc_core.services.reading import look_at
from edc_core.services.signing import Sign, WithdrawSignature
from edc_core.services.to_sign import Desk
from edc_core.services.verifying import verify
from edc_core.store import readers, signature_readers
from edc_core.store.job_tables import job
from edc_core.store.listing_queries import TrailFilter
from edc_core.testing.trial import NO_REASON, SOME_REASON
from tests.builders import Trial, vital_signs
from tests.expressions.test_following import STUDY as CALCULATING

VS, DM, AE = (ItemPath.parse(f"V1[1]/{form}[1]") for form in ("VS", "DM", "AE"))
V1, CASEBOOK = ItemPath.parse("V1[1]"), ItemPath()
SIGNED, BROKEN, WITHDRAWN = SignatureState.SIGNED, SignatureState.BROKEN, SignatureState.WITHDRAWN


@pytest.fixture
def trial(trial):
    """S-001 has its first visit complete; the fields and rows are there to be changed."""
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    trial.save("S-001", {"DM.SEX": "F", "DM.AGE": "40"}, complete=True)
    for row in ("1", "2"):
        term = trial.path("AE.TERM", rows=(row,))
        trial.save("S-001", {term: f"Headache {row}"})
    trial.complete("S-001", "AE")
    return trial


def desk(trial, source, *, by=None, subject="S-001"):
    found = readers.subject_by_key(source.connection, trial.study_id, subject)
    site = readers.sites(source.connection, trial.study_id)[found.site_id]
    return Desk(source, by or trial.pi, readers.study_by_id(source.connection, trial.study_id), found, site)


def lay_out(trial, path=CASEBOOK, **who):
    with trial.core.read() as source:
        return desk(trial, source, **who).lay_out(path)


def command(trial, path=CASEBOOK, *, by=None, **fields):
    named = {
        "sha256": "",
        "meaning": Meaning.RESPONSIBILITY,
        "component": "password",
        "accepts": True,
    } | fields
    named["sha256"] = named["sha256"] or lay_out(trial, path, by=by).manifest.sha256
    return Sign(study_id=trial.study_id, op=new_id(), subject_key="S-001", path=path, **named)


def sign(trial, path=CASEBOOK, *, by=None, **fields):
    to_do = command(trial, path, by=by, **fields)
    with trial.core.write(by or trial.pi) as uow:
        return signing.sign(uow, to_do, trial.core.files)


def withdraw(trial, path=CASEBOOK, *, by=None, n=0, reason=SOME_REASON):
    fields = {"subject_key": "S-001", "path": path, "reason": reason, "n": n or standing(trial)[path].n}
    return trial.act(by or trial.pi, signing.withdraw, WithdrawSignature, **fields)


def standing(trial, subject="S-001"):
    with trial.core.read() as source:
        found = readers.subject_by_key(source.connection, trial.study_id, subject)
        signatures = signature_readers.signatures(source.connection, trial.study_id, found.subject_id)
    return {one.path: one for one in signatures}


def states(trial):
    return {path: one.state for path, one in standing(trial).items()}


def of_kind(trial, kind, subject="S-001"):
    return [entry for entry in trial.entries(subject) if entry["kind"] == kind]


def assert_whole(trial):
    report = verify(trial.core, rebuild=True)
    assert report.problems == []


@pytest.mark.parametrize("path", [CASEBOOK, V1, VS])
def test_a_signature_says_who_when_what_it_means_and_what_exactly_was_signed(trial, path):
    seen = lay_out(trial, path)
    result = sign(trial, path, meaning=Meaning.APPROVAL)
    entry = of_kind(trial, "sign.set")[0]
    said = entry["payload"]
    assert (entry["actor"], entry["role"], entry["path"], entry["n"]) == (
        "pi.lee",
        "PI",
        str(path),
        result["n"],
    )
    assert said["sha256"] == seen.manifest.sha256 == result["sha256"]
    assert (said["full_name"], said["zone"], said["meaning"]) == ("pi.lee", "Asia/Seoul", "approval")
    assert said["statement"] == Meaning.APPROVAL.statement
    [stands] = standing(trial).values()
    assert (stands.state, stands.actor, stands.meaning, stands.at) == (
        SIGNED,
        "pi.lee",
        "approval",
        entry["at"],
    )
    assert_whole(trial)


def test_what_was_signed_is_kept_as_a_file_under_its_own_hash(trial):
    sign(trial)
    [stands] = standing(trial).values()
    with trial.core.files.open(stands.sha256) as file:
        text = file.read()
    assert hashlib.sha256(text).hexdigest() == stands.sha256
    values = {item["value"] for form in json.loads(text)["forms"] for item in form["items"]}
    assert {"120", "80", "F", "40", "Headache 1", "Headache 2"} == values


def test_a_manifest_that_is_gone_is_found_by_the_verification(trial):
    sign(trial)
    sha256 = standing(trial)[CASEBOOK].sha256
    (trial.core.settings.files_dir / sha256[:2] / sha256).unlink()
    assert [problem.code for problem in verify(trial.core).problems] == ["file missing"]


def test_the_entry_holds_no_value(trial):
    """Not everybody who reads the trail may see every item."""
    sign(trial)
    trial.save("S-001", {"DM.SEX": "M"}, reason=SOME_REASON)
    said = json.dumps(
        [entry["payload"] for entry in trial.entries("S-001") if entry["kind"].startswith("sign.")]
    )
    assert "Headache" not in said
    assert '"M"' not in said


@pytest.mark.parametrize("person", ["crc", "cra", "dm", "spo", "med", "bld", "cli"])
def test_nobody_but_an_investigator_signs(trial, person):
    to_do = command(trial)
    with pytest.raises((NotAllowed, NotFound)), trial.core.write(getattr(trial, person)) as uow:
        signing.sign(uow, to_do, trial.core.files)
    assert states(trial) == {}


@pytest.mark.parametrize("role", [Role.SUB, Role.PI])
def test_an_investigator_of_another_site_and_a_sub_investigator_do_not_sign(trial, role):
    site = "US-01" if role is Role.PI else "KR-01"
    with pytest.raises((NotAllowed, NotFound)):
        trial.do(
            trial.person(role, "other", site=site),
            lambda uow, c: signing.sign(uow, c, trial.core.files),
            command(trial),
        )
    assert states(trial) == {}


def account(trial, role, login, *, site="KR-01", email=""):
    """Somebody with an account, and a role at a site."""
    add = users.AddUser(study_id=SYSTEM_STUDY, op=new_id(), login=login, full_name=login, email=email)
    trial.do(trial.cli, users.add_user, add)
    with trial.core.write(trial.cli) as uow:
        users.add_grant(uow, users.grant_for_sites(uow, login, role, trial.study_id, (site,)))
    return login


def delegate(trial, login="sub", *, by=None, **fields):
    given = {"document": "Log, page 2", "site": "KR-01", "tasks": "Data entry, Sign"} | fields
    command = RecordEvidence(
        study_id=trial.study_id, op=new_id(), login=login, kind=EvidenceKind.DELEGATION, **given
    )
    return trial.do(by or trial.pi, record_evidence, command)


def now_is(trial, login):
    """The person with what counts today."""
    with trial.core.read() as source:
        return users.actor_of(source, login, users.today(trial.core.clock))


def test_a_sub_investigator_signs_where_the_investigator_delegated_it_until_the_last_day(trial, clock):
    """REQ-SIG-06, REQ-SIG-08."""
    account(trial, Role.SUB, "sub")
    delegate(trial, tasks="Data entry")
    with pytest.raises(NotAllowed):
        sign(trial, VS, by=now_is(trial, "sub"))
    last_day = users.today(trial.core.clock)
    delegate(trial, ends=last_day)
    sign(trial, VS, by=now_is(trial, "sub"))
    (entry,) = of_kind(trial, "sign.set")
    assert (entry["actor"], entry["role"]) == ("sub", "SUB")
    recorded = [entry for entry in trial.entries() if entry["kind"] == "grant.evidence"]
    assert [(one["actor"], one["payload"]["tasks"]) for one in recorded][-1] == (
        trial.pi.name,
        "Data entry, Sign",
    )
    clock.advance(days=1)
    with pytest.raises(NotAllowed):
        sign(trial, DM, by=now_is(trial, "sub"))


def test_signing_is_delegated_to_sub_investigators_at_their_site_alone(trial):
    account(trial, Role.SUB, "elsewhere", site="US-01")
    account(trial, Role.CRC, "crc.2")
    for login in ("elsewhere", "crc.2"):
        delegate(trial, login)
        with pytest.raises((NotAllowed, NotFound)):
            sign(trial, VS, by=now_is(trial, login))
    assert states(trial) == {}


def test_a_sub_investigator_of_a_country_signs_where_it_was_delegated_in_it(trial):
    add = users.AddUser(study_id=SYSTEM_STUDY, op=new_id(), login="sub", full_name="Sub")
    trial.do(trial.cli, users.add_user, add)
    grant = {"role": Role.SUB, "granted_study_id": trial.study_id, "scope": "countries"}
    trial.act(
        trial.cli, users.add_grant, users.AddGrant, study_id=SYSTEM_STUDY, login="sub",
        countries=frozenset({"KR"}), **grant,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        sign(trial, VS, by=now_is(trial, "sub"))
    delegate(trial, task="sign", tasks="")
    sign(trial, VS, by=now_is(trial, "sub"))
    abroad = Place(trial.study_id, trial.sites["US-01"], "US")
    assert not now_is(trial, "sub").may(Action.SIGN, abroad)


def test_who_does_not_sign_for_a_site_has_nobody_sign_there(trial):
    account(trial, Role.SUB, "sub")
    for task in ("", "sign"):
        with pytest.raises(NotAllowed):
            delegate(trial, by=trial.dm, task=task)
    delegate(trial, by=trial.dm, tasks="Data entry, signal detection")
    with pytest.raises(NotAllowed):
        sign(trial, VS, by=now_is(trial, "sub"))


def letters(trial):
    with trial.core.read() as source:
        rows = source.connection.execute(select(job.c.request).where(job.c.kind == "mail")).scalars()
        return [json.loads(text) for text in rows]


def test_whoever_signed_gets_one_mail_when_signatures_break_and_it_holds_no_value(trial, clock):
    """REQ-SIG-05."""
    account(trial, Role.PI, trial.pi.name, email="pi@mail.example")
    sign(trial, VS)
    sign(trial, DM, accepts=False)
    assert broken_mail.tell_signers(trial.core) == 0
    trial.save("S-001", {"VS.SYSBP": "187"}, reason=SOME_REASON)
    trial.save("S-001", {"VS.SYSBP": "188"}, reason=SOME_REASON)
    assert broken_mail.tell_signers(trial.core) == 1
    assert broken_mail.tell_signers(trial.core) == 0
    (request,) = letters(trial)
    assert (request["login"], request["letter"]) == (trial.pi.name, "broken")
    text = mailing.LETTERS["broken"][1].format(base="https://edc.example", **request["facts"])
    assert f"https://edc.example/s/{request['facts']['study']}/sign" in text
    assert not any(word in text for word in ("187", "188", "S-001", "SYSBP", "SEX"))
    clock.advance(minutes=20)
    trial.save("S-001", {"DM.SEX": "M"}, reason=SOME_REASON)
    assert broken_mail.tell_signers(trial.core) == 1


def test_nobody_without_an_address_or_with_a_closed_account_gets_one(trial):
    account(trial, Role.PI, trial.pi.name)
    sign(trial, VS)
    trial.save("S-001", {"VS.SYSBP": "187"}, reason=SOME_REASON)
    assert broken_mail.tell_signers(trial.core) == 0
    assert letters(trial) == []


def test_the_first_signature_in_a_study_takes_the_acceptance_and_the_next_does_not(trial):
    with pytest.raises(ReasonRequired):
        sign(trial, VS, accepts=False)
    sign(trial, VS)
    sign(trial, DM, accepts=False)
    assert [bool(entry["payload"]["accepted"]) for entry in of_kind(trial, "sign.set")] == [True, False]
    other = trial.person(Role.PI, "pi.new", site="KR-01")
    with pytest.raises(ReasonRequired):
        sign(trial, AE, by=other, accepts=False)


def test_what_changed_since_it_was_read_is_not_signed(trial):
    read = lay_out(trial).manifest.sha256
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=SOME_REASON)
    with pytest.raises(EditConflict):
        sign(trial, sha256=read)
    assert states(trial) == {}


def test_a_query_that_came_since_it_was_read_is_not_signed_over(trial):
    read = lay_out(trial).manifest.sha256
    ask(trial)
    with pytest.raises(EditConflict):
        sign(trial, sha256=read)


def ask(trial, item="VS.SYSBP"):
    fields = {"subject_key": "S-001", "path": trial.path(item), "text": "Please check."}
    return trial.act(trial.cra, queries.open_query, queries.OpenQuery, **fields)["query_id"]


def answer(trial, query_id):
    fields = {
        "subject_key": "S-001",
        "query_id": query_id,
        "action": QueryAction.ANSWER,
        "text": "It is right.",
    }
    trial.act(trial.crc, queries.act_on_query, queries.ActOnQuery, **fields)


def protect(trial, action, path=CASEBOOK):
    fields = {"subject_key": "S-001", "path": path, "action": action, "reason": SOME_REASON}
    return trial.act(trial.dm, protecting.protect, protecting.Protect, **fields)


def begin_another(trial):
    trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
    trial.save("S-001", {trial.path("VS.SYSBP", event="UNS"): "130"})


def reopen(trial):
    fields = {"subject_key": "S-001", "form": DM, "reason": SOME_REASON}
    trial.act(trial.dm, capture.reopen_form, capture.ReopenForm, **fields)


@pytest.mark.parametrize(("hinder", "why"), [
    (ask, Hindrance.OPEN_QUERY),
    (lambda trial: answer(trial, ask(trial)), Hindrance.ANSWERED_QUERY),
    (begin_another, Hindrance.IN_PROGRESS),
    (reopen, Hindrance.IN_PROGRESS),
    (lambda trial: protect(trial, ProtectAction.LOCK), Hindrance.LOCKED),
    (lambda trial: protect(trial, ProtectAction.LOCK, VS), Hindrance.LOCKED),
])  # fmt: skip
def test_what_stands_in_the_way(trial, hinder, why):
    hinder(trial)
    assert {one.why for one in lay_out(trial).blockers} == {why}
    with pytest.raises(WrongState):
        sign(trial)
    assert states(trial) == {}


def test_a_form_that_a_begun_visit_still_needs_stands_in_the_way_one_of_a_later_visit_does_not(trial):
    trial.add_subject("S-002")
    trial.save("S-002", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    found = lay_out(trial, subject="S-002").blockers
    assert [(str(one.path), one.why) for one in found] == [
        (str(AE), Hindrance.NOT_STARTED),
        (str(DM), Hindrance.NOT_STARTED),
    ]
    assert lay_out(trial, VS, subject="S-002").blockers == ()
    assert lay_out(trial).blockers == ()  # the unscheduled visit has not begun


def test_nothing_is_signed_where_nothing_is(trial):
    empty = ItemPath.parse("UNS[1]")
    assert [one.why for one in lay_out(trial, empty).blockers] == [Hindrance.NOTHING]
    with pytest.raises(BadRequest):
        lay_out(trial, trial.path("VS.SYSBP"))


def test_answered_queries_may_stay_where_the_study_says_so(core):
    study = vital_signs().with_policy(Policy(sign_queries="answered")).build()
    trial = Trial(core, study)
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    answer(trial, ask(trial))
    sign(trial, VS)
    assert states(trial) == {VS: SIGNED}
    ask(trial, "VS.DIABP")
    assert [one.why for one in lay_out(trial, V1).blockers if one.path.item] == [Hindrance.OPEN_QUERY]


def test_what_is_signed_is_not_signed_twice(trial):
    sign(trial)
    with pytest.raises(WrongState):
        sign(trial)
    sign(trial, VS)  # a narrower signature is another one
    assert states(trial) == {CASEBOOK: SIGNED, VS: SIGNED}


def test_frozen_data_are_signed_and_locked_ones_neither_signed_nor_withdrawn(trial):
    protect(trial, ProtectAction.FREEZE)
    sign(trial)
    protect(trial, ProtectAction.LOCK)
    with pytest.raises(Protected):
        withdraw(trial)
    assert states(trial) == {CASEBOOK: SIGNED}


# Every door: (what happens, what breaks, what the entry says of the first change).
def save(trial):
    trial.save("S-001", {"VS.SYSBP": "121"}, reason=SOME_REASON)


def save_missing(trial):
    path = trial.path("VS.SYSBP")
    given = ItemInput(path, "", missing="ND", base_version=1)
    trial.save("S-001", {}, items=(given,), reason=SOME_REASON)


def strike(trial, *, restore=False):
    row = trial.path("AE.TERM", rows=("2",)).parent
    fields = {"subject_key": "S-001", "form": AE, "row": row, "reason": SOME_REASON, "restore": restore}
    trial.act(trial.crc, capture.strike_row, capture.StrikeRow, **fields)


def not_done(trial):
    fields = {"subject_key": "S-001", "event": ItemPath.parse("UNS[1]"), "reason": SOME_REASON}
    trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
    trial.act(trial.crc, visits.mark_event_not_done, visits.MarkEventNotDone, **fields)


def correct_number(trial):
    fields = {"subject_key": "S-001", "new_key": "S-009", "reason": SOME_REASON}
    trial.act(trial.pi, correcting.correct_subject_key, CorrectSubjectKey, **fields)


def bring_in(trial):
    item = ImportedItem(trial.path("VS.SYSBP"), "125")
    subject = ImportedSubject("TRIAL-1", "1", "S-001", "KR-01", (ImportedForm(VS, (item,)),))
    staged = Staged(Imported((), (), (subject,)), "a" * 64, ("file.xml",))
    importing.run(trial.core, trial.cli, staged, environment="dev")


def transfer(trial):
    given = ItemInput(trial.path("VS.SYSBP"), "126", source={"file": "lab.csv"})
    fields = {"subject_key": "S-001", "form": VS, "items": (given,), "reason": SOME_REASON}
    trial.act(trial.dm, transferring.transfer_items, TransferItems, **fields)


def remove(trial):
    fields = {"subject_key": "S-001", "form": DM, "reason": SOME_REASON}
    trial.act(trial.crc, removing.remove_form, RemoveForm, **fields)


DOORS = {
    "save": (save, {CASEBOOK, V1, VS}, {"path": f"{VS}/VS[1]/VS.SYSBP", "what": "item", "from": 1, "to": 2}),
    "a reopened form": (reopen, {CASEBOOK, V1, DM},
                        {"path": str(DM), "what": "form", "from": "complete", "to": "in_progress"}),
    "a struck row": (strike, {CASEBOOK, V1, AE},
                     {"path": f"{AE}/AE.ROW[2]/AE.TERM", "what": "item", "from": 1, "to": None}),
    "a visit not done": (not_done, {CASEBOOK}, {"path": "UNS[1]", "what": "visit", "from": None, "to": "not done"}),
    "a removed form": (remove, {CASEBOOK, V1, DM},
                       {"path": str(DM), "what": "form", "from": "complete", "to": "removed"}),
    "a visit begun": (begin_another, {CASEBOOK},
                      {"path": "UNS[1]/VS[1]", "what": "form", "from": None, "to": "in_progress"}),
}  # fmt: skip
ALL = {CASEBOOK, V1, VS, DM, AE}


def sign_everything(trial):
    for path in ALL:
        sign(trial, path)


def said_of_breaks(trial, subject="S-001"):
    return {entry["path"]: entry["payload"]["changes"] for entry in of_kind(trial, "sign.break", subject)}


def test_a_struck_row_in_which_nothing_is_answered_comes_back_and_no_signature_breaks(trial):
    trial.save("S-001", {trial.path("AE.TERM", rows=("2",)): ""}, reason=SOME_REASON)
    strike(trial)
    sign_everything(trial)
    strike(trial, restore=True)
    assert set(states(trial).values()) == {SIGNED}
    assert_whole(trial)


@pytest.mark.parametrize("door", DOORS)
def test_every_door_breaks_the_signatures_on_and_above_what_it_changes(trial, door):
    change, broken, first = DOORS[door]
    sign_everything(trial)
    change(trial)
    assert {path for path, state in states(trial).items() if state is BROKEN} == broken
    assert {path for path, state in states(trial).items() if state is SIGNED} == ALL - broken
    breaks = of_kind(trial, "sign.break")
    assert {(entry["actor"], entry["role"]) for entry in breaks} == {("system", "")}
    assert {entry["payload"]["changes"][0]["path"] for entry in breaks} == {first["path"]}
    assert breaks[0]["payload"]["changes"][0] == first
    assert (
        breaks[0]["op"] == trial.entries("S-001")[-len(breaks) - 1]["op"]
    )  # with the change, in its operation
    assert_whole(trial)


def test_a_removed_visit_breaks_every_signature_in_it_and_above_it(trial):
    sign_everything(trial)
    fields = {"subject_key": "S-001", "event": V1, "reason": SOME_REASON}
    trial.act(trial.crc, visits.remove_event, RemoveEvent, **fields)
    assert set(states(trial).values()) == {BROKEN}
    form = {"path": str(VS), "what": "form", "from": "complete", "to": "removed"}
    assert said_of_breaks(trial)[str(VS)][0] == form
    assert form in said_of_breaks(trial)[""]
    assert_whole(trial)


def test_another_subject_number_breaks_every_signature_for_each_names_it(trial):
    sign_everything(trial)
    correct_number(trial)
    assert {path for path, one in standing(trial, "S-009").items() if one.state is BROKEN} == ALL
    number = {"path": "", "what": "subject", "from": "S-001", "to": "S-009"}
    assert said_of_breaks(trial, "S-009") == {str(path) if path != CASEBOOK else "": [number] for path in ALL}
    with trial.core.read() as source:
        at_hand = desk(trial, source, subject="S-009")
        for one in standing(trial, "S-009").values():
            (found,) = at_hand.changes_since(one)
            assert (found.what, found.before, found.after) == ("subject", "S-001", "S-009")


@pytest.fixture
def filled_dev(core):
    """As ``trial``, in dev, where files may bring in anything."""
    dev = Trial(core, vital_signs().build(), environment="dev")
    dev.add_subject()
    dev.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    return dev


def test_an_import_breaks_and_one_that_changes_nothing_does_not(filled_dev):
    sign(filled_dev, VS)
    bring_in(filled_dev)
    assert states(filled_dev) == {VS: BROKEN}
    sign(filled_dev, VS)
    bring_in(filled_dev)
    assert states(filled_dev) == {VS: SIGNED}


def test_a_transfer_breaks(core):
    study = vital_signs().build()
    items = tuple(replace(one, origin="transferred") if one.oid == "VS.SYSBP" else one for one in study.items)
    trial = Trial(core, replace(study, items=items))
    trial.add_subject()
    trial.save("S-001", {"VS.DIABP": "80"}, complete=True)
    transfer(trial)
    sign(trial, VS)
    given = ItemInput(trial.path("VS.SYSBP"), "127", source={"file": "lab.csv"})
    fields = {"subject_key": "S-001", "form": VS, "items": (given,), "reason": SOME_REASON}
    trial.act(trial.dm, transferring.transfer_items, TransferItems, **fields)
    assert states(trial) == {VS: BROKEN}


def test_a_value_calculated_on_another_form_breaks_its_signature(core, tmp_path):
    file = tmp_path / "demo.yaml"
    file.write_text(CALCULATING, encoding="utf-8")
    site = SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul")
    trial = Trial(core, replace(load(file).required(), sites=(site,)), environment="dev")
    trial.add_subject()
    for event, weight in (("SCR", "70"), ("V1", "71")):
        trial.save("S-001", {trial.path("VS.WEIGHT", event=event): weight}, complete=True)
    first, second = (trial.form("VS", event=event) for event in ("SCR", "V1"))
    sign(trial, second)
    trial.save("S-001", {trial.path("VS.WEIGHT", event="SCR"): "72"}, reason=SOME_REASON)
    assert states(trial) == {second: BROKEN}
    changes = {
        one["path"].split("/")[-1]: (one["from"], one["to"]) for one in said_of_breaks(trial)[str(second)]
    }
    assert changes == {"VS.CHANGE": (1, 2), "VS.TOTAL": (1, 2)}
    assert first not in states(trial)
    assert_whole(trial)


def foreseen(trial, version, *, by=None):
    """Path of each signature on what would move, to what of it would read otherwise."""
    with trial.core.read() as source:
        picture = look_at(source, by or trial.dm, readers.study_by_id(source.connection, trial.study_id))
        found = foreseeing.foresee(trial.core, picture, MetaDataIndex(version))
    return {mark.path: mark.lines for mark in found.marks if mark.what == "signature"}


@pytest.mark.parametrize(
    ("change", "what", "before", "after"),
    [
        ("decode", "value", "F", "Woman"),
        ("unit", "value", "120", "120 mmHg"),
        ("language", None, "", ""),
        ("help", None, "", ""),
    ],
)
def test_the_impact_says_of_each_signature_what_would_read_otherwise(trial, change, what, before, after):
    sign(trial, V1)
    version = replace(trial.index.version, oid="2")
    if change == "decode":
        lists = [
            replace(
                one,
                items=tuple(
                    replace(term, decode=TranslatedText.of("Woman", "en"))
                    if term.coded_value == "F"
                    else term
                    for term in one.items
                ),
            )
            for one in version.code_lists
        ]
        version = replace(version, code_lists=tuple(lists))
    elif change == "unit":
        items = [
            replace(one, measurement_unit_oids=("mmHg",)) if one.oid == "VS.SYSBP" else one
            for one in version.items
        ]
        unit = MeasurementUnit("mmHg", "mmHg", TranslatedText.of("mmHg", "en"))
        version = replace(version, items=tuple(items), measurement_units=(unit,))
    elif change == "language":
        items = [
            replace(one, question=TranslatedText((*one.question.texts, ("ko", "질문"))))
            for one in version.items
        ]
        version = replace(version, items=tuple(items))
    else:
        items = [replace(one, help=TranslatedText.of("Sit down", "en")) for one in version.items]
        version = replace(version, items=tuple(items))
    foretold = foreseen(trial, version)[str(V1)]
    trial.publish(version)
    fields = {"subject_key": "S-001", "meta_data_version": "2", "reason": SOME_REASON}
    trial.act(
        trial.dm,
        lambda uow, c: migrating.migrate_subject(uow, c, trial.core.plugins),
        MigrateSubject,
        **fields,
    )
    assert states(trial) == {V1: BROKEN if what else SIGNED}
    told = {one.path for one in foretold}
    assert told == ({one["path"] for one in said_of_breaks(trial)[str(V1)]} if what else set())
    if what:
        assert (what, before, after) in {(one.what, one.before, one.after) for one in foretold}


def amended(*, wording):
    study = vital_signs()
    built = study.with_item("DM.RACE").build("2")
    if not wording:
        return built
    question = TranslatedText.of("Systolic blood pressure, seated", "en")
    items = tuple(replace(one, question=question) if one.oid == "VS.SYSBP" else one for one in built.items)
    return replace(built, items=items)


@pytest.mark.parametrize("wording", [True, False])
def test_a_migration_breaks_where_a_question_reads_otherwise_and_nowhere_else(trial, wording):
    sign(trial, VS)
    sign(trial, DM)
    foretold = foreseen(trial, amended(wording=wording))
    old = trial.index.items["VS.SYSBP"].question.in_language("en")
    trial.publish(amended(wording=wording))
    fields = {"subject_key": "S-001", "meta_data_version": "2", "reason": SOME_REASON}
    act = lambda uow, c: migrating.migrate_subject(uow, c, trial.core.plugins)  # noqa: E731
    assert trial.act(trial.dm, act, MigrateSubject, **fields)["moved"]
    assert states(trial) == {VS: BROKEN if wording else SIGNED, DM: SIGNED}
    line = (str(trial.path("VS.SYSBP")), "question", old, "Systolic blood pressure, seated")
    assert foretold == {str(VS): (line,) if wording else (), str(DM): ()}, (
        "word by word, before anything moved"
    )
    if wording:
        assert said_of_breaks(trial)[str(VS)][0]["what"] == "item"


def test_queries_protection_and_refused_values_break_nothing(trial):
    sign_everything(trial)
    answer(trial, ask(trial))
    protect(trial, ProtectAction.FREEZE)
    protect(trial, ProtectAction.UNFREEZE)
    trial.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON)  # as it stands there
    assert set(states(trial).values()) == {SIGNED}
    assert of_kind(trial, "sign.break") == []


def test_one_break_for_each_signature_however_much_changes_after_it(trial):
    sign(trial)
    save(trial)
    trial.save("S-001", {"DM.AGE": "41"}, reason=SOME_REASON)
    assert len(of_kind(trial, "sign.break")) == 1


def test_signing_again_shows_exactly_what_changed_since(trial):
    sign(trial)
    save(trial)
    trial.save("S-001", {"DM.AGE": "41"}, reason=SOME_REASON)
    with trial.core.read() as source:
        found = desk(trial, source).changes_since(standing(trial)[CASEBOOK])
    assert [(one.path.split("/")[-1], one.before.value, one.after.value) for one in found] == [
        ("VS.SYSBP", "120", "121"),
        ("DM.AGE", "40", "41"),
    ]
    sign(trial)
    again = of_kind(trial, "sign.set")[-1]
    assert again["payload"]["again"] == of_kind(trial, "sign.set")[0]["n"]
    assert states(trial) == {CASEBOOK: SIGNED}
    with trial.core.read() as source:
        assert desk(trial, source).changes_since(standing(trial)[CASEBOOK]) == ()
    assert_whole(trial)


def test_a_value_changed_and_changed_back_is_read_again_all_the_same(trial):
    sign(trial)
    save(trial)
    trial.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON)
    with trial.core.read() as source:
        [found] = desk(trial, source).changes_since(standing(trial)[CASEBOOK])
    assert (found.before.value, found.before.version, found.after.value, found.after.version) == (
        "120",
        1,
        "120",
        3,
    )
    assert states(trial) == {CASEBOOK: BROKEN}


def test_an_investigator_withdraws_the_own_signature_with_a_reason(trial):
    sign(trial)
    with pytest.raises(ReasonRequired):
        withdraw(trial, reason=NO_REASON)
    withdraw(trial, reason=Reason(text="Signed by mistake."))
    [stands] = standing(trial).values()
    assert (stands.state, stands.reason) == (WITHDRAWN, "Signed by mistake.")
    with pytest.raises(WrongState):
        withdraw(trial)
    save(trial)
    assert of_kind(trial, "sign.break") == []
    sign(trial)
    assert states(trial) == {CASEBOOK: SIGNED}
    assert_whole(trial)


@pytest.mark.parametrize("person", ["other investigator", "crc", "dm"])
def test_nobody_withdraws_anothers_signature(trial, person):
    sign(trial)
    other = (
        trial.person(Role.PI, "pi.new", site="KR-01")
        if person.startswith("other")
        else getattr(trial, person)
    )
    with pytest.raises(NotAllowed):
        withdraw(trial, by=other)
    assert states(trial) == {CASEBOOK: SIGNED}


def test_a_signature_given_anew_is_not_withdrawn_by_an_old_page(trial):
    sign(trial)
    old = standing(trial)[CASEBOOK].n
    save(trial)
    sign(trial)
    with pytest.raises(EditConflict):
        withdraw(trial, n=old)


def test_the_same_signature_sent_twice_is_given_once(trial):
    to_do = command(trial)
    answers = []
    for _ in range(2):
        with trial.core.write(trial.pi) as uow:
            answers.append(signing.sign(uow, to_do, trial.core.files))
    assert answers[0] == answers[1]
    assert len(of_kind(trial, "sign.set")) == 1


def test_the_history_says_it_in_words(trial):
    sign(trial, VS)
    save(trial)
    withdraw_of = sign(trial, DM)["n"]
    withdraw(trial, DM, n=withdraw_of)
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        chain = trial.casebook("S-001").subject.subject_id
        page = history(look_at(source, trial.pi, study), chain, TrailFilter())
    texts = [one.text for one in page.happenings if one.kind.startswith("sign.")]
    assert texts == [
        "withdrew the signature of DM.",
        "signed DM: responsibility.",
        "found the signature of VS broken: 1 thing had changed.",
        "signed VS: responsibility.",
    ]


def test_what_was_signed_stays_signed_when_the_subject_goes_to_another_site(trial):
    """Nothing of what was signed changes; the next who signs there signs what is new."""
    sign(trial)
    to = {"subject_key": "S-001", "site": "US-01", "day": "2026-03-02", "reason": SOME_REASON}
    trial.act(trial.dm, correcting.move_subject, MoveSubject, **to)
    assert states(trial) == {CASEBOOK: SIGNED}
    pi = trial.person(Role.PI, "pi.us", site="US-01")
    trial.save("S-001", {"DM.AGE": "41"}, by=pi, reason=SOME_REASON)
    assert states(trial) == {CASEBOOK: BROKEN}
    sign(trial, by=pi)
    assert states(trial) == {CASEBOOK: SIGNED}
    assert verify(trial.core, rebuild=True).ok
