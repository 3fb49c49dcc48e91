"""The conversation with htmx: which part of a page is wanted, and every header that steers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, current_app, make_response, render_template, request
from markupsafe import Markup

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def wanted() -> bool:
    """Whether a fragment is asked for; a history restore gets the page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def block(template: str, *names: str, **context: object) -> Markup:
    """Named blocks of a template. Macros must be imported inside the block: only it is run."""
    templates = current_app.jinja_env
    found = templates.get_template(template)
    run = found.new_context({**templates.globals, **context}, shared=True)
    return Markup("".join(part for name in names for part in found.blocks[name](run)))  # noqa: S704 - Jinja has escaped it


def page(template: str, name: str, **context: object) -> str:
    """A block for htmx, the whole page for everybody else."""
    return block(template, name, **context) if wanted() else render_template(template, **context)


def fragment(*parts: str, status: int = 200, **headers: str) -> Response:
    """An answer made of parts, each after the first swapped out of band. ``Edc_Op`` becomes ``Edc-Op``."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response("".join(parts), status, named, mimetype="text/html")


def instead(element: str, markup: Markup) -> Markup:
    """Markup that takes the place of an element of the page; what a person is typing in it stays."""
    part = Markup('<hx-partial hx-target="#{}" hx-swap="outerMorph">{}</hx-partial>')
    return part.format(element, markup)


def into(response: Response, target: str, swap: str = "innerHTML") -> Response:
    """Send the answer somewhere else than where the request asked for it."""
    response.headers["HX-Retarget"] = target
    response.headers["HX-Reswap"] = swap
    return response


def go_to(address: str) -> ResponseReturnValue:
    """Another page: by htmx's header where htmx asks, by a redirect otherwise."""
    if wanted():
        return make_response("", 204, {"HX-Redirect": address})
    return make_response("", 303, {"Location": address})
