"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import click

from edc_core.api import ConformanceEngine, Exporter, ExportGroup, Page, hookimpl
from edc_core_conformance.command import conformance
from edc_core_conformance.core_engine import core_engine
from edc_core_conformance.exporter import FORMAT, STEPS, write
from edc_core_conformance.pages import PAGES
from edc_core_conformance.run_page import RUN_PAGES
from edc_core_conformance.schemas import define_engine, json_engine


@hookimpl
def edc_register_conformance_engines(settings: Mapping[str, str]) -> Iterable[ConformanceEngine]:
    return [core_engine(settings), define_engine(settings), json_engine(settings)]


@hookimpl
def edc_register_exporters() -> Iterable[Exporter]:
    return [
        Exporter(
            FORMAT, "Check of conformance", write, needs_locked_study=True, steps=STEPS, group=ExportGroup.CDISC,
            about="SDTM datasets and what the rules of CDISC and of authorities say of them",
        )
    ]  # fmt: skip


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    return (*PAGES, *RUN_PAGES)


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [conformance]
