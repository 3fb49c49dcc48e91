"""Vectors of RFC 4226, appendix D, and RFC 6238, appendix B."""

import pytest

from edc_core.domain.totp import code_at, matching_step

SECRET = b"12345678901234567890"
HOTP = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
KEYS = {"sha1": SECRET, "sha256": SECRET + b"123456789012", "sha512": SECRET * 3 + b"1234"}
TOTP = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP)))
def test_hotp(counter, code):
    assert code_at(SECRET, counter) == code


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), TOTP)
def test_totp(seconds, sha1, sha256, sha512):
    wanted = {"sha1": sha1, "sha256": sha256, "sha512": sha512}
    got = {name: code_at(key, seconds // 30, digits=8, algorithm=name) for name, key in KEYS.items()}
    assert got == wanted


@pytest.mark.parametrize(("later", "taken"), [(0, True), (59, True), (60, False), (-30, True), (-31, False)])
def test_a_clock_may_be_half_a_minute_wrong(later, taken):
    made_at = 1_111_111_110
    assert bool(matching_step(SECRET, code_at(SECRET, made_at // 30), made_at + later)) is taken


def test_a_code_works_once():
    step = matching_step(SECRET, code_at(SECRET, 37), 37 * 30)
    assert step == 37
    assert matching_step(SECRET, code_at(SECRET, 37), 37 * 30, after=step) == 0
    assert matching_step(SECRET, code_at(SECRET, 38), 37 * 30, after=step) == 38
    assert matching_step(SECRET, "", 37 * 30) == 0
