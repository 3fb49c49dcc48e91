"""Coding of what was written in a site's own words (verbatims) by the terms of a dictionary such as MedDRA or WHODrug.

A coding is bound to the value that was read: a change of it takes the coding away, whatever the door (domain model 4.6).
The core keeps codings and who may give them; dictionaries and how a term is found belong to a plugin.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.item_path import ItemPath


class CodingState(StrEnum):
    """Where a verbatim stands; without any coding it is to be coded."""

    PROPOSED = "proposed"  #: waits for the approval of another person
    CODED = "coded"
    RESET = "reset"  #: to be coded again


class CodedLevel(NamedTuple):
    """A level of a dictionary's hierarchy with what stands there. :param level: its short name: ``LLT``, ``PT``, ``ATC``."""

    level: str
    code: str
    term: str


class CodedTerm(NamedTuple):
    """A term of a dictionary with its place in the hierarchy.

    :param levels: from the most exact one upwards. :param language: of the terms, as the dictionary has it.
    """

    dictionary: str
    version: str
    language: str
    levels: tuple[CodedLevel, ...]


class NewCoding(NamedTuple):
    """What is to be coded by which term.

    :param version: of the value that was read. :param method: how the term was found: ``person``, or what the plugin calls
        its way of finding it without one. :param synonym: the words may stand for the term wherever they are written.
    :param propose: it waits for the approval of another person.
    """

    path: ItemPath
    version: int
    term: CodedTerm
    method: str = "person"
    synonym: bool = False
    propose: bool = False


@dataclass(frozen=True, slots=True)
class Coding:
    """The last coding of a value, as the ledger has it.

    :param version: of the value that was coded. :param by: who chose the term; ``approved_by`` who agreed, where asked.
    :param n: position in the subject's chain of the entry that says so. :param at: UTC, ISO 8601.
    :param cause: what took it away: ``value`` or ``person``.
    """

    path: ItemPath
    state: CodingState
    term: CodedTerm
    version: int
    method: str
    synonym: bool
    by: str
    approved_by: str
    n: int
    at: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A value that is to be coded, in a row that stands and a form that was not removed.

    :param version: of the value. :param locked: nothing about it may be written. :param may_code: the person codes here.
    """

    subject_key: str
    site: str
    path: ItemPath
    value: str
    version: int
    complete: bool
    locked: bool
    may_code: bool
    may_approve: bool
    coding: Coding | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still has to be coded."""
        return self.coding is None or self.coding.state is CodingState.RESET


def said_of(coding: NewCoding, *, by: str, approved_by: str) -> dict[str, object]:
    """What the entry of a coding says. The words of the site are not in it: they stand in the entry of the value."""
    term = coding.term
    return {
        "state": (CodingState.PROPOSED if coding.propose else CodingState.CODED).value,
        "dictionary": term.dictionary,
        "dictionary_version": term.version,
        "language": term.language,
        "levels": [{"level": one.level, "code": one.code, "term": one.term} for one in term.levels],
        "method": coding.method,
        "synonym": coding.synonym,
        "version": coding.version,
        "by": by,
        "approved_by": approved_by,
    }


def levels_of(said: list[Mapping[str, str]]) -> tuple[CodedLevel, ...]:
    """Levels as an entry has them."""
    return tuple(CodedLevel(one["level"], one["code"], one["term"]) for one in said)
