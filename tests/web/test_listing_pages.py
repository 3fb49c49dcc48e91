"""Listings, status and trail review on their pages: what is seen is what the file holds, and nobody's else."""

import csv
import html
import io
import json
import re

import pytest

from edc_core.domain.item_path import ItemPath
from edc_core.ids import new_id
from tests.web.trial import STUDY, SUBJECT

HX = {"HX-Request": "true"}
MANAGER = "dana@sponsor.example"
X = f"/s/{STUDY}/x"
PART = json.dumps(["VS", ""])


@pytest.fixture
def site(client_as):
    """A coordinator who entered values, one that begins as a formula does, and changed one."""
    client = client_as()
    for base, item, value in ((0, "SYSBP", "120"), (1, "SYSBP", "140"), (0, "WEIGHT", "=1+1")):
        path = ItemPath.parse(f"V2[1]/VS[1]/IG.VS[1]/{item}")
        answer = client.post(
            f"/s/{STUDY}/subjects/{SUBJECT}/items/{path}", data={"op": new_id(), "value": value, "base": base},
            headers=HX,
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
    return client


def table(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def shown(page):
    """Cells of the last table of a page, without markup."""
    body = page.text.rpartition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", " ", cell).split() for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)]
        for row in rows
    ]


def test_the_file_of_a_table_is_what_is_seen(site):
    asked = {"part": PART, "column": ["SYSBP", "WEIGHT"], "subject": SUBJECT}
    page = site.get(f"{X}/listings/items", query_string=asked)
    (row,) = shown(page)
    assert row[-2:] == [["140"], ["=1+1"]]
    header, line = table(site.get(f"{X}/listings/items.csv", query_string=asked))
    assert (header[0], line[0], line[-2:]) == ("Subject", SUBJECT, ["140", "'=1+1"])


def test_a_row_of_a_log_leads_to_its_form_with_that_row_open(site):
    item = ItemPath.parse("V2[1]/VS[1]/IG.AE[1]/AETERM")
    data = {"op": new_id(), "value": "Headache", "base": 0}
    assert site.post(f"/s/{STUDY}/subjects/{SUBJECT}/items/{item}", data=data, headers=HX).status_code == 200
    page = site.get(f"{X}/listings/items", query_string={"part": json.dumps(["VS", "IG.AE"])})
    (href,) = re.findall(f'href="(/s/{STUDY}/subjects/{SUBJECT}/V2/VS[^"]*)"', page.text)
    assert f'id="{item.dom_id}"' in site.get(href).text


def test_a_table_without_chosen_columns_links_to_a_file_with_those_it_shows(site):
    page = site.get(f"{X}/listings/items", query_string={"part": PART})
    link = html.unescape(re.search(r'href="([^"]+items\.csv[^"]+)"', page.text)[1])
    names = re.findall(r'<th scope="col" title="[^"]*">(\w+)</th>', page.text)
    assert len(table(site.get(link))[0]) == 3 + len(names)


def test_a_table_is_kept_shown_to_those_it_is_for_and_given_up(site, client_as):
    fields = {"part": PART, "column": "SYSBP", "site": "", "subject": "", "sort": "SYSBP", "descending": "1"}
    kept = site.post(
        f"{X}/listings/items/keep", data=fields | {"op": new_id(), "name": "Pressures", "shared": "1"}
    )
    assert kept.status_code == 303, kept.text
    page = site.get(kept.headers["Location"])
    assert "Give up a table that I kept" in page.text
    assert re.findall(r'<th scope="col" title="[^"]*">(\w+)</th>', page.text) == ["SYSBP"]
    other = client_as(MANAGER)
    assert "Pressures" in other.get(f"{X}/listings/items").text
    assert "Give up a table that I kept" not in other.get(kept.headers["Location"]).text
    given_up = site.post(
        f"{X}/listings/items/give-up", data={"op": new_id(), "name": "Pressures", "shared": "1"}
    )
    assert given_up.status_code == 303
    assert "Pressures" not in other.get(f"{X}/listings/items").text
    assert site.get(kept.headers["Location"]).status_code == 404


def test_a_table_without_a_name_is_asked_for_one_and_stays(site):
    answer = site.post(f"{X}/listings/items/keep", data={"part": PART, "column": "SYSBP", "op": new_id()})
    assert answer.status_code == 422
    assert "Give it a name" in answer.text
    assert re.findall(r'<th scope="col" title="[^"]*">(\w+)</th>', answer.text) == ["SYSBP"]


@pytest.mark.parametrize(
    "asked",
    [
        "items?part=x",
        "items?part=[1,2]",
        "items?part=[%22NO%22,%22%22]",
        "items?kept=99",
        "?page=0",
        "?page=x",
    ],
)
def test_nonsense_is_refused_with_words(site, asked):
    assert site.get(f"{X}/listings/{asked}".replace("/?", "?")).status_code in (400, 404)


def test_pages_of_late_things_hold_what_their_files_do(site, client_as):
    for who in (site, client_as(MANAGER)):
        for page, file in (("", "missing.csv"), ("/overdue", "overdue.csv")):
            rows = table(who.get(f"{X}/listings/{file}"))[1:]
            seen = who.get(f"{X}/listings{page}")
            assert seen.status_code == 200
            assert seen.text.count("<tr>") == (len(rows) + 1 if rows else 0)


def test_every_chart_has_a_title_a_description_a_table_and_a_file_of_the_same_numbers(site):
    page = site.get(f"{X}/dashboards")
    charts = re.findall(r'<svg class="ch".*?</svg>', page.text, re.DOTALL)
    files = re.findall(r'href="([^"]+/numbers/[^"]+)"', page.text)
    tables = re.findall(r'<table class="tbl">.*?</table>', page.text, re.DOTALL)
    assert len(charts) == len(files) == len(tables) >= 3
    for chart, file, drawn in zip(charts, files, tables, strict=True):
        assert re.search(r"<title id=.+?>.+?</title><desc id=.+?>.+?</desc>", chart)
        rows = table(site.get(file.replace("&amp;", "&")))
        cells = re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", drawn)
        assert cells == [f"{int(cell):,}" if cell.isdigit() else cell for row in rows for cell in row]
    assert site.get(f"{X}/dashboards/numbers/none").status_code == 404


def test_a_site_counts_its_own_subjects_alone(site, client_as):
    assert {row[0] for row in table(site.get(f"{X}/dashboards/numbers/sites"))[1:]} == {"KR-01"}
    assert {row[0] for row in table(client_as(MANAGER).get(f"{X}/dashboards/numbers/sites"))[1:]} == {
        "KR-01",
        "DE-01",
    }


def test_changes_of_critical_items_are_found_read_and_kept_as_a_review(site, client_as):
    manager = client_as(MANAGER)
    asked = {"critical": "SYSBP WEIGHT", "days": "3"}
    page = manager.get(f"{X}/audit-review", query_string=asked)
    assert page.status_code == 200
    link = re.search(r'href="([^"]+risk/critical[^"]+)"', page.text)[1].replace("&amp;", "&")
    assert "from 120 to 140" in manager.get(link).text.replace("mmHg ", "")
    rows = table(manager.get(link.replace("critical?", "critical/lines.csv?")))
    assert [row[1] for row in rows[1:]] == [SUBJECT]
    empty = manager.post(f"{X}/audit-review/keep", data=asked | {"op": new_id()})
    assert empty.status_code == 422
    assert "Write what you found" in empty.text
    kept = manager.post(
        f"{X}/audit-review/keep", data=asked | {"op": new_id(), "findings": "One change, source seen."}
    )
    assert kept.status_code == 303
    again = manager.get(kept.headers["Location"].partition("#")[0]).text
    assert "One change, source seen." in again
    assert "Dana Ortiz" in again
    assert "One change, source seen." not in site.get(f"{X}/audit-review").text
    trail = manager.get(f"{X}/trail", query_string={"words": "source seen"}).text
    assert "Kept the note" in trail


def test_what_somebody_tried_who_may_not_is_told_to_those_who_read_the_whole_trail(site, client_as):
    assert site.get(f"/s/{STUDY}/x/locking/console").status_code == 403
    lines = table(client_as(MANAGER).get(f"{X}/audit-review/risk/refused/lines.csv"))
    assert [(row[3], row[5]) for row in lines[1:]] == [("Kim Jiwoo", lines[1][5])]
    assert table(site.get(f"{X}/audit-review/risk/refused/lines.csv"))[1:] == []


@pytest.mark.parametrize(
    "asked", ["?since=yesterday", "?days=x", "?closes=25", "/risk/none", "?until=9999-12-31", "?site=XX-99"]
)
def test_a_scope_that_is_none_is_refused_with_words(client_as, asked):
    assert client_as(MANAGER).get(f"{X}/audit-review{asked}").status_code in (400, 404)
