"""The checks of HERSC-301 that no expression can say: register, nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import CheckExample, CrossSubjectCheck, EditCheck, PluginStudy, hookimpl
from edc_core_trial_hersc301 import supplies, tumour

_BASELINE = (
    ("SCR/TUMOR.TULOG[1].TULNKID", "T01"),
    ("SCR/TUMOR.TULOG[2].TULNKID", "NT01"),
    ("C5D1/TUMOR.TUPERF", "Y"),
    ("C5D1/TUMOR.TULOG[1].TULNKID", "NT01"),
)
CHECKS = (
    EditCheck(
        "EC59.MISSING",
        "Lesion not measured again",
        form="TUMOR",
        check=tumour.lesion_left_out,
        examples=(
            CheckExample(fires=True, values=_BASELINE),
            CheckExample(fires=False, values=(*_BASELINE, ("C5D1/TUMOR.TULOG[2].TULNKID", "T01"))),
            CheckExample(fires=False, values=(*_BASELINE, ("C5D1/TUMOR.TUPERF", "N"))),
        ),
    ),
)

_DOSE = (("A:C1D1/EX_TRA.KITNO", "K100001"), ("A:C1D1/EX_TRA.ECSTDAT", "2026-03-04"))
_SAMPLE = (("A:C1D1/PC.PCREFID", "PC1"), ("A:C1D1/IS.ISREFID", "IS1"))
ACROSS = (
    CrossSubjectCheck(
        "EC32.TWICE",
        "Kit used twice",
        form="EX_TRA",
        reads=("EX_TRA.KITNO", "EX_TRA.ECSTDAT", "EX_TRA.ECSTTIM"),
        check=supplies.kit_used_twice,
        examples=(
            CheckExample(fires=True, values=(*_DOSE, ("B:C2D1/EX_TRA.KITNO", "k100001"))),
            CheckExample(fires=True, values=(*_DOSE, ("A:C2D1/EX_TRA.KITNO", "K100001"))),
            CheckExample(fires=False, values=(*_DOSE, ("B:C2D1/EX_TRA.KITNO", "K100002"))),
        ),
    ),
    CrossSubjectCheck(
        "EC49.SUBJECT",
        "Result of another subject's sample",
        form="CLR",
        reads=("CLR.CLREFID", "PC.PCREFID", "IS.ISREFID"),
        check=supplies.barcode_of_another,
        examples=(
            CheckExample(fires=True, values=(*_SAMPLE, ("B:CLR.CLREFID", "PC1"))),
            CheckExample(fires=False, values=(*_SAMPLE, ("A:CLR.CLREFID", "IS1"))),
            CheckExample(fires=False, values=(*_SAMPLE, ("B:CLR.CLREFID", "PC9"))),
        ),
    ),
    CrossSubjectCheck(
        "EC49.VISIT",
        "Result filed under another visit",
        form="CLR",
        reads=("CLR.CLREFID", "CLR.CLRVISIT", "PC.PCREFID", "IS.ISREFID"),
        check=supplies.result_of_another_visit,
        examples=(
            CheckExample(fires=True, values=(*_SAMPLE, ("A:CLR.CLREFID", "PC1"), ("A:CLR.CLRVISIT", "C8D1"))),
            CheckExample(
                fires=False, values=(*_SAMPLE, ("A:CLR.CLREFID", "PC1"), ("A:CLR.CLRVISIT", "C1D1"))
            ),
        ),
    ),
)


@hookimpl
def edc_register_checks(study: PluginStudy) -> Iterable[EditCheck | CrossSubjectCheck]:
    """Offer the checks; asked only for studies that name this plugin."""
    return (*CHECKS, *ACROSS)
