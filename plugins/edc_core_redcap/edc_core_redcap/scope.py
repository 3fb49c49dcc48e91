"""What a reference in REDCap's logic stands for, written as a name of our language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from edc_core.api import DataType
from edc_core_redcap.data_types import data_type_of
from edc_core_redcap.logic_tree import Bracket, Reference
from edc_core_redcap.project import Field, Project, word


class Kind(StrEnum):
    """What an expression answers, in the words of the language's own messages."""

    NUMBER = "a number"
    TEXT = "a text"
    BOOLEAN = "true or false"
    DATE = "a date"
    TIME = "a time"
    DATETIME = "a date-time"
    CODES = "several codes"


class UntranslatableError(Exception):
    """Something that our language has not, or has with another meaning; the message says what."""


class UnknownFieldError(Exception):
    """The logic names a field that the project has not; the message is its name."""


KINDS = {
    DataType.INTEGER: Kind.NUMBER,
    DataType.FLOAT: Kind.NUMBER,
    DataType.DATE: Kind.DATE,
    DataType.TIME: Kind.TIME,
    DataType.DATETIME: Kind.DATETIME,
}
_INSTANCES = frozenset({"current-instance", "previous-instance", "next-instance", "first-instance", "last-instance", "new-instance"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A field as our language addresses it.

    :param code: the choice of a checkbox that is asked for. :param is_name: it is the name of an item alone, which
        ``reason`` and ``blank`` take. :param example: its address in an example of a check.
    """

    text: str
    kind: Kind
    field: Field
    code: str | None = None
    is_name: bool = True
    example: str = ""


class Scope:
    """Where an expression stands: a form of a project. Differences in meaning are gathered in ``differences``."""

    def __init__(self, project: Project, form: str) -> None:
        self.project = project
        self.form = form
        self.differences: list[str] = []

    def target(self, reference: Reference) -> Target:
        """The field that a reference names.

        :raises UntranslatableError: our language cannot say this. :raises UnknownFieldError: there is no such field.
        """
        brackets = list(reference.brackets)
        instance = brackets.pop().name if len(brackets) > 1 and _is_instance(brackets[-1]) else ""
        event = brackets.pop(0).name if len(brackets) > 1 else ""
        if len(brackets) != 1:
            raise UntranslatableError(f"{reference} is not understood")
        (bracket,) = brackets
        one = self._field(bracket, reference)
        if one.type == "descriptive":
            raise UntranslatableError(f"{reference} is a text without a value")
        if bracket.option not in ("", "value"):
            raise UntranslatableError(
                f"{reference} asks for '{bracket.option}', and only values are compared here"
            )
        kind = Kind.CODES if one.type == "checkbox" else KINDS.get(data_type_of(one), Kind.TEXT)
        if (bracket.code is None) == (kind is Kind.CODES):
            raise UntranslatableError(f"{reference} names no choice of a checkbox as [field(code)]")
        if bracket.code is not None and bracket.code not in {choice.code for choice in one.choices}:
            raise UntranslatableError(f"{reference} names no choice of '{one.name}'")
        self._check_instance(one, instance, reference)
        return self._addressed(Target("", kind, one, bracket.code), event, reference)

    def _field(self, bracket: Bracket, reference: Reference) -> Field:
        one = self.project.by_name.get(bracket.name)
        if one is not None:
            return one
        if (
            bracket.name.endswith("_complete")
            and bracket.name.removesuffix("_complete") in self.project.forms
        ):
            raise UntranslatableError(f"{reference} is the status of a form, which is no value here")
        if "-" in bracket.name:
            raise UntranslatableError(f"{reference} has no counterpart here")
        raise UnknownFieldError(bracket.name)

    def _check_instance(self, one: Field, instance: str, reference: Reference) -> None:
        if instance and (instance != "current-instance" or one.form != self.form):
            raise UntranslatableError(f"{reference} names an instance by its number or place")
        if one.form != self.form and one.form in self.project.repeating_forms:
            raise UntranslatableError(f"'{one.name}' stands in {one.form}, which repeats")

    def _addressed(self, target: Target, event: str, reference: Reference) -> Target:
        one = target.field
        form, item = word(one.form), word(one.name)
        if event == "previous-event-name":
            self.differences.append(
                f"{reference} is the last value before the visit that is there; REDCap looks at one visit only."
            )
            return replace(target, text=f"previous({form}, {item})", is_name=False)
        if event and event != "event-name":
            name = self._event(one, event, reference)
            return replace(target, text=f"visit({name!r}).{form}.{item}", example=f"{name}/{form}.{item}")
        if one.form == self.form:
            return replace(target, text=item, example=item)
        here, there = self.project.events_of[self.form], self.project.events_of[one.form]
        if not set(here) <= set(there):
            raise UntranslatableError(
                f"{one.form} with '{one.name}' does not belong to every event of {self.form}"
            )
        return replace(target, text=f"{form}.{item}", example=f"{form}.{item}")

    def _event(self, one: Field, name: str, reference: Reference) -> str:
        held = [event for event in self.project.events if one.form in event.forms]
        if name in ("first-event-name", "last-event-name") and held:
            if len({event.arm for event in self.project.events}) > 1:
                raise UntranslatableError(f"{reference} depends on the arm")
            event = held[0 if name.startswith("first") else -1]
        else:
            found = next((event for event in held if event.name == name), None)
            if found is None:
                raise UntranslatableError(f"{reference}: no event '{name}' has {one.form}")
            event = found
        if event.repeating:
            raise UntranslatableError(f"{reference}: event '{event.name}' repeats")
        return event.name


def _is_instance(bracket: Bracket) -> bool:
    return bracket.name in _INSTANCES or bracket.name.isdecimal()
