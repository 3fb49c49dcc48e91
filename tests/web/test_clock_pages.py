"""What the pages say of the clock: to whoever runs the system, and to whoever signs."""

import pytest

from tests.web.test_signing_pages import HOME, SHEET, sign, signatures, signer, site
from tests.web.trial import SUBJECT

__all__ = ["signer", "site"]
MANAGER = "dana@sponsor.example"
MANY = f"{HOME}/sign/read?subject={SUBJECT}"


def test_no_time_server_is_said_where_plugins_are_looked_after_and_nowhere_else(
    standing_clock, client_as, signer
):
    assert "No time server is known here" in client_as(MANAGER).get(f"{HOME}/plugins").text
    for address in (SHEET, MANY):
        assert "time server" not in signer.get(address).text


@pytest.mark.parametrize(
    ("off", "behind", "words"),
    [(2.0, 0, "2 seconds off its time server. From 1 minute on nothing can be signed."),
     (300.0, 0, "5 minutes off its time server. Nothing can be signed until it is right."),
     (0.0, 7200, "Until it has caught up, an entry takes the time of the one before it.")],
)  # fmt: skip
def test_a_clock_that_needs_a_look_stands_above_the_plugins(
    standing_clock, site, client_as, off, behind, words
):
    manager = client_as(MANAGER)
    standing_clock.off = off
    standing_clock.advance(seconds=-behind)
    page = manager.get(f"{HOME}/plugins").text
    assert "The clock needs a look." in page
    assert words in page


def test_a_small_drift_is_said_on_the_sign_page_and_it_can_be_signed(standing_clock, core, signer):
    standing_clock.off = 5.0
    for address in (SHEET, MANY):
        page = signer.get(address).text
        assert "5 seconds off its time server. Signing is still possible." in page
    assert sign(signer, "V2[1]/VS[1]").status_code == 303
    assert "5 seconds off" not in signer.get(SHEET, query_string={"scope": "V2[1]/VS[1]"}).text
    assert len(signatures(core)) == 1


def test_a_wrong_clock_closes_the_sign_pages_and_refuses_what_was_opened_before(standing_clock, core, signer):
    before = signer.get(SHEET, query_string={"scope": "V2[1]/VS[1]"}).text
    standing_clock.off = 61.0
    for address in (SHEET, MANY):
        page = signer.get(address).text
        assert "Nothing can be signed now." in page
        assert 'name="meaning"' not in page
    answer = sign(signer, "V2[1]/VS[1]", page=before)
    assert answer.status_code == 409
    assert "Nothing was signed: a signature holds its time" in answer.text
    assert signatures(core) == {}
