"""A real server on a real database, people who speak HTTP to it, and what the ledger holds afterwards."""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

import pytest

from edc_core.core import Core
from edc_core.ids import new_id
from edc_core.ledger.replay import entries
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import subjects
from edc_core.settings import Settings
from edc_core.store import readers
from tests.installation import Installation
from tests.web.trial import CLI, PASSWORD, STUDY, fill

ITEMS = "V2[1]/VS[1]/IG.VS[1]"


@dataclass
class Answer:
    status: int
    text: str
    headers: dict


class Client:
    """Somebody signed in, at one server."""

    def __init__(self, url, login):
        self.url = url
        self.cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(self.cookies)
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/login").text)[1]
        assert self.post("/login", login=login, password=PASSWORD).status == 200
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/").text)[1]

    def at(self, url):
        """The same session at another server of the same installation."""
        other = object.__new__(Client)
        other.__dict__ = self.__dict__ | {"url": url}
        return other

    def get(self, path):
        return self._ask(urllib.request.Request(self.url + urllib.parse.quote(path, safe="/?=&@%")))

    def post(self, path, **data):
        body = urllib.parse.urlencode(data).encode()
        headers = {"X-CSRFToken": getattr(self, "token", "")}
        if "/items/" in path:
            headers["HX-Request"] = "true"
        return self._ask(
            urllib.request.Request(self.url + urllib.parse.quote(path, safe="/?=&@%"), body, headers)
        )

    def save(self, subject, item, value, *, base=0, op=None):
        path = f"/s/{STUDY}/subjects/{subject}/items/{ITEMS}/{item}"
        return self.post(path, op=op or new_id(), value=value, base=base)

    def _ask(self, request):
        try:
            with self.opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.read().decode(), dict(refused.headers))


class Trial:
    """The trial of tests/web/trial.py, served by processes of its own."""

    def __init__(self, installation):
        self.installation = installation

    def core(self):
        return Core(Settings(database_url=self.installation.database_url), EdcPlugins(()))

    def add_subjects(self, count):
        core = self.core()
        with core.read() as source:
            study = readers.find_study(source.connection, STUDY)
            site = {s.number: s.site_id for s in readers.sites(source.connection, study.study_id).values()}
        keys = [f"KR01-1{n:03}" for n in range(count)]
        for key in keys:
            with core.write(CLI) as uow:
                subjects.add_subject(
                    uow,
                    subjects.AddSubject(
                        study_id=study.study_id, op=new_id(), subject_key=key, site_id=site["KR-01"]
                    ),
                )
        core.close()
        return keys

    def stored(self, *keys):
        """(subject, item, value) of every item.set entry in order, of subjects in order."""
        core = self.core()
        with core.read() as source:
            study_id = readers.find_study(source.connection, STUDY).study_id
            found = [
                (key, row["path"].rpartition("/")[2], json.loads(row["payload"])["raw"])
                for key in keys
                for row in entries(
                    source.connection,
                    study_id,
                    readers.subject_by_key(source.connection, study_id, key).subject_id,
                )
                if row["kind"] == "item.set"
            ]
        core.close()
        return found


@pytest.fixture
def trial(database_url, tmp_path, forked_edc):
    core = Core(Settings(database_url=database_url, files_dir=tmp_path / "files"), EdcPlugins())
    fill(core)
    core.close()
    installation = Installation(tmp_path, database_url, program=forked_edc.program)
    yield Trial(installation)
    installation.close()


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
