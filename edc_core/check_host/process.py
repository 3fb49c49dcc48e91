"""The process of the check host as the core holds it: started, written to, listened to, ended."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time

from edc_core.check_host import frames
from edc_core.check_host.frames import Json

#: What of our environment the process gets. Addresses of databases, keys and tokens are none of its business.
_PASSED_ON = frozenset(
    {
        "PATH",
        "HOME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TZPATH",
        "TMPDIR",
        "TMP",
        "TEMP",
        "SYSTEMROOT",
        "LD_LIBRARY_PATH",
    }
)


class Gone(Exception):
    """The process has ended, or says what cannot be understood."""


class TooLate(Exception):
    """No answer came in time."""


class HostProcess:
    """One process. Two threads move frames, so that neither a full pipe nor a silent process blocks the caller."""

    def __init__(self, *, memory_mb: int) -> None:
        self.owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "edc_core.check_host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what plugins print may hold collected values
            env=_environment(memory_mb),
            start_new_session=True,  # so that what a plugin starts ends with it
        )
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._incoming: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        for work in (self._write, self._read):
            threading.Thread(target=work, name=f"check host {work.__name__}", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, frame: bytes) -> None:
        """Hand over one frame; whether it arrives shows in the answer."""
        self._outgoing.put(frame)

    def receive(self, until: float) -> Json:
        """The next message.

        :param until: monotonic time to wait for.
        :raises TooLate: when none came.
        :raises Gone: when none can come any more.
        """
        try:
            body = self._incoming.get(timeout=max(until - time.monotonic(), 0))
        except queue.Empty:
            raise TooLate from None
        if body is None:
            self._incoming.put(None)
            raise Gone
        try:
            return frames.decode(body)
        except ValueError:
            raise Gone from None

    def end(self) -> None:
        """End the process and all it started, at once. Harmless when it has ended."""
        if (
            self.owner != os.getpid()
        ):  # we are a fork of the process that started it, and it is not ours to end
            return
        self._outgoing.put(None)
        if (
            self._process.returncode is None
        ):  # not yet waited for, so its number cannot belong to another process
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()

    def _write(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError, ValueError):
            while (frame := self._outgoing.get()) is not None:
                stdin.write(frame)
                stdin.flush()
        with contextlib.suppress(OSError):
            stdin.close()

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        with contextlib.suppress(OSError, ValueError):
            while (body := frames.read(stdout)) is not None:
                self._incoming.put(body)
        self._incoming.put(None)
        with contextlib.suppress(OSError):
            stdout.close()


def _environment(memory_mb: int) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _PASSED_ON or name.startswith("LC_")
    }
    return kept | {
        "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path),  # noqa: PTH109 - text as it stands
        "PYTHONHASHSEED": "0",  # the order of sets is the same after a respawn, and so are the findings
        "PYTHONUNBUFFERED": "",
        "EDC_CHECK_HOST_MEMORY_MB": str(memory_mb),
    }
