import re
from pathlib import Path

import pytest

from edc_core.domain.permission import Role
from edc_core.errors import UnsafeSettings
from edc_core.settings import DEVELOPMENT_KEY, Settings
from tests.docs.reference_pages import REFERENCE

CORE = Path(__file__).resolve().parents[2] / "edc_core"
PAGE = (REFERENCE / "settings.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(EDC_\w+)` \| (.+?) \|", PAGE, re.MULTILINE))


class Recorder(dict):
    """An environment that notes what it is asked for."""

    def __init__(self):
        self.asked = {}

    def get(self, key, default=None):
        self.asked[key] = default
        return default


@pytest.fixture
def asked():
    recorder = Recorder()
    Settings.from_env(recorder)
    return recorder.asked


def read_elsewhere():
    """Variables that commands read themselves."""
    texts = [file.read_text(encoding="utf-8") for file in CORE.glob("cli/*.py")]
    return {name for text in texts for name in re.findall(r'environ[\w.]*[\[(]"(EDC_\w+)"', text)}


def test_every_variable_is_documented_and_every_documented_one_is_read(asked):
    assert set(ROWS) == set(asked) | read_elsewhere()


def test_documented_defaults_are_the_defaults(asked):
    shown = {name: default for name, default in ROWS.items() if name in asked}
    assert shown == {
        name: ("a text known to everybody" if default == DEVELOPMENT_KEY else "")
        or (f"`{default}`" if default else "none")
        for name, default in asked.items()
    }


SAFE = {
    "EDC_MODE": "production",
    "EDC_SECRET_KEY": "x" * 32,
    "EDC_ANCHOR_FILE": "/mnt/anchor",
    "EDC_ANCHOR_KEY_FILE": "/mnt/key/anchor-key.pem",
    "EDC_TOTP_KEY": "y" * 32,
}


def test_production_asks_everybody_for_a_second_factor_unless_a_reason_is_given():
    """REQ-ACC-08: remote access defaults to on, where data of subjects are."""
    assert Settings.from_env(SAFE).totp_roles == set(Role)
    assert Settings.from_env({**SAFE, "EDC_MODE": "development"}).totp_roles == frozenset()
    for roles, without in (("ADM,UAD", "CRC"), ("none", "ADM")):
        given = {**SAFE, "EDC_TOTP_ROLES": roles}
        with pytest.raises(UnsafeSettings, match="EDC_TOTP_REASON"):
            Settings.from_env({**given, "EDC_TOTP_REASON": " "})
        assert (
            without in Settings.from_env({**given, "EDC_TOTP_REASON": "Inside the hospital"}).without_factor
        )
    assert Settings.from_env({**SAFE, "EDC_TOTP_ROLES": "all"}).without_factor == ()
    with pytest.raises(UnsafeSettings, match="there is no XYZ"):
        Settings.from_env({**SAFE, "EDC_TOTP_ROLES": "XYZ"})


@pytest.mark.parametrize("name", re.findall(r"^\| `(EDC_\w+)` .*\| required.*\|$", PAGE, re.MULTILINE))
def test_what_production_requires_is_required(name):
    safe = dict(SAFE)
    assert Settings.from_env(safe).mode == "production"
    del safe[name]
    with pytest.raises(UnsafeSettings, match=name):
        Settings.from_env(safe)
