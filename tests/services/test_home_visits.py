"""The visits on the home page are told from memory while nothing has changed, and never as they were or as another sees them."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.domain.permission import Actor
from edc_core.domain.protection import ProtectAction
from edc_core.domain.visit_window import Standing
from edc_core.services import capture, protecting
from edc_core.services.due_visits import visits_due
from edc_core.services.reading import StudyPicture
from edc_core.store import listing, readers
from edc_core.testing.trial import SOME_REASON, Trial
from tests.services.calling_study import a_core, loaded
from tests.services.test_visit_windows import STUDY as WINDOWS

STUDY = WINDOWS.replace(",\n     window: {anchor: C1, target: -14 days, before: 14, after: 13}}", "}")
UNSCHEDULED = "repeating: true, forms: [SS], date: SS.SSDAT, window: {anchor: C1, target: 40 days, before: 2, after: 2}}"
DUE = datetime(2026, 3, 20, tzinfo=UTC)
OVER = datetime(2026, 3, 25, 15, tzinfo=UTC)  #: 26 March has begun in Seoul
ANYBODY = Actor("cli:other", trusted=True)
ELSEWHERE = """
import sys
from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture
from edc_core.settings import Settings

url, study_id, text = sys.argv[1:]
path = ItemPath.parse("C1[1]/EX[1]/EX.EX[1]/EX.EXDAT")
core = Core(Settings(database_url=url), EdcPlugins(()))
with core.write(Actor("cli:elsewhere", trusted=True)) as uow:
    capture.save_items(uow, capture.SaveItems(
        study_id=study_id, op=new_id(), subject_key="S-001", form=path.form_path,
        items=(ItemInput(path, text, base_version=1),),
    ))
core.close()
"""


@pytest.fixture
def study(tmp_path):
    def read(text=STUDY):
        file = tmp_path / "study.yaml"
        file.write_text(text, encoding="utf-8")
        return load(file).required()

    return read


@pytest.fixture
def trial(core, study):
    return begun(Trial(core, study(), environment="dev"))


def begun(trial):
    """Cycle 2 is due from 19 to 25 March."""
    trial.add_subject("S-001")
    dose(trial, "2026-03-01")
    return trial


def dose(trial, text, event="C1"):
    trial.save("S-001", {trial.path("EX.EXDAT", event=event): text})


def home(trial, actor=None, now=DUE):
    with trial.core.read() as source:
        study = readers.study_by_id(source.connection, trial.study_id)
        sites = readers.sites(source.connection, trial.study_id)
        states = listing.state_of(source.connection, [trial.study_id])
        return visits_due([StudyPicture(source, actor or trial.crc, study, sites)], states, now, limit=10)


def told(trial, actor=None, now=DUE):
    return [
        (task.subject_key, task.visit.oid, task.timing.standing, task.timing.due.in_words)
        for task in home(trial, actor, now).tasks
    ]


def c2(standing, words="19 MAR 2026 to 25 MAR 2026"):
    return [("S-001", "C2", standing, words)]


def test_what_has_not_changed_is_told_from_memory(trial, count_statements):
    home(trial)
    dose(trial, "2026-03-02")
    with count_statements() as first:
        once = home(trial)
    with count_statements() as second:
        again = home(trial)
    assert again == once
    assert (len(first), len(second)) == (3 + 17, 3 + 2), (
        "three of them read the study, its sites and how it stands"
    )
    for number in range(2, 12):
        trial.add_subject(f"S-{number:03}")
    home(trial)
    with count_statements() as of_many:
        home(trial)
    assert len(of_many) == len(second)


def test_on_the_next_day_nothing_is_reckoned_anew(trial, count_statements):
    """What a visit rests on is kept, and how it stands to its window is compared with the day each time."""
    home(trial)
    with count_statements() as next_day:
        assert told(trial, now=OVER) == c2(Standing.OVERDUE)
    assert len(next_day) == 3 + 2


def test_of_several_occurrences_the_one_that_comes_due_is_told_on_its_day(core, study):
    """Both lie ahead when they are reckoned, and nothing is said of them then."""
    again = STUDY.replace("repeating: true, forms: [SS], date: SS.SSDAT}", UNSCHEDULED)
    trial = begun(Trial(core, study(again), environment="dev"))
    for _ in range(2):
        trial.act(trial.crc, capture.add_event, capture.AddEvent, subject_key="S-001", event_oid="UNS")
    early, due, over = (datetime(2026, 4, day, tzinfo=UTC) for day in (1, 12, 20))
    assert [visit for _, visit, *_ in told(trial, now=early)] == ["C2"]
    assert home(trial, now=early).tasks[0].more == 0
    assert home(trial, now=due).tasks[0].more == 1
    assert home(trial, now=over).tasks[0].more == 1
    assert home(trial, now=early).tasks[0].more == 0


def test_the_next_day_is_another(trial):
    assert told(trial) == c2(Standing.DUE)
    assert told(trial, now=OVER) == c2(Standing.OVERDUE)
    assert told(trial) == c2(Standing.DUE)


def test_a_value_that_another_process_writes_is_seen_at_once(trial, core_url):
    assert told(trial) == c2(Standing.DUE)
    subprocess.run([sys.executable, "-c", ELSEWHERE, core_url, trial.study_id, "2026-02-25"], check=True)
    assert told(trial) == c2(Standing.DUE, "15 MAR 2026 to 21 MAR 2026")


def test_a_visit_that_took_place_or_was_not_done_is_not_awaited(trial):
    assert told(trial) == c2(Standing.DUE)
    dose(trial, "2026-03-20", "C2")
    assert all(visit != "C2" for _, visit, *_ in told(trial))


def test_what_is_frozen_above_the_subject_is_not_awaited(trial):
    assert told(trial) == c2(Standing.DUE)
    site_id = trial.sites["KR-01"]
    for action, expected in ((ProtectAction.FREEZE, []), (ProtectAction.UNFREEZE, c2(Standing.DUE))):
        trial.act(
            trial.dm, protecting.protect_study, protecting.ProtectStudy,
            site_id=site_id, action=action, reason=SOME_REASON,
        )  # fmt: skip
        assert told(trial) == expected


def test_another_version_in_force_is_reckoned_anew(trial, study):
    assert told(trial) == c2(Standing.DUE)
    trial.publish(study(STUDY.replace('oid: "1"', 'oid: "2"').replace("target: 3 weeks", "target: 2 weeks")))
    assert told(trial) == c2(Standing.OVERDUE, "12 MAR 2026 to 18 MAR 2026")


def test_nobody_is_told_what_another_person_may_see(core, study):
    blind = STUDY.replace(
        "{name: EXDAT, question: Date,", "{name: EXDAT, question: Date, sensitivity: blinded,"
    )
    trial = Trial(core, study(blind), environment="dev")
    trial.add_subject("S-001")
    trial.act(
        ANYBODY, capture.save_items, capture.SaveItems, subject_key="S-001",
        form=trial.form("EX", event="C1"), items=given(trial, "2026-03-01"),
    )  # fmt: skip
    for _ in range(2):
        assert told(trial, ANYBODY) == c2(Standing.DUE)
        assert told(trial) == []


def given(trial, text):
    return (ItemInput(trial.path("EX.EXDAT", event="C1"), text, base_version=0),)


def test_each_person_reads_it_in_the_own_language(core, study):
    two = STUDY.replace("oid: C2, title: Cycle 2", "oid: C2, title: {en: Cycle 2, ko: 2주기}")
    trial = begun(
        Trial(core, study(two.replace("sites:", "languages: [en, ko]\nsites:", 1)), environment="dev")
    )
    korean = replace(trial.crc, language="ko")
    for _ in range(2):
        assert home(trial).tasks[0].visit.title == "Cycle 2"
        assert home(trial, korean).tasks[0].visit.title == "2주기"


def test_a_window_of_hours_ends_within_the_day(core, study):
    hours = STUDY.replace(
        "anchor: C2, target: 1 month, after: 7", "anchor: SCR, target: 2 hours, after: 1 hour"
    ).replace("{name: DMDAT, question: Date, type: date}", "{name: DMDAT, question: Date, type: datetime}")
    trial = Trial(core, study(hours), environment="dev")
    trial.add_subject("S-001")
    trial.save("S-001", {trial.path("DM.DMDAT", event="SCR"): "2026-03-20T09:00"})
    standing = [
        [task.timing.standing for task in home(trial, now=datetime(2026, 3, 20, hour, 30, tzinfo=UTC)).tasks]
        for hour in (1, 2, 3)
    ]
    assert standing == [[], [Standing.DUE], [Standing.OVERDUE]], "from 11:00 to 12:00 in Seoul, UTC+9"


CALLING = """
oid: CALLS
version: {oid: "1"}
languages: [en]
plugins: {calling: ">=1"}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
forms:
  - {oid: VS, items: [{name: DAT, question: Date, type: date}, {name: A, question: A, type: integer}]}
events:
  - {oid: V1, forms: [VS]}
  - oid: V3
    forms: [VS]
    date: VS.DAT
    window: {anchor: "if_(twice(visit('V1').VS.A) > 0, visit('V1').VS.DAT, visit('V1').VS.DAT)", target: 7, after: 7}
"""


def test_the_answer_of_a_plugins_function_is_no_entry_and_counts(core_url, clock, tmp_path):
    core = a_core(core_url, clock)
    file = tmp_path / "calls.yaml"
    file.write_text(CALLING, encoding="utf-8")
    trial = Trial(core, loaded(core, file), environment="dev")
    trial.add_subject("S-001")
    path = {name: trial.path(f"VS.{name}", event="V1") for name in ("DAT", "A")}
    trial.save("S-001", {path["DAT"]: "2026-03-10", path["A"]: "3"})
    assert told(trial) == []
    entries = len(trial.entries("S-001"))
    trial.run_checks("S-001")
    assert len(trial.entries("S-001")) == entries
    assert told(trial) == [("S-001", "V3", Standing.DUE, "17 MAR 2026 to 24 MAR 2026")]
    core.close()
