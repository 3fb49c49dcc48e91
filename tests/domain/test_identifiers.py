"""What identifier scanners find, with the check digits of several countries as data (EC63 of REQ-PRV-02)."""

import time

import pytest
from edc_core_scanners.plugin import SCANNERS
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.metadata import Alias, DataType, ItemDef
from edc_core.domain.scanner import CheckDigit, OnHit, Scanner, TextKind, is_looked_through
from edc_core.domain.translated_text import TranslatedText
from edc_core.identifiers import hits, refusing, screen


def scanner(name, pattern, check=None, **more):
    return Scanner(name, pattern, TranslatedText.of("No."), check=check, **more)


def descending(*numbers):
    return tuple(str(number) for number in numbers)


POWERS = tuple(pow(10, n, 97) for n in range(12, -1, -1))
COUNTRIES = {
    "ssn": scanner("ssn", r"(00[1-9]|0[1-9]\d|[1-57-8]\d\d|6[0-57-9]\d|66[0-57-9])-\d\d-\d{4}"),
    "kr": scanner("kr", r"\d{6}-?[1-8]\d{6}"),
    "nhs": scanner("nhs", r"\d{10}", CheckDigit(tuple(range(10, 1, -1)), 11, ("0", "", *"987654321"))),
    "jp": scanner("jp", r"\d{12}", CheckDigit((6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11, tuple("00987654321"))),
    "cn": scanner(
        "cn",
        r"\d{17}[\dXx]",
        CheckDigit((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), 11, tuple("10X98765432")),
    ),
    "es": scanner(
        "es",
        r"\d{8}[A-Z]",
        CheckDigit(tuple(pow(10, n, 23) for n in range(7, -1, -1)), 23, tuple("TRWAGMYFPDXBNJZSQVHLCKE")),
    ),
    "fr": scanner(
        "fr", r"[12]\d{14}", CheckDigit(POWERS, 97, tuple(f"{97 - remainder:02}" for remainder in range(97)))
    ),
}


def found(text, *scanners):
    return [hit.scanner.name for hit in hits(scanners, TextKind.VALUE, text)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ssn", "219-09-9999"),
        ("kr", "800101-1234567"),
        ("nhs", "9990000018"),
        ("jp", "123456789018"),
        ("cn", "999999198001010011"),
        ("es", "12345678Z"),
        ("fr", "180019999999940"),
    ],
)
def test_an_identifier_is_found_in_any_text_and_not_with_another_last_character(name, text):
    one = COUNTRIES[name]
    assert found(text, one) == [name]
    assert found(f"번호{text}입니다", one) == [name]
    assert found(f"1{text}", one) == [], "a longer number is another number"
    if one.check is not None:
        other = "A" if text[-1] == "Z" else str((int(text[-1]) + 1) % 10)
        assert found(text[:-1] + other, one) == []


def test_wide_digits_are_digits():
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in "9990000018")
    assert found(wide, COUNTRIES["nhs"]) == ["nhs"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("call kim@example.org", "e-mail"),
        ("DOB: 1980-01-02", "birth-date"),
        ("born 2 Jan 1980 in May", "birth-date"),
        ("생년월일 1980년 1월 2일", "birth-date"),
        ("phone +82 10-1234-5678", "telephone"),
        ("010-1234-5678 로 연락", "telephone"),
        ("(555) 010-1234", "telephone"),
        ("MRN 1234567", "record-number"),
        ("차트번호 1234567", "record-number"),
        ("Seen with Mrs Smith", "person"),
        ("김철수 환자분", "person"),
        ("4111 1111 1111 1111", "card-number"),
        ("GB82 WEST 1234 5698 7654 32", "bank-account"),
    ],
)
def test_generic_scanners_find(text, name):
    assert name in found(text, *SCANNERS)


@pytest.mark.parametrize(
    "text",
    [
        "Headache since 2026-03-04, 10:30",
        "BP 120/80 mmHg, pulse 72",
        "Lot 4111111111111112",
        "Visit 2 was on 12 Mar 2026; the next is on 9 Apr 2026",
        "Dose 0.125 mg at 08:00 and 20:00",
        "Subject KR-01-0001",
        "GB82 WEST 1234 5698 7654 33",
        "두통이 3일간 지속됨",
        "환자가 어지러움을 호소함",
        "ECG QTcF 431 ms (mean of 430, 431, 432)",
    ],
)
def test_generic_scanners_leave_clinical_texts_alone(text):
    assert found(text, *SCANNERS) == []


def test_every_scanner_speaks_both_languages_and_never_repeats_the_text():
    for one in SCANNERS:
        assert {tag for tag, _ in one.message.texts} == {"en", "ko"}


def test_what_blocks_comes_before_what_asks_and_only_what_asks_is_cleared():
    asks = scanner("asks", "a+", on_hit=OnHit.ASK)
    blocks = scanner("blocks", "b+")
    assert refusing([asks, blocks], TextKind.VALUE, "ab") is blocks
    assert refusing([asks], TextKind.VALUE, "ab") is asks
    assert refusing([asks], TextKind.VALUE, "ab", cleared=True) is None
    assert refusing([asks, blocks], TextKind.VALUE, "ab", cleared=True) is blocks


def test_a_scanner_looks_at_its_kinds_of_text_only():
    one = scanner("file", "x", texts=frozenset({TextKind.FILE_NAME}))
    assert refusing([one], TextKind.VALUE, "x") is None
    assert refusing([one], TextKind.FILE_NAME, "x") is one


def test_a_pattern_made_to_backtrack_takes_no_time():
    began = time.perf_counter()
    assert found("a" * 4000, scanner("slow", "(a*)*b")) == []
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("item", "reading", "looked"),
    [
        (ItemDef("I", "I", DataType.TEXT), "ok", True),
        (ItemDef("I", "I", DataType.TEXT, code_list_oid="CL"), "ok", False),
        (ItemDef("I", "I", DataType.INTEGER), "ok", False),
        (ItemDef("I", "I", DataType.INTEGER), "unreadable", True),
        (ItemDef("I", "I", DataType.TEXT, aliases=(Alias("edc:code", "kit"),)), "ok", False),
    ],
)
def test_values_that_may_be_any_text_are_looked_through(item, reading, looked):
    assert is_looked_through(item, reading) is looked


EVERY = (*SCANNERS, *COUNTRIES.values())
FOUND = ("kim@example.org", "900101-1234567", "Mrs Quixano", "born 3 May 1980", "010-1234-5678", "\uff14111 1111 1111 1111", "김민수 환자")  # fmt: skip


@given(
    st.lists(
        st.sampled_from([*FOUND, "dose", "\uff17", "-", "가", " ", "é", "12"]) | st.text(max_size=5),
        max_size=6,
    )
)
def test_a_screen_passes_over_nothing_that_a_look_would_find(parts):
    text = " ".join(parts)
    if any(True for _ in hits(EVERY, TextKind.VALUE, text)):
        assert screen(EVERY)(text)


def test_a_screen_tells_texts_without_anything_apart():
    assert not screen(EVERY)("Mild headache after the second dose")
    assert all(screen(EVERY)(one) for one in FOUND if any(True for _ in hits(EVERY, TextKind.VALUE, one)))
    assert sum(screen(EVERY)(one) for one in FOUND) >= 5
    assert not screen(())(FOUND[0])
