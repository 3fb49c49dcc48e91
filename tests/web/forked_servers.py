"""Servers of browser tests: a process that has imported everything and compiled every template forks for each of them.

A server is a process of its own, to be killed as a power cut does; it is spared the seconds that Python needs to begin.
What is asked and answered are lines of JSON: ``["start", folder, port]`` and ``["kill", process]``, each answered by the
number of the process.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class ForkedServers:
    """The process that forks; its servers end with it, and it ends with whoever asked for it."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, __file__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, folder, port):
        """Begin a server on the database in a folder; the number of its process."""
        return self._ask("start", str(folder), port)

    def kill(self, process):
        """End a server without any handler; it is gone when this returns."""
        self._ask("kill", process)

    def stop(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, *words):
        self._process.stdin.write(f"{json.dumps(words)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def answer():
    """Fork and kill until nobody asks any more."""
    from edc_core.plugin_manager import EdcPlugins
    from tests.web.serve import serve

    plugins = EdcPlugins()
    compile_templates(plugins)
    running = set()
    for line in sys.stdin:
        asked, *given = json.loads(line)
        if asked == "start":
            process = os.fork()
            if process == 0:
                become_server(*given, serve=serve, plugins=plugins)
            running.add(process)
        else:
            (process,) = given
            end(process)
            running.remove(process)
        sys.stdout.write(f"{process}\n")
        sys.stdout.flush()
    for process in running:
        end(process)


def end(process):
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def become_server(folder, port, *, serve, plugins):
    """Serve until killed; what is printed goes where complaints go, for the answers have their own line."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        serve(folder, port, plugins)
    except BaseException:  # noqa: BLE001 - as Python itself does in the end
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def compile_templates(plugins):
    """Every template once, into what the tests of a process share; an application without a database has them all."""
    from edc_core.core import Core
    from edc_core.settings import Settings
    from edc_core.web.app import create_app

    core = Core(Settings(database_url="sqlite://"), plugins)
    environment = create_app(core).jinja_env
    for name in environment.list_templates():
        if name.endswith(".html"):
            environment.get_template(name)
    core.close()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    import tests.sharing  # noqa: F401 - before anything makes an application

    answer()
