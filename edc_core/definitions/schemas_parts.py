"""Kinds of value that several files share: aliases, terms, plugin ranges."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from edc_core.definitions.schemas_fields import (
    SCALAR,
    DefinitionSchema,
    Entries,
    Entry,
    Flag,
    JsonSchema,
    Kind,
    Problem,
    Text,
    Whole,
    Word,
    _wrong,
    each,
    load,
    shown,
)


def about(text: str, **kwargs: Any) -> dict[str, Any]:
    """Field arguments with the words that editors and the reference show."""
    return {"metadata": {"description": text}, **kwargs}


class AliasSchema(DefinitionSchema):
    context = Word(**about("whose name it is, for example SDTM", required=True))
    name = Word(**about("the name there", required=True))


class Aliases(Kind["list[dict[str, str]]"]):
    """Names elsewhere: a mapping of context to name or names, or a list where the order matters."""

    expected = "a mapping of context to name"

    def read(self, value: Any) -> list[dict[str, str]]:
        if isinstance(value, list):
            return Entries(lambda: {"": AliasSchema}).deserialize(value) or []
        if not isinstance(value, dict):
            raise _wrong(self.expected, value)
        return [alias for aliases in each(value.items(), self._named) for alias in aliases]

    def _named(self, context: str, given: Any) -> list[dict[str, str]]:
        names = given if isinstance(given, list) else [given]
        if not all(isinstance(name, str) for name in names):
            raise ValidationError([Problem("E111", "A name or a list of names is expected here.")])
        return [{"context": context, "name": name} for name in names]

    def inside(self) -> tuple[type[DefinitionSchema], ...]:
        return (AliasSchema,)

    def json_schema(self) -> JsonSchema:
        names = {"anyOf": [dict(SCALAR), {"type": "array", "items": dict(SCALAR)}]}
        by_context = {"type": "object", "additionalProperties": names}
        return {"anyOf": [by_context, {"type": "array", "items": {"$ref": "#/$defs/Alias"}}]}


class TermSchema(DefinitionSchema):
    short_key = "code"

    code = Word(**about("the code that is stored", required=True))
    decode = Text(**about("what people read; left out, the code itself is shown"))
    rank = Word(**about("the term's rank for analysis"))
    order = Whole(**about("an explicit order number"))
    extended = Flag(**about("an addition to a published code list"))
    retired = Flag(**about("kept for data collected before, no longer offered"))
    alias = Aliases(**about("the term's names elsewhere"))


class Terms(Kind["list[dict[str, Any]]"]):
    """The terms of a code list: ``{Y: Yes, N: No}``, or a list of codes and of mappings."""

    expected = "a mapping of code to text, or a list of terms"

    def read(self, value: Any) -> list[dict[str, Any]]:
        if isinstance(value, list):
            return Entries(lambda: {"": TermSchema}).deserialize(value) or []
        if not isinstance(value, dict):
            raise _wrong(self.expected, value)
        return each(value.items(), self._term)

    def _term(self, code: str, decode: Any) -> dict[str, Any]:
        part = {} if decode is None else {"decode": decode}
        try:
            return load(TermSchema, {"code": code, **part})
        except ValidationError as error:
            nested = error.messages_dict
            raise ValidationError(nested.get("decode", nested)) from error

    def inside(self) -> tuple[type[DefinitionSchema], ...]:
        return (TermSchema,)

    def json_schema(self) -> JsonSchema:
        by_code = {
            "type": "object",
            "additionalProperties": {"anyOf": [Text().json_schema(), {"type": "null"}]},
        }
        return {"anyOf": [by_code, Entries(lambda: {"": TermSchema}).json_schema()]}


class Choices(Kind["tuple[tuple[str, str], ...]"]):
    """What a study chooses: a mapping of name to text."""

    expected = "a mapping of name to text"

    def read(self, value: Any) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
            raise _wrong(self.expected, value)
        return tuple(sorted(value.items()))

    def json_schema(self) -> JsonSchema:
        return {"type": "object", "additionalProperties": dict(SCALAR)}


class PluginSchema(DefinitionSchema):
    range = Word(**about("the versions that will do, as in `>=0.1,<1`", required=True))
    settings = Choices(**about("what the study chooses of it, by name; its own page says what there is"))
    version = Word(**about("the version resolved at publish"))
    sha256 = Word(**about("the digest resolved at publish"))


class Plugins(Kind["list[dict[str, Any]]"]):
    """Active plugins: name to version range, or to a mapping once they are resolved."""

    expected = "a mapping of plugin name to version range"

    def read(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, dict):
            raise _wrong(self.expected, value)
        return each(value.items(), self._plugin)

    def _plugin(self, name: str, given: Any) -> dict[str, Any]:
        part = {"range": given} if isinstance(given, str) else given
        if not isinstance(part, dict):
            text = f"A version range is expected here; here is {shown(given)}."
            raise ValidationError([Problem("E111", text)])
        return {"name": name, **load(PluginSchema, part)}

    def inside(self) -> tuple[type[DefinitionSchema], ...]:
        return (PluginSchema,)

    def json_schema(self) -> JsonSchema:
        return {
            "type": "object",
            "additionalProperties": {"anyOf": [dict(SCALAR), {"$ref": "#/$defs/Plugin"}]},
        }


class Examples(Kind["list[dict[str, str]]"]):
    """Rows of a check's examples: each a mapping of an item's address to its value; one alone needs no list."""

    expected = "a mapping of item to value, or a list of them"

    def read(self, value: Any) -> list[dict[str, str]]:
        rows = value if isinstance(value, list) else [value]
        problems: dict[int, Any] = {}
        for index, row in enumerate(rows):
            if not isinstance(row, dict):
                problems[index] = [
                    Problem("E111", f"Expected is a mapping of item to value; here is {shown(row)}.")
                ]
            elif wrong := {key: part for key, part in row.items() if not isinstance(part, str)}:
                problems[index] = {
                    key: [
                        Problem(
                            "E111", f"A value is expected here; here is {shown(part)}. Write '' for a blank."
                        )
                    ]
                    for key, part in wrong.items()
                }
        if problems:
            raise ValidationError(problems if isinstance(value, list) else problems[0])
        return rows

    def json_schema(self) -> JsonSchema:
        row = {"type": "object", "additionalProperties": dict(SCALAR)}
        return {"anyOf": [row, {"type": "array", "items": row}]}


class ExpressionSchema(DefinitionSchema):
    context = Word(**about("the language of the expression", required=True))
    code = Word(**about("the expression", required=True))


def expressions(text: str) -> Entries:
    return Entries(lambda: {"": ExpressionSchema}, **about(text))


def one(kind: type[DefinitionSchema], text: str, **kwargs: Any) -> Entry:
    return Entry(lambda: {"": kind}, **about(text, **kwargs))


def many(kind: type[DefinitionSchema], text: str, **kwargs: Any) -> Entries:
    return Entries(lambda: {"": kind}, **about(text, **kwargs))
