"""Fetch the browser library we ship, from its own registry, checked: python tests/web/vendor.py

Users never run this: the files are in the repository, and test_vendor.py checks them without a network.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "edc_core/web/static/vendor"
LOCK = FOLDER / "vendor.lock.json"


def digest(algorithm: str, content: bytes) -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def problems() -> list[str]:
    """What differs between the files here and the lock; empty when nothing does."""
    lock = json.loads(LOCK.read_text())
    found = [
        f"{name}: {actual} is not the recorded hash"
        for name, entry in lock["files"].items()
        if (actual := digest("sha384", (FOLDER / name).read_bytes())) != entry["sha384"]
    ]
    extra = {p.name for p in FOLDER.iterdir()} - set(lock["files"]) - {LOCK.name}
    return found + [f"{name}: not in {LOCK.name}" for name in sorted(extra)]


def fetch() -> None:
    lock = json.loads(LOCK.read_text())
    with tempfile.TemporaryDirectory() as folder:
        package = f"{lock['package']}@{lock['version']}"
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.PIPE)
        archive = next(Path(folder).glob("*.tgz"))
        if (actual := digest("sha512", archive.read_bytes())) != lock["sha512"]:
            sys.exit(f"{package} has {actual}, the lock says {lock['sha512']}: nothing was changed.")
        with tarfile.open(archive) as tar:
            for name, entry in lock["files"].items():
                member = tar.extractfile(f"package/{entry['from']}")
                assert member is not None
                content = member.read()
                (FOLDER / name).write_bytes(content)
                entry["sha384"] = digest("sha384", content)
    LOCK.write_text(json.dumps(lock, indent=2) + "\n")


if __name__ == "__main__":
    if "--check" not in sys.argv:
        fetch()
    if found := problems():
        sys.exit("\n".join(found))
