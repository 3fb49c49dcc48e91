"""Which passwords are refused: short ones, and those that are tried first (NIST SP 800-63B-4, 3.1.1.2). None expires."""

from __future__ import annotations

import re
from datetime import timedelta

MIN_LENGTH = 12
MAX_FAILURES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=24)

_LEET = str.maketrans("013457@$!", "oleastasi")
#: What known-bad passwords are made of. A password is bad when little remains once these are taken out of it.
_KNOWN = re.compile(
    "administrator|clinicaltrial|electronic|football|baseball|basketball|password|passwort|motdepasse"
    "|contrasena|wachtwoord|princess|sunshine|superman|iloveyou|whatever|starwars|trustno|charlie"
    "|changeme|default|welcome|letmein|monkey|dragon|master|shadow|michael|jordan|hunter|killer|secret"
    "|summer|winter|spring|autumn|freedom|computer|internet|qwertyuiop|qwertzuiop|asdfghjkl|zxcvbnm"
    "|azerty|qwerty|qwertz|admin|login|guest|user|root|test|demo|temp|pass|love|hello|study|trial|abc|xyz"
    "|edc"
)


def weakness(password: str, *names: str) -> str:
    """Why a password is refused, in a sentence; empty when it is good.

    :param names: the person's login and name, which do not belong into it.
    """
    if len(password) < MIN_LENGTH:
        return f"A password has at least {MIN_LENGTH} characters."
    folded = password.casefold()
    if len(set(folded)) < 5:
        return "This password repeats a few characters. Use several words that only you put together."
    own = {part for name in names for part in re.split(r"[\W_]+", name.casefold()) if len(part) > 3}
    if any(part in folded for part in own):
        return "This password contains your login or name. Use words that have nothing to do with you."
    if any(_letters_left(spelling) < 4 for spelling in (folded, folded.translate(_LEET))):
        return (
            "This is one of the passwords that are tried first. Use several words that only you put together."
        )
    return ""


def _letters_left(text: str) -> int:
    rest = _KNOWN.sub("", "".join(filter(str.isalpha, text)))
    return len(rest)


def wait_after(lockouts: int) -> timedelta:
    """How long an account waits after its n-th lockout in a row: 15 minutes, doubled each time, a day at most."""
    return min(FIRST_WAIT * (1 << min(lockouts - 1, 10)), LONGEST_WAIT)
