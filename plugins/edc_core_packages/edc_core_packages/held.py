"""Other formats of the same data in a package: casebooks of subjects, all data with their audit trail.

They are made of the dataset of the package itself, so they hold what it holds: nothing that stays in a country, that whoever makes
the package may not see, or that is not in its scope.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from edc_core.api import RECORD_KEY, ExportRefused, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from edc_core.api import ExportDataset, ExportSink, ExportSubject, HeldFormat, TabularDataset

STOPPED = frozenset({"ADVERSE EVENT", "DEATH"})  #: DSDECOD of NCOMPLT
_CASEBOOKS = "casebooks/"  #: where the exporter of casebooks puts them


@dataclass(frozen=True, slots=True)
class Held:
    """What was written. :param subjects: how many."""

    what: HeldFormat
    folder: str
    subjects: int


def write_held(
    wanted: HeldFormat, dataset: ExportDataset, tables: Mapping[str, TabularDataset], sink: ExportSink, tell: Callable[[int], None]
) -> Held:  # fmt: skip
    """Write a format into its folder. :param tables: the tabulations, by name. :param tell: how many subjects were read so far.

    :raises ExportRefused: no plugin writes the format.
    """
    write = dataset.exports.get(wanted.format)
    if write is None:
        raise ExportRefused(
            f"This package holds '{wanted.format}' ({wanted.why}), which no plugin here writes. Install it and export again."
        )
    chosen = stopped(tables) if wanted.subjects == "died or stopped" else None
    folder = wanted.folder.format(study=dataset.study_oid.lower())
    sites: dict[str, str] = {}  #: number by the name that the exporter gives to the file of a subject

    def subjects() -> Iterator[ExportSubject]:
        for done, one in enumerate(dataset.subjects()):
            tell(done)
            if one.subject_key != RECORD_KEY and (chosen is None or one.subject_key in chosen):
                sites[f"{quote(one.subject_key, safe='')}.pdf"] = one.site_number
                yield one
            elif one.subject_key == RECORD_KEY and chosen is None and wanted.name != "casebooks":
                yield one

    if chosen is None or chosen:
        # what was signed lies beside casebooks for who verifies signatures; an authority reads the casebook
        own = replace(dataset, subjects=subjects, signed_files=lambda: iter(()))
        write(own, _Placed(sink, folder, sites))
    return Held(wanted, folder, len(sites))


def stopped(tables: Mapping[str, TabularDataset]) -> frozenset[str]:
    """Numbers of subjects who died, or did not complete the study for an adverse event (21 CFR 314.50(f)(2))."""
    ended = {
        row["USUBJID"]
        for row in rows_of(tables, "DS")
        if row["DSCAT"] == "DISPOSITION EVENT" and row["DSDECOD"] in STOPPED
    }
    return frozenset(
        row["SUBJID"] for row in rows_of(tables, "DM") if row["DTHFL"] == "Y" or row["USUBJID"] in ended
    )


class _Placed:
    """A folder of a package; casebooks lie in it by site. Names are lower case, as eCTD has them."""

    def __init__(self, sink: ExportSink, folder: str, sites: Mapping[str, str]) -> None:
        self._sink, self._folder, self._sites = sink, folder, sites

    @property
    def folder(self) -> Path:
        return self._sink.folder

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        return self._sink.open(self._place(name))

    def progress(self, subjects_done: int) -> None:
        """Told as subjects are read: those that the format is not made of take their time too."""

    def rows(self, name: str, count: int) -> None:
        self._sink.rows(self._place(name), count)

    def leave_out(self, what: str, number: int) -> None:
        self._sink.leave_out(what, number)

    def _place(self, name: str) -> str:
        if not name.startswith(_CASEBOOKS):
            return f"{self._folder}{name}"
        book = name.removeprefix(_CASEBOOKS)
        return f"{self._folder}{quote(self._sites[book], safe='')}/{book}".lower()
