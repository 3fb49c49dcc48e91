"""What the datasets of HERSC-301 say that no answer gives: whether an adverse event is treatment-emergent.

Source: SDTMIG 3.4, appendix C, supplemental qualifier AETRTEM; FDA, Study Data Technical Conformance Guide, section on SUPPAE.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Protocol


class Record(Protocol):
    """What is used of a record of a domain."""

    values: dict[str, str]

    def qualify(self, name: str, label: str, value: str) -> None: ...


class Derivations:
    """The derivations that ``edc_core_sdtm`` asks for; see its how-to."""

    variables: Mapping[str, Mapping[str, str]] = {
        "SUPPAE.AETRTEM": {
            "en": "Y when AESTDTC is RFXSTDTC or later, or may be by the part of it that is known; else N. Without a dose (no RFXSTDTC) N.",
            "ko": "AESTDTC가 RFXSTDTC와 같거나 그 뒤이면, 또는 알려진 부분만으로 그럴 수 있으면 Y, 아니면 N. 투여가 없으면(RFXSTDTC 없음) N.",
            "ja": "AESTDTCがRFXSTDTC以降であるか、判明している部分からその可能性があればY、それ以外はN。投与がない場合(RFXSTDTCなし)はN。",
            "zh": "AESTDTC等于或晚于RFXSTDTC时为Y。按已知部分可能如此时也为Y。其他情况及未给药(无RFXSTDTC)时为N。",
        }
    }

    def derive(self, records: MutableMapping[str, Sequence[Record]]) -> None:
        first_dose = records["DM"][0].values.get("RFXSTDTC", "")
        for event in records.get("AE", ()):
            emerged = is_emergent(event.values.get("AESTDTC", ""), first_dose)
            event.qualify("AETRTEM", "Treatment Emergent Flag", "Y" if emerged else "N")


def is_emergent(began: str, first_dose: str) -> bool:
    """Whether an event began with the first dose or later, or may have.

    :param began: ISO 8601, as much as is known; empty when nothing is, ``2026---15`` when the month isn't. :param first_dose: empty
        without one.
    """
    known = began.partition("--")[0]  # what comes behind a gap says nothing of before and after
    shared = min(len(known), len(first_dose))
    return bool(first_dose) and known[:shared] >= first_dose[:shared]


derivations = Derivations()
