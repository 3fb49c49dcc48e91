"""Whether an installation can have passkeys: they belong to the name of a host."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def host_of(base_url: str) -> str:
    """The name that passkeys belong to; empty for an IP address, for which there are none."""
    host = urlsplit(base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return ""
