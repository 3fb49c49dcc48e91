"""The reference of the YAML keys, made from the schemas so that it cannot differ from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.definitions.json_schema import inner_schemas, name_of
from edc_core.definitions.schemas import FILES
from edc_core.definitions.schemas_fields import schema

if TYPE_CHECKING:
    from edc_core.definitions.schemas_fields import DefinitionSchema


def tables() -> str:
    """The keys of every file and of what stands in it, as Markdown."""
    parts: list[str] = []
    inner: dict[type[DefinitionSchema], None] = {}
    for role, kind in FILES.items():
        title = f"{role}*.yaml" if role.endswith("/") else role
        parts.append(_table(kind, file=title))
        inner |= dict.fromkeys(inner_schemas(kind))
    files = set(FILES.values())
    parts += [_table(kind) for kind in sorted(inner, key=name_of) if kind not in files]
    return "\n".join(parts)


def _table(kind: type[DefinitionSchema], *, file: str = "") -> str:
    place = [f"In `{file}`.", ""] if file else []
    rows = [f"### {name_of(kind)}", "", *place, "| key | value | meaning |", "|---|---|---|"]
    for key, field in schema(kind).fields.items():
        about = field.metadata.get("description", "")
        needed = "**required**; " if field.required else ""
        rows.append(f"| `{key}` | {_value(field)} | {needed}{about} |")
    return "\n".join([*rows, ""])


def _value(field: Any) -> str:
    if words := getattr(field, "words", None):
        return ", ".join(f"`{word}`" for word in words if word)
    inside = getattr(field, "inside", None)
    names = " or ".join(f"[{name_of(kind)}](#{name_of(kind).lower()})" for kind in inside()) if inside else ""
    expected: str = field.expected
    return f"{expected}: {names}" if names else expected
