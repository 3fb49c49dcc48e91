"""What an import brings is looked through before anything of it is written (EC63)."""

import pytest

from edc_core.core import Core
from edc_core.domain.imported import (
    Imported,
    ImportedForm,
    ImportedItem,
    ImportedQuery,
    ImportedSubject,
    Importer,
)
from edc_core.domain.permission import Actor
from edc_core.domain.query import Query, QueryMessage, QuerySource, QueryState
from edc_core.hookspecs import hookimpl
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import importing
from edc_core.settings import Settings
from tests.builders import Trial, vital_signs

MAIL = "kim.quix@example.org"
CLI = Actor("cli:test", trusted=True)


class Reading:
    """An importer that hands over what the test wrote down."""

    subjects = ()

    @hookimpl
    def edc_register_importers(self):
        return [
            Importer(
                "given", "given", lambda name, head: True, lambda paths: Imported(subjects=self.subjects)
            )
        ]


reading = Reading()


@pytest.fixture
def core(core_url, clock, tmp_path):
    sources = [
        PluginSource("scanners", "edc_core_scanners.plugin", "edc-core-scanners", "0.1.0"),
        PluginSource("reading", f"{__name__}:reading"),
    ]
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(sources), clock)
    yield core
    core.close()


@pytest.fixture
def trial(core):
    return Trial(core, vital_signs().with_plugin("edc-core-scanners", ">=0.1").build(), environment="uat")


def bring(trial, tmp_path, *, items=(), queries=(), **more):
    form = ImportedForm(trial.form("VS"), tuple(items), **more)
    reading.subjects = (
        ImportedSubject("TRIAL-1", "1", "S-009", "KR-01", forms=(form,), queries=tuple(queries)),
    )
    file = tmp_path / "data.given"
    file.write_text("given", encoding="utf-8")
    return importing.run(trial.core, CLI, importing.stage(trial.core, [file]), environment="uat")


def query(trial, text):
    message = QueryMessage(1, "dm", "DM", "2026-01-01T00:00:00Z", text, "Open")
    return ImportedQuery(
        Query("q1", trial.path("VS.SYSBP"), QueryState.OPEN, QuerySource.OTHER, text, messages=(message,)), 8
    )


def test_values_sources_and_queries_that_hold_one_are_left_out_listed_and_noted(
    trial, tmp_path, grep_database
):
    items = [
        ImportedItem(trial.path("VS.SYSBP"), "120", line=3),
        ImportedItem(trial.path("VS.NOTE"), f"write to {MAIL}", line=4),
        ImportedItem(trial.path("VS.DIABP"), "80", source={"audit": {"reason": f"said {MAIL}"}}, line=5),
    ]
    report = bring(trial, tmp_path, items=items, queries=[query(trial, f"Is it {MAIL}?")],
                   source={"annotation": [MAIL]}, line=2)  # fmt: skip
    assert report.not_in == {}
    assert sorted((p.line, p.code) for p in report.problems) == [
        (2, "EDC105"), (4, "EDC105"), (5, "EDC105"), (8, "EDC105"),
    ]  # fmt: skip
    assert all(MAIL not in p.text and "e-mail" in p.text for p in report.problems)
    assert [path.item for path in trial.casebook("S-009").items] == ["VS.SYSBP"]
    noted = [e["payload"] for e in trial.entries("S-009") if e["kind"] == "note.add"]
    assert noted == [{"note": "value refused", "check": "scanner:e-mail"}] * 4
    assert grep_database(MAIL) == []


def test_a_file_without_any_is_taken_whole(trial, tmp_path):
    report = bring(trial, tmp_path, items=[ImportedItem(trial.path("VS.NOTE"), "fine", line=3)])
    assert report.problems == []
    assert trial.casebook("S-009").items[trial.path("VS.NOTE")].value == "fine"
