"""Every change of what a study asks, checks and allows stands in its chain with who, when and what (REQ-AUD-09)."""

import json
from dataclasses import replace

import pytest

from edc_core.domain import metadata_json
from edc_core.domain.compare import compare
from edc_core.domain.metadata import CodeListItem, MetaDataVersion, TranslatedText
from edc_core.domain.metadata_events import VisitWindow
from edc_core.domain.permission import Action, Role
from edc_core.services import permissions
from edc_core.testing import SOME_REASON


def item(version, oid, **changed):
    return replace(version, items=tuple(replace(i, **changed) if i.oid == oid else i for i in version.items))


def check_off(version):
    return item(version, "VS.SYSBP", range_checks=())


def check_on(version):
    of_other = next(i.range_checks for i in version.items if i.oid == "VS.DIABP")
    return item(version, "DM.AGE", range_checks=of_other)


def code_list(version):
    (first, *rest) = version.code_lists
    return replace(version, code_lists=(replace(first, items=(*first.items, CodeListItem("X"))), *rest))


def translation(version):
    return item(version, "VS.NOTE", question=TranslatedText((("en", "NOTE?"), ("ko", "메모"))))


def window(version):
    (first, *rest) = version.events
    return replace(version, events=(replace(first, window=VisitWindow("V1", "P7D", "P2D", "P2D")), *rest))


def question(version):
    return item(version, "VS.NOTE", question=TranslatedText.of("Notes?", "en"))


def policy(version):
    return replace(version, policy=replace(version.policy, reason_from="first_save"))


@pytest.mark.parametrize("change", [check_off, check_on, code_list, translation, window, question, policy])
def test_a_changed_definition_is_on_record_whole_with_who_published_it(trial, change):
    before = trial.index.version
    after = replace(change(before), oid="2")
    trial.publish(after)
    first, second = (e for e in trial.entries() if e["kind"] == "study.publish")
    assert (second["actor"], second["payload"]["oid"], first["payload"]["oid"]) == (
        "cli:test",
        "2",
        before.oid,
    )
    assert second["at"] >= first["at"]
    kept = [
        metadata_json.load(MetaDataVersion, json.loads(e["payload"]["definition"])) for e in (first, second)
    ]
    assert kept == [before, after]
    assert second["payload"]["sha256"] == metadata_json.sha256(after) != first["payload"]["sha256"]
    assert [c for c in compare(*kept) if c.oid != "2" or c.field_names != ("oid",)]


def test_a_changed_matrix_of_rights_is_on_record(trial):
    trial.act(
        trial.cli, permissions.change_permission, permissions.ChangePermission,
        role=Role.SRO, action=Action.READ_TRAIL, allowed=True, reason=SOME_REASON,
    )  # fmt: skip
    entry = trial.entries()[-1]
    assert (entry["kind"], entry["actor"], entry["reason_text"]) == (
        "study.permissions",
        "cli:test",
        SOME_REASON.text,
    )
    said = entry["payload"]
    assert (said["role"], said["action"], said["allowed"]) == ("SRO", "READ_TRAIL", True)
