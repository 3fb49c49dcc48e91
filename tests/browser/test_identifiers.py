"""A person types what looks like an identifier: it stays on the screen, unsaved, until the person decides."""

import dataclasses

import pytest

from edc_core.domain.metadata import PluginUse
from tests.web.long_form import definition
from tests.web.trial import make_core

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def trial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scanned")
    uses = (PluginUse("edc-core-scanners", ">=0.1"),)
    make_core(folder, dataclasses.replace(definition(), plugins=uses)).close()
    return folder / "web.db"


def test_what_only_looks_like_one_is_stored_after_the_person_says_that_it_is_none(person):
    page = person.sign_in().page
    person.enter("Remarks", "Seen with Mrs Marple")
    button = page.get_by_role("button", name="Not an identifier: store it")
    button.wait_for()
    row = person.row("Remarks")
    assert "Not stored: This looks like the name of a person." in row.inner_text()
    assert person.box("Remarks").input_value() == "Seen with Mrs Marple"
    assert person.violations() == []
    person.shoot("identifier-asks")
    button.click()
    button.wait_for(state="detached")
    person.saved()
    page.reload()
    person.ready()
    assert person.box("Remarks").input_value() == "Seen with Mrs Marple"


def test_what_is_one_is_refused_and_kept_on_the_screen_only(person):
    page = person.sign_in().page
    person.enter("Where", "kim@example.org")
    page.locator("text=This holds an e-mail address.").wait_for()
    assert page.get_by_role("button", name="Not an identifier: store it").count() == 0
    assert person.outbox() == []
    assert person.box("Where").input_value() == "kim@example.org"
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    person.ready()
    assert person.box("Where").input_value() == ""
