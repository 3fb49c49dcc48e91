"""Numbers as SAS transport files hold them: IBM System/360 double precision, big-endian."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LARGEST = (1 - 2.0**-53) * 16.0**63  #: the largest IEEE double that the format holds, about 7.2e75
SMALLEST = 16.0**-65  #: the smallest above zero that it holds with all digits, about 5.4e-79
MISSING = 0x2E << 56  #: what SAS writes as ``.``

_SIGN = np.uint64(1 << 63)
_FRACTION = np.uint64((1 << 52) - 1)
_HIDDEN = np.uint64(1 << 52)


def encode(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Bytes of numbers, a row of 8 for each; not a number is written as missing.

    A double is ``m * 2**(e - 52)`` with 53 bits of ``m``; IBM's is ``f * 16**(c - 64) / 2**56``. With ``c = e // 4 + 65`` the
    fraction ``f`` is ``m`` shifted by ``e % 4``, at most 56 bits: nothing is rounded. Numbers have to be within LARGEST and
    SMALLEST.
    """
    bits = numbers.view(np.uint64)
    words = bits >> np.uint64(52)
    words &= np.uint64(0x7FF)
    exponent = words.view(np.int64)
    exponent -= 1023
    fraction = bits & _FRACTION
    fraction |= _HIDDEN
    fraction <<= words & np.uint64(3)
    exponent >>= 2
    exponent += 65
    words <<= np.uint64(56)
    words |= fraction
    words |= bits & _SIGN
    words[numbers == 0] = 0
    words[np.isnan(numbers)] = MISSING
    rows: npt.NDArray[np.uint8] = words.astype(">u8").view(np.uint8).reshape(-1, 8)
    return rows
