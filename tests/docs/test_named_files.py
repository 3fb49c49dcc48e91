"""Pages that walk through the sources name files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("docs/explanation/*.md"), *ROOT.glob("docs/how-to/*.md"), ROOT / "docs/index.md"])
FILE = re.compile(r"`((?:edc_core|plugins|tests|docs|forms|domain|services|store|ledger|web|jobs)/[\w/.-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_files_exist(page):
    named = FILE.findall(page.read_text(encoding="utf-8"))
    assert [
        name for name in named if not (ROOT / name).exists() and not (ROOT / "edc_core" / name).exists()
    ] == []
