"""Damaged and hostile input at the command line: an exit code, one sentence with place and remedy, nothing half done."""

import json
import sqlite3

import pytest

STUDY = "DEMO-01"
ODM = """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" FileOID="F" CreationDateTime="2026-01-01T00:00:00Z"
 ODMVersion="1.3.2">{definition}{data}</ODM>"""
DEFINITION = """<Study OID="S1"><GlobalVariables><StudyName>{name}</StudyName><StudyDescription>d</StudyDescription>
<ProtocolName>P</ProtocolName></GlobalVariables><MetaDataVersion OID="1" Name="One">
<Protocol><StudyEventRef StudyEventOID="SE" Mandatory="Yes"/></Protocol>
<StudyEventDef OID="SE" Name="Visit" Repeating="No" Type="Scheduled"><FormRef FormOID="F" Mandatory="Yes"/></StudyEventDef>
<FormDef OID="F" Name="Form" Repeating="No"><ItemGroupRef ItemGroupOID="G" Mandatory="Yes"/></FormDef>
<ItemGroupDef OID="G" Name="G" Repeating="No"><ItemRef ItemOID="N" Mandatory="Yes"/></ItemGroupDef>
<ItemDef OID="N" Name="N" DataType="integer" Length="5"/></MetaDataVersion></Study>"""
SUBJECT = """<SubjectData SubjectKey="{key}"><StudyEventData StudyEventOID="SE"><FormData FormOID="F">
<ItemGroupData ItemGroupOID="G"><ItemData ItemOID="N" Value="7"/></ItemGroupData></FormData></StudyEventData></SubjectData>"""


def odm(*keys, doctype="", name="N"):
    subjects = "".join(SUBJECT.format(key=key) for key in keys)
    data = f'<ClinicalData StudyOID="S1" MetaDataVersionOID="1">{subjects}</ClinicalData>' if keys else ""
    return ODM.format(doctype=doctype, definition=DEFINITION.format(name=name), data=data)


@pytest.fixture
def study(edc):
    """DEMO-01 in dev, from the folder forms/demo-01."""
    edc("study", "new", STUDY)
    assert edc("study", "publish", "forms/demo-01").code == 0
    return edc


def refused(ran, *words, code=2):
    """One clear sentence on standard error, and no traceback."""
    assert ran.code == code, ran.out + ran.err
    said = ran.err or ran.out
    for word in words:
        assert word in said
    assert "Traceback" not in ran.err + ran.out
    return said


def entries(folder):
    with sqlite3.connect(folder / "edc.db") as connection:
        return connection.execute("SELECT count(*) FROM ledger_entry").fetchone()[0]


# Definitions


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        (lambda text: text + "\n  - [unclosed", "study.yaml:"),
        (lambda text: text.replace("oid:", "oid: [", 1), "study.yaml:"),
        (lambda text: text + "\n\tx: 1\n", "study.yaml:"),
        (lambda text: "- a list\n", "study.yaml:1"),
        (lambda text: "", "study.yaml"),
        (lambda text: text + "\nnosuchkey: 1\n", "study.yaml:"),
        (lambda text: text + "\noid: AGAIN\n", "study.yaml:"),
        (lambda text: text + "\nbomb: &a [*a]\n", "study.yaml:"),
        (lambda text: text + "\nrun: !!python/object/apply:os.system [id]\n", "study.yaml:"),
    ],
)
def test_damaged_definition_is_told_by_line_and_not_published(edc, tmp_path, damage, place):
    edc("study", "new", STUDY)
    file = tmp_path / "forms/demo-01/study.yaml"
    file.write_text(damage(file.read_text()))
    before = entries(tmp_path)
    refused(edc("study", "check", "forms/demo-01"), place, code=1)
    refused(edc("study", "publish", "forms/demo-01"), place, code=1)
    assert entries(tmp_path) == before


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"oid: \xe9\n", b"\x00"])
def test_definition_that_is_no_text_is_told_by_file(edc, tmp_path, raw):
    edc("study", "new", STUDY)
    (tmp_path / "forms/demo-01/study.yaml").write_bytes(raw)
    refused(edc("study", "check", "forms/demo-01"), "study.yaml", code=1)


def test_folder_without_a_definition_says_what_is_missing(edc, tmp_path):
    (tmp_path / "empty").mkdir()
    refused(edc("study", "check", "empty"), "study.yaml", code=1)
    refused(edc("study", "check", "nowhere"), "nowhere")


# Imports


HOSTILE = {
    "truncated": (odm("S-1")[:600], "bad.xml:"),
    "empty": ("", "bad.xml"),
    "no xml": ("hello", "bad.xml"),
    "another language": ("<html><body/></html>", "bad.xml"),
    "entity of a file": (
        odm("S-1", doctype='<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]>', name="&x;"), "bad.xml:",
    ),
    "billion laughs": (
        odm("S-1", doctype='<!DOCTYPE ODM [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
            '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>', name="&c;"), "bad.xml:",
    ),
    "outer document type": (odm("S-1", doctype='<!DOCTYPE ODM SYSTEM "http://127.0.0.1:9/x.dtd">'), "bad.xml:"),
    "text past the limit": (odm("S-1").replace('"7"', f'"{"7" * 10_500_000}"'), "bad.xml:"),
    "deeper than anybody nests": (odm("S-1").replace("<ItemData", "<a>" * 300 + "<ItemData"), "bad.xml:"),
    "control character": (odm("S-1").replace('"7"', '"\x01"'), "bad.xml:"),
    "half a character": (odm("S-1").replace('"7"', '"&#xD800;"'), "bad.xml:"),
    "next release of ODM": (odm("S-1").replace("/v1.3", "/v3.0").replace("1.3.2", "3.0"), "bad.xml"),
    "csv": ("STUDYID,SUBJID\nS1,S-1\n", "bad.xml"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("named", [False, True])
def test_file_that_is_no_odm_is_refused_whole(edc, tmp_path, kind, named):
    text, place = HOSTILE[kind]
    (tmp_path / "bad.xml").write_text(text)
    before = entries(tmp_path)
    how = ("--format", "odm-1.3.2") if named else ()
    said = refused(edc("study", "import", "bad.xml", "--with-data", *how), place)
    assert "root:" not in said
    assert "lollol" not in said
    assert entries(tmp_path) == before
    assert edc("study", "list", "--json").json == []


@pytest.mark.parametrize(("text", "format_name"), [
    (odm("S-1").replace("/v1.3", "/v2.0").replace("1.3.2", "2.0"), "odm-1.3.2"),
    (odm("S-1"), "odm-2.0"),
])  # fmt: skip
def test_file_of_another_version_of_odm_than_named_is_refused_whole(edc, tmp_path, text, format_name):
    (tmp_path / "bad.xml").write_text(text)
    refused(edc("study", "import", "bad.xml", "--with-data", "--format", format_name), "bad.xml")
    assert edc("study", "list", "--json").json == []


@pytest.mark.parametrize("encoded", [
    odm("S-1").replace("UTF-8", "UTF-16").encode("utf-8"),
    odm("S-1", name="café").encode("latin-1"),
    odm("S-1").replace("UTF-8", "no-such-encoding").encode(),
    b"\x00\x01\x02",
])  # fmt: skip
def test_file_in_another_encoding_than_it_says_is_refused(edc, tmp_path, encoded):
    (tmp_path / "bad.xml").write_bytes(encoded)
    refused(edc("study", "import", "bad.xml", "--with-data"), "bad.xml")
    assert edc("study", "list", "--json").json == []


RAW = '<ItemData ItemOID="N" Value="7"><Annotation SeqNum="1"><Flag><FlagValue CodeListOID="CL.EDC.RAW">{}</FlagValue></Flag></Annotation></ItemData>'
PLAIN = '<ItemData ItemOID="N" Value="7"/>'


@pytest.mark.parametrize(
    ("instead", "word"),
    [
        (RAW.format("a\\u0000b"), "NUL"),
        (RAW.format("\\ud800"), "half a character"),
        (PLAIN.replace("7", "7" * 100_001), "100000"),
    ],
)
def test_value_that_cannot_be_stored_is_told_with_its_line_and_no_subject_is_in(edc, tmp_path, instead, word):
    head, _, tail = odm("S-1", "S-2").rpartition(PLAIN)
    (tmp_path / "bad.xml").write_text(f"{head}\n\n{instead}{tail}")
    line = head.count("\n") + 3
    refused(edc("study", "import", "bad.xml", "--with-data"), "S-2", word, f"line {line}")
    found = edc("export", "S1", "--format", "csv", "--out", "out", "--unlocked", "--json").json
    assert found["counts"].get("subjects", 0) == 0


def test_data_that_name_no_study_say_so(edc, tmp_path):
    (tmp_path / "bad.xml").write_text(odm("S-1").replace('StudyOID="S1" Meta', "Meta"))
    refused(edc("study", "import", "bad.xml", "--with-data"), "StudyOID")


def test_unknown_format_study_or_file_is_named_with_what_there_is(study, tmp_path):
    (tmp_path / "a.xml").write_text(odm("S-1"))
    refused(study("study", "import", "a.xml", "--format", "nosuch"), "nosuch", "odm-1.3.2")
    refused(study("study", "import", "none.xml"), "none.xml")
    refused(study("study", "import"), "FILES")
    refused(study("export", "NOSUCH", "--format", "csv", "--out", "out"), "NOSUCH")
    refused(study("export", STUDY, "--format", "nosuch", "--out", "out"), "nosuch", "csv")
    refused(study("verify", "NOSUCH"), "NOSUCH")
    refused(study("nosuch"), "nosuch")
    assert not (tmp_path / "out").exists()


def test_data_of_a_study_that_is_not_here_say_what_to_do(edc, tmp_path):
    text = odm("S-1")
    (tmp_path / "data.xml").write_text(text.replace(DEFINITION.format(name="N"), ""))
    refused(edc("study", "import", "data.xml", "--with-data"), "S1", "Import its definition first")


def test_subject_twice_in_a_file_is_in_once(edc, tmp_path):
    (tmp_path / "twice.xml").write_text(odm("S-1", "S-2", "S-1"))
    ran = edc("study", "import", "twice.xml", "--with-data", "--json")
    assert ran.code in {0, 1, 2}, ran.err
    assert "Traceback" not in ran.err
    found = edc("export", "S1", "--format", "csv", "--out", "out", "--unlocked", "--json").json
    if ran.code == 2:
        assert found["counts"].get("subjects", 0) == 0
    else:
        assert found["counts"]["subjects"] == 2
    assert edc("verify", "--rebuild").code == 0


def test_definition_and_data_in_two_files_are_one_import(edc, tmp_path):
    (tmp_path / "definition.xml").write_text(odm())
    data = odm("S-1", "S-2").replace(DEFINITION.format(name="N"), "")
    (tmp_path / "data.xml").write_text(data.replace('FileOID="F"', 'FileOID="F2"'))
    report = edc("study", "import", "definition.xml", "data.xml", "--with-data", "--json").json
    assert (report["study"], report["subjects"], report["item_values"]) == ("S1@dev", 2, 2)


def test_definition_comes_alone_where_the_data_are_not_asked_for(edc, tmp_path):
    (tmp_path / "both.xml").write_text(odm("S-1"))
    assert edc("study", "import", "both.xml", "--json").json["subjects"] == 0
    assert edc("export", "S1", "--format", "csv", "--out", "out", "--unlocked", "--json").json["counts"] == {}


# Live studies


def test_live_study_is_changed_by_a_person_with_a_token(edc, tmp_path, monkeypatch):
    edc("study", "new", STUDY)
    publish = ("study", "publish", "forms/demo-01", "--env", "live")
    refused(edc(*publish), "--as USER", "EDC_TOKEN")
    edc("user", "add", "bea", "--role", "BLD")
    refused(edc(*publish, "--as", "bea"), "EDC_TOKEN")
    monkeypatch.setenv("EDC_TOKEN", "wrong")
    refused(edc(*publish, "--as", "bea"), "EDC_TOKEN", "edc user token bea")
    refused(edc(*publish, "--as", "nobody"), "nobody")
    assert edc("study", "list", "--json").json == []
    monkeypatch.setenv("EDC_TOKEN", edc("user", "token", "bea").out.strip())
    assert edc(*publish, "--as", "bea").code == 0
    refused(edc("export", STUDY, "--format", "csv", "--out", "out"), "--as USER")
    refused(edc("export", STUDY, "--format", "csv", "--out", "out", "--as", "bea"), "role does not include")


# Databases and folders


def test_empty_database_says_what_to_run(edc, tmp_path, monkeypatch):
    monkeypatch.setenv("EDC_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    for command in (("study", "list"), ("user", "list"), ("serve",), ("worker", "--once")):
        refused(edc(*command), "edc init")


def test_database_of_another_release_says_which_and_what_to_run(edc, tmp_path):
    with sqlite3.connect(tmp_path / "edc.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    refused(edc("study", "list"), "9999", "edc init")


@pytest.mark.parametrize("command", [("study", "list"), ("init",), ("user", "list")])
def test_file_that_is_no_database_is_named(edc, tmp_path, monkeypatch, command):
    (tmp_path / "text.db").write_text("This is no database. " * 100)
    monkeypatch.setenv("EDC_DATABASE_URL", f"sqlite:///{tmp_path / 'text.db'}")
    refused(edc(*command), "text.db")
    assert (tmp_path / "text.db").read_text().startswith("This is no database.")


def test_verify_reports_a_file_that_is_no_database(edc, tmp_path, monkeypatch):
    (tmp_path / "text.db").write_text("This is no database. " * 100)
    monkeypatch.setenv("EDC_DATABASE_URL", f"sqlite:///{tmp_path / 'text.db'}")
    report = edc("verify", "--json")
    assert (report.code, report.json["ok"]) == (1, False)
    assert "not a database" in report.json["problems"][0]["text"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite:////no/such/folder/edc.db",
        "postgresql://nobody@127.0.0.1:1/none",
        "oracle://x",
    ],
)
def test_database_that_cannot_be_reached_is_named_without_its_password(edc, monkeypatch, url):
    monkeypatch.setenv("EDC_DATABASE_URL", url.replace("nobody@", "nobody:secret@"))
    said = refused(edc("study", "list"), "EDC_DATABASE_URL")
    assert "secret" not in said


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_export_into_what_is_no_folder_is_refused(study, tmp_path, place):
    (tmp_path / "file").write_text("mine")
    refused(study("export", STUDY, "--format", "csv", "--out", place, "--unlocked"), "file")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    "as_of", ["yesterday", "2026-13-01", "2999-01-01T00:00:00Z", "", "2026-01-01T00:00:00+99:00"]
)
def test_time_that_is_none_is_refused(study, as_of, tmp_path):
    given = ("export", STUDY, "--format", "csv", "--out", "out", "--unlocked", "--as-of", as_of or " ")
    refused(study(*given))
    assert not list(tmp_path.glob("out/*"))


# Shapes


def test_shapes_of_json(study, tmp_path):
    assert study("study", "list", "--json").json == [
        {"study": STUDY, "environment": "dev", "meta_data_version": study("study", "list").out.split()[-1]}
    ]
    (tmp_path / "a.xml").write_text(odm("S-1", "S-2"))
    report = study("study", "import", "a.xml", "--with-data", "--json").json
    assert {k: report[k] for k in ("study", "meta_data_version", "subjects", "item_values")} == {
        "study": "S1@dev", "meta_data_version": "1", "subjects": 2, "item_values": 2,
    }  # fmt: skip
    assert all({"line", "code", "text"} <= set(problem) for problem in report["problems"])
    verified = study("verify", "--json").json
    assert (verified["ok"], verified["problems"]) == (True, [])
    assert verified["entries"] > 0
    checked = study("study", "check", "forms/demo-01", "--json").json
    assert set(checked) == {"findings", "checks"}
    assert checked["checks"]
    manifest = study("export", "S1", "--format", "csv", "--out", "out", "--unlocked", "--json").json
    assert manifest == json.loads((tmp_path / "out/manifest.json").read_text())
    assert (manifest["study"], manifest["format"], manifest["unlocked"]) == ("S1", "csv", True)
    listed = study("plugins", "list", "--json").json
    assert set(listed) == {"plugins", "failures", "studies"}
    assert {"plugin", "distribution", "version", "sha256", "hooks"} == set(listed["plugins"][0])


def test_data_that_are_not_locked_are_left_out_and_counted(edc, tmp_path):
    (tmp_path / "a.xml").write_text(odm("S-1"))
    edc("study", "import", "a.xml", "--with-data")
    manifest = edc("export", "S1", "--format", "csv", "--out", "out", "--json").json
    assert manifest["unlocked"] is False
    assert manifest["counts"].get("subjects", 0) == 0
    assert sum(manifest["left_out"].values()) > 0
