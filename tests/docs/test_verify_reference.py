"""Every problem that verification can name has its row, and no row is about nothing."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def codes_in(file):
    """Third texts of `report.add(...)` and firsts of returned pairs: how verification names a problem."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add":
            texts = [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            yield from (text for text in texts if re.fullmatch(r"[a-z ]+", text))
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            first = node.value.elts[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_every_problem_code_is_explained():
    codes = {
        code
        for name in ("verify", "verify_files", "verify_signatures", "rebuild")
        for code in codes_in(ROOT / f"edc_core/ledger/{name}.py")
    }
    page = (ROOT / "docs/how-to/verify-and-anchor.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z ]+)` \|", page, re.MULTILINE)) == codes
