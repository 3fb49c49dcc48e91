"""Pages of verification and review over HTTP: who sees what, and what marking does without a script."""

import re
import shutil

import pytest

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.testing import SOME_REASON
from edc_core.web.app import create_app
from tests.web.review_trial import ANSWERS, definition, path_of, save
from tests.web.trial import PASSWORD, STUDY, SUBJECT, make_core

WORK = f"/s/{STUDY}/x/review"
FORMS = f"{WORK}/subject?subject={SUBJECT}"
DESK = f"{WORK}/desk"
SEEN = f"{DESK}?subject={SUBJECT}"
FORM = "V2[1]/VS[1]"
MONITOR, MANAGER, SITE = "anna@cro.example", "dana@sponsor.example", "jiwoo@site.example"


@pytest.fixture(scope="session")
def trial_database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    core = make_core(folder, definition())
    save(core, ANSWERS)
    core.close()
    return folder / "web.db"


@pytest.fixture
def core(trial_database, tmp_path):
    file = tmp_path / "web.db"
    shutil.copyfile(trial_database, file)
    core = Core(Settings(database_url=f"sqlite:///{file}", files_dir=tmp_path / "files"), EdcPlugins())
    yield core
    core.close()


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def post(client, *items, url=DESK, group="sdv", version=1, headers=None, **more):
    values = [f"{version}@{path_of(item)}" for item in items]
    data = {
        "op": "an-operation-" + "-".join(items) + str(version),
        "subject": SUBJECT,
        "group": group,
        "at": FORM,
        "values": values,
    }
    return client.post(url, data=data | more, headers=headers or {})


def test_the_list_counts_by_site_and_subject_what_the_plan_asks_for(client_as):
    page = words(client_as(MONITOR).get(f"{WORK}?site=KR-01"))
    assert "3 values to do" in page
    assert re.search(r"KR-01 Seoul 3 0 0 3", page)
    assert re.search(r"DE-01 Berlin 0 0 0 ", page)
    assert re.search(rf"{SUBJECT} 3 0 0 3", page)
    assert "DE01-0001" not in page


def test_home_of_a_monitor_leads_to_sites_with_values_to_verify(client_as):
    monitor = client_as(MONITOR)
    home = monitor.get("/")
    assert re.search(r"To verify 3 .* KR-01 Seoul DEMO@uat 0 0 3 ", words(home))
    assert "DE-01 Berlin" not in home.text, "nothing is to do there"
    assert "Nothing waits for you" not in home.text
    assert f'href="{WORK}?group=sdv&amp;site=KR-01#subjects"' in home.text
    assert 'id="to-verify"' not in client_as(MANAGER).get("/").text + client_as(SITE).get("/").text
    post(monitor, "SYSBP", "WEIGHT", "VSDAT")
    assert "No value waits to be verified." in monitor.get("/").text


def test_a_data_manager_has_the_list_of_data_review_and_no_other(client_as):
    manager = client_as(MANAGER)
    assert "5 values to do" in words(manager.get(WORK))
    assert manager.get(f"{WORK}?group=sdv").status_code == 403
    assert client_as(MONITOR).get(f"{WORK}?group=dm").status_code == 403


@pytest.mark.parametrize("address", [WORK, FORMS, f"{SEEN}&at=all"])
def test_site_staff_have_no_such_page_and_no_way_there(client_as, address):
    client = client_as(SITE)
    assert client.get(address).status_code == 403
    assert "/review" not in client.get(f"/s/{STUDY}/subjects/{SUBJECT}").text
    assert post(client, "SYSBP").status_code == 403


def test_a_casebook_lists_its_forms_and_a_form_its_values(client_as):
    client = client_as(MONITOR)
    page = client.get(FORMS)
    assert re.search(r"Visit 2 Vital signs 3 0 0 3", words(page))
    assert f"{WORK}?group=sdv&amp;site=KR-01" in page.text
    desk = client.get(f"{SEEN}&at={FORM}")
    assert "0 of 3 done, 3 to do" in words(desk)
    assert re.search(r"Systolic blood pressure 128 mmHg To do", words(desk))
    assert re.search(r"Remarks Sat down first Not in the plan", words(desk))
    assert desk.text.count("data-tick") == 3


def test_marking_without_a_script_comes_back_to_the_form(client_as):
    client = client_as(MONITOR)
    response = post(client, "SYSBP", "WEIGHT")
    assert (response.status_code, response.headers["Location"].partition("?")[0]) == (303, DESK)
    desk = words(client.get(response.headers["Location"]))
    assert "2 of 3 done, 1 to do" in desk
    assert re.search(r"Systolic blood pressure 128 mmHg Verified", desk)


def test_marking_one_with_a_script_brings_its_row_and_the_count(client_as):
    response = post(client_as(MONITOR), "SYSBP", headers={"HX-Request": "true"})
    assert response.text.strip().startswith("<tr id=")
    assert response.text.count("<tr") == 1
    assert "1 of 3 done, 2 to do" in words(response)
    assert 'hx-target="#desk_top"' in response.text


def test_what_changed_meanwhile_is_refused_with_what_to_do(core, client_as):
    save(core, {"SYSBP": "131"}, complete=False, reason=SOME_REASON)
    client = client_as(MONITOR)
    response = post(client, "SYSBP", "WEIGHT")
    assert response.status_code == 409
    assert "A value was changed since you saw this page" in words(response)
    assert "0 of 3 done" in words(client.get(f"{SEEN}&at={FORM}"))


def test_a_change_brings_the_value_back_to_the_list_and_the_form_says_why(core, client_as):
    client = client_as(MONITOR)
    post(client, "SYSBP")
    form = f"/s/{STUDY}/subjects/{SUBJECT}/V2/VS"
    assert 'aria-label="Verified"' in client.get(form).text
    save(core, {"SYSBP": "131"}, complete=False, reason=SOME_REASON)
    assert re.search(rf"{SUBJECT} 3 0 1 3", words(client.get(f"{WORK}?site=KR-01")))
    assert "Changed since" in words(client.get(f"{SEEN}&at={FORM}"))
    assert "Verification dropped" in client.get(form).text
    history = words(client.get(f"{form}/history?item={path_of('SYSBP')}"))
    assert "dropped the verification of Systolic blood pressure: the value changed" in history
    assert "verified Systolic blood pressure against the source" in history


def test_a_mark_is_taken_back_with_a_reason(client_as):
    client = client_as(MONITOR)
    post(client, "SYSBP")
    data = {
        "op": "take-it-back",
        "subject": SUBJECT,
        "group": "sdv",
        "at": FORM,
        "path": str(path_of("SYSBP")),
        "reason": "Wrong page",
    }
    assert client.post(f"{WORK}/take-back", data=data | {"reason": ""}).status_code == 400
    assert client.post(f"{WORK}/take-back", data=data).status_code == 303
    assert "0 of 3 done" in words(client.get(f"{SEEN}&at={FORM}"))


def test_values_of_a_visit_and_of_a_casebook_are_marked_from_the_list_that_was_shown(client_as):
    client = client_as(MONITOR)
    for at in ("V2[1]", "all"):
        page = client.get(f"{SEEN}&at={at}")
        assert "Mark all 3 values?" in page.text
        assert set(
            re.findall(r'name="values" value="1@([^"]+)">', page.text.partition("<dialog class")[2])
        ) == {str(path_of(item)) for item in ("SYSBP", "WEIGHT", "VSDAT")}


def test_a_study_without_a_plan_says_so(tmp_path):
    core = make_core(tmp_path)
    try:
        app = create_app(core)
        app.config.update(WTF_CSRF_ENABLED=False)
        client = app.test_client()
        client.post("/login", data={"login": MONITOR, "password": PASSWORD})
        assert "asks for nothing here" in words(client.get(WORK))
        assert "asks for nothing here" in words(client.get(FORMS))
    finally:
        core.close()


@pytest.mark.parametrize(
    "bad",
    [{"values": []}, {"values": ["no version"]}, {"values": ["1@V2[1]"]}, {"group": "other"}, {"more": "x"}],
    ids=["none", "shape", "no item", "group", "unknown"],
)
def test_requests_of_another_shape_change_nothing(client_as, bad):
    client = client_as(MONITOR)
    data = {
        "op": "an-operation",
        "subject": SUBJECT,
        "group": "sdv",
        "at": FORM,
        "values": [f"1@{path_of('SYSBP')}"],
    } | bad
    assert client.post(DESK, data=data).status_code in (400, 404)
    assert "0 of 3 done" in words(client.get(f"{SEEN}&at={FORM}"))


def test_statements_do_not_grow_with_subjects_and_values(client_as, count_statements):
    client = client_as(MONITOR)
    with count_statements() as work:
        client.get(f"{WORK}?site=KR-01")
    with count_statements() as desk:
        client.get(f"{SEEN}&at={FORM}")
    assert len(work) <= 9
    assert len(desk) <= 14
