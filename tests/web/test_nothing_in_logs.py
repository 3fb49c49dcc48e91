"""No collected value and no secret in a log or a mail, whatever goes wrong: marker words are typed at every door and looked for."""

import logging
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import select

from edc_core.api import Action, JobKind, Page, hookimpl
from edc_core.core import Core
from edc_core.errors import way_of
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import account_links, people
from edc_core.settings import Settings
from edc_core.store.job_tables import job
from edc_core.store.ledger_tables import access_log
from tests.rendering.vital_signs import version
from tests.web.trial import CLI, FORM_URL, PASSWORD, STUDY, SUBJECT, limited, make_core

MARK = "zq7marker"
SITE, MANAGER = "jiwoo@site.example", "dana@sponsor.example"
ITEMS = f"/s/{STUDY}/subjects/{SUBJECT}/items/V2[1]/VS[1]/IG.VS[1]"
HX = {"HX-Request": "true"}


class Breaks:
    """A plugin that fails with what it was given in the words of its failure."""

    @hookimpl
    def edc_register_pages(self):
        return [Page(path="", action=Action.VIEW_DATA, handler=self.breaks, method="POST")]

    @hookimpl
    def edc_register_jobs(self):
        return [JobKind("breaks", (Action.VIEW_DATA,), self.breaks_later)]

    def breaks(self, asked):
        if asked.text("later"):
            asked.study.ask("breaks", {"word": asked.text("word")})
        return int(asked.text("word"))

    def breaks_later(self, asked):
        try:
            return {"n": int(asked.request["word"])}
        except ValueError as error:
            raise RuntimeError(f"no number: {asked.request['word']}") from error


breaks = Breaks()


@pytest.fixture
def core(tmp_path):
    make_core(tmp_path, limited(version())).close()
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/web.db", files_dir=tmp_path / "files", mail_dir=tmp_path / "mail"
    )
    core = Core(settings, EdcPlugins([PluginSource("breaks", f"{__name__}:breaks")]))
    yield core
    core.close()


def save(client, value, base=0, **more):
    return client.post(
        f"{ITEMS}/SYSBP", data={"op": new_id(), "value": value, "base": base} | more, headers=HX
    )


def test_what_is_saved_refused_asked_and_answered_is_in_no_log(client_as, core, caplog):
    caplog.set_level(logging.DEBUG)
    site, manager = client_as(SITE), client_as(MANAGER)
    assert save(site, MARK).status_code == 200
    assert save(site, "40173", base=1).status_code == 422, "a hard limit"
    assert save(site, "120", base=7).status_code == 409, "a conflict"
    assert save(site, "121", base=1, reason_text=MARK).status_code == 200
    asked = manager.post(
        f"/s/{STUDY}/subjects/{SUBJECT}/ask/V2[1]/VS[1]/IG.VS[1]/SYSBP",
        data={"op": new_id(), "text": f"Why {MARK}?", "proposed": ""},
        headers=HX,
    )
    assert asked.status_code in (200, 400), asked.text
    assert site.get(f"{FORM_URL}?{MARK}={MARK}").status_code in (200, 400)
    with core.read() as source:
        kept = [str(row) for table in (access_log, job) for row in source.connection.execute(select(table))]
    assert any("signed in" in line for line in kept)
    for said in (MARK, "40173"):
        assert said not in caplog.text + "".join(kept)


def test_a_page_and_a_job_that_break_name_their_place_and_not_the_value(client_as, core, caplog):
    caplog.set_level(logging.DEBUG)
    site = client_as(SITE)
    broken = site.post(f"/s/{STUDY}/x/breaks", data={"word": MARK, "later": "1"})
    assert broken.status_code == 500
    Worker(core).run(once=True)
    assert broken.headers["Edc-Reference"] in caplog.text
    assert "ValueError" in caplog.text
    assert "in breaks_later" in caplog.text, "the line of the plugin"
    assert "RuntimeError" in caplog.text
    assert MARK not in caplog.text + broken.text


def test_passwords_tokens_and_links_are_in_no_log(client_as, core, caplog):
    caplog.set_level(logging.DEBUG)
    site = client_as(SITE)
    session = site.get_cookie("edc_session").value
    site.post("/login", data={"login": SITE, "password": MARK})
    site.post("/account/password", data={"present": PASSWORD, "password": MARK, "again": MARK + "x"})
    with core.write(CLI) as uow:
        people.set_email(uow, SITE, "jiwoo@site.example")
        account_links.invite(uow, SITE)
    Worker(core).run(once=True)
    (mail,) = Path(core.settings.mail_dir).glob("*")
    token = re.search(r"/password/([\w-]{20,})", mail.read_text().replace("=\n", ""))[1]
    site.get(f"/password/{token}")
    for secret in (MARK, PASSWORD, session, token):
        assert secret not in caplog.text


def test_no_mail_holds_a_value_or_a_password(client_as, core):
    site, manager = client_as(SITE), client_as(MANAGER)
    save(site, MARK)
    save(site, "120", base=1, reason_text=MARK)
    with core.write(CLI) as uow:
        for login in (SITE, MANAGER):
            people.set_email(uow, login, login)
            account_links.invite(uow, login)
    for _ in range(6):
        manager.post("/login", data={"login": MANAGER, "password": MARK})
    site.post("/forgot", data={"login": SITE})
    Worker(core).run(once=True)
    for _ in range(9):
        Worker(core).run(once=True)
    mails = [mail.read_text() for mail in Path(core.settings.mail_dir).glob("*")]
    assert len(mails) >= 3
    for mail in mails:
        assert MARK not in mail
        assert PASSWORD not in mail
        assert SUBJECT not in mail


def test_the_words_of_a_failure_and_of_its_cause_are_left_out():
    try:
        try:
            int(MARK)
        except ValueError as error:
            raise KeyError(MARK) from error
    except KeyError as error:
        said = way_of(error)
    assert said.startswith("KeyError")
    assert "after ValueError" in said
    assert "test_the_words_of_a_failure" in said
    assert MARK not in said.replace("int(MARK)", "").replace("KeyError(MARK)", "")


def test_a_real_server_says_nothing_of_it_on_its_screen(tmp_path):
    make_core(tmp_path).close()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    script = Path(__file__).with_name("serve.py")
    log = tmp_path / "screen"
    with log.open("wb") as screen:
        server = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path), str(port)], stdout=screen, stderr=screen
        )
    try:
        _until_it_answers(port)
        for path in (f"/{MARK}", f"/login?next={MARK}", f"/password/{MARK}"):
            _ask(port, path)
        _ask(port, "/login", f"login={MARK}&password={MARK}".encode())
        with (tmp_path / "web.db").open("r+b") as database:
            database.truncate(100)  # every look at the database fails from here on
        _ask(port, "/login", f"login={MARK}&password={MARK}".encode())
        _ask(port, f"/s/{MARK}/subjects")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    assert MARK not in log.read_text()


def _ask(port, path, body=None):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", body, timeout=20).read()
    except urllib.error.HTTPError as error:
        error.close()


def _until_it_answers(port):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            return _ask(port, "/login")
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")
