"""Where the list of a long code list opens: seen whole between the bars of the page, wherever its box stands."""

import dataclasses

import pytest

from edc_core.domain.metadata import ItemGroupRef
from tests.web import long_form
from tests.web.trial import make_core

pytestmark = pytest.mark.browser

#: Top and bottom of the box, of the list and of what is free between the bars of the page.
MEASURE = """() => {
  const place = (found) => { const { top, bottom } = found.getBoundingClientRect(); return [top, bottom]; };
  const ctx = place(document.querySelector('.ctx')), foot = place(document.querySelector('.foot'));
  return [place(document.querySelector('[role=combobox]')), place(document.querySelector('[role=listbox]')), [ctx[1], foot[0]]];
}"""
#: What of the list's ends is covered by something else.
COVERED = """() => {
  const list = document.querySelector('[role=listbox]'), { left, top, bottom } = list.getBoundingClientRect();
  return [top + 3, bottom - 3].filter((y) => !list.contains(document.elementFromPoint(left + 20, y)));
}"""


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """The trial, whose form with a long code list is longer than a screen, with the list in its middle."""
    made = long_form.definition()
    (long,) = (form for form in made.forms if form.oid == "TYPES")
    others = (ItemGroupRef("IG.LONG"), *long.group_refs, ItemGroupRef("IG.VS"))
    forms = tuple(
        dataclasses.replace(long, group_refs=others) if form is long else form for form in made.forms
    )
    folder = tmp_path_factory.mktemp("trial")
    make_core(folder, dataclasses.replace(made, forms=forms)).close()
    return folder / "web.db"


@pytest.mark.parametrize("size", [(1366, 768), (768, 1024)], ids=str)
def test_the_list_stands_between_the_bars_of_the_page(person, size):
    page = person.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    person.sign_in(then="TYPES")
    box = page.get_by_role("combobox", name="Country of birth")
    for share in (0, 0.5, 0.8, 1):  # of the way from the upper bar to the lower one
        box.fill("")
        (top, bottom), _, (first, last) = page.evaluate(MEASURE)
        page.evaluate(f"scrollBy(0, {top - first - share * (last - first - bottom + top)})")
        box.press_sequentially("territory")
        page.wait_for_selector("[role=option]")
        (top, bottom), (upper, lower), (first, last) = page.evaluate(MEASURE)
        assert first <= upper < lower <= last
        assert lower <= top or upper >= bottom
        assert lower - upper > 150
        assert page.evaluate(COVERED) == []
        person.shoot(f"terms-{size[0]}-{share}")
        stood = page.evaluate("scrollY")
        page.keyboard.press("ArrowUp")  # the last of many
        page.keyboard.press("ArrowDown")  # the first
        assert page.evaluate("scrollY") == stood
        page.keyboard.press("Escape")
    assert person.complaints == []


def test_the_list_stands_above_a_drawer_that_lies_over_the_form(person):
    page = person.page
    page.set_viewport_size({"width": 768, "height": 1024})
    person.sign_in(then="TYPES")
    box = page.get_by_role("combobox", name="Country of birth")
    for name, code in (("japan", "JPN"), ("germany", "DEU")):  # what was answered once has no history yet
        box.fill(name)
        page.keyboard.press("Tab")
        person.until(
            f"document.querySelector('[data-label=\"Country of birth\"] [name=value]').value === '{code}'"
        )
        person.saved()
    page.get_by_role("button", name="History of Country of birth").click()
    page.wait_for_selector("#drawer .drawer-h")
    for share in (0.1, 0.4, 0.8):  # of the way from the upper bar to the drawer
        box.fill("")
        page.evaluate("scrollTo(0, 0)")
        (top, bottom), _, (first, _) = page.evaluate(MEASURE)
        (upper,) = page.evaluate("[document.querySelector('.drawer').getBoundingClientRect().top]")
        page.evaluate(f"scrollBy(0, {top - first - share * (upper - first - bottom + top)})")
        box.press_sequentially("territory")
        page.wait_for_selector("[role=option]")
        _, (_, lower), _ = page.evaluate(MEASURE)
        assert lower <= upper
        assert page.evaluate(COVERED) == []
        person.shoot(f"terms-drawer-{share}")
        page.keyboard.press("Escape")
    assert person.complaints == []
