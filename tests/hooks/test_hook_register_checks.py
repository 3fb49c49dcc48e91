from dataclasses import replace

import pytest

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import Comparator, RangeCheck


def oids(result):
    return [registered.check.oid for registered in result.checks]


def test_checks_come_sorted_by_oid_with_their_plugin(plugins, active, study):
    manager = plugins("checking")
    result = manager.checks(study, active(manager, "checking"))
    assert oids(result) == ["A1", "B2"]
    assert result.checks[0].plugin.name == "checking"
    assert result.problems == ()


def test_plugins_of_other_studies_are_not_asked(plugins, active, study):
    manager = plugins("checking", "raising", "hard")
    result = manager.checks(study, active(manager, "checking"))
    assert oids(result) == ["A1", "B2"]
    assert result.problems == ()
    assert oids(manager.checks(study, active(manager))) == []


def test_an_oid_registered_twice_is_refused_with_both_culprits(plugins, active, study):
    manager = plugins("checking", "checking_too")
    result = manager.checks(study, active(manager, "checking", "checking_too"))
    assert oids(result) == ["B2", "C3"]
    assert {problem.name for problem in result.problems} == {"checking", "checking_too"}
    assert "'A1'" in result.problems[0].text
    assert "checking 0 " in result.problems[0].text
    assert "checking_too 0 " in result.problems[0].text


def test_hard_checks_unknown_forms_and_blank_oids_are_refused(plugins, active, study):
    manager = plugins("hard")
    result = manager.checks(study, active(manager, "hard"))
    assert oids(result) == ["H3"]
    texts = " ".join(problem.text for problem in result.problems)
    assert "'H1' asks to refuse values" in texts
    assert "declare a hard RangeCheck" in texts
    assert "'H2' looks at form 'NO_SUCH_FORM'" in texts
    assert "without an OID" in texts


@pytest.mark.parametrize("taken", ["A1", "EDC.REQUIRED"])
def test_an_oid_that_the_study_has_is_refused(plugins, active, study, taken):
    """Queries go by the OID of their check: two checks of one OID would resolve each other's."""
    version = study.index.version
    first = replace(version.items[0], range_checks=(RangeCheck(Comparator.LE, ("300",), oid="A1"),))
    declared = replace(study, index=MetaDataIndex(replace(version, items=(first, *version.items[1:]))))
    manager = plugins("checking" if taken == "A1" else "reserved")
    result = manager.checks(declared, active(manager, "checking" if taken == "A1" else "reserved"))
    assert oids(result) == ["B2"]
    assert f"'{taken}' has the OID of a check that the study has" in result.problems[0].text


def test_a_plugin_that_raises_gives_no_half_set(plugins, active, study):
    manager = plugins("raising", "checking")
    result = manager.checks(study, active(manager, "raising", "checking"))
    assert oids(result) == ["A1", "B2"]
    assert result.problems[0].text == "It failed while registering: RuntimeError: cannot"


def test_a_plugin_gets_its_own_configuration(plugins, active, study):
    manager = plugins("checking")
    configured = replace(study, configuration={"checking": {"quiet": True}, "other": {"quiet": False}})
    assert oids(manager.checks(configured, active(manager, "checking"))) == []
