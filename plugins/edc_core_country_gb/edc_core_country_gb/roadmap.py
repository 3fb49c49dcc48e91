"""GB-B9 and GB-B10: registration, summaries and reviews. Day 0 is the submission for combined review."""

from __future__ import annotations

from edc_core.api import Confidence, RoadmapStep
from edc_core_country_gb.sources import REGULATIONS, held, says, seen

_GUESS = "Plan of the study: a usual length, to be replaced by its own"
ROADMAP = (
    seen(RoadmapStep("gb-approval", says("Combined review approved (30 days)"), days=30), REGULATIONS),
    seen(RoadmapStep("gb-notifiable", says("Or: notifiable route, for lower risk (14 days)"), days=14), REGULATIONS),
    seen(
        RoadmapStep("gb-registered", says("Registered: at the latest 90 days after approval, and before the first subject"),
                    ("gb-approval",), days=90, before=("gb-first-subject",)),
        f"{REGULATIONS}, transparency",
    ),
    held(RoadmapStep("gb-first-subject", says("First subject in the United Kingdom"), ("gb-approval",), days=30), _GUESS, Confidence.LOW),
    held(RoadmapStep("gb-end", says("End of the trial"), ("gb-first-subject",), months=24), _GUESS, Confidence.LOW),
    seen(RoadmapStep("gb-summary", says("Summary of results published"), ("gb-end",), months=12), f"{REGULATIONS}, transparency"),
    seen(
        RoadmapStep("gb-participants", says("Summary offered to participants"), ("gb-end",), months=12),
        f"{REGULATIONS}, transparency",
    ),
    held(RoadmapStep("gb-maa", says("Application filed"), ("gb-end",), months=6), _GUESS, Confidence.LOW),
    held(RoadmapStep("gb-national", says("Opinion, national procedure (150 days)"), ("gb-maa",), days=150), "MHRA national assessment", may_change=True),
    held(RoadmapStep("gb-irp-a", says("Or: international recognition, route A (60 days)"), ("gb-maa",), days=60), "MHRA IRP", may_change=True),
    held(RoadmapStep("gb-irp-b", says("Or: international recognition, route B (110 days)"), ("gb-maa",), days=110), "MHRA IRP", may_change=True),
)  # fmt: skip
