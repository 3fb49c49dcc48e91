"""US-B10: the way from the first meeting to an action on the application. Day 0 is the submission of the IND."""

from __future__ import annotations

from edc_core.api import Confidence, RoadmapStep
from edc_core_country_us.sources import IND, held, says

_PDUFA = "PDUFA programme: filing on day 60, goal dates from then"
_GUESS = "Plan of the study: a usual length, to be replaced by its own"
ROADMAP = (
    held(RoadmapStep("us-pre-ind", says("Pre-IND meeting, type B"), days=-60), "PDUFA meetings, type B: 60 days"),
    held(RoadmapStep("us-ind", says("IND in effect")  , days=30), f"{IND}.40: 30 calendar days"),
    held(RoadmapStep("us-first-subject", says("First subject in the United States"), ("us-ind",), days=30), _GUESS, Confidence.LOW),
    held(RoadmapStep("us-registered", says("Registered in ClinicalTrials.gov"), ("us-first-subject",), days=21), "42 CFR 11.24: 21 days"),
    held(RoadmapStep("us-annual", says("First annual report or DSUR"), ("us-ind",), months=12, days=60), f"{IND}.33: within 60 days of the anniversary"),
    held(RoadmapStep("us-eop2", says("End-of-phase-2 meeting"), ("us-first-subject",), months=12), f"{IND}.47", Confidence.LOW),
    held(RoadmapStep("us-primary", says("Primary completion"), ("us-first-subject",), months=24), _GUESS, Confidence.LOW),
    held(RoadmapStep("us-results", says("Results in ClinicalTrials.gov"), ("us-primary",), months=12), "42 CFR 11.44: 12 months"),
    held(RoadmapStep("us-pre-bla", says("Pre-BLA meeting"), ("us-primary",), months=3), "PDUFA meetings, type B", Confidence.MEDIUM),
    held(RoadmapStep("us-bla", says("BLA, or 351(k) application, submitted"), ("us-pre-bla",), months=3), _GUESS, Confidence.LOW),
    held(RoadmapStep("us-filing", says("BLA filed (day 60)"), ("us-bla",), days=60), f"{_PDUFA}; BsUFA likewise"),
    held(RoadmapStep("us-action-priority", says("Action, priority review (+6 months)"), ("us-filing",), months=6), _PDUFA),
    held(RoadmapStep("us-action", says("Action, standard review (+10 months)"), ("us-filing",), months=10), f"{_PDUFA}; BsUFA for 351(k) likewise"),
)  # fmt: skip
