"""The plugin page: what is installed, what this study uses, which checks fail and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, url_for

from edc_core.ids import new_id
from edc_core.services.clock_health import look_whole
from edc_core.services.plugin_list import plugin_picture
from edc_core.services.plugin_upgrades import UpgradePlugin, upgrade_plugin
from edc_core.services.reading import look_at
from edc_core.web import htmx
from edc_core.web.context import actor, core, read, study, write
from edc_core.web.moments import Moments, moments
from edc_core.web.plugins.requests import UpgradeRequest
from edc_core.web.showing import show

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from edc_core.domain.clock_health import ClockHealth
    from edc_core.services.plugin_list import PluginPicture

bp = Blueprint("plugins", __name__, url_prefix="/s/<study>")


@dataclass(frozen=True, slots=True)
class PluginPage:
    """Plugins with those in trouble first."""

    study: str
    found: PluginPicture
    clock: ClockHealth
    live: bool
    login: str
    op: str
    times: Moments


@bp.get("/plugins")
def plugins() -> Response:
    with read() as source:
        found = plugin_picture(look_at(source, actor(), study()), core().plugins)
        clock = look_whole(core().clock, source)
    view = PluginPage(
        study=str(study()),
        found=found,
        clock=clock,
        live=study().environment == "live",
        login=actor().name,
        op=new_id(),
        times=moments(),
    )
    return show("plugins/plugins.html", view)


@bp.post("/plugins")
def upgrade() -> ResponseReturnValue:
    """Ask for the installed version of a plugin, or approve it."""
    command = UpgradePlugin(study_id=study().study_id, **UpgradeRequest.read(request.form))
    with write() as uow:
        upgrade_plugin(uow, command)
    return htmx.go_to(url_for("plugins.plugins", study=str(study())))
