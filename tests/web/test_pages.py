"""The pages around the form: what they say, to whom, and what their buttons do without a script."""

import dataclasses
import re
import zipfile
from io import BytesIO

import pytest
from edc_core_exports.pages import ExportPage
from edc_core_locking.console import LockPage
from flask import template_rendered
from sqlalchemy import event

from edc_core.domain.dataset import Exporter
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import FormRef, Policy, StudyEventDef
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.store import checks, readers
from edc_core.web.audit.routes import ThenPage, TrailPage
from edc_core.web.marks import STATES
from edc_core.web.plugins.routes import PluginPage
from edc_core.web.queries.pages import QueryListPage, ThreadPage
from edc_core.web.studies.routes import HomePage
from edc_core.web.subjects.pages import CasebookPage, MatrixPage, SubjectQueriesPage
from tests.rendering.vital_signs import version
from tests.web.trial import STUDY, SUBJECT, limited, make_core

HX = {"HX-Request": "true"}
HOME = f"/s/{STUDY}"
BOOK = f"{HOME}/subjects/{SUBJECT}"
VS = ItemPath.parse("V2[1]/VS[1]")
SYSBP = VS.with_group("IG.VS", "1").with_item("SYSBP")
SITE, MONITOR, MANAGER = "jiwoo@site.example", "anna@cro.example", "dana@sponsor.example"


@pytest.fixture
def core(tmp_path):
    unscheduled = StudyEventDef("UNS", "UNS", repeating=True, form_refs=(FormRef("VS"),))
    definition = limited(version())
    definition = dataclasses.replace(
        definition,
        events=(*definition.events, unscheduled),
        policy=Policy(subject_key_pattern="[A-Z]{2}[0-9]{2}-[0-9]{4}", subject_key_hint="KR01-0001"),
    )
    core = make_core(tmp_path, definition, exports_dir=tmp_path / "exports")
    yield core
    core.close()


@pytest.fixture
def site(client_as):
    return client_as(SITE)


@pytest.fixture
def manager(client_as):
    return client_as(MANAGER)


@pytest.fixture
def statements(core):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    event.listen(core.engine, "before_cursor_execute", note)
    return seen


def post(client, url, headers=None, **data):
    return client.post(url, data={"op": new_id(), **data}, headers=headers or {})


def save(client, value="300", path=SYSBP):
    return post(client, f"{BOOK}/items/{path}", HX, value=value, base=0)


def query_of(client):
    """A complete form whose pressure is above its limit, and the address of the query that asks about it."""
    save(client)
    post(client, f"{BOOK}/forms/{VS}/complete", HX)
    page = client.get(f"{HOME}/queries").text
    return re.search(rf'href="({re.escape(HOME)}/queries/[0-9a-f]{{32}})"', page)[1]


def base_of(client, url):
    return re.search(r'name="base" value="(\d+)"', client.get(url).text)[1]


PAGES = [
    ("/", HomePage),
    (f"{HOME}/subjects", MatrixPage),
    (BOOK, CasebookPage),
    (f"{BOOK}/queries", SubjectQueriesPage),
    (f"{BOOK}/history", TrailPage),
    (f"{BOOK}/then", ThenPage),
    (f"{HOME}/history", TrailPage),
    (f"{HOME}/queries", QueryListPage),
    (f"{HOME}/x/locking/console", LockPage),
    (f"{HOME}/x/exports", ExportPage),
    (f"{HOME}/plugins", PluginPage),
]


@pytest.mark.parametrize(("url", "view"), PAGES, ids=[url for url, _ in PAGES])
def test_template_receives_the_fields_of_its_view_model(app, manager, url, view):
    received = []
    with template_rendered.connected_to(lambda _app, context, **_: received.append(context), app):
        assert manager.get(url).status_code == 200
    ours = set(received[-1]) - {"shell", "csrf_token", "g", "request", "session", "config", "csrf_meta_tag"}
    ours -= {"address", "own_file"} if "/x/" in url else set()  # what every template of a plugin has besides
    assert ours == {field.name for field in dataclasses.fields(view)}


def test_thread_template_receives_the_fields_of_its_view_model(app, site):
    url = query_of(site)
    received = []
    with template_rendered.connected_to(lambda _app, context, **_: received.append(context), app):
        site.get(url)
    ours = set(received[-1]) - {"shell", "csrf_token", "g", "request", "session", "config", "csrf_meta_tag"}
    assert ours == {field.name for field in dataclasses.fields(ThreadPage)}


@pytest.mark.parametrize("url", [url for url, _ in PAGES])
def test_page_needs_a_session(app, url):
    response = app.test_client().get(url)
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize("part", ["", "/queries", "/history", "?event=V2"])
def test_subject_of_another_site_is_not_there(site, part):
    response = site.get(f"{HOME}/subjects/DE01-0001{part}")
    assert response.status_code == 404
    assert "DE-01" not in response.text


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("events", {"event": "UNS"}),
        ("protection", {"action": "freeze", "reason": "typo"}),
    ],
)
def test_write_at_another_site_finds_nothing(site, part, data):
    assert post(site, f"{HOME}/subjects/DE01-0001/{part}", **data).status_code == 404


@pytest.mark.parametrize("page", ["x/locking/console", "x/exports", "plugins"])
def test_site_has_no_business_on_pages_of_the_sponsor(site, page):
    assert site.get(f"{HOME}/{page}").status_code == 403
    assert f'href="{HOME}/{page}"' not in site.get(BOOK).text


def test_write_without_a_token_of_the_page_is_refused(app, client_as):
    app.config["WTF_CSRF_ENABLED"] = False
    client = client_as(MANAGER)
    app.config["WTF_CSRF_ENABLED"] = True
    assert post(client, f"{HOME}/x/locking/console", action="freeze", reason="Because").status_code == 403


def test_home_leads_to_the_query_and_the_begun_form(site):
    url = query_of(site)
    home = site.get("/").text
    assert url in home
    assert "1 thing to do" in home
    assert "No form was left half done." in home


def test_home_of_a_person_with_nothing_to_do_says_so(site, manager):
    assert "Nothing waits for you" in site.get("/").text
    assert "No query waits for an answer." in site.get("/").text
    assert "No query waits to be taken further." in manager.get("/").text


def test_home_takes_as_many_statements_for_a_form_begun_as_for_queries_and_fewer_where_nothing_was_written(
    site, statements
):
    def taken():
        statements.clear()
        site.get("/")
        return len(statements)

    save(site)
    begun = taken()
    post(site, f"{BOOK}/forms/{VS}/complete", HX)
    asked = taken()
    assert taken() < asked == begun <= 12


@pytest.mark.parametrize("address", [HOME, f"{HOME}/"])
def test_an_address_cut_short_to_the_study_shows_its_subjects(site, address):
    answer = site.get(address, follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, f"{HOME}/subjects")


def test_matrix_shows_the_state_of_a_visit_in_words_and_opens_it(site):
    query_of(site)
    page = site.get(f"{HOME}/subjects").text
    assert f'aria-label="{SUBJECT} V2: Complete, 1 open query"' in page
    assert f'href="{BOOK}?event=V2#{ItemPath(VS.event).dom_id}"' in page
    assert "1 of 1 shown" in page
    legend = page.partition('class="panel-f legend"')[2].partition("</div>")[0]
    assert all(f"{sign.word}<" in legend for sign in STATES.values())


def test_filter_that_fits_nobody_offers_the_way_back(site):
    page = site.get(f"{HOME}/subjects?q=nobody").text
    assert "No subject fits these filters." in page
    assert "Show all subjects" in page


def test_address_with_nonsense_in_its_filters_is_answered(site):
    assert site.get(f"{HOME}/subjects?site=XX&status=odd&page=99&utm_source=x").status_code == 200
    assert site.get(f"{HOME}/queries?state=Odd&page=99").status_code == 200
    assert site.get(f"{HOME}/subjects?page=first").status_code == 400


def test_list_as_csv_holds_what_is_seen(site, manager):
    response = site.get(f"{HOME}/subjects.csv")
    assert response.headers["Content-Disposition"] == "attachment; filename=DEMO-subjects.csv"
    assert SUBJECT in response.text
    assert "DE01-0001" not in response.text
    assert "DE01-0001" in manager.get(f"{HOME}/subjects.csv").text


def test_subject_is_added_where_the_person_works(site):
    response = post(site, f"{HOME}/subjects", subject_key="KR01-0002", site="KR-01")
    assert response.headers["Location"] == f"{HOME}/subjects/KR01-0002"
    assert post(site, f"{HOME}/subjects", subject_key="DE01-0002", site="DE-01").status_code == 404


def test_number_that_is_taken_names_the_subject_that_has_it(site):
    response = post(site, f"{HOME}/subjects", subject_key=SUBJECT, site="KR-01")
    assert response.status_code == 409
    assert f"Subject {SUBJECT} is in this study already." in response.text
    assert f'<a href="{BOOK}">Open {SUBJECT}</a>' in response.text
    assert f'value="{SUBJECT}"' in response.text


def test_number_that_is_taken_at_another_site_has_no_link(site):
    response = post(site, f"{HOME}/subjects", subject_key="DE01-0001", site="KR-01")
    assert response.status_code == 409
    assert "Open DE01-0001" not in response.text


def test_number_that_breaks_the_pattern_says_what_is_expected(site):
    response = post(site, f"{HOME}/subjects", subject_key="banana", site="KR-01")
    assert response.status_code == 422
    assert "Expected is KR01-0001." in response.text
    assert 'value="banana"' in response.text


def test_casebook_lists_forms_with_their_state(site):
    save(site)
    page = site.get(BOOK).text
    assert "Vital signs" in page
    assert "Kim Jiwoo" in page
    assert "In progress" in page
    assert "Times: UTC" in page


def test_unscheduled_visit_is_added_and_open(site):
    response = post(site, f"{BOOK}/events", event="UNS")
    where = response.headers["Location"]
    assert where.startswith(f"{BOOK}?event=UNS%5B1%5D#")
    page = site.get(where.partition("#")[0]).text
    assert re.search(rf'<details class="acc" id="{where.partition("#")[2]}" open>', page)


def test_frozen_casebook_says_who_and_why_and_offers_no_change(site, manager):
    post(manager, f"{BOOK}/protection", action="freeze", reason="Interim analysis")
    page = site.get(BOOK).text
    assert "Frozen by Dana Ortiz." in page
    assert "Reason: Interim analysis." in page
    assert "Add a visit" not in page
    assert "Unfreeze" in manager.get(BOOK).text
    assert "Unfreeze" not in page


def test_unlock_that_waits_does_not_name_its_asker_as_the_one_who_locked(core, manager, client_as):
    with core.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE study SET environment = 'live'")
    live = HOME.replace("@uat", "@live")
    for action, reason in (("lock", "Interim analysis"), ("unlock", "Late result")):
        post(manager, f"{live}/subjects/{SUBJECT}/protection", action=action, reason=reason)
    page = manager.get(f"{live}/subjects/{SUBJECT}").text
    assert "<b>Locked.</b>" in page
    assert "Dana Ortiz asked to unlock KR01-0001." in page
    assert "Another person has to confirm it." in page
    assert "Dana Ortiz asked to unlock KR01-0001." in manager.get(f"{live}/x/locking/console?site=KR-01").text


def test_query_goes_through_its_life_without_a_script(site, manager):
    url = query_of(site)
    sent = post(site, url, action="answer", text="As in source.", base=base_of(site, url))
    assert (sent.status_code, sent.headers["Location"]) == (303, url)
    assert "As in source." in manager.get(url).text
    post(manager, url, action="ask again", text="Which source?", base=base_of(manager, url))
    post(site, url, action="answer", text="The chart.", base=base_of(site, url))
    post(manager, url, action="close", base=base_of(manager, url))
    assert "Closed" in site.get(url).text
    assert "Send answer" not in site.get(url).text
    post(manager, url, action="reopen", text="Once more, please.", base=base_of(manager, url))
    assert "Send answer" in site.get(url).text


def test_query_answers_htmx_with_the_thread_alone(site):
    url = query_of(site)
    part = post(site, url, HX, action="answer", text="As in source.", base=base_of(site, url))
    assert part.status_code == 200
    assert "<html" not in part.text
    assert part.text.lstrip().startswith('<div id="thread">')


def test_thread_that_moved_is_shown_with_what_was_typed(site, client_as):
    url = query_of(site)
    old = base_of(site, url)
    post(client_as("minseo@site.example"), url, action="answer", text="First.", base=old)
    response = post(site, url, action="answer", text="Second.", base=old)
    assert response.status_code == 409
    assert "Somebody else has written in this query" in response.text
    assert "First." in response.text


def test_empty_answer_is_refused_in_place(site):
    url = query_of(site)
    response = post(site, url, HX, action="answer", text="  ", base=base_of(site, url))
    assert response.status_code == 422
    assert "Write a sentence before you send it." in response.text


def test_monitor_cannot_answer_for_the_site(site, client_as):
    url = query_of(site)
    monitor = client_as(MONITOR)
    assert "Send answer" not in monitor.get(url).text
    assert post(monitor, url, action="answer", text="I say so.", base=1).status_code == 403


def test_query_leads_to_its_item(site):
    page = site.get(query_of(site)).text
    assert f'href="{BOOK}/V2/VS#{SYSBP.dom_id}"' in page
    assert f'id="{SYSBP.dom_id}"' in site.get(f"{BOOK}/V2/VS").text


def test_history_of_the_whole_subject_is_for_those_who_may_read_the_trail(site):
    query_of(site)
    page = site.get(f"{BOOK}/history").text
    assert "Entered 300 for Systolic blood pressure." in page
    assert "Completed Vital signs." in page
    narrowed = site.get(f"{BOOK}/history?kind=queries").text
    assert "Completed Vital signs." not in narrowed
    assert "Asked about Systolic blood pressure" in narrowed
    assert "Nothing in this history fits the filters." in site.get(f"{BOOK}/history?who=nobody").text


def test_lock_page_counts_leads_and_locks(site, manager):
    query_of(site)
    page = manager.get(f"{HOME}/x/locking/console").text
    assert "1 form or query is open, 2 subjects" in page
    assert f'href="{HOME}/queries?state=Open"' in page
    post(manager, f"{HOME}/x/locking/console", action="lock", site="KR-01", reason="Database lock")
    page = manager.get(f"{HOME}/x/locking/console?site=KR-01").text
    assert "Locked site KR-01." in page
    assert "set above" in page
    assert post(site, f"{BOOK}/items/{SYSBP}", HX, value="120", base=1).status_code == 423


def test_lock_of_a_subject_returns_to_its_site(manager):
    response = post(
        manager, f"{HOME}/x/locking/console", action="freeze", subject=SUBJECT, site="KR-01", reason="Review"
    )
    assert response.headers["Location"] == f"{HOME}/x/locking/console?site=KR-01"


class Letters:
    """An exporter of one small file."""

    @staticmethod
    def write(dataset, sink):
        count = sum(1 for _ in dataset.subjects())
        with sink.open("letters.txt") as file:
            file.write(b"abc")
        sink.rows("letters.txt", count)


@pytest.fixture
def exporter(core, monkeypatch):
    made = Exporter("letters", "Letters", Letters.write)
    monkeypatch.setattr(core.plugins, "exporters", lambda *_: (made,))
    monkeypatch.setattr(core.plugins, "exporter_identity", lambda name: {})
    return made


def test_export_is_asked_for_watched_and_taken(core, exporter, manager):
    assert "Nothing was exported from this study yet." in manager.get(f"{HOME}/x/exports").text
    asked = post(manager, f"{HOME}/x/exports", format="letters", unlocked="1")
    assert asked.status_code == 303
    waiting = manager.get(f"{HOME}/x/exports", headers=HX)
    assert "Waits for its turn." in waiting.text
    assert 'hx-trigger="every 2s"' in waiting.text
    assert "<html" not in waiting.text
    Worker(core).run(once=True)
    done = manager.get(f"{HOME}/x/exports", headers=HX).text
    assert "every 2s" not in done
    archive = manager.get(re.search(rf'href="({re.escape(HOME)}/x/exports/[0-9a-f]+)"', done)[1])
    assert archive.headers["Content-Disposition"].startswith("attachment; filename=DEMO-uat-letters-")
    assert sorted(zipfile.ZipFile(BytesIO(archive.data)).namelist()) == ["letters.txt", "manifest.json"]
    archive.close()


def test_export_that_fails_says_why(core, exporter, manager, monkeypatch):
    post(manager, f"{HOME}/x/exports", format="letters", unlocked="1")
    monkeypatch.setattr(core.plugins, "exporters", lambda *_: ())
    Worker(core).run(once=True)
    page = manager.get(f"{HOME}/x/exports").text
    assert "Failed" in page
    assert "There is no export format" in page


def test_unknown_format_is_refused_in_place(exporter, manager):
    response = post(manager, f"{HOME}/x/exports", format="paper", unlocked="0")
    assert response.status_code == 422
    assert "There is no export format &#39;paper&#39;" in response.text


def test_export_of_another_study_is_not_there(manager):
    assert manager.get(f"{HOME}/x/exports/{new_id()}").status_code == 404


def test_plugin_page_names_the_failing_check_and_since_when(core, manager):
    assert re.search(r"All \d+ answer|The core alone, and it answers", manager.get(f"{HOME}/plugins").text)
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    row = {
        "study_id": study_id,
        "plugin": "edc-core-trial 1.0 abc",
        "check_oid": "EC05",
        "failures": 3,
        "strikes": 2,
        "state": "resting",
        "kind": "timeout",
        "error": "no answer within 5 s",
        "since": "2026-11-20T10:00:00.000000Z",
        "until": "2026-11-20T10:20:00.000000Z",
    }
    with core.engine.begin() as connection:
        checks.put_health(connection, row)
    page = manager.get(f"{HOME}/plugins").text
    for words in ("1 plugin needs a look", "EC05", "took too long, 3 times", "since 20 Nov 2026, 10:00"):
        assert words in page


def test_legend_explains_every_sign_that_pages_use(site):
    page = site.get("/help").text
    for word in ("In progress", "Locked", "Resolved", "Nothing can be changed, queries included."):
        assert word in page


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("/x/snapshots", "Exports"),
        ("/x/conformance", "Exports"),
        ("/x/locking/console", "Lock"),
        ("/x/query-dashboard", "Queries"),
        (f"/subjects/{SUBJECT}/V2/VS", "Subjects"),
    ],
)
def test_the_menu_marks_the_entry_that_leads_to_a_page(client_as, page, entry):
    answer = client_as(MANAGER).get(HOME + page)
    assert answer.status_code == 200
    menu = answer.text.partition("</header>")[0]
    assert re.findall(r'aria-current="page">([^<]+)</a>', menu) == [entry]
