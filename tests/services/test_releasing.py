"""A live study takes no subject before a second person has signed the release of the version in force."""

from dataclasses import replace

import pytest

from edc_core.domain import commands, metadata_json
from edc_core.domain.commands import Reason
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.permission import Actor, Grant, Role
from edc_core.domain.version_release import STEPS, ReleaseStep
from edc_core.errors import EntryClosed, NotAllowed, NotFound, SecondPersonRequired, WrongState
from edc_core.ids import new_id
from edc_core.services import dispatch, releasing, studies
from edc_core.services.history import history
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import going_live, readers
from edc_core.store.listing_queries import TrailFilter
from edc_core.testing import Trial
from tests.builders import vital_signs


@pytest.fixture
def unapproved(core):
    return Trial(core, vital_signs().build(), released=False)


@pytest.fixture
def unreleased(unapproved):
    """Approved, and not released."""
    unapproved.sign(unapproved.med, ReleaseStep.MEDICAL)
    unapproved.sign(unapproved.spo, ReleaseStep.SPONSOR)
    return unapproved


def release(trial, person, **fields):
    with trial.core.read() as source:
        version = going_live.publications(source.connection, trial.study_id)[trial.index.version.oid]
    named = {"meta_data_version": version.oid, "sha256": version.sha256, "component": "password"}
    named |= {"reason": Reason(text="No uat in this test")}
    return trial.act(person, releasing.release_study, releasing.ReleaseStudy, **(named | fields))


def test_no_subject_before_the_release_and_the_refusal_says_who_can_do_it(unreleased):
    with pytest.raises(EntryClosed, match=r"version \S+ .*not released.*data manager.*sponsor"):
        unreleased.add_subject()
    with unreleased.core.read() as source:
        assert readers.count_subjects(source.connection, unreleased.study_id) == 0


def test_the_same_refusal_through_what_plugins_submit(unreleased):
    command = commands.AddSubject(
        study_id=unreleased.study_id, op=new_id(), subject_key="S-001", site_id=unreleased.sites["KR-01"]
    )
    with pytest.raises(EntryClosed):
        dispatch.submit(unreleased.core, unreleased.crc, [command])


@pytest.mark.parametrize("environment", ["dev", "uat"])
def test_only_live_studies_need_it(core, environment):
    trial = Trial(core, vital_signs().build(), environment=environment, released=False)
    assert trial.add_subject() == "S-001"
    with pytest.raises(WrongState, match="only live"):
        release(trial, trial.spo)


@pytest.mark.parametrize("who", ["dm", "med", "spo"])
def test_after_the_release_subjects_are_taken_and_the_entry_names_what_was_signed(unreleased, who):
    person = getattr(unreleased, who)
    release(unreleased, person)
    unreleased.add_subject()
    [entry] = [entry for entry in unreleased.entries() if entry["kind"] == "study.release"]
    [published] = [entry for entry in unreleased.entries() if entry["kind"] == "study.publish"]
    payload = entry["payload"]
    assert (entry["actor"], entry["role"]) == (person.name, person.grants[0].role.value)
    assert payload["sha256"] == published["payload"]["sha256"]
    assert payload["meta_data_version"] == entry["meta_data_version"] == published["payload"]["oid"]
    assert (payload["meaning"], payload["component"]) == ("release for live", "password")
    assert payload["full_name"] == person.full_name
    assert payload["statement"] == STEPS[ReleaseStep.RELEASE].statement
    assert verify(unreleased.core, rebuild=True).ok


def test_nothing_is_released_with_a_wrong_clock(unreleased):
    unreleased.core.clock.off = 61.0
    with pytest.raises(WrongState, match="61 seconds off"):
        release(unreleased, unreleased.dm)
    assert not [entry for entry in unreleased.entries() if entry["kind"] == "study.release"]
    unreleased.core.clock.off = 2.0
    release(unreleased, unreleased.dm)
    [entry] = [entry for entry in unreleased.entries() if entry["kind"] == "study.release"]
    assert entry["payload"]["clock"] == "drifts"


@pytest.mark.parametrize("given", [(), ("medical",), ("sponsor",)])
def test_without_both_approvals_it_is_not_released_and_the_refusal_says_which_is_missing(unapproved, given):
    by = {"medical": unapproved.med, "sponsor": unapproved.spo}
    for step in given:
        unapproved.sign(by[step], ReleaseStep(step))
    with pytest.raises(WrongState) as refused:
        release(unapproved, unapproved.dm)
    for step in by:
        assert (f"The {step} approval for live is missing" in refused.value.message) == (step not in given)
    with pytest.raises(EntryClosed):
        unapproved.add_subject()


def test_an_approval_names_what_was_signed_and_counts_once(unapproved):
    unapproved.sign(unapproved.med, ReleaseStep.MEDICAL)
    [entry] = [entry for entry in unapproved.entries() if entry["kind"] == "study.approve"]
    payload = entry["payload"]
    assert (entry["actor"], entry["role"], payload["approval"]) == ("med.yoon", "MED", "medical")
    assert payload["sha256"] == metadata_json.sha256(unapproved.index.version)
    assert payload["statement"] == STEPS[ReleaseStep.MEDICAL].statement
    other = unapproved.person(Role.PVG, "pvg.oh")
    with pytest.raises(WrongState, match=r"there already, given by med\.yoon"):
        unapproved.sign(other, ReleaseStep.MEDICAL)
    assert verify(unapproved.core, rebuild=True).ok


@pytest.mark.parametrize(("who", "step"), [("dm", "medical"), ("spo", "medical"), ("med", "sponsor")])
def test_each_approval_has_its_roles(unapproved, who, step):
    with pytest.raises(NotAllowed, match=f"{step} approval for live: it is given by"):
        unapproved.sign(getattr(unapproved, who), ReleaseStep(step))


def test_one_person_does_not_give_both_approvals_and_acts_in_the_role_of_each(unapproved):
    grants = (Grant(unapproved.study_id, Role.DM), Grant(unapproved.study_id, Role.MED))
    both = Actor("both", "both", "Both", grants)
    unapproved.sign(both, ReleaseStep.MEDICAL)
    [entry] = [entry for entry in unapproved.entries() if entry["kind"] == "study.approve"]
    assert entry["role"] == "MED"
    with pytest.raises(SecondPersonRequired, match="other approval"):
        unapproved.sign(both, ReleaseStep.SPONSOR)
    unapproved.sign(unapproved.dm, ReleaseStep.SPONSOR)
    release(unapproved, both)
    unapproved.add_subject()


def test_who_published_the_definition_in_uat_neither_approves_nor_releases_it_for_live(core):
    trial = Trial(core, vital_signs().build(), released=False)
    grants = (Grant("", Role.BLD), Grant(trial.study_id, Role.MED), Grant(trial.study_id, Role.DM))
    builder = Actor("builder", "builder", "Builder", grants)
    trial.do(builder, studies.publish, studies.Publish(
        study_id="", op=new_id(), environment="uat", version=vital_signs().build()))  # fmt: skip
    for step in ReleaseStep:
        with pytest.raises(SecondPersonRequired, match="published"):
            trial.sign(builder, step)
    trial.release()
    assert trial.add_subject() == "S-001"


@pytest.mark.parametrize("who", ["crc", "pi", "cra", "bld"])
def test_nobody_else_releases(unreleased, who):
    with pytest.raises(NotAllowed):
        release(unreleased, getattr(unreleased, who))
    with pytest.raises(EntryClosed):
        unreleased.add_subject()


def test_a_role_at_some_sites_does_not_release_the_study(unreleased):
    with pytest.raises(NotAllowed):
        release(unreleased, unreleased.person(Role.DM, "dm.site", site="KR-01"))


def test_who_published_a_version_does_not_release_it(core):
    trial = Trial(core, vital_signs().build(), released=False)
    both = Actor("both", "both", "Both", (Grant("", Role.BLD), Grant(trial.study_id, Role.DM)))
    version = replace(vital_signs().build(), oid="2")
    trial.do(both, studies.publish, studies.Publish(
        study_id=trial.study_id, op=new_id(), environment="live", version=version))  # fmt: skip
    with pytest.raises(SecondPersonRequired):
        release(trial, both, meta_data_version="2", sha256=_digest(trial, "2"))
    trial.index = MetaDataIndex(version)
    trial.release(by=trial.dm)
    trial.add_subject()


def _digest(trial, oid):
    with trial.core.read() as source:
        return going_live.publications(source.connection, trial.study_id)[oid].sha256


def test_what_is_released_is_what_was_seen(unreleased):
    with pytest.raises(WrongState, match="not the definition you have seen"):
        release(unreleased, unreleased.spo, sha256="0" * 64)
    with pytest.raises(NotFound):
        release(unreleased, unreleased.spo, meta_data_version="nowhere")
    release(unreleased, unreleased.spo)
    with pytest.raises(WrongState, match="released already"):
        release(unreleased, unreleased.dm)


def test_an_amendment_is_released_anew_before_its_first_subject_and_entry_goes_on_meanwhile(trial):
    amended = replace(vital_signs().build(), oid="2")
    trial.publish(amended, released=False)
    with pytest.raises(EntryClosed, match="version 2"):
        trial.add_subject("S-002")
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.release(by=trial.dm)
    trial.add_subject("S-002")


def test_a_replay_is_answered_as_the_first_time(unreleased):
    op = new_id()
    first = release(unreleased, unreleased.spo, op=op)
    assert release(unreleased, unreleased.spo, op=op) == first
    assert len([entry for entry in unreleased.entries() if entry["kind"] == "study.release"]) == 1


def test_the_history_of_the_study_tells_it(unreleased):
    release(unreleased, unreleased.spo)
    with unreleased.core.read() as source:
        study = readers.study_by_id(source.connection, unreleased.study_id)
        told = history(look_at(source, unreleased.dm, study), STUDY_CHAIN, TrailFilter(), limit=20)
    for words in ("released version", "gave the medical approval for live to version"):
        assert any(words in one.text for one in told.happenings)
