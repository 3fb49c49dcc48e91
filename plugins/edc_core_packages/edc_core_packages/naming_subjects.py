"""What a transport format refuses, told as who corrects it finds it: by subject and item, not by a record of a dataset alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from edc_core.api import ExportRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from edc_core.api import Cell

_MOST_SHOWN = 20
_REMEDY = (
    "Words of another language that stand beside English ones belong into an item of their own with the alias 'edc:language'; "
    "packages in an encoding without its letters leave that item out."
)


@contextmanager
def naming_subjects(places: Callable[[Collection[Cell]], Mapping[Cell, tuple[str, str]]]) -> Iterator[None]:
    """Where a format refuses cells (``problems`` of ExportRefused), name the subject and the item behind each that it names.

    :param places: see ``Tabulation``.
    """
    try:
        yield
    except ExportRefused as refused:
        problems = cast("Iterable[dict[str, Any]]", refused.details.get("problems", ()))
        cells = [(one["dataset"], record, one["variable"]) for one in problems for record in one["records"]]
        known = places(cells)
        found = [(cell, *known[cell]) for cell in cells if cell in known]
        if not found:
            raise
        lines = [
            f"  {dataset} {variable}, record {record}: subject {subject}, {item}"
            for (dataset, record, variable), subject, item in found[:_MOST_SHOWN]
        ]
        more = [f"  and {len(found) - _MOST_SHOWN} more"] if len(found) > _MOST_SHOWN else []
        message = "\n".join([refused.message, "Where it was entered:", *lines, *more, _REMEDY])
        raise ExportRefused(message, **refused.details) from refused
