"""What a plugin's command may see is what the person it works for may see, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edc_core.domain.metadata import EDC_LANGUAGE, DataType, FormalExpression, RangeCheck, TranslatedText
from edc_core.domain.permission import Actor, Role
from edc_core.errors import NotAllowed, NotFound
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.testing import a_study
from tests.builders import Trial


def warning(name):
    """A check that only warns."""
    rule = FormalExpression(EDC_LANGUAGE, f"{name} <= 200")
    message = TranslatedText.of("This is high.", "en")
    return RangeCheck(oid="HIGH", warning=True, message=message, formal_expressions=(rule,))


def definition(sensitivity=""):
    """Two items, each with a limit that asks a query and one that only warns; the second may be sensitive."""
    version = (
        a_study()
        .with_item("VS.SYSBP", DataType.INTEGER, soft=(60, 150))
        .with_item("VS.LEVEL", DataType.INTEGER, soft=(60, 150))
        .with_site("DE-01", "DE", "Europe/Berlin")
        .with_site("KR-01", "KR", "Asia/Seoul")
        .build()
    )
    items = tuple(
        replace(item, range_checks=(*item.range_checks, warning(item.name))) for item in version.items
    )
    hidden = tuple(replace(i, sensitivity=sensitivity) if i.oid == "VS.LEVEL" else i for i in items)
    return replace(version, items=hidden)


def begun(core, sensitivity=""):
    trial = Trial(core, definition(sensitivity))
    for key, site in (("S-DE", "DE-01"), ("S-KR", "KR-01")):
        trial.add_subject(key, site=site)
        trial.save(key, {"VS.SYSBP": "250", "VS.LEVEL": "250"}, by=trial.cli, complete=True)
    return trial


def session(trial, actor):
    return CorePluginSession(trial.core, lambda environment: actor)


def oids(found):
    return sorted((one.check_oid, one.path.item) for one in found)


BOTH = ["VS.LEVEL", "VS.SYSBP"]


def test_who_sees_the_study_reads_it(core):
    trial = begun(core)
    there = session(trial, trial.dm)
    study = there.study("TRIAL-1@live")
    assert study.subject_keys == ("S-DE", "S-KR")
    assert [site.number for site in study.sites] == ["DE-01", "KR-01"]
    assert sorted(query.path.item for query in there.queries(study, "S-KR")) == BOTH
    assert oids(there.findings(study, "S-KR")) == [("HIGH", item) for item in BOTH]
    assert {rule.item for rule in there.trace(study, "S-KR", trial.form("VS"))}


def reads(there, study, subject_key, form):
    return (
        lambda: there.queries(study, subject_key),
        lambda: there.findings(study, subject_key),
        lambda: there.trace(study, subject_key, form),
    )


def test_who_works_at_one_site_reads_that_site_alone(core):
    trial = begun(core)
    there = session(trial, trial.person(Role.CRC, "crc.braun", site="DE-01"))
    study = there.study("TRIAL-1@live")
    assert (study.subject_keys, [site.number for site in study.sites]) == (("S-DE",), ["DE-01"])
    assert all(read() for read in reads(there, study, "S-DE", trial.form("VS")))
    for read in reads(there, study, "S-KR", trial.form("VS")):
        with pytest.raises(NotFound, match="no subject 'S-KR'"):
            read()


def test_who_builds_sees_the_definition_and_no_data(core):
    trial = begun(core)
    there = session(trial, trial.bld)
    study = there.study("TRIAL-1@live")
    assert study.index.version.oid == "1"
    assert (study.sites, study.subject_keys) == ((), ())
    for read in reads(there, study, "S-DE", trial.form("VS")):
        with pytest.raises(NotFound, match="no subject 'S-DE'"):
            read()


def test_who_has_no_role_in_a_study_finds_none(core):
    trial = begun(core)
    study = session(trial, trial.dm).study("TRIAL-1@live")
    there = session(trial, Actor("nobody"))
    with pytest.raises(NotFound, match="no study"):
        there.study("TRIAL-1@live")
    for read in reads(there, study, "S-DE", trial.form("VS")):
        with pytest.raises(NotFound, match="no study"):
            read()


def test_items_hidden_from_a_person_are_neither_asked_about_nor_traced(core):
    trial = begun(core, "blinded")
    there = session(trial, trial.dm)
    study = there.study("TRIAL-1@live")
    assert [query.path.item for query in there.queries(study, "S-DE")] == ["VS.SYSBP"]
    assert oids(there.findings(study, "S-DE")) == [("HIGH", "VS.SYSBP")]
    with pytest.raises(NotAllowed, match="hidden from you"):
        there.trace(study, "S-DE", trial.form("VS"))


def test_a_plugin_by_itself_reads_no_live_study_whatever_it_calls_it(core):
    trial = begun(core)
    study = session(trial, trial.dm).study("TRIAL-1@live")
    there = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
    for read in (
        lambda: there.study("TRIAL-1"),
        *reads(there, replace(study, environment="dev"), "S-DE", trial.form("VS")),
    ):
        with pytest.raises(NotAllowed, match="A live study is changed by a person"):
            read()
