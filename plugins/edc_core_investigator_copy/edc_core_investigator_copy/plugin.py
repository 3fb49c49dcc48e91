"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import COPY_FORMAT, Action, Exporter, JobKind, Page, hookimpl
from edc_core_investigator_copy import pages, schedule
from edc_core_investigator_copy.exporter import HOLDS, write


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [Exporter(COPY_FORMAT, "Copy of a site for its investigator", write, of_site=True, holds=HOLDS)]


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return pages.PAGES


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    return [JobKind("schedule", (Action.MAKE_COPY,), schedule.keep, standing=True)]
