#!/usr/bin/env python3
"""Every job of a developer, on a machine that has nothing but Python 3.11: this file is the manual.

python3 dev.py demo [options of `edc demo`]         set up, fill a demo database, serve it
python3 dev.py test [group ...] [-- pytest args]    set up, run all groups or the named ones
python3 dev.py lint                                 ruff, mypy, codespell
python3 dev.py bench | ux-bench [args]              measure against the floors in bench/
python3 dev.py docs                                 check the documentation

The groups of `test`: lint, unit, databases, browser, faults, conformance.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "edc-stamp"
LOCK = ROOT / "requirements.lock"
REPORTS = ROOT / "artifacts" / "tests"

NO_TESTS_COLLECTED = 5  # pytest's exit code

LINTERS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "codespell": ["codespell_lib"],
}
MODULES = {"lint": LINTERS, "traced": {"requirements": ["tests.traceability"]}}  # traced: after all groups

BY_TWO = ["-n", "2", "--dist", "worksteal"]  # neighbours stay together and share what they make
# Each test belongs to exactly one group: with two markers, to the later of the two kinds.
PYTEST_GROUPS = {
    "unit": ["-m", "not database and not browser and not faults and not conformance", *BY_TWO],
    "databases": ["-m", "database and not browser and not faults and not conformance", *BY_TWO],
    "browser": ["-m", "browser and not faults and not conformance", *BY_TWO],
    "faults": ["-m", "faults and not conformance", *BY_TWO],
    "conformance": ["-m", "conformance", *BY_TWO],
}
GROUPS = ["lint", *PYTEST_GROUPS]

BROWSER_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]
BROWSER_PLACES = [
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
    Path("C:/Program Files/Google/Chrome/Application/chrome.exe"),
    Path("C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe"),
]


class SetupError(Exception):
    """The machine lacks something that this script cannot get; the message says how to get it."""


@dataclass
class Outcome:
    """What one group did. A linter counts as one test."""

    group: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    @property
    def executed(self) -> int:
        return self.passed + self.failed

    def __str__(self) -> str:
        words = f"{self.passed} passed, {self.failed} failed" if self.executed else "no tests yet"
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"  {self.group:<12} {self.seconds:8.1f} s   {words}{skipped}"


def say(text: str) -> None:
    print(f"dev.py: {text}", flush=True)


def run(command: Sequence[str | Path]) -> int:
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode


def must(command: Sequence[str | Path], doing: str) -> None:
    code = run(command)
    if code:
        raise SetupError(f"{doing} failed (exit {code}): {' '.join(map(str, command))}")


def can_apt() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: list[str]) -> None:
    say(f"installing {' '.join(packages)} with apt-get")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    must(["apt-get", "update", "-qq"], "apt-get update")
    must(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], "apt-get install")


def find_chromium() -> str | None:
    """The browser that tests drive: $EDC_CHROMIUM, else what PATH or the usual places hold."""
    if named := os.environ.get("EDC_CHROMIUM"):
        return named
    on_path = (shutil.which(name) for name in BROWSER_NAMES)
    in_places = (str(place) for place in BROWSER_PLACES if place.exists())
    return next((found for found in (*on_path, *in_places) if found), None)


def has_cjk_font() -> bool:
    """Whether a PDF or screenshot can show Korean, Japanese and Chinese."""
    if shutil.which("fc-list") is None:
        return os.name == "nt" or sys.platform == "darwin"  # both ship such fonts
    listed = subprocess.run(["fc-list", ":lang=ko", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def get_test_tools() -> None:
    """Get the browser, the fonts and R, which no Python package brings."""
    missing = [] if find_chromium() else ["chromium"]
    if not shutil.which("Rscript"):
        missing.append("r-base-core")
    if not has_cjk_font():
        missing += ["fonts-noto-cjk", "fontconfig"]
    if missing and can_apt():
        apt_install(missing)
    elif missing:
        say(
            f"missing: {' '.join(missing)}. Install Chrome, Chromium or Edge (or set EDC_CHROMIUM to one),"
            " R, and a font for Chinese, Japanese and Korean; on Debian as root:"
            f" apt-get install {' '.join(missing)}"
        )


def projects() -> list[Path]:
    """The core and every bundled plugin: folders with a pyproject.toml."""
    return [ROOT, *sorted(file.parent for file in ROOT.glob("plugins/*/pyproject.toml"))]


def fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in [LOCK, *(folder / "pyproject.toml" for folder in projects())]:
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def make_venv() -> None:
    try:
        import ensurepip  # noqa: F401 - Debian leaves it out of python3
    except ImportError:
        if not can_apt():
            raise SetupError("venv is missing; on Debian as root: apt-get install python3-venv") from None
        apt_install(["python3-venv"])
    say("making .venv")
    must([sys.executable, "-m", "venv", "--clear", VENV], "making .venv")


def install() -> None:
    """Bring .venv to exactly what the lock and the plugin folders say; nothing to do when unchanged."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    if not PYTHON.exists():
        make_venv()
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    say("installing requirements.lock")
    must([*pip, "--require-hashes", "-r", LOCK], "installing requirements.lock")
    say(f"installing the core and {len(projects()) - 1} plugins")
    editable = [part for folder in projects() for part in ("-e", folder)]
    must([*pip, "--no-deps", "--no-build-isolation", *editable], "installing the plugins")
    STAMP.write_text(wanted)


def run_modules(group: str, modules: dict[str, list[str]]) -> Outcome:
    outcome = Outcome(group)
    for name, (module, *arguments) in modules.items():
        say(name)
        failed = run([PYTHON, "-m", module, *arguments]) != 0
        outcome.failed += failed
        outcome.passed += not failed
    return outcome


def run_pytest(group: str, arguments: list[str]) -> Outcome:
    outcome = Outcome(group)
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{group}.xml"
    report.unlink(missing_ok=True)
    kept = [f"--junitxml={report}", f"--output={REPORTS / group}"]  # the report; what failed tests leave
    code = run([PYTHON, "-m", "pytest", "-q", *kept, *arguments])
    for case in ET.parse(report).iter("testcase") if report.exists() else ():
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        elif case.find("skipped") is not None:
            outcome.skipped += 1
        else:
            outcome.passed += 1
    if code not in {0, NO_TESTS_COLLECTED} and not outcome.failed:
        outcome.failed = 1  # pytest itself broke down: a usage error, a crash, an interrupt
    return outcome


def timed(group: str, work: Callable[[], Outcome]) -> Outcome:
    print(f"\n=== {group} ===", flush=True)
    start = time.monotonic()
    outcome = work()
    outcome.seconds = time.monotonic() - start
    return outcome


def summarise(outcomes: list[Outcome]) -> int:
    """Print the time of each group and, as the very last line, the sum."""
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    print("\n=== summary ===")
    for outcome in outcomes:
        print(outcome)
    tests = [o for o in outcomes if o.group not in MODULES]
    nothing_ran = bool(tests) and not any(o.executed for o in tests)
    if nothing_ran:
        print("  no test was executed: that is a failure")
    print(f"  {'all':<12} {sum(o.seconds for o in outcomes):8.1f} s")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or nothing_ran else 0


def test(arguments: list[str]) -> int:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    groups, pytest_arguments = arguments[:split], arguments[split + 1 :]
    if unknown := set(groups) - set(GROUPS):
        raise SetupError(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    install()
    chosen = [group for group in GROUPS if not groups or group in groups]
    if chosen != ["lint"]:
        get_test_tools()
    work = {group: partial(run_modules, group, modules) for group, modules in MODULES.items()}
    for group, of_group in PYTEST_GROUPS.items():
        work[group] = partial(run_pytest, group, [*of_group, *pytest_arguments])
    traced = ["traced"] * (chosen == GROUPS and not pytest_arguments)
    return summarise([timed(group, work[group]) for group in [*chosen, *traced]])


def lint(_arguments: list[str]) -> int:
    install()
    return summarise([timed("lint", partial(run_modules, "lint", LINTERS))])


def docs(arguments: list[str]) -> int:
    install()
    return summarise([timed("docs", lambda: run_pytest("docs", ["tests/docs", *BY_TWO, *arguments]))])


def demo(arguments: list[str]) -> int:
    install()
    return run([SCRIPTS / "edc", "demo", *arguments])


def bench(arguments: list[str]) -> int:
    install()
    return run([PYTHON, "-m", "bench", *arguments])


def ux_bench(arguments: list[str]) -> int:
    install()
    get_test_tools()
    return run([PYTHON, "-m", "bench.ux", *arguments])


COMMANDS = {"demo": demo, "test": test, "lint": lint, "bench": bench, "ux-bench": ux_bench, "docs": docs}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start thousands of processes: each compiled all
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except SetupError as problem:
        say(str(problem))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
