"""Two persons take words out of the study's own chain: reasons of locks, sites and versions, and notes (REQ-AUD-05)."""

import hashlib

import pytest

from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.permission import Grant, Role
from edc_core.domain.protection import ProtectAction
from edc_core.errors import BadRequest, NotAllowed, SecondPersonRequired, WrongState
from edc_core.services import closing_sites, noting, protecting, redacting
from edc_core.services.history import TrailFilter, history
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers
from tests.builders import Trial, vital_signs

NAME = "Gildong Hong"
NAMED = Reason(text=f"{NAME} called from the hospital.")
WHY = Reason(text="An identity was entered by mistake.")


@pytest.fixture
def trial(core):
    trial = Trial(core, vital_signs().build())
    trial.add_subject()
    return trial


def ask(trial, n, *, by=None, of_reason=False):
    fields = {"subject_key": STUDY_CHAIN, "n": n, "reason": WHY, "of_reason": of_reason}
    return trial.act(by or trial.dm, redacting.request_redaction, c.RequestRedaction, **fields)["request"]


def decide(trial, request, *, by=None, approve=True):
    fields = {"subject_key": STUDY_CHAIN, "request": request, "approve": approve, "reason": WHY}
    return trial.act(by or trial.spo, redacting.decide_redaction, c.DecideRedaction, **fields)


def redact(trial, n, **more):
    return decide(trial, ask(trial, n, **more))["entries"]


def freeze(trial, action=ProtectAction.FREEZE, by=None):
    fields = {"action": action, "site_id": trial.sites["KR-01"], "reason": NAMED}
    trial.act(by or trial.dm, protecting.protect_study, study_commands.ProtectStudy, **fields)


def note(trial, content, name="mine"):
    trial.act(trial.dm, noting.add_note, c.AddNote, topic="test.list", name=name, content=content)
    return trial.entries()[-1]["n"]


def links(trial):
    return [(entry["n"], entry["payload_sha256"], entry["hash"]) for entry in trial.entries()]


def told(trial, by=None):
    with trial.core.read() as source:
        picture = look_at(source, by or trial.dm, readers.study_by_id(source.connection, trial.study_id))
        return [(h.text, h.reason) for h in history(picture, STUDY_CHAIN, TrailFilter()).happenings]


def waiting(trial, by):
    with trial.core.read() as source:
        picture = look_at(source, by, readers.study_by_id(source.connection, trial.study_id))
        return [(one.subject_key, one.site, one.place) for one in redacting.waiting(picture)]


def test_the_words_of_a_reason_go_wherever_they_stand_and_every_hash_stays(trial, grep_database):
    freeze(trial)
    first = trial.entries()[-1]["n"]
    freeze(trial, ProtectAction.LOCK)
    freeze(trial, ProtectAction.UNLOCK)  # asks another person, and says once more why it was locked
    trial.act(trial.dm, closing_sites.close_site, study_commands.CloseSite, number="US-01", reason=NAMED)
    before = links(trial)
    assert grep_database(NAME)
    assert redact(trial, first, of_reason=True) == [first, first + 1, first + 2, first + 3]
    assert grep_database(NAME) == []
    assert links(trial)[: len(before)] == before
    digest = hashlib.sha256(NAMED.text.encode()).hexdigest()
    assert trial.entries()[first - 1]["reason_text"] == f"[redacted] sha256:{digest}"
    report = verify(trial.core, rebuild=True)
    assert (report.problems, report.redacted) == ([], 4)
    assert ("froze site KR-01.", "[redacted].") in told(trial)


def test_what_a_note_said_goes_once_it_says_something_else(trial, grep_database):
    n = note(trial, {"found": [f"Called {NAME}"]})
    with pytest.raises(WrongState, match="says now"):
        ask(trial, n)
    again = note(trial, {"found": [f"Called {NAME}"]})
    other = note(trial, {"found": [f"Called {NAME}"]}, name="another")
    note(trial, {"found": ["Called the site"]})
    before = links(trial)
    assert redact(trial, n) == [n, again]
    assert grep_database(NAME) != [], "the other note still says it"
    note(trial, {}, name="another")
    assert redact(trial, other) == [other]
    assert grep_database(NAME) == []
    assert links(trial)[: len(before)] == before
    report = verify(trial.core, rebuild=True)
    assert (report.problems, report.redacted) == ([], 3)
    said = [text for text, _ in told(trial)]
    assert said.count("kept the note mine (test.list), whose words two persons removed later.") == 2
    with pytest.raises(BadRequest, match="can be redacted"):
        ask(trial, n)


def test_it_takes_two_persons_who_work_at_every_site(trial):
    freeze(trial)
    n = trial.entries()[-1]["n"]
    here = Grant(trial.study_id, Role.DM, "sites", site_ids=frozenset({trial.sites["KR-01"]}))
    of_one_site = type(trial.dm)("dm.han", "dm.han", "dm.han", (here,))
    with pytest.raises(NotAllowed):
        ask(trial, n, by=of_one_site, of_reason=True)
    request = ask(trial, n, of_reason=True)
    assert waiting(trial, trial.spo) == [(STUDY_CHAIN, "", "the study (the reason)")]
    assert waiting(trial, of_one_site) == []
    for by, error in ((trial.dm, SecondPersonRequired), (trial.cra, NotAllowed), (of_one_site, NotAllowed)):
        with pytest.raises(error):
            decide(trial, request, by=by)
    decide(trial, request, approve=False)
    assert trial.entries()[n - 1]["reason_text"] == NAMED.text
    assert waiting(trial, trial.spo) == []


def test_an_entry_without_words_is_refused(trial):
    with pytest.raises(BadRequest):
        ask(trial, 1)
    with pytest.raises(BadRequest):
        ask(trial, 1, of_reason=True)
