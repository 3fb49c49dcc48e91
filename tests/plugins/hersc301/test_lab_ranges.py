"""EC52 rests on the ranges of the laboratories: by lab, sex, age, day and unit, on a real database."""

from dataclasses import replace
from pathlib import Path

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.expressions.lab import RangeSaid
from edc_core.services import capture, following
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON, Trial
from tests.services.ranges import load_file

FOLDER = Path(__file__).parents[3] / "forms/hersc-301"
NORMAL = {"WBC": "6.00", "NEUT": "4.00", "LYM": "2.00", "PLAT": "250"}


@pytest.fixture(scope="module")
def version():
    return replace(load(FOLDER).required(), plugins=())


@pytest.fixture
def trial(core, version):
    trial = Trial(core, version, environment="dev")
    trial.add_subject("US01-0001", site="US-01")
    load_file(core, trial.dm, trial.study_id, (FOLDER / "lab-ranges.csv").read_text(encoding="utf-8"))
    return trial


def person(trial, sex="F", birth="1970-01-01"):
    trial.save("US01-0001", {"DM.SEX": sex, "DM.BRTHDAT": birth}, by=trial.cli)


def counts(trial, haemoglobin, unit="g/L", lab="CENTRAL", day="2026-03-04", **more):
    def path(name):
        return trial.path(f"LB-HEM.{name}", event="SCR")

    given = {"LBPERF": "Y", "LBDAT": day, "LBNAM": lab, **NORMAL, **more}
    inputs = [ItemInput(path(name), raw) for name, raw in given.items()]
    inputs.append(ItemInput(path("HGB"), haemoglobin, unit=unit))
    trial.act(
        trial.cli, capture.save_items, capture.SaveItems, subject_key="US01-0001", items=tuple(inputs),
        form=path("HGB").form_path, complete=True, reason=SOME_REASON,
    )  # fmt: skip


def asked(trial):
    return [place.rpartition("/")[2] for check, place in trial.open_queries("US01-0001") if check == "EC52"]


def derived(trial, *names):
    items = trial.casebook("US01-0001").items
    found = (items.get(trial.path(f"LB-HEM.{name}", event="SCR")) for name in names)
    return [one.value if one else None for one in found]


@pytest.mark.parametrize(
    ("value", "unit", "lab", "day", "range_", "asks"),
    [
        ("119.9", "g/L", "CENTRAL", "2026-03-04", ["120", "160", "LOW"], True),
        ("120.0", "g/L", "CENTRAL", "2026-03-04", ["120", "160", "NORMAL"], False),
        ("11.9", "g/dL", "CENTRAL", "2026-03-04", ["12", "16", "LOW"], True),
        ("12.0", "g/dL", "LAKESIDE", "2026-03-04", ["12", "16", "NORMAL"], False),
        ("118.0", "g/L", "HANGANG", "2026-06-30", ["120", "160", "LOW"], True),
        ("118.0", "g/L", "HANGANG", "2026-07-01", ["115", "155", "NORMAL"], False),
    ],
)
def test_a_result_outside_the_range_of_its_lab_on_its_day_is_asked_about(
    trial, value, unit, lab, day, range_, asks
):
    trial.core.clock.advance(days=200)
    person(trial)
    counts(trial, value, unit, lab, day)
    assert derived(trial, "HGBLO", "HGBHI", "HGBIND") == range_
    assert asked(trial) == (["LB-HEM.HGBCS"] if asks else [])
    assert verify(trial.core).ok


def test_the_sites_judgement_or_an_event_answers_and_nothing_else_does(trial):
    person(trial)
    counts(trial, "110.0", HGBCS="N")
    assert asked(trial) == []
    counts(trial, "110.0", HGBCS="Y")
    assert asked(trial) == ["LB-HEM.HGBCS"]
    row = trial.path("AE.AESTDAT", event="LOGS", rows=("1",))
    trial.save("US01-0001", {row: "2026-03-01"}, by=trial.cli)
    assert asked(trial) == []


@pytest.mark.parametrize(("sex", "birth"), [("M", "1970-01-01"), ("F", "2010-01-01"), ("F", "2008")])
def test_without_a_range_for_the_subject_nothing_is_said_of_it(trial, sex, birth):
    person(trial, sex, birth)
    counts(trial, "110.0")
    assert derived(trial, "HGBIND") == [None]
    assert asked(trial) == []


def test_the_range_of_another_section_stands_beside_the_result(trial):
    person(trial)
    counts(trial, "110.0", HGBCS="N")
    result = trial.path("LB-HEM.HGB", event="SCR")
    book = trial.casebook("US01-0001")
    with trial.core.read() as source:
        site = readers.sites(source.connection, trial.study_id)[book.subject.site_id]
        said = following.look(book, trial.index, result.form_path, site, source).ranges
    assert said[result] == RangeSaid("120", "160", "LOW")
    assert len(said) == 5
