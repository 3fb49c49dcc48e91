"""The web application, put together in the order in which a request meets its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect
from werkzeug.local import LocalProxy

from edc_core.domain.casebook import subject_title
from edc_core.rendering.item_markup import MarkupStore, icon_maker
from edc_core.services.check_queue import CheckQueue
from edc_core.store import readers
from edc_core.web import (
    assets,
    auth,
    errors,
    marks,
    plugin_files,
    plugin_pages,
    plugin_panels,
    security,
    visit_timing,
)
from edc_core.web.account.proving import bp as proving
from edc_core.web.account.routes import bp as account
from edc_core.web.audit.routes import bp as audit
from edc_core.web.capture.drawers import bp as drawers
from edc_core.web.capture.files import bp as files
from edc_core.web.capture.routes import bp as capture
from edc_core.web.context import Web, read
from edc_core.web.plugins.routes import bp as plugins
from edc_core.web.queries.routes import bp as queries
from edc_core.web.releases.routes import bp as releases
from edc_core.web.shell import links_under, shell
from edc_core.web.signing.routes import bp as signing
from edc_core.web.studies.routes import bp as studies
from edc_core.web.studies.routes import home
from edc_core.web.subjects.pages import casebook_frame
from edc_core.web.subjects.routes import bp as subjects
from edc_core.web.urls import CONVERTERS
from edc_core.web.words import browser_words

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from edc_core.core import Core

status = Blueprint("status", __name__)


@status.get("/healthz")
def healthz() -> ResponseReturnValue:
    """For whoever watches the service: the process answers and the database does too."""
    with read() as source:
        readers.studies(source.connection)
    return {"ok": True}


@status.get("/favicon.ico")
def icon() -> ResponseReturnValue:
    """Browsers ask for it beside answers that are no pages; it needs no sign-in."""
    return redirect(assets.address("icons.svg"))


def create_app(core: Core) -> Flask:
    """Make the application. Everything it needs comes in; nothing is looked up in modules."""
    app = security.Application("edc_core.web")
    sprite = assets.address("icons.svg")
    pages, panels = core.plugins.pages(), core.plugins.panels()
    authenticators = core.plugins.authenticators(
        {**core.settings.of_plugins, "EDC_BASE_URL": core.settings.base_url}
    )
    markup = MarkupStore(sprite, core.plugins.widgets())
    app.extensions["edc_core"] = Web(core, markup, CheckQueue(core), pages, panels, authenticators)

    # Addresses and templates.
    app.url_map.converters.update(CONVERTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(_=str, icon=icon_maker(sprite), asset=assets.address, words=browser_words)
    app.jinja_env.filters["subject"] = subject_title
    app.jinja_env.globals.update(visit_timing.OF_VISITS, **marks.OF_ALL)
    app.jinja_env.globals["links_under"] = links_under
    app.jinja_env.globals["casebook_tabs"] = plugin_pages.casebook_tabs
    app.jinja_env.globals["page_named"] = plugin_pages.page_named
    app.jinja_env.globals["casebook_frame"] = casebook_frame
    app.jinja_env.globals.update(panels=plugin_panels.panels, proof_ways=auth.proof_ways)
    app.jinja_env.globals["shell"] = LocalProxy(shell)  # made when a template asks: parts of a page do not
    app.after_request(assets.cache)

    # Every request: how often, who asks, token, headers; then what went wrong, in words.
    auth.register(app)
    security.register(app)
    errors.register(app)

    # Pages, one blueprint per work area.
    app.register_blueprint(status)
    for area in (
        capture, drawers, files, subjects, queries, audit, plugins, releases, signing, studies,
        account, proving,
    ):  # fmt: skip
        app.register_blueprint(area)
    app.add_url_rule("/", "home", home)
    plugin_files.register(app, (*pages, *panels))
    plugin_pages.register(app, pages)
    return app
