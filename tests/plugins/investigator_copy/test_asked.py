"""What a site is asked: the questions and units of other countries are theirs."""

from dataclasses import replace

import pytest
from edc_core_investigator_copy.asked import units_at

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import EDC_LANGUAGE, ConditionDef, FormalExpression, SiteDef
from edc_core.expressions.at_site import asked_at, never_asked
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing
from edc_core.testing import a_study
from tests.plugins.countries.scenes import SOURCES, THREE

SEOUL, BOSTON = SiteDef("KR-01", "Seoul", "KR"), SiteDef("US-01", "Boston", "US")


@pytest.fixture(scope="module")
def three():
    return MetaDataIndex(publishing.check(EdcPlugins(SOURCES), THREE.file).version)


def questions(index, site):
    return {placed.item.oid for form in index.version.forms for placed in asked_at(index, form.oid, site)}


def test_questions_that_a_country_adds_are_listed_there_alone(three):
    sites = {site.country: site for site in three.version.sites}
    korean = {"CONSENT.KROVSDAT", "MH.MHKCD", "CM.CMEDI"}
    american = {"DM.USRACE", "DM.USETHNIC"}
    assert questions(three, sites["KR"]) >= korean
    assert not questions(three, sites["KR"]) & american
    assert questions(three, sites["US"]) >= american
    assert not questions(three, sites["US"]) & korean
    assert not questions(three, sites["DE"]) & (korean | american)


def test_what_a_country_forbids_is_not_listed_there(three):
    sites = {site.country: site for site in three.version.sites}
    assert "DM.SUBJINIT" not in questions(three, sites["KR"])
    assert "DM.SUBJINIT" in questions(three, sites["US"])


def test_what_is_never_asked_is_the_rest_of_the_form(three):
    sites = {site.country: site for site in three.version.sites}
    never = {oid for _, oid in never_asked(three, "DM", sites["KR"])}
    every = {placed.item.oid for placed in three.placed_items("DM")}
    assert never == every - {placed.item.oid for placed in asked_at(three, "DM", sites["KR"])}
    assert {"DM.SUBJINIT", "DM.USRACE"} <= never


def test_units_of_a_country_are_listed_there_alone(three):
    sites, creatinine = {site.country: site for site in three.version.sites}, three.items["LB.CREAT"]
    assert units_at(creatinine, sites["KR"]) == ["umol/L", "mg/dL"]
    assert units_at(creatinine, sites["DE"]) == ["umol/L"]


@pytest.mark.parametrize(
    ("exception", "here", "there"),
    [
        ("not (country() == 'KR')", True, False),
        ("country() != 'KR'", True, False),
        ("country() in ('US', 'JP')", True, False),
        ("country() not in ('US', 'JP')", False, True),
        ("not (site() == 'KR-01')", True, False),
        ("not (contains('JP KR', country()) and (A == 'Y'))", True, False),
        ("A == 'N' or not (contains('JP KR', country()))", True, False),
        ("A == 'N'\nor country() == 'US'", True, False),
        ("A == 'N'", True, True),
        ("missing(A)", True, True),
        ("False", True, True),
    ],
)
def test_an_item_is_left_out_where_its_condition_can_never_hold(exception, here, there):
    version = a_study().with_item("VS.A").with_item("VS.B").build()
    (group,) = version.item_groups
    condition = ConditionDef("C", "C", expressions=(FormalExpression(EDC_LANGUAGE, exception),))
    first, second = group.item_refs
    governed = replace(group, item_refs=(first, replace(second, condition_oid="C")))
    index = MetaDataIndex(replace(version, item_groups=(governed,), conditions=(condition,)))
    listed = {site.country: "VS.B" in questions(index, site) for site in (SEOUL, BOSTON)}
    assert listed == {"KR": here, "US": there}
    assert "VS.B" in questions(index, SiteDef("", "Nowhere yet"))


def test_the_page_of_a_version_lists_no_question_of_another_country(hosted):
    files = hosted.files(hosted.make())
    (page,) = [held.decode() for name, held in files.items() if name.startswith("definition/")]
    assert "Only in Seoul" in page
    assert "Only in Boston" not in page
