"""JSON and YAML read with the line of every mapping, which the standard library's JSON reader does not tell."""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]
from typing import Any

import yaml

MAX_DEPTH = 30

_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}


class Lined(dict[str, Any]):
    """A mapping with its line, from 1, and the keys that stand in it more than once."""

    __slots__ = ("line", "repeated")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.repeated: list[str] = []

    def put(self, key: str, value: object) -> None:
        if key in self:
            self.repeated.append(key)
        self[key] = value


class NotReadable(Exception):
    """The text is not of the format; ``line`` says where."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def read_json(text: str) -> object:
    """A JSON document; its objects are ``Lined``.

    :raises NotReadable: when the text is not JSON.
    """
    try:
        reading = _Json(text)
        value, end = reading.value(reading.skip(0), 0)
        end = reading.skip(end)
        if end != len(text):
            reading.fail(end, "Nothing is expected here.")
    except JSONDecodeError as error:
        raise NotReadable(error.lineno, f"Column {error.colno}: {error.msg}.") from error
    return value


class _Json:
    def __init__(self, text: str) -> None:
        self.text = text
        self._counted = (0, 1)  # objects are met in the order of the text, so lines are counted once

    def skip(self, at: int) -> int:
        match = _BLANK.match(self.text, at)
        assert match is not None
        return match.end()

    def line(self, at: int) -> int:
        before, line = self._counted
        line += self.text.count("\n", before, at)
        self._counted = (at, line)
        return line

    def fail(self, at: int, why: str) -> None:
        line = self.text.count("\n", 0, at) + 1
        raise NotReadable(line, f"Column {at - self.text.rfind(chr(10), 0, at)}: {why}")

    def value(self, at: int, depth: int) -> tuple[object, int]:
        if depth > MAX_DEPTH:
            self.fail(at, "The nesting is too deep.")
        char = self.text[at : at + 1]
        if char == "{":
            return self.mapping(at, depth)
        if char == "[":
            return self.array(at, depth)
        if char == '"':
            return scanstring(self.text, at + 1, True)  # type: ignore[no-any-return]
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, at):
                return meaning, at + len(word)
        if number := _NUMBER.match(self.text, at):
            digits = number[0]
            return (int(digits) if digits.lstrip("-").isdigit() else float(digits)), number.end()
        self.fail(at, "A value is expected here.")
        raise AssertionError

    def array(self, at: int, depth: int) -> tuple[object, int]:
        values: list[object] = []
        at = self.skip(at + 1)
        if self.text[at : at + 1] == "]":
            return values, at + 1
        while True:
            value, at = self.value(at, depth + 1)
            values.append(value)
            at = self.skip(at)
            if self.text[at : at + 1] == "]":
                return values, at + 1
            at = self.comma(at, "]")

    def mapping(self, at: int, depth: int) -> tuple[object, int]:
        found = Lined(self.line(at))
        at = self.skip(at + 1)
        if self.text[at : at + 1] == "}":
            return found, at + 1
        while True:
            if self.text[at : at + 1] != '"':
                self.fail(at, "A key in quotation marks is expected here.")
            key, at = scanstring(self.text, at + 1, True)
            at = self.skip(at)
            if self.text[at : at + 1] != ":":
                self.fail(at, "A colon is expected here.")
            value, at = self.value(self.skip(at + 1), depth + 1)
            found.put(key, value)
            at = self.skip(at)
            if self.text[at : at + 1] == "}":
                return found, at + 1
            at = self.comma(at, "}")

    def comma(self, at: int, end: str) -> int:
        if self.text[at : at + 1] != ",":
            self.fail(at, f"A comma or {end} is expected here.")
        return self.skip(at + 1)


def read_yaml(text: str) -> object:
    """A YAML document of mappings, lists and texts; its mappings are ``Lined``. ``true`` and ``false`` are truth values.

    :raises NotReadable: when the text is not YAML or uses anchors.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise NotReadable(mark.line + 1 if mark else 1, f"{error.problem or error}.") from error
    except yaml.YAMLError as error:
        raise NotReadable(1, f"{error}.") from error
    except RecursionError as error:
        raise NotReadable(1, "The nesting is too deep.") from error
    return None if node is None else _plain(node, set(), 0)


def _plain(node: yaml.Node, seen: set[int], depth: int) -> object:
    line = node.start_mark.line + 1
    if id(node) in seen:
        raise NotReadable(line, "Write the value out instead of an alias.")
    if depth > MAX_DEPTH:
        raise NotReadable(line, "The nesting is too deep.")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        found = Lined(line)
        for key, value in node.value:
            found.put(str(key.value), _plain(value, seen, depth + 1))
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, seen, depth + 1) for each in node.value]
    if node.tag == "tag:yaml.org,2002:bool" and node.value in ("true", "false"):
        return node.value == "true"
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)
