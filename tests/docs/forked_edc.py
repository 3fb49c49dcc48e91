"""`edc` for tests with many commands: a process that has imported everything forks for each of them.

A command is the real one in a process of its own, with the arguments, folder, variables, files and signals of whoever
typed it; it is spared the second that Python needs to begin. The tutorial does without it.
"""

import contextlib
import importlib.metadata
import json
import os
import shutil
import signal
import site
import socket
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

#: Stands as `edc` in a folder of PATH.
_CLIENT = """\
#!{python} -IS
import json, os, signal, socket, sys
door = socket.socket(socket.AF_UNIX)
door.connect({door!r})
asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ), {python!r}, {packages!r}]).encode()
socket.send_fds(door, [len(asked).to_bytes(4, "big")], [0, 1, 2])
door.sendall(asked)
process = int.from_bytes(door.recv(4), "big")
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, frame: os.kill(process, number))
code = door.recv(1)
sys.exit(code[0] if code else "edc ended without an exit code")
"""


class ForkedEdc:
    """The process that forks; it ends with the tests."""

    def __init__(self) -> None:
        self.door = f"{tempfile.mkdtemp(prefix='edc-door-')}/door"
        self._process = subprocess.Popen([sys.executable, __file__, self.door], stdout=subprocess.PIPE)
        self._process.stdout.readline()  # it listens now

    def put_into(self, venv) -> None:
        """Be the `edc` of an environment."""
        packages = next(str(path) for path in venv.scripts.parent.glob("lib/python*/site-packages"))
        self._write(venv.scripts / "edc", str(venv.python), packages)

    @property
    def program(self) -> str:
        """The `edc` of the environment that the tests run in. Who kills it kills the one that asks, not the command."""
        script = Path(self.door).with_name("edc")
        if not script.exists():
            self._write(script, sys.executable, sysconfig.get_path("purelib"))
            script.chmod(0o755)
        return str(script)

    def _write(self, script, python: str, packages: str) -> None:
        script.write_text(_CLIENT.format(python=python, door=self.door, packages=packages))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(Path(self.door).parent)


def _serve(door: str) -> None:
    import edc_core.web.app  # noqa: F401 - a command imports it when it serves
    from edc_core.cli import main
    from edc_core.definitions.conversions import _registry  # of units: a second for the first who needs them

    for entry in importlib.metadata.entry_points(group="edc_core"):
        entry.load()
    _registry()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(door)
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that have ended
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    while True:
        client, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            client.sendall(bytes([_command(client, main)]))
            os._exit(0)
        client.close()


def _command(client, main) -> int:
    head, files, _, _ = socket.recv_fds(client, 4, 3)
    asked = b""
    while len(asked) < int.from_bytes(head, "big"):
        asked += client.recv(1 << 16)
    arguments, folder, variables, python, packages = json.loads(asked)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    client.sendall(os.getpid().to_bytes(4, "big"))
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.executable = python
    site.addsitedir(packages)
    try:
        main(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001 - as Python itself does in the end
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
    return 0


if __name__ == "__main__":
    _serve(sys.argv[1])
