"""What several standards make of one definition: each site its own rules, the stricter one first."""

import dataclasses

import pytest
from edc_core_countries.words import words_of

from edc_core.definitions.countries import extended, redefined
from edc_core.domain.country import (
    AskedItem,
    CountryProfile,
    CountryStandard,
    ForbiddenItem,
    FormExtension,
)
from edc_core.domain.country_demands import Strength, demands, items_of, prevailing
from edc_core.domain.gate import GateEvent
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import DataType, ItemDef, own_expression
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.sourced import Confidence, Sourced
from edc_core.domain.translated_text import TranslatedText
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import publishing
from edc_core.testing import a_study
from tests.plugins.countries.scenes import ASIA, EUROPE, SOURCES, THREE


def so(value, source="A source"):
    return Sourced(value, source, "2026-11-22", Confidence.HIGH)


def standard(name, countries=("FR",), **fields):
    profile = CountryProfile(name, "An authority", countries, ("en",), ("UTC",))
    return CountryStandard(so(profile), **{key: tuple(map(so, value)) for key, value in fields.items()})


def text_item(name):
    return AskedItem(ItemDef("", name, DataType.TEXT, TranslatedText.of(name, "en")))


def changes(**said):
    return FormExtension("X-B1", "DM", **said)


BAN = ForbiddenItem("X-B2", "^race$", TranslatedText.of("Race is not asked.", "en"))
WEAKER_FIRST = [
    ("add", standard("A", extend_forms=[changes(items=(text_item("RACE"),))])),
    ("require", standard("B", extend_forms=[changes(requires=("RACE",))])),
    ("hide", standard("C", extend_forms=[changes(hides=("RACE",))])),
    ("forbid", standard("D", forbidden_items=[BAN])),
]


@pytest.mark.parametrize("weaker", range(4))
@pytest.mark.parametrize("stricter", range(4))
def test_the_stricter_rule_holds_whatever_the_order(weaker, stricter):
    version = a_study().with_item("DM.RACE").build()
    both = [WEAKER_FIRST[weaker][1], WEAKER_FIRST[stricter][1]]
    for pair in (both, both[::-1]):
        held = prevailing(demands(pair, items_of(MetaDataIndex(version))))
        assert held["FR", "DM", "RACE"].strength is Strength[WEAKER_FIRST[max(weaker, stricter)][0].upper()]


def test_a_rule_holds_in_its_own_countries():
    version = a_study().with_item("DM.RACE").build()
    index = MetaDataIndex(extended(version, [WEAKER_FIRST[2][1]]))
    [placed] = index.placed_items("DM")
    [condition] = [one for one in index.version.conditions if one.oid == placed.ref.condition_oid]
    assert "contains('FR', country())" in own_expression(condition.expressions)


def test_an_item_that_one_adds_and_another_forbids_is_not_asked():
    version = a_study().with_item("DM.SEX").build()
    index = MetaDataIndex(extended(version, [WEAKER_FIRST[0][1], WEAKER_FIRST[3][1]]))
    condition = next(one for one in index.version.conditions if one.oid == "DM.RACE.COUNTRY")
    assert "contains('', country())" in own_expression(condition.expressions)


def test_an_item_that_the_study_has_stays_its_own():
    version = a_study().with_item("DM.RACE", codes=("A", "B")).build()
    assert extended(version, [WEAKER_FIRST[0][1]]).items == version.items


def test_without_a_standard_a_definition_is_the_same():
    version = a_study().with_item("DM.RACE").build()
    assert extended(version, []) is version


def test_doing_it_again_changes_nothing(country_plugins, published):
    for version in map(published, (THREE, EUROPE, ASIA)):
        study = PluginStudy.of(MetaDataIndex(version), "dev")
        offered = country_plugins.country_standards(
            study, country_plugins.activate(version.plugins)
        ).standards
        again = extended(version, [one for one, _ in offered])
        assert set(again.items) == set(version.items)
        assert set(again.conditions) == set(version.conditions)
        assert (again.item_groups, again.forms) == (version.item_groups, version.forms)


def test_two_plugins_that_define_one_item_are_both_named():
    one, other = (
        WEAKER_FIRST[0][1],
        dataclasses.replace(standard("E"), extend_forms=WEAKER_FIRST[0][1].extend_forms),
    )
    assert list(redefined([(one, "first"), (other, "first")])) == []
    [text] = redefined([(one, "first"), (other, "second")])
    assert "A (first) and E (second) both define item 'RACE' of form 'DM'" in text


def test_such_a_study_is_not_published(tmp_path):
    sources = [*SOURCES, PluginSource("german-too", "tests.plugins.countries.german_too", "", "1")]
    file = tmp_path / "study.yaml"
    text = THREE.file.read_text(encoding="utf-8").replace(
        '  german: ">=0"\n', '  german: ">=0"\n  german-too: ">=0"\n'
    )
    file.write_text(text, encoding="utf-8")
    checked = publishing.check(EdcPlugins(sources), file)
    [error] = [one for one in checked.findings if one.severity == "error"]
    assert error.code == "E506"
    assert "(german)" in error.message
    assert "(german-too)" in error.message
    assert not checked.is_publishable


def test_a_setting_that_there_is_not_keeps_the_study_from_being_published(country_plugins, tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(
        THREE.file.read_text(encoding="utf-8").replace("race: OMB1997", "race: OMB2099"), encoding="utf-8"
    )
    checked = publishing.check(country_plugins, file)
    assert any("OMB1997 or OMB2024" in one.message for one in checked.findings if one.code == "E502")
    assert not checked.is_publishable


def test_gates_are_part_of_the_version(definition):
    found = {(gate.standard, gate.rule, gate.event, gate.countries) for gate in definition.gates}
    assert found == {
        ("KR-MFDS", "KR-B3", GateEvent.EXPORT, ("KR",)),
        ("KR-MFDS", "KR-B4", GateEvent.SUBJECT, ("KR",)),
        ("US-FDA", "US-B3", GateEvent.SUBJECT, ("US",)),
    }


def test_a_fact_has_a_source_and_a_day():
    with pytest.raises(ValueError, match="no source"):
        so("x", " ")
    with pytest.raises(ValueError):
        Sourced("x", "A source", "22 Nov 2026", Confidence.HIGH)


def test_every_fact_of_the_bundled_standards_has_its_source_and_day(country_plugins, definition):
    active = country_plugins.activate(definition.plugins)
    offered = country_plugins.country_standards(PluginStudy.of(MetaDataIndex(definition), "dev"), active)
    facts = [fact for one, _ in offered.standards for _, fact in one.facts()]
    assert len(facts) > 100
    assert all(fact.source and fact.as_of and fact.confidence for fact in facts)


def test_each_site_is_asked_by_its_own_country(trial):
    """Issue 5, shown by 3."""
    added = {
        "KR-001": {"CONSENT.KROVSDAT", "AE.AETERMEN", "SAE.KRIRBDAT"},
        "DE-001": {"DM.DEREASON"},
        "US-001": {"DM.USETHNIC", "DM.USRACE"},
    }
    every = set().union(*added.values())
    for subject, own in added.items():
        hidden = set().union(*(trial.hidden(subject, form) for form in ("DM", "CONSENT", "SAE")))
        assert hidden & every == every - own - {"AE.AETERMEN"}


def test_a_subject_that_moves_has_the_rules_of_the_new_site(trial):
    """Decision 26."""
    assert "DM.RACE" not in trial.hidden("KR-001", "DM")
    trial.move("KR-001", "DE-01")
    assert "DM.RACE" in trial.hidden("KR-001", "DM")
    assert "DM.DEREASON" not in trial.hidden("KR-001", "DM")


def test_a_subject_is_not_moved_past_a_gate(closed):
    from edc_core.errors import EntryClosed

    closed.add_subject("DE-001", site="DE-01")
    with pytest.raises(EntryClosed, match="US-FDA"):
        closed.move("DE-001", "US-01")


@pytest.mark.parametrize("said", [{"retention": "3 years"}, {"until": "P3Y"}, {"until": (("EU", "soon"),)}])
def test_a_profile_says_durations_and_days(said):
    with pytest.raises(ValueError):
        CountryProfile("XX", "An authority", ("FR",), ("en",), ("UTC",), **said)


def test_the_page_of_rules_says_where_data_lie_and_how_long_they_are_kept():
    """GB-B5: until when by a decision that ends."""
    profile = CountryProfile(
        "XX", "An authority", ("GB",), ("en",), ("UTC",), ("GB", "EU"), (("EU", "2031-12-27"),), "P25Y"
    )
    assert words_of(profile, "en") == (
        "An authority, for sites in GB; records are kept 25 years; data may lie in GB, EU (until 2031-12-27)"
    )
