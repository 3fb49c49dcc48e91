"""Queries of an exported file are live again where it is imported: same threads, nothing asked twice, nothing lost."""

from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Actor, Role
from edc_core.domain.query import QueryAction, QueryState
from edc_core.domain.reconcile import NO_FINDING
from edc_core.errors import NotAllowed
from edc_core.ids import new_id
from edc_core.ledger.append import Reason
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, importing, queries
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import listing_queries, readers
from tests.builders import Trial, vital_signs

CLI = Actor("cli:test", trusted=True)
A, S = QueryAction, QueryState
WHY = Reason("transcription", "Read wrongly.")


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


def ask(trial, actor, path, text="Please check.", **more):
    command = {"subject_key": "S-001", "path": path, "text": text} | more
    return trial.act(actor, queries.open_query, queries.OpenQuery, **command)["query_id"]


def act(trial, actor, query_id, action, text="Checked.", **more):
    command = {"subject_key": "S-001", "query_id": query_id, "action": action, "text": text} | more
    trial.act(actor, queries.act_on_query, queries.ActOnQuery, **command)


def asked_by_check(trial, item):
    [query] = [q for q in trial.casebook("S-001").queries.values() if q.is_system and q.path.item == item]
    return query


@pytest.fixture
def first(core):
    """A subject with queries in every state that people and checks can bring about, here and there with a long thread."""
    trial = Trial(core, vital_signs("ROUND").build(), environment="uat")
    trial.add_subject("S-001", site="KR-01")
    trial.save("S-001", {"VS.SYSBP": "300", "VS.DIABP": "10", "VS.NOTE": "so \\ so"})
    trial.complete("S-001", "VS")
    closed = asked_by_check(trial, "VS.SYSBP").query_id
    act(trial, trial.crc, closed, A.ANSWER, "It was <300> & measured twice.")
    act(trial, trial.dm, closed, A.CLOSE, "")
    trial.save("S-001", {"VS.DIABP": "70"}, reason=WHY)  # resolves its query
    note = ask(trial, trial.cra, trial.path("VS.NOTE"), "What is so?")
    act(trial, trial.crc, note, A.ANSWER, "The weather.")
    act(trial, trial.cra, note, A.CLOSE, "Fine.")
    trial.save("S-001", {"VS.NOTE": "hot"}, reason=WHY)  # marks it as modified after it was closed
    answered = ask(trial, trial.med, trial.path("VS.DATE"), "When?")
    act(trial, trial.crc, answered, A.ANSWER, "Long ago.")
    cancelled = ask(trial, trial.dm, trial.form("VS"), "Never mind.")
    act(trial, trial.dm, cancelled, A.CANCEL, "Asked in error.")
    forwarded = ask(trial, trial.cra, trial.path("VS.DATE"), "In which year?")
    act(trial, trial.cra, forwarded, A.FORWARD, "Does it matter?", recipient="MED")
    dropped = ask(trial, trial.cra, trial.form("VS"), "Is it so?", proposed=True)
    act(trial, trial.dm, dropped, A.DISCARD, "Asked by telephone.")
    ask(trial, trial.dm, ItemPath(), "Is this the right subject?")
    ask(trial, trial.dm, trial.form("DM"), "Why is this not begun?")
    return trial


def out(core, study_id, folder):
    command = exporting.RequestExport(
        study_id=study_id, op=new_id(), choice=ExportChoice("odm-1.3.2", unlocked=True)
    )
    return exporting.export(core, CLI, command, folder).folder / "odm.xml"


class Second:
    """The study as it is imported from a file."""

    def __init__(self, trial, file):
        self.core = trial.core
        self.report = importing.run(self.core, CLI, importing.stage(self.core, [file]), environment="dev")
        self.trial = Trial.__new__(Trial)
        self.trial.__dict__.update(trial.__dict__)
        with self.core.read() as source:
            self.trial.study_id = readers.find_study(source.connection, "ROUND@dev").study_id
        self.trial.environment = "dev"
        for name, role in {"crc": Role.CRC, "cra": Role.CRA, "dm": Role.DM, "med": Role.MED}.items():
            setattr(self.trial, name, self.trial.person(role, getattr(trial, name).name))


def threads(trial):
    return {
        q.query_id: replace(q, fingerprint="", check_oid="", plugin="")
        for q in trial.casebook("S-001").queries.values()
    }


def states(trial):
    return sorted(q.state for q in trial.casebook("S-001").queries.values())


def test_every_thread_is_live_where_it_is_imported_and_goes_out_as_it_came_in(first, tmp_path):
    before = threads(first)
    assert states(first) == ["Answered", *["Cancelled"] * 2, *["Closed"] * 2, *["Open"] * 3, "Resolved"]
    file = out(first.core, first.study_id, tmp_path / "first")
    second = Second(first, file)
    assert second.report.not_in == {}
    assert [p for p in second.report.problems if p.code in ("ODM041", "EDC103")] == []
    assert threads(second.trial) == before
    again = out(first.core, second.trial.study_id, tmp_path / "second")
    third = importing.stage(first.core, [again]).imported.subjects[0]
    brought = importing.stage(first.core, [file]).imported.subjects[0]
    checks = {
        "VS.SYSBP.RC2": "VS.SYSBP.LE",
        "VS.DIABP.RC1": "VS.DIABP.GE",
    }  # the importer names what had no OID
    named = [replace(one.query, check_oid=checks.get(one.query.check_oid, one.query.check_oid)) for one in brought.queries]  # fmt: skip
    assert sorted(map(repr, named)) == sorted(repr(one.query) for one in third.queries)
    assert "queries" not in third.source
    report = verify(first.core, rebuild=True)
    assert report.ok, report.problems


def test_the_ledger_names_the_importer_and_keeps_the_words_of_the_source(first, tmp_path):
    second = Second(first, out(first.core, first.study_id, tmp_path))
    entries = [e for e in second.trial.entries("S-001") if "imported" in e["payload"]]
    assert {e["actor"] for e in entries} == {"cli:test"}
    assert {e["payload"]["imported"]["actor"] for e in entries} >= {
        "system",
        "crc.kim",
        "cra.park",
        "dm.choi",
    }
    assert len(entries) == sum(len(q.messages) for q in threads(first).values())


def test_the_query_list_has_them_with_their_authors(first, tmp_path):
    second = Second(first, out(first.core, first.study_id, tmp_path))
    wanted = {q.query_id for q in threads(first).values()}
    with second.core.read() as source:
        for query_id in wanted:
            found, _ = listing_queries.one_query(source.connection, second.trial.study_id, query_id)
            assert found.author == threads(first)[query_id].author


def test_what_came_closed_is_silent_until_the_data_change(first, tmp_path):
    trial = Second(first, out(first.core, first.study_id, tmp_path)).trial
    query = asked_by_check(trial, "VS.SYSBP")
    assert (query.state, bool(query.fingerprint)) == (S.CLOSED, True)
    trial.save("S-001", {"VS.NOTE": "other"}, reason=WHY)
    assert asked_by_check(trial, "VS.SYSBP").state is S.CLOSED
    trial.save("S-001", {"VS.SYSBP": "310"}, reason=WHY)
    assert asked_by_check(trial, "VS.SYSBP").state is S.OPEN


def test_what_came_closed_without_its_finding_asks_again_when_the_finding_comes(first, tmp_path):
    file = out(first.core, first.study_id, tmp_path)
    file.write_text(file.read_text().replace('Value="300"', 'Value="200"'))
    trial = Second(first, file).trial
    query = asked_by_check(trial, "VS.SYSBP")
    assert (query.state, query.fingerprint) == (S.CLOSED, NO_FINDING)
    trial.save("S-001", {"VS.SYSBP": "300"}, reason=WHY)
    assert asked_by_check(trial, "VS.SYSBP").state is S.OPEN
    assert verify(trial.core, rebuild=True).ok


def test_open_query_whose_check_asks_nothing_here_is_resolved(core, tmp_path):
    first = Trial(core, vital_signs("ROUND").build(), environment="uat")
    first.add_subject("S-001", site="KR-01")
    first.save("S-001", {"VS.SYSBP": "300", "VS.DIABP": "80"})
    first.complete("S-001", "VS")
    file = out(core, first.study_id, tmp_path)
    file.write_text(file.read_text().replace('Value="300"', 'Value="200"'))
    assert asked_by_check(Second(first, file).trial, "VS.SYSBP").state is S.RESOLVED


def test_whose_query_it_was_still_says_who_takes_it_further(first, tmp_path):
    trial = Second(first, out(first.core, first.study_id, tmp_path)).trial
    [query] = [q for q in trial.casebook("S-001").queries.values() if q.state is S.ANSWERED]
    with pytest.raises(NotAllowed):
        act(trial, trial.cra, query.query_id, A.CLOSE)
    act(trial, trial.med, query.query_id, A.CLOSE)
    assert trial.casebook("S-001").queries[query.query_id].state is S.CLOSED


def test_the_same_queries_again_change_nothing(first, tmp_path):
    file = out(first.core, first.study_id, tmp_path)
    trial = Second(first, file).trial
    before = threads(trial)
    count = len(trial.entries("S-001"))
    Second(first, file)
    assert len(trial.entries("S-001")) == count
    file.write_text(file.read_text().replace("<ODM ", "<ODM  ", 1))  # another file by its digest
    Second(first, file)
    assert threads(trial) == before


def flag(kind, value):
    return f'<FlagValue CodeListOID="CL.EDC.{kind}">{value}</FlagValue>'


@pytest.mark.parametrize(
    ("found", "instead", "code", "word"),
    [
        (flag("STATE", "Answered"), flag("STATE", "Lost"), "ODM041", "Lost"),
        (flag("SOURCE", "Medical"), flag("SOURCE", "Press"), "ODM041", "Press"),
        (flag("MESSAGE", "1"), flag("MESSAGE", "one"), "ODM041", "one"),
        (flag("PATH", "V1[1]/VS[1]/VS[1]/VS.DATE"), flag("PATH", "V1/VS"), "ODM041", "V1"),
        (flag("PATH", "V1[1]/VS[1]/VS[1]/VS.DATE"), flag("PATH", "V1[1]/VS[1]/VS[1]/NO"), "EDC103", "NO"),
    ],
)
def test_a_query_that_cannot_be_told_is_listed_with_its_line(first, found, instead, code, word, tmp_path):
    file = out(first.core, first.study_id, tmp_path / "first")
    text = file.read_text()
    annotations = [a for a in text.split("<Annotation ") if "When?" in a or "Long ago." in a]
    assert found in annotations[0]
    for annotation in annotations:
        text = text.replace(annotation, annotation.replace(found, instead))
    file.write_text(text)
    second = Second(first, file)
    [problem] = [p for p in second.report.problems if p.code == code]
    assert word in problem.text
    assert "When?" in "".join(text.splitlines()[problem.line - 1 : problem.line + 1])
    assert len(threads(second.trial)) == len(threads(first)) - 1
    again = out(first.core, second.trial.study_id, tmp_path / "second").read_text()
    assert ("When?" in again) is (code == "ODM041")
    assert verify(first.core, rebuild=True).ok
