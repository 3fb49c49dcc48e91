"""REDCap's functions in our language; those without a counterpart of the same meaning are not here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from edc_core_redcap.logic_tree import Call, Node, Number, Text
from edc_core_redcap.scope import Kind, UntranslatableError

if TYPE_CHECKING:
    from edc_core_redcap.translate import Translator

#: Days of a year and of a month by which REDCap's datediff divides.
DAYS_OF = {"y": "365.2425", "M": "30.44"}
_MAX_TERMS = 10  #: that coalesce takes
_MAX_PLACES = 12


def _arguments(node: Call, least: int, most: int | None = None) -> tuple[Node, ...]:
    most = least if most is None else most
    if not least <= len(node.arguments) <= most:
        raise UntranslatableError(f"{node.name} has {len(node.arguments)} arguments")
    return node.arguments


def _places(node: Node | None) -> int:
    if node is None:
        return 0
    if not isinstance(node, (Number, Text)) or not node.text.isdecimal() or int(node.text) > _MAX_PLACES:
        raise UntranslatableError("the places to round to are a number written out here")
    return int(node.text)


def _round(t: Translator, node: Call) -> tuple[str, Kind]:
    value, *places = _arguments(node, 1, 2)
    return f"round({t.number(value)}, {_places(places[0] if places else None)})", Kind.NUMBER


def _rounded_down(t: Translator, node: Call) -> tuple[str, Kind]:
    value, *places = _arguments(node, 1, 2)
    factor = 10 ** _places(places[0] if places else None)
    return (f"floor({t.number(value)})" if factor == 1 else f"(floor({t.number(value)} * {factor}) / {factor})"), Kind.NUMBER  # fmt: skip


def _rounded_up(t: Translator, node: Call) -> tuple[str, Kind]:
    value, *places = _arguments(node, 1, 2)
    factor = 10 ** _places(places[0] if places else None)
    inner = f"-floor(-{t.number(value)}" + (")" if factor == 1 else f" * {factor}) / {factor}")
    return f"({inner})", Kind.NUMBER


def _numbers(t: Translator, node: Call) -> list[str]:
    return [t.number(argument) for argument in _arguments(node, 1, 200)]


def _any_of(numbers: list[str]) -> str:
    """One of the numbers that are there; missing when none is."""
    parts = [numbers[start : start + _MAX_TERMS] for start in range(0, len(numbers), _MAX_TERMS)]
    first = [part[0] if len(part) == 1 else f"coalesce({', '.join(part)})" for part in parts]
    return first[0] if len(first) == 1 else _any_of(first)


def balanced(terms: list[str]) -> str:
    """A sum that nests as little as it can: the language takes 25 levels."""
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    return f"({balanced(terms[:middle])} + {balanced(terms[middle:])})"


def _sum_of(numbers: list[str]) -> str:
    """Blanks count nothing; where all are blank there is no sum."""
    if len(numbers) == 1:
        return numbers[0]
    return f"({_any_of(numbers)} * 0 + {balanced([f'coalesce({number}, 0)' for number in numbers])})"


def _sum(t: Translator, node: Call) -> tuple[str, Kind]:
    return _sum_of(_numbers(t, node)), Kind.NUMBER


def _mean(t: Translator, node: Call) -> tuple[str, Kind]:
    numbers = _numbers(t, node)
    count = balanced([f"if_(present({number}), 1, 0)" for number in numbers])
    return f"({_sum_of(numbers)} / {count})", Kind.NUMBER


def _extreme(function: str) -> Callable[[Translator, Call], tuple[str, Kind]]:
    def call(t: Translator, node: Call) -> tuple[str, Kind]:
        numbers = _numbers(t, node)
        if len(numbers) > _MAX_TERMS:
            raise UntranslatableError(f"{node.name} has more than {_MAX_TERMS} arguments")
        whole = numbers[0]
        for number in numbers[1:]:
            whole = f"coalesce({function}({whole}, {number}), {whole}, {number})"
        return whole, Kind.NUMBER

    return call


def _absolute(t: Translator, node: Call) -> tuple[str, Kind]:
    return f"abs({t.number(_arguments(node, 1)[0])})", Kind.NUMBER


def _root(t: Translator, node: Call) -> tuple[str, Kind]:
    return f"sqrt({t.number(_arguments(node, 1)[0])})", Kind.NUMBER


def _year(t: Translator, node: Call) -> tuple[str, Kind]:
    return f"year({t.as_kind(_arguments(node, 1)[0], Kind.DATE)})", Kind.NUMBER


def _datediff(t: Translator, node: Call) -> tuple[str, Kind]:
    first, second, unit, *rest = _arguments(node, 3, 5)
    units = unit.text if isinstance(unit, Text) else ""
    is_signed = any(isinstance(r, Text) and r.text == "true" for r in rest) or any(
        isinstance(r, Number) and r.text == "1" for r in rest
    )
    kind = _kind_of_dates(t, first, second)
    one, other = t.as_kind(first, kind), t.as_kind(second, kind)
    if kind is Kind.TIME:
        one, other = f"moment('2001-01-01', {one})", f"moment('2001-01-01', {other})"
    code = _passed(kind, units, later=other, earlier=one)
    return (code if is_signed else f"abs({code})"), Kind.NUMBER


def _kind_of_dates(t: Translator, first: Node, second: Node) -> Kind:
    for node in (first, second):
        if isinstance(node, Text) and node.text.lower() in ("today", "now"):
            raise UntranslatableError(
                f"'{node.text}' changes from day to day; write entered_on(ITEM), the day on which an item was entered"
            )
    kinds = {t.value(node).kind for node in (first, second) if not isinstance(node, Text)}
    if len(kinds) != 1 or not kinds <= {Kind.DATE, Kind.DATETIME, Kind.TIME}:
        raise UntranslatableError("datediff is taken of two dates, two times or two date-times")
    return kinds.pop()


def _passed(kind: Kind, unit: str, *, later: str, earlier: str) -> str:
    if kind is Kind.DATE:
        days = f"days({later}, {earlier})"
        scaled = {"d": days, "h": f"({days} * 24)", "m": f"({days} * 1440)", "s": f"({days} * 86400)"}
    else:
        hours, minutes = f"hours({later}, {earlier})", f"minutes({later}, {earlier})"
        days = f"({hours} / 24)"
        scaled = {"d": days, "h": hours, "m": minutes, "s": f"({minutes} * 60)"}
    if unit in DAYS_OF:
        return f"({days} / {DAYS_OF[unit]})"
    if unit not in scaled:
        raise UntranslatableError(f"datediff has no unit '{unit}'")
    return scaled[unit]


def _length(t: Translator, node: Call) -> tuple[str, Kind]:
    return f"coalesce(length({t.as_kind(_arguments(node, 1)[0], Kind.TEXT)}), 0)", Kind.NUMBER


def _upper(t: Translator, node: Call) -> tuple[str, Kind]:
    return f"upper({t.as_kind(_arguments(node, 1)[0], Kind.TEXT)})", Kind.TEXT


CALLS: dict[str, Callable[[Translator, Call], tuple[str, Kind]]] = {
    "round": _round,
    "rounddown": _rounded_down,
    "roundup": _rounded_up,
    "sum": _sum,
    "mean": _mean,
    "min": _extreme("least"),
    "max": _extreme("greatest"),
    "abs": _absolute,
    "sqrt": _root,
    "year": _year,
    "datediff": _datediff,
    "length": _length,
    "upper": _upper,
}


def _is_number(t: Translator, node: Call) -> str:
    return f"present({t.number(_arguments(node, 1)[0])})"


def _is_integer(t: Translator, node: Call) -> str:
    number = t.number(_arguments(node, 1)[0])
    return f"({number} == floor({number}))"


def _is_blank_or_missing(t: Translator, node: Call) -> str:
    return f"missing({t.value(_arguments(node, 1)[0]).code})"


def _is_blank(t: Translator, node: Call) -> str:
    return t.is_blank(t.value(_arguments(node, 1)[0]))


def _is_missing_code(t: Translator, node: Call) -> str:
    value = t.value(_arguments(node, 1)[0])
    if value.target is None or not value.target.is_name:
        raise UntranslatableError("only a field has a missing data code")
    return f"present(reason({value.code}))"


def _texts(function: str, *, negated: bool = False) -> Callable[[Translator, Call], str]:
    def call(t: Translator, node: Call) -> str:
        text, part = _arguments(node, 2)
        code = f"{function}({t.as_kind(text, Kind.TEXT)}, {t.as_kind(part, Kind.TEXT)})"
        return f"(not coalesce({code}, False))" if negated else code

    return call


#: Functions that answer true or false.
BOOLEAN_CALLS: dict[str, Callable[[Translator, Call], str]] = {
    "isnumber": _is_number,
    "isinteger": _is_integer,
    "isblankormissingcode": _is_blank_or_missing,
    "isblanknotmissingcode": _is_blank,
    "ismissingcode": _is_missing_code,
    "contains": _texts("contains"),
    "not_contain": _texts("contains", negated=True),
    "starts_with": _texts("starts"),
}
