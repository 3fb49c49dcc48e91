"""JP-B2 and JP-B4: My Number, insurance numbers, and kana of half width."""

from __future__ import annotations

from edc_core.api import CheckDigit, Scanner
from edc_core_country_jp.sources import APPI, MARKS, held, says

#: Modulo 11 over eleven digits: 11 less the remainder, 0 where the remainder is 0 or 1.
_MY_NUMBER = CheckDigit(
    (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11, tuple("0" if rest < 2 else str(11 - rest) for rest in range(11))
)
MY_NUMBER = Scanner(
    "jp-my-number",
    r"\d{4}[ -]?\d{4}[ -]?\d{4}",
    says(
        "This holds an individual number (My Number). It is never stored: write it without.",
        "個人番号(マイナンバー)が含まれています。保存できませんので、番号を除いて入力してください。",
    ),
    check=_MY_NUMBER,
    by_law=True,
)
INSURANCE = Scanner(
    "jp-insurance",
    r"(保険者番号|被保険者番号|保険証番号|(?i:insurance (no|number)))[^\d\n]{0,6}\d{4,10}",
    says(
        "This holds a number of health insurance. Write it without.",
        "保険の番号が含まれています。番号を除いて入力してください。",
    ),
    countries=("JP",),
)
HALF_WIDTH = Scanner(
    "jp-half-width-kana",
    "[\uff66-\uff9f]",
    says(
        "This holds kana of half width. Type them in full width.",
        "半角カナが含まれています。全角で入力してください。",
    ),
    countries=("JP",),
    as_typed=True,
)
SCANNERS = (
    held(MY_NUMBER, MARKS),
    held(INSURANCE, APPI),
    held(HALF_WIDTH, "Practice of Japanese data management"),
)
