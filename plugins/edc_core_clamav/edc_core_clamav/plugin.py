"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Action, JobKind, hookimpl
from edc_core_clamav.looking import LookingThrough

#: One for each worker: it knows how far it has read.
LOOKING = LookingThrough()


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    """One that the worker does by itself."""
    yield JobKind("look-through", (Action.VIEW_DATA,), LOOKING.look, standing=True)
