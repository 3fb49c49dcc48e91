"""One's own account, and the pages of user administrators."""

import csv
import dataclasses
import io
import re
from datetime import date, timedelta

import pytest
from edc_core_people.pages import PeoplePage, PersonPage
from flask import template_rendered

from edc_core.domain.permission import Action, Place, Role
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.services import people, users
from edc_core.store import readers
from edc_core.web.account.routes import AccountPage, ForgotPage, LinkPage
from tests.web.trial import CLI, FORM_URL, PASSWORD, STUDY

UMA, SITE = "uma@cro.example", "jiwoo@site.example"
NEW = "/x/people/person?login=new@site.example"
BETTER = "ochre tulip in a drawer"

pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
def core(core, tmp_path):
    core.settings = dataclasses.replace(core.settings, mail_dir=tmp_path / "mail")
    with core.write(CLI) as uow:
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=UMA, full_name="Uma Lind"))
        users.add_grant(uow, users.AddGrant(study_id="@system", op=new_id(), login=UMA, role=Role.UAD))
        users.set_password(uow, UMA, PASSWORD)
    return core


@pytest.fixture
def uma(core, client_as):
    return client_as(UMA)


def link_mailed(core):
    Worker(core).run(once=True)
    newest = max(core.settings.mail_dir.glob("*.eml"))
    return re.search(r"(/password/\S+)", newest.read_text())[1]


def invite(client, login="new@site.example", **more):
    fields = {"op": new_id(), "login": login, "full_name": "Nora New", "email": "nora@mail.example"}
    fields["csrf_token"] = "as every form of a page sends it"
    return client.post("/x/people", data=fields | more)


# One's own account


def test_from_invitation_to_the_first_page(core, uma, app):
    assert invite(uma).headers["Location"] == "/x/people/person?login=new%40site.example"
    person = app.test_client()
    where = link_mailed(core)
    assert 'value="new@site.example"' in person.get(where).text
    differ = person.post(where, data={"password": BETTER, "again": "something else"})
    assert (differ.status_code, "are not the same" in differ.text) == (422, True)
    weak = person.post(where, data={"password": "nora password", "again": "nora password"})
    assert (weak.status_code, "login or name" in weak.text) == (422, True)
    assert person.post(where, data={"password": BETTER, "again": BETTER}).status_code == 303
    assert person.get(where).status_code == 404
    assert person.post("/login", data={"login": "new@site.example", "password": BETTER}).status_code == 303
    assert person.get("/").status_code == 200


@pytest.mark.parametrize("login", [SITE, "nobody@site.example"])
def test_forgotten_password_is_answered_alike_for_everybody(app, login):
    answer = app.test_client().post("/forgot", data={"login": login})
    assert answer.status_code == 200
    assert "If there is an account with this login" in answer.text


def test_first_password_opens_nothing_but_its_change(core, app):
    with core.write(CLI) as uow:
        users.set_password(uow, SITE, BETTER, must_change=True)
    client = app.test_client()
    client.post("/login", data={"login": SITE, "password": BETTER})
    for address in ("/", FORM_URL, f"/s/{STUDY}/subjects"):
        assert client.get(address).headers["Location"] == "/account"
    assert client.post(f"/s/{STUDY}/subjects", data={}).status_code == 401
    assert "Choose a password of your own" in client.get("/account").text
    given = {"present": BETTER, "password": BETTER, "again": BETTER}
    assert "This is the password you have" in client.post("/account/password", data=given).text
    given |= {"password": PASSWORD, "again": PASSWORD}
    assert client.post("/account/password", data=given).headers["Location"] == "/"
    assert client.get(FORM_URL).status_code == 200


def test_changed_password_signs_out_everywhere_else(client_as):
    here, there = client_as(SITE), client_as(SITE)
    wrong = here.post("/account/password", data={"present": "wrong", "password": BETTER, "again": BETTER})
    assert (wrong.status_code, "This is not the password of" in wrong.text) == (422, True)
    assert there.get("/").status_code == 200
    given = {"present": PASSWORD, "password": BETTER, "again": BETTER}
    assert "signed out everywhere else" in here.post("/account/password", data=given).text
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303


def test_sessions_are_listed_and_ended_and_nobody_elses_are(client_as):
    here, there, manager = client_as(SITE), client_as(SITE), client_as("dana@sponsor.example")
    keys = re.findall(r'name="key" value="([0-9a-f]{64})"', here.get("/account").text)
    assert len(keys) == 1
    manager.post("/account/sessions", data={"key": keys[0]})
    assert there.get("/").status_code == 200
    here.post("/account/sessions", data={"key": keys[0]})
    assert there.get("/").status_code == 303
    assert here.get("/").status_code == 200


def test_lockout_is_written_to_the_person(core, app):
    with core.write(CLI) as uow:
        people.set_email(uow, SITE, "kim@mail.example")
    for _ in range(5):
        app.test_client().post("/login", data={"login": SITE, "password": "wrong password"})
    Worker(core).run(once=True)
    (letter,) = core.settings.mail_dir.glob("*.eml")
    assert "Sign-in was tried several times" in letter.read_text()


# User administration


def test_role_is_given_and_ended(uma, client_as):
    invite(uma)
    grant = {"op": new_id(), "login": "new@site.example", "role": "CRC", "study": STUDY}
    grant |= {"sites": "KR-01 DE-01", "ends": "2031-12-31"}
    assert uma.post("/x/people/roles", data=grant).status_code == 303
    page = uma.get(NEW).text
    assert "DE-01 KR-01" in page
    assert "2031-12-31" in page
    grant_id = re.search(r'name="grant_id" value="([0-9a-f]{32})"', page)[1]
    end = {"op": new_id(), "login": "new@site.example", "grant_id": grant_id, "reason": "Left the site"}
    assert uma.post("/x/people/end", data=end).status_code == 303
    assert "sees no study" in uma.get(NEW).text


def test_role_is_given_for_the_sites_of_a_country_and_shows_those_alone(uma, client_as, core):
    invite(uma)
    grant = {"op": new_id(), "login": "new@site.example", "role": "CRC", "study": STUDY, "countries": "kr"}
    assert uma.post("/x/people/roles", data=grant).status_code == 303
    assert "<td>KR</td>" in uma.get(NEW).text
    today = users.today(core.clock)
    assert [row["where"] for row in lines_of(uma, today) if row["login"] == "new@site.example"] == ["KR"]
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        actor = users.actor_of(source, "new@site.example", today)
        seen = {
            site.number: actor.may(Action.VIEW_DATA, Place(study_id, site.site_id, site.country))
            for site in readers.sites(source.connection, study_id).values()
        }
    assert seen == {"DE-01": False, "KR-01": True}


def test_a_role_is_given_unblinded_and_says_so(uma, core):
    invite(uma)
    grant = {"op": new_id(), "login": "new@site.example", "role": "STA", "study": STUDY, "unblinded": "1"}
    assert uma.post("/x/people/roles", data=grant).status_code == 303
    assert "Statistician, unblinded" in uma.get(NEW).text
    today = users.today(core.clock)
    assert {row["unblinded"] for row in lines_of(uma, today) if row["role"] == "STA"} == {"yes"}
    assert "Statistician, unblinded" in uma.get(f"/x/access?day={today}").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"role": "CRC"}, "is a role in a study"),
        ({"role": "UAD", "unblinded": "1"}, "sees no data"),
        ({"role": "CRC", "study": STUDY, "sites": "XX-99"}, "There is no site"),
        (
            {"role": "CRC", "study": STUDY, "countries": "FR"},
            "No site is in a country &#39;FR&#39;. There are sites in: DE, KR.",
        ),
        ({"role": "CRC", "study": STUDY, "sites": "KR-01", "countries": "DE"}, "for sites or for countries"),
    ],
)
def test_role_that_cannot_be_given_is_explained_in_place(uma, fields, words):
    answer = uma.post("/x/people/roles", data={"op": new_id(), "login": SITE, **fields})
    assert (answer.status_code, words in answer.text) == (422, True)


def test_taken_login_is_explained_and_what_was_typed_stays(uma):
    answer = invite(uma, SITE)
    assert answer.status_code == 422
    assert "logins are never given twice" in answer.text
    assert 'value="Nora New"' in answer.text


def test_closing_an_account_signs_it_out(uma, client_as):
    site = client_as(SITE)
    uma.post("/x/people/care", data={"login": SITE, "act": "close"})
    assert site.get("/").status_code == 303
    assert "Nobody can sign in with it" in uma.get(f"/x/people/person?login={SITE}").text


def test_administrator_does_not_lock_everybody_out(uma):
    answer = uma.post("/x/people/care", data={"login": UMA, "act": "close"})
    assert (answer.status_code, "Nobody else could manage users" in answer.text) == (422, True)


def lines_of(client, day):
    text = client.get(f"/x/access?day={day}&as=csv").text
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_review_file_holds_no_formula(uma, core):
    invite(uma, full_name="=1+1")
    grant = {"op": new_id(), "login": "new@site.example", "role": "CRC", "study": STUDY, "sites": "KR-01"}
    uma.post("/x/people/roles", data=grant)
    assert "'=1+1" in {line["name"] for line in lines_of(uma, users.today(core.clock))}


def test_review_is_a_page_and_a_file_with_the_same_lines(uma, core):
    today = users.today(core.clock)
    page = uma.get(f"/x/access?day={today}").text
    rows = lines_of(uma, today)
    assert [row["login"] for row in rows] == sorted(row["login"] for row in rows)
    assert {row["name"] for row in rows} == {
        "Uma Lind",
        "Kim Jiwoo",
        "Lee Minseo",
        "Anna Weber",
        "Dana Ortiz",
        "Park Haneul",
    }
    assert all(row["name"] in page for row in rows)
    assert "Nobody had a role on that day." in uma.get("/x/access?day=2001-01-01").text
    assert uma.get("/x/access?day=soon").status_code == 422


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (Role.UAD, {"/x/people"}),
        (Role.ADM, {"/x/people", f"/s/{STUDY}/plugins"}),
        (Role.BLD, {f"/s/{STUDY}/plugins"}),
        (Role.AUD, {f"/s/{STUDY}/subjects", f"/s/{STUDY}/queries"}),
    ],
)
def test_home_without_tasks_leads_to_pages_that_open(core, client_as, role, pages):
    """Only to these, each of which answers; every study says how it stands."""
    with core.write(CLI) as uow:
        study = readers.find_study(uow.connection, STUDY)
        users.add_user(
            uow, users.AddUser(study_id="@system", op=new_id(), login="x@b.example", full_name="X")
        )
        where = {"granted_study_id": study.study_id} if role is Role.AUD else {}
        users.add_grant(
            uow, users.AddGrant(study_id="@system", op=new_id(), login="x@b.example", role=role, **where)
        )
        users.set_password(uow, "x@b.example", PASSWORD)
    client = client_as("x@b.example")
    home = client.get("/").text
    block = home[home.index('id="ways"') : home.index("</section>", home.index('id="ways"'))]
    assert "Version v1" in block
    assert set(re.findall(r'href="([^"#]+)"', block)) == pages
    listed = home[home.index('id="studies-t"') :]
    for address in {*pages, *re.findall(r'href="(/s/[^"]+)"', listed)}:
        assert client.get(address).status_code == 200, address


def test_review_shows_a_role_that_was_ended_that_day_with_its_end_and_the_next_day_not_at_all(uma, core):
    today = users.today(core.clock)

    def of_site(day):
        return [line["to"] for line in lines_of(uma, day) if line["login"] == SITE]

    assert of_site(today) == [""]
    grant_id = re.search(
        r'name="grant_id" value="([0-9a-f]{32})"', uma.get(f"/x/people/person?login={SITE}").text
    )[1]
    end = {"op": new_id(), "login": SITE, "grant_id": grant_id, "reason": "Left the site"}
    assert uma.post("/x/people/end", data=end).status_code == 303
    assert of_site(today) == [today]
    page = uma.get(f"/x/access?day={today}").text
    row = next(row for row in page.split("<tr>") if "Kim Jiwoo" in row)
    assert f" – {today}" in row
    assert of_site(date.fromisoformat(today) + timedelta(days=1)) == []


def test_menu_leads_to_people_for_those_who_manage_them_alone(uma, client_as):
    assert 'href="/x/people"' in uma.get("/").text
    assert 'href="/x/people"' not in client_as("dana@sponsor.example").get("/").text


@pytest.mark.parametrize(
    ("address", "view"),
    [
        ("/x/people", PeoplePage),
        (f"/x/people/person?login={SITE}", PersonPage),
        ("/account", AccountPage),
        ("/forgot", ForgotPage),
        ("link", LinkPage),
    ],
)
def test_template_receives_the_fields_of_its_view_model(core, app, uma, address, view):
    if address == "link":
        invite(uma)
        address = link_mailed(core)
    received = []
    with template_rendered.connected_to(lambda _app, context, **_: received.append(context), app):
        assert uma.get(address).status_code == 200
    ours = set(received[-1]) - {"shell", "csrf_token", "g", "request", "session", "config", "csrf_meta_tag"}
    ours -= {"address", "own_file"} if "/x/" in address else set()
    assert ours == {field.name for field in dataclasses.fields(view)}
