"""The second demo trial as requirements 5.2 describe it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edc_core.domain.index import MetaDataIndex
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing

FOLDER = Path(__file__).parents[2] / "forms/bsadc-101"


@pytest.fixture(scope="module")
def loaded():
    """With the plugin whose function its expressions call."""
    return publishing.check(EdcPlugins(), FOLDER)


@pytest.fixture(scope="module")
def index(loaded):
    return MetaDataIndex(loaded.version)


def test_it_has_no_finding_but_texts_that_wait_for_translation(loaded):
    assert {finding.code for finding in loaded.findings} == {"W303"}


def test_four_sites_in_four_countries(index):
    assert [site.number for site in index.version.sites] == ["US-01", "KR-01", "JP-01", "GB-01"]
    assert len({site.zone for site in index.version.sites}) == 4


def test_cycles_from_the_third_on_scans_and_survival_repeat_without_end(index):
    repeating = {event.oid for event in index.version.events if event.repeating}
    assert {"CYC", "SCAN", "SURV"} <= repeating
    forms = {event.oid: {ref.form_oid for ref in event.form_refs} for event in index.version.events}
    assert {"EX-ADC", "EG", "IRR", "OPHTH", "LVEF"} <= forms["CYC"]
    assert forms["SCAN"] == {"TUMOR"}


def test_a_set_of_tracings_holds_tracings(index):
    groups = {group.oid: group for group in index.version.item_groups}
    assert groups["EG.EGSET"].repeating
    assert [ref.item_group_oid for ref in groups["EG.EGSET"].group_refs] == ["EG.EGREP"]
    assert groups["EG.EGREP"].repeating


def test_seven_dose_levels(index):
    levels = index.code_lists["DOSELVL"].items
    assert [item.coded_value for item in levels] == ["0.3", "0.6", "1.2", "2.4", "3.6", "4.8", "6.0"]


def test_every_item_has_a_question_and_an_sdtm_target(index):
    for item in index.version.items:
        assert item.question
        contexts = [alias.context for alias in item.aliases if not alias.context.startswith("SDTM.")]
        assert [context for context in contexts if context != "Coding"] == ["SDTM"]


@pytest.mark.parametrize(
    "form", ["SLOT", "EX-ADC", "PC", "EG", "DLT", "ILD", "OPHTH", "IRR", "EXPR", "DCH", "IE"]
)
def test_forms_of_this_trial_are_in_korean_too(index, form):
    assert "ko" in dict(index.forms[form].title.texts)
    for placed in index.placed_items(form):
        assert "ko" in dict(placed.item.question.texts)
