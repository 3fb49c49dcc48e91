"""What is read of a mapping is the same whether a schema looks at the keys that are there or at all that it knows."""

from functools import partial
from pathlib import Path

import pytest
from marshmallow import ValidationError

from edc_core.definitions.schemas import FILES
from edc_core.definitions.schemas_fields import load, schema
from edc_core.definitions.schemas_form import CheckSchema, FormSchema, ItemSchema, ItemUseSchema, RangeSchema
from edc_core.definitions.source import read

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "forms/hersc-301", ROOT / "forms/library", Path(__file__).parent / "data/every-kind")


def plain(file):
    source, findings = read(file, file.name)
    assert findings == []
    return source.root.plain()


def outcome(read_by, data):
    """What is read with its keys in order, or what is said to be wrong."""
    try:
        return repr(read_by(data))
    except ValidationError as error:
        return error.messages


FORMS = [file for folder in FOLDERS for file in sorted(folder.glob("forms/*.yaml"))]


def parts(node, key):
    """Every mapping in a list under a key, at any depth."""
    for name, inner in (
        node.items() if isinstance(node, dict) else enumerate(node if isinstance(node, list) else ())
    ):
        if name == key:
            yield from (part for part in inner if isinstance(part, dict))
        yield from parts(inner, key)


@pytest.mark.parametrize("file", FORMS, ids=lambda file: f"{file.parent.parent.name}-{file.stem}")
def test_a_form_and_each_part_of_it_says_the_same_to_both(file):
    form = plain(file)
    given = [(FormSchema, form)]
    given += [(ItemUseSchema if "item" in item else ItemSchema, item) for item in parts(form, "items")]
    given += [(RangeSchema, limit) for limit in parts(form, "range")]
    given += [(CheckSchema, check) for check in parts(form, "checks")]
    assert len(given) > 1
    for kind, data in given:
        assert outcome(partial(load, kind), data) == outcome(schema(kind).load, data)


@pytest.mark.parametrize(
    "data", [{}, {"oid": None}, {"oid": ["a"], "heading": "T"}, {"items": "x", "name": "N"}, "text", None, []]
)
@pytest.mark.parametrize(
    "kind", [*FILES.values(), ItemSchema, RangeSchema, CheckSchema], ids=lambda kind: kind.__name__
)
def test_what_is_wrong_is_said_the_same_by_both(kind, data):
    assert outcome(partial(load, kind), data) == outcome(schema(kind).load, data)
