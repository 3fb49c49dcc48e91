"""What is kept about a subject beside the data: in the subject's chain, whatever is locked there (REQ-PRV-09)."""

import pytest
from edc_core_subject_rights.log import TOPIC, Step, requests_of

from edc_core.domain.commands import AddSubjectNote
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ProtectAction
from edc_core.domain.trail import TrailWanted
from edc_core.errors import BadRequest, NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.services import noting, protecting
from edc_core.services.reading import look_at
from edc_core.services.trail import found
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.testing import SOME_REASON

SAID = {
    "request": "R",
    "step": "received",
    "kind": "access",
    "on": "2026-01-05",
    "due": "2026-02-04",
    "words": "w",
}


def note(trial, by, name="access asked for", op="", **content):
    more = {
        "subject_key": "S-001",
        "topic": TOPIC,
        "name": name,
        "content": SAID | content,
        "op": op or new_id(),
    }
    return trial.act(by, noting.add_subject_note, AddSubjectNote, **more)


def requests(trial, by):
    with trial.core.read() as source:
        picture = look_at(source, by, readers.study_by_id(source.connection, trial.study_id))
        return requests_of(found(picture, TrailWanted(kinds=("note.add",), words=TOPIC)).entries)


def test_it_is_kept_for_a_frozen_subject_too(trial):
    freeze = {
        "subject_key": "S-001",
        "path": ItemPath(),
        "action": ProtectAction.FREEZE,
        "reason": SOME_REASON,
    }
    trial.act(trial.dm, protecting.protect, protecting.Protect, **freeze)
    note(trial, trial.crc)
    note(trial, trial.pi, step="done", words="done")
    for reader in (trial.pi, trial.dm):
        (one,) = requests(trial, reader)
        assert [step.step for step in one.steps] == [Step.RECEIVED, Step.DONE]
        assert (one.subject_key, one.site, one.state("2026-03-01")) == ("S-001", "KR-01", "done")
    assert verify(trial.core, rebuild=True).problems == []


def test_asked_again_it_is_kept_once(trial):
    first = note(trial, trial.crc, op="op-same")
    assert note(trial, trial.crc, op="op-same") == first
    assert len(requests(trial, trial.dm)[0].steps) == 1


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_without_a_name_nothing_is_kept(trial, name):
    with pytest.raises(BadRequest):
        note(trial, trial.crc, name=name)
    assert requests(trial, trial.dm) == []


def test_the_sponsor_keeps_none_and_another_site_does_not_find_the_subject(trial):
    with pytest.raises(NotAllowed):
        note(trial, trial.dm)
    other = trial.person(trial.pi.grants[0].role, "pi.us", site="US-01")
    with pytest.raises(NotFound):
        note(trial, other)
