"""A folder that is read again and again: what did not change is not parsed again, and what is found is the same."""

import shutil
from pathlib import Path

import pytest

from edc_core.definitions import loader
from edc_core.definitions.loader import load
from edc_core.domain.kept import Kept

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


def read(folder, kept):
    kept.begin()
    return load(folder, kept=kept)


def test_only_the_changed_file_is_parsed_and_the_outcome_is_that_of_reading_all(folder, parsed):
    kept = Kept()
    first = read(folder, kept)
    assert first == load(folder)
    file = folder / "forms/vs.yaml"
    file.write_text(file.read_text("utf-8").replace("required: true", "required: false", 1), encoding="utf-8")
    parsed.clear()
    again = read(folder, kept)
    assert parsed == ["forms/vs.yaml"]
    assert again == load(folder)
    assert again.version != first.version


def test_what_did_not_change_is_the_same_object_and_not_only_an_equal_one(folder):
    kept = Kept()
    first = read(folder, kept).version
    file = folder / "forms/vs.yaml"
    file.write_text(file.read_text("utf-8").replace("required: true", "required: false", 1), encoding="utf-8")
    again = read(folder, kept).version
    assert len(first.items) > 100
    assert all(one is other for one, other in zip(first.items, again.items, strict=True))
    assert first.forms == again.forms


def test_a_file_with_a_mistake_is_told_each_time_and_a_file_that_is_gone_is_forgotten(folder, parsed):
    kept = Kept()
    file = folder / "forms/vs.yaml"
    good = file.read_text("utf-8")
    file.write_text(good + "  unknown: true\n", encoding="utf-8")
    first = read(folder, kept)
    assert first.errors
    parsed.clear()
    assert read(folder, kept) == first
    assert parsed == []
    assert first == load(folder)
    file.unlink()
    assert read(folder, kept) == load(folder)
    file.write_text(good, encoding="utf-8")
    assert read(folder, kept) == load(FOLDER)
