"""The checks and the definition in forms/hersc-301 agree on forms, items, codes and the plugin's name."""

from pathlib import Path

import pytest
from edc_core_trial_hersc301.plugin import CHECKS

from edc_core.check_host.running import run_check
from edc_core.definitions.loader import load
from edc_core.domain.casebook import Casebook, FormData, Subject
from edc_core.domain.casebook_picture import CasebookPicture
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.plugin_identity import PluginIdentity
from edc_core.plugin_manager import RegisteredCheck
from tests.plugins.hersc301.picture import EVENTS, ITEMS, LOGS

FOLDER = Path(__file__).parents[3] / "forms/hersc-301"
PLUGIN = PluginIdentity("trial_hersc301", "edc-core-trial-hersc301", "0.1.0", "0" * 64)

#: Codes the checks compare with, by form and item.
CODES = {
    "AE.AESER": "Y N",
    "AE.AEOUT": "FATAL|RECOVERED/RESOLVED|RECOVERED/RESOLVED WITH SEQUELAE",
    "AE.AETOXGR": "5",
    "AE.AESI": "CARDIAC",
    "DM.SEX": "F",
    "DM.CHILDPOT": "Y",
    "BCH.HER2IHC": "2+ 3+",
    "BCH.HER2ISH": "AMPLIFIED",
    "PREG.HCG": "NEGATIVE POSITIVE",
    "EX_TRA.ECROUTE": "SUBCUTANEOUS",
    "EX_TRA.ECLOC": "THIGH",
}


@pytest.fixture(scope="module")
def index():
    return MetaDataIndex(load(FOLDER).required())


def items_of(index, form):
    (definition,) = [d for d in index.version.forms if d.name == form]
    return {placed.item.name: placed for placed in index.placed_items(definition.oid)}


@pytest.mark.parametrize("form", ITEMS)
def test_every_item_a_check_reads_exists(index, form):
    assert set(ITEMS[form].split()) <= set(items_of(index, form))


@pytest.mark.parametrize("form", sorted(LOGS))
def test_logs_repeat_by_row(index, form):
    for name in ITEMS[form].split():
        group = items_of(index, form)[name].groups[-1]
        assert group.repeating
        assert group.name == LOGS[form]


@pytest.mark.parametrize("item", CODES)
def test_every_code_a_check_compares_with_is_offered(index, item):
    form, _, name = item.partition(".")
    placed = items_of(index, form)[name].item
    offered = {term.coded_value for term in index.code_lists[placed.code_list_oid].items}
    assert set(CODES[item].split("|" if "|" in CODES[item] else " ")) <= offered


def test_events_the_checks_name_exist(index):
    assert set(EVENTS) <= set(index.events)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.oid)
def test_every_check_runs_on_the_real_definition(index, check):
    """On a casebook with every form begun and empty: no check may speak, and none may miss an item."""
    casebook = Casebook(Subject("study", "subject", "US-01-001", "site"))
    for event in index.version.events:
        for ref in event.form_refs:
            path = ItemPath(Step(event.oid), Step(ref.form_oid))
            casebook.forms[path] = FormData(path, index.version.oid, EntryStatus.IN_PROGRESS)
    result = run_check(RegisteredCheck(check, PLUGIN), CasebookPicture(casebook, index))
    assert (result.found, result.failures) == ([], [])
    assert result.ran


def test_the_study_names_the_plugin(index):
    assert "edc-core-trial-hersc301" in {use.name for use in index.version.plugins}
