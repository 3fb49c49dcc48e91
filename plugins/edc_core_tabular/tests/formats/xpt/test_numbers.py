"""Numbers of a transport file, against arithmetic with fractions: TS-140 states the format, no rounding is needed."""

from fractions import Fraction

import numpy as np
import pytest
from edc_core_tabular.formats.xpt import ibm
from hypothesis import given
from hypothesis import strategies as st

within = st.floats(min_value=ibm.SMALLEST, max_value=ibm.LARGEST) | st.integers(1, 2**53).map(float)


def value_of(eight: bytes) -> Fraction:
    """System/360: a sign, a characteristic of 16 and a fraction of 14 hexadecimal digits, of which the first isn't 0."""
    sign = -1 if eight[0] & 0x80 else 1
    characteristic, fraction = eight[0] & 0x7F, int.from_bytes(eight[1:], "big")
    assert fraction >> 52, "not normalised"
    return sign * Fraction(fraction, 2**56) * Fraction(16) ** (characteristic - 64)


@given(st.lists(within.flatmap(lambda x: st.sampled_from([x, -x])), min_size=1))
def test_every_double_within_the_range_keeps_its_value(numbers):
    rows = ibm.encode(np.array(numbers))
    assert [value_of(row.tobytes()) for row in rows] == [Fraction(number) for number in numbers]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0.0, "0000000000000000"),
        (-0.0, "0000000000000000"),
        (1.0, "4110000000000000"),
        (-1.0, "c110000000000000"),
        (2.0, "4120000000000000"),
        (100.0, "4264000000000000"),
        (-118.625, "c276a00000000000"),
        (0.1, "401999999999999a"),
        (float("nan"), "2e00000000000000"),
        (ibm.LARGEST, "7ffffffffffffff8"),
        (ibm.SMALLEST, "0010000000000000"),
    ],
)
def test_bytes_of_a_number(number, expected):
    assert ibm.encode(np.array([number])).tobytes().hex() == expected
