"""The dictionary page: every table, variable and code, readable as it is and searchable in a browser."""

import re

import pytest
from edc_core_tabular import dictionary
from edc_core_tabular.forms.rows import LeftOut
from lxml import html

from edc_core.testing import MemorySink


@pytest.fixture
def written(study, table):
    sink = MemorySink()
    tables = [table(), table((), name="audit")]
    dictionary.write(study, tables, {"DM": 3, "audit": 0}, LeftOut(rows=2, forms=1, values=0), sink)
    return sink.files["dictionary.html"].decode()


def rows(written, name):
    section = html.fromstring(written).xpath(f"//h2[@id='{name}']/..")[0]
    return [[cell.text_content() for cell in row] for row in section.xpath(".//tbody/tr")]


def test_it_lists_tables_with_their_rows_and_what_was_left_out(written):
    assert rows(written, "datasets") == [
        ["DM", "Demographics", "DM", "8", "3"],
        ["audit", "Demographics", "audit", "8", "0"],
    ]
    assert "2 struck rows, 1 removed forms, 0 values" in written


def test_it_says_of_each_variable_what_it_is(written):
    said = {row[0]: row[1:] for row in rows(written, "D.DM")}
    assert said["SUBJID"][:2] == ["Subject <key>", "text, up to 20 characters"]
    assert said["WEIGHT"][1] == "float, 1 decimal place"
    assert (said["SEX"][2], said["SEX"][5]) == ("Sex", "I.SEX")
    assert len(said) == 8


def test_it_holds_each_code_with_its_texts(written):
    assert rows(written, "C.CL.SEX") == [["F", "Female", "여성"], ["M", "Male (no longer offered)", ""]]


def test_what_people_wrote_is_text_in_it(written):
    assert "Subject &lt;key&gt;" in written
    assert "<one>" not in written


def test_every_link_in_it_leads_somewhere(written):
    tree = html.fromstring(written)
    anchors = set(tree.xpath("//@id"))
    assert {link.removeprefix("#") for link in tree.xpath("//a/@href")} <= anchors


def test_it_asks_for_nothing_from_elsewhere(written):
    assert "default-src 'none'" in written
    assert not re.search(r"""(src|href)=["']?(https?:|//|\w+\.(js|css))""", written)


@pytest.mark.browser
def test_a_word_finds_variables_and_codes_and_hides_the_rest(written, browser, tmp_path):
    (tmp_path / "dictionary.html").write_text(written, encoding="utf-8")
    with browser.new_context(offline=True) as context:
        tab = context.new_page()
        problems = []
        tab.on("console", lambda message: problems.append(message.text))
        tab.goto((tmp_path / "dictionary.html").as_uri())
        tab.get_by_label("Search").fill("female")
        shown = [row.inner_text() for row in tab.locator("tbody tr:visible").all()]
        assert [line.split("\t")[0].strip() for line in shown] == ["F"]
        assert tab.get_by_role("status").inner_text() == "1 of 20 lines"
        tab.get_by_label("Search").fill("zebra")
        assert tab.locator("tbody tr:visible").count() == 0
        assert tab.get_by_role("status").inner_text() == "Nothing holds all of these words."
        tab.get_by_label("Search").fill("")
        assert tab.locator("tbody tr:visible").count() == 20
        assert problems == []


@pytest.mark.browser
def test_without_scripts_everything_can_be_read(written, browser, tmp_path):
    (tmp_path / "dictionary.html").write_text(written, encoding="utf-8")
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto((tmp_path / "dictionary.html").as_uri())
        assert tab.locator("tbody tr:visible").count() == 20
        assert tab.get_by_label("Search").is_hidden()
