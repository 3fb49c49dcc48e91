"""S6: HERSC-301 is amended in mid-study. Version 2.0 adds an item for lung disease and widens a window, at DE-01 only."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import Reason, SaveItems
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.ledger.replay import entries
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture
from edc_core.settings import Settings
from edc_core.store import amendment_readers, readers
from tests.installation import Installation
from tests.made_before import content_of

FORMS = Path(__file__).parents[2] / "forms/hersc-301"
OLD, NEW = "HERSC-301-1.0", "HERSC-301-2.0"
GERMAN = "DE01-0001"
ILD = ItemPath.parse("C2D1[1]/VS[1]/VS.VS[1]/VS.ILDYN")
SCREENED = ItemPath.parse("SCR[1]/VS[1]/VS.VS[1]/VS.VSDAT")
FIRST_DOSE = ItemPath.parse("C1D1[1]/EX-TRA[1]/EX-TRA.EX[1]/EX-TRA.ECSTDAT")
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def amended(tmp_path):
    """Version 2.0 as a builder would make it from the folder of 1.0."""
    folder = tmp_path / "hersc-301-2.0"
    shutil.copytree(FORMS, folder, ignore=shutil.ignore_patterns("versions"))
    change(folder / "study.yaml", f'oid: {OLD}\n  name: "1.0"', f'oid: {NEW}\n  name: "2.0"')
    change(
        folder / "forms/vs.yaml",
        "      - name: VSDAT\n",
        "      - name: ILDYN\n"
        "        question: {en: Any sign of interstitial lung disease?, ko: 간질성 폐질환의 징후가 있습니까?}\n"
        "        codelist: NY\n"
        "        required: true\n"
        "        when: VSPERF == 'Y'\n"
        "      - name: VSDAT\n",
    )
    change(
        folder / "events.yaml",
        "target: -28 days, after: 27 days}",
        "target: -28 days, before: 7 days, after: 27 days}",
    )
    return folder


class People:
    """Entry through the services, on the database of the command line."""

    def __init__(self, url):
        self._core = Core(Settings(database_url=url), EdcPlugins(strict=False))

    def book(self, subject):
        with self._core.read() as source:
            study = readers.find_study(source.connection, "HERSC-301")
            found = readers.subject_by_key(source.connection, study.study_id, subject)
            return readers.casebook(source, found)

    def save(self, subject, path, raw, reason):
        book = self.book(subject)
        now = book.items.get(path)
        command = SaveItems(
            study_id=book.subject.study_id, op=new_id(), subject_key=subject, form=path.form_path,
            items=(ItemInput(path, raw, base_version=now.version if now else 0),), reason=Reason(text=reason),
        )  # fmt: skip
        with self._core.write(Actor("cli:test", trusted=True)) as uow:
            capture.save_items(uow, command)

    def queries(self, subject):
        return [(q.check_oid, str(q.path), q.state.value) for q in self.book(subject).queries.values()]

    def moves(self, subject):
        book = self.book(subject)
        with self._core.read() as source:
            chain = entries(source.connection, book.subject.study_id, book.subject.subject_id)
            return [row for row in chain if row["kind"] == "form.migrate"]

    def chain(self, subject=""):
        """Every entry of a subject's chain, or of the study's."""
        with self._core.read() as source:
            study = readers.find_study(source.connection, "HERSC-301")
            found = readers.subject_by_key(source.connection, study.study_id, subject) if subject else None
            chain = found.subject_id if found else STUDY_CHAIN
            return [
                dict(row) | {"payload": json.loads(row["payload"])}
                for row in entries(source.connection, study.study_id, chain)
            ]

    def subjects(self):
        with self._core.read() as source:
            study = readers.find_study(source.connection, "HERSC-301")
            listed = amendment_readers.subjects_of(
                source.connection, study.study_id, readers.sites(source.connection, study.study_id)
            )
            return [one.subject_key for one in listed]

    def close(self):
        self._core.close()


@pytest.fixture(scope="module")
def filled(edc_sqlite_template, tmp_path_factory, forked_edc):
    """The content of a database: the study in dev with a subject at each of its eight sites."""
    folder = tmp_path_factory.mktemp("filled")
    file = folder / "edc.db"
    shutil.copyfile(edc_sqlite_template, file)
    there = Installation(folder, f"sqlite:///{file}", program=forked_edc.program)
    there.edc("study", "publish", FORMS)
    there.edc("simulate", "HERSC-301", "--subjects", 8, "--brief")
    return content_of(file)


@pytest.fixture
def people(edc, filled, tmp_path):
    """A copy of that; the German subject was screened two days too early."""
    (tmp_path / "edc.db").write_bytes(filled)
    found = People(f"sqlite:///{tmp_path / 'edc.db'}")
    dosed = date.fromisoformat(found.book(GERMAN).items[FIRST_DOSE].value)
    found.save(GERMAN, SCREENED, (dosed - timedelta(days=30)).isoformat(), "New source information")
    assert ("EDC.WINDOW", str(SCREENED), "Open") in found.queries(GERMAN)
    yield found
    found.close()


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


#: What an amendment changes of a row: the version of its form.
MOVES = {"META_DATA_VERSION"}


def exported(edc, folder):
    """Every table of a form's data in the CSV export: their names are in capitals."""
    assert edc("export", "HERSC-301", "--format", "csv", "--unlocked", "--out", folder).code == 0
    tables = {file.name: rows(folder, file.name) for file in sorted(folder.glob("[A-Z]*.csv"))}
    assert {"DM.csv", "VS.csv", "AE.csv"} <= tables.keys()
    return tables


@pytest.mark.timeout(300)  # twenty commands on a whole trial, beside other tests
def test_an_amendment_from_the_difference_to_the_exports(edc, people, amended, tmp_path):
    # What changed, in words.
    told = edc("study", "diff", "HERSC-301", amended, "--json").json
    texts = {difference["text"]: difference for difference in told["differences"]}
    assert texts["Item ILDYN was added to form VS."]["class"] == "needs migration"
    window = texts["The visit window changed."]
    assert (window["oid"], window["before"], window["after"]) == (
        "SCR",
        "-P28D from C1D1, P0D before to P27D after",
        "-P28D from C1D1, P7D before to P27D after",
    )
    assert told["by_class"]["breaks"] == 0
    assert "Item ILDYN was added to form VS." in edc("study", "diff", "HERSC-301", amended).out

    # Every cell as it stands before, and every entry.
    before = exported(edc, tmp_path / "before")
    chains = {key: len(people.chain(key)) for key in people.subjects()}
    assert len(chains) == 8
    of_study = len(people.chain())

    # What it would mean for the data, per subject, form and check; nothing is written.
    written = edc("verify", "HERSC-301", "--json").json["entries"]
    foretold = edc("study", "impact", "HERSC-301", amended, "--csv", tmp_path / "impact", "--json").json
    assert foretold["subjects"] == 8
    german = [query for query in foretold["queries"] if query["subject"] == GERMAN]
    assert {("EDC.WINDOW", "resolves"), ("EDC.REQUIRED", "opens")} == {
        (q["check"], q["does"]) for q in german
    }
    assert len(rows(tmp_path / "impact", "forms.csv")) == len(foretold["forms"])
    assert len(rows(tmp_path / "impact", "queries.csv")) == len(foretold["queries"])
    moving = [form for form in foretold["forms"] if form["subject"] == GERMAN]
    changed = {form["path"] for form in moving if form["class"] == "needs migration"}
    assert changed
    assert all("/VS[1]" in path for path in changed)

    # On a copy first.
    tried = edc(
        "study", "migrate", "HERSC-301", "--to", amended, "--site", "DE-01", "--rehearse", "--json"
    ).json  # fmt: skip
    assert (tried["values_untouched"], tried["verify"]["ok"], tried["kept"]) == (True, True, [])
    assert tried["forms_moved"] == len(moving)
    assert edc("verify", "HERSC-301", "--json").json["entries"] == written

    # In force at one site, with the approval that holds there.
    assert edc("study", "publish", amended, "--no-activate").code == 0
    said = edc(
        "study", "activate", "HERSC-301", NEW, "--site", "DE-01", "--approval", "EK Berlin 26/118",
        "--reason", "Protocol amendment 2",
    )  # fmt: skip
    assert (said.code, said.out) == (0, f"HERSC-301@dev: version {NEW} in force at DE-01\n")
    state = edc("study", "activate", "HERSC-301", "--json").json
    assert {number for number, version in state["in_force"].items() if version == NEW} == {"DE-01"}
    assert state["activations"][0]["approval"] == "EK Berlin 26/118"

    # Forms that were begun keep their version until they are moved; then as foretold.
    assert {form.meta_data_version for form in people.book(GERMAN).forms.values()} == {OLD}
    entered = dict(people.book(GERMAN).items.items())
    moved = edc(
        "study", "migrate", "HERSC-301", "--to", NEW, "--approval", "EK Berlin 26/118",
        "--reason", "Protocol amendment 2", "--json",
    ).json  # fmt: skip
    assert (moved["subjects"], moved["forms_moved"], moved["kept"]) == (1, len(moving), [])
    assert moved["queries"] == tried["queries"]
    assert {form.meta_data_version for form in people.book(GERMAN).forms.values()} == {NEW}
    assert people.book(GERMAN).items == entered
    assert ("EDC.WINDOW", str(SCREENED), "Resolved") in people.queries(GERMAN)
    assert ("EDC.REQUIRED", str(ILD), "Open") in people.queries(GERMAN)
    again = edc(
        "study", "migrate", "HERSC-301", "--to", NEW, "--reason", "Protocol amendment 2", "--json"
    ).json
    assert again["forms_moved"] == 0
    people.save(GERMAN, ILD, "N", "Asked at the visit")
    assert ("EDC.REQUIRED", str(ILD), "Resolved") in people.queries(GERMAN)

    # The ledger holds all of it, and proves it.
    assert edc("verify", "--rebuild", "--json").json["ok"]
    moves = people.moves(GERMAN)
    assert {(row["reason_text"], row["meta_data_version"]) for row in moves} == {
        ("Protocol amendment 2", NEW)
    }
    assert {row["path"] for row in moves} == {form["path"] for form in moving}
    assert all(json.loads(row["payload"])["approval"] == "EK Berlin 26/118" for row in moves)

    assert {key: len(people.chain(key)) - n for key, n in chains.items() if key != GERMAN} == dict.fromkeys(
        set(chains) - {GERMAN}, 0
    )
    new = people.chain(GERMAN)[chains[GERMAN] :]
    operations = list(dict.fromkeys(entry["op"] for entry in new))
    migration = [entry for entry in new if entry["op"] == moves[0]["op"]]
    assert operations[0] == moves[0]["op"], "first the move, in one operation"
    assert len(moves) == sum(entry["kind"] == "form.migrate" for entry in migration)
    opened = {(e["payload"]["check_oid"], e["path"]) for e in new if e["kind"] == "query.open"}
    assert {(q["check"], q["path"]) for q in german if q["does"] == "opens"} == opened
    by_query = {q.query_id: q.check_oid for q in people.book(GERMAN).queries.values()}
    resolved = {
        (by_query[e["payload"]["query_id"]], e["path"])
        for e in new
        if e["kind"] == "query.state" and e["payload"]["state"] == "Resolved"
    }
    assert {(q["check"], q["path"]) for q in german if q["does"] == "resolves"} | {
        ("EDC.REQUIRED", str(ILD))
    } == resolved
    assert {e["kind"] for e in new} == {"form.migrate", "query.open", "query.state", "item.set"}
    assert [(e["path"], e["reason_text"]) for e in new if e["kind"] == "item.set"] == [
        (str(ILD), "Asked at the visit")
    ]
    told = [(e["kind"], e["payload"]) for e in people.chain()[of_study:]]
    published = [payload["oid"] for kind, payload in told if kind == "study.publish"]
    assert published == [NEW]
    activated = [
        (e["kind"], e["payload"], e["reason_text"])
        for e in people.chain()[of_study:]
        if e["payload"].get("approval")
    ]
    ((kind, payload, reason),) = activated
    assert (kind, payload["approval"], reason) == (
        "study.activate",
        "EK Berlin 26/118",
        "Protocol amendment 2",
    )
    assert [row["site_id"] for row in moves] == [people.book(GERMAN).subject.site_id] * len(moves)

    # Exports hold old and new subjects side by side: each cell of before is there, and nothing else but what was asked.
    after = exported(edc, tmp_path / "csv")
    assert after.keys() == before.keys()
    added = set()
    for name, table in before.items():
        assert len(after[name]) == len(table), name
        for row, now in zip(table, after[name], strict=True):
            assert {c: v for c, v in row.items() if c not in MOVES} == {
                c: now[c] for c in row if c not in MOVES
            }, name
            assert row.get("SUBJID") == GERMAN or {c: now[c] for c in row} == row, name
            added |= {
                (name, c, now.get("SUBJID"), now.get("EVENT"), now[c])
                for c in now.keys() - row.keys()
                if now[c]
            }
    assert added == {
        ("VS.csv", "ILDYN", GERMAN, "C2D1", "N"),
        ("VS.csv", "ILDYN__LABEL", GERMAN, "C2D1", "No"),
    }
    vital_signs = rows(tmp_path / "csv", "VS.csv")
    answered = {(row["SUBJID"], row["EVENT"]): row["ILDYN"] for row in vital_signs if row["ILDYN"]}
    assert answered == {(GERMAN, "C2D1"): "N"}
    assert {row["META_DATA_VERSION"] for row in vital_signs if row["SUBJID"] == GERMAN} == {NEW}
    assert {row["META_DATA_VERSION"] for row in vital_signs if row["SUBJID"] != GERMAN} == {OLD}
    assert (
        edc("export", "HERSC-301", "--format", "odm-1.3.2", "--unlocked", "--out", tmp_path / "odm").code == 0
    )
    (file,) = (tmp_path / "odm").glob("*.xml")
    root = ET.parse(file).getroot()
    defined = [version.get("OID") for version in root.iter(f"{ODM}MetaDataVersion")]
    assert defined == [OLD, NEW]
    subjects: dict[str, set[str]] = {OLD: set(), NEW: set()}
    answered_under = set()
    for data in root.iter(f"{ODM}ClinicalData"):
        version = data.get("MetaDataVersionOID")
        subjects[version] |= {one.get("SubjectKey") for one in data.iter(f"{ODM}SubjectData")}
        if any(item.get("ItemOID") == "VS.ILDYN" for item in data.iter()):
            answered_under.add(version)
    assert subjects[NEW] == {GERMAN}
    assert len(subjects[OLD]) == 7
    assert answered_under == {NEW}
    assert GERMAN not in subjects[OLD]


def test_a_version_that_drops_what_holds_data_is_refused_by_name(edc, people, amended):
    text = (amended / "forms/vs.yaml").read_text(encoding="utf-8")
    start = text.index("      - name: OXYSAT\n")
    following = text.find("      - name: ", start + 10)
    (amended / "forms/vs.yaml").write_text(
        text[:start] + (text[following:] if following > 0 else ""), encoding="utf-8"
    )
    refused = edc("study", "publish", amended)
    assert refused.code == 2
    assert "EDC022" in refused.err
    assert "VS.OXYSAT holds a value, and the version does not ask for it there" in refused.err
    found = edc("study", "impact", "HERSC-301", amended, "--json")
    assert found.code == 1
    assert any(form["class"] == "breaks" for form in found.json["forms"])
