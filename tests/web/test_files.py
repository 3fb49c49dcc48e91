"""Files at items by request: what comes in, what goes out, and to whom."""

import hashlib
import io
import os

import pytest
from sqlalchemy import select

from edc_core.core import Core
from edc_core.jobs.worker import Worker
from edc_core.ledger.verify import verify
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.store.ledger_tables import access_log, ledger_entry
from edc_core.store.subject_tables import subject
from tests.web import long_form
from tests.web.trial import STUDY, SUBJECT, fill

FORM = "V2[1]/TYPES[1]/TYPES.TYPES[1]"
PDF = b"%PDF-1.7\n" + b"0" * 2000
HASH = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def core(tmp_path):
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/web.db",
        files_dir=tmp_path / "files",
        exports_dir=tmp_path / "exports",
    )
    core = Core(settings, EdcPlugins())
    fill(core, long_form.definition())
    yield core
    core.close()


def address(item="TYPES.ECG", subject=SUBJECT):
    return f"/s/{STUDY}/subjects/{subject}/files/{FORM}/{item}"


def send(client, data=PDF, name="ecg.pdf", *, op="op-file-0001", url="", **more):
    return client.post(
        url or address(),
        query_string={"op": op, "name": name, "version": "v1"},
        **{"data": data, "content_type": "application/octet-stream"} | more,
    )


def sent(stream, length):
    return {"wsgi.input": stream, "CONTENT_LENGTH": str(length)}


def bytes_of(client, sha256=HASH):
    with client.get(address(), query_string={"sha256": sha256}) as got:
        return got.data


def save(client, value, *, base=0, op="op-item-0001", **more):
    url = f"/s/{STUDY}/subjects/{SUBJECT}/items/{FORM}/TYPES.ECG"
    return client.post(url, data={"op": op, "value": value, "base": base, "version": "v1", **more})


def stored(core):
    folder = core.settings.files_dir
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def kinds(core):
    with core.engine.connect() as connection:
        return list(
            connection.execute(select(ledger_entry.c.kind).where(ledger_entry.c.path != "")).scalars()
        )


def test_a_file_is_stored_under_its_hash_and_its_value_names_it(core, client_as):
    client = client_as()
    answer = send(client)
    assert answer.status_code == 200, answer.text
    assert answer.json["value"] == f"{HASH}/{len(PDF)}/ecg.pdf"
    assert stored(core) == [f"{HASH[:2]}/{HASH}"]
    assert kinds(core) == ["file.add"]  # it is given, and no value yet
    assert save(client, answer.json["value"]).status_code == 200
    page = client.get(f"/s/{STUDY}/subjects/{SUBJECT}/V2/TYPES").text
    assert "ecg.pdf (2 kB)" in page
    assert f"?sha256={HASH}" in page


def test_a_download_is_an_attachment_that_nothing_runs(core, client_as):
    client = client_as()
    name = '심전도 "1".pdf'
    value = send(client, name=name).json["value"]
    save(client, value)
    got = client.get(address(), query_string={"sha256": HASH})
    assert (got.status_code, got.data) == (200, PDF)
    assert got.headers["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=UTF-8''%EC%8B%AC" in got.headers["Content-Disposition"]
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Length"] == str(len(PDF))
    got.close()
    with core.engine.connect() as connection:
        said = connection.execute(select(access_log).where(access_log.c.action == "file downloaded")).one()
        [subject_id] = connection.execute(
            select(subject.c.subject_id).where(subject.c.subject_key == SUBJECT)
        ).scalars()
    assert (
        (said.login, said.detail)
        == (
            "jiwoo@site.example",
            f"subject:{subject_id} {FORM}/TYPES.ECG {HASH}",  # its number may have to be redacted, and the log stays
        )
    )


def test_sending_again_with_the_same_operation_gives_the_same_and_writes_nothing(core, client_as):
    client = client_as()
    assert send(client).json == send(client).json
    assert kinds(core) == ["file.add"]
    assert send(client, b"%PDF-other", op="op-file-0001").status_code == 409


BIG = b"%PDF-1.7\n" + bytes(range(256)) * 2000
PARTS = address().replace("/files/", "/parts/")
CUT = 200_000


def part(client, offset, data, *, op="op-file-0002", method="PATCH", **more):
    said = {"op": op, "name": "big.pdf", "version": "v1", "offset": offset, "size": len(BIG)} | more
    said = {name: value for name, value in said.items() if value is not None}
    return client.open(
        PARTS, method=method, query_string=said, data=data, content_type="application/octet-stream"
    )


def offset_of(client, op="op-file-0002"):
    said = {"op": op, "name": "big.pdf", "version": "v1"}
    return int(client.head(PARTS, query_string=said).headers["Upload-Offset"])


def test_a_file_goes_on_where_it_stopped_and_is_there_when_its_last_part_is_in_the_ledger(core, client_as):
    client = client_as()
    assert offset_of(client) == 0
    digest = hashlib.sha256(BIG[:CUT]).hexdigest()
    assert part(client, 0, BIG[:CUT], sha256=digest).json == {"offset": CUT}
    assert kinds(core) == [], "nothing is acknowledged before it is whole"
    again = client_as()  # the session ended, and the person came back
    assert offset_of(again) == CUT
    assert offset_of(again, "op-file-0003") == 0
    assert part(again, 0, BIG[:CUT]).status_code == 409, "it is here already"
    assert part(again, CUT + 1, BIG[CUT + 1 :]).status_code == 409, "a byte would be missing"
    assert part(again, CUT, BIG[CUT:], sha256="0" * 64).status_code == 400, "damaged on its way"
    assert offset_of(again) == CUT
    answer = part(again, CUT, BIG[CUT:], sha256=hashlib.sha256(BIG[CUT:]).hexdigest())
    sha256 = hashlib.sha256(BIG).hexdigest()
    assert answer.json["value"] == f"{sha256}/{len(BIG)}/big.pdf"
    assert stored(core) == [f"{sha256[:2]}/{sha256}"], "no part is left"
    assert kinds(core) == ["file.add"]
    assert bytes_of(again, sha256) == BIG


def test_parts_are_of_one_person_and_one_item_and_go_when_they_are_given_up(core, client_as):
    client, colleague, sponsor = (
        client_as(),
        client_as("minseo@site.example"),
        client_as("dana@sponsor.example"),
    )
    part(client, 0, BIG[:CUT])
    assert offset_of(colleague) == 0, "the same operation of another person is another one"
    assert part(colleague, CUT, BIG[CUT:]).status_code == 409
    for method in ("HEAD", "PATCH", "DELETE"):
        where = CUT if method == "PATCH" else None
        refused = part(sponsor, where, BIG[CUT:], method=method, size=where and len(BIG))
        assert refused.status_code == 403
    assert offset_of(client) == CUT
    assert part(client, None, b"", method="DELETE", size=None).json == {"offset": 0}
    assert stored(core) == []


def test_parts_of_what_the_item_does_not_take_are_refused_and_not_kept(core, client_as):
    client = client_as()
    assert part(client, 0, BIG[:CUT], size=2_000_000).status_code == 422
    assert part(client, 0, BIG[:CUT], name="big.exe").status_code == 422
    assert stored(core) == []
    assert part(client, 0, b"MZ" + BIG[2:]).status_code == 422, "not what its name says"
    assert part(client, 0, BIG + b"more").status_code == 400
    assert stored(core) == []
    assert kinds(core) == []


def test_the_worker_clears_parts_that_nobody_went_on_sending(core, client_as):
    client = client_as()
    part(client, 0, BIG[:CUT])
    Worker(core).run(once=True)
    (left,) = [core.settings.files_dir / name for name in stored(core)]
    old = left.stat().st_mtime - 4 * 24 * 3600
    os.utime(left, (old, old))
    Worker(core).run(once=True)
    assert stored(core) == []
    assert offset_of(client) == 0


@pytest.mark.parametrize(
    ("data", "name", "status", "words"),
    [
        (b"%PDF-" + b"0" * 1_000_000, "big.pdf", 422, "too large"),
        (b"", "empty.pdf", 422, "is empty"),
        (b"MZ\x90\0", "ecg.exe", 422, "of another kind"),
        (b"MZ\x90\0", "ecg.pdf", 422, "does not hold what its name says"),
        (b"%PDF-", "ecg.pdf.html", 422, "of another kind"),
        (b"<html>\0", "note.txt", 422, "does not hold"),
        (b"%PDF-", "pdf", 422, "of another kind"),
        (
            b"%PDF-",
            "ecg\u202efdp.exe",
            422,
            "of another kind",
        ),  # reads ecgexe.pdf where directions are obeyed
    ],
)
def test_what_an_item_does_not_take_is_refused_with_the_reason_and_leaves_nothing(
    core, client_as, data, name, status, words
):
    answer = send(client_as(), data, name)
    assert answer.status_code == status
    assert words in answer.json["message"]
    assert not core.settings.files_dir.exists() or stored(core) == []
    assert kinds(core) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/cron.d/ecg.pdf", "ecg.pdf"),
        ("C:\\Users\\kim\\ecg.pdf", "ecg.pdf"),
        ("a\0b\r\nSet-Cookie: x.pdf", "abSet-Cookie: x.pdf"),
        ("  ..pdf .pdf", "pdf .pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("스캔.pdf", "스캔.pdf"),
    ],
)
def test_a_name_is_only_a_name(core, client_as, name, kept):
    answer = send(client_as(), name=name)
    assert answer.json["value"] == f"{HASH}/{len(PDF)}/{kept}"
    assert stored(core) == [f"{HASH[:2]}/{HASH}"]


def test_a_file_that_is_cut_off_is_not_kept(core, client_as):
    answer = send(client_as(), b"", environ_overrides=sent(io.BytesIO(PDF[:100]), len(PDF)))
    assert answer.status_code == 400
    assert stored(core) == []
    assert kinds(core) == []


def test_a_form_with_a_file_in_it_is_not_how_one_is_sent(core, client_as):
    answer = send(client_as(), {"file": (io.BytesIO(PDF), "x.pdf")}, content_type="multipart/form-data")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (address(subject="DE01-0001"), 404),  # of another site
        (address("TYPES.SCAN"), 404),  # blinded
        (address("TYPES.NONE"), 404),
        (address("TYPES.CREAT"), 400),  # takes no file
    ],
)
def test_nobody_sends_to_what_is_not_theirs(core, client_as, url, status):
    assert send(client_as(), url=url).status_code == status
    assert not core.settings.files_dir.exists()


def test_who_may_not_enter_data_sends_nothing(core, client_as):
    assert send(client_as("anna@cro.example")).status_code == 403
    assert not core.settings.files_dir.exists()


def test_nobody_sends_or_reads_without_signing_in(app):
    assert send(app.test_client()).status_code == 401
    assert app.test_client().get(address(), query_string={"sha256": HASH}).status_code in (302, 303, 401)


def test_a_value_names_only_a_file_that_was_given_at_this_item(client_as):
    client = client_as()
    refused = save(client, f"{HASH}/{len(PDF)}/ecg.pdf")
    assert refused.status_code == 400
    value = send(client).json["value"]
    assert save(client, value.replace("ecg.pdf", "other.pdf")).status_code == 400
    assert save(client, value).status_code == 200


def test_a_hash_opens_a_file_only_where_it_was_given(client_as):
    client = client_as()
    send(client)
    assert client.get(address(), query_string={"sha256": "0" * 64}).status_code == 404
    assert client.get(address("TYPES.SCAN"), query_string={"sha256": HASH}).status_code == 404
    assert client.get(address(), query_string={"sha256": "../" + HASH}).status_code == 400


def test_a_replaced_file_needs_a_reason_and_stays_readable(core, client_as):
    client = client_as()
    first = send(client).json["value"]
    assert save(client, first).status_code == 200
    done = client.post(
        f"/s/{STUDY}/subjects/{SUBJECT}/forms/V2[1]/TYPES[1]/complete", data={"op": "op-complete-1"}
    )
    assert done.status_code == 200
    second = send(client, PDF + b"2", "ecg2.pdf", op="op-file-0002").json["value"]
    assert save(client, second, base=1, op="op-item-0002").status_code == 422
    reason = {"reason_code": "transcription", "reason_text": ""}
    assert save(client, second, base=1, op="op-item-0003", **reason).status_code == 200
    history = client.get(
        f"/s/{STUDY}/subjects/{SUBJECT}/V2/TYPES/history", query_string={"item": f"{FORM}/TYPES.ECG"}
    ).text
    assert "ecg.pdf" in history
    assert f"sha256={HASH}" in history
    assert bytes_of(client) == PDF


def problems(core):
    with core.read() as source:
        return [(p.code, p.n) for p in verify(source.connection, files=core.files).problems]


def test_verification_reads_every_file(core, client_as):
    client = client_as()
    save(client, send(client).json["value"])
    assert problems(core) == []
    file = core.settings.files_dir / HASH[:2] / HASH
    file.chmod(0o600)
    file.write_bytes(PDF[:-1] + b"1")
    assert problems(core) == [("file", 2)]
    file.unlink()
    assert problems(core) == [("file missing", 2)]
    gone = client.get(address(), query_string={"sha256": HASH})
    assert gone.status_code == 404
    assert "not in the folder of files" in gone.text
    send(client, op="op-file-0002")  # whoever has it can send it again
    assert problems(core) == []


def test_a_file_is_never_whole_in_memory(client_as):
    """What is read at a time stays the same, whatever the size."""
    asked = []

    class Watched(io.BytesIO):
        def read(self, size=-1):
            asked.append(size)
            return super().read(size)

        def readinto(self, buffer):
            asked.append(len(buffer))
            return super().readinto(buffer)

    data = b"%PDF-" + b"0" * 990_000
    answer = send(client_as(), b"", environ_overrides=sent(Watched(data), len(data)))
    assert answer.status_code == 200
    assert max(asked) <= 1 << 18
    assert min(asked) > 0


def test_the_page_of_exports_says_when_a_file_was_not_there(core, client_as):
    client, manager = client_as(), client_as("dana@sponsor.example")
    save(client, send(client).json["value"])
    for missing in (False, True):
        if missing:
            (core.settings.files_dir / HASH[:2] / HASH).unlink()
        ask = {"op": f"op-export-{missing}", "format": "csv", "unlocked": "1"}
        assert manager.post(f"/s/{STUDY}/x/exports", data=ask).status_code == 303
        Worker(core).run(once=True)
        said = "1 file is missing" in manager.get(f"/s/{STUDY}/x/exports").text
        assert said is missing
