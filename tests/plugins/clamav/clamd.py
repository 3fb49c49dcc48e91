"""A server that speaks clamd's protocol over a local socket: VERSION and INSTREAM, with a limit as it has."""

import socketserver
import struct
import threading
from contextlib import contextmanager

VIRUS = b"this-is-what-it-knows"
LATER_VIRUS = b"this-is-what-it-learns"  #: with the signatures ``NEWER``
LIMIT = 600_000
NEWER = 27_513


class _Asked(socketserver.StreamRequestHandler):
    def handle(self):
        command = self._word()
        self.server.asked.append(command)
        if command == b"zVERSION":
            self.wfile.write(b"ClamAV 1.4.3/%d/Sat Nov 28 09:26:01 2026\0" % self.server.signatures)
        elif command == b"zINSTREAM":
            self.wfile.write(self._judged() + b"\0")
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def _word(self):
        word = b""
        while not word.endswith(b"\0"):
            word += self.rfile.read(1)
        return word[:-1]

    def _judged(self):
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > self.server.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        if self.server.signatures >= NEWER and LATER_VIRUS in content:
            return b"stream: Test.Virus-2 FOUND"
        return b"stream: Test.Virus-1 FOUND" if VIRUS in content else b"stream: OK"


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path, signatures, limit):
        super().__init__(str(path), _Asked)
        self.asked, self.signatures, self.limit = [], signatures, limit


@contextmanager
def clamd_at(path, *, signatures=NEWER - 1, limit=LIMIT):
    """Serves until the end of the block; gives the commands that were asked."""
    with _Server(path, signatures, limit) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.asked
        finally:
            server.shutdown()
            thread.join()
    path.unlink()
