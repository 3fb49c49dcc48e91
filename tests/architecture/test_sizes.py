"""Files that fit a head, names that say something, and a core that stays small."""

import re
import sys

from tests.architecture.imports import CORE, PLUGINS, ROOT, imports_of

LONGEST_FILE = 500
LONGEST_SCRIPT = 300
LARGEST_CORE = 18_000
SOURCES = {".py", ".html", ".js", ".css"}
SAYS_NOTHING = re.compile(r"_?(util|helper|common|misc)")


def line_count(file):
    return len(file.read_text(encoding="utf-8").splitlines())


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
    lines = sum(line_count(file) for file in CORE.rglob("*.py"))
    assert lines <= LARGEST_CORE, "what could be a plugin?"


def test_the_developers_script_is_short_and_needs_only_python():
    script = ROOT / "dev.py"
    assert line_count(script) <= LONGEST_SCRIPT
    assert [str(item) for item in imports_of(script) if item.library not in sys.stdlib_module_names] == []
