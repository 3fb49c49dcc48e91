"""REQ-ACC-12: what a role may not see is in no page, search, count, history, log or file it can reach.

Marker words are planted in blinded, restricted and identifying items: as values, in queries, in reasons, as other
specify, as files, in notes that tell of them. Then each role follows every link from every page, and takes every export it may.
"""

import dataclasses
import hashlib
import html
import io
import re
import shutil
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import pytest
from edc_core_double_entry.comparing import VALUE
from pypdf import PdfReader
from sqlalchemy import select

from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.archive import ARCHIVE
from edc_core.domain.change import ItemInput
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.file_value import FileRules
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import PluginUse, Policy
from edc_core.domain.permission import Action, Role
from edc_core.domain.second_entry import SECOND_ENTRY
from edc_core.domain.unblinding import UnblindingKind
from edc_core.errors import EdcError, ExportRefused
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.services import (
    adding_files,
    capture,
    export_jobs,
    exporting,
    form_notes,
    noting,
    permissions,
    queries,
    snapshots,
    unblinding,
    users,
)
from edc_core.store import readers
from edc_core.store.ledger_tables import access_log
from tests.rendering.vital_signs import ITEMS, item, version
from tests.web.browsers import open_app
from tests.web.one_of_each import NOBODY, WHO, account, client_of, open_core
from tests.web.route_rights import BOOK, HOME, ROUTES
from tests.web.trial import CLI, STUDY, SUBJECT, fill, limited

VISIT = ItemPath.parse("V2[1]/VS[1]")
SECRETS = {"blinded": "ARM", "restricted": "PKCONC", "identifying": "INITIALS"}
#: Sensitivity: the action that shows it.
SHOWN_BY = {
    "blinded": Action.VIEW_BLINDED,
    "restricted": Action.VIEW_BLINDED,
    "identifying": Action.VIEW_IDENTIFYING,
}
UNBLINDED = Role.STA  #: the one whom the study lets see blinded items, to show that there is something to see
PDF = b"%PDF-1.7 ZQrestrictedfile"
SCAN = hashlib.sha256(PDF).hexdigest()
LINK = re.compile(r'\b(?:href|hx-get|src)="([^"#]+)')
MOST = 400  #: pages a role is followed to; fewer are there


def path(oid):
    return VISIT.with_group("IG.VS", "1").with_item(oid)


def marker(sensitivity, what):
    return f"ZQ{sensitivity}{what}"


def do(core, service, kind, **fields):
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    with core.write(CLI) as uow:
        return service(uow, kind(**{"study_id": study_id, "op": new_id()} | fields))


def save(core, oid, value, base, reason=""):
    named = {"subject_key": SUBJECT, "form": VISIT, "reason": c.Reason(text=reason)}
    given = (ItemInput(path(oid), value, base_version=base),)
    do(core, capture.save_items, capture.SaveItems, items=given, **named)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A folder with the trial and its secrets."""
    folder = tmp_path_factory.mktemp("leak")
    core = open_core(folder)
    secret = tuple(item(oid, question=f"About {oid}", sensitivity=kind) for kind, oid in SECRETS.items())
    scan = item("SCAN", question="About SCAN", file=FileRules(), sensitivity="restricted")
    definition = limited(version((*ITEMS, *secret, scan)))
    uses = (PluginUse("edc-core-double-entry", ""),)
    fill(core, dataclasses.replace(definition, plugins=uses, policy=Policy(double_entry=("VS",))))
    for role in WHO:
        account(core, role)
    permissions_of = {"role": UNBLINDED, "action": Action.VIEW_BLINDED, "allowed": True}
    reason = c.Reason(text="The unblinded statistician")
    do(core, permissions.change_permission, permissions.ChangePermission, reason=reason, **permissions_of)
    save(core, "SYSBP", "300", 0)
    do(core, snapshots.keep_snapshot, study_commands.KeepSnapshot, name="Before")
    for kind, oid in SECRETS.items():
        save(core, oid, marker(kind, "first"), 0)
    taken = core.files.take(io.BytesIO(PDF), FileRules(), "ZQrestrictedname.pdf", len(PDF))
    named = {"subject_key": SUBJECT, "form": VISIT, "path": path("SCAN")}
    do(core, adding_files.add_file, c.AddFile, file=taken.file, file_type=taken.kind, **named)
    save(core, "SCAN", str(taken.file), 0)
    do(core, capture.complete_form, c.CompleteForm, subject_key=SUBJECT, form=VISIT)
    for kind, oid in SECRETS.items():
        save(core, oid, marker(kind, "second"), 1, reason=marker(kind, "reason"))
        text = marker(kind, "query")
        do(core, queries.open_query, c.OpenQuery, subject_key=SUBJECT, path=path(oid), text=text)
    with core.read() as source:
        investigator = users.actor_of(source, f"x.{Role.PI}", users.today(core.clock))
        study_id = readers.find_study(source.connection, STUDY).study_id
    with core.write(investigator) as uow:  # who learned a treatment elsewhere sees no more here
        known = unblinding.RecordUnblinding(
            study_id=study_id, op=new_id(), subject_key=SUBJECT, kind=UnblindingKind.EMERGENCY, happened="2026-03-01",
            told="Investigator", component="password", reason=c.Reason(text="Anaphylaxis"),
        )  # fmt: skip
        unblinding.record_unblinding(uow, known)
    entered_again(core)
    for kind, oid in SECRETS.items():
        said = {"name": marker(kind, "note"), "content": {oid: marker(kind, "noted")}, "items": (oid,)}
        do(core, noting.add_note, c.AddNote, topic="test.of-items", shared=True, **said)
    manager = client_of(core, open_app(core), Role.DM)
    manager.post(f"{HOME}/x/amendments/impact", data={"op": "op-leak-impact", "old": "v1", "new": "v1"})
    manager.post(f"{HOME}/x/deviations/checks", data={"op": "op-leak-checks", "check": "SYSBP.RC1"})
    Worker(core).run(once=True)
    core.close()
    return folder


def entered_again(core):
    """What was typed the second time differs, at the secrets too."""
    again = [
        (path(oid), {"raw": marker(kind, "again"), "value": marker(kind, "again")})
        for kind, oid in SECRETS.items()
    ]
    compared = {"compared": True, "agreed": False, "fields": 1, "differences": 1, "first": [], "second": []}
    for topic, said in ((VALUE, again), (SECOND_ENTRY, [(VISIT, compared)])):
        notes = tuple(c.PlaceNote(place, content) for place, content in said)
        named = {"subject_key": SUBJECT, "form": VISIT, "topic": topic, "name": "second entry"}
        do(core, form_notes.add_form_notes, c.AddFormNotes, notes=notes, **named)


@contextmanager
def opened(planted, where):
    """A copy of the trial, to be changed."""
    shutil.copytree(planted, where)
    core = open_core(where)
    yield core
    core.close()


@pytest.fixture
def core(planted, tmp_path):
    with opened(planted, tmp_path / "here") as core:
        yield core


def may_see(role, sensitivity):
    action = SHOWN_BY[sensitivity]
    if role is UNBLINDED and action is Action.VIEW_BLINDED:
        return True
    return role in {Role.CRA, Role.PI, Role.SUB, Role.CRC, Role.AUD} and action is Action.VIEW_IDENTIFYING


def begin(client):
    """Addresses to begin with: every page there is that needs no more than the trial."""
    return (
        [route.url for route in ROUTES.values() if route.data is None and "{" not in route.url]
        + [f"{BOOK}/V2/VS/history?item={path(oid)}" for oid in SECRETS.values()]
        + [f"{BOOK}/items/{path(oid)}/terms?q=ZQ" for oid in SECRETS.values()]
        + [f"{BOOK}/files/{path('SCAN')}?sha256={SCAN}", f"{BOOK}/V2/VS/history?item={path('SCAN')}"]
        + [f"{BOOK}/parts/{path('SCAN')}?op=op-leak-parts&name=b.pdf"]
        + [f"{HOME}/x/redaction/ask?subject={SUBJECT}&entry={n}" for n in range(1, 40)]
        + [
            f"{HOME}/subjects?q=ZQ",
            f"{BOOK}/V2/VS?as_of=2099-01-01T00:00:00Z",
            f"{HOME}/queries?state=Open&state=Answered",
        ]
    )


def words_of(response):
    """What is said in an answer; a PDF packs its text."""
    if response.mimetype != "application/pdf":
        return response.get_data(as_text=True)
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.get_data())).pages)


def followed(client, also=()):
    """(address, text) of every answer that can be reached by links. :param also: addresses to begin with, too."""
    todo, seen, refused, led = [*begin(client), *also], set(), set(), {}
    while todo and len(seen) < MOST:
        address = todo.pop(0)
        if address in seen or address.startswith(("/static", "/logout")):
            continue
        seen.add(address)
        for headers in ({}, {"HX-Request": "true"}):
            with client.get(address, headers=headers) as response:
                text = words_of(response) + response.headers.get("Location", "")
            assert response.status_code < 500, address
            refused |= {address} if response.status_code in (403, 404) else set()
            yield address, text
            for link in LINK.findall(text):
                parts = urlsplit(urljoin(address, html.unescape(link)))
                if not parts.netloc:
                    todo.append(parts.path + (f"?{parts.query}" if parts.query else ""))
                    led.setdefault(todo[-1], address)
    assert len(seen) < MOST, "follow more pages"
    assert {to: at for to, at in led.items() if to in refused} == {}, "no page offers what is refused"


@dataclasses.dataclass
class Walk:
    """What a role met on every way through the pages.

    :ivar answered: addresses that said something. :ivar values: (address, kind) of secrets that were told.
    :ivar named: (address, kind) of secrets whose question was told. :ivar logged: kinds that the access log holds.
    """

    answered: set = dataclasses.field(default_factory=set)
    values: set = dataclasses.field(default_factory=set)
    named: set = dataclasses.field(default_factory=set)
    logged: list = dataclasses.field(default_factory=list)

    def go(self, core, app, role):
        for address, text in followed(client_of(core, app, role)):
            plain = html.unescape(text)
            self.answered |= {address} if text else set()
            self.values |= {(address, kind) for kind in SECRETS if f"ZQ{kind}" in plain}
            self.named |= {(address, kind) for kind, oid in SECRETS.items() if f"About {oid}" in plain}
        self.logged = [kind for kind in SECRETS if log_rows(core, f"ZQ{kind}")]
        return self


def log_rows(core, words):
    with core.read() as source:
        return [row for row in source.connection.execute(select(access_log)) if words in str(row)]


@pytest.fixture(scope="module")
def walk_of(planted, tmp_path_factory):
    """The walk of a role, in a copy of the trial; each role goes once for all tests."""
    walks = {}

    def walk(role):
        if role not in walks:
            with opened(planted, tmp_path_factory.mktemp("walk") / "here") as core:
                walks[role] = Walk().go(core, open_app(core), role)
        return walks[role]

    return walk


@pytest.mark.parametrize("role", WHO)
def test_no_page_shows_what_the_role_may_not_see(walk_of, role):
    walk = walk_of(role)
    unseen = {kind for kind in SECRETS if not may_see(role, kind)}
    assert sorted(leak for leak in walk.values | walk.named if leak[1] in unseen) == []
    if role != NOBODY and set(SECRETS) - unseen:
        found = {kind for _, kind in walk.values}
        assert found == set(SECRETS) - unseen, "the markers can be found by those who may see them"


#: GET routes that hold no data of a study, or are tried with every role by another test.
ELSEWHERE = {
    **dict.fromkeys(
        ("static", "plugin_file", "proving.script", "status.healthz", "status.icon"), "files of the release"
    ),
    **dict.fromkeys(
        ("auth.login", "account.forgot", "account.by_link", "account.code", "account.second_factor", "proving.answer"),
        "about one's own account",
    ),
    "capture_files.parts": "how many bytes of a file have come from the person who sends it",
    "x-investigator-copy.4": "tests/plugins/investigator_copy",
    "x-snapshots.7": "digests and positions; without a key of the installation there is none",
    **dict.fromkeys(
        ("x-exports.2", "x-exports.12", "x-exports.14", "x-conformance.4", "x-conformance.5", "x-conformance.6"),
        "test_nobody_takes_the_export_of_somebody_who_sees_more; a check of conformance is one, and read as it is taken",
    ),
}  # fmt: skip


def test_every_route_that_answers_a_look_was_looked_at(core, walk_of):
    """A new route that no role is led to here fails: link it, or begin with it."""
    app = open_app(core)
    looks = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods} - set(ELSEWHERE)
    adapter = app.url_map.bind("localhost")
    roles = (Role.DM, Role.PI, Role.CRA, Role.AUD, Role.UAD, Role.ADM, Role.BLD, UNBLINDED)
    answered = set().union(*(walk_of(role).answered for role in roles))
    assert looks - {adapter.match(address.partition("?")[0])[0] for address in answered} == set()


@pytest.mark.parametrize("role", Role)
def test_no_export_holds_what_the_role_may_not_see(core, role, tmp_path):
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        actor = users.actor_of(source, f"x.{role}", users.today(core.clock))
    held = {}
    for exporter in core.plugins.exporters():
        if exporter.whole:  # written on the machine of the database alone, by who could read that
            continue
        out = tmp_path / exporter.name
        command = exporting.RequestExport(
            study_id=study_id, op=new_id(), choice=ExportChoice(exporter.name, unlocked=True)
        )
        try:
            exporting.export(core, actor, command, out)
        except EdcError:
            continue
        content = b"".join(file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file())
        held[exporter.name] = {
            kind for kind in SECRETS if f"ZQ{kind}".encode() in content and not may_see(role, kind)
        }
    assert not any(held.values()), held


@pytest.mark.parametrize("role", Role)
def test_nobody_has_an_archive_made_for_a_browser(core, role):
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        actor = users.actor_of(source, f"x.{role}", users.today(core.clock))
    command = exporting.RequestExport(
        study_id=study_id, op=new_id(), choice=ExportChoice(ARCHIVE, unlocked=True)
    )
    with core.write(actor) as uow, pytest.raises(ExportRefused):
        export_jobs.ask(core, uow, command)


@pytest.mark.parametrize("role", [Role.DM, Role.AUD, Role.SPO])
def test_nobody_takes_the_export_of_somebody_who_sees_more(core, role):
    app = open_app(core)
    asker, other = client_of(core, app, UNBLINDED), client_of(core, app, role)
    asker.post(f"{HOME}/x/exports", data={"op": "op-unblinded", "format": "csv"})
    Worker(core).run(once=True)
    address = re.search(rf"{HOME}/x/exports/[0-9a-f]{{32}}", asker.get(f"{HOME}/x/exports").text)[0]
    with asker.get(address) as taken:
        assert taken.status_code == 200
    assert address not in other.get(f"{HOME}/x/exports").text
    refused = other.get(address)
    assert (refused.status_code, "items that your role does not see" in refused.text) == (403, True)
    copy = address.replace("/exports/", "/exports/copy/")
    for page in (copy, f"{copy}/record"):
        assert asker.get(page).status_code == 200
        assert other.get(page).status_code == 404


def counts_of(client):
    """Every number of queries that the pages tell."""
    pages = [
        client.get(address).text
        for address in ("/", f"{HOME}/subjects", BOOK, f"{BOOK}/V2/VS", f"{HOME}/queries")
    ]
    return [re.findall(r"(\d+) quer(?:y|ies)|(\d+) open", page) for page in pages]


def test_no_count_tells_that_there_are_queries_about_what_is_hidden(core, planted, tmp_path):
    """A data manager's counts are those of a trial in which nobody asked about hidden items."""
    before = counts_of(client_of(core, open_app(core), Role.DM))
    for oid in SECRETS.values():
        more = {"subject_key": SUBJECT, "path": path(oid), "text": "Another question"}
        do(core, queries.open_query, c.OpenQuery, **more)
    assert counts_of(client_of(core, open_app(core), Role.DM)) == before
    site = client_of(core, open_app(core), Role.CRC)
    assert counts_of(site) != before, "who may see an item counts its queries"


def test_access_log_holds_no_value(walk_of):
    assert walk_of(Role.CRC).logged == []
