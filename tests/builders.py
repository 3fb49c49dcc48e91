"""The studies that the core's own tests share; the builders themselves are those of plugin authors."""

from edc_core.domain.metadata import DataType
from edc_core.testing import Trial, a_study, a_subject

__all__ = ["Trial", "a_study", "a_subject", "vital_signs"]


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
