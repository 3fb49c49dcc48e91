"""The checks of HERSC-301 that no expression can say: register, nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import CheckExample, EditCheck, PluginStudy, hookimpl
from edc_core_trial_hersc301 import tumour

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


@hookimpl
def edc_register_checks(study: PluginStudy) -> Iterable[EditCheck]:
    """Offer the checks; asked only for studies that name this plugin."""
    return CHECKS
