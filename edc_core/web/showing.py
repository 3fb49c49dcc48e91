"""Pages from view models: a template receives the fields of one frozen dataclass and nothing else of ours."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from flask import make_response, render_template

from edc_core.web import htmx

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from flask import Response


def fields_of(view: DataclassInstance) -> dict[str, object]:
    return {field.name: getattr(view, field.name) for field in dataclasses.fields(view)}


def show(template: str, view: DataclassInstance, *, block: str = "", status: int = 200) -> Response:
    """A whole page, or its named block where htmx asks for a part."""
    context = fields_of(view)
    if block and htmx.wanted():
        return make_response(htmx.block(template, block, **context), status)
    return make_response(render_template(template, **context), status)
