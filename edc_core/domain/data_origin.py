"""Where the value of an item comes from, in the four words of a data-origin list (REQ-DAT-12).

The item's ``origin`` says it; ``collected`` leaves open whether the form is itself the source or copies one, and the
study's policy settles that for all such items.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.metadata import ItemDef, Policy

ORIGINS = ("collected", "direct_source", "transcribed", "derived", "transferred", "assigned")
COLLECTED = ("direct_source", "transcribed")  #: what ``collected`` may be settled as


def data_origin(item: ItemDef, policy: Policy) -> str:
    """``direct_source``, ``transcribed``, ``transferred`` or ``derived``; empty where nobody has said which.

    What the study itself assigns (a constant, a number given by the system) follows from the definition: ``derived``.
    """
    if item.origin == "collected":
        return policy.origin_of_collected
    return "derived" if item.origin == "assigned" else item.origin
