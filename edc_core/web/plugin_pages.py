"""Pages of plugins, each below ``/s/STUDY/x/PLUGIN``: the right is asked before the handler, a failure costs that page."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import is_dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import Response, make_response, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from edc_core.clock import iso
from edc_core.domain.page import Attachment, PageRequest, Refused, SeeOther
from edc_core.domain.permission import Place
from edc_core.errors import EdcError
from edc_core.ids import new_id
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import accounts
from edc_core.web import auth, errors, htmx
from edc_core.web.context import actor, core, study, write
from edc_core.web.moments import moments
from edc_core.web.showing import fields_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.typing import ResponseReturnValue

    from edc_core.plugin_offers import RegisteredPage

log = logging.getLogger(__name__)


def register(app: Flask, pages: tuple[RegisteredPage, ...]) -> None:
    """Mount the pages. ``PLUGIN:file.html`` names a template of a plugin, so that none takes the place of another's."""
    folders = {one.plugin.name: FileSystemLoader(one.templates) for one in pages}
    app.jinja_env.loader = ChoiceLoader([app.create_global_jinja_loader(), PrefixLoader(folders, ":")])
    for number, one in enumerate(pages):
        rule = f"/s/<study>/x/{one.plugin.name}/{one.page.path}".rstrip("/")
        name = f"x-{one.plugin.name}.{number}"
        app.add_url_rule(rule, name, _view(one), methods=[one.page.method])


def address(plugin: str, path: str = "", query: dict[str, str] | None = None, anchor: str = "") -> str:
    """Where a page of a plugin is in the study at hand; ``path`` with its arguments filled in."""
    whole = f"/s/{quote(str(study()), safe='@')}/x/{plugin}/{path}".rstrip("/")
    return whole + (f"?{urlencode(query)}" if query else "") + (f"#{anchor}" if anchor else "")


def _view(registered: RegisteredPage) -> Callable[..., ResponseReturnValue]:
    page, plugin = registered.page, registered.plugin

    def view(**arguments: str) -> ResponseReturnValue:
        actor().role_for(page.action, Place(study().study_id))
        given = request.form if page.method == "POST" else request.args
        asked = PageRequest(
            study=CoreStudyAccess(core(), actor(), study(), plugin.name, auth.second_component),
            arguments=arguments,
            given={name: tuple(values) for name, values in given.lists()},
            times=moments(),
            op=new_id(),
        )
        try:
            return _answer(registered, page.handler(asked))
        except EdcError:
            raise
        except Exception:
            reference = secrets.token_hex(4).upper()
            log.exception("reference %s, page '%s' of %s", reference, page.path, plugin.stamp)
            text = f"This page of plugin '{plugin.name}' stopped. All other pages work; please tell who runs this system."
            return errors.answer(500, text, reference=reference)

    return view


def _answer(registered: RegisteredPage, found: object) -> ResponseReturnValue:
    plugin = registered.plugin.name
    if isinstance(found, SeeOther):
        return htmx.go_to(address(plugin, found.path, dict(found.query), found.anchor))
    if isinstance(found, Attachment):
        _log(f"{plugin}/{found.name}", found.content)
        answer = Response(found.content, mimetype=found.media_type)
        answer.headers.set("Content-Disposition", "attachment", filename=found.name)
        return answer
    if isinstance(found, Refused):
        return _shown(registered, found.view, 422)
    return _shown(registered, found, 200)


def _log(what: str, content: str) -> None:
    """Who took what leaves a mark (REQ-AUD-14): the file by its digest, nothing of what is in it."""
    detail = (
        f"{what} sha256:{hashlib.sha256(content.encode()).hexdigest()} ?{request.query_string.decode()[:200]}"
    )
    with write() as uow:
        accounts.log_access(
            uow.connection, iso(uow.clock.now()), actor().name, "file taken",
            study_id=study().study_id, detail=detail,
        )  # fmt: skip


def _shown(registered: RegisteredPage, view: object, status: int) -> Response:
    if not is_dataclass(view) or isinstance(view, type):
        raise TypeError(f"A handler answers a dataclass, not {type(view).__name__}.")
    plugin, page = registered.plugin.name, registered.page

    def here(path: str = "", anchor: str = "", **query: str) -> str:
        return address(plugin, path, query, anchor)

    context = fields_of(view) | {"address": here}
    template = f"{plugin}:{page.template}"
    if page.block and htmx.wanted():
        return make_response(htmx.block(template, page.block, **context), status)
    return make_response(render_template(template, **context), status)
