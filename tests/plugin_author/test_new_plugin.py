import subprocess
import sys

import pytest

from edc_core.errors import AlreadyExists, BadRequest
from edc_core.plugin_author import begin, look
from tests.fresh_venv import ROOT, FreshVenv


@pytest.fixture
def package(tmp_path):
    begin.begin("ecog", tmp_path)
    return tmp_path / "edc-core-ecog"


@pytest.mark.parametrize("name", ["ecog", "edc-core-ecog", "edc_core_ecog", "ECOG"])
def test_one_word_gives_distribution_package_and_entry_point(name):
    names = begin.PluginNames.of(name)
    assert (names.distribution, names.package, names.entry) == ("edc-core-ecog", "edc_core_ecog", "ecog")


@pytest.mark.parametrize("name", ["", "../x", "1st", "a b", "-x", "x-", "a/b", "é"])
def test_a_word_that_cannot_name_a_package_is_refused(name, tmp_path):
    with pytest.raises(BadRequest):
        begin.begin(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_stays_as_it_is(package, tmp_path):
    readme = package / "README.md"
    readme.write_text("mine")
    with pytest.raises(AlreadyExists):
        begin.begin("ecog", tmp_path)
    assert readme.read_text() == "mine"


def test_nothing_of_the_template_is_left_open(package):
    left = [
        path
        for path in package.rglob("*")
        if path.is_file() and "@" in path.read_text().replace("@hookimpl", "").replace("@pytest", "")
    ]
    assert left == []


def test_a_new_plugin_has_no_finding_and_offers_its_check(package):
    looked = look.look_over(package)
    assert looked.findings == ()
    assert looked.offers == (("edc_register_checks", "BP01"),)


def test_a_new_plugin_is_typed_and_tidy(package):
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        ROOT / ".mypy_cache",
        package / "edc_core_ecog",
    ]
    done = subprocess.run(mypy, cwd=package, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    ruff = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "E,F,B,UP,ANN",
        "--line-length",
        "120",
    ]
    done = subprocess.run([*ruff, package], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_tests_of_a_new_plugin_pass_once_it_is_installed(package, tmp_path):
    venv = FreshVenv(tmp_path / "venv")
    installed = venv.run("pip", "install", "-e", package, cwd=ROOT)
    assert installed.returncode == 0, installed.stderr
    listed = venv.run("edc", "plugins", "list", cwd=tmp_path)
    assert "edc-core-ecog" in listed.stdout, listed.stderr
    tested = venv.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=package)
    assert tested.returncode == 0, tested.stdout
    assert "9 passed" in tested.stdout
