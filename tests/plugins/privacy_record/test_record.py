"""REQ-PRV-04: the record of processing (GDPR Art. 30) and the input of the impact assessment (Art. 35), of a study in three countries."""

import csv
import io
import re
from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain.metadata import SiteDef
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import publishing
from edc_core.settings import Settings
from tests.plugins.countries.scenes import ASIA, SOURCES
from tests.web.browsers import open_app, signing_in
from tests.web.trial import fill

OWN = (
    PluginSource("privacy-record", "edc_core_privacy_record.plugin", "edc-core-privacy-record", "0.1.0"),
    PluginSource("exports", "edc_core_exports.plugin", "edc-core-exports", "0.1.0"),
    PluginSource("csv", "edc_core_tabular.plugin", "edc-core-tabular", "0.1.0"),
)
HOME = "/s/ASIA@uat/x"
PAGE = f"{HOME}/privacy-record"
MANAGER, MONITOR, SITE = "dana@sponsor.example", "anna@cro.example", "jiwoo@site.example"
TOLD = {
    "controller": "Example Pharma SE, 1 Example Square, Berlin", "joint": "", "representative": "",
    "officer": "The office of data protection of Example Pharma SE",
    "purposes": "Approval of a medicine; Art. 6(1)(e) and 9(2)(i)",
    "recipients": "US; Example Central Laboratory; analysis of samples; contractual clauses\nCN; Example Monitors; source review",
    "measures": "Disks are encrypted.",
}  # fmt: skip


@pytest.fixture(scope="module")
def definition():
    """With a site in a country that no standard of the study names."""
    made = publishing.check(EdcPlugins([*SOURCES, *OWN]), ASIA.file).version
    return replace(made, sites=(*made.sites, SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul")))


@pytest.fixture
def core(tmp_path, definition):
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'web.db'}", exports_dir=tmp_path / "exports")
    core = Core(settings, EdcPlugins([*SOURCES, *OWN]))
    fill(core, definition)
    yield core
    core.close()


@pytest.fixture
def client_as(core):
    return signing_in(open_app(core))


@pytest.fixture
def manager(client_as):
    return client_as(MANAGER)


def say(client, **more):
    return client.post(PAGE, data=TOLD | more | {"op": new_id()})


def table(client, name):
    text = client.get(f"{PAGE}/{name}").text
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def lines(client, clause):
    """What the record says under a letter, and whether it is open."""
    rows = table(client, "record.csv")
    return {row["What"]: (row["Words"], row["Open"] == "open") for row in rows if row["Clause"] == clause}


def test_it_says_what_the_definition_asks_and_of_whom(manager):
    of_whom = lines(manager, "30(1)(c)")
    assert "CN: CN-01; DE: DE-01; JP: JP-01; KR: KR-01. 2 so far." in of_whom["Subjects of the trial"][0]
    assert of_whom["Laboratory (LB)"][0].startswith("7 items; 2 texts in which anything may be written")
    assert of_whom["Date of birth, JP-PMDA"] == ("Known to the month.", False)
    assert lines(manager, "30(1)(b)")["Clinical trial"] == ("ASIA: Asia", False)
    assert lines(manager, "30(1)(f)")["The study as a whole"] == ("5 years: the longest of them.", False)
    measures = table(manager, "record.csv")
    [refused] = [row["Words"] for row in measures if row["What"] == "Identifiers that are refused"]
    assert "jp-my-number" in refused
    assert any(row["What"] == "Consent, JP-PMDA" and "foreign country" in row["Words"] for row in measures)


def test_what_nobody_has_said_is_open_until_somebody_says_it(manager):
    page = manager.get(PAGE).text
    assert re.search(r"\d+ lines are open", page)
    assert lines(manager, "30(1)(a)")["Controller"] == ("Nobody has said it yet.", True)
    assert say(manager).status_code == 303
    assert lines(manager, "30(1)(a)") == {
        "Controller": (TOLD["controller"], False), "Data protection officer": (TOLD["officer"], False),
    }  # fmt: skip
    assert "Dana Ortiz" in manager.get(PAGE).text
    say(manager, controller="")
    assert lines(manager, "30(1)(a)")["Controller"][1]


def test_only_what_was_changed_is_kept_again(core, manager):
    say(manager)
    kept = notes(core)
    assert len(kept) == len([text for text in TOLD.values() if text])
    say(manager)
    assert notes(core) == kept
    say(manager, measures="Disks and wires are encrypted.")
    assert len(notes(core)) == len(kept) + 1


def notes(core):
    from sqlalchemy import select

    from edc_core.store.ledger_tables import ledger_entry

    with core.read() as source:
        found = source.connection.execute(
            select(ledger_entry.c.payload).where(ledger_entry.c.kind == "note.add")
        ).scalars()
        return [one for one in found if "privacy.record" in one]


def test_a_recipient_is_judged_by_where_data_of_each_country_may_lie(manager):
    say(manager)
    there = lines(manager, "30(1)(e)")
    words, is_open = there["Example Central Laboratory (US)"]
    assert is_open
    assert "Data of sites in CN, JP may not lie in US" in words
    assert "the safeguard that was named: contractual clauses" in words
    assert "Data of sites in JP may not lie in CN" in there["Example Monitors (CN)"][0]
    for country in ("CN", "JP"):
        told = {"op": new_id(), "country": country, "basis": "Clauses of 3 March"}
        assert manager.post(f"{HOME}/exports/residency", data=told).status_code == 303
    after = lines(manager, "30(1)(e)")
    assert "Example Central Laboratory (US)" not in after
    assert "Legal basis on record: Clauses of 3 March" in after["Data of sites in JP"][0]


@pytest.mark.parametrize(
    "line", ["Example Laboratory", "us; Example Laboratory", "US;", "USA; Example Laboratory"]
)
def test_a_line_that_names_no_recipient_is_refused_and_stays_on_the_page(manager, line):
    refused = say(manager, recipients=line)
    assert refused.status_code == 422
    assert "names no recipient" in refused.text
    assert line in refused.text
    assert lines(manager, "30(1)(d)")["Recipients and processors"][1]


def test_it_says_where_the_installation_stands_and_where_data_may_not_lie(core, manager):
    where = "Database, copies, backups, files and exports"
    assert lines(manager, "30(1)(e)")[where][1], "nobody has said it"
    core.settings = replace(core.settings, data_countries=frozenset({"DE"}))
    there = lines(manager, "30(1)(e)")
    assert there[where] == ("They stand in DE.", False)
    words, is_open = there["Data of sites in CN"]
    assert is_open
    assert "They lie in DE, where they may not without a legal basis." in words
    assert there["Data of sites in JP"][1] is False, "an equivalent country"


def test_an_export_is_in_it_with_the_country_it_went_to(core, manager):
    for place in ("jp", ""):
        asked = {"op": new_id(), "format": "csv", "unlocked": "1", "destination": place}
        assert manager.post(f"{HOME}/exports", data=asked).status_code == 303
        Worker(core).run(once=True)
    rows = [row["Words"] for row in table(manager, "record.csv") if row["What"] == "Export csv"]
    assert rows == ["1 made, the country was not said", "1 made, to JP"]


def test_the_assessment_has_what_is_known_and_leaves_the_judgement_to_people(manager):
    say(manager)
    rows = table(manager, "assessment.csv")
    assert {row["Clause"] for row in rows} >= {"35(7)(a)", "35(7)(b)", "35(7)(c)", "35(7)(d)", "35(9)"}
    known = {row["What"]: row["What the system knows"] for row in rows}
    assert (
        "items in which anything may be written: "
        in known["A subject is known again by what is written in a text"]
    )
    assert known["A subject is known again by the date of birth"] == "DM.BRTHDAT"
    assert known["Items that a country standard hides, at its sites"] == "RACE"
    assert known["Advice of the data protection officer"] == TOLD["officer"]
    assert "may not lie in US" in known["Data lie where they are protected less"] or any(
        "may not lie in US" in row["What the system knows"] for row in rows
    )
    assert {row["Likelihood"] + row["Severity"] + row["Judged by people"] for row in rows} == {""}


def test_the_document_says_the_same_and_takes_no_markup(manager):
    say(manager, purposes="<b>Approval</b>")
    text = manager.get(f"{PAGE}/record.html").text
    assert "&lt;b&gt;Approval&lt;/b&gt;" in text
    assert "<b>Approval" not in text
    for row in table(manager, "record.csv"):
        assert row["Clause"] in text


def test_who_reads_it_and_who_says(client_as, manager):
    assert client_as(SITE).get(PAGE).status_code == 403
    assert client_as(MONITOR).get(PAGE).status_code == 403
    assert "Record of processing" in manager.get(PAGE).text


def test_nothing_of_a_subject_is_in_it(core, manager):
    say(manager)
    for name in ("", "/record.csv", "/record.html", "/assessment.csv"):
        assert "KR01-0001" not in manager.get(PAGE + name).text
