"""EC24: nothing of the study happens before consent."""

from __future__ import annotations

from collections.abc import Iterator

from edc_core.api import Finding, FormView

#: Study procedures of screening: form and the item with its date.
PROCEDURES = (
    ("VS", "VSDAT"),
    ("PE", "PEDAT"),
    ("EG", "EGDAT"),
    ("LVEF", "CVDAT"),
    ("ECOG", "RSDAT"),
    ("LB_HEM", "LBDAT"),
    ("PREG", "LBDAT"),
    ("EX_TRA", "ECSTDAT"),
)


def procedure_before_consent(form: FormView) -> Iterator[Finding]:
    """EC24 fires at each procedure dated before the first consent; a later consent is a renewal."""
    consent = form.date("RFICDAT")
    if consent is None or any(
        (other := renewed.date("RFICDAT")) is not None and other.before(consent)
        for renewed in form.casebook.forms("CONSENT")
    ):
        return
    for name, item in PROCEDURES:
        for procedure in form.casebook.forms(name):
            done = procedure.date(item)
            if done is not None and done.before(consent):
                yield Finding(
                    procedure.at(item),
                    "This procedure is dated before informed consent. Please correct the date, or report a deviation.",
                )
