"""Runs the blocks of a documentation page in a folder, as a reader would.

```console [install] [serve] [exit=1]   `$ command` lines, each followed by what it prints; `...` stands for anything
```yaml title=PATH                      writes the file
```python title=PATH                    likewise
```python file=PATH                     stands in that file, word for word
<!-- browser: NAME -->                  what a person does in the browser, by a function of that name
"""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.fresh_venv import ROOT, FreshVenv

PART = re.compile(
    r"^```(?P<kind>\w+)[ ]?(?P<words>[^\n]*)\n(?P<body>.*?)^```$|^<!-- browser: (?P<browser>\w+) -->$",
    re.MULTILINE | re.DOTALL,
)
ADDRESS = "http://127.0.0.1:8000/"


@dataclass(frozen=True)
class Command:
    line: str
    shown: str


def commands_of(body):
    """Each `$ line` with what is shown after it."""
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert not parts[0].strip(), f"a console block begins with a command: {parts[0]}"
    for part in parts[1:]:
        line, _, shown = part.partition("\n")
        yield Command(line, shown)


def fits(shown, printed):
    """Whether what was printed is what is shown; `...` stands for any text, on a line of its own for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*?") + r"[ ]*\n"
        for line in shown.splitlines()
    )
    return (
        re.fullmatch(pattern, printed if printed.endswith("\n") or not printed else printed + "\n")
        is not None
    )


class Reader:
    """Somebody who follows pages from an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        home = folder / "home"
        home.mkdir()
        (home / "edc-core").symlink_to(ROOT)  # "a clone in ~/edc-core"
        self.environ = {"PATH": os.environ["PATH"]}
        self.home = home
        self.server = None
        self.fixed = {}  # variables whose value on the page is an example

    def follow(self, page: Path, browser) -> None:
        """Do what a page says.

        :param browser: name to function, called with the server's address.
        """
        for part in PART.finditer(page.read_text(encoding="utf-8")):
            if part["browser"]:
                assert self.server, f"{part['browser']}: nothing is served"
                browser[part["browser"]](self.url)
                continue
            self.block(part["kind"], part["words"], part["body"])
        self.stop()

    def block(self, kind, words, body):
        title = re.search(r"title=(\S+)", words)
        file = re.search(r"file=(\S+)", words)
        if title:
            (self.folder / title[1]).write_text(body, encoding="utf-8")
        elif file:
            assert body in (self.folder / file[1]).read_text(encoding="utf-8"), f"{file[1]} has another text"
        elif kind == "console":
            self.stop()
            expected = int(match[1]) if (match := re.search(r"exit=(\d)", words)) else 0
            for command in commands_of(body):
                self.run(command, expected, serve="serve" in words.split())

    def run(self, command, expected, *, serve):
        line = command.line
        if line == "python3 -m venv .venv":
            self.venv = FreshVenv(self.folder / ".venv")
        elif line == ". .venv/bin/activate":
            self.environ = self.venv.environ | {"HOME": str(self.home)}
        elif line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            self.environ[name] = self.fixed.get(name, value)
        elif line == "pip install pytest":
            pass  # it is there, and packages are not fetched in tests
        elif serve:
            self.start(line)
            assert fits(command.shown, f"Serving on {ADDRESS}\n")
        else:
            done = subprocess.run(
                ["bash", "-c", line],
                cwd=self.folder,
                env=self.environ,
                capture_output=True,
                text=True,
                check=False,
            )
            printed = done.stdout + done.stderr
            assert done.returncode == expected, f"$ {line}\nended with {done.returncode}:\n{printed}"
            assert not command.shown or fits(command.shown, printed), (
                f"$ {line}\nprinted:\n{printed}\nthe page shows:\n{command.shown}"
            )

    def start(self, line):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.server = subprocess.Popen(
            ["bash", "-c", f"exec {line} --port {port}"],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"$ {line}\ndid not serve")

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(timeout=30)
            self.server = None
