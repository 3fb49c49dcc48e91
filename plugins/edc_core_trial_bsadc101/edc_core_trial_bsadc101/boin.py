"""BOIN, the Bayesian optimal interval design, for a target of 30 % (Liu and Yuan, 2015): what a cohort's count advises."""

from __future__ import annotations

from math import comb

TARGET = 0.3
ESCALATE_UP_TO = 0.236  #: lambda e for a target of 0.3
DE_ESCALATE_FROM = 0.359  #: lambda d
TOO_TOXIC = 0.95  #: a level is stopped when the rate lies above the target with more than this probability
FEWEST = 3  #: subjects before a level may be stopped


def above_target(toxic: int, subjects: int) -> float:
    """Posterior probability that the rate lies above the target, from a uniform prior.

    For whole numbers the beta distribution is a sum of binomial terms: P(p > t) = P(Bin(n + 1, t) <= x).
    """
    size = subjects + 1
    return sum(comb(size, k) * TARGET**k * (1 - TARGET) ** (size - k) for k in range(toxic + 1))


def advice(toxic: int, subjects: int) -> str:
    """``ESCALATE``, ``STAY``, ``DE-ESCALATE`` or ``STOP``.

    :raises ValueError: no subject, or more with a toxicity than there are.
    """
    if not 0 <= toxic <= subjects or not subjects:
        raise ValueError(f"{toxic} of {subjects} is no count of subjects.")
    if subjects >= FEWEST and above_target(toxic, subjects) > TOO_TOXIC:
        return "STOP"
    rate = toxic / subjects
    if rate <= ESCALATE_UP_TO:
        return "ESCALATE"
    return "DE-ESCALATE" if rate >= DE_ESCALATE_FROM else "STAY"
