"""Who signed the anchors: that a forged, unsigned or foreign line is named, and that keys hand over to each other."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.errors import ReasonRequired, UnsafeSettings, WrongState
from edc_core.ids import new_id
from edc_core.ledger import anchor_key
from edc_core.services import anchor_keys, anchoring
from edc_core.services.verifying import verify

WHY = Reason(text="Its holder left.")


class Anchors:
    """An installation that anchors to a file, and the keys that sign it."""

    def __init__(self, trial, folder):
        self.trial, self.folder, self.core = trial, folder, trial.core
        self.core.settings = replace(self.core.settings, anchor_file=str(folder / "anchors"))

    def key(self, name, *, reason=WHY, lost=False, use=True):
        key = anchor_key.create(str(self.folder / name))
        command = anchor_keys.SignWith(
            study_id=SYSTEM_STUDY, op=new_id(), key=key.public, reason=reason, lost=lost
        )
        with self.core.write(self.trial.cli) as uow:
            anchor_keys.sign_with(uow, command, self.core.settings, key)
        if use:
            self.use(name)
        return key.public

    def use(self, name):
        self.core.settings = replace(self.core.settings, anchor_key_file=str(self.folder / name))

    def anchor(self):
        with self.core.write(self.trial.cli) as uow:
            anchoring.anchor_study(uow, self.trial.study_id, self.core.settings)

    @property
    def lines(self):
        return [json.loads(line) for line in Path(self.core.settings.anchor_file).read_text().splitlines()]

    def write(self, lines):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        Path(self.core.settings.anchor_file).write_text(text)

    def problems(self):
        return [(p.code, p.text) for p in verify(self.core).problems]


@pytest.fixture
def anchors(trial, tmp_path):
    trial.save("S-001", {"VS.SYSBP": "120"})
    return Anchors(trial, tmp_path)


def test_lines_are_signed_from_the_first_key_on_and_keys_hand_over(anchors):
    anchors.anchor()
    first = anchors.key("first", reason=Reason())
    anchors.anchor()
    second = anchors.key("second")
    anchors.anchor()
    assert anchors.problems() == []
    plain, begins, _, hands_over, signed = anchors.lines
    assert "key" not in plain
    assert begins["key"] == first
    assert (hands_over["key"], hands_over["prev_key"], hands_over["reason"]) == (second, first, WHY.text)
    assert "prev_signature" in hands_over
    assert signed["key"] == second
    study = [entry for entry in anchors.trial.entries() if entry["kind"] == "anchor"]
    assert len(study) == 3


@pytest.mark.parametrize("member", ["root", "at", "prev", "access_sha256", "signature"])
def test_a_line_changed_after_it_was_signed_is_named(anchors, member):
    anchors.key("first")
    anchors.anchor()
    anchors.anchor()
    *before, last = anchors.lines
    anchors.write([*before, last | {member: last[member][:-1] + ("0" if last[member][-1] != "0" else "1")}])
    said = anchors.problems()
    assert any(code == "signature" and last["at"][:10] in text for code, text in said), said


def test_a_line_without_signature_after_the_first_key_is_named(anchors):
    anchors.key("first")
    anchors.anchor()
    *before, last = anchors.lines
    anchors.write([*before, {name: last[name] for name in last if name not in ("key", "signature")}])
    assert [code for code, _ in anchors.problems()] == ["signature"]


def test_a_file_signed_anew_with_another_key_is_named_by_the_ledger(anchors, tmp_path):
    anchors.key("first")
    anchors.anchor()
    forged = anchor_key.create(str(tmp_path / "forger"))
    lines = anchoring.anchor.read_file(anchors.core.settings.anchor_file)
    anew = [replace(line, key=forged.public) for line in lines]
    anew = [replace(line, signature=forged.sign(line.signed_bytes())) for line in anew]
    Path(anchors.core.settings.anchor_file).write_bytes(b"".join(line.as_bytes() for line in anew))
    assert anchors.problems() == [
        ("signature", "The keys in the anchor file are not those that the ledger has.")
    ]


def test_a_lost_key_hands_nothing_over_and_the_ledger_says_so(anchors):
    anchors.key("first")
    anchors.anchor()
    Path(anchors.core.settings.anchor_key_file).unlink()
    with pytest.raises(UnsafeSettings, match="no key that can be read"):
        anchors.key("refused")
    anchors.key("second", lost=True)
    anchors.anchor()
    assert "prev_signature" not in anchors.lines[2]
    assert anchors.problems() == []


def test_nothing_is_anchored_with_another_key_than_the_one_in_force(anchors):
    anchors.key("first")
    before = anchors.lines
    anchors.core.settings = replace(anchors.core.settings, anchor_key_file="")
    with pytest.raises(UnsafeSettings):
        anchors.anchor()
    anchor_key.create(str(anchors.folder / "other"))
    anchors.use("other")
    with pytest.raises(UnsafeSettings, match="not the one that signs"):
        anchors.anchor()
    assert anchors.lines == before


def test_a_change_of_key_needs_a_reason_and_another_key(anchors):
    first = anchors.key("first")
    with pytest.raises(ReasonRequired):
        anchors.key("second", reason=Reason())
    command = anchor_keys.SignWith(study_id=SYSTEM_STUDY, op=new_id(), key=first, reason=WHY)
    with pytest.raises(WrongState), anchors.core.write(anchors.trial.cli) as uow:
        anchor_keys.sign_with(
            uow, command, anchors.core.settings, anchor_key.read(anchors.core.settings.anchor_key_file)
        )


@pytest.mark.skipif(os.name != "posix", reason="not run: the system has no file modes")
def test_a_key_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "key"
    anchor_key.create(str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    with pytest.raises(UnsafeSettings, match="chmod 600"):
        anchor_key.read(str(file))
    with pytest.raises(UnsafeSettings, match="cannot be written"):
        anchor_key.create(str(file))
