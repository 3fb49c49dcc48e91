"""What a site used before and a study said before, by keyboard: the unit that stands there, the terms that are offered."""

import pytest

from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.domain.item_path import ItemPath
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture, subjects
from edc_core.settings import Settings
from edc_core.store import readers
from tests.web.trial import CLI, STUDY

pytestmark = pytest.mark.browser
FORM = ItemPath.parse("V2[1]/TYPES[1]")


@pytest.fixture
def others(server):
    """Two subjects of the site, with a number in mg/dL and what they complained of."""
    core = Core(
        Settings(database_url=f"sqlite:///{server.folder}/web.db", files_dir=server.folder / "files"),
        EdcPlugins(),
    )
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY).study_id
        sites = {one.number: one.site_id for one in readers.sites(source.connection, study).values()}
    for key in ("KR01-0101", "KR01-0102"):
        with core.write(CLI) as uow:
            added = subjects.AddSubject(study_id=study, op=new_id(), subject_key=key, site_id=sites["KR-01"])
            subjects.add_subject(uow, added)
        group = FORM.with_group("TYPES.TYPES", "1")
        given = (
            ItemInput(group.with_item("TYPES.CREAT"), "1.1", unit="mg/dL", base_version=0),
            ItemInput(group.with_item("TYPES.TERM"), "Headache", base_version=0),
        )
        with core.write(CLI) as uow:
            saved = capture.SaveItems(study_id=study, op=new_id(), subject_key=key, form=FORM, items=given)
            capture.save_items(uow, saved)
    core.close()


def again(person):
    person.saved()
    person.page.reload()
    person.ready()


def test_the_choice_of_units_stands_on_the_one_that_the_site_used_last(others, person):
    page = person.sign_in(then="TYPES").page
    row = person.row("Creatinine")
    assert row.locator("select").input_value() == "mg/dL"
    assert person.box("Creatinine").input_value() == ""
    person.box("Creatinine").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the choice of units: nothing is stored
    assert person.outbox() == []
    page.reload()
    person.ready()
    assert row.locator(".nt").inner_text() == ""
    person.box("Creatinine").focus()
    page.keyboard.type("1.2")
    page.keyboard.press("Enter")
    row.get_by_text("= 106.1 µmol/L").wait_for()
    again(person)
    assert row.locator("select").input_value() == "mg/dL"
    assert row.get_by_text("= 106.1 µmol/L").is_visible()
    assert person.complaints == []


def test_a_term_is_offered_and_taken_by_keyboard(others, person):
    page = person.sign_in(then="TYPES").page
    box = person.box("Complaint now")
    box.press_sequentially("hea")
    page.wait_for_selector("[role=option]")
    assert page.locator("[role=option]").all_inner_texts() == ["Headache"]
    page.keyboard.press("ArrowDown")
    assert person.violations() == []
    person.shoot("earlier-terms")
    page.keyboard.press("Enter")
    assert box.input_value() == "Headache"
    assert person.focused() == "Complaint now"
    again(person)
    assert box.input_value() == "Headache"
    assert person.complaints == []


def test_what_is_typed_stays_as_it_was_typed(others, person):
    page = person.sign_in(then="TYPES").page
    box = person.box("Complaint now")
    for text in ("headache", "Head"):
        box.fill("")
        box.press_sequentially(text)
        page.wait_for_selector("[role=option]")
        page.keyboard.press("Tab")
        again(person)
        assert box.input_value() == text
    box.fill("")
    box.press_sequentially("Nothing like it")
    page.wait_for_timeout(400)
    assert page.locator("[role=option]").count() == 0
    assert page.locator("#live").inner_text() == ""
    page.keyboard.press("Enter")
    again(person)
    assert box.input_value() == "Nothing like it"
    assert person.complaints == []
