"""Datasets with labels in the language that an authority wants them in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.api import Labels, TabularDataset


def labelled(table: TabularDataset, labels: Labels | None) -> TabularDataset:
    """The same dataset; a label that has no other word stays English."""
    if labels is None:
        return table
    variables = tuple(replace(one, label=labels.of(one.label)) for one in table.variables)
    return replace(table, label=labels.of(table.label), variables=variables)


def in_english(tables: Iterable[TabularDataset], labels: Labels | None) -> tuple[str, ...]:
    """Labels that stayed English, each once, by name. :param tables: as ``labelled`` made them."""
    if labels is None:
        return ()
    theirs = set(labels.texts.values())
    said = {label for table in tables for label in (table.label, *(one.label for one in table.variables))}
    return tuple(sorted(filter(None, said - theirs)))
