"""A waitress server on a free port of loopback: ``python -m bench.http.server ours|raw URL``. Prints its port."""

from __future__ import annotations

import logging
import sys
from wsgiref.types import WSGIApplication

import waitress

THREADS = 8


def application(which: str, url: str) -> WSGIApplication:
    if which == "raw":
        from bench.http.raw_app import create_app as create_raw_app

        return create_raw_app(url)
    from edc_core.core import Core
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.settings import Settings
    from edc_core.web.app import create_app

    # sixteen clients are one person here: they are counted, and never held back
    settings = Settings(database_url=url, limits="write=100000000/60")
    return create_app(Core(settings, EdcPlugins()))


def main(which: str, url: str) -> None:
    logging.getLogger("waitress.queue").setLevel(
        logging.ERROR
    )  # more clients than threads is what is measured
    server = waitress.create_server(
        application(which, url), host="127.0.0.1", port=0, threads=THREADS, ident=None
    )
    print(server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
