"""Every address x every role: those whose role has the action get in, all others do not."""

import dataclasses
import hashlib
import re
import shutil
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from edc_core.domain.commands import Reason, RequestRedaction
from edc_core.domain.file_value import FileRules
from edc_core.domain.gate import Gate, GateEvent, Identifier
from edc_core.domain.metadata import FormRef, PluginUse, Policy, StudyEventDef, StudyEventRef, TranslatedText
from edc_core.domain.permission import MATRIX, Role
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.services import account_links, redacting, studies, users
from edc_core.services import people as people_service
from edc_core.store import accounts, people, readers
from edc_core.store.ledger_tables import ledger_entry
from tests.rendering.vital_signs import ITEMS, item, version
from tests.web.annotated import annotated
from tests.web.browsers import open_app
from tests.web.one_of_each import NOBODY, WHO, account, client_of, open_core
from tests.web.route_rights import ANYBODY, BOOK, FORM, HOME, MEMBER, OPEN, PLUGIN, ROUTES, ROW, SYSBP
from tests.web.trial import CLI, STUDY, SUBJECT, fill, limited

IRB = Identifier("kr-irb", TranslatedText.of("Date of the IRB", "en"), r"\d{4}-\d{2}-\d{2}")
PDF = b"%PDF-1.7\n" + b"0" * 2000
REFUSED = {403, 404}


def done(response):
    assert response.status_code < 400, response.text
    return response


@pytest.fixture(scope="session")
def scene(tmp_path_factory):
    """A folder with the trial, an account for each role, a value, a row, a file, a query, an export, a count."""
    folder = tmp_path_factory.mktemp("rights")
    core = open_core(folder)
    scan = item("SCAN", question="Scan", file=FileRules())
    definition = annotated(limited(version((*ITEMS, scan))))
    unscheduled = StudyEventDef("UNS", "UNS", repeating=True, form_refs=(FormRef("VS"),))
    definition = dataclasses.replace(
        definition,
        events=(*definition.events, unscheduled),
        event_refs=(*definition.event_refs, StudyEventRef("UNS")),
        plugins=(
            *definition.plugins,
            PluginUse("edc-core-double-entry", ""),
            PluginUse("edc-core-country-kr", ""),
        ),
        gates=(
            Gate("KR-B4", GateEvent.SUBJECT, TranslatedText(), (IRB,), standard="KR-MFDS", countries=("KR",)),
        ),
        policy=Policy(double_entry=("VS",)),
    )
    fill(core, definition)
    older = dataclasses.replace(definition, plugins=(PluginUse(PLUGIN, "", "0.0.1", "0" * 64),))
    with core.write(CLI) as uow:
        studies.publish(uow, studies.Publish(study_id="", op=new_id(), environment="live", version=older))
    for role in WHO:
        account(core, role)
    app = open_app(core)
    site, manager = client_of(core, app, Role.CRC), client_of(core, app, Role.DM)
    op = {"op": "op-scene-1"}
    done(site.post(f"{BOOK}/items/{SYSBP}", data={**op, "value": "300", "base": "0"}))
    done(site.post(f"{BOOK}/rows/{ROW}", data={"op": "op-scene-2"}))
    sent = {"op": "op-scene-3", "name": "a.pdf"}
    address = f"{BOOK}/files/{FORM}/IG.VS[1]/SCAN"
    done(site.post(address, query_string=sent, data=PDF, content_type="application/octet-stream"))
    done(manager.post(f"{BOOK}/ask/{SYSBP}", data={"op": "op-scene-4", "text": "Is it right?"}))
    done(site.post(f"{BOOK}/events", data={"op": "op-scene-7", "event": "UNS"}))
    done(site.post(f"{BOOK}/forms/UNS[1]/VS[1]/not-done", data={"op": "op-scene-8", "reason_text": "Away"}))
    done(client_of(core, app, Role.SUB).post(  # who goes on with what the coordinator has begun
        f"{HOME}/x/double-entry/first", data={"op": "op-scene-12", "subject": SUBJECT, "form": FORM}))  # fmt: skip
    entered_twice(site, client_of(core, app, Role.SUB))
    done(manager.post(f"{HOME}/x/exports", data={"op": "op-scene-13", "format": "csv", "recipe": "Final"}))
    given = manager.post(
        f"{HOME}/x/exports/tokens", data={"op": "op-scene-14", "recipe": "Final", "days": "30"}
    )
    done(given)
    done(manager.post(f"{HOME}/x/exports", data={"op": "op-scene-5", "format": "csv", "unlocked": "1"}))
    done(manager.post(f"{HOME}/x/conformance", data={"op": "op-scene-16", "unlocked": "1"}))
    done(manager.post(f"{HOME}/x/amendments/impact", data={"op": "op-scene-6", "old": "v1", "new": "v1"}))
    Worker(core).run(once=True)
    with core.write(CLI) as uow:
        person = accounts.by_login(uow.connection, "jiwoo@site.example")
        link = account_links.make_link(uow, person, account_links.INVITE)
        held = people.grant_rows(uow.connection, users.today(core.clock))[person.user_id]
    words, redaction = asked_for_redaction(core)
    asked = {"kind": "access", "on": "2026-01-05", "words": "A copy"}
    done(site.post(f"{HOME}/x/subject-rights", data={"op": "op-scene-11", "subject": SUBJECT, **asked}))
    copy = handed_over(core, client_of(core, app, Role.ADM))
    done(manager.post(f"{HOME}/x/snapshots", data={"op": "op-scene-15", "name": "Kept"}))
    names = {
        "deviation": re.search(r"finding\?key=(visit-[0-9a-f]+)", manager.get(f"{HOME}/x/deviations").text)[
            1
        ],
        "words": words,
        "copy": copy,
        "token": re.search(r"<code>([0-9a-f]{12})</code>", given.text)[1],
        "request": "op-scene-11",
        "redaction": redaction,
        "link": link,
        "grant": held[0]["grant_id"],
        "file": hashlib.sha256(PDF).hexdigest(),
        "query": re.search(r"/queries/([0-9a-f]{32})", manager.get(f"{BOOK}/queries").text)[1],
        "export": re.search(r"/x/exports/([0-9a-f]{32})", manager.get(f"{HOME}/x/exports").text)[1],
        "check": re.search(r"/x/conformance/([0-9a-f]{32})", manager.get(f"{HOME}/x/conformance").text)[1],
        "impact": re.search(
            r"/impact/([0-9a-f]{32})", manager.get(f"{HOME}/x/amendments/compare?old=v1&new=v1").text
        )[1],
    }
    core.close()
    return folder, names


def asked_for_redaction(core):
    """Positions of the words of a query, and of the request that they be taken out."""
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        opened = select(ledger_entry.c.n).where(ledger_entry.c.kind == "query.open")
        n = source.connection.execute(opened.order_by(ledger_entry.c.n.desc())).scalars().first()
    ask = RequestRedaction(
        study_id=study.study_id, op=new_id(), subject_key=SUBJECT, n=n, reason=Reason(text="A name")
    )
    with core.write(CLI) as uow:
        return str(n), str(redacting.request_redaction(uow, ask)["request"])


def entered_twice(first, second):
    """Two visits with a form that was entered and completed; in the later one the second entry is finished and differs."""
    for key in "23":
        form, op = f"UNS[{key}]/VS[1]", f"op-scene-twice-{key}"
        done(first.post(f"{BOOK}/events", data={"op": f"{op}a", "event": "UNS"}))
        given = {"op": f"{op}b", "value": "120", "base": "0"}
        done(first.post(f"{BOOK}/items/{form}/IG.VS[1]/SYSBP", data=given))
        done(first.post(f"{BOOK}/forms/{form}/complete", data={"op": f"{op}c"}))
    done(
        second.post(
            f"{HOME}/x/double-entry/compare", data={"op": "op-twice-d", "subject": SUBJECT, "form": form}
        )
    )


def handed_over(core, host):
    """A copy of a site that waits for its investigator."""
    done(host.post(f"{HOME}/x/investigator-copy/make", data={"op": "op-scene-9", "site": "KR-01"}))
    Worker(core).run(once=True)
    with core.write(CLI) as uow:
        people_service.set_email(uow, "x.PI", "x.pi@mail.example")
    copy = re.search(r'name="copy" value="([0-9a-f]{32})"', host.get(f"{HOME}/x/investigator-copy").text)[1]
    asked = {"op": "op-scene-10", "copy": copy, "login": "x.PI", "site": "KR-01"}
    done(host.post(f"{HOME}/x/investigator-copy/hand-over", data=asked))
    return copy


@contextmanager
def opened(folder, where):
    """A copy of the scene, to be changed."""
    shutil.copytree(folder, where)
    core = open_core(where)
    yield core, open_app(core)
    core.close()


def endpoint_of(app, route, names):
    address = filled(route.url, names | {"op": "op"}).partition("?")[0]
    return app.url_map.bind("").match(address, method="GET" if route.data is None else "POST")[0]


def filled(text, names):
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def expected(route, role):
    """Whether the role gets in."""
    if route.needs in (OPEN, ANYBODY):
        return True
    if route.needs == MEMBER or role == NOBODY:
        return role != NOBODY
    one_of = role not in route.without and any(role in MATRIX[action] for action in route.needs)
    return one_of and all(role in MATRIX[action] for action in route.also)


def status_of(client, route, names):
    with ask(client, route, names) as response:
        return response.status_code


def ask(client, route, names):
    names = names | {"op": f"op-{new_id()}"}
    url = filled(route.url, names)
    if route.data is None:
        return client.get(url)
    if route.body is not None:
        return client.post(url, data=route.body, content_type="application/octet-stream")
    return client.post(url, data={name: filled(value, names) for name, value in route.data.items()})


def test_every_route_has_its_row(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints == set(ROUTES), "say in tests/web/route_rights.py who may use it"


@pytest.mark.parametrize("endpoint", ROUTES)
def test_every_role_at(endpoint, scene, tmp_path):
    folder, names = scene
    route = ROUTES[endpoint]
    got = {}
    with opened(folder, tmp_path / "shared") as (core, app):
        assert endpoint_of(app, route, names) == endpoint
        for role in sorted(WHO, key=lambda role: expected(route, role)):  # the refused change nothing
            if expected(route, role) and route.data is not None:
                with opened(folder, tmp_path / role) as (own_core, own_app):
                    got[role] = status_of(client_of(own_core, own_app, role), route, names)
            else:
                got[role] = status_of(client_of(core, app, role), route, names)
    let_in = {role: status not in REFUSED for role, status in got.items()}
    assert let_in == {role: expected(route, role) for role in WHO}, got
    assert not {role: status for role, status in got.items() if status in (400, 405, 500)}, got


@pytest.fixture(scope="module")
def closed_app(scene, tmp_path_factory):
    """For those who are let in nowhere, and so change nothing."""
    folder, _ = scene
    with opened(folder, tmp_path_factory.mktemp("closed") / "here") as (_, app):
        yield app


@pytest.mark.parametrize("endpoint", [name for name, route in ROUTES.items() if route.needs != OPEN])
def test_without_signing_in_nobody_gets_to(endpoint, closed_app):
    route = ROUTES[endpoint]
    names = {
        "link": "x",
        "grant": "0" * 32,
        "query": "0" * 32,
        "export": "0" * 32,
        "check": "0" * 32,
        "impact": "0" * 32,
        "words": "1",
        "copy": "0" * 32,
        "token": "0" * 12,
        "request": "0" * 32,
        "redaction": "1",
        "file": "0" * 64,
    }
    response = ask(closed_app.test_client(), route, names)
    if route.data is None:
        assert response.status_code == 303
        assert "/login" in response.headers["Location"]
    else:
        assert response.status_code == 401
