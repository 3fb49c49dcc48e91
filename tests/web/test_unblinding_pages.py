"""An unblinding is put on record in the casebook, signed, and found again by who reads the trail."""

import re

import pytest

from edc_core.ids import new_id
from edc_core.store.ledger_tables import ledger_entry
from tests.web.trial import PASSWORD, STUDY, SUBJECT

HOME = f"/s/{STUDY}/x/unblinding"
OWN = f"{HOME}/subject?subject={SUBJECT}"
PI, CRC, MANAGER = "haneul@site.example", "jiwoo@site.example", "dana@sponsor.example"
TYPED = {
    "subject": SUBJECT, "kind": "emergency", "happened": "2026-03-01T22:10", "told": "Investigator",
    "reason": "Anaphylaxis, the antidote depends on it", "login": PI,
}  # fmt: skip


def put(client, **more):
    return client.post(f"{HOME}/subject", data=TYPED | {"op": new_id(), "password": PASSWORD} | more)


def kinds(core):
    with core.read() as source:
        return [row.kind for row in source.connection.execute(ledger_entry.select())]


def test_it_is_put_on_record_signed_and_found_again(client_as, core):
    investigator, manager = client_as(PI), client_as(MANAGER)
    casebook = investigator.get(f"/s/{STUDY}/subjects/{SUBJECT}").text
    assert f'{HOME}/subject?subject={SUBJECT}"' in casebook, "a tab leads there"
    assert "This subject was not unblinded." in investigator.get(OWN).text
    done = put(investigator)
    assert (done.status_code, done.headers["Location"]) == (303, f"{OWN}#records")
    assert kinds(core).count("subject.unblind") == 1
    for page in (investigator.get(OWN).text, manager.get(HOME).text):
        for words in (
            "Emergency",
            "2026-03-01 22:10",
            "Investigator",
            "the antidote depends on it",
            "Park Haneul",
        ):
            assert words in page
    table = manager.get(f"{HOME}?as=csv").text.splitlines()
    assert table[0].startswith("\ufeffsubject,site,kind")
    assert table[1].startswith(f"{SUBJECT},KR-01,emergency,2026-03-01T22:10,Asia/Seoul,Investigator,")
    history = manager.get(f"/s/{STUDY}/subjects/{SUBJECT}/history").text
    assert "record an unblinding (emergency): Investigator learned the treatment." in history


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"password": "wrong"}, "This is not the password"),
        ({"password": ""}, "Type your password."),
        ({"login": CRC}, "Sign with your own user name."),
        ({"kind": ""}, "Choose whether it was an emergency or planned."),
        ({"reason": " "}, "Say why the subject was unblinded"),
        ({"happened": "soon"}, "Say on which day"),
        ({"told": ""}, "Say who learned the treatment"),
    ],
)
def test_what_is_not_right_leaves_nothing_and_keeps_what_was_typed(client_as, core, more, why):
    answer = put(client_as(PI), **more)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert "Nothing was put on record." in answer.text
    assert PASSWORD not in answer.text
    for name in {"told", "reason"} - set(more):
        assert TYPED[name] in answer.text
    assert "subject.unblind" not in kinds(core)


def test_who_may_not_has_no_tab_and_no_form(client_as, core):
    for login in (CRC, MANAGER):
        client = client_as(login)
        assert not re.search(rf"{HOME}/subject", client.get(f"/s/{STUDY}/subjects/{SUBJECT}").text)
        assert put(client, login=login).status_code == 403
    assert "subject.unblind" not in kinds(core)
