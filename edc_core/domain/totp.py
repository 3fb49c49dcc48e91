"""Codes of authenticator apps: RFC 4226 (HOTP) and RFC 6238 (TOTP) with SHA-1, 30 seconds and six digits, as apps make them."""

from __future__ import annotations

import hashlib
import hmac

PERIOD_S = 30
DIGITS = 6
DRIFT = 1  #: steps before and after the present one that are taken, for clocks that go wrong


def code_at(secret: bytes, step: int, *, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """The code of a time step (RFC 4226, 5.3)."""
    digest = hmac.new(secret, step.to_bytes(8), getattr(hashlib, algorithm)).digest()
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, code: str, seconds: float, *, after: int = 0) -> int:
    """The time step whose code this is, or 0.

    :param seconds: now, since 1970. :param after: the last step used; a code works once (RFC 6238, 5.2).
    """
    now = int(seconds) // PERIOD_S
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > after and hmac.compare_digest(code_at(secret, step), code):
            return step
    return 0
