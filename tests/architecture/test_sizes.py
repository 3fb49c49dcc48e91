"""Files that fit a head, names that say something, and a core that stays small."""

import ast
import io
import re
import sys
import tokenize

from tests.architecture.imports import CORE, PLUGINS, ROOT, imports_of

LONGEST_FILE = 500
LONGEST_SCRIPT = 300
LARGEST_CORE = 18_000
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


def test_the_core_stays_small():
    lines = sum(code_lines(file) for file in CORE.rglob("*.py") if not NOT_RUNNING & set(file.parts))
    assert lines <= LARGEST_CORE, "what could be a plugin?"


def test_the_developers_script_is_short_and_needs_only_python():
    script = ROOT / "dev.py"
    assert line_count(script) <= LONGEST_SCRIPT
    assert [str(item) for item in imports_of(script) if item.library not in sys.stdlib_module_names] == []
