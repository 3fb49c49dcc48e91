"""Counts in a table of fixed size: they end, they never mix two, and two workers see the same."""

import mmap

import pytest

from edc_core.domain.rate_limit import BYTES, CELLS, DEFAULTS, Counts, Limit, limits_of

THREE = Limit(3, 60)
NOW = 1_800_000_000


def test_so_many_pass_and_the_next_one_is_told_how_long_to_wait():
    counts = Counts(bytearray(BYTES))
    assert [counts.wait("a", THREE, NOW + n) for n in range(5)] == [0, 0, 0, 57, 56]
    assert counts.wait("a", THREE, NOW + 60) == 0, "the minute is over"
    assert counts.wait("b", THREE, NOW) == 0, "another's count"


def test_more_texts_than_places_refuse_nobody_who_asked_less_often():
    table = bytearray(BYTES)
    counts = Counts(table)
    refused = [n for n in range(2 * CELLS) if counts.wait(f"login {n}", THREE, NOW)]
    assert refused == []
    assert len(table) == BYTES


def test_workers_that_share_a_file_count_together(tmp_path):
    file = tmp_path / "counts"
    file.write_bytes(bytes(BYTES))
    with file.open("r+b") as one, file.open("r+b") as other:
        workers = [Counts(mmap.mmap(opened.fileno(), BYTES)) for opened in (one, other)]
        waits = [workers[n % 2].wait("a", THREE, NOW) for n in range(5)]
    assert waits == [0, 0, 0, 60, 60]


def test_a_setting_changes_some_limits_and_switches_others_off():
    found = limits_of("sign-in=5/10 write=off")
    assert found["sign-in"] == Limit(5, 10)
    assert "write" not in found
    assert found["mail"] == DEFAULTS["mail"]


@pytest.mark.parametrize(
    "text", ["sign-in", "sign-in=0/10", "sign-in=5", "door=5/10", "write=5/0", "mail=1/9999999"]
)
def test_what_is_no_limit_is_named(text):
    with pytest.raises(ValueError, match=text):
        limits_of(f"mail=60/60 {text}")
