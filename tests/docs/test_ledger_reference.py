import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.imported import Imported, ImportedQuery, ImportedSubject
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind, LedgerEntry
from edc_core.domain.metadata import PluginUse
from edc_core.domain.protection import ProtectAction
from edc_core.domain.query import Query, QuerySource, QueryState
from edc_core.domain.study_commands import KeepSnapshot, ProtectStudy
from edc_core.ids import new_id
from edc_core.services import anchoring, exporting, importing, plugin_upgrades, protecting, snapshots
from edc_core.services.importing import Staged
from edc_core.settings import Settings
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs, waive_all
from tests.docs.reference_pages import REFERENCE

PAGE = (REFERENCE / "ledger.md").read_text(encoding="utf-8")
CORE = Path(__file__).resolve().parents[2] / "edc_core"
KINDS = {
    kind: (written, set(re.findall(r"`(\w+)`", payload)))
    for kind, written, payload in re.findall(
        r"^\| `([a-z_.]+)` \| (.*?) \| ?(.*?) ?\|$", PAGE.partition("## Kinds")[2], re.MULTILINE
    )
}


def test_every_column_is_documented():
    columns = re.findall(r"^\| `(\w+)` \|", PAGE.partition("## Kinds")[0], re.MULTILINE)
    assert columns == list(LedgerEntry.__dataclass_fields__)


def test_every_kind_is_documented_in_its_order():
    assert list(KINDS) == [kind.value for kind in EntryKind]


def written_kinds():
    """Kinds that the services write: each use of EntryKind there."""
    return {
        EntryKind[node.attr].value
        for file in CORE.glob("services/*.py")
        if "Effect(" in file.read_text(encoding="utf-8")  # the others only tell kinds apart
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in EntryKind.__members__
        and isinstance(node.value, ast.Name)
    }


def test_reserved_kinds_are_those_that_nothing_writes():
    reserved = {kind for kind, (written, _) in KINDS.items() if written.startswith("*reserved*")}
    assert reserved == set(KINDS) - written_kinds()


@pytest.fixture
def lived(edc_core, tmp_path):
    """A trial in which most things have happened once."""
    trial = Trial(edc_core, vital_signs().build())
    subject = trial.add_subject()
    trial.save(subject, {"VS.SYSBP": "310", "VS.DIABP": "70"})
    trial.complete(subject, "VS")
    trial.save(subject, {"VS.SYSBP": "120"}, reason=SOME_REASON)
    closed = Query("q", ItemPath(), QueryState.CLOSED, QuerySource.OTHER, "?", modified_after_close=True)
    brought = ImportedSubject("TRIAL-1", "1", subject, queries=(ImportedQuery(closed),))
    importing.run(
        edc_core, trial.cli, Staged(Imported(subjects=(brought,)), "a" * 64, ("a.xml",)), environment="live"
    )
    trial.act(trial.dm, snapshots.keep_snapshot, KeepSnapshot, name="first")
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice("csv", unlocked=True)
    )
    exporting.export(trial.core, trial.dm, command, tmp_path / "out")
    waive_all(trial)
    for who in (trial.dm, trial.spo):
        trial.act(who, protecting.protect_study, ProtectStudy, action=ProtectAction.LOCK, reason=SOME_REASON)
    use = PluginUse("edc-core-tabular", "", "0.0.1", "0" * 64)  # published when an older one was installed
    other = Trial(edc_core, replace(vital_signs("TRIAL-2").build(), plugins=(use,)), environment="uat")
    other.act(
        other.bld, plugin_upgrades.upgrade_plugin, plugin_upgrades.UpgradePlugin,
        plugin=use.name, reason=SOME_REASON,
    )  # fmt: skip
    with trial.core.write(trial.dm) as uow:
        anchoring.anchor_study(uow, trial.study_id, Settings(anchor_file=str(tmp_path / "anchor")))
    return trial


def test_payloads_are_as_documented(lived):
    with lived.core.read() as source:
        rows = source.connection.execute(text("SELECT kind, payload FROM ledger_entry")).all()
    assert len({kind for kind, _ in rows}) >= 14
    assert {"study.release", "plugin.upgrade"} <= {kind for kind, _ in rows}
    undocumented = {
        (kind, key) for kind, payload in rows for key in set(json.loads(payload)) - KINDS[kind][1]
    }
    assert undocumented == set()
    assert any("modified_after_close" in payload for kind, payload in rows if kind == "query.open")
    optional = {"query.state"}
    told_by_imports = ("imported", "modified_after_close", "recipient", "asked")
    imported = {("query.open", key) for key in told_by_imports}
    of_dates_with_a_time = {("item.set", "site_time")}  # tests/services/test_site_time.py
    of_checks = {("query.open", "language")}  # tests/services/test_site_languages.py
    of_sites = {("export.request", "site"), ("export.produce", "site")}  # tests/plugins/investigator_copy
    of_names = {
        ("cut.create", key) for key in ("definitions", "software", "entries")
    }  # tests/services/test_snapshots.py
    narrowing = ("forms", "sites", "countries", "subjects", "blinding", "terms", "since", "token")
    of_names |= {("export.request", key) for key in narrowing}  # tests/services/test_exporting.py
    missing = {
        (kind, key)
        for kind, payload in rows
        if kind not in optional
        for key in KINDS[kind][1] - set(json.loads(payload))
    }
    assert missing - imported - of_dates_with_a_time - of_checks - of_sites - of_names == set()
