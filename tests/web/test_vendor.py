import json
import re
from pathlib import Path

from tests.web import vendor

ROOT = Path(__file__).parents[2]


def test_vendored_files_are_the_recorded_ones():
    assert vendor.problems() == []


def test_a_changed_file_is_noticed(tmp_path, monkeypatch):
    for path in vendor.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)
    (tmp_path / "htmx.min.js").write_bytes(b"changed")
    assert vendor.problems()


def test_documents_name_the_vendored_version():
    version = json.loads(vendor.LOCK.read_text())["version"]
    assert f'version="{version}"' in (vendor.FOLDER / "htmx.min.js").read_text()
    for document in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for named in re.findall(r"htmx (\d+\.\d+\.\d+)", document.read_text()):
            assert named == version, document
