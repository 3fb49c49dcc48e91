"""A mail server of a few lines: takes what it is sent and keeps it."""

import socketserver
import threading
from contextlib import contextmanager


class _Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 sink")
        while line := self.rfile.readline().decode().strip():
            match line.split()[0].upper():
                case "EHLO" | "HELO":
                    self.say("250 sink")
                case "DATA":
                    self.say("354 go on")
                    self.server.kept.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                    self.say("250 kept")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")


@contextmanager
def smtp_sink():
    """The server's address and the messages it got."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        server.kept = []
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{server.server_address[1]}", server.kept
        finally:
            server.shutdown()
            thread.join()
