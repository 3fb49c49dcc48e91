from __future__ import annotations

import re
import shutil
from copy import deepcopy
from pathlib import Path

import jsonschema
import pytest
import yaml

from edc_core.definitions.json_schema import schema_name, schemas
from edc_core.definitions.loader import load
from edc_core.definitions.source import read
from tests.web.item_types import TEXT as ONE_FILE

ROOT = Path(__file__).parents[2]
STUDIES = [ROOT / "forms/hersc-301", ROOT / "forms/library", Path(__file__).parent / "data/every-kind"]


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


def test_a_study_in_one_file_pleases_an_editor(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(ONE_FILE.replace("TERRITORIES\n", ""), encoding="utf-8")
    source, _ = read(file, file.name)
    validator = jsonschema.Draft7Validator(schemas()["study.schema.json"])
    assert [p.message for p in validator.iter_errors(as_an_editor_reads_it(source.root.plain()))] == []


def places(shape, path=()):
    """Every mapping in a definition with the way to it."""
    if isinstance(shape, dict):
        yield path
        for key, part in shape.items():
            yield from places(part, (*path, key))
    elif isinstance(shape, list):
        for position, part in enumerate(shape):
            yield from places(part, (*path, position))


def at(shape, path):
    for step in path:
        shape = shape[step]
    return shape


def damaged():
    """Copies of the definition with every kind of thing, each with one thing wrong at one place: (what, file, content)."""
    study = STUDIES[-1]
    for file in sorted(study.rglob("*.yaml")):
        whole = yaml.safe_load(file.read_text(encoding="utf-8"))
        for path in places(whole):
            holder = at(whole, path)
            wrong = {f"+ nonsense at {path}": ("nonsense_key", "x")}
            wrong |= {
                f"{key} is a list of mappings at {path}": (key, [{"nonsense_key": "x"}]) for key in holder
            }
            for what, (key, value) in wrong.items():
                copy = deepcopy(whole)
                at(copy, path)[key] = value
                yield what, file.relative_to(study), copy


def test_what_an_editor_refuses_the_check_refuses_too(tmp_path):
    study = shutil.copytree(STUDIES[-1], tmp_path / "study")
    validators = {name: jsonschema.Draft7Validator(schema) for name, schema in schemas().items()}
    refused, accepted = 0, []
    for what, name, content in damaged():
        role = "" if len(name.parts) == 1 else f"{name.parts[0]}/"
        if validators[schema_name(role or name.name)].is_valid(content):
            continue
        refused += 1
        file = study / name
        before = file.read_bytes()
        file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        if not load(study).errors:
            accepted.append(f"{name}: {what}")
        file.write_bytes(before)
    assert accepted == []
    assert refused > 200
