"""Tables with typed variables, between who makes them (the forms, SDTM) and the formats they are written in.

A *dataset* and its *variables* are those of Define-XML 2.1: ItemGroupDef and ItemDef.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.dataset import ExportDataset, ExportSink
    from edc_core.domain.metadata import CodeList, DataType

#: The cells of one record in the order of the variables: canonical text (decision: Decimal without exponent, ISO 8601 that
#: may be cut off at the right, code, ``true`` or ``false``), or None for nothing.
Record = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Variable:
    """A column (Define-XML ItemDef).

    :param name: unique in its dataset, whatever its case. :param label: English.
    :param data_type: of its cells; a partial date is text for a format that knows whole dates only.
    :param sas_name: at most eight characters, frozen with the definition; empty takes the name.
    :param length: the longest cell in characters that is foreseen, 0 where nobody said.
    :param significant_digits: decimal places of a float. :param display_format: of SAS, such as ``DATE9.``.
    :param code_list: of which the cells are codes. :param key_sequence: its rank among the keys of a record, 0 for none.
    :param oid: of the ItemDef; empty takes ``IT.DATASET.NAME``.
    """

    name: str
    label: str
    data_type: DataType
    sas_name: str = ""
    length: int = 0
    significant_digits: int | None = None
    display_format: str = ""
    code_list: CodeList | None = None
    key_sequence: int = 0
    oid: str = ""


@dataclass(frozen=True, slots=True)
class TabularDataset:
    """A table (Define-XML ItemGroupDef).

    :param name: unique among the datasets of an export, whatever its case. :param label: English.
    :param records: call it for a fresh iterator in the order of the file, in constant memory; some formats read twice.
    :param sas_name: at most eight characters; empty takes the name. :param oid: empty takes ``IG.NAME``.
    :param domain: of SDTM, ``AE`` of a SUPPAE; empty for none.
    """

    name: str
    label: str
    variables: tuple[Variable, ...]
    records: Callable[[], Iterator[Record]]
    sas_name: str = ""
    oid: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class TransportProfile:
    """How an authority takes datasets (field 12 of a country standard), as far as a format has a choice.

    :param folder: where the files go, with a ``/`` at its end; empty for the top of the export.
    :param encoding: of text in a format that doesn't prescribe one, as Python names it: ``ascii``, ``utf-8``, ``gb18030``.
    :param most_bytes: a file that grows beyond is split, 0 for never.
    """

    folder: str = ""
    encoding: str = "ascii"
    most_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Labels:
    """What labels of datasets and variables are called in a language. :param language: BCP 47. :param texts: by the English label."""

    language: str
    texts: Mapping[str, str]

    def of(self, label: str) -> str:
        """The English label where there is none."""
        return self.texts.get(label, label)


#: Writes datasets one after the other; whatever they hold that the format can't is refused before anything is written
#: (ExportRefused, naming dataset, record and variable), never cut off (REQ-EXP-06).
WriteDatasets = Callable[["ExportDataset", Iterable[TabularDataset], TransportProfile, "ExportSink"], None]


def rows_of(datasets: Mapping[str, TabularDataset], name: str) -> Iterator[Mapping[str, str]]:
    """Records of one of several datasets by the names of its variables; nothing of a dataset that is not there.

    A blank is an empty text, and so is a variable that the dataset does not have.
    """
    dataset = datasets.get(name)
    if dataset is not None:
        names = [one.name for one in dataset.variables]
        for record in dataset.records():
            yield defaultdict(str, {key: cell or "" for key, cell in zip(names, record, strict=True)})
