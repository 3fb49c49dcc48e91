from __future__ import annotations

import re
from pathlib import Path

import pytest

from edc_core.definitions import loader
from edc_core.definitions.loader import load
from edc_core.services import publishing
from tests.definitions.finding_codes import CODES
from tests.docs.study_yaml_reference import tables

DOCS = Path(__file__).parents[2] / "docs/reference"
FINDINGS = (DOCS / "definition-findings.md").read_text(encoding="utf-8")
STUDY_YAML = (DOCS / "study-yaml.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## ([EW]\d{3}) (.*?)\n(.*?)(?=^## |\Z)", FINDINGS, re.MULTILINE | re.DOTALL)
OF_PLUGINS = {f"E50{n}" for n in (*range(1, 7), 8)}
EXAMPLES = {
    code: example[1]
    for code, _, body in SECTIONS
    if (example := re.search(r"```yaml\n(.*?)```", body, re.DOTALL))
}


def test_every_code_is_documented_and_every_documented_code_exists():
    assert {code: title for code, title, _ in SECTIONS} == CODES


def test_every_code_in_the_sources_is_declared_and_used():
    services = Path(publishing.__file__).parent
    sources = [
        *Path(loader.__file__).parent.glob("*.py"),
        services / "publishing.py",
        services / "setting_checks.py",
    ]
    used = {
        code
        for source in sources
        for code in re.findall(r'"([EW]\d{3})"', source.read_text(encoding="utf-8"))
    }
    assert used == set(CODES)


def test_only_codes_about_files_and_plugins_have_no_example():
    assert set(CODES) - set(EXAMPLES) == {"E101", "E102", "E107", "E266", "W301", "W324", "W507", *OF_PLUGINS}


@pytest.mark.parametrize("code", EXAMPLES)
def test_example_gives_its_finding(code, tmp_path):
    file = tmp_path / "demo.yaml"
    file.write_text(EXAMPLES[code], encoding="utf-8")
    loaded = load(file)
    codes = [finding.code for finding in loaded.findings]
    assert code in codes
    assert all(finding.line for finding in loaded.findings)
    assert [c for c in codes if c.startswith("E") and c != code] == []
    assert (loaded.version is None) == code.startswith("E")


def test_keys_are_documented_as_the_schemas_have_them():
    assert STUDY_YAML.endswith(tables()), (
        "write docs/reference/study-yaml.md anew from tests.docs.study_yaml_reference.tables()"
    )


def test_the_example_study_has_no_finding(tmp_path):
    file = tmp_path / "demo.yaml"
    example = re.search(r"```yaml\n(.*?)```", STUDY_YAML, re.DOTALL)
    assert example is not None
    file.write_text(example[1], encoding="utf-8")
    loaded = load(file)
    assert loaded.findings == ()
    assert loaded.version is not None
