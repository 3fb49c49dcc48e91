"""Runs the blocks of a documentation page in a folder, as a reader would.

```console [install] [serve] [exit=1]   `$ command` lines, each followed by what it prints; `...` stands for anything
```console tested-by=PATH               commands that tests in that place run: they take minutes
```console needs=network                commands that no test runs, since tests reach no other machine
```yaml title=PATH                      writes the file
```python title=PATH                    likewise
```python file=PATH                     stands in that file, word for word
<!-- browser: NAME -->                  what a person does in the browser, by a function of that name
<!-- goes on from: PAGE -->             it begins with the folder, the database and the variables that PAGE ended with

With `serve` a command goes on until the next console block; it has begun when it has said what the page shows.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

from tests.docs.forked_edc import ForkedEdc
from tests.fresh_venv import ROOT, FreshVenv

PART = re.compile(
    r"^(?P<indent> *)```(?P<kind>\w+)[ ]?(?P<words>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$|^<!-- browser: (?P<browser>\w+) -->$",
    re.MULTILINE | re.DOTALL,
)


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


def left_out(words: str) -> str:
    """Why the commands of a block are not run here; empty when they are."""
    found = re.search(r"tested-by=\S+|needs=network", words)
    return found[0] if found else ""


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

    def install(self, forked: ForkedEdc) -> None:
        """Be somebody who has an environment in which everything is installed."""
        self.venv = FreshVenv(self.folder / ".venv")
        forked.put_into(self.venv)
        self.environ = self.venv.environ | {"HOME": str(self.home)}

    def go_on_from(self, before: "Reader") -> None:
        """Take over what another reader had in the end: files, database, variables."""
        shutil.copytree(
            before.folder, self.folder, ignore=shutil.ignore_patterns(".venv"), dirs_exist_ok=True
        )
        self.environ |= {name: value for name, value in before.environ.items() if name.startswith("EDC_")}

    def follow(self, page: Path, browser) -> None:
        """Do what a page says.

        :param browser: name to function, called with the server's address.
        """
        try:
            for part in PART.finditer(page.read_text(encoding="utf-8")):
                if part["browser"]:
                    assert self.server, f"{part['browser']}: nothing is served"
                    browser[part["browser"]](self.url)
                    continue
                self.block(part["kind"], part["words"], textwrap.dedent(part["body"]))
        finally:
            self.stop()

    def block(self, kind, words, body):
        title = re.search(r"title=(\S+)", words)
        file = re.search(r"file=(\S+)", words)
        if title:
            place = self.folder / title[1]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(body, encoding="utf-8")
        elif file:
            assert body in (self.folder / file[1]).read_text(encoding="utf-8"), f"{file[1]} has another text"
        elif kind == "console" and not left_out(words):
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
            self.environ[name] = self.fixed.get(name) or self.value(value)
        elif line == "pip install pytest":
            pass  # it is there, and packages are not fetched in tests
        elif serve:
            self.start(command)
        else:
            done = self.bash(line)
            printed = done.stdout + done.stderr
            assert done.returncode == expected, f"$ {line}\nended with {done.returncode}:\n{printed}"
            assert not command.shown or fits(command.shown, printed), (
                f"$ {line}\nprinted:\n{printed}\nthe page shows:\n{command.shown}"
            )

    def bash(self, line):
        return subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def value(self, text):
        """What a shell would make of the right side of ``export NAME=``."""
        if "$" not in text:
            return text
        done = self.bash(f'printf %s "{text}"')
        assert not done.stderr, f"{text}\nprinted:\n{done.stderr}"
        return done.stdout

    def start(self, command):
        """Begin what serves until it is stopped, and wait until it has said what the page shows.

        A port in what the page shows is an example: a free one is taken.
        """
        line, shown = command.line, command.shown
        if port_shown := re.search(r"http://127\.0\.0\.1:(\d+)", shown):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            self.url = f"http://127.0.0.1:{port}"
            line, shown = f"{line} --port {port}", shown.replace(port_shown[0], self.url)
        said = self.folder / ".said"
        with said.open("wb") as output:
            self.server = subprocess.Popen(
                ["bash", "-c", f"exec {line}"], cwd=self.folder, env=self.environ, stdout=output
            )
        for _ in range(600):
            if shown and fits(shown, said.read_text(encoding="utf-8")):
                return
            assert self.server.poll() is None, f"$ {line}\nended:\n{said.read_text(encoding='utf-8')}"
            if not shown:
                return  # it says nothing: that it runs is all there is to see
            time.sleep(0.05)
        raise AssertionError(
            f"$ {line}\nprinted:\n{said.read_text(encoding='utf-8')}\nthe page shows:\n{shown}"
        )

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(timeout=30)
            self.server = None
