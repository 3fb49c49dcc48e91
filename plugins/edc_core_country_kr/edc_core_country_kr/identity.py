"""KR-B1 and KR-B2: what tells who somebody is and is never held."""

from __future__ import annotations

from edc_core.api import (
    CheckExample,
    CountryCheck,
    ForbiddenItem,
    Scanner,
    TextKind,
)
from edc_core_country_kr.sources import PIPA, held, says, seen

_DATE = r"\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"

#: Numbers issued since October 2020 have no check digit, so the pattern alone decides; foreigner numbers have it too.
RRN = Scanner(
    "kr-rrn",
    rf"{_DATE}[-\s]?\d{{7}}",
    says(
        "This holds a resident registration number. It is never stored: write it without.",
        "주민등록번호가 들어 있습니다. 저장할 수 없으니 번호를 빼고 적어 주세요.",
    ),
    by_law=True,
)
BIRTH_IN_KEY = Scanner(
    "kr-birth-in-key",
    rf"(19|20)?{_DATE}",
    says(
        "This subject number holds a date, as of a birth. Use a number that tells nothing of the subject.",
        "대상자 번호에 생년월일로 보이는 날짜가 있습니다. 대상자를 알 수 없는 번호를 사용하십시오.",
    ),
    texts=frozenset({TextKind.SUBJECT_KEY}),
    countries=("KR",),
)
HOSPITAL_KEY = Scanner(
    "kr-hospital-key",
    r"\d{7,12}",
    says(
        "This subject number looks like a hospital number. Use the number of the study.",
        "대상자 번호가 병원 등록번호처럼 보입니다. 시험에서 정한 번호를 사용하십시오.",
    ),
    texts=frozenset({TextKind.SUBJECT_KEY}),
    countries=("KR",),
)
SCANNERS = (
    seen(RRN, f"{PIPA}, Art. 24-2, in force since 7 Aug 2014"),
    held(BIRTH_IN_KEY, f"{PIPA}, Art. 3 and 23: no more than is needed"),
    held(HOSPITAL_KEY, f"{PIPA}, Art. 3 and 23: no more than is needed"),
)
FORBIDDEN = (
    held(
        ForbiddenItem(
            "KR-B2",
            r"\binitials?\b|이니셜|머리글자",
            says(
                "Initials are not collected at Korean sites. The subject number stands for the subject.",
                "국내 기관에서는 이니셜을 수집하지 않습니다. 대상자 번호를 사용하십시오.",
            ),
        ),
        f"{PIPA}, Art. 3: no more than is needed",
    ),
)


def birth_checks(birth: str) -> tuple[CountryCheck, ...]:
    """EC64: a date of birth no more exact than the month. :param birth: name of the item in form DM."""
    return (
        CountryCheck(
            "KR-B2.BIRTH",
            "DM",
            birth,
            f"missing({birth}) or not is_complete({birth})",
            says(
                "At Korean sites a date of birth is the year, or the year and month. Please leave the day out.",
                "국내 기관에서는 출생 연도 또는 연월만 적습니다. 일(日)은 빼 주십시오.",
            ),
            examples=(
                CheckExample(True, ((birth, "1980-01-01"),)),
                CheckExample(False, ((birth, "1980-01"),)),
                CheckExample(False, ((birth, "1980"),)),
            ),
        ),
    )
