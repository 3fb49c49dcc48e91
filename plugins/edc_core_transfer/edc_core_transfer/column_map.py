"""The declared map of a file: which column is what. YAML, kept with the study in ``transfers/``."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from edc_core.api import Problem
from edc_core_transfer.problems import refused, several_refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Column:
    """A column and how its texts are read.

    :param codes: text in the file to the word in the study; with it, any other text is rejected.
    """

    column: str
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the text of a cell becomes a value.

    :param missing: text to missing reason code. :param dates: format of dates and times, as of ``strptime``.
    :param unit: column of the unit. :param units: text of a unit to the OID of a measurement unit.
    """

    codes: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    unit: str = ""
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Value:
    """An item that gets the value of a column."""

    item: str
    column: str
    reading: Reading = Reading()


@dataclass(frozen=True, slots=True)
class Agrees:
    """An item of the site that must hold what a column says, or a fixed word, before a row is taken."""

    item: str
    column: str = ""
    word: str = ""
    reading: Reading = Reading()


@dataclass(frozen=True, slots=True)
class Tests:
    """A file with one row for each test: the column of the test decides which item gets the value."""

    column: str
    value: str
    items: Mapping[str, str]
    reading: Reading = Reading()


@dataclass(frozen=True, slots=True)
class Reference:
    """The reference id of a sample or kit, and the item in which the site entered it.

    :param adds: an id that is not there begins a new row or form instead of being rejected.
    """

    column: str
    item: str
    adds: bool = False


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A whole map.

    :param source: name of the system the file comes from.
    :param sha256: digest of the file that declares it. :param text: the whole of it.
    """

    name: str
    sha256: str
    source: str
    subject: Column
    form: str = ""
    visit: Column | None = None
    reference: Reference | None = None
    agrees: tuple[Agrees, ...] = ()
    values: tuple[Value, ...] = ()
    tests: Tests | None = None
    user: Column | None = None
    encoding: str = "utf-8"
    delimiter: str = ""
    decimal: str = "."
    complete: bool = True
    text: str = ""

    def columns(self) -> tuple[str, ...]:
        """Every column it reads, each once."""
        return tuple(dict.fromkeys(filter(None, self._columns())))

    def _columns(self) -> Iterator[str]:
        yield self.subject.column
        for one in (self.visit, self.reference, self.user):
            yield one.column if one else ""
        for agrees in self.agrees:
            yield agrees.column
        for value in self.values:
            yield from (value.column, value.reading.unit)
        if self.tests:
            yield from (self.tests.column, self.tests.value, self.tests.reading.unit)


def _text() -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1))


def _words() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class _ColumnSchema(Schema):
    column = _text()
    codes = _words()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Column:
        return Column(**data)


class _ReadingSchema(Schema):
    codes = _words()
    missing = _words()
    dates = fields.String(load_default="")
    unit = fields.String(load_default="")
    units = _words()


def _with_reading(data: dict[str, Any]) -> dict[str, Any]:
    names = ("codes", "missing", "dates", "unit", "units")
    reading = Reading(**{name: data.pop(name) for name in names})
    return data | {"reading": reading}


class _ValueSchema(_ReadingSchema):
    item = _text()
    column = _text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Value:
        return Value(**_with_reading(data))


class _AgreesSchema(_ReadingSchema):
    item = _text()
    column = fields.String(load_default="")
    word = fields.String(load_default="", data_key="is")

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data["column"]) == bool(data["word"]):
            raise ValidationError(
                "Give either the column or, under 'is', the word that must stand there.", "column"
            )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Agrees:
        return Agrees(**_with_reading(data))


class _TestsSchema(_ReadingSchema):
    column = _text()
    value = _text()
    items = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, validate=validate.Length(min=1)
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Tests:
        return Tests(**_with_reading(data))


class _ReferenceSchema(Schema):
    column = _text()
    item = _text()
    new = fields.String(load_default="reject", validate=validate.OneOf(["reject", "add"]))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Reference:
        return Reference(data["column"], data["item"], adds=data["new"] == "add")


class _MapSchema(Schema):
    source = _text()
    subject = fields.Nested(_ColumnSchema, required=True)
    form = fields.String(load_default="")
    visit = fields.Nested(_ColumnSchema, load_default=None)
    reference = fields.Nested(_ReferenceSchema, load_default=None)
    agrees = fields.List(fields.Nested(_AgreesSchema), load_default=list)
    values = fields.List(fields.Nested(_ValueSchema), load_default=list)
    tests = fields.Nested(_TestsSchema, load_default=None)
    user = fields.Nested(_ColumnSchema, load_default=None)
    encoding = fields.String(load_default="utf-8")
    delimiter = fields.String(load_default="", validate=validate.OneOf(["", ",", ";", "\t", "|"]))
    decimal = fields.String(load_default=".", validate=validate.OneOf([".", ","]))
    complete = fields.Boolean(load_default=True)

    @validates_schema
    def says_enough(self, data: dict[str, Any], **_: Any) -> None:
        if not data["values"] and not data["tests"]:
            raise ValidationError("Say which items are filled: under 'values', or under 'tests'.", "values")
        if not data["visit"] and not data["reference"]:
            raise ValidationError(
                "Say how a row finds its place: by 'visit', by 'reference', or by both.", "visit"
            )
        try:
            "".encode(data["encoding"])
        except LookupError:
            raise ValidationError(
                "There is no such encoding. Try utf-8, cp1252 or cp949.", "encoding"
            ) from None


def load(path: Path) -> ColumnMap:
    """Read a map.

    :raises ImportRefused: TRF001, all of them with their lines.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
        plain = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - a SafeLoader that guesses less
    except (OSError, UnicodeDecodeError) as error:
        raise refused("TRF001", path.name, 0, f"It cannot be read: {error}.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise refused("TRF001", path.name, line, f"It is no YAML here: {error.problem}.") from error
    if not isinstance(plain, dict):
        raise refused("TRF001", path.name, 1, "A map begins with 'source:', the name of the sending system.")
    try:
        loaded = _MapSchema().load(plain)
    except ValidationError as error:
        root = yaml.compose(text, Loader=_TextLoader)
        messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        problems = [
            Problem(path.name, _line(root, steps), "TRF001", f"{_where(steps)}{message}", fatal=True)
            for steps, message in _flat(messages, ())
        ]
        raise several_refused(sorted(problems, key=lambda problem: problem.line)) from error
    loaded |= {"agrees": tuple(loaded["agrees"]), "values": tuple(loaded["values"])}
    return ColumnMap(path.name, hashlib.sha256(content).hexdigest(), text=text, **loaded)


class _TextLoader(yaml.SafeLoader):
    """Every scalar but true and false is text: ``Y``, ``1`` and ``2026-03-04`` are what a file holds."""


_TextLoader.yaml_implicit_resolvers = {}
_TextLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def _flat(messages: Any, steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(messages, dict):
        for key, value in messages.items():
            yield from _flat(value, (*steps, str(key)))
    else:
        for message in messages:
            yield steps, str(message)


def _where(steps: tuple[str, ...]) -> str:
    named = [step for step in steps if step != "_schema"]
    return f"{'.'.join(named)}: " if named else ""


def _line(node: Any, steps: tuple[str, ...]) -> int:
    """The line of the smallest part of the file that the steps lead to."""
    line = 1
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and step.isdecimal() and int(step) < len(node.value):
            node = node.value[int(step)]
            line = node.start_mark.line + 1
        else:
            break
    return line
