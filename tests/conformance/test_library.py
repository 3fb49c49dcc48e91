"""The library of forms: the same as the command makes it, and each term and variable as the standards have it."""

import csv
import re

import pytest
from edc_core_cosmos.annotation import ASSIGNED, NOT_SUBMITTED
from edc_core_cosmos.code_lists import C_CODE
from edc_core_study_import import writer

from edc_core.builtin.widgets import WIDGETS
from edc_core.core import Core
from edc_core.definitions.loader import load
from edc_core.domain.casebook import Casebook, FormData, GroupData, Subject
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Actor
from edc_core.plugin_manager import EdcPlugins
from edc_core.rendering.form_builder import FormBuilder
from edc_core.rendering.item_markup import MarkupStore
from edc_core.rendering.view_model import Access, Addresses, FormFacts
from edc_core.services import importing, publishing
from edc_core.settings import Settings
from tests.fresh_venv import ROOT
from tests.requirements import shared_folder  # noqa: F401 - a fixture

pytestmark = pytest.mark.conformance

LIBRARY = ROOT / "forms/library"
CLI = Actor("cli:test", trusted=True)
#: Terms newer than the terminology package that we check against.
NEWER_TERMS = {("C74456", "PERIPHERAL ARTERY")}
DOMAINS = {"DM", "VS", "AE", "CM", "MH", "EX", "EC", "LB", "EG", "PE", "DS", "IE", "DV", "SU", "QS"}


@pytest.fixture(scope="module")
def version():
    return load(LIBRARY).required()


@pytest.fixture(scope="module")
def index(version):
    return MetaDataIndex(version)


@pytest.fixture
def standards(shared_folder):  # noqa: F811
    return shared_folder / "standards"


@pytest.fixture
def published_terms(standards):
    """Code of the list to (whether it can be extended, submission value to c-code)."""
    lists = {}
    for path in sorted((standards / "ct").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                _, terms = lists.setdefault(row["codelist_code"], (row["extensible"], {}))
                terms[row["term"]] = row["term_code"]
    return lists


@pytest.fixture
def variables(standards):
    """Variables by dataset, and those that the model lets every dataset of a class have, without prefix."""
    with (standards / "sdtm/sdtmig-3-4-variables.csv").open(encoding="utf-8", newline="") as stream:
        guide = {(row["dataset"], row["variable"]) for row in csv.DictReader(stream)}
    with (standards / "sdtm/sdtm-2-0-model-variables.csv").open(encoding="utf-8", newline="") as stream:
        model = {row["variable"] for row in csv.DictReader(stream)}
    return guide, model


def c_code(thing):
    return next((alias.name for alias in thing.aliases if alias.context == C_CODE), None)


def test_every_file_is_what_the_command_makes_of_the_standards(standards, tmp_path):
    files = [
        *sorted((standards / "cosmos").glob("crf-*.json")),
        *sorted((standards / "cosmos").glob("sdtm-*.json")),
        *sorted((standards / "ct").glob("sdtmct-*.csv")),
        *sorted((standards / "ct").glob("cdashct-*.csv")),
    ]
    core = Core(
        Settings(database_url=f"sqlite:///{tmp_path}/edc.db", files_dir=tmp_path / "files"), EdcPlugins()
    )
    staged = importing.stage(core, files, format_name="cosmos")
    core.close()
    made = writer.write(staged.imported.versions[-1], tmp_path / "library")
    there = {path.relative_to(LIBRARY): path.read_bytes() for path in LIBRARY.rglob("*.yaml")}
    assert {path.relative_to(tmp_path / "library"): path.read_bytes() for path in made} == there
    assert {problem.code for problem in staged.imported.problems} == {"COS015"}


def test_it_is_checked_without_findings_and_published(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    assert not publishing.check(core.plugins, LIBRARY).findings
    published = publishing.publish_folder(core, CLI, LIBRARY, "dev")
    core.close()
    assert published.result["study"] == "LIBRARY@dev"


def test_every_domain_has_a_form(version):
    assert {group.domain for group in version.item_groups} == DOMAINS


def test_every_term_is_in_the_terminology_with_its_code(version, published_terms):
    newer = set()
    for code_list in version.code_lists:
        code = c_code(code_list)
        if code is None:
            continue
        extensible, terms = published_terms[code]
        for term in code_list.items:
            if term.extended:
                assert extensible == "Y"
                newer.add((code, term.coded_value))
            else:
                assert c_code(term) == terms[term.coded_value]
            assert term.decode
    assert newer == NEWER_TERMS


def test_every_unit_is_in_the_terminology_with_its_code(version, published_terms):
    known = published_terms["C71620"][1] | published_terms["C66770"][1]
    for unit in version.measurement_units:
        assert c_code(unit) == known[unit.oid]
    assert {u.oid for u in version.measurement_units if "UCUM" not in {a.context for a in u.aliases}} <= {
        "mEq/L",
        "mEq/dL",
    }


def test_lists_without_a_published_one_are_the_few_that_have_none(version):
    assert {each.oid for each in version.code_lists if c_code(each) is None} == {
        "IE_EXCL_IEORRES",
        "IE_INCL_IEORRES",
        "QS_TTSACC01_QSORRES",
        "QS_TTSACC04_QSORRES",
        "SU_SUSCAT",
        "SU_SUTRT",
    }


def test_every_item_has_a_question_and_goes_to_variables_of_sdtm(index, variables):
    guide, model = variables
    unknown = []
    for group in index.version.item_groups:
        for ref in group.item_refs:
            item = index.items[ref.item_oid]
            assert item.question
            aliases = {alias.context: alias.name for alias in item.aliases}
            for place in aliases["SDTM"].split("; "):
                if place == NOT_SUBMITTED or place.startswith("SUPP"):
                    continue
                name = place.rpartition(".")[2] if "." in place else place.rpartition("_")[2]
                if (group.domain, name) not in guide and f"--{name[2:]}" not in model:
                    unknown.append(place)
    assert not unknown


def test_every_result_states_its_test_and_the_test_is_published(version, published_terms):
    lists = {domain: set() for domain in DOMAINS}
    lists |= {"VS": published_terms["C66741"][1], "LB": published_terms["C65047"][1]}
    lists["EG"] = published_terms["C71153"][1]
    results = 0
    for item in version.items:
        found = re.fullmatch(r"(\w+)_(VS|LB|EG)ORRES", item.name)
        if found:
            results += 1
            (constants,) = (alias.name for alias in item.aliases if alias.context == ASSIGNED)
            code = re.search(rf"{found[2]}TESTCD = (\w+)", constants)[1]
            assert code in lists[found[2]]
    assert results == 34


def test_numbers_have_length_and_places_and_units(version):
    for item in version.items:
        if item.data_type == "float":
            assert item.length
            assert item.significant_digits is not None
        if re.fullmatch(r"\w+_(VS|LB|EG)ORRES", item.name) and not item.code_list_oid:
            assert item.measurement_unit_oids


@pytest.mark.parametrize("form", [ref.form_oid for ref in load(LIBRARY).required().events[0].form_refs])
def test_every_form_is_rendered(index, form):
    path = ItemPath.parse(f"LIBRARY[1]/{form}[1]")
    book = Casebook(Subject("study", "subject", "S-001", "site"))
    book.forms[path] = FormData(path, index.version.oid, EntryStatus.IN_PROGRESS, False, n=1)
    repeating = [
        path.with_group(ref.item_group_oid, "1")
        for ref in index.forms[form].group_refs
        if index.groups[ref.item_group_oid].repeating
    ]
    for place in repeating:
        book.groups[place] = GroupData(place)
    builder = FormBuilder(
        MarkupStore("/static/icons.svg", WIDGETS).of(index, "en"),
        book,
        path,
        access=Access(enter=True, answer=True),
        addresses=Addresses(item=lambda p: f"/i/{p}", query=lambda q: f"/q/{q}", file=lambda p: f"/f/{p}"),
        facts=FormFacts(),
        open_row=repeating[0] if repeating else None,
    )
    page = builder.page()
    parts = [part for part in page.parts if not part.rows] + [
        part for each in page.parts for row in each.rows for part in row.parts
    ]
    rows = [row for part in parts for row in part.items]
    assert len(rows) == len(list(index.placed_items(form)))
    for row in rows:
        assert row.placed.item.question.in_language("en") in str(row.question)
        assert "<" in str(builder.markup.row(row, "it"))
