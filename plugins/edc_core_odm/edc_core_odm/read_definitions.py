"""From ODM definition elements to the model: the small parts that every definition is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from lxml import etree

from edc_core.api import Alias, FormalExpression, TranslatedText
from edc_core_odm.own_marks import unescape
from edc_core_odm.problems import ProblemLog
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.vocabulary import ALIAS, LANGUAGE, XML, original

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where definitions come from: the namespace of the file and the log of its problems."""

    namespace: str
    log: ProblemLog
    lines: dict[str, int] = field(default_factory=dict)  #: OID to the first line that names it

    def tag(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}" if self.namespace else name

    def name(self, element: Element) -> str | None:
        """The ODM name of an element, ``None`` for a vendor's."""
        qualified = etree.QName(element)
        return qualified.localname if (qualified.namespace or "") == self.namespace else None

    def children(self, element: Element, *names: str) -> Iterator[tuple[str, Element]]:
        """The children of these names in order; each other one is reported."""
        for child in element:
            name = self.name(child)
            if name in names:
                yield str(name), child
            else:
                self.unexpected(child, element)

    def all(self, element: Element, name: str) -> list[Element]:
        return element.findall(self.tag(name))

    def unexpected(self, child: Element, parent: Element) -> None:
        inside = etree.QName(parent).localname
        name = etree.QName(child)
        if self.name(child) is None:
            self.log.add("ODM010", line_of(child), f"'{name.text}' in {inside}.")
        else:
            self.log.add("ODM012", line_of(child), f"{name.localname} in {inside}.")

    def attributes(self, element: Element, *known: str) -> dict[str, str]:
        """The element's attributes of these names; each other one is reported."""
        given = {str(k): original(str(v)) if str(k).endswith("OID") else str(v) for k, v in element.items()}
        for key, value in given.items():
            if key.endswith("OID"):
                self.lines.setdefault(value, line_of(element))
        for key in [key for key in given if key not in known]:
            del given[key]
            if not key.startswith(XML):
                self.foreign_attribute(key, element)
        return given

    def foreign_attribute(self, key: str, element: Element) -> None:
        inside = etree.QName(element).localname
        if key.startswith(
            "{http://www.w3.org/"
        ):  # xsi:schemaLocation and its like say nothing about the study
            return
        self.log.add("ODM011" if key.startswith("{") else "ODM013", line_of(element), f"'{key}' of {inside}.")

    def required(self, given: dict[str, str], key: str, element: Element) -> str | None:
        """A required attribute; without it the element is reported as left out."""
        value = given.get(key)
        if not value:
            self.log.add("ODM014", line_of(element), f"{key} of {etree.QName(element).localname}.")
            return None
        return value

    def yes(self, given: dict[str, str], key: str, element: Element) -> bool:
        value = given.get(key, "No")
        if value not in ("Yes", "No"):
            self.log.add(
                "ODM015", line_of(element), f"{key} of {etree.QName(element).localname} is '{value}'."
            )
        return value == "Yes"

    def whole(self, given: dict[str, str], key: str, element: Element) -> int | None:
        value = given.get(key)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            self.log.add(
                "ODM015", line_of(element), f"{key} of {etree.QName(element).localname} is '{value}'."
            )
            return None

    def one_of(self, kind: type[E], given: dict[str, str], key: str, element: Element, *, default: E) -> E:
        value = given.get(key, default.value)
        try:
            return kind(value)
        except ValueError:
            name = etree.QName(element).localname
            self.log.add(
                "ODM015", line_of(element), f"{key} of {name} is '{value}'; {default.value} was taken."
            )
            return default

    def texts(self, element: Element | None) -> TranslatedText:
        """The TranslatedTexts of a Description, Question, Decode and so on, each as it stands."""
        if element is None:
            return TranslatedText()
        texts: dict[str, str] = {}
        for _, child in self.children(element, "TranslatedText"):
            language = str(child.get(XML + "lang") or "")
            if language and not LANGUAGE.fullmatch(language):
                self.log.add("ODM015", line_of(child), f"'{language}' is no language; none was taken.")
                language = ""
            text = content(child)
            if len(child):
                self.log.add("ODM018", line_of(child), "The formatting of a text.")
            if language in texts:
                self.log.add("ODM017", line_of(child), f"Language '{language}'.")
                continue
            texts[language] = text
        if not any(texts.values()) and set(texts) <= {""}:
            return TranslatedText()
        return TranslatedText(tuple(texts.items()))

    def described(self, element: Element, name: str = "Description") -> TranslatedText:
        return self.texts(element.find(self.tag(name)))

    def aliases(self, element: Element) -> tuple[tuple[Alias, ...], Own]:
        """The aliases of others, and ours by field name."""
        others: list[Alias] = []
        own: dict[str, str] = {}
        for child in self.all(element, "Alias"):
            given = self.attributes(child, "Context", "Name")
            context, name = given.get("Context", ""), given.get("Name", "")
            if context.startswith(ALIAS):
                own[context.removeprefix(ALIAS)] = unescape(name)
            else:
                others.append(Alias(context, name))
        marks = Own(self.log, line_of(element), own)
        none: list[tuple[str, str]] = []
        more = marks.json("aliases", _alias_pairs, none)
        return (*others, *(Alias(context, name) for context, name in more)), marks

    def expressions(self, element: Element) -> tuple[FormalExpression, ...]:
        return tuple(
            FormalExpression(self.attributes(child, "Context").get("Context", ""), content(child))
            for child in self.all(element, "FormalExpression")
        )


@dataclass(frozen=True, slots=True)
class Own:
    """Our aliases of one definition."""

    log: ProblemLog
    line: int
    values: dict[str, str]

    def text(self, key: str, default: str) -> str:
        return self.values.get(key, default)

    def json(self, key: str, read: Callable[[object], T], default: T) -> T:
        """A structured value; one that cannot be read is reported and the default taken."""
        if key not in self.values:
            return default
        try:
            return read(json.loads(self.values[key]))
        except (ValueError, TypeError, KeyError, AttributeError):
            self.log.add("ODM041", self.line, f"Alias {ALIAS}{key}.")
            return default

    def flag(self, key: str) -> bool:
        return self.values.get(key) == "Yes"

    def __contains__(self, key: str) -> bool:
        return key in self.values


def content(element: Element) -> str:
    return "".join(str(part) for part in element.itertext())


def strings(data: object) -> tuple[str, ...]:
    """:raises TypeError: when it is not a list of text."""
    if not isinstance(data, list) or not all(isinstance(part, str) for part in data):
        raise TypeError("A list of text is expected.")
    return tuple(data)


def json_list(data: object) -> list[object]:
    """:raises TypeError: when it is not a list."""
    if not isinstance(data, list):
        raise TypeError("A list is expected.")
    return data


def _alias_pairs(data: object) -> list[tuple[str, str]]:
    if not isinstance(data, list):
        raise TypeError("A list of pairs is expected.")
    return [(str(context), str(name)) for context, name in data]
