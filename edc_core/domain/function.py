"""A function that expressions may call, and the kinds of values that it takes and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from edc_core.domain.partial_date import PartialDate

if TYPE_CHECKING:
    from collections.abc import Callable


class Kind(StrEnum):
    """The static type of an expression."""

    NUMBER = "a number"
    TEXT = "a text"
    BOOLEAN = "true or false"
    DATE = "a date"
    TIME = "a time"
    DATETIME = "a date-time"
    CODES = "several codes"


#: What stands for a value of each kind in Python. A date may be partial; times are local ones of the site.
_TYPES: dict[Kind, type] = {
    Kind.NUMBER: Decimal,
    Kind.TEXT: str,
    Kind.BOOLEAN: bool,
    Kind.DATE: PartialDate,
    Kind.TIME: time,
    Kind.DATETIME: datetime,
}


class WrongAnswer(Exception):
    """A plugin's function returned no value of its kind. The message names types only, never a collected value."""


@dataclass(frozen=True, slots=True)
class FunctionDef:
    """What a version says of a plugin's function that its rules call, so that they are read where no plugin runs.

    :param parameters: names of ``Kind``, as ``result``. :param required: how many must be given.
    """

    name: str
    parameters: tuple[str, ...]
    result: str
    required: int
    plugin: str


@dataclass(frozen=True, slots=True)
class Function:
    """A pure function that expressions may call: the same arguments, the same answer.

    :param name: the word for it, ``[a-z][a-z0-9_]*``.
    :param parameters: the kind of each argument; those past ``required`` may be left out.
    :param result: the kind of its answer.
    :param call: gets known values (numbers as ``Decimal``, dates as ``PartialDate``, several codes as a tuple), never
        a missing one, and answers a value of its kind or ``None`` for missing.
    :param takes_missing: it is called with missing arguments too, which are ``None``.
    :param takes_zone: the site's IANA zone is handed over as a last argument.
    :param doc: what it answers, in a sentence.
    :param plugin: stamp of the plugin it comes from, which the core fills in; what calls it runs after the value is
        stored.
    """

    name: str
    parameters: tuple[Kind, ...]
    result: Kind
    call: Callable[..., Any]
    required: int | None = None
    takes_missing: bool = False
    takes_zone: bool = False
    doc: str = ""
    plugin: str = ""

    @property
    def least(self) -> int:
        return len(self.parameters) if self.required is None else self.required

    def signature(self) -> str:
        """As an author reads it: ``round(a number, a number)``."""
        return f"{self.name}({', '.join(self.parameters)})"

    def answer(self, *arguments: Any) -> Any:
        """Call it and judge what it returns: a plugin's function may answer anything.

        :raises WrongAnswer: no value of its kind.
        """
        value = self.call(*arguments)
        if value is None or _is_of(self.result, value):
            return value
        raise WrongAnswer(
            f"Function {self.name} returned a {type(value).__name__} instead of {self.result} or None."
        )


def _is_of(kind: Kind, value: object) -> bool:
    if kind is Kind.CODES:
        return isinstance(value, tuple) and all(isinstance(code, str) for code in value)
    if type(value) is not _TYPES[kind]:
        return False
    if isinstance(value, Decimal):
        return value.is_finite()
    return not isinstance(value, (datetime, time)) or value.tzinfo is None
