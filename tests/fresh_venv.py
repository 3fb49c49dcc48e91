"""A virtual environment for one test that sees everything installed here: what the test installs stays in it."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# `pip` as a person would type it, kept off the network: what is installed is built from folders with what is here.
_PIP = """\
#!{python}
import subprocess, sys
arguments = sys.argv[1:]
if arguments[:1] == ["install"]:
    arguments[1:1] = ["--quiet", "--ignore-installed", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
sys.exit(subprocess.call([{ours!r}, "-m", "pip", "--python", {python!r}, *arguments]))
"""
_EDC = """\
#!{python}
from edc_core.cli import main
main()
"""


class FreshVenv:
    """Its ``environ`` has the venv first in PATH, as after `activate`."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.scripts / "python"
        inside = subprocess.run(
            [self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        # addsitedir also reads the .pth files there: the core and the bundled plugins are editable installs
        ours = sysconfig.get_path("purelib")
        (Path(inside) / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
        for name, text in {"pip": _PIP, "edc": _EDC}.items():
            script = self.scripts / name
            script.write_text(text.format(python=str(self.python), ours=sys.executable))
            script.chmod(0o755)

    @property
    def environ(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("EDC_", "PYTHON"))}
        return kept | {
            "PATH": f"{self.scripts}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "200",
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def run(self, *command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        program = self.scripts / str(command[0])
        return subprocess.run(
            [program, *command[1:]], cwd=cwd, env=self.environ, capture_output=True, text=True, check=False
        )
