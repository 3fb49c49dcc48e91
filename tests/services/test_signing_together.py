"""Signing while others write: what is signed is what was read, and a signature is valid exactly as long as it is."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from edc_core.domain.commands import CorrectSubjectKey
from edc_core.domain.item_path import ItemPath
from edc_core.domain.signature import SignatureState
from edc_core.errors import EdcError, EditConflict
from edc_core.services import capture, correcting, signing
from edc_core.testing.trial import SOME_REASON
from tests.databases import on_postgres
from tests.services.test_concurrency import PATIENCE, in_background, save_command
from tests.services.test_signing import (
    ALL,
    answer,
    ask,
    assert_whole,
    command,
    desk,
    reopen,
    save,
    sign,
    standing,
    states,
    strike,
    trial,
    withdraw,
)

__all__ = ["trial"]
VS = ItemPath.parse("V1[1]/VS[1]")


def change(trial, raw):
    return replace(save_command(trial, "VS.SYSBP", raw), reason=SOME_REASON)


@on_postgres
def test_a_save_that_comes_while_somebody_signs_waits_and_breaks_the_signature(trial):
    to_do = command(trial)
    with trial.core.write(trial.pi) as uow:
        signing.sign(uow, to_do, trial.core.files)
        late = change(trial, "121")
        with in_background(trial.do, trial.crc, capture.save_items, late) as (done, outcome):
            assert not done.wait(0.5), "the save did not wait"
            uow.connection.commit()
            assert outcome().changed == 1
    assert states(trial) == {ItemPath(): SignatureState.BROKEN}
    assert_whole(trial)


@on_postgres
def test_a_signature_that_comes_while_somebody_saves_waits_and_is_refused(trial):
    to_do = command(trial)
    with trial.core.write(trial.crc) as uow:
        capture.save_items(uow, change(trial, "121"))

        def late():
            with trial.core.write(trial.pi) as other:
                return signing.sign(other, to_do, trial.core.files)

        with in_background(late) as (done, outcome):
            assert not done.wait(0.5), "the signature did not wait"
            uow.connection.commit()
            with pytest.raises(EditConflict):
                outcome()
    assert states(trial) == {}
    assert_whole(trial)


def test_of_many_who_sign_and_save_at_once_no_signature_is_valid_over_what_its_signer_did_not_read(trial):
    start = threading.Barrier(6)

    def one(number):
        start.wait(PATIENCE)
        for turn in range(4):
            try:
                if number % 2:
                    sign(trial, VS)
                else:
                    trial.do(trial.crc, capture.save_items, change(trial, f"{100 + 10 * turn + number}"))
            except EdcError:
                continue

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(6)))
    assert_valid_exactly_when_unchanged(trial)
    assert_whole(trial)


def assert_valid_exactly_when_unchanged(trial, before=(), subject="S-001"):
    """Valid ones are unchanged, and one that was broken just now is changed; what is broken stays so until it is signed.

    :param before: paths of signatures that were valid before the last step.
    """
    with trial.core.read() as source:
        at_hand = desk(trial, source, subject=subject)
        for path, one in standing(trial, subject).items():
            changed = any(found.what != "query" for found in at_hand.changes_since(one))
            if one.state is SignatureState.SIGNED:
                assert not changed, str(path)
            if one.state is SignatureState.BROKEN and path in before:
                assert changed, str(path)


def valid(trial):
    return {path for path, state in states(trial).items() if state is SignatureState.SIGNED}


def number(trial, old, new):
    fields = {"subject_key": old, "new_key": new, "reason": SOME_REASON}
    trial.act(trial.pi, correcting.correct_subject_key, CorrectSubjectKey, **fields)


def number_and_back(trial):
    """The other steps know the subject by its first number, so the second is looked at here."""
    before = valid(trial)
    number(trial, "S-001", "S-009")
    assert_valid_exactly_when_unchanged(trial, before, "S-009")
    number(trial, "S-009", "S-001")


STEPS = {
    "save": lambda trial, dice: trial.save(
        "S-001", {dice.choice(["VS.SYSBP", "VS.DIABP", "DM.AGE"]): str(dice.randint(61, 90))},
        reason=SOME_REASON),
    "term": lambda trial, dice: trial.save(
        "S-001", {trial.path("AE.TERM", rows=(dice.choice("123"),)): dice.choice(["Nausea", "Rash"])},
        reason=SOME_REASON),
    "sign": lambda trial, dice: sign(trial, dice.choice(sorted(ALL, key=str))),
    "withdraw": lambda trial, dice: withdraw(trial, dice.choice(sorted(standing(trial), key=str))),
    "strike": lambda trial, dice: strike(trial, restore=dice.random() < 0.5),
    "reopen": lambda trial, dice: reopen(trial),
    "complete": lambda trial, dice: trial.complete("S-001", "DM"),
    "ask": lambda trial, dice: answer(trial, ask(trial)),
    "number": lambda trial, dice: number_and_back(trial),
}  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_steps_a_signature_is_valid_exactly_when_its_content_is_unchanged(trial, seed):
    dice = random.Random(seed)
    save(trial)
    done = set()
    for _ in range(60):
        name = dice.choice(
            [
                "save",
                "term",
                "sign",
                "sign",
                "sign",
                "withdraw",
                "strike",
                "reopen",
                "complete",
                *["ask"] * (dice.random() < 0.1),
                "number",
            ]
        )
        before = valid(trial) if name != "number" else ()
        try:
            STEPS[name](trial, dice)
        except (EdcError, IndexError):
            continue
        done.add(name)
        assert_valid_exactly_when_unchanged(trial, before)
    assert {"save", "sign", "withdraw", "strike", "number"} <= done
    assert_whole(trial)
