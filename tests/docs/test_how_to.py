"""The commands and files of how-to pages: each page is followed in a folder of its own, some where another one ended."""

import os
import re
import subprocess
import sys

import click
import pytest
from sqlalchemy import make_url

import dev
from edc_core.cli.main import edc
from tests.docs.console import PART, Reader, commands_of, left_out
from tests.docs.person import Person
from tests.fresh_venv import ROOT
from tests.postgres import FOLDER, with_database

PAGES = {page.stem: page for page in sorted(ROOT.glob("docs/how-to/*.md"))}
ON_POSTGRESQL = {"run-on-postgresql", "back-up"}
IN_THE_BROWSER = {"lock-a-live-study", "preview-a-study"}
WITHOUT_COMMANDS = {
    "china",
    "correct-a-subject-number",
    "country-standards",
    "data-of-another-subject",
    "double-data-entry",
    "european-union",
    "hand-over-to-the-site",
    "identifiers",
    "japan",
    "judge-deviations",
    "keep-data-in-their-country",
    "korea",
    "languages",
    "look-across-subjects",
    "packages",
    "reasons-for-change",
    "reconcile-safety",
    "scan-files",
    "record-of-processing",
    "subject-rights",
    "switch-a-check-off",
    "unblind",
    "united-kingdom",
    "united-states",
}
GOES_ON_FROM = re.compile(r"^<!-- goes on from: ([\w-]+) -->$", re.MULTILINE)
#: What a block can hold beside commands; of SQL the grants, which tests/store/test_two_roles.py carries out.
DATA = {"yaml", "csv", "python", "r", "xml", "sql"}
FENCE = re.compile(r"^ *```(?P<words>[^\n`]*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(edc [^`\n]+|python3 dev\.py [^`\n]+)`")


def text_of(page):
    return PAGES[page].read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def left_by(tmp_path_factory, forked_edc):
    """What a reader has who followed a page; each is followed once, and those that go on from it take a copy."""
    known = {}

    def follow(page, steps=None, prepare=lambda reader: None):
        if page not in known:
            known[page] = reader = Reader(tmp_path_factory.mktemp(page))
            reader.install(forked_edc)
            before = GOES_ON_FROM.search(text_of(page))
            if before:
                reader.go_on_from(follow(before[1]))
            reader.fixed["EDC_ANCHOR_FILE"] = str(reader.home / "edc-anchor.jsonl")
            prepare(reader)
            reader.follow(PAGES[page], steps or {})
        return known[page]

    return follow


@pytest.mark.parametrize("page", sorted(PAGES.keys() - ON_POSTGRESQL - IN_THE_BROWSER))
def test_page_can_be_followed(left_by, page):
    reader = left_by(page)
    for package in reader.folder.glob("edc-core-*/edc_core_*"):  # the code shown is typed as ours is
        command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", ROOT / ".mypy_cache", package]
        done = subprocess.run(command, cwd=package.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(IN_THE_BROWSER))
def test_page_with_steps_in_the_browser_can_be_followed(left_by, name, page):
    left_by(name, Person(page).steps())


@pytest.fixture
def postgresql_at_hand(postgres_url, pytestconfig):
    """Sets a reader's variables so that the programs of PostgreSQL find the server of the tests."""
    url = make_url(postgres_url)
    started = pytestconfig.stash[FOLDER] / "started"
    programs = started.read_text().splitlines()[0] if started.exists() else ""
    known = {
        "PGHOST": url.query.get("host") or url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
    }

    def prepare(reader):
        reader.environ |= {name: str(value) for name, value in known.items() if value}
        reader.environ["PATH"] = os.pathsep.join(filter(None, (programs, reader.environ["PATH"])))
        reader.fixed["EDC_DATABASE_URL"] = with_database(postgres_url, "edc")
        made.append(reader)

    made = []
    yield prepare
    for reader in made[-1:]:
        reader.bash("dropdb --if-exists --force edc_restored; dropdb --force edc; dropuser edc")


@pytest.mark.database
def test_pages_about_postgresql_can_be_followed(left_by, postgresql_at_hand):
    left_by("run-on-postgresql", prepare=postgresql_at_hand)
    left_by("back-up", prepare=postgresql_at_hand)


def test_no_command_stands_outside_of_a_block_that_is_run():
    for page in PAGES:
        for block in FENCE.finditer(text_of(page)):
            kind = block["words"].partition(" ")[0]
            assert kind == "console" or kind in DATA, f"{page}: a test cannot run this\n{block[0]}"
        assert ("```console" in text_of(page)) == (page not in WITHOUT_COMMANDS), page


def test_what_is_not_run_here_is_run_by_another_test_or_needs_a_network():
    left = {}
    for page in PAGES:
        for part in PART.finditer(text_of(page)):
            if part["kind"] == "console" and (why := left_out(part["words"])):
                left[page] = why, [command.line for command in commands_of(part["body"])]
    assert {page: why for page, (why, _) in left.items()} == {
        "bench": "tested-by=tests/bench",
        "develop": "needs=network",
        "use-the-library": "tested-by=tests/conformance/test_library.py",
    }
    assert [
        line for page in ("bench", "use-the-library") for line in left[page][1] if not is_known(line)
    ] == []
    for line in left["develop"][1]:
        assert subprocess.run(["bash", "-n", "-c", line], check=False).returncode == 0, line


@pytest.mark.parametrize("page", PAGES)
def test_commands_named_in_a_sentence_exist(page):
    assert [line for line in INLINE.findall(FENCE.sub("", text_of(page))) if not is_known(line)] == []


def is_known(line):
    """Whether the command and the options of a line exist; what stands in capitals or lower case after it is free."""
    program, *words = line.split("#")[0].split()
    if program != "edc":
        return words[0] == "dev.py" and (len(words) == 1 or words[1] in dev.COMMANDS)
    command = edc
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        command = command.get_command(click.Context(command), words.pop(0))
    if command is None:
        return False
    options = {name for option in command.params for name in option.opts} | {"--help", "--version"}
    return {word.split("=")[0] for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("edc study publish FOLDER --env live", True),
        ("edc study unheard-of FOLDER", False),
        ("edc study publish --environment live", False),
        ("python3 dev.py lint", True),
        ("python3 dev.py lintt", False),
    ],
)
def test_what_is_known_is_told_from_what_is_not(line, known):
    assert is_known(line) is known
