"""REQ-LCK-05, -06: the copy of a site holds all of that site and nothing else, and only its investigator opens it."""

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin

import pytest
from edc_core_investigator_copy.exporter import FOLDER, WORDS
from sqlalchemy import select

from edc_core.api import MISSING_WORDS, Words
from edc_core.domain import commands as c
from edc_core.domain.change import ItemInput
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Action, Role
from edc_core.errors import BadRequest, ExportRefused, NotAllowed, NotFound, ReasonRequired, WrongState
from edc_core.ids import new_id
from edc_core.ledger import site_chains
from edc_core.services import account_links, exporting, permissions, queries, users
from edc_core.store.ledger_tables import access_log, ledger_entry
from edc_core.store.user_tables import account_link
from edc_core.testing import SOME_REASON
from tests.plugins.investigator_copy.conftest import HERE, HOST, PDF, SPONSOR, THERE, read


@pytest.fixture
def copy(hosted):
    return hosted.make()


@pytest.fixture
def files(hosted, copy):
    return hosted.files(copy)


def text_of(files, name):
    return files[name].decode()


def test_it_holds_the_whole_site(files):
    page = text_of(files, "subjects/KR-001.html")
    for said in (
        "own note",
        "own corrected",
        "옮겨 적기 오류: own reason",
        "own question",
        "수축기 혈압",
        "Investigator Kim",
    ):
        assert said in page, said
    assert files["casebooks/KR-001.pdf"].startswith(b"%PDF")
    assert json.loads(files["data/json/KR-001.json"])["subject"] == "KR-001"
    assert "own corrected" in text_of(files, "data/odm/odm.xml")
    rows = list(csv.DictReader(io.StringIO(text_of(files, "data/csv/audit.csv"))))
    assert {row["SUBJID"] for row in rows} == {"KR-001"}
    assert files[f"files/{hashlib.sha256(PDF).hexdigest()}.pdf"] == PDF
    assert "KR-001" in text_of(files, "trail/trail.csv")
    assert [name for name in files if name.startswith("definition/")]


@pytest.mark.parametrize("said", ["ZQ", "US-01", "pi@us", "New_York"])
def test_nothing_of_another_site_and_nothing_blinded_is_in_any_file(files, said):
    assert [name for name, held in files.items() if said in read(name, held)] == []


def test_the_same_look_finds_them_in_the_copy_of_the_other_site(hosted):
    files = hosted.files(hosted.make("US-01"))
    found = {name.partition("/")[0] for name, held in files.items() if "ZQforeign" in read(name, held)}
    assert found >= {"casebooks", "data", "files", "index.html", "subjects", "trail"}
    others = [name for name, held in files.items() if re.search("ZQblinded|KR-001", read(name, held))]
    assert others == []


def test_candidates_for_queries_are_not_for_the_site(hosted):
    trial = hosted.trial
    with hosted.core.write(trial.cli) as uow:
        queries.open_query(
            uow,
            c.OpenQuery(
                study_id=trial.study_id, op=new_id(), subject_key="KR-001", path=trial.path("VS.NOTE"),
                text="ZQcandidate", proposed=True,
            ),
        )  # fmt: skip
    assert [name for name, held in hosted.files(hosted.make()).items() if b"ZQcandidate" in held] == []


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.tags = [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.found += [value for name, value in attrs if name in ("href", "src")]


def test_it_opens_by_itself(files):
    """Every link leads to a file of the copy, and no page has a script."""
    for name in [name for name in files if name.endswith(".html")]:
        links = Links()
        links.feed(text_of(files, name))
        assert not links.tags & {"script", "img", "iframe", "form"}
        for link in links.found:
            if not link.startswith("#"):
                assert unquote(urljoin(name, link).partition("#")[0]) in files, (name, link)


def test_it_speaks_the_language_of_the_site(files):
    index = text_of(files, "index.html")
    assert '<html lang="ko">' in index
    assert "기관 기록 사본" in index


def test_every_word_of_the_frame_is_there_in_korean():
    said = {
        word
        for file in FOLDER.glob("*.html")
        for word in re.findall(r"say\('([^']+)'\)", file.read_text(encoding="utf-8"))
    }
    assert said
    said |= {reason.capitalize() for reason in MISSING_WORDS.values()}
    assert said - set(Words(WORDS, "ko-KR").all) == set()


def test_a_reason_instead_of_a_value_stands_there_in_the_words_of_the_site(hosted):
    given = ItemInput(hosted.trial.path("VS.DIABP"), "", missing="NASK", base_version=1)
    hosted.trial.save("KR-001", {}, items=(given,), by=hosted.actor(HERE), reason=SOME_REASON)
    pages = [text.decode() for name, text in hosted.files(hosted.make()).items() if name.endswith(".html")]
    assert any("누락: 묻지 않음" in page for page in pages)


def test_the_manifest_names_every_file_with_its_digest(files):
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    for name, facts in manifest["files"].items():
        assert facts["sha256"] == hashlib.sha256(files[name]).hexdigest()
    assert manifest["site"] == "KR-01"
    assert manifest["counts_by_site"] == {"KR-01": 1}


def test_the_same_state_gives_the_same_bytes(hosted, copy):
    again = hosted.make()
    assert again != copy
    assert hosted.archive(again) == hosted.archive(copy)


def test_the_trail_in_it_is_checked_without_this_software(files, tmp_path):
    for name, held in files.items():
        if name.startswith("trail/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(held)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "trail/verify_trail.py")],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = tmp_path / "trail/trail.jsonl"
    assert "own corrected" in said.read_text(encoding="utf-8")
    said.write_text(
        said.read_text(encoding="utf-8").replace("own corrected", "own corrupted"), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "trail/verify_trail.py")],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 1, "a change of the trail is found"


def test_it_holds_as_many_entries_of_the_trail_as_the_ledger(hosted, files):
    with hosted.core.read() as source:
        study_id = hosted.trial.study_id
        site_id = hosted.trial.sites["KR-01"]
        heads = site_chains.heads(source.connection, study_id)
        own = site_chains.by_site(source.connection, study_id, heads)[site_id]
    rows = list(csv.DictReader(io.StringIO(text_of(files, "trail/trail.csv"))))
    assert len([row for row in rows if row["subject"] == "KR-001"]) == sum(own.values())


# Who makes it, who opens it


@pytest.mark.parametrize("login", [HERE, THERE, SPONSOR])
def test_only_the_host_makes_a_copy(hosted, login):
    with pytest.raises(NotAllowed):
        hosted.access(login).copies.ask("KR-01", op=new_id())
    with pytest.raises(NotAllowed):
        hosted.access(login).copies.sites()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADM])
def test_no_study_lets_anybody_else_make_one(hosted, role):
    with pytest.raises(BadRequest, match="REQ-LCK-06"):
        hosted.trial.act(
            hosted.trial.cli, permissions.change_permission, permissions.ChangePermission, role=role,
            action=Action.MAKE_COPY, allowed=True, reason=c.Reason(text="x"),
        )  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PI, Role.SUB, Role.CRC)])
def test_no_study_lets_the_sponsor_take_one(hosted, role):
    with pytest.raises(BadRequest, match="No study can let"):
        hosted.trial.act(
            hosted.trial.cli, permissions.change_permission, permissions.ChangePermission, role=role,
            action=Action.TAKE_COPY, allowed=True, reason=c.Reason(text="x"),
        )  # fmt: skip


@pytest.mark.parametrize("login", [HOST, SPONSOR])
def test_no_other_export_gives_one(hosted, tmp_path, login):
    command = exporting.RequestExport(
        study_id=hosted.trial.study_id, op=new_id(), choice=ExportChoice("investigator-copy", unlocked=True)
    )
    with pytest.raises(ExportRefused, match="made for one site"):
        exporting.export(hosted.core, hosted.actor(login), command, tmp_path / "out")


def test_the_host_does_not_open_what_the_host_made(hosted, copy):
    code = hosted.hand_over(copy)
    with pytest.raises(NotAllowed):
        hosted.access(HOST).copies.open(copy, code, op=new_id())


def test_it_goes_to_the_investigator_of_the_site_alone(hosted, copy):
    for login, why in ((THERE, "is not the investigator"), (SPONSOR, "is not the investigator")):
        with pytest.raises(BadRequest, match=why):
            hosted.hand_over(copy, login)
    with hosted.core.write(hosted.trial.cli) as uow:
        users.add_grant(uow, users.grant_for_sites(uow, HERE, Role.SPO, hosted.trial.study_id, ()))
    with pytest.raises(BadRequest, match="beyond the site"):
        hosted.hand_over(copy)


def test_the_code_opens_it_once_for_the_person_it_was_mailed_to(hosted, copy):
    code = hosted.hand_over(copy)
    with pytest.raises(NotAllowed):
        hosted.access(THERE).copies.open(copy, code, op=new_id())
    with pytest.raises(NotFound):
        hosted.access(HERE).copies.open(copy, "wrong", op=new_id())
    taken = hosted.access(HERE).copies.open(copy, code, op=new_id())
    assert taken.content.read_bytes() == hosted.archive(copy)
    with pytest.raises(NotFound, match="used already"):
        hosted.access(HERE).copies.open(copy, code, op=new_id())


def test_a_second_investigator_of_the_site_does_not_open_it_with_that_code(hosted, copy):
    with hosted.core.write(hosted.trial.cli) as uow:
        add = users.AddUser(study_id="@system", op=new_id(), login="next@kr.example", full_name="Next")
        users.add_user(uow, add)
        users.add_grant(
            uow, users.grant_for_sites(uow, add.login, Role.PI, hosted.trial.study_id, ("KR-01",))
        )
    code = hosted.hand_over(copy)
    with pytest.raises(NotFound):
        hosted.access(add.login).copies.open(copy, code, op=new_id())


def test_the_code_is_too_old_after_two_weeks(hosted, copy, clock):
    code = hosted.hand_over(copy)
    clock.advance(days=14, seconds=1)
    with pytest.raises(NotFound, match="too old"):
        hosted.access(HERE).copies.open(copy, code, op=new_id())


def test_handed_over_again_the_earlier_code_opens_nothing(hosted, copy):
    first = hosted.hand_over(copy)
    second = hosted.hand_over(copy)
    with pytest.raises(NotFound):
        hosted.access(HERE).copies.open(copy, first, op=new_id())
    assert hosted.access(HERE).copies.open(copy, second, op=new_id())


def test_the_code_opens_no_account(hosted, copy):
    code = hosted.hand_over(copy)
    with hosted.core.read() as source, pytest.raises(NotFound):
        account_links.user_of(source, code, "2026-03-04T09:15:00.000000Z")


def test_the_code_is_stored_nowhere(hosted, copy, grep_database):
    code = hosted.hand_over(copy)
    hosted.access(HERE).copies.open(copy, code, op=new_id())
    assert grep_database(code) == []
    with hosted.core.read() as source:
        digests = source.connection.execute(select(account_link.c.token_sha256)).scalars().all()
    assert users.token_digest(code) in digests


def test_the_receipt_is_signed_by_both_components_after_it_was_opened(hosted, copy):
    code, desk = hosted.hand_over(copy), hosted.access(HERE).copies
    with pytest.raises(WrongState, match="Open the copy first"):
        desk.confirm(copy, login=HERE, password="right", op=new_id())
    desk.open(copy, code, op=new_id())
    with pytest.raises(ReasonRequired):
        desk.confirm(copy, login=HERE, password="wrong", op=new_id())
    desk.confirm(copy, login=HERE, password="right", op=new_id())
    with pytest.raises(WrongState, match="already"):
        desk.confirm(copy, login=HERE, password="right", op=new_id())


def test_every_step_stands_in_the_ledger(hosted, copy):
    hosted.receive(copy)
    with hosted.core.read() as source:
        rows = source.connection.execute(
            select(ledger_entry.c.kind, ledger_entry.c.actor, ledger_entry.c.payload)
            .where(
                ledger_entry.c.study_id == hosted.trial.study_id, ledger_entry.c.kind.startswith("export.")
            )
            .order_by(ledger_entry.c.n)
        ).all()
        log = [row.detail for row in source.connection.execute(select(access_log)) if "copy" in row.action]
    assert [(row.kind, row.actor) for row in rows] == [
        ("export.request", HOST), ("export.produce", HOST), ("export.hand_over", HOST), ("export.open", HERE),
        ("export.receipt", HERE),
    ]  # fmt: skip
    manifest = hashlib.sha256(hosted.files(copy)["manifest.json"]).hexdigest()
    for row in rows[2:]:
        said = json.loads(row.payload)
        assert (said["site"], said["copy"], said["manifest_sha256"]) == ("KR-01", copy, manifest)
    assert log == [f"site KR-01, copy {copy}"]


def test_the_newest_files_of_a_site_are_kept(hosted):
    made = [hosted.make() for _ in range(4)]
    with pytest.raises(NotFound):
        hosted.archive(made[0])
    assert all(hosted.archive(one) for one in made[1:])
    found = hosted.access(HOST).copies.sites()[0]
    assert [(one.job.job_id, one.is_there) for one in found.copies] == [
        (made[3], True), (made[2], True), (made[1], True), (made[0], False)
    ]  # fmt: skip
