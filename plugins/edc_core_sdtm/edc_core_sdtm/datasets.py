"""Datasets as the formats take them, and what Define-XML says of their columns: from what was spooled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from edc_core.api import DataType, TabularDataset, Variable
from edc_core_sdtm.columns import SUPP, facts_of
from edc_core_sdtm.spool import Extent, Spool
from edc_core_sdtm.standard import Domain, StandardVariable

_KEYS: Mapping[str, Sequence[str]] = {
    "DM": ("STUDYID", "USUBJID"), "SV": ("STUDYID", "USUBJID", "VISITNUM"), "TA": ("STUDYID", "ARMCD", "TAETORD"),
    "TE": ("STUDYID", "ETCD"), "TV": ("STUDYID", "ARMCD", "VISITNUM"), "TI": ("STUDYID", "IETESTCD", "TIVERS"),
    "TS": ("STUDYID", "TSPARMCD", "TSSEQ"),
    "RELREC": ("STUDYID", "RELID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL"),
}  # fmt: skip
_KEYS_OF_SUPP = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")


@dataclass(frozen=True)
class Dataset:
    """A finished dataset. :param variables: in order, as the standard knows them."""

    spool: Spool
    facts: Domain
    variables: Sequence[StandardVariable]

    @property
    def name(self) -> str:
        return self.spool.name

    @property
    def domain(self) -> str:
        """Of the records, or of those that the qualifiers belong to."""
        return self.name.removeprefix(SUPP)

    @property
    def label(self) -> str:
        return (
            f"Supplemental Qualifiers for {self.domain}" if self.name.startswith(SUPP) else self.facts.label
        )

    def extent(self, name: str) -> Extent:
        return self.spool.extents[name]

    def key_sequence(self, name: str) -> int:
        own = _KEYS_OF_SUPP if self.name.startswith(SUPP) else _KEYS.get(self.name)
        keys = own or ("STUDYID", "USUBJID", f"{self.name}SEQ")
        return keys.index(name) + 1 if name in keys else 0

    def data_type(self, variable: StandardVariable) -> DataType:
        extent = self.extent(variable.name)
        if variable.is_number:
            return DataType.INTEGER if extent.is_integer else DataType.FLOAT
        if variable.name.endswith("DTC"):
            return DataType.PARTIAL_DATETIME
        return DataType.DURATION_DATETIME if variable.name[2:] in {"ELTM", "DUR"} else DataType.TEXT

    def table(self) -> TabularDataset:
        """As the formats take it."""
        return TabularDataset(
            self.name, self.label, tuple(self._variable(v) for v in self.variables), self.spool.rows, self.name,
            f"IG.{self.name}", self.domain,
        )  # fmt: skip

    def _variable(self, variable: StandardVariable) -> Variable:
        extent = self.extent(variable.name)
        kind = self.data_type(variable)
        return Variable(
            variable.name, variable.label, kind, variable.name, max(extent.length, 1),
            extent.decimals if kind is DataType.FLOAT else None, key_sequence=self.key_sequence(variable.name),
            oid=item_oid(self.name, variable.name),
        )  # fmt: skip


def item_oid(dataset: str, variable: str) -> str:
    return f"IT.{dataset}.{variable}"


def finished(spools: Iterable[Spool]) -> list[Dataset]:
    """Datasets in the order of the spools. Columns for parts of texts that no row needs are left out."""
    found = []
    for spool in spools:
        spool.flush()
        facts = facts_of(spool.name)
        variables = [
            facts.allowed.get(name) or _part(facts, name)
            for name in spool.columns
            if name in facts.allowed or spool.extents[name].length
        ]
        spool.narrow([v.name for v in variables])
        found.append(Dataset(spool, facts, variables))
    return found


def _part(facts: Domain, name: str) -> StandardVariable:
    """``COVAL1`` or ``TSVAL1``: a further part of a text."""
    whole = facts.variables[name.rstrip("0123456789")]
    return StandardVariable(
        name, f"{whole.label} {name[len(whole.name) :]}", whole.role, is_number=False, core="Perm"
    )
