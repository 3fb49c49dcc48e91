"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import JobKind, Page, hookimpl
from edc_core_locking import console, readiness, rehearsal, report


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*readiness.PAGES, *rehearsal.PAGES, *report.PAGES, *console.PAGES)


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    return (rehearsal.EACH_CASEBOOK,)
