"""JSON Schemas of the definition files, for completion and hover text in editors.

They are made from the marshmallow schemas, so they cannot say anything else; the loader remains the judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.definitions.schemas import FILES
from edc_core.definitions.schemas_fields import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.definitions.schemas_fields import DefinitionSchema, JsonSchema

DRAFT = "http://json-schema.org/draft-07/schema#"  #: what yaml-language-server reads; $defs work by reference


def schemas() -> dict[str, JsonSchema]:
    """The JSON Schema of each kind of file, by the name it is written under (``form.schema.json``)."""
    return {schema_name(role): file_schema(kind) for role, kind in FILES.items()}


def schema_name(role: str) -> str:
    """``forms/`` -> ``form.schema.json``, ``study.yaml`` -> ``study.schema.json``."""
    stem = role.removesuffix("s/") if role.endswith("/") else role.removesuffix(".yaml")
    return f"{stem}.schema.json"


def file_schema(kind: type[DefinitionSchema]) -> JsonSchema:
    """The schema of one kind of file with the definitions it refers to."""
    definitions = {name_of(inner): _object(inner) for inner in inner_schemas(kind)}
    return {"$schema": DRAFT, "title": name_of(kind), **_object(kind), "$defs": definitions}


def name_of(kind: type[DefinitionSchema]) -> str:
    return kind.__name__.removesuffix("Schema")


def inner_schemas(kind: type[DefinitionSchema]) -> list[type[DefinitionSchema]]:
    """Every schema that stands somewhere inside another, each once, in a fixed order."""
    found: dict[type[DefinitionSchema], None] = {}
    waiting = list(_directly_inside(kind))
    while waiting:
        inner = waiting.pop(0)
        if inner not in found:
            found[inner] = None
            waiting += _directly_inside(inner)
    return list(found)


def _directly_inside(kind: type[DefinitionSchema]) -> Iterator[type[DefinitionSchema]]:
    for field in schema(kind).fields.values():
        inside = getattr(field, "inside", None)
        if inside is not None:
            yield from inside()


def _object(kind: type[DefinitionSchema]) -> JsonSchema:
    properties: dict[str, Any] = {}
    required: list[str] = []
    for key, field in schema(kind).fields.items():
        described: JsonSchema = field.json_schema()  # type: ignore[attr-defined]  # all our fields have it
        properties[key] = described | {"description": field.metadata.get("description", "")}
        if field.required:
            required.append(key)
    made: JsonSchema = {"type": "object", "additionalProperties": False, "properties": properties}
    return made | ({"required": required} if required else {})
