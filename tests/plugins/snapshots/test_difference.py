"""What differs between two states: what came, went and changed between them, and only what the person may see."""

import dataclasses

import pytest
from edc_core_snapshots import difference
from edc_core_snapshots.difference import compare
from edc_core_snapshots.lines import HEADER

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import AddRow, RemoveForm, SaveItems, StrikeRow
from edc_core.domain.metadata import CodeListItem, DataType
from edc_core.domain.permission import Role
from edc_core.domain.study_commands import KeepSnapshot
from edc_core.domain.translated_text import TranslatedText
from edc_core.errors import BadRequest, NotAllowed, NotFound
from edc_core.services import capture, removing, snapshots
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers
from edc_core.testing import SOME_REASON, a_study
from tests.builders import Trial, vital_signs


@pytest.fixture
def trial(core):
    """A study with a blinded item and one subject, of which a state is kept."""
    version = vital_signs().build()
    blinded = {"VS.NOTE": "blinded"}
    items = (
        dataclasses.replace(one, sensitivity=blinded.get(one.oid, one.sensitivity)) for one in version.items
    )
    trial = Trial(core, dataclasses.replace(version, items=tuple(items)))
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80", "VS.DATE": "2026-03-04"})
    keep(trial, "One")
    return trial


def keep(trial, name):
    return trial.act(trial.dm, snapshots.keep_snapshot, KeepSnapshot, name=name)


def access(trial, by=None):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, by or trial.dm, study, "snapshots")


def lines(trial, first="One", second="now", by=None, **options):
    return compare(access(trial, by), first, second, **options).lines


def values(found):
    return {
        (line.path.rpartition("/")[2], line.change): (line.old, line.new)
        for line in found
        if line.what == "value"
    }


def test_nothing_differs_from_itself(trial):
    assert lines(trial) == ()
    assert lines(trial, "One", "One") == ()


def test_values_that_came_changed_and_went(trial):
    trial.save("S-001", {"VS.SYSBP": "130", "VS.DIABP": ""})
    trial.save("S-001", {"DM.AGE": "44"})
    found = compare(access(trial), "One", "now")
    assert values(found.lines) == {
        ("VS.SYSBP", "changed"): ("120", "130"),
        ("VS.DIABP", "removed"): ("80", ""),
        ("DM.AGE", "added"): ("", "44"),
    }
    assert found.counts == {
        ("form", "added"): 1,
        ("value", "added"): 1,
        ("value", "changed"): 1,
        ("value", "removed"): 1,
    }
    assert set(found.titles) >= {"VS", "DM"}
    places = [line.path.rpartition("/")[2] for line in found.lines]
    assert places == ["VS.SYSBP", "VS.DIABP", "DM[1]", "DM.AGE"], "a form before its values"
    assert {line.form for line in found.of("DM").lines} == {"DM"}


def test_another_unit_is_a_difference(core):
    trial = Trial(
        core, a_study().with_item("LB.GLUC", DataType.FLOAT, units={"mmol/L": "1", "g/L": "5.55"}).build()
    )
    trial.add_subject("S-001")

    def save(unit, version):
        given = ItemInput(trial.path("LB.GLUC"), "5.1", unit=unit, base_version=version)
        trial.save("S-001", {}, items=(given,))

    save("mmol/L", 0)
    keep(trial, "One")
    save("g/L", 1)
    assert values(lines(trial)) == {("LB.GLUC", "changed"): ("5.1 mmol/L", "5.1 g/L")}


def test_a_line_says_who_when_in_which_role_and_why(trial, clock):
    trial.complete("S-001", "VS")
    clock.advance(minutes=5)
    trial.save("S-001", {"VS.SYSBP": "125"}, reason=SOME_REASON)
    trial.save("S-001", {"VS.SYSBP": "130"}, reason=SOME_REASON)
    (line,) = lines(trial)
    assert (line.subject, line.site, line.old, line.new, line.steps) == ("S-001", "KR-01", "120", "130", 2)
    assert (line.who, line.role) == ("crc.kim", "coordinator")
    assert "Read wrongly from the source." in line.reason
    assert line.at == trial.entries("S-001")[-1]["at"]
    assert len(line.cells) == len(HEADER)


def test_what_was_changed_and_changed_back_is_no_difference(trial):
    trial.save("S-001", {"VS.SYSBP": "130"})
    trial.save("S-001", {"VS.SYSBP": "120"})
    assert lines(trial) == ()


def test_dates_and_codes_are_told_as_people_read_them(trial):
    trial.save("S-001", {"VS.DATE": "2026-03-05"})
    assert values(lines(trial)) == {("VS.DATE", "changed"): ("04 MAR 2026", "05 MAR 2026")}


def act_at(trial, service, kind, form, **fields):
    return trial.act(trial.crc, service, kind, subject_key="S-001", form=trial.form(form), **fields)


def test_subjects_forms_and_rows(trial):
    trial.add_subject("S-002")
    act_at(trial, capture.add_row, AddRow, "AE", parent=trial.form("AE"), group_oid="AE.ROW")
    row = trial.form("AE").with_group("AE.ROW", "1")
    act_at(trial, capture.strike_row, StrikeRow, "AE", row=row, reason=SOME_REASON)
    act_at(trial, removing.remove_form, RemoveForm, "VS", reason=SOME_REASON)
    found = compare(access(trial), "One", "now")
    assert {(line.what, line.change, line.subject, line.form) for line in found.lines} == {
        ("subject", "added", "S-002", ""),
        ("form", "added", "S-001", "AE"),
        ("row", "removed", "S-001", "AE"),
        ("form", "removed", "S-001", "VS"),
    }
    assert found.titles["VS"]


def test_a_form_is_added_once_however_it_began(trial):
    """One that was in the older state and is completed since is not added; one that begins complete is."""
    trial.complete("S-001", "VS")
    act_at(
        trial,
        capture.save_items,
        SaveItems,
        "DM",
        items=(ItemInput(trial.path("DM.AGE"), "44"),),
        complete=True,
    )
    trial.add_subject("S-002")
    trial.save("S-002", {"VS.SYSBP": "120", "VS.DIABP": "80"})
    trial.complete("S-002", "VS")
    added = [
        (line.subject, line.form) for line in lines(trial) if (line.what, line.change) == ("form", "added")
    ]
    assert sorted(added) == [("S-001", "DM"), ("S-002", "VS")]


def test_the_older_state_comes_first_whichever_is_named_first(trial):
    trial.save("S-001", {"VS.SYSBP": "130"})
    keep(trial, "Two")
    trial.save("S-001", {"VS.SYSBP": "140"})
    for first, second in (("One", "Two"), ("Two", "One")):
        found = compare(access(trial), first, second)
        assert (found.older.name, found.newer.name) == ("One", "Two")
        assert values(found.lines) == {("VS.SYSBP", "changed"): ("120", "130")}
    assert values(lines(trial, "Two")) == {("VS.SYSBP", "changed"): ("130", "140")}


def test_blinded_values_are_in_no_line_and_no_count(trial):
    trial.save("S-001", {"VS.NOTE": "Verum"})
    assert lines(trial) == ()
    assert compare(access(trial), "One", "now").counts == {}
    assert values(lines(trial, by=trial.cli)) == {("VS.NOTE", "added"): ("", "Verum")}


def test_who_reads_no_trail_compares_nothing(trial):
    statistician = trial.person(Role.STA, "sta.oh")
    assert access(trial, statistician).snapshots.all()
    with pytest.raises(NotAllowed):
        lines(trial, by=statistician)
    with pytest.raises(NotAllowed):
        lines(trial, by=trial.crc)
    with pytest.raises(NotFound, match="no snapshot 'Two'"):
        lines(trial, "Two")


def test_many_entries_are_read_page_by_page_and_a_bound_is_kept(trial, monkeypatch):
    for value in range(130, 140):
        trial.save("S-001", {"VS.SYSBP": str(value)})
    trial.save("S-001", {"VS.DIABP": "81"})
    whole = lines(trial)
    monkeypatch.setattr(difference, "PAGE", 3)
    assert lines(trial) == whole
    assert lines(trial, most=11) == whole
    with pytest.raises(BadRequest, match="More than 10 entries"):
        lines(trial, most=10)


def test_how_many_entries_are_newer(trial):
    now, one = access(trial).snapshots.all()
    assert now.entries == one.entries
    trial.save("S-001", {"VS.SYSBP": "130"})
    now, one = access(trial).snapshots.all()
    assert now.entries - one.entries == 1


def test_a_state_that_an_earlier_release_kept_is_counted_by_its_vector(trial, monkeypatch):
    """Its entry does not say how many entries it has."""
    said = snapshots._said

    def without(picture):
        found = said(picture)
        for _, payload in found.values():
            del payload["entries"]
        return found

    before = access(trial).snapshots.all()[1]
    monkeypatch.setattr(snapshots, "_said", without)
    assert access(trial).snapshots.all()[1].entries == before.entries


def test_the_list_reads_no_vector(trial, count_statements):
    for n in range(3):
        trial.save("S-001", {"VS.SYSBP": str(130 + n)})
        keep(trial, f"More {n}")
    with count_statements() as sent:
        assert len(access(trial).snapshots.all()) == 5
    assert [one for one in sent if "vector" in one] == []


def test_forms_that_had_begun_are_asked_for_once(trial, monkeypatch):
    trial.complete("S-001", "VS")
    for key in ("S-002", "S-003"):
        trial.add_subject(key)
        trial.save(key, {"VS.SYSBP": "120", "VS.DIABP": "80"})
        trial.complete(key, "VS")
    asked, study = [], access(trial)
    trail = study.trail
    monkeypatch.setattr(
        type(study), "trail", lambda _self, wanted: asked.append(wanted.kinds) or trail(wanted)
    )
    compare(study, "One", "now")
    assert asked.count(("form.status",)) == 1


def test_chosen_items_alone(trial):
    trial.save("S-001", {"VS.SYSBP": "130", "VS.DIABP": "70"})
    found = compare(access(trial), "One", "now").of("", ["VS.DIABP"])
    assert values(found.lines) == {("VS.DIABP", "changed"): ("80", "70")}
    assert found.counts == {("value", "changed"): 1}


def test_columns_and_terms_of_the_newest_version(trial):
    """An item that is asked newly, a label that is another, a term that came and one that was retired."""
    index = trial.index
    sexes = index.code_lists["CL.DM.SEX"]
    terms = (
        *(dataclasses.replace(term, retired=term.coded_value == "M") for term in sexes.items),
        CodeListItem("X", TranslatedText.of("Not told", "en")),
    )
    items = tuple(
        dataclasses.replace(one, question=TranslatedText.of("Systolic, sitting", "en"))
        if one.oid == "VS.SYSBP"
        else one
        for one in index.version.items
    )
    lists = tuple(
        dataclasses.replace(one, items=terms) if one.oid == sexes.oid else one
        for one in index.version.code_lists
    )
    trial.publish(dataclasses.replace(index.version, oid="V2", items=items, code_lists=lists))
    found = {(line.what, line.change, line.item): (line.old, line.new) for line in lines(trial)}
    assert found["column", "changed", "VS.SYSBP"][1].startswith("Systolic, sitting (integer")
    assert found["term", "added", "DM.SEX"] == ("", "X = Not told")
    assert found["term", "changed", "DM.SEX"] == ("M", "M (retired)")
    assert compare(access(trial), "One", "now").titles.keys() >= {"VS"}
