import pytest

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from tests.web import long_form
from tests.web.trial import STUDY, SUBJECT, fill

ITEM = "V2[1]/TYPES[1]/TYPES.TYPES[1]/TYPES.COUNTRY"


@pytest.fixture
def core(tmp_path):
    core = Core(
        Settings(database_url=f"sqlite:///{tmp_path}/web.db", files_dir=tmp_path / "files"), EdcPlugins()
    )
    fill(core, long_form.definition())
    yield core
    core.close()


def ask(client, typed, *, item=ITEM, subject=SUBJECT, version="v1"):
    return client.get(
        f"/s/{STUDY}/subjects/{subject}/items/{item}/terms", query_string={"q": typed, "version": version}
    )


def test_terms_come_with_their_code_at_most_twenty(client_as):
    client = client_as()
    assert ask(client, "republic").json == {"terms": [{"code": "KOR", "text": "Korea, Republic of"}]}
    assert ask(client, "일본").json == {"terms": [{"code": "JPN", "text": "Japan"}]}
    assert len(ask(client, "territory").json["terms"]) == 20
    assert ask(client, "t").json == ask(client, "soviet").json == {"terms": []}


def test_the_page_holds_the_chosen_term_and_no_other(client_as):
    client = client_as()
    page = client.get(f"/s/{STUDY}/subjects/{SUBJECT}/V2/TYPES").text
    assert 'role="combobox"' in page
    assert "Territory" not in page


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "DE01-0001"},  # of another site
        {"subject": "nobody"},
        {"item": "V2[1]/TYPES[1]/TYPES.TYPES[1]/TYPES.CREAT"},  # has no code list
        {"item": "V2[1]/TYPES[1]/TYPES.TYPES[1]/TYPES.NONE"},
        {"item": "V2[1]/TYPES[1]/TYPES.TYPES[1]/TYPES.HIDDEN"},  # blinded
        {"version": "v99"},
    ],
)
def test_what_a_person_does_not_see_has_no_terms(client_as, more):
    assert ask(client_as(), "korea", **more).status_code == 404


def test_nobody_searches_without_signing_in(app):
    assert ask(app.test_client(), "korea").status_code in (302, 303, 401)


def convert(client, *, item="TYPES.CREAT", **given):
    asked = {"value": "1,2", "from": "mg/dL", "to": "umol/L", "version": "v1"} | given
    url = f"/s/{STUDY}/subjects/{SUBJECT}/items/V2[1]/TYPES[1]/TYPES.TYPES[1]/{item}/converted"
    return client.get(url, query_string=asked)


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({}, "106.104"),
        ({"value": "106.104", "from": "umol/L", "to": "mg/dL"}, "1.2"),
        ({"to": "mg/dL"}, "1.2"),
        ({"value": "many"}, ""),
        ({"to": "kg"}, ""),
    ],
)
def test_a_number_is_converted_between_the_units_of_its_item(client_as, given, number):
    assert convert(client_as(), **given).json == {"value": number}


def test_nothing_is_converted_for_who_does_not_see_the_item(client_as):
    assert convert(client_as(), item="TYPES.HIDDEN").status_code == 404
    assert convert(client_as(), value="1" * 201).status_code == 400
