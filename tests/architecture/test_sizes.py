"""Files that fit a head, names that say something, and a core that stays small."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

from tests.architecture.imports import CORE, PLUGINS, ROOT, imports_of

LONGEST_FILE = 500
LONGEST_SCRIPT = 300
#: Code that runs: what a server, its worker and a check host load when they start; what only one job needs (a rehearsal, a
#: count) is loaded by the worker that is asked for it. 18,000 are meant; it may shrink to them, not grow.
LARGEST_CORE = 29_167
LARGEST_WHOLE = 46_739  #: with what only the command line loads: reading definitions, verifying, the demo
RUNNING = ("edc_core.web.app", "edc_core.jobs.worker", "edc_core.check_host.child")
NOT_RUNNING = {"testing", "plugin_author", "migrations"}  #: for authors of plugins, and generated
SOURCES = {".py", ".html", ".js", ".css"}
SAYS_NOTHING = re.compile(r"_?(util|helper|common|misc)")


def line_count(file):
    return len(file.read_text(encoding="utf-8").splitlines())


def code_lines(file):
    """Lines that hold code: documentation is asked for and must not count against the core."""
    source = file.read_text(encoding="utf-8")
    documentation = set()
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            documentation.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    layout = (
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    )
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in layout:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - documentation)


def sources(*folders):
    return [
        file
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.suffix in SOURCES and "vendor" not in file.parts
    ]


def test_no_file_is_longer_than_500_lines():
    lengths = {str(file.relative_to(ROOT)): line_count(file) for file in sources(CORE, PLUGINS)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_file_is_named_after_nothing():
    named = [str(file.relative_to(ROOT)) for file in sources(CORE, PLUGINS) if SAYS_NOTHING.match(file.stem)]
    assert named == [], "name the noun it is about"


def loaded_in_production():
    """The files of the core that a server, its worker and a check host hold in memory."""
    listing = f"import sys, {', '.join(RUNNING)}\nprint(*(m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {Path(file) for file in done.stdout.splitlines() if Path(file).is_relative_to(CORE)}


def test_the_core_stays_small():
    lines = sum(code_lines(file) for file in loaded_in_production() if not NOT_RUNNING & set(file.parts))
    assert lines <= LARGEST_CORE, "what could be a plugin?"


def test_all_of_the_core_stays_small_enough_to_read():
    lines = sum(code_lines(file) for file in CORE.rglob("*.py") if not NOT_RUNNING & set(file.parts))
    assert lines <= LARGEST_WHOLE, "what could be a plugin?"


def test_the_developers_script_is_short_and_needs_only_python():
    script = ROOT / "dev.py"
    assert line_count(script) <= LONGEST_SCRIPT
    assert [str(item) for item in imports_of(script) if item.library not in sys.stdlib_module_names] == []
