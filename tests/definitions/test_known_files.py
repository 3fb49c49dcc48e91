"""A folder that is read again and again: what did not change is not parsed again, and what is found is the same."""

import shutil
from pathlib import Path

import pytest

from edc_core.definitions import loader
from edc_core.definitions.loader import load

FOLDER = Path(__file__).parents[2] / "forms/hersc-301"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(FOLDER, tmp_path / "study"))


@pytest.fixture
def parsed(monkeypatch):
    """Names of the files that are parsed."""
    names = []
    really = loader.read

    def noted(path, shown):
        names.append(shown)
        return really(path, shown)

    monkeypatch.setattr(loader, "read", noted)
    return names


def test_only_the_changed_file_is_parsed_and_the_outcome_is_that_of_reading_all(folder, parsed):
    known = {}
    first = load(folder, known=known)
    assert first == load(folder)
    file = folder / "forms/vs.yaml"
    file.write_text(file.read_text("utf-8").replace("required: true", "required: false", 1), encoding="utf-8")
    parsed.clear()
    again = load(folder, known=known)
    assert parsed == ["forms/vs.yaml"]
    assert again == load(folder)
    assert again.version != first.version


def test_a_file_with_a_mistake_is_told_each_time_and_a_file_that_is_gone_is_forgotten(folder, parsed):
    known = {}
    file = folder / "forms/vs.yaml"
    good = file.read_text("utf-8")
    file.write_text(good + "  unknown: true\n", encoding="utf-8")
    first = load(folder, known=known)
    assert first.errors
    assert load(folder, known=known) == first == load(folder)
    file.unlink()
    assert load(folder, known=known) == load(folder)
    file.write_text(good, encoding="utf-8")
    assert load(folder, known=known) == load(FOLDER)
