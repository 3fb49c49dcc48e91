"""Lists of verification: the counts of a study, and a casebook's forms, say the same."""

import pytest

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import MarkNotDone, Review, Seen, StrikeRow
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import ReviewRule
from edc_core.domain.permission import Role
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.review_work import Coverage
from edc_core.services import capture, review_coverage, review_list, reviewing
from edc_core.services.reading import look_at
from edc_core.services.subject_casebook import casebook
from edc_core.services.subject_list import Wanted, matrix
from edc_core.store import readers
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs

SDV, DM = ReviewGroup.SDV, ReviewGroup.DM
PLAN = (
    ReviewRule(SDV, items=("VS.SYSBP", "AE.TERM")),
    ReviewRule(SDV, forms=("DM",), sites=("US-01",)),
    ReviewRule(DM, share=50, seed="a"),
)


@pytest.fixture
def trial(core):
    trial = Trial(core, vital_signs().with_review(*PLAN).build())
    for key, site in (("S-1", "KR-01"), ("S-2", "KR-01"), ("U-1", "US-01")):
        trial.add_subject(key, site=site)
        trial.save(key, {"VS.SYSBP": "120", "VS.DIABP": "80"}, by=trial.cli, complete=True)
    return trial


def coverage(trial, group=SDV, *, by=None, sites=None):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        picture = look_at(source, by or trial.dm, study)
        return review_coverage.study_coverage(picture, group, sites or picture.sites)


def desk(trial, subject, group=SDV):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        return review_list.desk(look_at(source, trial.dm, study), subject, group)


def counted(trial, group=SDV):
    """By subject, and the same from each casebook: they must agree."""
    listed = {s.subject_key: s.coverage for s in coverage(trial, group).subjects}
    books = {key: desk(trial, key, group).coverage for key in ("S-1", "S-2", "U-1")}
    assert listed == {key: found for key, found in books.items() if found.planned}
    return listed


def mark(trial, subject, *items, group=SDV):
    now = trial.casebook(subject).items
    paths = [item if isinstance(item, ItemPath) else trial.path(item) for item in items]
    values = tuple(Seen(path, now[path].version) for path in paths)
    cra = trial.person(Role.CRA, "cra.all")
    trial.act(cra, reviewing.review, Review, subject_key=subject, group=group, values=values)


def test_what_is_planned_done_and_changed_since(trial):
    assert counted(trial) == {key: Coverage(1, 0, 0) for key in ("S-1", "S-2", "U-1")}
    mark(trial, "S-1", "VS.SYSBP")
    mark(trial, "S-2", "VS.SYSBP")
    trial.save("S-2", {"VS.SYSBP": "121"}, by=trial.cli, reason=SOME_REASON)
    assert counted(trial) == {"S-1": Coverage(1, 1, 0), "S-2": Coverage(1, 0, 1), "U-1": Coverage(1, 0, 0)}
    total = coverage(trial).total
    assert (total, total.remaining) == (Coverage(3, 1, 1), 2)
    assert {site.number: found.planned for site, found in coverage(trial).sites} == {"KR-01": 2, "US-01": 1}


def test_a_rule_of_some_sites_asks_only_there(trial):
    for key in ("S-1", "U-1"):
        trial.save(key, {"DM.SEX": "F", "DM.AGE": "40"}, by=trial.cli, complete=True)
    assert counted(trial) == {"S-1": Coverage(1), "S-2": Coverage(1), "U-1": Coverage(3)}


def test_a_share_of_the_subjects_is_the_same_in_every_list(trial):
    listed = counted(trial, DM)
    drawn = {
        key for key in ("S-1", "S-2", "U-1")
        if PLAN[2].takes(trial.casebook(key).subject.subject_id, "KR-01")
    }  # fmt: skip
    assert set(listed) == drawn


def test_forms_begun_not_done_and_struck_rows_are_not_counted(trial):
    term = trial.path("AE.TERM")
    second = ItemPath.parse(str(term).replace("AE.ROW[1]", "AE.ROW[2]"))
    trial.save("S-1", {term: "Headache", second: "Nausea"}, by=trial.cli)
    assert counted(trial)["S-1"] == Coverage(1)
    trial.complete("S-1", "AE", by=trial.cli)
    assert counted(trial)["S-1"] == Coverage(3)
    mark(trial, "S-1", term, second)
    trial.act(
        trial.crc, capture.strike_row, StrikeRow, subject_key="S-1", form=term.form_path, row=second.parent,
        reason=SOME_REASON,
    )  # fmt: skip
    assert counted(trial)["S-1"] == Coverage(2, 1, 0)
    trial.act(
        trial.crc, capture.mark_not_done, MarkNotDone, subject_key="S-1", form=trial.form("DM"),
        reason=SOME_REASON,
    )  # fmt: skip
    assert counted(trial)["S-1"] == Coverage(2, 1, 0)


def test_blank_answers_wait_for_nobody_and_missing_reasons_do(trial):
    path = trial.path("VS.SYSBP")
    for raw, missing, planned in (("", "ND", 1), ("", "", 0)):
        version = trial.casebook("S-1").items[path].version
        given = ItemInput(path, raw, missing, base_version=version)
        trial.save("S-1", {}, items=(given,), by=trial.cli, reason=SOME_REASON)
        assert counted(trial).get("S-1", Coverage()).planned == planned


def test_a_mark_counts_while_its_form_is_open_again(trial):
    mark(trial, "S-1", "VS.SYSBP")
    trial.act(
        trial.pi, capture.reopen_form, capture.ReopenForm, subject_key="S-1", form=trial.form("VS"),
        reason=SOME_REASON,
    )  # fmt: skip
    assert counted(trial)["S-1"] == Coverage(1, 1, 0)


def test_the_desk_follows_the_study_and_leads_on(trial):
    term = trial.path("AE.TERM")
    trial.save("S-1", {term: "Headache"}, by=trial.cli, complete=True)
    trial.save("S-1", {"DM.SEX": "F"}, by=trial.cli, complete=True)
    found = desk(trial, "S-1")
    assert [form.path.form.oid for form in found.forms] == ["VS", "DM", "AE"]
    assert [row.path.item for row in found.forms[0].rows] == ["VS.SYSBP", "VS.DIABP"]
    vs, ae = trial.form("VS"), trial.form("AE")
    assert found.after(vs) == ae
    assert found.after(ae) == vs
    assert [str(form.path) for form in found.at(vs).forms] == [str(vs)]
    mark(trial, "S-1", "VS.SYSBP", term)
    assert desk(trial, "S-1").after(vs) is None


def test_the_counts_take_the_same_statements_for_one_subject_and_for_many(trial, count_statements):
    with count_statements() as few:
        coverage(trial)
    for number in range(5):
        trial.add_subject(f"M-{number}", site="US-01")
        trial.save(f"M-{number}", {"VS.SYSBP": "120", "VS.DIABP": "80"}, by=trial.cli, complete=True)
    with count_statements() as many:
        assert len(coverage(trial).subjects) == 8
    assert len(many) == len(few) <= 5
    with count_statements() as again:
        assert len(coverage(trial).subjects) == 8
    assert len(again) == len(many) - 1, "nothing changed, so nothing is counted"


def test_forms_and_visits_show_it_to_those_who_may_know(trial, count_statements):
    """The casebook for everybody who reads it, the list of subjects for those who verify."""
    trial.save("S-1", {"DM.SEX": "F"}, by=trial.cli, complete=True)
    mark(trial, "S-1", "VS.SYSBP")
    cra = trial.person(Role.CRA, "cra.all")

    def looking(actor, service, *arguments):
        with trial.core.read() as source:
            study = readers.study_by_id(source.connection, trial.study_id)
            return service(look_at(source, actor, study), *arguments)

    for person in (trial.crc, cra):
        [event, *_] = looking(person, casebook, "S-1").events
        assert [form.verified for form in event.forms] == [Coverage(1, 1), Coverage(), Coverage()]
    lines = {line.subject_key: line.cells[0].verified for line in looking(cra, matrix, Wanted()).lines}
    assert lines == {"S-1": Coverage(1, 1), "S-2": Coverage(1), "U-1": Coverage(1)}
    others = looking(trial.crc, matrix, Wanted()).lines
    assert {line.cells[0].verified for line in others} == {Coverage()}
    with count_statements() as without:
        looking(trial.dm, matrix, Wanted())
    with count_statements() as with_counts:
        looking(cra, matrix, Wanted())
    assert len(with_counts) == len(without) + 1
