"""EU-B6 and EU-B10: from the submission in CTIS to the decision of the Commission. Day 0 is the submission."""

from __future__ import annotations

from edc_core.api import Confidence, RoadmapStep
from edc_core_country_eu.sources import CTR, held, says

_MAA = "Regulation (EC) 726/2004, Art. 6: 210 days without clock stops"
_GUESS = "Plan of the study: a usual length, to be replaced by its own"
_STOPS = "a clock stop of three months is planned"
ROADMAP = (
    held(RoadmapStep("eu-validation", says("Application validated (10 days)"), days=10), f"{CTR} Art. 5"),
    held(RoadmapStep("eu-assessment", says("Parts I and II assessed (45 days)"), ("eu-validation",), days=45), f"{CTR} Art. 6 and 7"),
    held(RoadmapStep("eu-rfi", says("Assessed with a request for information (+31 days)"), ("eu-assessment",), days=31), f"{CTR} Art. 6(8)"),
    held(RoadmapStep("eu-decision", says("Decision of the member states (5 days)"), ("eu-rfi",), days=5), f"{CTR} Art. 8"),
    held(RoadmapStep("eu-first-subject", says("First subject in the European Union"), ("eu-decision",), days=30), _GUESS, Confidence.LOW),
    held(RoadmapStep("eu-first-act", says("Start told in CTIS (15 days)"), ("eu-first-subject",), days=15), f"{CTR} Art. 36"),
    held(RoadmapStep("eu-asr", says("First annual safety report"), ("eu-decision",), months=12, days=60), f"{CTR} Art. 43; ICH E2F"),
    held(RoadmapStep("eu-end", says("End of the trial"), ("eu-first-subject",), months=24), _GUESS, Confidence.LOW),
    held(RoadmapStep("eu-results", says("Summary of results in CTIS (1 year)"), ("eu-end",), months=12), f"{CTR} Art. 37(4)"),
    held(RoadmapStep("eu-maa", says("Marketing authorisation application validated"), ("eu-end",), months=6), _GUESS, Confidence.LOW),
    held(RoadmapStep("eu-d80", says("Assessment reports (day 80)"), ("eu-maa",), days=80), _MAA),
    held(RoadmapStep("eu-d120", says("List of questions (day 120)"), ("eu-maa",), days=120), _MAA),
    held(RoadmapStep("eu-d121", says("Responses: clock starts again"), ("eu-d120",), months=3), f"{_MAA}; {_STOPS}", Confidence.MEDIUM),
    held(RoadmapStep("eu-d180", says("List of outstanding issues (day 180)"), ("eu-d121",), days=60), _MAA),
    held(RoadmapStep("eu-d210", says("Opinion of the CHMP (day 210)"), ("eu-d180",), days=30), _MAA),
    held(RoadmapStep("eu-ec", says("Decision of the Commission (67 days)"), ("eu-d210",), days=67), "Regulation (EC) 726/2004, Art. 10", Confidence.MEDIUM),
)  # fmt: skip
