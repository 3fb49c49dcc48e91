"""Datasets of a standard made of a study's data, between the exporter that makes them and the ones that hand them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.dataset import ExportDataset, ExportSink
    from edc_core.domain.tabular import Labels, TabularDataset


@dataclass(frozen=True, slots=True)
class Tabulation:
    """The datasets, and what is written beside them. It can be used until it is closed.

    :param standard: name and version, ``SDTMIG 3.4``. :param terminology: its release (ISO date), empty where none was at hand.
    :param datasets: those of the trial design first. :param remarks: what is left to say of the annotations:
        ``severity``, ``code``, ``place`` and ``message`` of each.
    :param write_define: writes ``define.xml``, and ``acrf.pdf`` where it can be printed, into a folder (``""``, or with a ``/``
        at its end). The next argument gives the place of a dataset's file relative to that folder, by the dataset's name; the last
        one what labels are called in another language, which go before the English ones.
    :param write_lineage: writes where each cell comes from, into a file of that name.
    """

    standard: str
    terminology: str
    datasets: tuple[TabularDataset, ...]
    remarks: tuple[Mapping[str, str], ...]
    write_define: Callable[[ExportSink, str, Callable[[str], str], Labels | None], None]
    write_lineage: Callable[[ExportSink, str], None]


#: Makes the datasets of a study; the second argument is told how many subjects were read. :raises ExportRefused: what was
#: annotated does not fit the standard.
MakeTabulation = Callable[["ExportDataset", Callable[[int], None]], AbstractContextManager[Tabulation]]
