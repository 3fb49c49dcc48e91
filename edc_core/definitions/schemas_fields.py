"""The kinds of value a definition file has, as marshmallow fields that also say themselves in JSON Schema.

A file is read as texts only (see ``source``), so each field turns text into what is meant.
"""

from __future__ import annotations

import re
from copy import copy
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, validates_schema

from edc_core.definitions.findings import closest
from edc_core.domain.visit_window import read_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

JsonSchema = dict[str, Any]

#: What an editor may show for an unquoted scalar: the loader takes the text as it stands.
SCALAR: JsonSchema = {"type": ["string", "number", "boolean"]}


class Problem(str):
    """A message with its finding code and, perhaps, what was meant."""

    __slots__ = ("code", "suggestion")
    code: str
    suggestion: str

    def __new__(cls, code: str, message: str, suggestion: str = "") -> Self:
        self = super().__new__(cls, message)
        self.code = code
        self.suggestion = suggestion
        return self


def shown(value: object) -> str:
    """A value as a message quotes it."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = "nothing" if value is None else f"'{value}'"
    return text if len(text) <= 60 else text[:57] + "...'"


_T = TypeVar("_T")


class Kind(fields.Field[_T]):
    """A kind of value: says what is wrong with it in our words and codes, and itself in JSON Schema."""

    expected: ClassVar[str] = "a value"

    def read(self, value: Any) -> _T:
        """What is meant. :raises ValidationError: it is nothing of this kind."""
        raise NotImplementedError

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """What is read of a value that is there; a kind has no other steps."""
        return super().deserialize(value) if value is None or value is missing else self.read(value)

    def make_error(self, key: str, **details: Any) -> ValidationError:
        del details
        if key == "required":
            return ValidationError([Problem("E110", "This key is missing.")])
        if key == "null":
            message = f"There is no value here; {self.expected} is expected. Write '' for an empty text."
            return ValidationError([Problem("E111", message)])
        return ValidationError(
            [Problem("E111", f"{self.expected[:1].upper()}{self.expected[1:]} is expected here.")]
        )


def _wrong(expected: str, value: object) -> ValidationError:
    return ValidationError([Problem("E111", f"Expected is {expected}; here is {shown(value)}.")])


def each(parts: Iterable[tuple[Any, Any]], read: Callable[[Any, Any], Any]) -> list[Any]:
    """What is read of every part.

    :param parts: each with its key or place. :raises ValidationError: what is wrong, by key or place.
    """
    found: list[Any] = []
    problems: dict[Any, Any] = {}
    for key, part in parts:
        try:
            found.append(read(key, part))
        except ValidationError as error:
            problems[key] = error.messages
    if problems:
        raise ValidationError(problems)
    return found


class Word(Kind[str]):
    """Any scalar, as the text that stands there."""

    expected = "a text"

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _wrong(self.expected, value)
        return value

    def json_schema(self) -> JsonSchema:
        return dict(SCALAR)


class Flag(Kind[bool]):
    expected = "true or false"

    def read(self, value: Any) -> bool:
        if value not in ("true", "false"):
            raise _wrong(self.expected, value)
        return bool(value == "true")

    def json_schema(self) -> JsonSchema:
        return {"type": "boolean"}


class Whole(Kind[int]):
    expected = "a whole number"

    def read(self, value: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"-?(0|[1-9]\d{0,17})", value, re.ASCII):
            raise _wrong(self.expected, value)
        return int(value)

    def json_schema(self) -> JsonSchema:
        return {"type": "integer"}


class Span(Kind[str]):
    """A span of time, kept in ISO 8601 (see ``read_duration``)."""

    expected = "a span of time, as in 21 days, 3 weeks, 6 months, 4 hours or 15 min"

    def read(self, value: Any) -> str:
        try:
            return read_duration(value)
        except (AttributeError, ValueError):
            raise _wrong(self.expected, value) from None

    def json_schema(self) -> JsonSchema:
        return {"type": ["string", "integer"]}


class Choice(Word):
    """One of a closed list of words."""

    def __init__(self, words: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = tuple(words)

    def read(self, value: Any) -> str:
        text = super().read(value)
        if text not in self.words:
            known = ", ".join(self.words)
            problem = Problem("E112", f"'{text}' is none of: {known}.", closest(text, self.words))
            raise ValidationError([problem])
        return text

    def json_schema(self) -> JsonSchema:
        return {"enum": list(self.words)}


class Text(Kind["str | dict[str, str]"]):
    """What people read: a text in the study's first language, or texts by language tag."""

    expected = "a text or texts by language"

    def read(self, value: Any) -> str | dict[str, str]:
        if isinstance(value, str):
            return value
        if not isinstance(value, dict):
            raise _wrong(self.expected, value)
        problems = {
            tag: [Problem("E111", f"A text is expected here; here is {shown(text)}.")]
            for tag, text in value.items()
            if not isinstance(text, str)
        }
        problems |= {
            tag: [Problem("E228", f"'{tag}' is no language tag; 'en', 'ko' or 'pt-BR' would be one.")]
            for tag in value
            if tag and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag)
        }
        if problems:
            raise ValidationError(problems)
        return value

    def json_schema(self) -> JsonSchema:
        by_language = {"type": "object", "additionalProperties": dict(SCALAR)}
        return {"anyOf": [dict(SCALAR), by_language]}


class Words(Kind["tuple[str, ...]"]):
    """A list of texts; a single one may stand alone."""

    expected = "a text or a list of texts"

    def read(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list):
            raise _wrong(self.expected, value)
        problems = {
            index: [Problem("E111", f"A text is expected here; here is {shown(part)}.")]
            for index, part in enumerate(value)
            if not isinstance(part, str)
        }
        if problems:
            raise ValidationError(problems)
        return tuple(value)

    def json_schema(self) -> JsonSchema:
        return {"anyOf": [dict(SCALAR), {"type": "array", "items": dict(SCALAR)}]}


class DefinitionSchema(Schema):
    """Base of all file schemas: unknown keys are findings with a suggestion, beside everything else that is wrong."""

    class Meta:
        unknown = EXCLUDE

    error_messages = {  # noqa: RUF012 - marshmallow declares it so
        "type": Problem("E111", "A mapping of keys and values is expected here."),
    }
    #: what stands for the whole mapping when it is written as a plain text
    short_key: ClassVar[str] = ""

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _known_keys(self, data: Any, original: Any, **kwargs: Any) -> None:
        del data, kwargs
        if not isinstance(original, dict):
            return
        problems = {
            key: [Problem("E109", f"The key '{key}' is not known here.", closest(key, self.fields))]
            for key in original
            if key not in self.fields
        }
        if problems:
            raise ValidationError(problems)


@cache
def schema(kind: type[DefinitionSchema]) -> DefinitionSchema:
    """The one instance of a schema; schemas hold no state."""
    return kind()


@lru_cache(maxsize=1024)
def _reader(kind: type[DefinitionSchema], keys: frozenset[str]) -> DefinitionSchema:
    """A schema that looks at some keys and at those that are required, not at every key that there could be."""
    reader = copy(schema(kind))
    known = reader.load_fields.items()
    reader.load_fields = {name: field for name, field in known if name in keys or field.required}
    return reader


def load(kind: type[DefinitionSchema], data: object) -> dict[str, Any]:
    """What data say by a schema, in its order.

    :raises ValidationError: what is wrong with them.
    """
    reader = _reader(kind, frozenset(data)) if isinstance(data, dict) else schema(kind)
    return dict(reader.load(data))  # type: ignore[arg-type]  # the schema itself refuses other shapes


class Entry(Kind["dict[str, Any]"]):
    """A mapping read by a schema, or by the first of several whose ``marker`` key is present.

    :param kinds: marker key to schema; the marker ``""`` is the one that is taken otherwise. A schema's
        ``short_key`` lets a plain text stand for a mapping with that key alone.
    """

    expected = "a mapping"

    def __init__(self, kinds: Callable[[], dict[str, type[DefinitionSchema]]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds = kinds

    def read(self, value: Any) -> dict[str, Any]:
        kinds = self.kinds()
        if isinstance(value, str):
            for kind in kinds.values():
                if kind.short_key:
                    return load(kind, {kind.short_key: value})
        if not isinstance(value, dict):
            raise _wrong(self.expected, value)
        marker = next((key for key in kinds if key and key in value), "")
        kind = kinds.get(marker) or next(iter(kinds.values()))
        return load(kind, value)

    def json_schema(self) -> JsonSchema:
        options: list[JsonSchema] = []
        for kind in self.kinds().values():
            if kind.short_key:
                options.append(dict(SCALAR))
            options.append({"$ref": f"#/$defs/{kind.__name__.removesuffix('Schema')}"})
        return options[0] if len(options) == 1 else {"anyOf": options}

    def inside(self) -> tuple[type[DefinitionSchema], ...]:
        return tuple(self.kinds().values())


class Entries(Kind["list[dict[str, Any]]"]):
    """A list of mappings; see ``Entry``."""

    expected = "a list"

    def __init__(self, kinds: Callable[[], dict[str, type[DefinitionSchema]]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.entry = Entry(kinds)

    def read(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise _wrong(self.expected, value)
        return each(enumerate(value), lambda _, part: self.entry.deserialize(part))

    def json_schema(self) -> JsonSchema:
        return {"type": "array", "items": self.entry.json_schema()}

    def inside(self) -> tuple[type[DefinitionSchema], ...]:
        return self.entry.inside()


class ShapeProblem(NamedTuple):
    """A problem with the steps from the file's root to its place."""

    steps: tuple[str | int, ...]
    code: str
    message: str
    suggestion: str


def check_shape(
    kind: type[DefinitionSchema], data: object
) -> tuple[dict[str, Any] | None, list[ShapeProblem]]:
    """Read plain data by a schema: what it says, or what is wrong with it."""
    try:
        return load(kind, data), []
    except ValidationError as error:
        return None, list(_flat(error.messages, ()))


def _flat(messages: object, steps: tuple[str | int, ...]) -> Iterator[ShapeProblem]:
    if isinstance(messages, dict):
        for step, inner in messages.items():
            yield from _flat(inner, steps if step == "_schema" else (*steps, step))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, steps)
    elif isinstance(messages, Problem):
        text = str(messages)
        if messages.code == "E110":
            text = f"The key '{steps[-1]}' is missing here."
            steps = steps[:-1]
        yield ShapeProblem(steps, messages.code, text, messages.suggestion)
    else:
        yield ShapeProblem(steps, "E111", str(messages), "")
