"""Files against the schemas of their standards, which the installation brings: they are CDISC's, and not shipped here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from edc_core.api import (
    CheckedStudy,
    ConformanceEngine,
    ConformanceFinding,
    ConformanceReport,
    KnownRules,
    RuleSet,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DEFINE, DEFINE_SETTING = "Define-XML 2.1 schema", "EDC_CONFORMANCE_DEFINE_XSD"
JSON, JSON_SETTING = "Dataset-JSON 1.1 schema", "EDC_CONFORMANCE_DATASET_JSON_SCHEMA"
AGENCIES = ("CDISC",)


def define_engine(settings: Mapping[str, str]) -> ConformanceEngine:
    """``define.xml`` against its XSD (define2-1-0.xsd with the files beside it)."""
    return ConformanceEngine(
        "define-xsd", DEFINE, _checker(DEFINE, DEFINE_SETTING, "define.xml", settings, of_define), _of_xsd
    )


def json_engine(settings: Mapping[str, str]) -> ConformanceEngine:
    """Each Dataset-JSON file against dataset.schema.json."""
    return ConformanceEngine(
        "dataset-json-schema",
        JSON,
        _checker(JSON, JSON_SETTING, "*.json", settings, of_json),
        _of_json_schema,
    )


def _of_xsd() -> KnownRules:
    """What libxml2 calls the ways in which a file can miss a schema."""
    return KnownRules(frozenset(name for name in dir(etree.ErrorTypes) if name.startswith("SCHEMAV_")))


def _of_json_schema() -> KnownRules:
    """Keywords of the JSON Schema that Dataset-JSON is written in (2019-09)."""
    from jsonschema import Draft201909Validator

    return KnownRules(frozenset(Draft201909Validator.VALIDATORS))


def _checker(
    name: str, setting: str, pattern: str, settings: Mapping[str, str],
    look: Callable[[Path, Path], Iterator[ConformanceFinding]],
) -> Callable[[Path, CheckedStudy, Callable[[int, int], None]], ConformanceReport]:  # fmt: skip
    def check(folder: Path, about: CheckedStudy, progress: Callable[[int, int], None]) -> ConformanceReport:
        files = sorted(folder.rglob(pattern))
        if not files:
            return ConformanceReport()
        schema = Path(settings.get(setting, ""))
        if not schema.is_file():
            why = f"The schema is not here: name its file in {setting}."
            return ConformanceReport((RuleSet(name=name, state="not run", why=why),))
        findings = []
        for done, file in enumerate(files, 1):
            findings += look(file, schema)
            progress(done, len(files))
        return ConformanceReport(
            (RuleSet(name=name, version=schema.name, run=1),), tuple(sorted(set(findings)))
        )

    return check


def of_define(file: Path, schema: Path) -> Iterator[ConformanceFinding]:
    """What the XSD says of a file, each with its line."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    rules = etree.XMLSchema(etree.parse(schema, etree.XMLParser(no_network=True)))
    if not rules.validate(etree.parse(file, parser)):
        for error in rules.error_log:
            text = f"Line {error.line}: {error.message}"
            yield ConformanceFinding(
                rule=error.type_name,
                rule_set=DEFINE,
                text=text,
                dataset=file.name,
                severity="error",
                agencies=AGENCIES,
            )


def of_json(file: Path, schema: Path) -> Iterator[ConformanceFinding]:
    """What the JSON schema says of a dataset, each with the place in the file."""
    from jsonschema.validators import validator_for

    rules = json.loads(schema.read_bytes())
    validator = validator_for(rules)(rules)
    for error in validator.iter_errors(json.loads(file.read_bytes())):
        text = f"{error.json_path}: {error.message[:200]}"
        yield ConformanceFinding(
            rule=str(error.validator), rule_set=JSON, text=text, dataset=file.stem.upper(), severity="error",
            agencies=AGENCIES,
        )  # fmt: skip
