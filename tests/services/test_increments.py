"""The law of increments: an export, then what changed since, is the export of the later state, cell by cell."""

import shutil
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edc_core.core import Core
from edc_core.domain import commands as c
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import QueryAction
from edc_core.domain.review import ReviewGroup
from edc_core.domain.review_plan import ReviewRule
from edc_core.domain.signature import Meaning
from edc_core.errors import EdcError, ExportRefused, NotFound
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import (
    capture,
    correcting,
    exporting,
    protecting,
    queries,
    removing,
    reviewing,
    signing,
    visits,
)
from edc_core.services.to_sign import Desk
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.testing import FakeClock
from tests.builders import SOME_REASON, Trial, vital_signs
from tests.services.carried_forward import carried_forward, cells, tables
from tests.services.odm_transactions import applied

KEYS = ("S-001", "S-002", "S-003")


def export(trial, folder, **options):
    command = exporting.RequestExport(
        study_id=trial.study_id,
        op=new_id(),
        choice=ExportChoice(**{"format": "csv", "unlocked": True} | options),
    )
    return exporting.export(trial.core, trial.dm, command, folder).manifest


STUDY = vital_signs().with_review(ReviewRule(ReviewGroup.SDV))
PATHS = ("VS.SYSBP", "VS.DIABP", "DM.SEX")


def save(trial, key, value):
    trial.save(key, {"VS.SYSBP": str(100 + value), "VS.DIABP": "70"}, reason=SOME_REASON)


def row_of(trial):
    return trial.form("AE").with_group("AE.ROW", "1")


def ask(trial, key, value):
    places = (*map(trial.path, PATHS), trial.form("VS"), row_of(trial), ItemPath())
    trial.act(
        trial.dm,
        queries.open_query,
        c.OpenQuery,
        subject_key=key,
        path=places[value % 6],
        text=f"Why {value}?",
    )


def answer(trial, key, value):
    asked = [one for one in trial.casebook(key).queries.values() if one.is_unfinished]
    if asked:
        what = {"query_id": asked[value % len(asked)].query_id, "action": QueryAction.ANSWER, "text": "So."}
        trial.act(trial.crc, queries.act_on_query, c.ActOnQuery, subject_key=key, **what)


def verify(trial, key, value):
    items, path = trial.casebook(key).items, trial.path(PATHS[value % 3])
    seen = tuple(c.Seen(path, items[path].version) for path in {path} & items.keys())
    what = {"group": ReviewGroup.SDV, "values": seen}
    trial.act(trial.cra, reviewing.review, c.Review, subject_key=key, **what)


def sign(trial, key, value):
    sign_place(trial, key, (trial.form("VS"), ItemPath(trial.form("VS").event), ItemPath())[value % 3])


def sign_place(trial, key, path):
    with trial.core.read() as source:
        found = readers.subject_by_key(source.connection, trial.study_id, key)
        site = readers.sites(source.connection, trial.study_id)[found.site_id]
        study = readers.study_by_id(source.connection, trial.study_id)
        seen = Desk(source, trial.pi, study, found, site).lay_out(path)
    command = signing.Sign(
        study_id=trial.study_id, op=new_id(), subject_key=key, path=path, sha256=seen.manifest.sha256,
        meaning=Meaning.RESPONSIBILITY, component="password", accepts=True,
    )  # fmt: skip
    with trial.core.write(trial.pi) as uow:
        signing.sign(uow, command, trial.core.files)


def lock(trial, key, value):
    path = (trial.form("VS"), trial.form("DM"), ItemPath())[value % 3]
    trial.act(
        trial.dm, protecting.protect, c.Protect, subject_key=key, path=path, action=ProtectAction.LOCK,
        reason=SOME_REASON,
    )  # fmt: skip


def remove(trial, key, form="VS", *, restore=False):
    trial.act(
        trial.crc, removing.remove_form, c.RemoveForm, subject_key=key, form=trial.form(form), restore=restore,
        reason=SOME_REASON,
    )  # fmt: skip


def strike(trial, key, *, restore=False):
    trial.act(
        trial.crc, capture.strike_row, c.StrikeRow, subject_key=key, form=trial.form("AE"), row=row_of(trial),
        restore=restore, reason=SOME_REASON,
    )  # fmt: skip


def rename(trial, key, value):
    trial.act(
        trial.dm, correcting.correct_subject_key, c.CorrectSubjectKey, subject_key=key,
        new_key=f"S-00{3 + value % 3}", reason=SOME_REASON,
    )  # fmt: skip


def move(trial, key, value):
    to = {"site": ("US-01", "KR-01")[value % 2], "day": "2026-01-06"}
    trial.act(trial.dm, correcting.move_subject, c.MoveSubject, subject_key=key, **to, reason=SOME_REASON)


def row(trial, key, value):
    form = trial.form("AE")
    trial.act(
        trial.crc, capture.add_row, c.AddRow, subject_key=key, form=form, parent=form, group_oid="AE.ROW"
    )


def of_visit(trial, key, service, kind, **fields):
    event = ItemPath(trial.form("VS", event="UNS").event)
    trial.act(trial.crc, service, kind, subject_key=key, event=event, reason=SOME_REASON, **fields)


ACTS = {
    "save": save,
    "clear": lambda trial, key, value: trial.save(key, {"VS.DIABP": ""}, reason=SOME_REASON),
    "complete": lambda trial, key, value: trial.complete(key, ("VS", "DM", "AE")[value % 3]),
    "sex": lambda trial, key, value: trial.save(key, {"DM.SEX": "MF"[value % 2]}, reason=SOME_REASON),
    "row": row,
    "term": lambda trial, key, value: trial.save(
        key, {row_of(trial).with_item("AE.TERM"): f"Headache {value}"}, reason=SOME_REASON
    ),
    "strike": lambda trial, key, value: strike(trial, key),
    "unstrike": lambda trial, key, value: strike(trial, key, restore=True),
    "remove": lambda trial, key, value: remove(trial, key, ("VS", "DM")[value % 2]),
    "restore": lambda trial, key, value: remove(trial, key, ("VS", "DM")[value % 2], restore=True),
    "lock": lock,
    "key": rename,
    "move": move,
    "add": lambda trial, key, value: trial.add_subject(key),
    "ask": ask,
    "answer": answer,
    "verify": verify,
    "sign": sign,
    "visit": lambda trial, key, value: trial.act(
        trial.crc, capture.add_event, c.AddEvent, subject_key=key, event_oid="UNS"
    ),
    "not done": lambda trial, key, value: of_visit(
        trial, key, visits.mark_event_not_done, c.MarkEventNotDone, not_done=value % 2 == 0
    ),
    "no visit": lambda trial, key, value: of_visit(trial, key, visits.remove_event, c.RemoveEvent),
    "at visit": lambda trial, key, value: trial.save(
        key, {trial.path("VS.SYSBP", event="UNS"): str(90 + value)}, reason=SOME_REASON
    ),
}


def do(trial, step):
    """One thing that somebody tries. :returns: whether it was taken; what is refused changes nothing, a case of the law too."""
    what, key, value = step
    try:
        ACTS[what](trial, key, value)
    except EdcError:
        return False
    return True


STEPS = st.lists(
    st.tuples(
        st.sampled_from([*ACTS, "save"]),
        st.sampled_from(KEYS),
        st.integers(0, 5),
    ),
    max_size=12,
)


ODM = ("odm-1.3.2", "odm-2.0")
FORMATS = (
    *ODM, "csv", "csv-with-removed", "dataset-json-1.1", "dataset-ndjson-1.1", "parquet", "xpt-v5", "xpt-v5-utf-8",
    "xlsx", "sav", "dta",
)  # fmt: skip
OPTIONS = st.builds(
    lambda unlocked, name, part: {"unlocked": unlocked, "format": name} | part,
    st.booleans(),
    st.sampled_from((*ODM * 3, *FORMATS)),
    st.sampled_from([{}, {"sites": ("KR-01",)}, {"forms": ("VS", "AE")}]),
)


def assert_law(trial, folder, between, **options):
    """An export, then what changed since, again and again, is the export of the later state. :param between: steps of each."""
    folders, cut = [folder / "base"], export(trial, folder / "base", **options)["cut"]
    for n, steps in enumerate(between):
        for step in steps:
            do(trial, step)
        folders.append(folder / f"since{n}")
        made = export(trial, folders[-1], **options, since=cut)
        assert made["since"] == cut
        cut = made["cut"]
    export(trial, folder / "whole", **options, snapshot=cut)
    if options["format"] in ODM:
        assert applied(*(one / "odm.xml" for one in folders)) == applied(folder / "whole" / "odm.xml")
        return
    found, *later = map(tables, folders)
    for increment in later:
        found = carried_forward(found, increment)
    assert cells(found) == cells(tables(folder / "whole"))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=STEPS, between=st.lists(STEPS, min_size=1, max_size=3), options=OPTIONS)
def test_a_base_and_its_increments_are_the_whole(
    edc_sqlite_template, tmp_path_factory, before, between, options
):
    folder = tmp_path_factory.mktemp("law")
    shutil.copyfile(edc_sqlite_template, folder / "edc.db")
    core = Core(Settings(database_url=f"sqlite:///{folder / 'edc.db'}"), EdcPlugins(), FakeClock())
    try:
        trial = Trial(core, STUDY.build())
        for key in KEYS[:2]:
            trial.add_subject(key)
        for step in before:
            do(trial, step)
        assert_law(trial, folder, between, **options)
    finally:
        core.close()


@pytest.fixture
def core(core_url, clock):
    core = Core(Settings(database_url=core_url), EdcPlugins(), clock)
    yield core
    core.close()


@pytest.fixture
def base(core, tmp_path):
    trial = Trial(core, STUDY.build())
    for key in KEYS[:2]:
        trial.add_subject(key)
        trial.save(key, {"VS.SYSBP": "120", "VS.DIABP": "80"})
        trial.save(key, {"DM.SEX": "F"})
    return trial, export(trial, tmp_path / "base")["cut"]


#: Something of every kind that somebody does, each of which is taken.
DONE = (
    (
        ("save", "S-001", 5), ("row", "S-001", 0), ("term", "S-001", 0), ("complete", "S-001", 0),
        ("verify", "S-001", 0), ("sign", "S-001", 0), ("ask", "S-001", 0), ("visit", "S-001", 0),
        ("add", "S-003", 0), ("save", "S-003", 0),
    ),
    (
        ("ask", "S-001", 5), ("clear", "S-001", 0), ("strike", "S-001", 0), ("answer", "S-001", 0), ("not done", "S-001", 0),
        ("remove", "S-002", 1), ("move", "S-003", 0), ("ask", "S-002", 1), ("lock", "S-002", 0),
    ),
    (
        ("unstrike", "S-001", 0), ("not done", "S-001", 1), ("at visit", "S-001", 0), ("restore", "S-002", 1),
        ("key", "S-003", 2), ("sex", "S-001", 0), ("term", "S-001", 1), ("complete", "S-001", 1), ("verify", "S-001", 2),
    ),
    (("no visit", "S-001", 0), ("save", "S-001", 3), ("key", "S-005", 1)),
)  # fmt: skip


def test_each_of_these_is_taken(base):
    trial, _ = base
    assert [step for steps in DONE for step in steps if not do(trial, step)] == []


@pytest.mark.parametrize("name", FORMATS)
def test_in_every_format_and_on_every_database(base, tmp_path, name):
    trial, _ = base
    assert_law(trial, tmp_path, DONE, format=name, unlocked=True)


def test_only_what_is_otherwise_is_in_an_increment_and_the_rest_is_counted(base, tmp_path):
    trial, cut = base
    trial.save("S-001", {"VS.SYSBP": "130"})
    made = export(trial, tmp_path / "since", since=cut)
    assert made["counts"]["forms"] == 1
    assert made["left_out"] == {"forms unchanged since": 1, "subjects unchanged since": 1}
    found = tables(tmp_path / "since")
    assert [(line["SUBJID"], line["FORM"], line["CHANGE"]) for line in found["changes"]] == [
        ("S-001", "", "WRITTEN"), ("S-001", "VS", "WRITTEN"),
    ]  # fmt: skip
    assert [row["SYSBP"] for row in found["VS"]] == ["130"]
    assert found["DM"] == []


def test_nothing_is_in_an_increment_when_nothing_is_otherwise(base, tmp_path):
    trial, cut = base
    made = export(trial, tmp_path / "since", since=cut)
    assert made["cut"] == cut
    assert tables(tmp_path / "since")["changes"] == []


def test_the_same_two_states_give_the_same_bytes(base, tmp_path):
    trial, cut = base
    trial.save("S-001", {"VS.SYSBP": "130"})
    later = export(trial, tmp_path / "one", since=cut)["cut"]
    trial.save("S-001", {"VS.SYSBP": "140"})
    export(trial, tmp_path / "two", since=cut, snapshot=later)
    assert {file.name: file.read_bytes() for file in (tmp_path / "one").iterdir()} == {
        file.name: file.read_bytes() for file in (tmp_path / "two").iterdir()
    }


def test_a_form_that_went_says_so(base, tmp_path):
    trial, cut = base
    trial.act(
        trial.crc,
        removing.remove_form,
        c.RemoveForm,
        subject_key="S-001",
        form=trial.form("VS"),
        reason=SOME_REASON,
    )
    export(trial, tmp_path / "since", since=cut)
    lines = tables(tmp_path / "since")["changes"]
    assert ("VS", "REMOVED") in {(line["FORM"], line["CHANGE"]) for line in lines}


def test_another_version_writes_everything_anew(base, tmp_path):
    """Columns and labels may be other ones."""
    trial, cut = base
    trial.publish(replace(trial.index.version, oid="V2"))
    made = export(trial, tmp_path / "since", since=cut)
    assert made["counts"]["forms"] == 4


def test_what_cannot_go_on_is_refused(base, tmp_path):
    trial, cut = base
    trial.save("S-001", {"VS.SYSBP": "130"})
    later = export(trial, tmp_path / "later")["cut"]
    with pytest.raises(ExportRefused, match="no earlier state"):
        export(trial, tmp_path / "back", since=later, snapshot=cut)
    with pytest.raises(NotFound):
        export(trial, tmp_path / "none", since="0" * 64)
    with pytest.raises(ExportRefused, match="Export it whole, or take what changed as ODM"):
        export(trial, tmp_path / "sdtm", format="sdtm", since=cut)
