from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

from edc_core_study_import.writer import write
from hypothesis import HealthCheck, given, settings

from edc_core.definitions.complete import completed
from edc_core.definitions.lint import Lint, lint
from edc_core.definitions.lint_rules import check_rules
from edc_core.definitions.loader import load
from edc_core.domain.metadata import MetaDataVersion

_spec = importlib.util.spec_from_file_location(
    "metadata_strategies", Path(__file__).with_name("metadata_strategies.py")
)
assert _spec is not None
assert _spec.loader is not None
strategies = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(strategies)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.versions())
def test_a_written_definition_is_read_as_an_equal_one(version: MetaDataVersion):
    checks = lint(Lint(version))
    if checks.is_sound:
        check_rules(checks, version)
    errors = {f.code for f in checks.findings if f.severity == "error"}
    with tempfile.TemporaryDirectory() as folder:
        write(version, Path(folder))
        loaded = load(Path(folder))
    if errors:
        assert errors <= {f.code for f in loaded.findings}
        assert loaded.version is None
    else:
        assert loaded.required() == completed(version)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.versions())
def test_completing_twice_changes_nothing(version: MetaDataVersion):
    assert completed(completed(version)) == completed(version)
