"""The studies that the core's own tests share; the builders themselves are those of plugin authors."""

from edc_core.domain.metadata import DataType
from edc_core.services import waiving
from edc_core.services.lock_readiness import what_is_open
from edc_core.services.reading import look_at
from edc_core.store import readers
from edc_core.testing import SOME_REASON, a_study, a_subject
from tests.made_before import Trial

__all__ = ["Trial", "a_study", "a_subject", "vital_signs", "waive_all"]


def vital_signs(oid="TRIAL-1"):
    """Blood pressure with limits, a date, a required answer, adverse events as a log, visits that repeat."""
    return (
        a_study(oid)
        .with_event("V1", "VS", "DM", "AE")
        .with_event("UNS", "VS", repeating=True)
        .with_item("VS.SYSBP", DataType.INTEGER, required=True, soft=(60, 250), hard=(0, 999))
        .with_item("VS.DIABP", DataType.INTEGER, required=True, soft=(40, 150), hard=(0, 999))
        .with_item("VS.DATE", DataType.DATE)
        .with_item("VS.NOTE")
        .with_item("DM.SEX", codes=("M", "F"))
        .with_item("DM.AGE", DataType.INTEGER)
        .with_group("AE.ROW", form="AE")
        .with_item("AE.TERM", group="AE.ROW", required=True)
        .with_item("AE.GRADE", DataType.INTEGER, group="AE.ROW", soft=(1, 5))
        .with_site("KR-01")
        .with_site("US-01", "US", "America/New_York")
    )


def waive_all(trial, by=None):
    """Waive, as a data manager, whatever stands in the way of a study lock."""
    person = by or trial.dm
    with trial.core.read() as source:
        picture = look_at(source, person, readers.study_by_id(source.connection, trial.study_id))
        remaining = what_is_open(picture).remaining
    for key in sorted({one.subject_key for one in remaining}):
        things = tuple(one.thing for one in remaining if one.subject_key == key)
        said = {"subject_key": key, "things": things, "component": "password", "reason": SOME_REASON}
        trial.act(person, waiving.waive, waiving.Waive, **said)
