"""Templates, scripts and styles of plugins: under names that hold the plugin's, so that none takes another's place.

Files come from this server like our own, so the content policy takes them; a page still holds no script in its text.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app, send_file
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from edc_core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Response

    from edc_core.plugin_offers import RegisteredPage, RegisteredPanel

_KINDS = frozenset({".js", ".css", ".svg", ".png"})


def register(app: Flask, offers: Iterable[RegisteredPage | RegisteredPanel]) -> None:
    """``PLUGIN:file.html`` names a template of a plugin; files of its ``static/`` are served below ``/static/x``."""
    templates = {one.plugin.name: one.templates for one in offers}
    loaders = {plugin: FileSystemLoader(folder) for plugin, folder in templates.items()}
    app.jinja_env.loader = ChoiceLoader([app.create_global_jinja_loader(), PrefixLoader(loaders, ":")])
    app.extensions["edc_core_plugin_files"] = {
        f"{plugin}/{file.relative_to(folder).as_posix()}": file
        for plugin, folder in ((plugin, found.parent / "static") for plugin, found in templates.items())
        for file in folder.rglob("*")
        if file.suffix in _KINDS
    }
    app.add_url_rule("/static/x/<path:name>", "plugin_file", _serve)


def address(plugin: str, name: str) -> str:
    """The address of a file in ``static/`` of a plugin, with its digest.

    :raises NotFound: the plugin has no such file.
    """
    return f"/static/x/{plugin}/{name}?v={_digest(_file(f'{plugin}/{name}'))}"


def _file(name: str) -> Path:
    found: Path | None = current_app.extensions["edc_core_plugin_files"].get(name)
    if found is None:
        raise NotFound("No plugin has this file.")
    return found


@lru_cache(maxsize=256)
def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _serve(name: str) -> Response:
    return send_file(_file(name))
