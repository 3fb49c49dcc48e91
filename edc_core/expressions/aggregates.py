"""What is said of several rows at once. Values that are missing are left out; an unknown ``where`` takes no row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from edc_core.domain.function import Kind
from edc_core.expressions.values import CONTEXT, UNDECIDED, Beyond, Span, Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

#: What was read of each row.
Rows: TypeAlias = "Iterable[list[Any]]"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The shape of an aggregate.

    :param code: the function that computes it.
    :param takes_value: the second argument is a value of each row, the third a condition; else the second is one.
    :param numeric: the value is a number; with ``dates`` a date will do too.
    """

    code: str
    least: int
    most: int
    result: Kind = Kind.BOOLEAN
    takes_value: bool = False
    numeric: bool = False
    dates: bool = False
    counts: bool = False


AGGREGATES = {
    "any": Aggregate("any_row", 2, 2),
    "all": Aggregate("all_rows", 2, 2),
    "count": Aggregate("count_rows", 1, 2, Kind.NUMBER),
    "sum": Aggregate("sum_rows", 2, 3, Kind.NUMBER, takes_value=True, numeric=True),
    "mean": Aggregate("mean_rows", 2, 3, Kind.NUMBER, takes_value=True, numeric=True),
    "min": Aggregate("min_rows", 2, 3, Kind.NUMBER, takes_value=True, numeric=True, dates=True),
    "max": Aggregate("max_rows", 2, 3, Kind.NUMBER, takes_value=True, numeric=True, dates=True),
    "first": Aggregate("first_row", 2, 3, takes_value=True),
    "last": Aggregate("last_row", 2, 3, takes_value=True),
    "previous": Aggregate("last_row", 2, 3, takes_value=True),
    "distinct": Aggregate("distinct_rows", 2, 3, Kind.NUMBER, takes_value=True, counts=True),
}


def exact(number: Any) -> Decimal | None:
    """A number that is known, for functions that need one."""
    return None if isinstance(number, (Span, Beyond)) else number


def settled(truth: Truth) -> bool | None:
    """A truth that is known, for functions that need one."""
    return None if truth is UNDECIDED else truth


def any_row(rows: Rows, holds: Callable[[list[Any]], Truth]) -> Truth:
    return _until(rows, holds, decisive=True)


def all_rows(rows: Rows, holds: Callable[[list[Any]], Truth]) -> Truth:
    return _until(rows, holds, decisive=False)


def _until(rows: Rows, holds: Callable[[list[Any]], Truth], *, decisive: bool) -> Truth:
    """The decisive answer if a row gives it, else the other one unless some row left it open."""
    answer: Truth = not decisive
    for row in rows:
        found = holds(row)
        if found is decisive:
            return decisive
        if found is not (not decisive) and answer is not None:
            answer = found
    return answer


def count_rows(rows: Rows, holds: Callable[[list[Any]], Truth]) -> Decimal:
    return Decimal(sum(holds(row) is True for row in rows))


def _known(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> Iterator[Any]:
    """The values of rows whose condition, if there is one, holds."""
    for row in rows:
        value, *condition = read(row)
        if value is not None and all(part is True for part in condition):
            yield value


def _reckoned(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> list[Any]:
    """The values of rows; none where one of them is a censored result, for leaving it out would say something else."""
    known = list(_known(rows, read))
    return [] if any(isinstance(value, Beyond) for value in known) else known


def sum_rows(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> Decimal | None:
    known = _reckoned(rows, read)
    return _total(known) if known else None


def _total(numbers: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = CONTEXT.add(total, number)
    return total


def mean_rows(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> Decimal | None:
    known = _reckoned(rows, read)
    return CONTEXT.divide(_total(known), Decimal(len(known))) if known else None


def min_rows(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> Any:
    return min(_orderable(rows, read), key=_order, default=None)


def max_rows(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> Any:
    return max(_orderable(rows, read), key=_order, default=None)


def _orderable(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> list[Any]:
    """Numbers, and dates that are complete: a partial one has no certain place among the others."""
    return [value for value in _reckoned(rows, read) if isinstance(value, Decimal) or value.is_complete]


def _order(value: Any) -> Any:
    return value if isinstance(value, Decimal) else value.earliest


def first_row(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> Any:
    return next(_known(rows, read), None)


def last_row(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> Any:
    last = None
    for last in _known(rows, read):  # noqa: B007 - the last one is what is asked for
        pass
    return last


def distinct_rows(rows: Rows, read: Callable[[list[Any]], tuple[Any, ...]]) -> Decimal:
    """How many different values there are."""
    return Decimal(len(set(_known(rows, read))))
