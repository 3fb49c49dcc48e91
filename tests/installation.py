"""An installation as operators have it: a database, and the real `edc` in processes of its own, to be killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

EDC = str(Path(sys.executable).with_name("edc"))
PASSWORD = "correct horse battery staple"
START_S = 30


class Installation:
    """A folder with settings, and the commands on them.

    :param program: the `edc` whose commands come to their end (``forked_edc.program``); what may be killed is the real one.
    """

    def __init__(self, folder, database_url, *, program=EDC, **settings):
        self.folder, self.database_url, self.program = folder, database_url, program
        self.env = {
            **os.environ,
            "EDC_DATABASE_URL": database_url,
            "EDC_EXPORTS_DIR": str(folder / "exports"),
            "EDC_FILES_DIR": str(folder / "files"),
            "EDC_PASSWORD": PASSWORD,
            **settings,
        }
        self.servers = []

    def edc(self, *arguments, code=0, **env):
        """Run a command to its end; its exit code is the expected one."""
        done = subprocess.run(
            [self.program, *map(str, arguments)], cwd=self.folder, env=self.env | env,
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments, code=0):
        return json.loads(self.edc(*arguments, "--json", code=code).stdout)

    def begin(self, *arguments):
        """Start a command and leave it running."""
        return subprocess.Popen(
            [EDC, *map(str, arguments)], cwd=self.folder, env=self.env,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def verified(self):
        """The ledger verifies and every table is what the ledger says."""
        report = self.json("verify", "--rebuild")
        assert report["ok"], report["problems"]
        return report

    def serve(self, **options):
        server = Server(self, **options)
        self.servers.append(server)
        return server.start()

    def close(self):
        for server in self.servers:
            server.kill()


class Server:
    """`edc serve` on a free port of this machine; it comes back at the same address after a kill."""

    def __init__(self, installation, before=(), threads=8):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.installation, self.before, self.threads, self.process = installation, before, threads, None
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = installation.folder / f"server-{self.port}.log"

    def start(self):
        command = [*self.before, EDC, "serve", "--port", str(self.port), "--threads", str(self.threads)]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=self.installation.folder, env=self.installation.env, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    def kill(self):
        """As a power cut does: no handler runs."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
