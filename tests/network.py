"""No test reaches beyond this machine: sockets connect to loopback and to local socket files only."""

import ipaddress
import socket
from collections.abc import Iterator

import pytest

LOCAL_NAMES = {"localhost", "", None}


class NetworkUsedError(AssertionError):
    """A test tried to leave the machine. Not an OSError, so that no code takes it for an outage."""


def is_local(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(name).split("%")[0]).is_loopback
    except ValueError:
        return False  # any other name: finding out would already be traffic


def refuse_unless_local(address: object) -> None:
    if isinstance(address, tuple) and not is_local(address[0]):  # a socket file's address is a string
        raise NetworkUsedError(f"tests stay on this machine; tried to reach {address!r}")


@pytest.fixture(scope="session", autouse=True)
def stay_on_this_machine() -> Iterator[None]:
    """Guard the ways out that Python code has; Chromium's are closed in tests/browser.py."""
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self, address):
        refuse_unless_local(address)
        return connect(self, address)

    def guarded_connect_ex(self, address):
        refuse_unless_local(address)
        return connect_ex(self, address)

    def guarded_sendto(self, data, *flags_and_address):
        refuse_unless_local(flags_and_address[-1])
        return sendto(self, data, *flags_and_address)

    def guarded_getaddrinfo(host, *arguments, **options):
        if not (options.get("flags", 0) & socket.AI_PASSIVE):  # a server asks which addresses to bind
            refuse_unless_local((host,))
        return getaddrinfo(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield
