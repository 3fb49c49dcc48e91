"""`edc demo` as a process of its own: it fills, prints, serves, and lets people in; production lets it not."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from edc_core.domain.permission import MATRIX, Role
from edc_core.services.demo_people import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
#: One made-up subject in each study: nothing that is asked here is about more of them.
SMALL = ("--subjects", "1", "--forms", str(ROOT / "forms"))
PRODUCTION = {
    "EDC_MODE": "production",
    "EDC_SECRET_KEY": "x" * 40,
    "EDC_ANCHOR_FILE": "anchor.txt",
    "EDC_ANCHOR_KEY_FILE": "anchor-key.pem",
    "EDC_TOTP_KEY": "y" * 40,
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def edc(forked_edc):
    """Run a command in a process of its own."""

    def run(folder, *arguments, **env):
        return subprocess.run(
            [forked_edc.program, *arguments],
            cwd=folder,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def filled(edc, tmp_path_factory):
    """A folder with a small demo in it, and what was printed."""
    folder = tmp_path_factory.mktemp("demo")
    done = edc(folder, "demo", "--no-serve", *SMALL)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.fixture
def served(filled):
    """The address of a running demo, begun by Python itself."""
    folder, _ = filled
    port = free_port()
    command = [sys.executable, "-m", "edc_core", "demo", "--port", str(port), *SMALL]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not answers(address):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.2)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def answers(address):
    try:
        return urllib.request.urlopen(f"{address}/healthz", timeout=5).status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def test_it_prints_an_account_for_every_role(filled):
    _, printed = filled
    assert PASSWORD in printed
    assert "environment dev" in printed
    for login in ("crc.seoul", "pi.seoul", "monitor", "dm", "sponsor", "inspector"):
        assert re.search(rf"^{re.escape(login)}\s", printed, re.MULTILINE), login


def test_every_role_of_the_matrix_has_somebody(edc, filled):
    folder, _ = filled
    listed = edc(folder, "user", "list", EDC_DATABASE_URL=f"sqlite:///{folder}/demo/edc.db").stdout
    from edc_core.domain.permission import ROLE_WORDS

    held = {role for roles in MATRIX.values() for role in roles} | {Role.ADM, Role.UAD}
    assert [role for role in held if ROLE_WORDS[role] not in listed and role.value not in listed] == []


def test_a_second_start_keeps_the_database(edc, filled):
    folder, _ = filled
    before = edc(folder, "verify", EDC_DATABASE_URL=f"sqlite:///{folder}/demo/edc.db").stdout
    again = edc(folder, "demo", "--no-serve", *SMALL)
    assert again.returncode == 0, again.stderr
    assert edc(folder, "verify", EDC_DATABASE_URL=f"sqlite:///{folder}/demo/edc.db").stdout == before
    assert "clean" in before


def test_a_person_signs_in_and_sees_the_study(served):
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{served}/login", timeout=20).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)', page)[1]
    form = {"csrf_token": token, "login": "crc.seoul", "password": PASSWORD, "next": ""}
    home = browser.open(f"{served}/login", urlencode(form).encode(), timeout=20)
    assert home.url == f"{served}/"
    assert "HERSC-301" in home.read().decode()


def test_the_demo_does_not_start_in_production(edc, tmp_path):
    refused = edc(tmp_path, "demo", "--no-serve", *SMALL, **PRODUCTION)
    assert refused.returncode == 2
    assert "production" in refused.stderr
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("command", [["serve", "--port", "1"], ["worker", "--once"], ["study", "list"]])
def test_production_refuses_a_database_that_holds_people_of_the_demo(edc, filled, command):
    folder, _ = filled
    refused = edc(folder, *command, EDC_DATABASE_URL=f"sqlite:///{folder}/demo/edc.db", **PRODUCTION)
    assert refused.returncode == 2
    assert "EDC019" in refused.stderr
    assert "demo" in refused.stderr
