import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/regulatory/traceability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (REQ-\w+-\d+) \| (\w+) \| (.+?) \| (.*?) \| (.+?) \|$", PAGE, re.MULTILINE)


def names_in(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    ("requirement", "state", "modules", "tests"), [(r, s, m, t) for r, s, _, m, t in ROWS]
)
def test_named_modules_and_tests_exist(requirement, state, modules, tests):
    assert state in {"whole", "part"}
    assert [name for name in re.findall(r"`(.+?)`", modules) if not (ROOT / name).is_file()] == []
    for name in re.findall(r"`(.+?)`", tests):
        file, _, test = name.partition("::")
        assert (ROOT / file).is_file(), name
        assert not test or test in names_in(ROOT / file), name


def test_each_requirement_stands_once():
    named = re.findall(r"REQ-[A-Z]+-\d+", PAGE)
    assert len(named) == len(set(named))


def test_no_requirement_is_left_out(shared_folder):
    wanted = (shared_folder / "docs/requirements.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^- (REQ-[A-Z]+-\d+)", wanted, re.MULTILINE)) == set(
        re.findall(r"REQ-[A-Z]+-\d+", PAGE)
    )
