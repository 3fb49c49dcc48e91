"""CN-B1: the resident identity number and mobile telephones."""

from __future__ import annotations

from edc_core.api import CheckDigit, Scanner
from edc_core_country_cn.sources import PIPL, held, says

#: ISO 7064 MOD 11-2 over seventeen digits.
_MOD_11_2 = CheckDigit((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), 11, tuple("10X98765432"))
RESIDENT = Scanner(
    "cn-resident-id",
    r"[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]",
    says(
        "This holds a resident identity number. It is never stored: write it without.",
        "此处含有居民身份证号码，不会保存。请删除后再填写。",
    ),
    check=_MOD_11_2,
    by_law=True,
)
MOBILE = Scanner(
    "cn-mobile",
    r"1[3-9]\d{9}",
    says("This holds a mobile telephone number. Write it without.", "此处含有手机号码。请删除后再填写。"),
    countries=("CN",),
)
SCANNERS = (held(RESIDENT, f"{PIPL}, Art. 28"), held(MOBILE, f"{PIPL}, Art. 6: no more than is needed"))
