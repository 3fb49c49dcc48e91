"""What the core registers with itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import hookimpl
from edc_core.builtin.widgets import WIDGETS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.api import ItemWidget


@hookimpl
def edc_register_widgets() -> Iterable[ItemWidget]:
    """Offer the default controls."""
    return WIDGETS
