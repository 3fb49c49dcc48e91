"""From a study's data to the datasets of SDTM, and what is written beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager

from edc_core.api import RECORD_KEY, ExportDataset, ExportRefused, ExportSink, Labels, Tabulation
from edc_core_sdtm.columns import columns_of
from edc_core_sdtm.datasets import finished
from edc_core_sdtm.dates import earliest, latest
from edc_core_sdtm.define.writer import ANNOTATED_CRF, write_define
from edc_core_sdtm.derivation import derivations_of, said_of
from edc_core_sdtm.emitting import Emitter
from edc_core_sdtm.explanations import explanations
from edc_core_sdtm.lineage import Lineage
from edc_core_sdtm.native_texts import NativeTexts
from edc_core_sdtm.plan import PlanFinding, StudyPlan
from edc_core_sdtm.releases import terminology_of
from edc_core_sdtm.spool import Spool
from edc_core_sdtm.standard import standard
from edc_core_sdtm.subject import SubjectMaker, SubjectRecords, plans_of
from edc_core_sdtm.trial_design import trial_design

_MOST_SHOWN = 20
_NO_CRF = PlanFinding(
    "warning", "S207", "annotated CRF",
    f"No plugin prints the annotated CRF, so {ANNOTATED_CRF} is not here and origins name no pages. Install edc-core-crf-pdf and "
    "export again.",
)  # fmt: skip


@contextmanager
def tabulated(
    settings: Mapping[str, str], dataset: ExportDataset, progress: Callable[[int], None], encoding: str
) -> Iterator[Tabulation]:
    """Make the datasets; see ``MakeTabulation``. One terminology is used for all of them, that of the newest version.

    :param settings: of the installation, for this plugin.
    :raises ExportRefused: the annotations have errors. :raises BadRequest: the terminology is not as it was published.
    """
    native = NativeTexts(dataset, encoding)
    dataset = native.without(dataset)
    terms = terminology_of(dataset.newest.version, settings)
    by_version = plans_of(dataset.versions, terms)
    findings = list(_sound(by_version.values()))
    derivations = derivations_of(dataset.newest)
    maker = SubjectMaker(dataset, by_version, derivations)
    derived = said_of(derivations)
    plans = list(by_version.values())[::-1]
    crf = dataset.annotated_crf(dataset.newest.version) if dataset.annotated_crf else None
    if crf is None:
        findings.append(_NO_CRF)
    with ExitStack() as open_files:
        lineage = open_files.enter_context(closing(Lineage()))
        emitter = open_files.enter_context(closing(Emitter(dataset.study_oid, plans, derived, lineage)))
        summary = _Summary()
        for done, subject in enumerate((s for s in dataset.subjects() if s.subject_key != RECORD_KEY), 1):
            native.count(subject)
            made = maker.make(subject)
            emitter.subject(made)
            summary.take(made)
            progress(done)
        design = [
            open_files.enter_context(closing(_spooled(name, rows, maker, dataset.study_oid)))
            for name, rows in trial_design(dataset.newest, maker.plan, summary.parameters())
        ]
        datasets = finished([*(one for one in design if one.count), *emitter.datasets()])

        def define(
            sink: ExportSink, folder: str, file_of: Callable[[str], str], labels: Labels | None = None
        ) -> Mapping[str, tuple[int, tuple[str, ...]]]:
            if terms.sha256:
                sink.made_with(f"CDISC SDTM terminology {terms.release}", terms.sha256)
            pages = crf.pages if crf else {}
            english = write_define(dataset, datasets, plans, derived, pages, sink, folder, file_of, labels)
            if crf:
                with sink.open(f"{folder}{ANNOTATED_CRF}") as file:
                    file.write(crf.pdf)
            return english

        yield Tabulation(
            f"SDTMIG {standard().version}",
            terms.release,
            tuple(one.table() for one in datasets),
            tuple(_said(one) for one in (*findings, *native.findings())),
            define,
            lambda sink, name: lineage.write(plans, sink, name),
            lambda cells: lineage.places(plans, cells),
            explanations(),
            terms.sha256,
            native.left_out(),
        )


def _sound(plans: Iterable[StudyPlan]) -> Sequence[PlanFinding]:
    """The findings of all versions, when none is an error."""
    findings = list(dict.fromkeys(one for plan in plans for one in plan.findings))
    errors = [str(one) for one in findings if one.severity == "error"]
    if errors:
        more = f" and {len(errors) - _MOST_SHOWN} more" if len(errors) > _MOST_SHOWN else ""
        listed = "\n".join(errors[:_MOST_SHOWN])
        raise ExportRefused(
            f"The SDTM annotations have {len(errors)} errors; 'edc study sdtm' lists them:\n{listed}{more}",
            findings=errors,
        )
    return findings


def _spooled(name: str, rows: Sequence[Mapping[str, str]], maker: SubjectMaker, study: str) -> Spool:
    columns = columns_of(name, [maker.plan])
    parts = [f"TSVAL{n}" for n in range(1, 10)] if name == "TS" else []
    spool = Spool(
        name,
        [*(c.name for c in columns), *parts],
        [c.name for c in columns if c.is_number],
        [c.name for c in columns if c.code_lists],
    )
    for row in rows:
        values = {"STUDYID": study, "DOMAIN": name, **row}
        spool.add([values.get(column) or None for column in spool.columns])
    return spool


class _Summary:
    """What the data say for TS."""

    def __init__(self) -> None:
        self._consents: list[str] = []
        self._last: list[str] = []
        self._arms = 0

    def take(self, made: SubjectRecords) -> None:
        values = made.demographics.values
        self._consents.append(values.get("RFICDTC", ""))
        self._last.append(values.get("RFPENDTC", ""))
        self._arms += "ARMCD" in values

    def parameters(self) -> dict[str, str]:
        return {
            "SSTDTC": earliest(self._consents)[:10],
            "SENDTC": latest(self._last)[:10],
            "ACTSUB": str(self._arms),
        }


def _said(one: PlanFinding) -> Mapping[str, str]:
    return {"severity": one.severity, "code": one.code, "place": one.place, "message": one.message}
