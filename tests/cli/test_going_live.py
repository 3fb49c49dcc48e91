"""A live study from the command line: published, released by another person, its plugin upgraded by two."""

import shutil
from pathlib import Path

import pytest

STUDY = "DEMO-01@live"
PEOPLE = {"bea": "BLD", "dan": "DM", "sam": "SPO", "mia": "MED", "cora": "CRC"}
PLUGIN = """
from edc_core.api import hookimpl


@hookimpl
def edc_register_checks(study):
    return []
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a version of the plugin `two`, instead of the one that is there; empty takes it away."""
    folder = tmp_path / "site"
    (folder / "edc_two").mkdir(parents=True)
    (folder / "edc_two/__init__.py").write_text("")
    (folder / "edc_two/plugin.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(folder))

    def put(version):
        for old in folder.glob("*.dist-info"):
            shutil.rmtree(old)
        if version:
            info = folder / f"edc_two-{version}.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: edc-two\nVersion: {version}\n")
            (info / "entry_points.txt").write_text("[edc_core]\ntwo = edc_two.plugin\n")

    return put


class People:
    """Run `edc` as one of the people, proved by their token."""

    def __init__(self, edc, monkeypatch):
        self.edc, self.monkeypatch, self.tokens = edc, monkeypatch, {}

    def add(self, login, *where):
        assert self.edc("user", "add", login, "--role", PEOPLE[login], *where).code == 0
        self.tokens[login] = self.edc("user", "token", login).out.strip()

    def __call__(self, login, *arguments):
        self.monkeypatch.setenv("EDC_TOKEN", self.tokens[login])
        return self.edc(*arguments, "--as", login)


@pytest.fixture
def people(edc, monkeypatch):
    return People(edc, monkeypatch)


@pytest.fixture
def live(edc, install, people):
    """The study of `edc study new` with the plugin `two`, published in live by the builder."""
    install("1.0")
    assert edc("study", "new", "DEMO-01").code == 0
    with Path("forms/demo-01/study.yaml").open("a") as file:
        file.write("\nplugins:\n  two: '>=1,<2'\n")
    people.add("bea")
    published = people("bea", "study", "publish", "forms/demo-01", "--env", "live")
    assert published.code == 0, published.err
    assert f"edc study release {STUDY}" in published.out
    for login in set(PEOPLE) - {"bea"}:
        people.add(login, "--study", STUDY)
    return published


def test_a_version_is_released_by_another_person_with_the_right_and_a_token(edc, live, people, monkeypatch):
    refused = edc("study", "release", STUDY)
    assert (refused.code, "--as USER" in refused.err) == (2, True)
    for login, code in (("bea", "EDC001"), ("cora", "EDC001")):
        done = people(login, "study", "release", STUDY)
        assert (done.code, code in done.err) == (2, True), done.err
    monkeypatch.setenv("EDC_TOKEN", "wrong")
    assert "EDC018" in edc("study", "release", STUDY, "--as", "sam").err
    assert "EDC009" in people("sam", "study", "release", STUDY, "--sha256", "0" * 64).err
    refused = people("sam", "study", "release", STUDY).err
    assert ("medical approval for live is missing" in refused, "sponsor approval" in refused) == (True, True)
    assert "EDC001" in people("sam", "study", "release", STUDY, "--approve", "medical").err
    given = people("mia", "study", "release", STUDY, "--approve", "medical")
    assert (given.code, "has the medical approval for live" in given.out) == (0, True), given.err
    given = people("sam", "study", "release", STUDY, "--approve", "sponsor", "--json").json
    assert given["meaning"] == "sponsor approval for live"
    assert (
        "no report of acceptance testing was recorded in uat" in people("sam", "study", "release", STUDY).err
    )
    why = ("--uat-reason", "Tested elsewhere")
    assert "EDC009" in people("sam", "study", "release", STUDY, "--uat-report", "0" * 64, *why).err
    done = people("sam", "study", "release", STUDY, "--json", *why).json
    assert (done["study"], done["meaning"]) == (STUDY, "release for live")
    assert done["acceptance"] is None
    assert done["sha256"] in live.out
    again = people("dan", "study", "release", STUDY)
    assert "released already" in again.err
    assert edc("verify", "--rebuild").code == 0


def test_a_study_of_uat_needs_no_release(edc):
    assert edc("study", "new", "DEMO-02").code == 0
    assert edc("study", "publish", "forms/demo-02", "--env", "uat").code == 0
    assert "needs no release" in edc("study", "release", "DEMO-02").err


def test_another_version_of_a_plugin_is_told_and_approved_by_two(edc, live, people, install):
    assert edc("plugins", "list").code == 0
    install("1.1")
    told = edc("plugins", "list")
    assert told.code == 1
    assert (
        f"{STUDY}: Plugin 'two' is installed as 1.1; in this study 1.0 is in force. Entry is closed."
        in told.err
    )
    how = ("plugins", "upgrade", STUDY, "two", "--reason", "Its tests pass.")
    assert "EDC001" in people("dan", *how).err
    assert "Nobody asked" in people("dan", *how, "--approve").err
    asked = people("bea", *how)
    assert (asked.code, "a data manager approves it" in asked.out) == (0, True)
    [row] = edc("plugins", "list", "--json").json["studies"]
    assert (row["in_force"], row["installed"], row["closes"], row["requested_by"]) == (
        "1.0",
        "1.1",
        True,
        "bea",
    )
    assert "bea asked for it" in edc("plugins", "list").err
    assert "EDC001" in people("bea", *how, "--approve").err
    done = people("dan", *how, "--approve", "--json").json
    assert (done["state"], done["version"]) == ("approved", "1.1")
    assert edc("plugins", "list").code == 0
    assert edc("verify", "--rebuild").code == 0


def test_a_plugin_that_is_gone_is_told(edc, live, people, install):
    install("")
    told = edc("plugins", "list")
    assert (told.code, "Plugin 'two' is not there" in told.err) == (1, True)
    how = ("plugins", "upgrade", STUDY, "two", "--reason", "None.")
    assert "install the version in force, 1.0, again" in people("bea", *how).err


def test_what_is_installed_is_listed_without_a_database(edc, monkeypatch, tmp_path):
    monkeypatch.setenv("EDC_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    told = edc("plugins", "list")
    assert told.code == 0
    assert "Studies were not looked at" in told.err
