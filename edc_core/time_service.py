"""How far this machine's clock is off its time server, as the time service that keeps it says (REQ-TIM-01).

One tool after the other is run, until one can tell: that of chrony, of systemd-timesyncd, of ntpd. What each prints is read
by a function of its own, which knows nothing of the machine. What nobody can tell is unknown, never right.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("edc.clock")
WAITS_S = 1.0  #: each tool asks the machine itself, and answers at once or not at all

_CHRONY_OFFSET, _CHRONY_LEAP, _CHRONY_FIELDS = 4, 13, 14  #: columns of ``chronyc -c tracking``
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(month|min|ms|us|y|w|d|h|s)")
_SECONDS = {
    "y": 31_557_600.0, "month": 2_629_800.0, "w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "min": 60.0,
    "s": 1.0, "ms": 1e-3, "us": 1e-6,
}  # fmt: skip
_NTP_VARIABLE = re.compile(r"\b(leap|stratum|offset)=([^,\s]+)")
_NTP_ALARM, _NTP_NO_SERVER = 3, 16  #: RFC 5905, figures 9 and 11: not synchronized


def chrony(said: str) -> float | None:
    """Seconds in ``chronyc -n -c tracking`` (chronyc(1), "tracking"), 14 fields with commas.

    :returns: None while chrony has found no time server that it trusts. :raises ValueError: it is no such answer.
    """
    fields = said.strip().split(",")
    if len(fields) != _CHRONY_FIELDS:
        raise ValueError(f"{len(fields)} fields where {_CHRONY_FIELDS} were expected")
    return None if fields[_CHRONY_LEAP] == "Not synchronised" else abs(float(fields[_CHRONY_OFFSET]))


def timesyncd(said: str) -> float | None:
    """Seconds in ``timedatectl timesync-status`` (timedatectl(1)), lines of ``Name: value`` with spans as in systemd.time(7).

    It is what the last answer of the time server told. What lay above 0.4 s then was put right at once, and timesyncd
    asks again within 32 seconds.

    :returns: None while no server has answered. :raises ValueError: it is no such answer.
    """
    facts = {
        name.strip(): value.strip() for name, _, value in (line.partition(":") for line in said.splitlines())
    }
    if "Server" not in facts:
        raise ValueError("no line names a server")
    offset = facts.get("Offset", "")
    if not offset or offset == "n/a" or facts.get("Leap") == "not synchronized":
        return None
    parts = offset.lstrip("+-").split()
    found = [_SPAN.fullmatch(part) for part in parts]
    if parts == ["0"]:
        return 0.0
    if not parts or None in found:
        raise ValueError("the offset is no span of time")
    return sum(float(part[1]) * _SECONDS[part[2]] for part in found if part)


def ntpd(said: str) -> float | None:
    """Seconds in ``ntpq -c rv`` (ntpq(8), "System Variables"), whose offset is in milliseconds; of ntpd and of NTPsec.

    :returns: None while ntpd follows no server. :raises ValueError: it is no such answer.
    """
    facts = dict(_NTP_VARIABLE.findall(said))
    if not {"leap", "stratum", "offset"} <= facts.keys():
        raise ValueError("leap, stratum or offset is not said")
    if int(facts["leap"], 2) == _NTP_ALARM or int(facts["stratum"]) >= _NTP_NO_SERVER:
        return None
    return abs(float(facts["offset"])) / 1000


class Tool(NamedTuple):
    """:param command: a program and its arguments. :param read: seconds in what it prints."""

    command: tuple[str, ...]
    read: Callable[[str], float | None]


TOOLS = (
    Tool(("chronyc", "-n", "-c", "tracking"), chrony),
    Tool(("timedatectl", "timesync-status"), timesyncd),
    Tool(("ntpq", "-c", "rv"), ntpd),
)


def off_by() -> float | None:
    """Seconds, never negative, from the first tool that can tell; None where none can."""
    for tool in TOOLS:
        program = shutil.which(tool.command[0])
        found = _asked(program, tool) if program else None
        if found is not None:
            return found
    return None


def _asked(program: str, tool: Tool) -> float | None:
    """None without an answer: a tool may be there for a service that is not, so that is no fault."""
    try:
        done = subprocess.run(  # noqa: S603 - the machine's own program, without anything of a request
            [program, *tool.command[1:]],
            capture_output=True,
            check=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"LC_ALL": "C"},
            timeout=WAITS_S,
            stdin=subprocess.DEVNULL,
        )
        return tool.read(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        log.info("%s does not say how far the clock is off: %s", tool.command[0], error)
        return None
