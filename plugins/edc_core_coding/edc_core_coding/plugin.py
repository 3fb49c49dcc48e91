"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

import click

from edc_core.api import JobKind, LockCheck, Page, Panel, PluginStudy, hookimpl
from edc_core_coding import before_lock, dictionary_pages, home, workbench
from edc_core_coding.autocode import AUTOCODE, KEEP_CODING
from edc_core_coding.commands import coding
from edc_core_coding.upgrading import RECODE


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*workbench.PAGES, *dictionary_pages.PAGES)


@hookimpl
def edc_register_panels() -> Iterable[Panel]:
    return (home.PANEL,)


@hookimpl
def edc_register_jobs() -> Iterable[JobKind]:
    return (AUTOCODE, KEEP_CODING, RECODE)


@hookimpl
def edc_register_checks(study: PluginStudy) -> Iterable[LockCheck]:
    before_lock.require_understood(study.index)
    return (before_lock.CHECK,)


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [coding]
