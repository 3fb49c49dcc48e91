"""Access to a study is looked through, signed with a password, and asked for again after 90 days."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from edc_core.domain.permission import Role
from edc_core.errors import WrongState
from edc_core.ids import new_id
from edc_core.services import users
from edc_core.store import readers
from tests.web.trial import CLI, PASSWORD, STUDY

PAGE = f"/s/{STUDY}/x/access/review"
MANAGER = "dana@sponsor.example"

pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
def manager(client_as):
    return client_as(MANAGER)


def shown(client):
    return dict(re.findall(r'name="(op|sha256)" value="([^"]+)"', client.get(PAGE).text))


def signing(client, **more):
    typed = {"findings": "Nothing is to be changed.", "login": MANAGER, "password": PASSWORD}
    return client.post(PAGE, data=shown(client) | typed | more)


def test_a_review_is_signed_and_stands_there_with_its_findings(manager, core):
    page = manager.get(PAGE).text
    assert "Kim Jiwoo" in page
    assert "Nobody has signed a review yet." in page
    assert signing(manager).status_code == 303
    page = manager.get(PAGE).text
    today = users.today(core.clock)
    assert f"Roles on {today}" in page
    assert "signed by Dana Ortiz" in page
    assert "Nothing is to be changed." in page
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        kinds = [
            row.kind
            for row in source.connection.exec_driver_sql(
                f"SELECT kind FROM ledger_entry WHERE study_id = '{study.study_id}' AND chain = '@study'"
            )
        ]
    assert kinds.count("note.add") == 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"password": "wrong"}, "This is not the password"),
        ({"password": ""}, "Type your password."),
        ({"login": "anna@cro.example"}, "Sign with your own user name."),
        ({"findings": " "}, "Write what you found"),
        ({"sha256": "0" * 64}, "The roles have changed"),
    ],
)
def test_what_is_not_right_signs_nothing_and_keeps_what_was_typed(manager, more, why):
    answer = signing(manager, **more)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert more.get("findings", "Nothing is to be changed.").strip() in answer.text
    assert PASSWORD not in answer.text
    assert "Nobody has signed a review yet." in answer.text


def test_a_role_given_meanwhile_has_to_be_looked_at_first(manager, core):
    seen = shown(manager)
    with core.write(CLI) as uow:
        study = readers.find_study(uow.connection, STUDY)
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login="new@x", full_name="New"))
        grant = users.AddGrant(
            study_id="@system", op=new_id(), login="new@x", role=Role.STA, granted_study_id=study.study_id
        )
        users.add_grant(uow, grant)
    answer = signing(manager, **seen)
    assert "The roles have changed since you opened the page" in answer.text


def test_who_sees_one_site_signs_nothing(client_as):
    login = "jiwoo@site.example"
    client = client_as(login)
    typed = {"op": new_id(), "sha256": "0" * 64, "findings": "x", "login": login, "password": PASSWORD}
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data=typed).status_code == 403


def test_it_is_a_file_too_and_a_day_that_is_none_is_said(manager):
    file = manager.get(f"{PAGE}?as=csv")
    assert file.mimetype == "text/csv"
    assert "jiwoo@site.example" in file.text
    assert manager.get(f"{PAGE}?day=soon").status_code == 422


def test_home_reminds_where_it_is_due(manager, core, monkeypatch):
    assert "Not reviewed yet" in manager.get("/").text
    signing(manager)
    assert "Access to look through" not in manager.get("/").text
    now = core.clock.now
    monkeypatch.setattr(core.clock, "now", lambda: now() + timedelta(days=90))
    assert manager.post("/login", data={"login": MANAGER, "password": PASSWORD}).status_code == 303
    assert "due since" in manager.get("/").text


def test_what_is_signed_says_who_is_unblinded(manager, core):
    before = shown(manager)["sha256"]
    with core.write(CLI) as uow:
        study_id = readers.find_study(uow.connection, STUDY).study_id
        given = users.grant_for_sites(uow, "anna@cro.example", Role.STA, study_id, ())
        with pytest.raises(WrongState, match="is monitor here"):
            users.add_grant(uow, replace(given, unblinded=True))
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login="sam", full_name="Sam"))
        users.add_grant(uow, replace(given, login="sam", op=new_id(), unblinded=True))
    assert "Statistician, unblinded" in manager.get(PAGE).text
    seen = shown(manager)["sha256"]
    assert seen != before
    assert signing(manager, sha256=before).status_code == 422
