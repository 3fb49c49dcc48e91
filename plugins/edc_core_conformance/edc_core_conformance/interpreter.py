"""Which Python runs CDISC CORE: one of its own, for the engine needs another release and other libraries than edc-core."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENGINE, VERSION = "cdisc-rules-engine", "0.17.1"
PYTHON = (3, 12)  #: the one release that this version of the engine runs on
SETTING = "EDC_CORE_PYTHON"
NAMES = ("python3.12", "python3", "python")
_PROBE = f"""
import json, sys
from importlib.metadata import PackageNotFoundError, version
try:
    engine = version({ENGINE!r})
except PackageNotFoundError:
    engine = ""
print(json.dumps({{"python": sys.version_info[:2], "engine": engine}}))
"""
_WAIT_S = 60


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that was run. :param engine: version of the engine in it, empty for none."""

    path: str
    python: tuple[int, int]
    engine: str

    @property
    def runs_engine(self) -> bool:
        return self.python == PYTHON and self.engine == VERSION


def tried(path: str) -> Interpreter | None:
    """What a Python says of itself when it is run; None where it cannot be: a name on the PATH may be a dead shim."""
    try:
        ran = subprocess.run(  # noqa: S603 - named by who runs the installation, or a name of Python
            [path, "-I", "-c", _PROBE], capture_output=True, timeout=_WAIT_S, check=True
        )
        said = json.loads(ran.stdout)
        return Interpreter(path, tuple(said["python"]), said["engine"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None


def candidates(home: Path) -> Iterator[str]:
    """Names and places of a Python of the right release."""
    yield from NAMES
    yield from (str(path) for path in sorted(home.glob(".pyenv/versions/3.12*/bin/python"), reverse=True))


def found(setting: str, others: Iterable[str]) -> tuple[str, str]:
    """The Python that runs the engine, or an empty text and why there is none, with the remedy."""
    remedy = f"'edc conformance prepare DIR' makes an environment for it; name its Python in {SETTING}."
    if setting:
        one = tried(setting)
        if one is None:
            return "", f"{SETTING} is '{setting}', which cannot be run. {remedy}"
        if not one.runs_engine:
            has = f"{ENGINE} {one.engine}" if one.engine else f"no {ENGINE}"
            at = ".".join(map(str, one.python))
            return "", f"{SETTING} is Python {at} with {has}; {VERSION} on Python 3.12 is needed. {remedy}"
        return setting, ""
    for path in others:
        one = tried(path)
        if one is not None and one.runs_engine:
            return path, ""
    return "", f"No Python here has {ENGINE} {VERSION}. {remedy}"
