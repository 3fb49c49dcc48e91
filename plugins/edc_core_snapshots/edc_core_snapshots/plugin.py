"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import JobKind, Page, hookimpl
from edc_core_snapshots.commands import snapshot
from edc_core_snapshots.drift_pages import DRIFT_JOBS, DRIFT_PAGES
from edc_core_snapshots.pages import JOBS, PAGES
from edc_core_snapshots.signing import SIGNING_PAGES


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*PAGES, *SIGNING_PAGES, *DRIFT_PAGES)


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    return (*JOBS, *DRIFT_JOBS)


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [snapshot]
