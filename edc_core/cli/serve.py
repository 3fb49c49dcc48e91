"""``edc serve`` and ``edc worker``."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import click

from edc_core.cli.session import session_of
from edc_core.errors import EdcError

if TYPE_CHECKING:
    from edc_core.cli.session import Session


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--threads", default=8, show_default=True, help="Requests served at a time.")
@session_of
def serve(session: Session, host: str, port: int, threads: int) -> None:
    """Serve the pages, with a worker for long jobs inside."""
    run_server(session, host, port, threads)


def run_server(session: Session, host: str, port: int, threads: int) -> None:
    """Serve until stopped."""
    import waitress

    from edc_core.jobs.worker import Worker
    from edc_core.services.installed_plugins import note_installed
    from edc_core.web.app import create_app

    core = session.core
    app = create_app(core)
    # Whom waitress believes whose request it is: nobody, or the last proxies of the row.
    proxies, headers = core.settings.proxies, {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
    believed: dict[str, Any] = {"trusted_proxy": "*", "trusted_proxy_count": proxies}
    behind = believed | {"trusted_proxy_headers": headers} if proxies else {}
    with listening(host, port) as listener, Worker(core).running():
        if core.settings.totp_reason and (roles := core.settings.without_factor):
            click.echo(f"No second factor is asked of {', '.join(roles)}: {core.settings.totp_reason}")
        note_installed(core)
        click.echo(f"Serving on http://{host}:{port}/")
        waitress.serve(app, sockets=[listener], threads=threads, ident=None, **behind)


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections, had before anything else is begun.

    :raises EdcError: the port is in use, or the host is not this machine.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise EdcError(f"{host}:{port} cannot be served: {error.strerror}. Say another --port.") from error


@click.command()
@click.option("--once", is_flag=True, help="Do what is due and stop.")
@session_of
def worker(session: Session, *, once: bool) -> None:
    """Do long jobs, plugin checks that are due, daily anchors."""
    from edc_core.jobs.worker import Worker
    from edc_core.services.installed_plugins import note_installed

    note_installed(session.core)
    Worker(session.core).run(once=once)


COMMANDS = (serve, worker)
