"""What a test needs from the machine: skipped with a reason where it is missing, failed in CI."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def not_run(reason: str) -> NoReturn:
    """Skip the test; in CI everything is there, so there it fails."""
    if os.environ.get("CI"):
        pytest.fail(f"not run: {reason} (in CI this is a failure)")
    pytest.skip(f"not run: {reason}")


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Standards and examples beside the repository, too large or not ours to ship."""
    if not SHARED.is_dir():
        not_run("../shared is not there")
    return SHARED
