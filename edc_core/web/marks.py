"""Signs of states: an icon and a word for each, the same on every page and in the legend."""

from __future__ import annotations

from dataclasses import dataclass

from edc_core.domain.protection import Protection
from edc_core.domain.query import QueryState
from edc_core.domain.signature import SignatureState
from edc_core.services.visit_state import WORDS, State


@dataclass(frozen=True, slots=True)
class Sign:
    icon: str
    kind: str
    word: str


STATES = {
    State.NONE: Sign("st-nr", "cg", "None yet"),
    State.NOT_STARTED: Sign("st-none", "k-none", WORDS[State.NOT_STARTED]),
    State.IN_PROGRESS: Sign("st-part", "k-part", WORDS[State.IN_PROGRESS]),
    State.COMPLETE: Sign("st-done", "k-done", WORDS[State.COMPLETE]),
    State.NOT_DONE: Sign("st-nd", "k-nd", WORDS[State.NOT_DONE]),
    State.REMOVED: Sign("strike", "k-late", WORDS[State.REMOVED]),
    State.NOT_REQUIRED: Sign("st-nr", "cg", WORDS[State.NOT_REQUIRED]),
    State.NOT_APPLICABLE: Sign("st-nr", "k-query", WORDS[State.NOT_APPLICABLE]),
    State.FROZEN: Sign("st-frz", "k-frz", WORDS[State.FROZEN]),
    State.LOCKED: Sign("st-lock", "k-lock", WORDS[State.LOCKED]),
}
PROTECTIONS = {
    Protection.OPEN: Sign("check", "cg", "Open"),
    Protection.FROZEN: STATES[State.FROZEN],
    Protection.LOCKED: STATES[State.LOCKED],
}
SIGNATURES = {
    SignatureState.SIGNED: Sign("st-sign", "k-sign", "Signed"),
    SignatureState.BROKEN: Sign("st-brk", "k-late", "Signature broken"),
    SignatureState.WITHDRAWN: Sign("st-brk", "cg", "Signature withdrawn"),
}
QUERIES = {
    QueryState.CANDIDATE: Sign("st-query", "cg", "Candidate"),
    QueryState.OPEN: Sign("st-query", "k-query", "Open"),
    QueryState.ANSWERED: Sign("st-rev", "k-due", "Answered"),
    QueryState.CLOSED: Sign("st-done", "k-done", "Closed"),
    QueryState.CANCELLED: Sign("st-nd", "cg", "Cancelled"),
    QueryState.RESOLVED: Sign("check", "k-done", "Resolved"),
}
#: What templates call them.
OF_ALL = {"states": STATES, "protections": PROTECTIONS, "signature_signs": SIGNATURES, "query_signs": QUERIES}
