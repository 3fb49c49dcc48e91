"""Datasets of a standard made of a study's data, between the exporter that makes them and the ones that hand them in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.conformance import Explanation
    from edc_core.domain.dataset import ExportDataset, ExportSink
    from edc_core.domain.tabular import Labels, TabularDataset

Cell = tuple[str, int, str]  #: dataset, number of the record from 1, variable; an empty one for the record

InEnglish = Mapping[
    str, tuple[int, tuple[str, ...]]
]  #: by kind of text, how many there are and which stayed English


@dataclass(frozen=True, slots=True)
class Tabulation:
    """The datasets, and what is written beside them. It can be used until it is closed.

    :param standard: name and version, ``SDTMIG 3.4``. :param terminology: its release (ISO date), empty where none was at hand.
    :param datasets: those of the trial design first. :param remarks: what is left to say of the annotations:
        ``severity``, ``code``, ``place`` and ``message`` of each.
    :param write_define: writes ``define.xml``, and ``acrf.pdf`` where it can be printed, into a folder (``""``, or with a ``/``
        at its end). The next argument gives the place of a dataset's file relative to that folder, by the dataset's name; the last
        one what is called how in another language, which goes before English. Kinds of what stays English: ``decode``, ``method``,
        ``comment``, ``value``, ``label``.
    :param write_lineage: writes where each cell comes from, into a file of that name.
    :param terminology_sha256: of the file that the terminology was read from; empty where none was at hand.
    :param left_out: items whose texts are meant for a language that the encoding lacks: by annotation
        (``SUPPAE.AETERMZH``) and language (see ``text_language``), how many values of them are not in the datasets.
    :param places: of (dataset, number of the record from 1, variable or empty) the key of the subject and the path of the item
        behind it, of the row of its form where no item alone gives it; without those that come from no form.
    :param explanations: why findings of conformance stand that the way in which the datasets are made brings about.
    """

    standard: str
    terminology: str
    datasets: tuple[TabularDataset, ...]
    remarks: tuple[Mapping[str, str], ...]
    write_define: Callable[[ExportSink, str, Callable[[str], str], Labels | None], InEnglish]
    write_lineage: Callable[[ExportSink, str], None]
    places: Callable[[Collection[Cell]], Mapping[Cell, tuple[str, str]]]
    explanations: tuple[Explanation, ...] = ()
    terminology_sha256: str = ""
    left_out: Mapping[tuple[str, str], int] = field(default_factory=dict)


#: Makes the datasets of a study; the second argument is told how many subjects were read, the third is the encoding in which their
#: texts will be written, as Python names it. :raises ExportRefused: what was annotated does not fit the standard.
MakeTabulation = Callable[["ExportDataset", Callable[[int], None], str], AbstractContextManager[Tabulation]]
