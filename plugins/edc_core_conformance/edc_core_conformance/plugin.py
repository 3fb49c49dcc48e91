"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import click

from edc_core.api import ConformanceEngine, hookimpl
from edc_core_conformance.command import conformance
from edc_core_conformance.core_engine import core_engine
from edc_core_conformance.schemas import define_engine, json_engine


@hookimpl
def edc_register_conformance_engines(settings: Mapping[str, str]) -> Iterable[ConformanceEngine]:
    return [core_engine(settings), define_engine(settings), json_engine(settings)]


@hookimpl
def edc_register_commands() -> Iterable[click.Command]:
    return [conformance]
