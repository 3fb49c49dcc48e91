"""A backup restored aside: is it what was copied, and does all of it verify?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from edc_core_backup.database import database_of
from edc_core_backup.making import ANCHORS, FILES, SAID, digest_of, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

CHECKS = "checks.jsonl"  #: beside the backups: what each check found


def check(url: str, backup: Path) -> dict[str, Any]:
    """Restore a backup aside, compare the ends of its chains with what was noted when it was made, and verify it whole.

    :param url: of the installation: a copy of PostgreSQL is restored on its server. What was found is noted beside the backup.
    :raises BadRequest: it cannot be restored here.
    """
    said = json.loads((backup / SAID).read_text("utf-8"))
    problems, entries = [], 0
    for name, facts in said["parts"].items():
        if not (backup / name).is_file():
            problems.append(f"{name} is missing.")
        elif sha256_of(backup / name) != facts["sha256"]:
            problems.append(f"{name} is not the file that was written.")
    if not problems:
        database = database_of(url)
        with database.restored(backup / database.file) as address:
            heads = database.heads(address)
            entries = sum(n for _, _, n, _ in heads)
            if (len(heads), entries, digest_of(heads)) != (
                said["chains"],
                said["entries"],
                said["heads_sha256"],
            ):
                problems.append("Its chains do not end where they ended when it was made.")
            problems += _verify(address, backup)
    done = {"backup": backup.name, "ok": not problems, "entries": entries, "problems": problems}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with (backup.parent / CHECKS).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": at, **done}, sort_keys=True) + "\n")
    return done


def _verify(address: str, backup: Path) -> list[str]:
    """What ``edc verify --rebuild`` finds in a database, with the files and anchors of the backup."""
    anchors = backup / ANCHORS
    environ = os.environ | {
        "EDC_DATABASE_URL": address,
        "EDC_FILES_DIR": str(backup.parent / FILES),
        "EDC_ANCHOR_FILE": str(anchors) if anchors.is_file() else "",
        "EDC_MODE": "development",  # nothing is served from there
    }
    done = subprocess.run(
        [sys.executable, "-m", "edc_core", "verify", "--rebuild", "--json"],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        return [f"{one['code']}: {one['text']}" for one in json.loads(done.stdout)["problems"]]
    except ValueError:
        return [f"It cannot be verified: {done.stderr.strip()[-300:]}"]
