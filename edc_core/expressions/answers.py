"""What functions of plugins answered, by what they were asked: rules read it, for no plugin runs inside a write.

A function is pure, so an answer holds for whatever is read to be the same again. Where inputs are new, nothing is known
until the check host has asked the function: a calculated value is missing then, never that of other inputs; what is
shown, and what is expected, stays as it was.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edc_core.domain.item_path import ItemPath
from edc_core.domain.rule_answer import RuleAnswer
from edc_core.expressions.references import Aspect
from edc_core.expressions.values import PARTIAL_READERS, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.casebook import ItemData
    from edc_core.expressions.compiler import Expression
    from edc_core.expressions.frame import SubjectData


@dataclass(slots=True)
class Answers:
    """Of one subject. :param known: key to canonical text. :param last: spot to the answer that came last."""

    known: dict[str, str | None] = field(default_factory=dict)
    last: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, answers: Iterable[RuleAnswer]) -> Answers:
        """:param answers: the one that came last at the end."""
        several = list(answers)
        return cls({one.key: one.text for one in several}, {one.spot: one.text for one in several})

    def find(self, expression: Expression, data: SubjectData, place: ItemPath, *, or_last: bool) -> Any:
        """The answer to an expression at a place; ``None`` while it is not known.

        :param or_last: what was answered to other inputs will do until then.
        """
        key = key_of(expression, data, place)
        text = self.known.get(key)
        if text is None and or_last and key not in self.known:
            text = self.last.get(spot_of(expression, place))
        return None if text is None else PARTIAL_READERS[expression.kind](text)

    def awaits(self, expression: Expression, data: SubjectData, place: ItemPath) -> bool:
        """Whether the function has not answered yet to what stands there."""
        return key_of(expression, data, place) not in self.known


def ask(expression: Expression, data: SubjectData, place: ItemPath) -> RuleAnswer:
    """Call the functions. Raises whatever they raise."""
    text = written(data.evaluate(expression, place))
    reads = tuple(str(path) for path, _ in data.read(expression, place))
    return RuleAnswer(key_of(expression, data, place), spot_of(expression, place), text, reads)


def spot_of(expression: Expression, place: ItemPath) -> str:
    """SHA-256 of an expression and where it stands."""
    return _digest([expression.text, str(_stands(expression, place))])


def key_of(expression: Expression, data: SubjectData, place: ItemPath) -> str:
    """SHA-256 of an expression, where it stands and everything it reads there."""
    entered = [str(data.value(ref, place)) for ref in expression.refs if ref.aspect is Aspect.ENTERED_AT]
    rows = [[str(row) for row in data.row_places(scope, place)] for scope in expression.scopes]
    around = [data.site, data.country, data.zone]
    seen = [[str(path), facts_of(item)] for path, item in data.read(expression, place)]
    return _digest([expression.text, str(_stands(expression, place)), around, entered, rows, seen])


def facts_of(item: ItemData | None) -> list[str | None] | None:
    """What of a value rules can tell apart."""
    return None if item is None else [item.value, item.missing, item.unit, item.reading, item.raw]


def _stands(expression: Expression, place: ItemPath) -> ItemPath:
    """What stands in the schedule knows its event only."""
    return place if expression.home.form else ItemPath(place.event)


def _digest(seen: object) -> str:
    return hashlib.sha256(json.dumps(seen, ensure_ascii=True).encode()).hexdigest()
