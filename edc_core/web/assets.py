"""Addresses of our own files with a digest in them, so that browsers keep a file until it changes."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from flask import Response

SERVED = frozenset({"static", "plugin_file"})  #: our own files, and those of plugins
BELOW = "/static/"  #: where they are
FOLDER = Path(__file__).parent / "static"


@lru_cache(maxsize=256)
def address(name: str) -> str:
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
    return f"{BELOW}{name}?v={digest}"


def cache(response: Response) -> Response:
    """Files asked for by digest never change; others (modules that import each other) are asked for again."""
    if request.endpoint in SERVED:
        fixed = "v" in request.args
        response.headers["Cache-Control"] = "max-age=31536000, immutable" if fixed else "no-cache"
    return response
