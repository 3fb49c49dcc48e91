"""The picture of what was signed: drawn once, bound by its digest, drawn again byte for byte, and seen by whom it is for."""

import hashlib
import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from edc_core_casebook_pdf.printing import pdf
from edc_core_casebook_pdf.signed import document
from pypdf import PdfReader

from edc_core.core import Core
from edc_core.domain.commands import DecideRedaction, Reason, RequestRedaction
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import DataType, TranslatedText
from edc_core.domain.permission import Role
from edc_core.domain.signature import Meaning, SignatureState, SignedManifest
from edc_core.errors import EditConflict, NotAllowed
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, plugin_jobs, redacting, signed_pictures, signing
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.to_sign import Desk
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers, signature_readers
from edc_core.store.signed_entries import signed_entries
from edc_core.testing import SOME_REASON, Trial, a_study

KEY, CASEBOOK, NAME = "S-001", ItemPath(), "Gildong Hong"
WHY = Reason(text="An identity was entered by mistake.")


@pytest.fixture
def core(core_url, clock, tmp_path):
    settings = Settings(database_url=core_url, exports_dir=tmp_path / "exports", files_dir=tmp_path / "files")
    core = Core(settings, EdcPlugins(), clock)
    yield core
    core.close()


def definition(**sensitivities):
    study = (
        a_study("SIGNED")
        .with_event("V1", "VS", "AE")
        .with_item("VS.SYSBP", DataType.INTEGER, units={"mmHg": "1"})
        .with_item("VS.NOTE")
        .with_item("VS.ARM")
        .with_group("AE.ROW", form="AE")
        .with_item("AE.TERM", group="AE.ROW")
        .with_site("KR-01")
    )
    version = study.build()
    items = tuple(replace(i, sensitivity=sensitivities.get(i.name, "")) for i in version.items)
    return replace(version, items=items)


@pytest.fixture
def trial(core):
    return lived(core)


def lived(core, **sensitivities):
    trial = Trial(core, definition(**sensitivities))
    trial.add_subject(KEY)
    trial.save(KEY, {"VS.SYSBP": "120", "VS.NOTE": f"{NAME} <b>#x"})
    trial.complete(KEY, "VS")
    trial.save(KEY, {trial.path("AE.TERM", rows=("1",)): "Headache"})
    trial.complete(KEY, "AE")
    return trial


def sign(trial, path=CASEBOOK):
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, KEY)
        site = readers.sites(source.connection, trial.study_id)[subject.site_id]
        study = readers.study_by_id(source.connection, trial.study_id)
        laid = Desk(source, trial.pi, study, subject, site).lay_out(path)
    command = signing.Sign(
        study_id=trial.study_id, op=new_id(), subject_key=KEY, path=path, sha256=laid.manifest.sha256,
        meaning=Meaning.RESPONSIBILITY, component="password", accepts=True,
    )  # fmt: skip
    with trial.core.write(trial.pi) as uow:
        return signing.sign(uow, command, trial.core.files)["n"]


def kept(trial):
    with trial.core.read() as source:
        return signed_entries(source.connection, trial.study_id)


def content(trial, file):
    with trial.core.files.open(file.sha256) as stream:
        return stream.read()


def squeezed(data):
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages))


def standing(trial):
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, KEY)
        return signature_readers.signatures(source.connection, trial.study_id, subject.subject_id)


def test_each_signature_gets_its_picture_once_and_an_entry_binds_it(trial):
    n = sign(trial)
    plugin_jobs.do_standing(trial.core)
    [one] = kept(trial)
    assert (one.n, one.manifest.sha256) == (n, one.sha256)
    drawn = content(trial, one.picture)
    assert hashlib.sha256(drawn).hexdigest() == one.picture.sha256
    text = squeezed(drawn)
    for words in ("120", "mmHg", "GildongHong<b>#x", "Headache", "row1", one.sha256, "S-001"):
        assert words in text, words
    entry = trial.entries(KEY)[-1]
    assert (entry["kind"], entry["path"], entry["actor"]) == ("file.add", "", "system:casebook_pdf")
    said = entry["payload"]
    assert (said["signature"], said["manifest"], said["sha256"]) == (n, one.sha256, one.picture.sha256)
    assert said["by"].startswith("edc-core-casebook-pdf 0.")
    before = len(trial.entries(KEY))
    plugin_jobs.do_standing(trial.core)
    assert len(trial.entries(KEY)) == before
    assert [one.state for one in standing(trial)] == [SignatureState.SIGNED]
    assert verify(trial.core, rebuild=True).problems == []


def test_the_same_manifest_gives_the_same_bytes_at_any_time(trial, clock):
    sign(trial)
    plugin_jobs.do_standing(trial.core)
    [one] = kept(trial)
    clock.advance(days=900)
    trial.save(KEY, {"VS.SYSBP": "130"}, reason=SOME_REASON)
    index = MetaDataIndex(trial.index.version)
    signed = SignedManifest(KEY, one.n, one.manifest.sha256, content(trial, one.manifest))
    again = pdf(document(signed, {index.version.oid: index}.__getitem__), "signed")
    assert hashlib.sha256(again).hexdigest() == one.picture.sha256


def test_each_scope_and_each_signing_again_has_its_own(trial):
    sign(trial, ItemPath.parse("V1[1]/VS[1]"))
    sign(trial, ItemPath.parse("V1[1]"))
    trial.save(KEY, {"VS.SYSBP": "130"}, reason=SOME_REASON)
    plugin_jobs.do_standing(trial.core)
    sign(trial, ItemPath.parse("V1[1]"))
    plugin_jobs.do_standing(trial.core)
    pictures = [one.picture.sha256 for one in kept(trial)]
    assert len(set(pictures)) == 3
    texts = [squeezed(content(trial, one.picture)) for one in kept(trial)]
    assert "Headache" not in texts[0]
    assert "130" in texts[2]


def test_a_picture_of_something_else_is_not_taken_and_no_person_keeps_one(trial):
    n = sign(trial)
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    for actor in (trial.dm, trial.pi, trial.person(Role.AUD, "aud.seo")):
        access = CoreStudyAccess(trial.core, actor, study, "edc-core-casebook-pdf")
        with pytest.raises(NotAllowed):
            access.without_picture()
        with pytest.raises(NotAllowed):
            access.keep_picture(SignedManifest(KEY, n, "0" * 64, b""), b"%PDF-", "by")
    wrong = SignedManifest(KEY, n, "0" * 64, b"")
    with pytest.raises(EditConflict):
        signed_pictures.keep(trial.core, trial.cli, trial.study_id, wrong, b"%PDF-1.7 other", "by")
    assert kept(trial)[0].picture is None


def test_words_that_two_persons_took_out_are_in_no_picture_and_another_is_drawn(trial, grep_database):
    sign(trial)
    plugin_jobs.do_standing(trial.core)
    [before] = kept(trial)
    trial.save(KEY, {"VS.NOTE": "None"}, reason=SOME_REASON)
    n = next(e["n"] for e in trial.entries(KEY) if NAME in e["payload"].get("raw", ""))
    ask = {"subject_key": KEY, "n": n, "reason": WHY}
    request = trial.act(trial.dm, redacting.request_redaction, RequestRedaction, **ask)["request"]
    decide = {"subject_key": KEY, "request": request, "approve": True, "reason": WHY}
    trial.act(trial.spo, redacting.decide_redaction, DecideRedaction, **decide)
    [left] = kept(trial)
    assert left.sha256 == before.sha256
    assert left.picture is None
    for gone in (before.manifest, before.picture):
        assert trial.core.files.standing(gone.sha256) == "missing"
    plugin_jobs.do_standing(trial.core)
    [after] = kept(trial)
    text = squeezed(content(trial, after.picture))
    assert "GildongHong" not in text
    assert "[redacted]" in text
    assert "Twopersonsremovedwords" in text
    assert grep_database(NAME) == []
    assert verify(trial.core, rebuild=True).problems == []


def exported(trial, out, name, by):
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice(name, unlocked=True)
    )
    exporting.export(trial.core, by, command, out)
    return {file.name for file in (out / "signed").glob("*")}


def test_it_travels_with_casebooks_and_with_the_trail_which_checks_it(trial, tmp_path):
    sign(trial)
    plugin_jobs.do_standing(trial.core)
    [one] = kept(trial)
    names = {f"{one.manifest.sha256}.json", f"{one.picture.sha256}.pdf"}
    assert exported(trial, tmp_path / "books", "casebook-pdf", trial.dm) == names
    out = tmp_path / "trail"
    assert exported(trial, out, "audit-trail", trial.dm) == names
    check = [sys.executable, "-I", "-S", str(out / "verify_trail.py")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "1 of 1 signatures come with what exactly was signed" in done.stdout
    manifest = json.loads((out / "manifest.json").read_text())
    file = out / f"signed/{one.manifest.sha256}.json"
    file.write_bytes(file.read_bytes().replace(b"120", b"121"))
    manifest["files"][f"signed/{file.name}"]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest))
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is not what its name says" in done.stdout


def test_what_the_signer_saw_goes_to_nobody_who_may_not_see_it(core, tmp_path):
    trial = lived(core, ARM="identifying")
    trial.save(KEY, {"VS.ARM": "KIM-G-1961"}, reason=SOME_REASON)
    sign(trial)
    plugin_jobs.do_standing(core)
    assert "KIM-G-1961" in squeezed(content(trial, kept(trial)[0].picture))
    assert exported(trial, tmp_path / "blind", "casebook-pdf", trial.dm) == set()
    assert exported(trial, tmp_path / "trail", "audit-trail", trial.dm) == set()
    assert len(exported(trial, tmp_path / "whole", "casebook-pdf", trial.cli)) == 2


def manifest_in(language, index):
    item = {"path": "V1[1]/AE[1]/AE.ROW[2]/AE.TERM", "version": 1, "question": "증상", "value": None, "shown": "",
            "missing": "NASK", "unit": ""}  # fmt: skip
    said = {
        "format": "edc-manifest-1", "study": "SIGNED@live", "subject": KEY, "scope": "V1[1]", "language": language,
        "hides": [], "not_done": ["V1[1]"],
        "forms": [{"path": "V1[1]/AE[1]", "meta_data_version": index.version.oid, "status": "complete", "items": [item]}],
        "queries": [{"path": item["path"], "state": "Answered", "text": "?"}],
    }  # fmt: skip
    data = json.dumps(said).encode()
    return SignedManifest(KEY, 1, hashlib.sha256(data).hexdigest(), data)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("What was signed", "row 2", "not asked", "Query, Answered:", "Visits marked as not done")),
        ("ko", ("서명한 내용", "2행", "묻지 않음", "질의, 답변됨:")),
        ("ko-KR", ("서명한 내용",)),
        ("ja", ("署名した内容", "2行目", "質問せず")),
        ("zh", ("所签内容", "第 2 行", "未询问")),
        ("de", ("Was unterschrieben wurde", "Zeile 2", "nicht gefragt")),
        ("fr", ("What was signed",)),
    ],
)
def test_its_labels_are_in_the_language_it_was_read_in(language, words):
    index = MetaDataIndex(definition())
    made = document(manifest_in(language, index), lambda _oid: index)
    text = json.dumps(made, ensure_ascii=False)
    for one in words:
        assert one in text, one
    assert pdf(made, "signed").startswith(b"%PDF-")


def test_the_casebook_of_a_site_that_reads_korean_is_labelled_in_korean(core, tmp_path):
    version = definition()
    events = tuple(
        replace(e, title=TranslatedText((("en", e.name), ("ko", "첫 방문")))) for e in version.events
    )
    items = tuple(
        replace(i, question=TranslatedText((("en", i.name), ("ko", f"질문 {i.name}")))) for i in version.items
    )
    sites = tuple(replace(site, languages=("ko",)) for site in version.sites)
    parts = {"events": events, "items": items, "sites": sites, "languages": ("en", "ko")}
    trial = Trial(core, replace(version, **parts))
    trial.add_subject(KEY)
    trial.save(KEY, {"VS.SYSBP": "120"})
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice("casebook-pdf", unlocked=True)
    )
    exporting.export(core, trial.dm, command, tmp_path / "out")
    text = squeezed((tmp_path / f"out/casebooks/{KEY}.pdf").read_bytes())
    for words in ("S-001증례기록", "질문SYSBP", "입력중", "연구코디네이터", "서명이없습니다"):
        assert words in text, words


def test_it_is_archival_pdf(trial):
    """Clauses of ISO 19005-2 that a reader can check: what it says it is, colours, fonts, nothing that acts."""
    sign(trial)
    plugin_jobs.do_standing(trial.core)
    data = content(trial, kept(trial)[0].picture)
    assert archival(data) == []


def archival(data):
    """What is wrong with it as PDF/A-2b; see ISO 19005-2, 6.1.3, 6.2.3, 6.2.11.4, 6.5.1, 6.6.2 and 6.6.4."""
    reader, wrong = PdfReader(io.BytesIO(data)), []
    metadata = reader.xmp_metadata
    if metadata is None or b"<pdfaid:part>2<" not in data or b"<pdfaid:conformance>B<" not in data:
        wrong.append("it does not say that it is PDF/A-2b")
    root = reader.trailer["/Root"]
    if not any(one.get_object()["/S"] == "/GTS_PDFA1" for one in root.get("/OutputIntents", ())):
        wrong.append("no output intent")
    if "/ID" not in reader.trailer or reader.is_encrypted:
        wrong.append("no identifier, or encrypted")
    if {"/OpenAction", "/AA", "/AcroForm"} & set(root) or b"/JavaScript" in data:
        wrong.append("something in it acts")
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object().get("/DescendantFonts", [font])[0].get_object()
            descriptor = inner.get("/FontDescriptor", {})
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor):
                wrong.append(f"font {inner.get('/BaseFont')} is not embedded")
    return wrong
