"""A ledger entry is written once (21 CFR 11.10(e)): no statement of ours changes or removes one.

The triggers in the database refuse it at run time; this finds it before it runs.
"""

import ast
import re

import pytest

from tests.architecture.imports import CORE, PLUGINS, ROOT, python_files

CHANGING_SQL = re.compile(
    r"\b(update|delete\s+from|truncate(\s+table)?|replace\s+into|drop\s+table)\s+"
    r"(only\s+|if\s+exists\s+)?[\"'`]?ledger_entry\b",
    re.IGNORECASE,
)
LEDGER_TABLE = re.compile(r"ledger_?entr(y|ies)", re.IGNORECASE)
CHANGING_CALLS = {"update", "delete", "truncate", "drop"}
#: What two persons redacted is taken out by one statement; the triggers let nothing else through.
ONE_REDACTION = ["edc_core/ledger/redacting.py"]
SQLALCHEMY = {"sa", "sqlalchemy", "sql"}


def changes_the_ledger(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return CHANGING_SQL.search(node.value) is not None
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):  # update(LedgerEntryRow)
        verb, table = node.func.id, node.args[0] if node.args else None
    elif isinstance(node.func, ast.Attribute):  # sa.update(ledger_entry), ledger_entry.update()
        verb, owner = node.func.attr, node.func.value
        of_library = isinstance(owner, ast.Name) and owner.id in SQLALCHEMY
        table = (node.args[0] if node.args else None) if of_library else owner
    else:
        return False
    return (
        verb in CHANGING_CALLS and table is not None and LEDGER_TABLE.search(ast.unparse(table)) is not None
    )


def breaches_in(source: str, name: str) -> list[str]:
    tree = ast.parse(source, filename=name)
    return [f"{name}:{node.lineno}" for node in ast.walk(tree) if changes_the_ledger(node)]


def test_no_statement_changes_or_removes_a_ledger_entry():
    files = [file for file in (*python_files(CORE), *python_files(PLUGINS)) if "tests" not in file.parts]
    breaches = [
        breach
        for file in files
        for breach in breaches_in(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT)))
    ]
    assert [breach.partition(":")[0] for breach in breaches] == ONE_REDACTION


@pytest.mark.parametrize(
    "source",
    [
        "connection.execute('UPDATE ledger_entry SET payload = 1')",
        "text('delete from ledger_entry where n = 1')",
        "text('TRUNCATE ledger_entry')",
        "execute(f'REPLACE INTO ledger_entry VALUES ({n})')",
        "update(LedgerEntryRow).where(x)",
        "sa.delete(ledger_entry)",
        "ledger_entry.update().values(n=1)",
    ],
)
def test_a_change_is_found(source):
    assert breaches_in(source, "example.py") == ["example.py:1"]


@pytest.mark.parametrize(
    "source",
    [
        "'CREATE TRIGGER no_change BEFORE UPDATE ON ledger_entry'",
        "digest.update(ledger_entry_bytes)",
        "insert(ledger_entry)",
        "update(item_value)",
    ],
)
def test_what_is_no_change_is_let_through(source):
    assert breaches_in(source, "example.py") == []
