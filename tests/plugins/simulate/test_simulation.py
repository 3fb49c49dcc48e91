"""What `edc simulate` promises: the same data for the same seed, nothing twice, nothing behind the services' backs."""

import shutil

import pytest
from edc_core_simulate.command import simulate
from edc_core_simulate.legal_bases import BASIS

from edc_core.api import AddSubject, NotAllowed
from edc_core.domain.permission import Actor
from edc_core.errors import AlreadyExists
from edc_core.services import demo_people, residency
from edc_core.testing import FakeClock, Trial, a_study
from tests.plugins.simulate.conftest import Playground
from tests.services.test_scheduling import STUDY as DYNAMIC


@pytest.fixture(scope="module")
def three(edc_sqlite_template, tmp_path_factory):
    """Three subjects, made in one run; to be looked at and copied, not to be changed."""
    file = tmp_path_factory.mktemp("three") / "edc.db"
    shutil.copyfile(edc_sqlite_template, file)
    there = Playground(file, FakeClock()).publish()
    assert there.simulate(3).tally.added == 3
    yield there
    there.core.close()


def test_same_seed_gives_the_same_data_in_two_databases(playground, three):
    another = playground().publish(anew=True)
    another.simulate(3)
    assert another.values() == three.values()
    assert len(another.values()) == 3


def test_another_seed_gives_other_data(playground, three):
    another = playground().publish()
    another.simulate(1, seed=12)
    ((key, book),) = another.values().items()
    assert book != three.values()[key]


def test_more_subjects_leave_the_first_ones_as_they_were(playground, three):
    few = playground().publish()
    few.simulate(1)
    assert few.values() == {key: book for key, book in three.values().items() if key in few.values()}


def test_a_repeated_run_adds_nothing(playground, three):
    there = playground(three)
    entries = there.entries()
    second = there.simulate(3)
    assert second.tally.added == 0
    assert second.tally.subjects == 3
    assert there.entries() == entries


def test_a_run_that_was_stopped_goes_on_where_it_was(playground, three):
    stopped = playground().publish()
    stopped.simulate(1)
    stopped.simulate(3)
    assert stopped.values() == three.values()


def test_data_that_a_standard_keeps_in_may_leave_by_a_basis_on_record_once(playground, three):
    there = playground(three)
    study = there.session.study(there.study)

    def bases():
        with there.core.read() as source:
            return {
                country: (one.basis, one.at)
                for country, one in residency.bases(source, study.study_id).items()
            }

    first = bases()
    assert set(first) == {"DE", "FR", "GB"}
    assert {basis for basis, _ in first.values()} == {BASIS}
    there.simulate(4, seed=5)
    assert bases() == first


def test_another_seed_takes_the_next_subject_numbers(playground):
    there = playground().publish()
    there.simulate(2, seed=1)
    there.simulate(2, seed=2)
    assert sorted(there.values()) == ["CN01-0001", "CN01-0002", "DE01-0001", "DE01-0002"]


def test_subjects_are_spread_over_the_sites_in_turn(playground):
    there = playground()
    study = a_study("SITES-1").with_event("V1", "F").with_item("F.NOTE")
    for number in range(1, 9):
        study.with_site(str(number))
    Trial(there.core, study.build(), environment="dev")
    there.study = "SITES-1@dev"
    there.simulate(8)
    sites = {book.subject.site_id for book in there.casebooks().values()}
    assert len(sites) == 8


def test_what_the_schedule_requires_by_condition_is_filled_and_no_more(playground, tmp_path):
    folder = tmp_path / "dynamic"
    folder.mkdir()
    (folder / "study.yaml").write_text(DYNAMIC, encoding="utf-8")
    there = playground().publish(folder)
    assert there.simulate(4).tally.added == 4
    books = there.casebooks().values()
    filled = [{path.form.oid for path in book.forms} for book in books]
    assert all({"DM", "VS"} <= forms for forms in filled)
    women = [
        any(path.item == "DM.SEX" and item.value == "F" for path, item in book.items.items())
        for book in books
    ]
    assert [("PREG" in forms) for forms in filled] == women


def test_data_are_entered_as_the_plugin_where_there_are_no_people(playground):
    there = playground().publish()
    simulation = there.simulate(2)
    assert simulation.work.answered == simulation.work.asked == 0
    with there.core.read() as source:
        rows = source.connection.exec_driver_sql(
            "select distinct actor from ledger_entry where kind = 'item.set'"
        )
        assert [row.actor for row in rows] == ["plugin:simulate"]


def test_people_of_the_demo_enter_answer_close_and_ask(playground):
    there = playground().publish()
    cli = Actor("cli:test", trusted=True)
    demo_people.invite(there.core, cli, [there.session.study(there.study).study_id])
    simulation = there.simulate(3, seed=3)
    work = simulation.work
    assert work.answered >= work.closed > 0
    assert work.asked > 0
    with there.core.read() as source:
        rows = source.connection.exec_driver_sql(
            "select distinct actor from ledger_entry where kind = 'item.set'"
        )
        assert {row.actor for row in rows} == {"crc.shanghai", "crc.berlin", "crc.paris"}
    entries = there.entries()
    again = there.simulate(3, seed=3)
    assert (again.work.answered, again.work.closed, again.work.asked) == (0, 0, 0)
    assert there.entries() == entries


def test_scenarios_make_the_checks_fire_that_they_are_about(playground):
    there = playground().publish()
    simulation = there.simulate(3, scenarios=("S5", "S9", "S10"))
    assert "EC08P" in simulation.tally.fired
    assert any(oid.startswith("LB-CHEM.CREAT") for oid in simulation.tally.fired)
    terms = [
        item.value
        for book in there.casebooks().values()
        for path, item in book.items.items()
        if path.item == "AE.AETERM"
    ]
    assert "Septic shock" in terms


def test_live_studies_are_refused(playground):
    there = playground().publish(environment="live")
    with pytest.raises(NotAllowed):
        there.simulate(1)
    assert there.values() == {}


class Line:
    """The command line, as the command sees it."""

    def __init__(self, session):
        self._session = session

    def plugin_session(self, plugin, *, as_user=""):
        return self._session


def test_command_refuses_a_live_study_whoever_asks(playground):
    there = playground().publish(environment="live")
    with pytest.raises(NotAllowed, match="live"):
        simulate.main(["HERSC-301@live"], obj=Line(there.session), standalone_mode=False)


def test_a_plugin_acts_for_nobody_who_is_not_of_the_demo(playground):
    from edc_core.api import DemoPerson

    there = playground().publish()
    study = there.session.study(there.study)
    session = there.session.acting_as(DemoPerson("somebody", "CRC"))
    command = AddSubject(
        study_id=study.study_id, op="1", subject_key="KR01-0001", site_id=study.sites[0].site_id
    )
    with pytest.raises(NotAllowed):
        session.submit(study, command)


def test_commands_submitted_together_are_carried_out_all_or_none(playground):
    there = playground().publish()
    study = there.session.study(there.study)
    fields = {"study_id": study.study_id, "site_id": study.sites[0].site_id, "subject_key": "KR01-0001"}
    with pytest.raises(AlreadyExists):
        there.session.submit(study, AddSubject(op="1", **fields), AddSubject(op="2", **fields))
    assert there.values() == {}


def test_commands_of_another_study_are_refused(playground):
    there = playground().publish()
    study = there.session.study(there.study)
    command = AddSubject(study_id="another", op="1", subject_key="KR01-0001", site_id=study.sites[0].site_id)
    with pytest.raises(NotAllowed):
        there.session.submit(study, command)
