"""The files of a dataset: the whole, and its parts where it is larger than an authority takes in one.

FDA's Study Data Technical Conformance Guide asks for both: the large file in its place and smaller ones in ``split/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edc_core.api import TransportProfile
from edc_core_tabular.formats.problems import Problems
from edc_core_tabular.formats.xpt.names import LONGEST_NAME
from edc_core_tabular.formats.xpt.packing import Packed
from edc_core_tabular.formats.xpt.records import RECORD, file_header


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a dataset in one file. :param name: of its member. :param path: of the file. :param stop: the row after."""

    packed: Packed
    name: str
    path: str
    start: int
    stop: int

    @property
    def is_whole(self) -> bool:
        return self.name == self.packed.name


def files_of(
    packed: Packed, profile: TransportProfile, created_at: str, taken: set[str], problems: Problems
) -> Iterator[Part]:
    """The whole first. Parts are numbered from 1: ``split/lb1.xpt`` with the member LB1.

    :param taken: names of members, to which those of the parts are added.
    """
    yield Part(packed, packed.name, f"{profile.folder}{packed.name.lower()}.xpt", 0, packed.count)
    room = profile.most_bytes - len(file_header(packed.name, packed.label, packed.fields, created_at))
    if not profile.most_bytes or packed.count * packed.width <= room:
        return
    rows = room // RECORD * RECORD // packed.width
    if rows < 1:
        says = f"doesn't fit in files of {profile.most_bytes:,} bytes"
        problems.add(packed.name, "", says, "Allow larger files.")
        return
    for number, start in enumerate(range(0, packed.count, rows), 1):
        name = packed.name[: LONGEST_NAME - len(str(number))] + str(number)
        if name in taken:
            says = f"has a part with the SAS name '{name}', which another dataset has"
            problems.add(packed.name, "", says, "Rename one of them, or allow larger files.")
        taken.add(name)
        yield Part(
            packed, name, f"{profile.folder}split/{name.lower()}.xpt", start, min(start + rows, packed.count)
        )
