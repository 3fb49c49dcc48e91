"""All records of one subject, in every domain, finished and numbered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from edc_core.api import ExportDataset, ExportSubject, MetaDataIndex, Step
from edc_core_sdtm.answers import Around
from edc_core_sdtm.baseline import flag_last_before_exposure
from edc_core_sdtm.demographics import Demographics, completed, usubjid
from edc_core_sdtm.derivation import Derivation
from edc_core_sdtm.elements import Element, Stretch, element_records, elements_of, epoch_at, stretches
from edc_core_sdtm.exposure import exposure_records
from edc_core_sdtm.lesions import identified
from edc_core_sdtm.making import FormMaker, RecordMaker
from edc_core_sdtm.plan import StudyPlan
from edc_core_sdtm.planning import plan_of
from edc_core_sdtm.record import Qualifier, Record
from edc_core_sdtm.samples import join_samples
from edc_core_sdtm.schedule import Schedule
from edc_core_sdtm.standard import standard
from edc_core_sdtm.study_days import add_study_days
from edc_core_sdtm.terminology import Terminology
from edc_core_sdtm.visits import Visit, visit_records, visits_of


@dataclass(slots=True)
class SubjectRecords:
    """The records of a subject by domain, each in the order of its ``--SEQ``."""

    subject: ExportSubject
    usubjid: str
    records: dict[str, list[Record]] = field(default_factory=dict)

    @property
    def demographics(self) -> Record:
        return self.records["DM"][0]


class SubjectMaker:
    """Makes the records of subjects, one after the other."""

    def __init__(
        self, dataset: ExportDataset, plans: Mapping[str, StudyPlan], derivations: Sequence[Derivation] = ()
    ) -> None:
        self.plans = plans
        self._makers = {oid: FormMaker(plan, dataset.versions[oid]) for oid, plan in self.plans.items()}
        self._dataset = dataset
        self._index: MetaDataIndex = dataset.newest
        self.plan = self.plans[self._index.version.oid]
        self.schedule = Schedule(self._index)
        self._demographics = Demographics(list(self.plans.values())[::-1], dataset.sites)
        self._arms = arm_names(self._index, self.plan)
        self._elements: dict[str, list[Element]] = {}
        self._derivations = derivations
        self._has_exposure = any(p.domain == "EX" for p in self.plan.all_records)

    def make(self, subject: ExportSubject) -> SubjectRecords:
        who = usubjid(self._dataset.study_oid, subject.site_number, subject.subject_key)
        found = self._of_forms(subject)
        records = found.records
        if not self._has_exposure and "EC" in records:
            records["EX"] = list(exposure_records(records["EC"]))
        join_samples(records)
        if "TU" in records:
            records["TU"] = identified(records["TU"])
        dm = self._demographics.record(subject)
        records["DM"] = [dm]
        visits = visits_of(subject, (r for of in records.values() for r in of), self.schedule)
        completed(dm, records, self._arms)
        parts = stretches(
            self.elements(dm.values.get("ARMCD", "")),
            visits,
            dm.values.get("RFICDTC", ""),
            dm.values.get("RFPENDTC", ""),
        )
        records["SV"] = list(visit_records(visits, subject, self.schedule))
        records["SE"] = list(element_records(parts))
        for derivation in self._derivations:
            derivation.derive(records)
        self._finish(records, visits, parts, dm)
        return SubjectRecords(subject, who, {domain: of for domain, of in records.items() if of})

    def elements(self, arm: str) -> list[Element]:
        known = self._elements.get(arm)
        if known is None:
            known = self._elements[arm] = elements_of(self._index, self.plan, arm)
        return known

    def _of_forms(self, subject: ExportSubject) -> _Found:
        found = _Found()
        for form in subject.forms:
            if form.status == "removed":
                continue
            for record in self._makers[form.meta_data_version].records(form, found.belongs):
                found.records.setdefault(record.domain, []).append(record)
        found.attach()
        return found

    def _finish(
        self,
        records: dict[str, list[Record]],
        visits: Mapping[Step, Visit],
        parts: Sequence[Stretch],
        dm: Record,
    ) -> None:
        reference, exposed = dm.values.get("RFSTDTC", ""), dm.values.get("RFXSTDTC", "")
        for domain, found in records.items():
            facts = standard().domains[domain]
            has_visits, has_epoch = "VISITNUM" in facts.variables, "EPOCH" in facts.variables
            for record in found:
                if domain in {"SE", "SV"}:
                    add_study_days(record, reference)
                    continue
                visit = visits.get(record.event) if record.event is not None else None
                if visit is not None and has_visits:
                    record.values.setdefault("VISITNUM", visit.number)
                    record.values["VISIT"] = visit.name
                    if visit.day and "VISITDY" in facts.variables:
                        record.values["VISITDY"] = visit.day
                day = record.day or (visit.start if visit is not None else "")
                if has_epoch and (epoch := epoch_at(parts, day)):
                    record.values["EPOCH"] = epoch
                if not reference:
                    for end in ("STRF", "ENRF"):
                        record.values.pop(domain + end, None)
                add_study_days(record, reference)
            if facts.is_findings and f"{domain}LOBXFL" in facts.allowed:
                flag_last_before_exposure(domain, found, exposed)
            number(domain, found)


def plans_of(versions: Mapping[str, MetaDataIndex], terms: Terminology) -> dict[str, StudyPlan]:
    """The plan of each version, oldest first; the numbers of their records go on from one to the next."""
    plans: dict[str, StudyPlan] = {}
    for oid, index in versions.items():
        plans[oid] = plan_of(index, terms, sum(len(plan.all_records) for plan in plans.values()))
    return plans


@dataclass(slots=True)
class _Found:
    records: dict[str, list[Record]] = field(default_factory=dict)
    _belonging: list[tuple[str, str, str, list[Qualifier]]] = field(default_factory=list)

    def belongs(self, maker: RecordMaker, around: Around, path: str) -> None:
        """Keep qualifiers for a record of another form."""
        assert maker.plan.parent is not None
        variable, source = maker.plan.parent
        item = around[len(source.rows)].get(source.item.oid)
        if item is not None and item.value:
            key = item.value.upper()
            self._belonging.append((maker.plan.domain, variable, key, maker.qualifiers(around, path)))

    def attach(self) -> None:
        for domain, variable, text, qualifiers in self._belonging:
            for record in self.records.get(domain, ()):
                if record.values.get(variable, "").upper() == text:
                    known = {one.name for one in record.qualifiers}
                    record.qualifiers += [one for one in qualifiers if one.name not in known]
                    break


def number(domain: str, found: list[Record]) -> None:
    """Sort records by what stays the same from one export to the next, and count them (``--SEQ``)."""
    if domain in {"DM", "SV"}:
        return
    key: Callable[[Record], tuple[object, ...]] = _order
    found.sort(key=key)
    name = f"{domain}SEQ"
    for n, record in enumerate(found, 1):
        record.values[name] = str(n)


def _order(record: Record) -> tuple[object, ...]:
    values = record.values
    visit = values.get("VISITNUM")
    return (
        record.day or "~",  # what has no date comes last
        float(visit) if visit else 0.0,
        values.get(f"{record.domain}TESTCD", ""),
        record.path,
        values.get("ETCD", ""),
        record.plan.number if record.plan else -1,
    )


def arm_names(index: MetaDataIndex, plan: StudyPlan) -> Mapping[str, str]:
    """Text of each arm: of the code list that gives ARMCD, else of the study's arms."""
    names = {arm.oid: arm.title.in_language("en") or arm.name for arm in index.version.arms}
    for _, source in plan.demographics.get("ARMCD", ()):
        for term in source.code_list.items if source.code_list else ():
            names[term.coded_value] = term.decode.in_language("en") if term.decode else term.coded_value
    return names
