"""Pages of plugins: below their own address, after the right, in the frame of all pages; a failure costs one page."""

import hashlib
import os
import re
import time

import pytest

from edc_core.core import Core
from edc_core.domain.file_value import FileValue
from edc_core.domain.permission import Role
from edc_core.errors import NotFound
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import users
from edc_core.settings import Settings
from edc_core.web.app import create_app
from tests.hooks.test_hook_register_jobs import access
from tests.web.browsers import open_app, signing_in
from tests.web.trial import CLI, PASSWORD, STUDY, SUBJECT, make_core

ADM = "ada@sponsor.example"
HERE = f"/s/{STUDY}/x/paging"
CRC, DM = "jiwoo@site.example", "dana@sponsor.example"


def at_hand(*names):
    return EdcPlugins([PluginSource(name, f"tests.hooks.pages_at_hand:{name}") for name in names])


@pytest.fixture
def core(tmp_path):
    make_core(tmp_path).close()
    settings = Settings(database_url=f"sqlite:///{tmp_path}/web.db", files_dir=tmp_path / "files")
    core = Core(settings, at_hand("paging", "above"))
    yield core
    core.close()


@pytest.fixture
def client_as(core):
    return signing_in(open_app(core))


def test_a_page_stands_in_the_frame_and_the_menu_with_addresses_of_its_own(client_as):
    answer = client_as(CRC).get(f"{HERE}?told=hello")
    assert answer.status_code == 200
    assert f"{STUDY} hello" in answer.text
    assert f'href="{HERE}/look/1?told=a+b"' in answer.text
    assert f'<a href="{HERE}" data-go="" aria-current="page">Look</a>' in answer.text  # "s" is the core's
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_htmx_gets_the_block_alone(client_as):
    answer = client_as(CRC).get(HERE, headers={"HX-Request": "true"})
    assert answer.text.startswith('<p id="told">')


def test_htmx_gets_further_blocks_for_their_elements(client_as):
    whole = client_as(CRC).get(f"{HERE}?told=both").text
    part = client_as(CRC).get(f"{HERE}?told=both", headers={"HX-Request": "true"}).text
    assert (
        '<hx-partial hx-target="#aside" hx-swap="outerMorph"><p id="aside">beside both</p></hx-partial>'
        in part
    )
    assert "hx-partial" not in whole


def test_scripts_of_a_plugin_come_from_the_server_by_digest_and_nothing_else_does(client_as):
    client = client_as(CRC)
    page = client.get(HERE)
    source = re.search(r'src="(/static/x/paging/look.js\?v=[0-9a-f]{12})"', page.text)[1]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    with client.get(source) as file:
        assert (file.status_code, file.mimetype) == (200, "text/javascript")
        assert file.headers["Cache-Control"] == "max-age=31536000, immutable"
    for other in ("secret.txt", "../pages_at_hand.py", "no-such.js"):
        assert client.get(f"/static/x/paging/{other}").status_code == 404, other
    assert client.get("/static/x/other/look.js").status_code == 404


def test_a_page_above_studies_asks_for_a_role_of_the_installation(core, client_as):
    with core.write(CLI) as uow:
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=ADM, full_name="Ada"))
    with core.write(CLI) as uow:
        users.add_grant(
            uow,
            users.AddGrant(
                study_id="@system", op=new_id(), login=ADM, role=Role.ADM, granted_study_id="", scope="all"
            ),
        )
    with core.write(CLI) as uow:
        users.set_password(uow, ADM, PASSWORD)
    manager = client_as(ADM)
    answer = manager.get("/x/above")
    assert answer.status_code == 200
    assert '<a href="/x/above" data-go="a" aria-current="page">Above</a>' in answer.text
    assert '<a href="/x/above" data-go="a">Above</a>' in manager.get("/").text
    assert (manager.post("/x/above/leave").status_code, manager.post("/x/above/leave").headers["Location"]) == (
        303, "/x/above?of=all",
    )  # fmt: skip
    of_a_study = client_as(DM)
    assert of_a_study.get("/x/above").status_code == 403
    assert "Above" not in of_a_study.get("/").text
    assert create_app(core).test_client().get("/x/above").headers["Location"].startswith("/login")


def test_the_right_is_asked_before_the_handler(client_as):
    assert client_as(DM).get(f"{HERE}/locks").status_code == 200
    refused = client_as(CRC).get(f"{HERE}/locks")
    assert refused.status_code == 403
    assert "Your role does not include: lock" in refused.text


def test_one_of_several_actions_is_enough(client_as):
    for login, status in ((DM, 200), (CRC, 200), ("anna@cro.example", 403)):
        assert client_as(login).get(f"{HERE}/both").status_code == status, login


def test_an_entry_of_the_menu_may_be_for_fewer_than_the_page(client_as):
    site, manager = client_as(CRC), client_as(DM)
    assert site.get(f"{HERE}/lists").status_code == 200
    assert ("Lists</a>" in site.get(HERE).text, "Lists</a>" in manager.get(HERE).text) == (False, True)


def test_a_page_about_a_subject_stands_in_the_head_of_the_casebook(client_as):
    site, manager = client_as(CRC), client_as(DM)
    book = f"/s/{STUDY}/subjects/{SUBJECT}"
    here = re.search(rf'href="({HERE}/about\?subject=[^"]+)">About</a>', site.get(book).text)[1]
    assert f"{STUDY} {SUBJECT}" in site.get(here).text
    assert "Unlock</a>" in manager.get(book).text
    assert "Unlock</a>" not in site.get(book).text


def test_what_htmx_wrote_may_stay_on_its_page(client_as):
    client = client_as(CRC)
    whole = client.post(f"{HERE}/note", data={"told": "x"})
    assert (whole.status_code, whole.headers["Location"]) == (303, f"{HERE}?told=x")
    part = client.post(f"{HERE}/note", data={"told": "x"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert part.text.startswith('<p id="told">DEMO@uat stays</p>')
    assert client.post(f"{HERE}/note", data={"told": "x", "more": "y"}).status_code == 400


def test_nobody_is_let_in_without_a_session_or_to_another_study(client_as, core):
    assert create_app(core).test_client().get(HERE).headers["Location"].startswith("/login")
    assert client_as(CRC).get("/s/OTHER@uat/x/paging").status_code == 404


def test_what_is_written_needs_the_token_of_the_page(client_as):
    client = client_as(CRC)
    client.application.config.update(WTF_CSRF_ENABLED=True)
    assert client.post(HERE, data={"to": "3"}).status_code == 403


def test_what_was_written_leads_on_and_what_is_refused_stays(client_as):
    client = client_as(CRC)
    done = client.post(HERE, data={"to": "3"})
    assert (done.status_code, done.headers["Location"]) == (303, f"{HERE}/look/1?told=yes#end")
    refused = client.post(HERE, data={"told": "no"})
    assert refused.status_code == 422
    assert "Say something else." in refused.text
    assert client.post(HERE).status_code == 400
    assert client.get(f"{HERE}?told=too-long").status_code == 400


def test_a_file_is_kept_not_shown(client_as):
    answer = client_as(CRC).get(f"{HERE}/look/7")
    assert answer.headers["Content-Disposition"] == "attachment; filename=7.csv"
    assert answer.text == "A,B\n"


def sent(client, content, name="a.csv"):
    head = f'--edge\r\nContent-Disposition: form-data; name="sent"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--edge--\r\n"
    return client.post(f"{HERE}/in", data=body, content_type="multipart/form-data; boundary=edge")


def test_a_file_that_is_sent_is_staged_for_who_sent_it_alone(client_as, core):
    answer = sent(client_as(CRC), b"A,B\n1,2\n")
    assert answer.text == "A,B\n1,2\n"
    file = FileValue(hashlib.sha256(b"A,B\n1,2\n").hexdigest(), 8, "a.csv")
    assert access(core, CRC).staged.holds(file)
    for other in (access(core, DM), access(core, CRC, "another")):
        with pytest.raises(NotFound):
            other.staged.open(file)
    assert not core.files.holds(file)  # it is no file of an item
    access(core, CRC).staged.drop(file)
    assert not access(core, CRC).staged.holds(file)


def test_a_file_may_be_larger_than_a_page_and_no_larger_than_its_field_takes(client_as):
    client = client_as(CRC)
    row = b"1234567,\n"
    assert sent(client, row * 200_000).status_code == 200  # 1.8 MB
    refused = sent(client, row * 230_000)
    assert refused.status_code == 422
    assert "a.csv is too large: 2.1 MB. Expected is CSV, at most 2 MB." in refused.text
    assert sent(client, row * 400_000).status_code == 413
    assert client.post(HERE, data={"told": "x" * 1_100_000}).status_code == 413


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"%PDF-1.7\n", "a.csv", "does not hold what its name says"),
        (b"A\0B", "a.csv", "does not hold what its name says"),
        (b"A,B\n", "a.exe", "is of another kind"),
        (b"", "a.csv", "is empty"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(client_as, content, name, says):
    refused = sent(client_as(CRC), content, name)
    assert refused.status_code == 422
    assert says in refused.text


def test_text_of_any_encoding_is_a_table(client_as, core):
    for content in ("이름\n".encode("cp949"), "A\n".encode("utf-16")):
        sent(client_as(CRC), content)
        assert access(core, CRC).staged.holds(
            FileValue(hashlib.sha256(content).hexdigest(), len(content), "a")
        )


def test_what_nobody_came_back_for_goes_after_a_week(client_as, core, tmp_path):
    sent(client_as(CRC), b"OLD\n")
    file = FileValue(hashlib.sha256(b"OLD\n").hexdigest(), 4, "a.csv")
    (place,) = core.settings.files_dir.glob(f"staged/*/??/{file.sha256}")
    os.utime(place, (time.time() - 8 * 24 * 3600,) * 2)
    sent(client_as(DM), b"NEW\n")
    assert not access(core, CRC).staged.holds(file)


@pytest.mark.parametrize("path", ["raises", "nonsense", "untemplated"])
def test_a_page_that_fails_costs_itself_alone_and_leaves_a_reference(client_as, caplog, path):
    client = client_as(CRC)
    answer = client.get(f"{HERE}/{path}")
    assert answer.status_code == 500
    assert "This page of plugin &#39;paging&#39; stopped." in answer.text
    assert f"reference {answer.headers['Edc-Reference']}" in caplog.text
    assert client.get(HERE).status_code == 200
    assert client.get(f"/s/{STUDY}/subjects").status_code == 200


def test_a_plugin_that_registers_one_page_twice_or_elsewhere_has_none_and_the_rest_works():
    manager = at_hand("paging", "paging_twice", "misplaced", "names_study")
    assert {one.plugin.name for one in manager.pages()} == {"paging"}
    manager.pages()
    assert [(failure.name, failure.text.split(";")[0]) for failure in manager.failures] == [
        ("misplaced", "It registers a page at '/../s', which is no path"),
        ("names_study", "It registers a page at 'of/<study>', which is no path"),
        ("paging_twice", "It registers Page 'GET same' twice."),
    ]


def test_pages_of_a_plugin_that_is_switched_off_are_not_there(client_as, tmp_path, core):
    bare = Core(
        Settings(database_url=f"sqlite:///{tmp_path}/web.db", files_dir=tmp_path / "files"), EdcPlugins([])
    )
    client = create_app(bare).test_client()
    client.application.config.update(WTF_CSRF_ENABLED=False)
    client.post("/login", data={"login": CRC, "password": PASSWORD})
    assert client.get(HERE).status_code == 404
    bare.close()
