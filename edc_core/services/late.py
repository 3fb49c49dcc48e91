"""Services that few ever ask for: each is loaded when somebody does, so that servers beside it hold none of it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def late(module: str, service: str) -> Callable[..., Any]:
    """A function of a module of ``services`` that loads the module when it is called."""

    def called(*given: Any, **named: Any) -> Any:
        return getattr(import_module(f"edc_core.services.{module}"), service)(*given, **named)

    return called
