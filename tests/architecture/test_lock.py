"""requirements.lock holds everything that the core and the bundled plugins need, from anywhere."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.imports import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = {
    canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE)
}
PROJECTS = [ROOT / "pyproject.toml", *sorted(ROOT.glob("plugins/*/pyproject.toml"))]


def declared(project) -> list[Requirement]:
    table = tomllib.loads(project.read_text(encoding="utf-8"))
    extras = table["project"].get("optional-dependencies", {}).values()
    groups = table.get("dependency-groups", {}).values()
    lists = [table["project"].get("dependencies", []), *extras, *groups, table["build-system"]["requires"]]
    return [Requirement(text) for items in lists for text in items if isinstance(text, str)]


def test_lock_names_no_place_to_download_from():
    assert re.findall(r"(?m)^\s*(-i|--index-url|--extra-index-url|-f|--find-links).*|\w+://\S+", LOCK) == []


def test_every_pin_has_its_hashes():
    blocks = re.split(r"(?m)^(?=[\w.-]+==)", LOCK)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("project", PROJECTS, ids=lambda file: file.parent.name)
def test_every_requirement_is_locked_at_a_version_it_accepts(project):
    missing = [
        str(requirement)
        for requirement in declared(project)
        if not canonicalize_name(requirement.name).startswith("edc-core")
        and PINS.get(canonicalize_name(requirement.name), "none") not in requirement.specifier
    ]
    assert missing == [], "make the lock anew: docs/how-to/develop.md"
