"""What clamd is asked and answers (clamd(8), "COMMANDS"): VERSION and INSTREAM, over a local socket.

INSTREAM sends pieces, each after its length in four bytes, the highest first, and an empty one at the end.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import IO

PIECE = 1 << 16
LONGEST_ANSWER = 4096


class NoAnswer(Exception):
    """clamd cannot be asked now: it does not run, or does not answer in time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """:param state: ``clean``, ``infected`` or ``failed``. :param found: what was found, or why it could not say."""

    state: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Clamd:
    """:param address: path of the socket (``LocalSocket`` in clamd.conf), or ``tcp://HOST:PORT``.
    :param seconds: how long an answer is waited for.
    """

    address: str
    seconds: float = 120.0

    def version(self) -> str:
        """``ClamAV 1.4.3/27512``: the scanner and what it knows.

        :raises NoAnswer: see there.
        """
        with self._open() as asked:
            try:
                asked.sendall(b"zVERSION\0")
                said = _answer(asked)
            except OSError as error:
                raise NoAnswer(_why(self.address, error)) from error
        return "/".join(said.split("/")[:2]) or "ClamAV"

    def scan(self, stream: IO[bytes]) -> Verdict:
        """Have a file looked through. :raises NoAnswer: see there."""
        with self._open() as asked:
            try:
                said = _send(asked, stream)
            except OSError as error:
                raise NoAnswer(_why(self.address, error)) from error
        if not said:
            raise NoAnswer(f"clamd at {self.address} ended before it answered.")
        return _verdict(said)

    def _open(self) -> socket.socket:
        try:
            if self.address.startswith("tcp://"):
                host, _, port = self.address.removeprefix("tcp://").rpartition(":")
                return socket.create_connection((host, int(port)), timeout=self.seconds)
            asked = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        except (OSError, ValueError, AttributeError) as error:
            raise NoAnswer(_why(self.address, error)) from error
        asked.settimeout(self.seconds)
        try:
            asked.connect(self.address)
        except OSError as error:
            asked.close()
            raise NoAnswer(_why(self.address, error)) from error
        return asked


def _send(asked: socket.socket, stream: IO[bytes]) -> str:
    try:
        asked.sendall(b"zINSTREAM\0")
        while piece := stream.read(PIECE):
            asked.sendall(struct.pack("!L", len(piece)) + piece)
        asked.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # a file that is too large for it: it says so and takes no more
    return _answer(asked)


def _answer(asked: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        piece = asked.recv(LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def _verdict(said: str) -> Verdict:
    """``stream: OK``, ``stream: NAME FOUND``, or words that end in ``ERROR``."""
    text = said.removeprefix("stream: ")
    if text == "OK":
        return Verdict("clean")
    if text.endswith(" FOUND"):
        return Verdict("infected", text.removesuffix(" FOUND"))
    return Verdict("failed", text.removesuffix(" ERROR").rstrip(".")[:200])


def _why(address: str, error: Exception) -> str:
    return f"clamd at {address} does not answer ({type(error).__name__}). Look whether it runs and EDC_CLAMAV_SOCKET is its socket."
