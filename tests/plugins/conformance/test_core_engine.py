"""What is said where CDISC CORE cannot be run, and how its process is treated; the real engine runs in tests/conformance."""

import json
import os
import re
import sys
import time

import pytest
from edc_core_conformance import core_engine
from edc_core_conformance.command import PINS
from edc_core_conformance.core_engine import EngineFailed, digest_of, report_of, run, terminologies_in
from edc_core_conformance.core_runner import needs_terms, result_of, unable
from edc_core_conformance.interpreter import ENGINE, VERSION, found, tried
from edc_core_conformance.terminology import Chosen, chosen, stated_in

from edc_core.api import CheckedStudy

ABOUT = CheckedStudy("DEMO-01")
MISSING = "/no/such/python"


@pytest.fixture
def folder(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "dm.xpt").write_bytes(b"")
    named(data, "2024-09-27")
    return data


def named(folder, release, kind="SDTM"):
    """A Define-XML 2.1 that names a terminology among other standards."""
    stated = f'<d:Standard OID="S2" Name="CDISC/NCI" Type="CT" PublishingSet="{kind}" Version="{release}" Status="Final"/>'
    (folder / "define.xml").write_text(
        '<ODM xmlns:d="http://www.cdisc.org/ns/def/v2.1"><d:Standards>'
        f'<d:Standard OID="S1" Name="SDTMIG" Type="IG" Version="3.4" Status="Final"/>{stated if release else ""}'
        "</d:Standards></ODM>"
    )


@pytest.fixture
def cache(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    for name in (*core_engine._NEEDED, "sdtmct-2024-09-27", "sdtmct-2025-03-28"):
        (cache / f"{name}.json.xz").write_bytes(b"")
    return cache


def said(settings, folder):
    (rules,) = core_engine.core_engine(settings).check(folder, ABOUT, lambda done, of: None).rule_sets
    assert (rules.name, rules.state, rules.run) == ("CDISC CORE", "not run", 0)
    return rules.why


def test_what_is_missing_is_named_with_the_remedy(folder, cache, tmp_path):
    assert "EDC_CORE_CACHE" in said({}, folder)
    (cache / "rules.json.xz").unlink()
    assert "rules.json.xz is missing" in said({"EDC_CORE_CACHE": str(cache)}, folder)
    (cache / "rules.json.xz").write_bytes(b"")
    settings = {"EDC_CORE_CACHE": str(cache), "EDC_CORE_PYTHON": MISSING}
    why = said(settings, folder)
    assert f"EDC_CORE_PYTHON is '{MISSING}', which cannot be run." in why
    assert "edc conformance prepare" in why
    (folder / "define.xml").unlink()
    assert "define.xml" in said(settings, folder)


CACHED = ["sdtmct-2024-09-27", "sdtmct-2025-03-28"]


def test_the_terminology_is_the_one_that_the_define_xml_names_and_not_the_newest(folder):
    assert chosen(stated_in(folder / "define.xml"), CACHED) == Chosen(
        "sdtmct-2024-09-27", "sdtmct-2024-09-27"
    )


def test_where_none_is_named_the_newest_is_taken_and_said(folder):
    for release, kind in (("", ""), ("2024-09-27", "ADaM")):
        named(folder, release, kind)
        terms = chosen(stated_in(folder / "define.xml"), CACHED)
        assert terms.name == "sdtmct-2025-03-28"
        assert terms.words == "sdtmct-2025-03-28 (the newest at hand: define.xml names none)"


def test_one_that_the_cache_lacks_is_not_replaced_by_another(folder):
    named(folder, "2026-09-25")
    terms = chosen(stated_in(folder / "define.xml"), CACHED)
    assert terms.name == ""
    assert terms.words == "without sdtmct-2026-09-25, which the cache of rules does not have"
    assert "It needs the terminology sdtmct-2026-09-25, which define.xml names" in terms.missing
    assert "(in it: sdtmct-2024-09-27, sdtmct-2025-03-28). Bring sdtmct-2026-09-25.json.xz" in terms.missing


def test_a_define_xml_that_is_no_xml_is_said_and_the_engine_is_not_asked(folder, cache):
    (folder / "define.xml").write_text("<ODM>")
    assert said({"EDC_CORE_CACHE": str(cache)}, folder).startswith("define.xml cannot be read: ")


def test_the_digest_is_that_of_the_rules_and_of_their_terminology(cache):
    before = digest_of(cache, "sdtmct-2024-09-27")
    (cache / "sdtmct-2025-03-28.json.xz").write_bytes(b"other terms")
    assert digest_of(cache, "sdtmct-2024-09-27") == before
    (cache / "sdtmct-2024-09-27.json.xz").write_bytes(b"other terms")
    assert digest_of(cache, "sdtmct-2024-09-27") not in {before, digest_of(cache, "")}
    (rules,) = report_of([], "sdtmct-2024-09-27", before).rule_sets
    assert (rules.version, rules.sha256) == ("0.17.1, SDTMIG 3.4, sdtmct-2024-09-27", before)


def test_the_terminologies_of_a_cache_stand_with_the_newest_last(cache):
    assert terminologies_in(str(cache)) == (CACHED, "")


def test_without_the_terminology_only_rules_that_need_one_are_not_carried_out():
    terms = {"core_id": "R1", "operations": [{"operator": "distinct"}, {"operator": "valid_codelist_dates"}]}
    assert needs_terms(terms)
    assert not needs_terms({"core_id": "R2", "operations": [{"operator": "distinct"}]})
    assert not needs_terms({"core_id": "R3", "operations": None})
    said = unable(terms, "It needs sdtmct-2026-09-25.")
    assert (said["ran"], said["findings"], said["failures"]) == (
        False, [], [{"dataset": "", "why": "It needs sdtmct-2026-09-25.", "is_error": False}],
    )  # fmt: skip


def test_a_python_is_taken_when_it_was_run_and_not_for_its_name(tmp_path):
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert tried(str(shim)) is None
    own = tried(sys.executable)
    assert (own.python, own.engine) == (sys.version_info[:2], "")
    python, why = found("", [str(shim), MISSING, sys.executable])
    assert (python, "No Python here has cdisc-rules-engine 0.17.1" in why) == ("", True)
    python, why = found(sys.executable, [])
    assert (python, "with no cdisc-rules-engine" in why) == ("", True)


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Has another script run in place of the one that runs the engine."""

    def write(text):
        file = tmp_path / "script.py"
        file.write_text(text)
        monkeypatch.setattr(core_engine, "RUNNER", file)

    return write


def test_the_process_knows_nothing_of_the_installation(script, monkeypatch):
    monkeypatch.setenv("EDC_TOKEN", "secret")
    script("import json, os, sys; sys.stdin.read(); print(json.dumps({'rules': [dict(os.environ)]}))")
    ((known),) = run(sys.executable, {}, lambda done, of: None)
    assert "PATH" in known
    assert not [name for name in known if name.startswith("EDC_")]


def test_progress_is_told_and_what_it_raises_ends_the_process(script, tmp_path):
    script(
        "import json, os, time\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "print(json.dumps({'done': 10, 'of': 430}), flush=True)\ntime.sleep(600)\n"
    )

    def stop(done, of):
        assert (done, of) == (10, 430)
        raise InterruptedError

    began = time.monotonic()
    with pytest.raises(InterruptedError):
        run(sys.executable, {}, stop)
    assert time.monotonic() - began < 60
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_an_engine_that_dies_or_takes_too_long_is_said(script, monkeypatch):
    script("import sys; sys.stdin.read(); sys.exit('MemoryError: no room')")
    with pytest.raises(EngineFailed, match="without an answer: MemoryError: no room"):
        run(sys.executable, {}, lambda done, of: None)
    monkeypatch.setattr(core_engine, "DEADLINE_S", 0.2)
    script("import time; time.sleep(600)")
    with pytest.raises(EngineFailed, match="it said nothing"):
        run(sys.executable, {}, lambda done, of: None)


def test_rules_that_could_not_be_carried_out_are_no_findings_and_findings_stand_once():
    finding = {
        "dataset": "AE",
        "record": 3,
        "values": {"AESEV": "", "AESER": "Y", "AESOD": "Not in dataset"},
        "text": "Wrong.",
    }
    unable = {"dataset": "PC", "why": "Grouping variables not found: ['PCCAT']", "is_error": False}
    broken = {"dataset": "LB", "why": "KeyError: ARM", "is_error": True}
    rules = [
        rule("R1", ran=True),
        rule("R2", ran=True, agencies=["FDA"], findings=[finding, finding], failures=[broken]),
        rule("R3"),
        rule("R4", failures=[unable]),
    ]
    report = report_of(json.loads(json.dumps(rules)), "sdtmct-2025-03-28")
    (ran,) = report.rule_sets
    assert (ran.run, ran.skipped) == (2, ("R3",))
    assert [(one.rule, one.dataset, one.is_error) for one in ran.failed] == [
        ("R2", "LB", True),
        ("R4", "PC", False),
    ]
    assert [one.rule for one in report.errors] == ["R2"], "which does not cost what it found elsewhere"
    (one,) = report.findings
    assert (one.rule, one.dataset, one.record, one.variable, one.value, one.agencies) == (
        "R2", "AE", 3, "AESER, AESEV, AESOD", "AESER=Y, AESEV=(blank)", ("FDA",),
    )  # fmt: skip


def test_what_a_rule_says_of_every_variable_in_turn_is_on_that_variable():
    empty = {
        "dataset": "DM",
        "record": 2,
        "values": {"variable_name": "ARMCD", "variable_value": ""},
        "text": "Empty.",
    }
    of_two = {
        "dataset": "DM",
        "record": 1,
        "values": {"variable_name": "SEX", "variable_size": "1"},
        "text": "Long.",
    }
    rules = [rule("CORE-000356", ran=True, findings=[empty]), rule("R2", ran=True, findings=[of_two])]
    first, second = report_of(rules, "").findings
    assert (first.variable, first.value) == ("ARMCD", "")
    assert (second.variable, second.value) == (
        "variable_name, variable_size",
        "variable_name=SEX, variable_size=1",
    )


def rule(name, *, ran=False, agencies=(), findings=(), failures=()):
    return {
        "id": name, "ran": ran, "agencies": list(agencies), "findings": list(findings), "failures": list(failures),
    }  # fmt: skip


class Engine:
    """Answers as release 0.17.1 of the engine does: a list of results for each dataset."""

    def __init__(self, **results):
        self.results = results

    def validate_single_rule(self, rule):
        return {name: [one] for name, one in self.results.items()}


def result(status, dataset, *errors, message="Wrong."):
    return {
        "executionStatus": status,
        "dataset": dataset,
        "domain": dataset,
        "message": message,
        "errors": list(errors),
    }


def test_what_the_engine_reports_as_a_value_called_error_is_a_rule_that_could_not_look():
    unable = {"dataset": "N/A", "row": 0, "value": {"ERROR": "Grouping variables not found"}}
    found = {"dataset": "AE", "row": 2, "value": {"AEDUR": 5.0, "AEOUT": None}}
    said = result_of(
        {"core_id": "CORE-000699", "authorities": [{"Organization": "FDA"}]},
        Engine(
            PC=result("issue reported", None, unable) | {"domain": "PC"},
            AE=result("issue reported", "AE", found),
            LB=result("execution error", "LB", {"dataset": "LB", "error": "Unknown", "message": "list index out of range"}),
            VS=result("skipped", "VS"),
        ),
    )  # fmt: skip
    assert said["ran"]
    assert said["failures"] == [
        {"dataset": "PC", "why": "Grouping variables not found", "is_error": False},
        {"dataset": "LB", "why": "Unknown: list index out of range", "is_error": True},
    ]
    assert said["findings"] == [
        {"dataset": "AE", "record": 2, "values": {"AEDUR": "5", "AEOUT": ""}, "text": "Wrong."}
    ]
    alone = result_of({"core_id": "R1"}, Engine(PC=result("issue reported", None, unable) | {"domain": "PC"}))
    assert (alone["ran"], alone["findings"], len(alone["failures"])) == (False, [], 1)


def test_a_finding_on_the_study_has_no_dataset_and_no_record():
    missing = {"dataset": "STUDY", "row": "", "value": {"DM": "Not in dataset"}}
    said = result_of({"core_id": "CORE-000581"}, Engine(study=result("issue reported", "STUDY", missing)))
    assert [(one["dataset"], one["record"]) for one in said["findings"]] == [("", 0)]


def test_the_environment_is_pinned_whole_with_the_release_that_is_looked_for():
    lines = [line for line in PINS.read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert f"{ENGINE}=={VERSION}" in lines
    assert {"pandas", "lxml"} <= {line.partition("==")[0] for line in lines}, "and not the engine alone"
