"""The table behind what plugins submit: whole, and with the same consequences as a page."""

import importlib
import inspect
import pkgutil

import pytest

import edc_core.domain
from edc_core.domain import commands
from edc_core.domain.change import ItemInput
from edc_core.errors import BadRequest, NotAllowed, ValueRefused
from edc_core.services import dispatch

#: A file's bytes come with it: what a plugin has stored are values, not uploads.
NOT_SUBMITTED = {commands.AddFile}
ABSTRACT = {commands.Command, commands.SubjectCommand, commands.FormCommand}


def save(trial, raw, op="op-1"):
    path = trial.path("VS.SYSBP")
    return commands.SaveItems(
        study_id=trial.study_id,
        op=op,
        subject_key="S-001",
        form=path.form_path,
        items=(ItemInput(path, raw),),
    )


def kinds_of_command():
    """Every command of the domain, of whichever module."""
    for found in pkgutil.iter_modules(edc_core.domain.__path__, "edc_core.domain."):
        module = importlib.import_module(found.name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, commands.Command) and kind.__module__ == module.__name__:
                yield kind


def test_every_command_has_its_service():
    assert set(dispatch.SERVICES) == set(kinds_of_command()) - ABSTRACT - NOT_SUBMITTED


def test_a_command_without_a_service_is_refused(core, trial):
    with pytest.raises(BadRequest, match="SubjectCommand"):
        dispatch.submit(
            core, trial.crc, [commands.SubjectCommand(study_id=trial.study_id, op="1", subject_key="S-001")]
        )


def test_an_answer_is_the_one_that_a_replay_gets(core, trial):
    first = dispatch.submit(core, trial.crc, [save(trial, "120")])
    assert first == dispatch.submit(core, trial.crc, [save(trial, "120")])
    assert first[0]["changed"] == 1


def test_who_may_not_do_it_on_a_page_may_not_do_it_here(core, trial):
    with pytest.raises(NotAllowed):
        dispatch.submit(core, trial.spo, [save(trial, "120")])


def test_a_refused_value_leaves_its_entry_and_not_the_value(core, trial, grep_database):
    with pytest.raises(ValueRefused):
        dispatch.submit(core, trial.crc, [save(trial, "54321")])
    assert trial.entries("S-001")[-1]["kind"] == "note.add"
    assert grep_database("54321") == []


def test_of_several_commands_none_is_carried_out_when_one_fails(core, trial):
    before = len(trial.entries("S-001"))
    with pytest.raises(ValueRefused):
        dispatch.submit(core, trial.crc, [save(trial, "120"), save(trial, "54321", op="op-2")])
    assert len(trial.entries("S-001")) == before
