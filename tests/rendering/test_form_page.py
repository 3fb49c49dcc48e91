import dataclasses

import pytest

from edc_core.domain.casebook import GroupData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.protection import Protection
from edc_core.domain.query import Query, QuerySource, QueryState
from edc_core.rendering.view_model import Access, FormFacts, Note
from tests.rendering.vital_signs import PATH, VITALS, builder, casebook, version


def row_of(book, name, **more):
    return builder(book, **more).row(VITALS.with_item(name))


def markup_of(book, name, **more):
    made = builder(book, **more)
    return str(made.markup.row(made.row(VITALS.with_item(name)), "it"))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("WEIGHT", "72.4", 'value="72.4"'),
        ("VSDAT", "2026-10-23", 'value="23 OCT 2026"'),
        ("VSPOS", "STA", 'value="STA" checked'),
        ("COUNTRY", "C3", '<option value="C3" selected>'),
        ("SYMPT", "H;D", 'value="D" checked'),
        ("FASTING", "true", 'value="true" checked'),
        ("NOTE", "<script>", "&lt;script&gt;</textarea>"),
        ("SEEN", "2026-10-23T09:15", 'value="23 OCT 2026 09:15"'),
    ],
)
def test_value_stands_in_its_control(name, value, expected):
    assert expected in markup_of(casebook(**{name: value}), name)


def test_unknown_part_of_a_date_is_said_in_words():
    assert row_of(casebook(VSDAT="2026-10"), "VSDAT").notes == (Note("info", "October 2026, day unknown"),)


def test_unreadable_text_stays_as_typed_and_is_marked():
    book = casebook()
    path = VITALS.with_item("WEIGHT")
    book.items[path] = ItemData(path, "7o", None, reading="unreadable", version=1)
    html = markup_of(book, "WEIGHT")
    assert 'value="7o"' in html
    assert 'aria-invalid="true"' in html
    assert "A number is expected" in html


def test_missing_reason_hides_the_control_and_names_the_reason():
    book = casebook()
    path = VITALS.with_item("WEIGHT")
    book.items[path] = ItemData(path, missing="ND", version=1)
    html = markup_of(book, "WEIGHT")
    assert 'data-missing="ND"' in html
    assert "Not done" in html


@pytest.mark.parametrize("access", [Access(), Access(answer=True)])
def test_reader_gets_text_and_no_input(access):
    html = markup_of(casebook(VSPOS="STA"), "VSPOS", access=access)
    assert "<input" not in html
    assert "Standing" in html


def test_frozen_item_is_text_with_its_mark():
    book = casebook(WEIGHT="72.4")
    book.protections[VITALS.with_item("WEIGHT")] = Protection.FROZEN
    html = markup_of(book, "WEIGHT")
    assert "72.4 kg" in html
    assert "<input" not in html
    assert 'aria-label="Frozen"' in html


def test_open_query_is_a_note_a_mark_and_an_issue():
    book = casebook(SYSBP="310")
    path = VITALS.with_item("SYSBP")
    book.queries["q1"] = Query("q1", path, QueryState.OPEN, QuerySource.SYSTEM, "310 is above 250.")
    page = builder(book).page()
    assert page.issues.queries == 1
    assert page.issues.first == path.dom_id
    html = markup_of(book, "SYSBP")
    assert "310 is above 250." in html
    assert "/queries/q1" in html
    assert "1 open query" in html


def test_hidden_item_is_not_counted():
    hidden = frozenset({VITALS.with_item("WEIGHT")})
    page = builder(casebook(WEIGHT="72.4"), facts=FormFacts(hidden=hidden)).page()
    assert (page.answered, page.total) == (0, 11)


def test_hidden_item_keeps_its_number_and_what_is_never_asked_at_the_site_has_none():
    def numbers(**facts):
        rows = builder(casebook(), facts=FormFacts(**facts)).page().parts[0].items
        return [row.number for row in rows[:4]]

    second = builder(casebook()).page().parts[0].items[1]
    assert numbers() == [1, 2, 3, 4]
    assert numbers(hidden=frozenset({second.path})) == [1, 2, 3, 4]
    place = (second.placed.group_oids, second.placed.item.oid)
    assert numbers(elsewhere=lambda: frozenset({place})) == [1, 0, 2, 3]


def test_item_a_person_may_not_see_is_absent():
    access = Access(enter=True, unseen=frozenset({"WEIGHT"}))
    page = builder(casebook(WEIGHT="72.4"), access=access).page()
    assert all(row.placed.item.oid != "WEIGHT" for row in page.parts[0].items)
    assert page.answered == 0


def test_rows_keep_their_numbers_and_struck_ones_stay():
    book = casebook()
    for key in ("1", "2", "10"):
        place = PATH.with_group("IG.AE", key)
        book.groups[place] = GroupData(
            place, removed=key == "2", reason="same as row 1" if key == "2" else ""
        )
    log = builder(book).page().parts[1]
    assert [row.key for row in log.rows] == ["1", "2", "10"]
    assert [row.struck for row in log.rows] == [False, True, False]
    assert log.live_rows == 2


def test_a_log_with_as_many_rows_as_are_expected_offers_no_more():
    groups = tuple(
        dataclasses.replace(group, least_rows=1, most_rows=2) if group.oid == "IG.AE" else group
        for group in version().item_groups
    )
    index = MetaDataIndex(dataclasses.replace(version(), item_groups=groups))
    book = casebook()
    for key, can_add in (("1", True), ("2", False)):
        book.groups[PATH.with_group("IG.AE", key)] = GroupData(PATH.with_group("IG.AE", key))
        assert builder(book, index=index).page().parts[1].can_add is can_add
    struck = PATH.with_group("IG.AE", "1")
    book.groups[struck] = GroupData(struck, removed=True)
    assert builder(book, index=index).page().parts[1].can_add


def test_open_row_carries_its_items():
    place = PATH.with_group("IG.AE", "1")
    book = casebook()
    book.groups[place] = GroupData(place)
    log = builder(book, open_row=place).page().parts[1]
    assert [item.placed.item.oid for item in log.rows[0].parts[0].items] == ["AETERM", "AESTDAT"]


def test_a_log_shows_the_columns_its_definition_names():
    log = next(group for group in version().item_groups if group.oid == "IG.AE")
    renamed = [
        dataclasses.replace(i, name=f"N_{i.oid}") if i.oid == "AESTDAT" else i for i in version().items
    ]
    chosen = dataclasses.replace(log, columns=("N_AESTDAT",))
    groups = tuple(chosen if group.oid == log.oid else group for group in version().item_groups)
    index = MetaDataIndex(dataclasses.replace(version(), item_groups=groups, items=tuple(renamed)))
    assert builder(casebook(), index=index).page().parts[1].columns == (
        renamed[[i.oid for i in renamed].index("AESTDAT")].question.in_language("en"),
    )


def test_change_of_a_form_that_was_complete_needs_a_reason():
    assert builder(casebook(EntryStatus.COMPLETE, was_complete=True)).page().reason_from_now
    assert not builder(casebook()).page().reason_from_now


def test_the_value_in_the_standard_unit_stands_beside_one_given_in_another():
    book = casebook()
    path = VITALS.with_item("TEMP")
    book.items[path] = ItemData(path, "98.6", "98.6", unit="F", version=1, standard="37", standard_unit="C")
    assert row_of(book, "TEMP").notes == (Note("info", "= 37 °C"),)
    book.items[path] = ItemData(path, "37", "37", unit="C", version=1, standard="37", standard_unit="C")
    assert row_of(book, "TEMP").notes == ()
