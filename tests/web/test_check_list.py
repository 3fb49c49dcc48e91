"""The list of checks is that of the definition, with what each has asked, for those who may read a definition."""

import csv
import io

from edc_core.ids import new_id
from tests.web.trial import STUDY, SUBJECT

HOME = f"/s/{STUDY}"
PAGE = f"{HOME}/x/check-list"
MANAGER = "dana@sponsor.example"
HX = {"HX-Request": "true"}


def rows(client, **given):
    text = client.get(f"{PAGE}/checks.csv", query_string=given).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_check_is_in_it_with_what_it_does_and_says(client_as):
    soft, hard = [row for row in rows(client_as(MANAGER)) if row["Item"] == "SYSBP"]
    assert (soft["Severity"], soft["What should hold"]) == ("asks a query", "LE 250")
    assert soft["What it says"] == "This is above 250. Check the source; correct it or keep it."
    assert (hard["Severity"], hard["What should hold"]) == ("refuses the value", "LE 400")
    assert (soft["Asked"], hard["Asked"]) == ("0", "0")


def test_what_a_check_asked_is_counted(client_as):
    site = client_as()
    form = f"{HOME}/subjects/{SUBJECT}"
    data = {"op": new_id(), "value": "300", "base": 0}
    assert site.post(f"{form}/items/V2[1]/VS[1]/IG.VS[1]/SYSBP", data=data, headers=HX).status_code == 200
    given = {"op": new_id(), "version": "v1", "go": "stay"}
    assert site.post(f"{form}/forms/V2[1]/VS[1]/complete", data=given, headers=HX).status_code == 200
    assert [row["Asked"] for row in rows(client_as(MANAGER)) if row["Item"] == "SYSBP"] == ["1", "0"]


def test_it_is_narrowed_by_form_and_words(client_as):
    manager = client_as(MANAGER)
    assert {row["Form"] for row in rows(manager, form="VS")} == {"VS"}
    assert [row["What should hold"] for row in rows(manager, text="ABOVE 250")] == ["LE 250"]
    assert "No check has this." in manager.get(PAGE, query_string={"text": "no such words"}).text
    assert "This is above 250." in manager.get(PAGE).text


def test_who_reads_no_definition_has_none_of_it(client_as):
    assert client_as().get(PAGE).status_code == 403
