"""Items that are meant for a language (see ``text_language``), for a format in an encoding that lacks its letters: none of them is in it.

Their history is left out with them, for it holds the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from edc_core.api import ExportDataset, ExportForm, ExportSubject, Items, MetaDataIndex, holds, text_language


def native_items(versions: Mapping[str, MetaDataIndex], encoding: str) -> frozenset[str]:
    """OIDs of these items. :param encoding: as Python names it; empty for a format that holds every text."""
    return frozenset(
        item.oid
        for index in (versions.values() if encoding else ())
        for item in index.version.items
        if (language := text_language(item)) and not holds(encoding, language)
    )


def names_of(versions: Mapping[str, MetaDataIndex], items: Collection[str]) -> list[str]:
    """Names of items, of whatever version has them, each once."""
    every = (item for index in versions.values() for item in index.version.items)
    return sorted({item.name for item in every if item.oid in items})


class Without:
    """A dataset without some of its items. :ivar values: how many of them had a value, once ``subjects`` were read."""

    def __init__(self, dataset: ExportDataset, items: Collection[str]) -> None:
        self.values = 0
        self._items, self._subjects = items, dataset.subjects
        self.dataset = dataset
        if items:
            versions = {oid: self._version(index) for oid, index in dataset.versions.items()}
            self.dataset = replace(dataset, versions=versions, subjects=self._read)

    def _version(self, index: MetaDataIndex) -> MetaDataIndex:
        groups = tuple(
            replace(one, item_refs=tuple(ref for ref in one.item_refs if ref.item_oid not in self._items))
            for one in index.version.item_groups
        )
        items = tuple(one for one in index.version.items if one.oid not in self._items)
        return MetaDataIndex(replace(index.version, item_groups=groups, items=items))

    def _read(self) -> Iterator[ExportSubject]:
        for subject in self._subjects():
            yield subject._replace(forms=tuple(map(self._form, subject.forms)))

    def _form(self, form: ExportForm) -> ExportForm:
        """By its runs: whoever writes tables reads nothing else of it."""
        if all(oid not in self._items for run in form.runs for oid, _ in run.values):
            return form
        runs = []
        for run in form.runs:
            kept = [one for one in run.values if one[0] not in self._items]
            self.values += sum(bool(history[-1][2]) for oid, history in run.values if oid in self._items)
            if kept:
                runs.append(run._replace(values=kept))
        return form._replace(items=Items(runs))
