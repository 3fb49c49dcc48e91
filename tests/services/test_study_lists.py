"""Lists across subjects through a person's hands: nothing missing, nothing that is not theirs, few statements."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from edc_core.core import Core
from edc_core.domain.commands import AddNote, Reason
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.metadata import DataType
from edc_core.domain.permission import Role
from edc_core.domain.study_lists import ListingWanted
from edc_core.domain.trail import TrailWanted
from edc_core.errors import BadRequest, NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.ledger.cut import present_cut
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import capture, noting, queries
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.trail import trail as whole_trail
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.store.subject_tables import form_data, subject
from tests.builders import Trial, a_study, vital_signs

SUBJECTS, VISITS = 500, 20
FORMS_STATEMENTS = 14  #: for each 500 subjects, whatever their visits and forms


def in_hands_of(trial, actor):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, actor, study, "test")


@pytest.fixture
def trial(core):
    """Two subjects in Korea, one in the United States; blood pressures, a log of events, one blinded item."""
    version = vital_signs().build()
    blinded = (replace(i, sensitivity="blinded") if i.oid == "DM.AGE" else i for i in version.items)
    made = Trial(core, replace(version, items=tuple(blinded)))
    for key, site, value in (("K-1", "KR-01", "90"), ("K-2", "KR-01", "120"), ("U-1", "US-01", "100")):
        made.add_subject(key, site=site)
        made.save(key, {"VS.SYSBP": value, "VS.DIABP": "70"}, by=made.cli)
    return made


def test_a_page_is_missing_where_its_visit_began_and_it_did_not(trial):
    forms = in_hands_of(trial, trial.dm).forms()
    missing = [(one.subject_key, one.path.form.oid) for one in forms if one.is_missing]
    assert missing == [(key, form) for key in ("K-1", "K-2", "U-1") for form in ("DM", "AE")]
    begun = [one for one in forms if one.status is EntryStatus.IN_PROGRESS]
    assert {one.subject_key for one in begun} == {"K-1", "K-2", "U-1"}
    assert all(one.at and one.visit_begun for one in begun)


def test_a_form_marked_as_not_done_or_a_visit_that_was_not_done_misses_nothing(trial):
    trial.act(
        trial.crc, capture.mark_not_done, capture.MarkNotDone, subject_key="K-1", form=trial.form("DM"),
        reason=Reason(text="Refused."),
    )  # fmt: skip
    forms = in_hands_of(trial, trial.crc).forms()
    assert [one.path.form.oid for one in forms if one.is_missing and one.subject_key == "K-1"] == ["AE"]


def test_each_person_gets_the_sites_that_are_theirs(trial):
    site, manager = in_hands_of(trial, trial.crc), in_hands_of(trial, trial.dm)
    assert {one.subject_key for one in site.subjects()} == {"K-1", "K-2"}
    assert {one.subject_key for one in site.forms()} == {"K-1", "K-2"}
    assert {one.subject_key for one in manager.subjects()} == {"K-1", "K-2", "U-1"}
    trial.act(
        trial.dm, queries.open_query, queries.OpenQuery, subject_key="U-1", path=trial.path("VS.SYSBP"),
        text="Is the pressure right?",
    )  # fmt: skip
    assert site.queries() == ()
    assert [(one.subject_key, one.site) for one in manager.queries()] == [("U-1", "US-01")]
    builder = in_hands_of(trial, trial.bld)
    for read in (builder.subjects, builder.forms, builder.listing_parts):
        with pytest.raises(NotAllowed):
            read()
    with pytest.raises(NotAllowed):
        builder.listing(ListingWanted(form="VS"))
    with pytest.raises(NotAllowed):
        builder.notes("x")


def test_forms_of_five_hundred_subjects_with_twenty_visits_leave_none_behind(core, count_statements):
    study = a_study()
    for n in range(VISITS):
        study.with_event(f"V{n}", "VS", "LB")
    trial = Trial(core, study.with_item("VS.X").with_item("LB.Y").build())
    site = trial.sites[next(iter(trial.sites))]
    subjects, forms, expected = [], [], set()
    for number in range(SUBJECTS):
        key, subject_id = f"S-{number:04}", new_id()
        own = {"study_id": trial.study_id, "subject_id": subject_id}
        subjects.append(own | {"subject_key": key, "site_id": site, "status": "", "added_at": "2026-01-01"})
        for n in range(VISITS):
            if (number + n) % 3 == 0:  # nothing of this visit was begun
                continue
            begun = ("VS", "LB") if (number + n) % 3 == 1 else ("VS",)
            if begun == ("VS",):
                expected.add((key, f"V{n}[1]/LB[1]"))
            forms += [
                own
                | {
                    "path": f"V{n}[1]/{form}[1]", "event_oid": f"V{n}", "event_key": "1", "form_oid": form,
                    "form_key": "1", "meta_data_version": "1", "status": "complete", "was_complete": True,
                    "reason": "", "n": 1, "at": "2026-01-02T00:00:00.000000Z", "actor": "crc.kim",
                }
                for form in begun
            ]  # fmt: skip
    forms = [form | {"status": EntryStatus.COMPLETE.value} for form in forms]
    with core.write(trial.cli) as uow:
        uow.connection.execute(insert(subject), subjects)
        uow.connection.execute(insert(form_data), forms)
    manager = in_hands_of(trial, trial.dm)
    manager.forms()
    with count_statements() as seen:
        found = manager.forms()
    assert {(one.subject_key, str(one.path)) for one in found if one.is_missing} == expected
    assert len(found) == SUBJECTS * VISITS * 2
    assert sum(one.status is EntryStatus.COMPLETE for one in found) == len(forms)
    assert len(seen) <= FORMS_STATEMENTS, seen


def test_a_table_is_paged_by_key_in_every_order_without_loss(core, count_statements):
    study = a_study().with_item("VS.N", DataType.INTEGER).with_item("VS.T")
    trial = Trial(core, study.build())
    values = [("7", "b"), ("70", "a"), ("", "a"), ("9", "a"), ("9", "ä"), ("-3", "Z"), ("100", "")]
    for number, (n, text) in enumerate(values):
        key = trial.add_subject(f"S-{number}")
        trial.save(key, {item: raw for item, raw in (("VS.N", n), ("VS.T", text)) if raw} or {"VS.T": "x"})
    manager = in_hands_of(trial, trial.dm)
    number, words = "VS.N", "VS.T"
    for sort in ("", number, words):
        for descending in (False, True):
            wanted = ListingWanted(form="VS", sort=sort, descending=descending, limit=3)
            rows, pages = [], 0
            while True:
                found = manager.listing(wanted)
                rows += found.rows
                pages += 1
                if not found.after:
                    break
                wanted = replace(wanted, after=found.after)
            assert pages == 3
            assert found.total == len(values)
            assert sorted(row.subject_key for row in rows) == [f"S-{n}" for n in range(len(values))]
    ordered = manager.listing(ListingWanted(form="VS", columns=(number,), sort=number)).rows
    assert [row.cells[0] for row in ordered] == ["", "-3", "7", "9", "9", "70", "100"]
    last_first = manager.listing(
        ListingWanted(form="VS", columns=(number,), sort=number, descending=True)
    ).rows
    assert [row.cells[0] for row in last_first] == ["100", "70", "9", "9", "7", "-3", ""]
    with count_statements() as seen:
        manager.listing(ListingWanted(form="VS", sort=number, filters=((words, "A"),)))
    assert len(seen) <= 6, seen


def test_a_table_is_narrowed_by_value_site_and_subject(trial):
    manager, bp = in_hands_of(trial, trial.dm), "VS.SYSBP"

    def keys(**wanted):
        return [row.subject_key for row in manager.listing(ListingWanted(form="VS", **wanted)).rows]

    assert keys(filters=((bp, "0"),)) == ["K-1", "K-2", "U-1"]
    assert keys(filters=((bp, "12"),)) == ["K-2"]
    assert keys(site="US-01") == ["U-1"]
    assert keys(subject="k-") == ["K-1", "K-2"]
    assert keys(filters=((bp, "%"),)) == []
    with pytest.raises(NotFound):
        in_hands_of(trial, trial.crc).listing(ListingWanted(form="VS", site="US-01"))
    with pytest.raises(NotFound):
        manager.listing(ListingWanted(form="NONE"))
    for nonsense in ("x", "[1]", '["a", "b"]', '[1, "a", "b"]', "null"):
        with pytest.raises(BadRequest):
            manager.listing(ListingWanted(form="VS", after=nonsense))


def test_rows_of_a_log_are_a_table_without_those_struck_out(trial):
    form = trial.form("AE")
    for term in ("Headache", "Nausea"):
        row = trial.act(
            trial.crc, capture.add_row, capture.AddRow, subject_key="K-1", form=form,
            parent=form, group_oid="AE.ROW",
        )  # fmt: skip
        trial.save("K-1", {form.with_group("AE.ROW", row.key).with_item("AE.TERM"): term})
    trial.save("K-1", {form.with_group("AE.ROW", "7").with_item("AE.TERM"): "Fever"})
    manager = in_hands_of(trial, trial.dm)
    wanted = ListingWanted(form="AE", group="AE.ROW", columns=("AE.TERM",))
    assert [row.cells for row in manager.listing(wanted).rows] == [("Headache",), ("Nausea",), ("Fever",)]
    first = manager.listing(wanted).rows[0].path
    trial.act(
        trial.crc, capture.strike_row, capture.StrikeRow, subject_key="K-1", form=form, row=first,
        reason=Reason(text="Twice."),
    )  # fmt: skip
    assert [row.cells for row in manager.listing(wanted).rows] == [("Nausea",), ("Fever",)]
    assert ("AE", "AE.ROW") in {(one.form, one.group) for one in manager.listing_parts()}


def test_what_a_person_may_not_see_is_no_column_no_filter_and_no_order(trial):
    hidden = "DM.AGE"
    trial.save("K-1", {"DM.AGE": "44"}, by=trial.cli)
    manager = in_hands_of(trial, trial.dm)
    found = manager.listing(ListingWanted(form="DM"))
    assert hidden not in {column.oid for column in found.offered}
    assert "'44'" not in str(found)  # an id may hold the digits
    for asked in ({"columns": (hidden,)}, {"sort": hidden}, {"filters": ((hidden, "4"),)}):
        with pytest.raises(NotFound):
            manager.listing(ListingWanted(form="DM", **asked))


def note(trial, name, content, *, shared=False, items=()):
    return AddNote(
        study_id=trial.study_id, op=new_id(), topic="test.list", name=name, content=content, shared=shared,
        items=items,
    )  # fmt: skip


def test_a_note_that_tells_of_hidden_items_is_for_nobody_who_may_not_see_them(trial):
    unblinded, manager = in_hands_of(trial, trial.cli), in_hands_of(trial, trial.dm)
    said = {"content": {"found": "was44"}, "shared": True}
    unblinded.submit(note(trial, "of a hidden item", items=("DM.AGE", "DM.SEX"), **said))
    unblinded.submit(note(trial, "of an open item", items=("DM.SEX",), **said))
    assert {one.name for one in unblinded.notes("test.list")} == {"of a hidden item", "of an open item"}
    assert {one.name for one in manager.notes("test.list")} == {"of an open item"}
    for words, found in (("of a hidden item", 0), ("of an open item", 1)):
        seen = manager.trail(TrailWanted(words=words))
        assert (len(seen.entries), seen.total) == (found, found)
        assert unblinded.trail(TrailWanted(words=words)).total == 1
    with trial.core.read() as source:
        taken = present_cut(source.connection, trial.study_id)
        columns = [entry.columns for entry in whole_trail(source, trial.dm, taken)]
    assert len([one for one in columns if "was44" in str(one)]) == 1, "of the other there are the links alone"


@pytest.mark.parametrize("oid", ["DM.AGE", "DM.NOTHING"])
def test_nobody_notes_anything_of_an_item_that_is_hidden_from_them_or_not_there(trial, oid):
    with pytest.raises(NotFound, match=f"no item '{oid}'"):
        in_hands_of(trial, trial.dm).submit(note(trial, "x", {"a": 1}, items=(oid,)))


def test_a_note_is_for_its_author_for_all_when_shared_and_for_who_sees_every_site(trial):
    site, other = (
        in_hands_of(trial, trial.crc),
        in_hands_of(trial, trial.person(Role.CRC, "crc.roe", site="US-01")),
    )
    manager = in_hands_of(trial, trial.dm)
    site.submit(note(trial, "mine", {"form": "VS"}))
    manager.submit(note(trial, "review", {"found": "odd"}))
    manager.submit(note(trial, "all", {"form": "AE"}, shared=True))
    names = [{one.name for one in who.notes("test.list")} for who in (site, other, manager)]
    assert names == [{"mine", "all"}, {"all"}, {"mine", "review", "all"}]
    assert {one.name for one in site.notes("test.list") if one.is_own} == {"mine"}
    assert site.notes("another.topic") == ()
    manager.submit(note(trial, "all", {"form": "VS"}))
    assert [one.name for one in other.notes("test.list")] == []
    manager.submit(note(trial, "all", {}))
    assert {one.name for one in manager.notes("test.list")} == {"mine", "review"}


def test_a_note_is_not_lost_among_those_of_other_topics(trial, monkeypatch):
    monkeypatch.setattr(noting, "READ", 2)
    manager = in_hands_of(trial, trial.dm)
    manager.submit(note(trial, "first", {"says": '"topic":"test.other"'}))
    other = [replace(note(trial, f"n{number}", {"a": 1}), topic="test.other") for number in range(3)]
    manager.submit(*other)
    assert [one.name for one in manager.notes("test.list")] == ["first"]
    assert [one.name for one in manager.notes("test.other")] == ["n2", "n1"]


def test_a_note_stands_in_the_trail_of_those_whom_it_is_for(trial):
    in_hands_of(trial, trial.dm).submit(note(trial, "review of March", {"found": "odd"}))
    with trial.core.read() as source:
        taken = present_cut(source.connection, trial.study_id)
        told = {
            who.name: [entry.what for entry in whole_trail(source, who, taken) if "note" in entry.what]
            for who in (trial.dm, trial.crc)
        }
    assert list(told.values()) == [["kept the note review of March (test.list)."], []]


@pytest.mark.parametrize(
    ("name", "content"), [("", {"a": 1}), ("x" * 101, {"a": 1}), ("long", {"a": "x" * 30_000})]
)
def test_a_note_has_a_name_and_a_bound(trial, name, content):
    with pytest.raises(BadRequest):
        in_hands_of(trial, trial.dm).submit(note(trial, name, content))


@pytest.fixture
def scanning(core_url, clock, tmp_path):
    source = PluginSource("scanners", "edc_core_scanners.plugin", "edc-core-scanners", "0.1.0")
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins([source]), clock)
    yield Trial(core, vital_signs().with_plugin("edc-core-scanners", ">=0.1").build(), environment="dev")
    core.close()


def test_a_note_with_an_identifier_of_a_person_is_refused_and_not_kept(scanning):
    trial = scanning
    manager = in_hands_of(trial, trial.dm)
    for name, content in (
        ("mine", {"findings": ["Write to kim@hospital.example"]}),
        ("kim@hospital.example", {"a": "b"}),
    ):
        with pytest.raises(BadRequest, match="e-mail"):
            manager.submit(note(trial, name, content))
    assert manager.notes("test.list") == ()


def test_a_note_that_is_sent_again_is_kept_once(trial):
    command = note(trial, "mine", {"form": "VS"})
    manager = in_hands_of(trial, trial.dm)
    assert manager.submit(command) == manager.submit(command) == [{"topic": "test.list", "name": "mine"}]
    assert len(manager.notes("test.list")) == 1


def test_the_clock_is_that_of_the_installation(trial):
    at = datetime.fromisoformat(in_hands_of(trial, trial.dm).now)
    assert abs((trial.core.clock.now() - at).total_seconds()) < 60
    assert at.tzinfo is not None
    assert at.astimezone(UTC).utcoffset().total_seconds() == 0
