from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from edc_core.definitions.source import read
from edc_core.study_author.json_schema import schema_name, schemas

ROOT = Path(__file__).parents[2]
STUDIES = [ROOT / "forms/hersc-301", Path(__file__).parent / "data/every-kind"]


def as_an_editor_reads_it(value):
    """Numbers and booleans, as YAML 1.2 has them."""
    if isinstance(value, dict):
        return {key: as_an_editor_reads_it(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_an_editor_reads_it(part) for part in value]
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, str) and re.fullmatch(r"0|-?[1-9]\d*", value):
        return int(value)
    return value


@pytest.mark.parametrize("name", sorted(schemas()))
def test_each_schema_is_a_json_schema(name):
    jsonschema.Draft7Validator.check_schema(schemas()[name])


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.name)
def test_files_that_load_also_please_an_editor(study):
    for file in sorted(study.rglob("*.yaml")):
        role = "" if file.parent == study else f"{file.parent.name}/"
        source, _ = read(file, file.name)
        assert source is not None
        validator = jsonschema.Draft7Validator(schemas()[schema_name(role or file.name)])
        problems = [
            f"{file.name}: {p.json_path} {p.message}"
            for p in validator.iter_errors(as_an_editor_reads_it(source.root.plain()))
        ]
        assert problems == []


def test_an_unknown_key_and_a_wrong_type_do_not_please():
    validator = jsonschema.Draft7Validator(schemas()["form.schema.json"])
    form = {"oid": "VS", "items": [{"name": "A", "tpye": "integer", "length": "x"}]}
    assert not validator.is_valid(form)
    assert validator.is_valid({"oid": "VS", "items": [{"name": "A", "type": "integer", "length": 3}]})


def test_every_key_has_words_for_its_hover_text():
    silent = [
        f"{name}: {title}.{key}"
        for name, schema in schemas().items()
        for title, shape in [(schema["title"], schema), *schema["$defs"].items()]
        for key, described in shape["properties"].items()
        if not described.get("description")
    ]
    assert silent == []
