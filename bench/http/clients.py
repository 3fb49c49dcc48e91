"""The clients of one run: a thread each, one kept connection, bare sockets, so that they cost little.

Reads a Plan from standard input; writes the seconds of the whole run and of each request as JSON.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time

from bench.http.target import Plan
from edc_core.ids import new_id


class Client:
    def __init__(self, plan: Plan, paths: list[str], base: int) -> None:
        self._plan, self._paths, self._base = plan, paths, base
        self._socket = socket.create_connection(("127.0.0.1", plan.port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seconds: list[float] = []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            for number in range(self._plan.rounds):
                base = self._base + number
                for path in self._paths:
                    start = time.perf_counter()
                    self._save(path, base)
                    self.seconds.append(time.perf_counter() - start)
        except Exception as error:  # noqa: BLE001 - shown by the main thread
            self.error = error

    def _save(self, path: str, base: int) -> None:
        body = f"op={new_id()}&value={70 + base % 100}&base={base}".encode()
        head = [
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in self._plan.headers.items()),
        ]
        self._socket.sendall("\r\n".join([*head, "", ""]).encode() + body)
        status, text = self._answer()
        if status != 200:
            raise RuntimeError(f"{path}: {status} {text[:500]!r}")

    def _answer(self) -> tuple[int, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        while len(body) < length:
            body += self._more()
        return int(head.split(b" ", 2)[1]), body

    def _more(self) -> bytes:
        part = self._socket.recv(65536)
        if not part:
            raise RuntimeError("the server closed the connection")
        return part


def main() -> int:
    plan = Plan.from_json(sys.stdin.read())
    clients = [Client(plan, paths, base) for paths, base in zip(plan.paths, plan.bases, strict=True)]
    threads = [threading.Thread(target=client.run) for client in clients]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    for client in clients:
        if client.error is not None:
            raise client.error
    json.dump({"seconds": seconds, "requests": [s for client in clients for s in client.seconds]}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
