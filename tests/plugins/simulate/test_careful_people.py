"""Made-up people who slip nowhere: what is asked about their data is what was planted, and nothing is nonsense."""

import pytest
from edc_core_simulate.values import Rates

from tests.plugins.simulate.conftest import HERSC_301

CAREFUL = Rates(blank=0.12, forgotten=0, missing=0, unreadable=0, odd=0)


@pytest.mark.parametrize("trial", ["hersc-301", "bsadc-101"])
def test_every_value_of_a_trial_can_be_read(playground, trial):
    there = playground().publish(HERSC_301.parent / trial)
    fired = there.simulate(4, rates=CAREFUL).tally.fired
    assert "EDC.UNREADABLE" not in fired
    several = {
        i.oid
        for i in there.session.study(there.study).index.version.items
        if len(i.measurement_unit_oids) > 1
    }
    given = [
        item
        for book in there.casebooks().values()
        for path, item in book.items.items()
        if path.item in several
    ]
    assert given
    assert all(item.unit for item in given if item.value is not None)


def test_serious_events_were_reported_in_time_but_that_of_the_story(playground):
    there = playground().publish()
    fired = there.simulate(3, seed=20, scenarios=("S5",), rates=CAREFUL).tally.fired
    books = sorted(there.casebooks().values(), key=lambda book: book.subject.subject_id)
    serious = [
        book.subject.subject_key
        for book in books
        if any(path.item == "SAE.SAEAWARE" and item.value for path, item in book.items.items())
    ]
    assert len(serious) == 3, "the others have serious events too"
    assert {subject_key for subject_key, _, _ in fired["EC61"]} == {books[0].subject.subject_key}
