"""A study in the hands of one person: what is seen, asked and written is what that person may, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edc_core.domain.commands import Reason
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.migration import MigrationOrder
from edc_core.domain.permission import Action, Role
from edc_core.domain.study_commands import ActivateVersion
from edc_core.errors import AlreadyExists, NotAllowed, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.services import studies
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers
from edc_core.testing import a_study
from tests.builders import Trial

WHY = Reason(text="Amendment 2")


def definition(version="1", low=60):
    return (
        a_study()
        .with_item("VS.SYSBP", soft=(low, 250))
        .with_site("DE-01", "DE", "Europe/Berlin")
        .with_site("KR-01", "KR", "Asia/Seoul")
        .build(version)
    )


@pytest.fixture
def trial(core):
    """Version 2 is in force at DE-01; each site has a subject with a form of version 1; a manager of each kind."""
    trial = Trial(core, definition())
    for key, site in (("S-DE", "DE-01"), ("S-KR", "KR-01")):
        trial.add_subject(key, site=site)
        trial.save(key, {"VS.SYSBP": "65"}, by=trial.cli, complete=True)
    publish = studies.Publish(
        study_id=trial.study_id, op=new_id(), environment="live", version=definition("2", low=70), activate=False
    )  # fmt: skip
    trial.do(trial.cli, studies.publish, publish)
    trial.index = MetaDataIndex(publish.version)
    trial.release()
    trial.german_dm = trial.person(Role.DM, "dm.braun", site="DE-01")
    access(trial, trial.dm).submit(activation(trial, "DE-01"))
    return trial


def access(trial, actor):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, actor, study, "test")


def activation(trial, site, study_id=""):
    return ActivateVersion(
        study_id=study_id or trial.study_id, op=new_id(), meta_data_version="2", site_ids=(trial.sites[site],),
        approval="EC 26/118", reason=WHY,
    )  # fmt: skip


def order(trial, *sites):
    ids = frozenset(trial.sites[site] for site in sites)
    return MigrationOrder(meta_data_version="2", site_ids=ids, reason=WHY, approval="EC 26/118")


def test_commands_are_carried_out_as_the_person_in_this_study_alone(trial):
    assert {line.number: line.meta_data_version for line in access(trial, trial.dm).versions().sites} == {
        "DE-01": "2",
        "KR-01": "1",
    }
    with pytest.raises(NotAllowed, match="put a version in force"):
        access(trial, trial.crc).submit(activation(trial, "KR-01"))
    with pytest.raises(NotAllowed, match="belong to the study at hand"):
        access(trial, trial.dm).submit(activation(trial, "KR-01", study_id=new_id()))


def test_a_right_is_asked_at_its_site(trial):
    german = access(trial, trial.german_dm)
    assert german.may(Action.MIGRATE_FORMS)
    assert german.may(Action.MIGRATE_FORMS, trial.sites["DE-01"])
    assert not german.may(Action.MIGRATE_FORMS, trial.sites["KR-01"])
    assert not access(trial, trial.crc).may(Action.MIGRATE_FORMS)


def test_what_is_foreseen_is_what_the_person_sees(trial):
    whole, german = access(trial, trial.dm), access(trial, trial.german_dm)
    version = whole.version("2")
    assert [query.subject_key for query in whole.foresee(version).queries] == ["S-DE", "S-KR"]
    assert [query.subject_key for query in german.foresee(version).queries] == ["S-DE"]
    with pytest.raises(NotFound, match="in your part of this study"):
        german.foresee(version, site_ids=[trial.sites["KR-01"]])
    with pytest.raises(NotAllowed):
        access(trial, trial.crc).foresee(version)
    with pytest.raises(AlreadyExists, match="with another content"):
        whole.foresee(MetaDataIndex(replace(version.version, name="Another")))


def test_forms_are_moved_only_where_the_person_may_and_the_version_is_in_force(trial):
    german = access(trial, trial.german_dm)
    for attempt in (german.migrate, german.rehearse_migration):
        with pytest.raises(NotAllowed, match="move forms"):
            attempt(order(trial, "DE-01", "KR-01"))
        with pytest.raises(NotFound, match="no such site"):
            attempt(replace(order(trial, "DE-01"), site_ids=frozenset({new_id()})))
    tried = german.rehearse_migration(order(trial, "DE-01"))
    assert (tried["forms_moved"], tried["values_untouched"], tried["verify"]["ok"]) == (1, True, True)
    done = german.migrate(order(trial, "DE-01"))
    assert (done["forms_moved"], done["queries"]) == (1, tried["queries"])
    with pytest.raises(WrongState, match="not in force at site KR-01"):
        access(trial, trial.dm).migrate(order(trial, "KR-01"))


def test_versions_are_for_those_who_compare_them(trial):
    with pytest.raises(NotAllowed, match="compare versions"):
        access(trial, trial.crc).versions()
