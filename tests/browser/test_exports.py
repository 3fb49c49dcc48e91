"""The page of exports in a browser: the button is in view, options stand where the format takes them, and no script is needed."""

import pytest

from tests.web.trial import STUDY

pytestmark = pytest.mark.browser
EXPORTS = f"/s/{STUDY}/x/exports"


def options(page):
    """Which of the options are shown."""
    labels = ("Codes and labels", "All data, locked or not", "Why")
    return {label for label in labels if page.get_by_label(label).is_visible()}


@pytest.mark.parametrize("size", [(1366, 768), (768, 1024)])
def test_the_button_is_in_view_and_options_follow_the_format(person, size):
    page = person.sign_in("dana@sponsor.example").page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(person.server.url + EXPORTS)
    person.ready()
    box = page.get_by_role("button", name="Start export").bounding_box()
    assert 0 <= box["y"] <= size[1] - box["height"]
    assert page.get_by_role("radio", name="CSV", exact=True).is_checked()
    page.get_by_text("A part of the study, blinding, codes").click()
    assert options(page) == {"Codes and labels", "All data, locked or not", "Why"}
    page.get_by_role("radio", name="Parquet", exact=True).check()
    assert options(page) == {"All data, locked or not", "Why"}
    page.locator("summary", has_text="Audit trail").click()
    page.get_by_role("radio", name="Audit trail", exact=True).check()
    assert options(page) == {"Why"}
    assert page.get_by_text("does not narrow it").is_visible()
    assert person.complaints == []
