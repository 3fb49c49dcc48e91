"""The scanners that hold in every country. What a pattern cannot tell for sure asks; what it can is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import OnHit, Scanner, TranslatedText, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

_DATE = r"(\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]([A-Za-z]{3,9}|\d{1,2})[-./ ]\d{2,4}|\d{6}|\d{8}|\d{4}년 ?\d{1,2}월 ?\d{1,2}일)"
_BIRTH = r"(\bborn( on)?|\bd\.?o\.?b\.?|\bdate of birth|\bbirth ?date|\bbirthday|생년 ?월일|생일)"


def _says(english: str, korean: str) -> TranslatedText:
    return TranslatedText((("en", english), ("ko", korean)))


SCANNERS = (
    Scanner(
        "bank-account",
        r"(?i)\b[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,3})?\b",
        _says(
            "This holds a bank account number. Write it without.",
            "은행 계좌 번호가 들어 있습니다. 번호를 빼고 적어 주세요.",
        ),
        check="iban",
    ),
    Scanner(
        "birth-date",
        rf"(?i){_BIRTH}[^\d\n]{{0,12}}{_DATE}",
        _says(
            "This holds a date of birth. It belongs to its own item, as precisely as the study asks.",
            "생년월일이 들어 있습니다. 생년월일은 정해진 항목에, 시험에서 요구하는 만큼만 적습니다.",
        ),
    ),
    Scanner(
        "card-number",
        r"\d{4}([ -]?\d{4}){2}[ -]?\d{1,7}",
        _says(
            "This looks like the number of a card. If it is one, write it without.",
            "카드 번호처럼 보입니다. 카드 번호라면 빼고 적어 주세요.",
        ),
        on_hit=OnHit.ASK,
        check="luhn",
    ),
    Scanner(
        "e-mail",
        r"(?i)[A-Z0-9._%+-]{1,64}@[A-Z0-9-]{1,63}(\.[A-Z0-9-]{1,63}){0,4}\.[A-Z]{2,24}",
        _says(
            "This holds an e-mail address. Write it without.",
            "전자우편 주소가 들어 있습니다. 주소를 빼고 적어 주세요.",
        ),
    ),
    Scanner(
        "person",
        r"(\b(Mr|Mrs|Ms|Miss)\.? [A-Z][a-z]{1,24}|[가-힣]{2,4} ?환자(분|님))",
        _says(
            "This looks like the name of a person. Write 'the subject' or 'the partner' instead.",
            "사람 이름처럼 보입니다. 이름 대신 '대상자' 또는 '보호자'라고 적어 주세요.",
        ),
        on_hit=OnHit.ASK,
    ),
    Scanner(
        "record-number",
        r"(?i)(\bMRN\b|\bmedical record (no|number)\b|\bhospital (no|number)\b|등록번호|차트번호)[^\d\n]{0,4}\d{4,12}",
        _says(
            "This holds a medical record number. Use the subject number instead.",
            "병원 등록번호가 들어 있습니다. 대신 대상자 번호를 적어 주세요.",
        ),
    ),
    Scanner(
        "telephone",
        r"(\+\d{1,3}[ .-]?\(?\d{1,4}\)?([ .-]?\d{2,4}){2,4}|\(?0\d{1,3}\)?[ .-]\d{3,4}[ .-]\d{4}|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})",
        _says(
            "This holds a telephone number. Write it without.",
            "전화번호가 들어 있습니다. 번호를 빼고 적어 주세요.",
        ),
    ),
)


@hookimpl
def edc_register_scanners() -> Iterable[Scanner]:
    return SCANNERS
