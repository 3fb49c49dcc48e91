"""How an authority takes data: the layout of datasets and packages, and the rules that they have to keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edc_core.domain.tabular import TabularDataset, TransportProfile


@dataclass(frozen=True, slots=True)
class ExportProfile:
    """12. How datasets are handed in. :param units: ``SI``, ``conventional`` or ``both``.

    :param translated: language in which key texts have to be there too, or empty. :param lengths: of names, labels (both in
        characters) and values (bytes); 0 for no limit.
    :param labels: of datasets and variables, in English and in the language of the layout, where the authority wants them so.
    """

    rule: str
    name: str
    transport: TransportProfile
    lengths: tuple[int, int, int] = (8, 40, 200)
    units: Literal["SI", "conventional", "both"] = "SI"
    translated: str = ""
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """What a rule says of datasets. :param record: from 1, 0 for the dataset. :param rejects: the authority does not take it."""

    rule: str
    severity: Literal["reject", "error", "warning"]
    dataset: str
    text: str
    record: int = 0
    variable: str = ""

    @property
    def rejects(self) -> bool:
        return self.severity == "reject"


@dataclass(frozen=True, slots=True)
class ConformanceRule:
    """13. A rule over the datasets of a package, by name. It is pure, and reads records as a stream."""

    rule: str
    title: str
    look: Callable[[Mapping[str, TabularDataset]], Iterable[RuleFinding]]


@dataclass(frozen=True, slots=True)
class GradedRule:
    """13. What an authority makes of a rule that an engine runs. :param rule: its id there, ``CORE-000201``.

    :param known_as: the id that the authority has for it, ``SD0064``. :param title: what is wrong where it is broken.
    """

    rule: str
    known_as: str
    severity: Literal["reject", "error", "warning"]
    title: str


@dataclass(frozen=True, slots=True)
class HeldFormat:
    """Another format that a package holds. :param name: as a study asks for it; ``format`` is that of an exporter.

    :param folder: where, as those of the layout. :param why: law or guidance, with its clause.
    :param subjects: ``all``, or those that ``died or stopped`` for an adverse event. :param on_request: only where the study asks.
    """

    name: str
    format: str
    folder: str
    why: str
    subjects: Literal["all", "died or stopped"] = "all"
    on_request: bool = False


#: Case report forms on request, in the folder that the eCTD has for them (ICH M4E(R2), 5.3.7; eCTD 3.2.2, appendix 4).
CASEBOOKS = HeldFormat(
    "casebooks", "casebook-pdf", "m5/53-clin-stud-rep/537-crf-ipl/{study}/", "CTD, module 5.3.7: case report forms",
    on_request=True,
)  # fmt: skip
#: Folders of datasets in module 5 that every authority with a layout has; some have more.
M5_DATASETS = (
    ("tabulations", "m5/datasets/{study}/tabulations/sdtm/"),
    ("analysis", "m5/datasets/{study}/analysis/adam/datasets/"),
    ("programs", "m5/datasets/{study}/analysis/adam/programs/"),
)


@dataclass(frozen=True, slots=True)
class PackageLayout:
    """14. Where what lies in a package, and which findings of rules keep it from being made. :param folders: ``tabulations``, ``analysis``, ``programs``, ... and path with ``{study}``.

    :param stops_on: severities with which nothing is made; ``explains``: those of which each rule is explained in the guide.
    :param guides: reviewer's guides that belong to it. :param language: of its guides and labels, with the ``encoding`` that is
        declared. :param holds: what else lies in it.
    """

    folders: tuple[tuple[str, str], ...]
    guides: tuple[str, ...] = ()
    language: str = "en"
    encoding: str = "ascii"
    stops_on: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    holds: tuple[HeldFormat, ...] = ()

    def folder(self, what: str, study: str) -> str:
        """:raises KeyError: there is no place for it."""
        return dict(self.folders)[what].format(study=study.lower())
