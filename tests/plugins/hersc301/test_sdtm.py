"""What HERSC-301 derives in its SDTM datasets."""

import pytest
from edc_core_sdtm.record import Record
from edc_core_trial_hersc301.sdtm import derivations, is_emergent

FIRST = "2026-03-04T10:15"


@pytest.mark.parametrize(
    ("began", "emergent"),
    [
        ("2026-03-04T10:15", True),
        ("2026-03-04T10:14", False),
        ("2026-03-04", True),
        ("2026-03-03", False),
        ("2026-03", True),
        ("2026-02", False),
        ("2026", True),
        ("2025", False),
        ("2026---15", True),
        ("2025---15", False),
        ("", True),
    ],
)
def test_an_event_that_may_have_begun_with_the_first_dose_is_treatment_emergent(began, emergent):
    assert is_emergent(began, FIRST) is emergent
    assert not is_emergent(began, "")


def test_every_event_says_so_beside_its_record():
    events = [Record("AE", {"AESTDTC": day}) for day in ("2026-03-05", "2026-03-01")]
    derivations.derive({"DM": [Record("DM", {"RFXSTDTC": FIRST})], "AE": events})
    said = [(one.name, one.value, one.origin) for event in events for one in event.qualifiers]
    assert said == [("AETRTEM", "Y", "Derived"), ("AETRTEM", "N", "Derived")]


def test_the_method_is_said_in_every_language_that_a_package_may_be_in():
    assert {frozenset(said) for said in derivations.variables.values()} == {
        frozenset({"en", "ko", "ja", "zh"})
    }
