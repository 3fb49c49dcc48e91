"""From REDCap's logic to our language.

REDCap knows no missing value: a blank is an empty text, unequal to everything else and neither below nor above
anything (where versions of REDCap differ in this, the problem list says so). Our comparisons with what is missing are missing. Conditions are therefore translated so that they are true
in the same cases: ``[a] <> '1'`` becomes ``(missing(a) or a != 1)``; a missing answer counts as not true, as in a
``when``, and is made false by ``coalesce(..., False)`` where ``not`` or ``if`` would tell the two apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from edc_core_redcap.logic_tree import Binary, Call, Joined, Node, Number, Reference, Text, Unary
from edc_core_redcap.scope import Kind, Scope, Target, UntranslatableError
from edc_core_redcap.translate_calls import BOOLEAN_CALLS, CALLS, balanced

MISSING_NUMBER = "(0 / 0)"  #: division by zero is missing
MISSING_TEXT = "if_(0 / 0 == 0, '', '')"  #: so is what depends on an unknown condition
_FLIPPED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ORDERED = (Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.DATETIME)
_CLOCK = ("today", "now")
_MAX_POWER = 6


@dataclass(frozen=True, slots=True)
class Value:
    """An expression of our language.

    :param target: the field, when it is one alone.
    """

    code: str
    kind: Kind
    target: Target | None = None


class Translator:
    """Translates the expressions of one form. Each method raises ``UntranslatableError`` or ``UnknownFieldError``."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    # Conditions ----------------------------------------------------------------------------------------------------

    def condition(self, node: Node) -> str:
        """An expression that is true when REDCap's is, and false or missing when it is not."""
        if isinstance(node, Joined) and node.operator in ("and", "or"):
            return "(" + f" {node.operator} ".join(self.condition(operand) for operand in node.operands) + ")"
        if isinstance(node, Unary) and node.operator == "not":
            return f"(not {self.decided(node.operand)})"
        if isinstance(node, Binary) and node.operator in _FLIPPED:
            return self._comparison(node)
        if isinstance(node, Call) and node.name in BOOLEAN_CALLS:
            return BOOLEAN_CALLS[node.name](self, node)
        if isinstance(node, Call) and node.name == "if" and len(node.arguments) == 3:
            test, yes, no = node.arguments
            return f"if_({self.decided(test)}, {self.decided(yes)}, {self.decided(no)})"
        if isinstance(node, Reference) and self._is_smart(node) is None:
            target = self.scope.target(node)
            if target.code is not None:
                return self._ticked(target)
        value = self.value(node)
        if value.kind is not Kind.NUMBER:
            raise UntranslatableError(f"a condition is expected, and this is {value.kind}")
        return f"({value.code} != 0)"

    def decided(self, node: Node) -> str:
        """The condition, false where it would be missing."""
        return f"coalesce({self.condition(node)}, False)"

    def _comparison(self, node: Binary) -> str:
        sign, left, right = node.operator, node.left, node.right
        if _is_literal(left) and not _is_literal(right):
            sign, left, right = _FLIPPED[sign], right, left
        if isinstance(left, Reference) and (smart := self._is_smart(left)) is not None:
            return self._smart(smart, sign, right)
        for literal in (left, right):
            if isinstance(literal, Text) and literal.text.lower() in _CLOCK:
                raise UntranslatableError(f"'{literal.text}' changes from day to day")
        target = self.scope.target(left) if isinstance(left, Reference) else None
        if target is not None and target.code is not None:
            return self._choice(target, sign, right)
        value = Value(target.text, target.kind, target) if target else self.value(left)
        if isinstance(right, Text) and not right.text.strip():
            return self._blank(value, sign)
        if isinstance(right, (Text, Number)):
            return self._with_literal(value, sign, right.text)
        other = self.value(right)
        return self._with_value(value, sign, other)

    def _with_literal(self, value: Value, sign: str, text: str) -> str:
        target = value.target
        codes = {choice.code for choice in target.field.choices} if target else set()
        if target and text in self.scope.project.missing_codes and text not in codes:
            if not target.is_name or sign not in ("=", "!="):
                raise UntranslatableError(f"'{text}' is a missing data code")
            reason = f"reason({value.code})"
            equal = f"{reason} == {text!r}"
            return f"({equal})" if sign == "=" else f"(missing({reason}) or {reason} != {text!r})"
        literal = self.literal(value.kind, text)
        self._check_order(value.kind, sign)
        if _blank_may_hold(value.kind, sign, text):
            self._note_blank(sign)
        if sign == "!=":
            return f"(missing({value.code}) or {value.code} != {literal})"
        return f"({value.code} {'==' if sign == '=' else sign} {literal})"

    def _with_value(self, one: Value, sign: str, other: Value) -> str:
        if one.kind is not other.kind:
            raise UntranslatableError(f"{one.kind} is compared with {other.kind}")
        self._check_order(one.kind, sign)
        a, b = one.code, other.code
        if sign == "=":
            return f"({a} == {b} or (missing({a}) and missing({b})))"
        if sign == "!=":
            return f"({a} != {b} or (missing({a}) and present({b})) or (present({a}) and missing({b})))"
        self._note_blank(sign)
        return f"({a} {sign} {b})"

    def _note_blank(self, sign: str) -> None:
        self.scope.differences.append(
            f"A blank is never {sign} anything here; REDCap may take it for 0 or for an empty text."
        )

    def _check_order(self, kind: Kind, sign: str) -> None:
        if sign not in ("=", "!=") and kind not in _ORDERED:
            raise UntranslatableError(f"{kind} has no order here")

    def _blank(self, value: Value, sign: str) -> str:
        if sign not in ("=", "!="):
            raise UntranslatableError("nothing is smaller or greater than a blank")
        return self.is_blank(value) if sign == "=" else f"(not {self.is_blank(value)})"

    def is_blank(self, value: Value) -> str:
        """Whether REDCap holds nothing at all: no value, and no missing data code."""
        if self.scope.project.missing_codes and value.target is not None and value.target.is_name:
            return f"(missing({value.code}) and missing(reason({value.code})))"
        return f"missing({value.code})"

    def _ticked(self, target: Target) -> str:
        return f"({target.code!r} in {target.text})"

    def _choice(self, target: Target, sign: str, right: Node) -> str:
        """``[field(code)] = '1'``: a choice is ticked or not; one that is not there is not ticked."""
        if not isinstance(right, (Text, Number)) or right.text not in ("0", "1") or sign not in ("=", "!="):
            raise UntranslatableError("a choice of a checkbox is compared with '1' or '0' only")
        if (right.text == "1") == (sign == "="):
            return self._ticked(target)
        return f"(missing({target.text}) or {target.code!r} not in {target.text})"

    def _is_smart(self, reference: Reference) -> str | None:
        """The function for a smart variable that stands alone."""
        if len(reference.brackets) != 1 or reference.brackets[0].name in self.scope.project.by_name:
            return None
        return {"event-name": "event()", "record-dag-name": "site()"}.get(reference.brackets[0].name)

    def _smart(self, function: str, sign: str, right: Node) -> str:
        if not isinstance(right, Text) or sign not in ("=", "!="):
            raise UntranslatableError("the name of an event or group is compared with a text only")
        if function == "event()" and right.text not in {event.name for event in self.scope.project.events}:
            raise UntranslatableError(f"there is no event '{right.text}'")
        return f"({function} {'==' if sign == '=' else '!='} {right.text!r})"

    # Values --------------------------------------------------------------------------------------------------------

    def value(self, node: Node) -> Value:
        """An expression with a value."""
        if isinstance(node, Reference):
            if self._is_smart(node) is not None:
                raise UntranslatableError(f"{node} is no value here")
            target = self.scope.target(node)
            if target.code is not None:
                return Value(f"if_(coalesce({self._ticked(target)}, False), 1, 0)", Kind.NUMBER)
            return Value(target.text, target.kind, target)
        if isinstance(node, Number):
            return Value(_plain(node.text), Kind.NUMBER)
        if isinstance(node, Text):
            return self._text(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Unary) and node.operator == "-":
            return Value(f"(-{self.number(node.operand)})", Kind.NUMBER)
        if isinstance(node, Joined) and node.operator == "+":
            return Value(balanced([self.number(operand) for operand in node.operands]), Kind.NUMBER)
        if isinstance(node, Binary) and node.operator == "^":
            return Value(self._power(node), Kind.NUMBER)
        if isinstance(node, Binary) and node.operator in ("-", "*", "/"):
            return Value(f"({self.number(node.left)} {node.operator} {self.number(node.right)})", Kind.NUMBER)
        return Value(f"if_({self.decided(node)}, 1, 0)", Kind.NUMBER)

    def _text(self, node: Text) -> Value:
        if node.text.lower() in _CLOCK:
            raise UntranslatableError(f"'{node.text}' changes from day to day")
        if _as_number(node.text) is not None:
            return Value(_plain(node.text), Kind.NUMBER)
        return Value(repr(node.text), Kind.TEXT)

    def number(self, node: Node) -> str:
        """The code of a number; an empty text is a missing one."""
        if isinstance(node, Text) and not node.text.strip():
            return MISSING_NUMBER
        value = self.value(node)
        if value.kind is not Kind.NUMBER:
            named = f" ('{value.target.field.name}')" if value.target else ""
            raise UntranslatableError(f"a number is expected, and this is {value.kind}{named}")
        return value.code

    def as_kind(self, node: Node, kind: Kind) -> str:
        """The code of a value of a kind; texts are read as one."""
        if kind is Kind.NUMBER:
            return self.number(node)
        if isinstance(node, (Text, Number)):
            return self.literal(kind, node.text)
        if isinstance(node, Call) and node.name == "if" and len(node.arguments) == 3:
            test, yes, no = node.arguments
            return f"if_({self.decided(test)}, {self._branch(yes, no, kind)}, {self._branch(no, yes, kind)})"
        value = self.value(node)
        if value.kind is not kind:
            raise UntranslatableError(f"{kind} is expected, and this is {value.kind}")
        return value.code

    def _branch(self, node: Node, other: Node, kind: Kind) -> str:
        """One of the two answers of an ``if``; an empty text is a missing one."""
        if not isinstance(node, Text) or node.text.strip():
            return self.as_kind(node, kind)
        if kind is Kind.DATE and not isinstance(other, Text):
            return f"({self.as_kind(other, kind)} + 0 / 0)"
        if kind is Kind.TEXT:
            return MISSING_TEXT
        raise UntranslatableError(f"an empty text is no value of {kind}")

    def literal(self, kind: Kind, text: str) -> str:
        """A constant as it stands beside a value of a kind."""
        if kind is Kind.NUMBER:
            if _as_number(text) is None:
                raise UntranslatableError(f"'{text}' is no number")
            return _plain(text)
        if text.lower() in _CLOCK:
            raise UntranslatableError(f"'{text}' changes from day to day")
        if not text:
            raise UntranslatableError(f"an empty text is no value of {kind}")
        if kind is Kind.DATE and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise UntranslatableError(f"'{text}' is no date as YYYY-MM-DD")
        if kind is Kind.DATETIME:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", text):
                raise UntranslatableError(f"'{text}' is no date and time as YYYY-MM-DD HH:MM")
            text = text.replace(" ", "T")
        return repr(text)

    def _call(self, node: Call) -> Value:
        if node.name == "if":
            if len(node.arguments) != 3:
                raise UntranslatableError(f"if takes 3 arguments, not {len(node.arguments)}")
            kind = next((k for k in map(self._branch_kind, node.arguments[1:]) if k is not None), Kind.NUMBER)
            return Value(
                self.as_kind(node, kind) if kind is not Kind.NUMBER else self._numeric_if(node), kind
            )
        function: Callable[[Translator, Call], tuple[str, Kind]] | None = CALLS.get(node.name)
        if function is None:
            if node.name in BOOLEAN_CALLS:
                return Value(f"if_({self.decided(node)}, 1, 0)", Kind.NUMBER)
            raise UntranslatableError(f"the function '{node.name}' has no counterpart here")
        return Value(*function(self, node))

    def _branch_kind(self, node: Node) -> Kind | None:
        if isinstance(node, Text) and not node.text.strip():
            return None
        return self.value(node).kind

    def _numeric_if(self, node: Call) -> str:
        test, yes, no = node.arguments
        return f"if_({self.decided(test)}, {self.number(yes)}, {self.number(no)})"

    def _power(self, node: Binary) -> str:
        exponent = node.right
        sign = ""
        if isinstance(exponent, Unary) and exponent.operator == "-":
            sign, exponent = "-", exponent.operand
        if not isinstance(exponent, (Number, Text)) or _as_number(exponent.text) is None:
            raise UntranslatableError("an exponent is a number written out here")
        power = Decimal(f"{sign}{_plain(exponent.text)}")
        base = self.number(node.left)
        if power == Decimal("0.5"):
            return f"sqrt({base})"
        if power != power.to_integral_value() or not 0 < abs(power) <= _MAX_POWER:
            raise UntranslatableError(f"an exponent of {power} cannot be written here")
        product = "(" + " * ".join([base] * int(abs(power))) + ")"
        return product if power > 0 else f"(1 / {product})"


def _blank_may_hold(kind: Kind, sign: str, text: str) -> bool:
    """Whether a comparison could be true of a blank that is taken for 0 or for an empty text."""
    if kind is not Kind.NUMBER:
        return sign in ("<", "<=")
    limit = Decimal(text.strip())
    return {"<": limit > 0, "<=": limit >= 0, ">": limit < 0, ">=": limit <= 0}.get(sign, False)


def _is_literal(node: Node) -> bool:
    return isinstance(node, (Text, Number))


def _as_number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _plain(text: str) -> str:
    return format(Decimal(text.strip()), "f")
