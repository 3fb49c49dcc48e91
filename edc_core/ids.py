"""Identifiers: time-ordered, 128 bits, never reused, never shown to people."""

from __future__ import annotations

import os
import time


def new_id() -> str:
    """A UUID version 7 (RFC 9562, 5.7) as 32 hex digits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & (1 << 62) - 1
    return f"{value:032x}"
