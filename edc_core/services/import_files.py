"""Files beside the data of an import, as an export of ours puts them there: taken before a value names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.file_value import FileValue
from edc_core.domain.imported import Problem
from edc_core.errors import BadRequest, ValueRefused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from edc_core.domain.imported import ImportedItem
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.store.files import FileFolder, Taken


class FilesBeside:
    """Looks in the folders of the imported files for what ``FileValue.exported_as`` names.

    :param problems: what is not there, or is not what the value says, is added here; the value is imported all the same.
    """

    def __init__(self, folders: tuple[Path, ...], files: FileFolder, problems: list[Problem]) -> None:
        self._folders, self._files, self._problems = folders, files, problems

    def of(self, items: Iterable[ImportedItem], index: MetaDataIndex) -> tuple[tuple[ItemPath, Taken], ...]:
        """The files that values name, taken into the folder of files, each with the place of its item."""
        each = ((item.path, self._take(item, index)) for item in items)
        return tuple((path, taken) for path, taken in each if taken is not None)

    def _take(self, item: ImportedItem, index: MetaDataIndex) -> Taken | None:
        rules = index.place(item.path).item.file
        if rules is None or not item.raw or item.transaction == "Remove":
            return None
        try:
            file = FileValue.parse(item.raw)
        except ValueError:
            return None  # it is kept as it was found, and queried
        beside = [folder / file.exported_as for folder in self._folders]
        why = f"it does not lie beside the data as '{file.exported_as}'"
        for path in (path for path in beside if path.is_file()):
            try:
                with path.open("rb") as stream:
                    taken = self._files.take(stream, rules, file.name, file.size)
            except (ValueRefused, BadRequest) as error:
                why = error.message
                continue
            if taken.file == file:
                return taken
            why = "its bytes are not those that the value names"
        text = f"The file '{file.name}' did not come with its value, which names it still: {why}."
        self._problems.append(Problem("", item.line, "EDC104", text))
        return None
