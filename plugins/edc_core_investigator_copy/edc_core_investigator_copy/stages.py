"""How far a copy has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.api import SiteCopy

HANDED_OVER, OPENED, RECEIVED = "export.hand_over", "export.open", "export.receipt"


def stage_of(copy: SiteCopy) -> str:
    """``queued``, ``running``, ``failed``, ``made``, ``handed over``, ``opened`` or ``received``."""
    if not copy.job.is_done:
        return copy.job.state
    if copy.last(RECEIVED):
        return "received"
    words = {HANDED_OVER: "handed over", OPENED: "opened"}
    return words[copy.happened[-1].kind] if copy.happened else "made"
