"""Whatever is typed into a definition ends in findings, never in a traceback."""

from __future__ import annotations

import random
from pathlib import Path

from edc_core.definitions.loader import load

KINDS = Path(__file__).parent / "data/every-kind"
PIECES = [
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    "null",
    "~",
    "''",
    "\t",
    "\n",
    "&a ",
    "*a",
    "!x ",
    "<<: ",
    "[]",
    "{}",
    "-1",
]
PIECES += ["true", "oid", "items: ", "'", '"', "#", "?", "|\n", "\x00", "\ufeff", "é", "1e400", "9" * 30]


def damaged(text, chance):
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(text) + 1)
        if chance.random() < 0.5:
            text = text[:place] + chance.choice(PIECES) + text[place:]
        else:
            text = text[:place] + text[place + chance.randint(1, 30) :]
    return text


def test_damaged_files_end_in_findings(tmp_path):
    chance = random.Random(301)
    whole = {
        file.relative_to(KINDS): file.read_text(encoding="utf-8") for file in sorted(KINDS.rglob("*.yaml"))
    }
    for name, text in whole.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    for _ in range(200):
        name = chance.choice(list(whole))
        (tmp_path / name).write_text(damaged(whole[name], chance), encoding="utf-8")
        loaded = load(tmp_path)
        assert all(finding.report() for finding in loaded.findings)
        assert (loaded.version is None) == bool(loaded.errors)
        (tmp_path / name).write_text(whole[name], encoding="utf-8")
