"""The plugin page: what is installed, what this study uses, which checks fail and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from edc_core.services.plugin_list import plugin_picture
from edc_core.services.reading import look_at
from edc_core.web.context import actor, core, read, study
from edc_core.web.moments import Moments, moments
from edc_core.web.showing import show

if TYPE_CHECKING:
    from edc_core.services.plugin_list import PluginPicture

bp = Blueprint("plugins", __name__, url_prefix="/s/<study>")


@dataclass(frozen=True, slots=True)
class PluginPage:
    """Plugins with those in trouble first."""

    found: PluginPicture
    live: bool
    times: Moments


@bp.get("/plugins")
def plugins() -> Response:
    with read() as source:
        found = plugin_picture(look_at(source, actor(), study()), core().plugins)
    return show("plugins/plugins.html", PluginPage(found, study().environment == "live", moments()))
