"""An identifier of a person reaches no table, whatever door it comes by; that it was refused is on record."""

import dataclasses

import pytest
from edc_core_scanners.plugin import SCANNERS

from edc_core.core import Core
from edc_core.domain import commands, study_commands
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import AddFile, Reason
from edc_core.domain.file_value import FileValue
from edc_core.domain.metadata import Policy
from edc_core.domain.permission import Actor, Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryAction
from edc_core.domain.scanner import OnHit, Scanner, refusals, wanted
from edc_core.domain.translated_text import TranslatedText
from edc_core.errors import BadRequest, NotAllowed, NotFound, ValueRefused
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import adding_files, dispatch, queries
from edc_core.services.history import item_history
from edc_core.services.reading import look_at
from edc_core.settings import Settings
from edc_core.store import readers
from tests.builders import Trial, vital_signs

MAIL = "kim.quix@example.org"
PERSON = "Mrs Quixano"
NATIONAL = Scanner("national", r"\d{6}-\d{7}", TranslatedText.of("Write it without.", "en"), by_law=True)


@pytest.fixture
def core(core_url, clock, tmp_path):
    plugins = EdcPlugins([PluginSource("scanners", "edc_core_scanners.plugin", "edc-core-scanners", "0.1.0")])
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), plugins, clock)
    yield core
    core.close()


def version():
    return vital_signs().with_plugin("edc-core-scanners", ">=0.1")


@pytest.fixture
def trial(core):
    trial = Trial(core, version().build())
    trial.add_subject()
    return trial


def save(trial, raw, item="VS.NOTE", **more):
    path = trial.path(item)
    command = commands.SaveItems(
        study_id=trial.study_id,
        op=new_id(),
        subject_key="S-001",
        form=path.form_path,
        items=(ItemInput(path, raw, base_version=0),),
        **more,
    )
    return dispatch.submit(trial.core, trial.crc, [command])


def notes(trial):
    return [
        (e["path"], e["payload"]["note"], e["payload"].get("check", ""))
        for e in trial.entries("S-001")
        if e["kind"] == "note.add"
    ]


@pytest.mark.parametrize("item", ["VS.NOTE", "VS.SYSBP"])
def test_a_value_is_refused_and_noted_without_it(trial, grep_database, item):
    with pytest.raises(ValueRefused) as refused:
        save(trial, f"write to {MAIL}", item)
    assert (refused.value.details["check"], refused.value.details["asks"]) == ("scanner:e-mail", False)
    assert MAIL not in refused.value.message
    assert notes(trial) == [(str(trial.path(item)), "value refused", "scanner:e-mail")]
    assert grep_database(MAIL) == []
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-001")
        told = item_history(
            look_at(source, trial.dm, study), subject.subject_id, trial.path(item),
            site_id=subject.site_id, limit=1,
        )  # fmt: skip
    assert "by the scanner e-mail for identifiers; it was not stored" in told.happenings[0].text


def test_what_only_looks_like_one_is_stored_when_the_person_says_that_it_is_none(trial, grep_database):
    with pytest.raises(ValueRefused) as refused:
        save(trial, PERSON)
    assert refused.value.details["asks"] is True
    assert grep_database(PERSON) == []
    save(trial, PERSON, cleared=True)
    assert trial.casebook("S-001").items[trial.path("VS.NOTE")].value == PERSON
    assert [note for _, note, _ in notes(trial)] == ["value refused", "said to be no identifier"]
    [said] = [e for e in trial.entries("S-001") if e["payload"].get("note") == "said to be no identifier"]
    assert said["actor"] == trial.crc.name


def test_what_is_one_is_stored_for_nobody(trial, grep_database):
    with pytest.raises(ValueRefused):
        save(trial, MAIL, cleared=True)
    assert grep_database(MAIL) == []


def test_the_same_refused_save_again_is_refused_again_and_noted_once(trial):
    path = trial.path("VS.NOTE")
    command = commands.SaveItems(
        study_id=trial.study_id,
        op="op-1",
        subject_key="S-001",
        form=path.form_path,
        items=(ItemInput(path, PERSON),),
    )
    for _ in range(2):
        with pytest.raises(ValueRefused) as refused:
            dispatch.submit(trial.core, trial.crc, [command])
        assert refused.value.details["asks"] is True
    assert len(notes(trial)) == 1


def test_a_query_is_refused_in_its_first_words_and_in_an_answer(trial, grep_database):
    save(trial, "fine")
    place = {"subject_key": "S-001", "path": trial.path("VS.NOTE")}
    with pytest.raises(ValueRefused):
        trial.act(trial.dm, queries.open_query, queries.OpenQuery, text=f"Is it {MAIL}?", **place)
    answer = trial.act(trial.dm, queries.open_query, queries.OpenQuery, text="What is it?", **place)
    with pytest.raises(ValueRefused):
        trial.act(
            trial.crc,
            queries.act_on_query,
            queries.ActOnQuery,
            subject_key="S-001",
            query_id=answer["query_id"],
            action=QueryAction.ANSWER,
            text=f"It is {PERSON}.",
        )
    assert [(note, check) for _, note, check in notes(trial)] == [
        ("query refused", "scanner:e-mail"),
        ("query refused", "scanner:person"),
    ]
    assert grep_database(MAIL) == grep_database(PERSON) == []


def test_a_reason_is_refused(trial, grep_database):
    save(trial, "fine")
    with pytest.raises(ValueRefused):
        save(trial, "better", reason=Reason("other", f"{MAIL} said so"))
    assert [note for _, note, _ in notes(trial)] == ["reason refused"]
    assert grep_database(MAIL) == []


def test_the_name_of_a_file_is_refused(trial, grep_database):
    path = trial.path("VS.NOTE")
    command = AddFile(
        study_id=trial.study_id,
        op=new_id(),
        subject_key="S-001",
        form=path.form_path,
        path=path,
        file=FileValue("0" * 64, 10, f"ECG {MAIL}.pdf"),
        file_type="pdf",
    )
    with pytest.raises(ValueRefused):
        trial.do(trial.crc, adding_files.add_file, command)
    assert [note for _, note, _ in notes(trial)] == ["file name refused"]
    assert grep_database(MAIL) == []


def test_whom_the_subject_does_not_concern_does_not_learn_that_it_is_there(trial):
    command = commands.OpenQuery(
        study_id=trial.study_id, op=new_id(), subject_key="S-001", path=trial.path("VS.NOTE"), text=MAIL
    )
    stranger = trial.person(Role.CRA, "cra.elsewhere", site="US-01")
    with pytest.raises(NotFound):
        dispatch.submit(trial.core, stranger, [command])
    assert notes(trial) == []


def test_a_rehearsal_leaves_no_note(trial):
    command = commands.OpenQuery(
        study_id=trial.study_id, op=new_id(), subject_key="S-001", path=trial.path("VS.NOTE"), text=MAIL
    )
    [answer] = dispatch.rehearse(trial.core, trial.dm, [command])
    assert isinstance(answer, ValueRefused)
    assert notes(trial) == []


def test_a_study_that_does_not_name_the_plugin_stores_what_is_typed(core):
    other = Trial(core, vital_signs("OTHER").build())
    other.add_subject()
    other.save("S-001", {"VS.NOTE": MAIL})
    assert other.casebook("S-001").items[other.path("VS.NOTE")].value == MAIL


# Numbers of subjects, and what is said about the study as a whole


def of_study(trial):
    return [
        (e["payload"]["note"], e["payload"]["check"], e["actor"])
        for e in trial.entries()
        if e["kind"] == "note.add" and "check" in e["payload"]
    ]


def add(trial, key, op=""):
    command = commands.AddSubject(
        study_id=trial.study_id, op=op or new_id(), subject_key=key, site_id=trial.sites["KR-01"]
    )
    return dispatch.submit(trial.core, trial.crc, [command])


def test_a_subject_number_that_is_an_identifier_begins_no_subject(trial, grep_database):
    for _ in range(2):
        with pytest.raises(ValueRefused) as refused:
            add(trial, MAIL, op="add-subject-1")
        assert refused.value.details["check"] == "scanner:e-mail"
    assert grep_database(MAIL) == []
    assert of_study(trial) == [("subject number refused", "scanner:e-mail", "system:scanner")]
    add(trial, PERSON)  # it only looks like one, and a number cannot be worded anew
    command = commands.CorrectSubjectKey(
        study_id=trial.study_id,
        op=new_id(),
        subject_key="S-001",
        new_key=MAIL,
        reason=Reason(text="Mistyped"),
    )
    with pytest.raises(ValueRefused):
        dispatch.submit(trial.core, trial.pi, [command])
    assert notes(trial) == [("", "subject number refused", "scanner:e-mail")]
    assert grep_database(MAIL) == []


def test_a_reason_for_a_step_of_the_study_is_looked_through(trial, grep_database):
    freeze = study_commands.ProtectStudy(
        study_id=trial.study_id,
        op="freeze-study-1",
        action=ProtectAction.FREEZE,
        reason=Reason(text=f"Ask {MAIL}"),
    )
    for _ in range(2):
        with pytest.raises(ValueRefused):
            dispatch.submit(trial.core, trial.dm, [freeze])
    close = study_commands.CloseSite(
        study_id=trial.study_id, op=new_id(), number="KR-01", reason=Reason(text=f"Ask {PERSON}")
    )
    with pytest.raises(ValueRefused):
        dispatch.submit(trial.core, trial.dm, [close])
    assert grep_database(MAIL) == grep_database(PERSON) == []
    assert of_study(trial) == [
        ("reason refused", "scanner:e-mail", "system:scanner"),
        ("reason refused", "scanner:person", "system:scanner"),
    ]
    assert not trial.casebook("S-001").protections


def test_a_note_about_the_study_is_refused_and_that_is_on_record(trial, grep_database):
    note = commands.AddNote(
        study_id=trial.study_id,
        op=new_id(),
        topic="test.list",
        name="Mine",
        content={"findings": [f"See {MAIL}"]},
    )
    with pytest.raises(BadRequest):
        dispatch.submit(trial.core, trial.dm, [note])
    assert grep_database(MAIL) == []
    assert of_study(trial) == [("reason refused", "scanner:e-mail", "system:scanner")]


def test_who_has_no_part_in_the_study_leaves_no_note(trial):
    stranger = Actor("stranger", "stranger", "Stranger")
    close = study_commands.CloseSite(
        study_id=trial.study_id, op=new_id(), number="KR-01", reason=Reason(text=f"Ask {MAIL}")
    )
    with pytest.raises(NotAllowed):
        dispatch.submit(trial.core, stranger, [close])
    assert of_study(trial) == []


# What a study says of scanners


def with_policy(core, **said):
    built = version().build()
    trial = Trial(core, dataclasses.replace(built, policy=dataclasses.replace(built.policy, **said)))
    trial.add_subject()
    return trial


def test_a_study_does_without_a_scanner(core):
    trial = with_policy(core, scanners_off=("e-mail",))
    save(trial, MAIL)
    assert trial.casebook("S-001").items[trial.path("VS.NOTE")].value == MAIL


def test_a_study_has_one_ask_and_another_one_block(core):
    trial = with_policy(core, scanners_ask=("e-mail",), scanners_block=("person",))
    with pytest.raises(ValueRefused) as asked:
        save(trial, MAIL)
    assert asked.value.details["asks"] is True
    save(trial, MAIL, cleared=True)
    with pytest.raises(ValueRefused) as blocked:
        save(trial, PERSON, "VS.SYSBP", cleared=True)
    assert blocked.value.details["asks"] is False


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"scanners_off": ("e-mial",)}, "'e-mial' is no scanner of the plugins that this study names"),
        ({"scanners_ask": ("e-mail",), "scanners_block": ("e-mail",)}, "named 2 times"),
        ({"scanners_off": ("national",)}, "blocks by law"),
        ({"scanners_ask": ("national",)}, "blocks by law"),
    ],
)
def test_what_a_study_cannot_have_is_said(said, words):
    found = refusals([*SCANNERS, NATIONAL], Policy(**said))
    assert len(found) == 1
    assert words in found[0]


def test_what_a_law_asks_for_stays_as_it_is():
    policy = Policy(scanners_off=("national", "e-mail"), scanners_ask=("national",))
    kept = {one.name: one for one in wanted([*SCANNERS, NATIONAL], policy)}
    assert kept["national"].on_hit is OnHit.BLOCK
    assert "e-mail" not in kept
    assert refusals([*SCANNERS, NATIONAL], Policy(scanners_block=("national", "person"))) == []
