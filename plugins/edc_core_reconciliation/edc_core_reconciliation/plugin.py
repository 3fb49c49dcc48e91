"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import LockCheck, Page, PluginStudy, hookimpl
from edc_core_reconciliation.before_lock import CHECK
from edc_core_reconciliation.pages import PAGES


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return PAGES


@hookimpl
def edc_register_checks(study: PluginStudy) -> Iterable[LockCheck]:
    return (CHECK,)
