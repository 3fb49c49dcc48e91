"""From finished records to rows of datasets: long texts are split, qualifiers and relations get datasets of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edc_core_sdtm.annotation import Target, targets
from edc_core_sdtm.columns import CO, RELREC, SUPP, columns_of, domains_of
from edc_core_sdtm.lineage import Lineage
from edc_core_sdtm.plan import StudyPlan
from edc_core_sdtm.qualifiers import LONGEST_TEXT, is_long, numbered, pieces
from edc_core_sdtm.record import Qualifier, Record
from edc_core_sdtm.spool import Spool
from edc_core_sdtm.subject import SubjectRecords

_QUALIFIED = (
    "STUDYID",
    "RDOMAIN",
    "USUBJID",
    "IDVAR",
    "IDVARVAL",
    "QNAM",
    "QLABEL",
    "QVAL",
    "QORIG",
    "QEVAL",
)
_RELATED = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELTYPE", "RELID")
_CERTAINLY_SHORT = LONGEST_TEXT // 4  #: characters, for none has more than four bytes
_LINKS = ("LNKID", "LNKGRP")


class Emitter:
    """Takes the records of subjects, one subject after the other."""

    def __init__(
        self, study: str, plans: Sequence[StudyPlan], derived: Iterable[str], lineage: Lineage
    ) -> None:
        self._study = study
        self._lineage = lineage
        self.spools: dict[str, Spool] = {}
        for domain in domains_of(plans):
            columns = columns_of(domain, plans, derived)
            names = [one.name for one in columns] + (
                [f"{CO}VAL{n}" for n in range(1, 10)] if domain == CO else []
            )
            numbers = [one.name for one in columns if one.is_number]
            self.spools[domain] = Spool(
                domain, names, numbers, [one.name for one in columns if one.code_lists]
            )
        self._supp = {domain: Spool(f"{SUPP}{domain}", _QUALIFIED) for domain in self.spools}
        self._related = Spool(RELREC, _RELATED)
        self._links = _links(plans)
        self._shared: set[tuple[str | None, ...]] = set()

    def datasets(self) -> list[Spool]:
        """Every dataset that has a row, each followed by its qualifiers."""
        found = []
        for domain, spool in self.spools.items():
            found += [one for one in (spool, self._supp[domain]) if one.count]
        self._relate_datasets()
        return found + ([self._related] if self._related.count else [])

    def close(self) -> None:
        for spool in [*self.spools.values(), *self._supp.values(), self._related]:
            spool.close()

    def subject(self, made: SubjectRecords) -> None:
        self._shared.clear()
        for domain, records in made.records.items():
            for record in records:
                self._record(domain, record, made)
        self._relate(made)

    def _record(self, domain: str, record: Record, made: SubjectRecords) -> None:
        values = record.values
        values["STUDYID"], values["DOMAIN"], values["USUBJID"] = self._study, domain, made.usubjid
        if max(map(len, values.values())) > _CERTAINLY_SHORT:
            for name, text in list(values.items()):
                if is_long(text):
                    self._split(domain, record, name, text)
        spool = self.spools[domain]
        get = values.get
        spool.add([get(name) or None for name in spool.columns])
        record.number = spool.count
        self._lineage.add(record, made.subject.subject_key)
        if record.qualifiers:
            self._qualify(domain, record, made)

    def _split(self, domain: str, record: Record, name: str, text: str) -> None:
        first, *rest = pieces(text)
        record.values[name] = first
        for n, piece in enumerate(rest, 1):
            if domain == CO:
                record.values[f"{name}{n}"] = piece
            else:
                record.qualifiers.append(
                    Qualifier(numbered(name, n), f"{name}, part {n + 1}", piece, variable=name)
                )

    def _qualify(self, domain: str, record: Record, made: SubjectRecords) -> None:
        spool, usubjid = self._supp[domain], made.usubjid
        for one in record.qualifiers:
            id_name, id_value = self._identified(domain, record, one)
            if one.is_shared and not self._is_first(domain, usubjid, id_value, one.name):
                continue
            for n, piece in enumerate(pieces(one.value) if is_long(one.value) else (one.value,)):
                name = numbered(one.name, n) if n else one.name
                label = f"{one.label[:30]}, part {n + 1}" if n else one.label
                spool.add(
                    [self._study, domain, usubjid, id_name, id_value, name, label, piece, one.origin, None]
                )
                self._lineage.qualify(spool.name, spool.count, record, one, made.subject.subject_key)

    @staticmethod
    def _identified(domain: str, record: Record, one: Qualifier) -> tuple[str | None, str | None]:
        if domain == "DM":
            return None, None
        if one.is_shared:
            return f"{domain}GRPID", record.get("GRPID")
        return f"{domain}SEQ", record.get("SEQ")

    def _is_first(self, *key: str | None) -> bool:
        """Whether a qualifier of several records wasn't written yet."""
        new = key not in self._shared
        self._shared.add(key)
        return new

    def _relate(self, made: SubjectRecords) -> None:
        """RELREC: records whose texts are the same, as the annotation says (SDTMIG 3.4, section 8.2)."""
        count = 0
        for domain, records in made.records.items():
            for record in records:
                for name, other in (
                    record.plan.relations if record.plan and record.domain == record.plan.domain else ()
                ):
                    text = record.values.get(name, "").upper()
                    to = next(
                        (r for r in made.records.get(other[:2], ()) if text and _same(r, other, text)), None
                    )
                    if to is not None:
                        count += 1
                        for one, variable in ((record, name), (to, other)):
                            sequence = f"{one.domain}SEQ"
                            identified = [one.domain, made.usubjid, sequence, one.values[sequence]]
                            self._related.add([self._study, *identified, None, f"{domain}{other[:2]}{count}"])
                            self._lineage.relate(self._related.count, one, variable, made.subject.subject_key)

    def _relate_datasets(self) -> None:
        """RELREC between datasets that share a link (``--LNKID``); called once, at the end."""
        for one, other in self._links:
            if self.spools[one[:2]].count and self.spools[other[:2]].count:
                for name, kind in ((one, "ONE"), (other, "MANY")):
                    self._related.add(
                        [self._study, name[:2], None, name, None, kind, f"{one[:2]}{other[:2]}"]
                    )
                    self._lineage.relate(self._related.count, None, name, None)
        self._links = []


def _same(record: Record, name: str, text: str) -> bool:
    return record.values.get(name, "").upper() == text


def _links(plans: Sequence[StudyPlan]) -> list[tuple[str, str]]:
    """Pairs of link variables that one item gives, the first being that of the identified thing."""
    linking = {
        source.item
        for plan in plans
        for record in plan.all_records
        for name, sources in record.sources.items()
        if name.endswith(_LINKS)
        for source in sources
    }
    named = {
        tuple(
            one.variable
            for one in targets(item.aliases)
            if isinstance(one, Target) and one.variable.endswith(_LINKS)
        )
        for item in linking
    }
    return [(names[0], other) for names in sorted(named) for other in names[1:]]
