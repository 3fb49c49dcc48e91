"""Recipes of exports: who keeps, changes, sees and runs them."""

import pytest
from edc_core_exports.recipes import find_recipe, give_up, keep, recipes_of

from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Role
from edc_core.errors import NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers

LOCKED, ALL = ExportChoice("csv"), ExportChoice("csv", unlocked=True)


def study_of(trial, actor):
    with trial.core.read() as source:
        row = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, actor, row, "exports")


@pytest.fixture
def manager(trial):
    return study_of(trial, trial.dm)


def test_a_recipe_is_for_everybody_who_exports_what_it_holds(trial, manager):
    keep(manager, "Weekly", LOCKED, op=new_id())
    keep(manager, "Cleaning", ALL, op=new_id())
    assert [one.name for one in recipes_of(manager)] == ["Cleaning", "Weekly"]
    sponsor = study_of(trial, trial.spo)
    assert [(one.name, one.choice, one.who) for one in recipes_of(sponsor)] == [
        ("Weekly", LOCKED, trial.dm.name)
    ]
    assert recipes_of(study_of(trial, trial.crc)) == ()
    with pytest.raises(NotFound, match="Weekly"):
        find_recipe(sponsor, "Cleaning")


def test_the_newest_of_a_name_holds_whoever_kept_it(trial, manager):
    other = study_of(trial, trial.dm2)
    keep(manager, "Weekly", LOCKED, op=new_id())
    keep(other, "Weekly", ExportChoice("csv", snapshot="DMC-1"), op=new_id())
    (one,) = recipes_of(manager)
    assert (one.choice.snapshot, one.who) == ("DMC-1", trial.dm2.name)
    written = [entry["actor"] for entry in trial.entries() if entry["kind"] == "note.add"]
    assert written == [trial.dm.name, trial.dm2.name]


def test_a_recipe_of_somebody_else_is_given_up_and_kept_anew(trial, manager):
    other = study_of(trial, trial.dm2)
    keep(manager, "Weekly", LOCKED, op=new_id())
    give_up(other, "Weekly", op=new_id())
    assert recipes_of(manager) == recipes_of(other) == ()
    with pytest.raises(NotFound, match="none"):
        give_up(manager, "Weekly", op=new_id())
    keep(manager, "Weekly", ALL, op=new_id())
    assert find_recipe(other, "Weekly").choice == ALL


def test_who_views_no_data_keeps_none(trial):
    administrator = study_of(trial, trial.person(Role.UAD, "uad.bae"))
    assert recipes_of(administrator) == ()
    with pytest.raises(NotAllowed):
        keep(administrator, "Weekly", LOCKED, op=new_id())


def test_a_recipe_with_blinded_items_is_offered_to_who_sees_them(trial, manager):
    keep(manager, "Open label", ExportChoice("csv", blinding="unblinded"), op=new_id())
    keep(manager, "Blinded", ExportChoice("csv", blinding="blinded"), op=new_id())
    assert [one.name for one in recipes_of(manager)] == ["Blinded"]
    assert [one.name for one in recipes_of(study_of(trial, trial.cli))] == ["Blinded", "Open label"]


def test_a_recipe_keeps_what_it_was_narrowed_to(manager):
    part = ExportChoice(
        "csv", forms=("VS",), sites=("KR-01",), countries=("US",), subjects=("S-001",), terms="codes"
    )
    keep(manager, "Part", part, op=new_id())
    assert find_recipe(manager, "Part").choice == part


def test_a_recipe_of_an_earlier_release_narrows_nothing():
    said = {"format": "csv", "snapshot": "", "as_of": "", "unlocked": True}
    assert ExportChoice.of(said) == ALL
    assert ALL.said() == said
