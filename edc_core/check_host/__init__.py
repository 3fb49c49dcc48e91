"""A process of its own that runs plugin code on a picture: picture in, findings out, deadline, kill, respawn.

The hard idea and the wire are described in docs/explanation/check-host.md.
"""

from edc_core.check_host.client import CheckHost, CheckRequest

__all__ = ["CheckHost", "CheckRequest"]
