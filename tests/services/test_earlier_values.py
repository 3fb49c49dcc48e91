"""What a site used before and a study said before: the unit it stands on, the terms it is offered, and to whom."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from edc_core.domain.change import ItemInput
from edc_core.domain.metadata import DataType
from edc_core.domain.permission import Role
from edc_core.domain.widget import EARLIER_TERMS
from edc_core.errors import NotAllowed, NotFound
from edc_core.services import code_search
from edc_core.services.reading import look_at
from edc_core.store import earlier_values, readers
from edc_core.store.subject_tables import form_data, item_data, subject
from edc_core.testing import SOME_REASON
from tests.builders import Trial, a_study

BUILT = (
    a_study()
    .with_event("V1", "LB", "AE")
    .with_event("V2", "LB", "AE")
    .with_item("LB.CREAT", DataType.FLOAT, units={"umol/L": "1", "mg/dL": "88.42"})
    .with_item("LB.ÄLB%", DataType.FLOAT, units={"g/L": "1", "g/dL": "10"})
    .with_group("ROWS", form="AE")
    .with_item("AE.TERM", group="ROWS")
    .with_item("AE.NOTE", group="ROWS")
    .with_site("KR-01")
    .with_site("US-01", "US", "America/New_York")
    .build()
)


def named(version, **fields):
    items = tuple(replace(one, **fields) if one.oid == "AE.TERM" else one for one in version.items)
    return replace(version, items=items)


STUDY = named(BUILT, widget=EARLIER_TERMS)


@pytest.fixture
def trial(core):
    made = Trial(core, STUDY, environment="uat")
    for number in range(1, 5):
        made.add_subject(f"S-{number}", site="KR-01" if number < 3 else "US-01")
    return made


def give(trial, subject, unit, *, item="LB.CREAT", event="V1", value="1.2"):
    path = trial.path(item, event=event)
    now = trial.casebook(subject).items.get(path)
    given = ItemInput(path, value, unit=unit, base_version=now.version if now else 0)
    trial.core.clock.advance(minutes=1)
    trial.save(subject, {}, items=(given,), by=trial.cli, reason=SOME_REASON)


def used(trial, site="KR-01"):
    with trial.core.read() as source:
        return earlier_values.units_used(source.connection, trial.study_id, trial.sites[site], "LB")


def test_the_unit_is_the_one_that_the_site_gave_last(trial):
    assert used(trial) == {}
    give(trial, "S-1", "mg/dL")
    give(trial, "S-3", "umol/L")
    assert (used(trial), used(trial, "US-01")) == ({"LB.CREAT": "mg/dL"}, {"LB.CREAT": "umol/L"})
    give(trial, "S-2", "umol/L", event="V2")
    assert used(trial) == {"LB.CREAT": "umol/L"}
    give(trial, "S-1", "mg/dL", value="1.3")
    assert used(trial) == {"LB.CREAT": "mg/dL"}


def test_each_item_has_its_own_and_a_value_without_a_unit_says_nothing(trial):
    give(trial, "S-1", "mg/dL")
    give(trial, "S-1", "g/dL", item="LB.ÄLB%")
    give(trial, "S-2", "")
    assert used(trial) == {"LB.CREAT": "mg/dL", "LB.ÄLB%": "g/dL"}


def test_another_study_has_habits_of_its_own(trial):
    give(trial, "S-1", "mg/dL")
    other = Trial(trial.core, replace(STUDY, study=replace(STUDY.study, oid="OTHER")), environment="uat")
    assert used(other) == {}


def say(trial, subject, *texts, item="AE.TERM", first=1):
    rows = {trial.path(item, event="V1", rows=(str(n),)): text for n, text in enumerate(texts, first)}
    trial.save(subject, rows, by=trial.cli)


def offered(trial, typed, *, by=None, subject="S-1", item="AE.TERM"):
    path = trial.path(item, event="V1", rows=("1",))
    with trial.core.read() as source:
        picture = look_at(source, by or trial.crc, readers.study_by_id(source.connection, trial.study_id))
        return [term["code"] for term in code_search.search(picture, subject, path, "", typed)]


def test_terms_of_all_sites_come_most_used_first(trial):
    say(trial, "S-1", "Headache", "Nausea", "Light-headed")
    say(trial, "S-3", "Nausea", "Headache", "Light-headed", "Headache")
    say(trial, "S-4", "Headache")
    assert offered(trial, "hea") == ["Headache", "Light-headed"]
    assert offered(trial, "HEAD light") == ["Light-headed"]
    assert offered(trial, "sea") == ["Nausea"]
    assert offered(trial, "s") == offered(trial, "migraine") == []


def test_what_one_subject_alone_has_is_not_told(trial):
    say(trial, "S-3", "Bitten by the dog of Kim Jiwoo", "Bitten by the dog of Kim Jiwoo")
    assert offered(trial, "dog") == []
    say(trial, "S-4", "Bitten by the dog of Kim Jiwoo")
    assert offered(trial, "dog") == ["Bitten by the dog of Kim Jiwoo"]


def test_spellings_that_differ_in_case_and_accents_stand_once_as_most_write_them(trial):
    say(trial, "S-1", "Œdème", "oedeme", "OEDEME!", "Fièvre", "fievre")
    say(trial, "S-3", "Fièvre", "fievre", "fievre")
    assert offered(trial, "fièv") == ["fievre"]


def test_at_most_twenty_are_offered_and_another_item_has_none_of_them(trial):
    texts = [f"Pain of kind {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    say(trial, "S-1", *texts)
    say(trial, "S-3", *texts)
    assert len(offered(trial, "pain")) == 20
    with pytest.raises(NotFound):
        offered(trial, "pain", item="AE.NOTE")


def test_what_was_corrected_or_is_long_is_not_offered(trial):
    say(trial, "S-1", "Headache", "long " * 41)
    say(trial, "S-3", "Headache", "long " * 41)
    assert offered(trial, "long") == []
    path = trial.path("AE.TERM", event="V1", rows=("1",))
    trial.save("S-3", {path: "Migraine"}, by=trial.cli, reason=SOME_REASON)
    assert offered(trial, "headache") == []


def test_only_who_enters_data_of_the_subject_is_told(trial):
    say(trial, "S-1", "Headache")
    say(trial, "S-3", "Headache")
    with pytest.raises(NotAllowed):
        offered(trial, "headache", by=trial.cra)
    with pytest.raises(NotFound):
        offered(trial, "headache", subject="S-3")
    at_us = trial.person(Role.CRC, "crc.us", site="US-01")
    assert offered(trial, "headache", by=at_us, subject="S-3") == ["Headache"]


@pytest.mark.parametrize("sensitivity", ["blinded", "restricted", "identifying"])
@pytest.mark.parametrize("now", [True, False], ids=["now", "before"])
def test_an_item_that_not_everybody_may_see_in_some_version_has_none(core, sensitivity, now):
    hidden = named(STUDY, sensitivity=sensitivity)
    trial = Trial(core, STUDY if now else hidden, environment="uat")
    trial.publish(replace(hidden if now else STUDY, oid="2"))
    for key, site in (("S-1", "KR-01"), ("S-2", "US-01")):
        trial.add_subject(key, site=site)
        say(trial, key, "Headache")
    if now and sensitivity != "identifying":
        with pytest.raises(NotFound):
            offered(trial, "headache")
    else:
        assert offered(trial, "headache") == []


def crowd(connection):
    """A study of many forms and values, of which few are of the item and the site that are asked about."""
    subjects = [f"u{n:03}" for n in range(200)]
    place = {"event_oid": "E", "event_key": "1", "form_key": "1"}
    connection.execute(
        insert(subject),
        [
            {
                "study_id": "s",
                "subject_id": one,
                "subject_key": one,
                "site_id": f"x{n % 40}",
                "status": "",
                "added_at": "",
            }
            for n, one in enumerate(subjects)
        ],
    )
    forms = [(one, form) for one in subjects for form in "abcdefgh"]
    started = {
        "meta_data_version": "1",
        "status": "",
        "was_complete": False,
        "reason": "",
        "n": 1,
        "at": "",
        "actor": "",
    }
    connection.execute(
        insert(form_data),
        [
            {"study_id": "s", "subject_id": one, "path": f"E[1]/{form}[1]", "form_oid": form}
            | place
            | started
            for one, form in forms
        ],
    )
    value = {
        "group_path": "G[1]",
        "raw": "",
        "missing": "",
        "unit": "",
        "reading": "ok",
        "version": 1,
        "standard_unit": "",
        "n": 1,
    }
    connection.execute(
        insert(item_data),
        [
            {
                "study_id": "s", "subject_id": one, "form_path": f"E[1]/{form}[1]", "form_oid": form, "item_oid": item,
                "path": f"E[1]/{form}[1]/G[1]/{item}", "value": "Headache" if item == "i" else "12.5",
            } | place | value
            for one, form in forms for item in "ijkl"
        ],
    )  # fmt: skip
    connection.exec_driver_sql("ANALYZE")


def plan_of(core, statement, **values):
    """How the database would carry a statement out."""
    with core.engine.connect().execution_options(edc_write=True) as connection:
        crowd(connection)
        dialect, words = connection.dialect, str(statement)
        for name, value in values.items():
            words = words.replace(f":{name}", f"'{value}'")
        explain = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {words}").all())
        connection.rollback()
        return plan


def test_both_questions_are_answered_by_indexes(core):
    terms = plan_of(core, earlier_values._TERMS._statement, study="s", item="i")
    assert "ix_item_data_words" in terms
    units = plan_of(core, earlier_values._UNITS._statement, study="s", site="x1", form="f")
    assert "ix_form_data_form_oid" in units
    assert "ix_item_data_form" in units
