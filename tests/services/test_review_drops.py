"""A mark of verification falls when the value or its words change, by whatever door, and at no other time."""

from dataclasses import replace

import pytest
from edc_core_amendments.impact import marks, tables

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import Reason, ReopenForm, Review, Seen, TransferItems
from edc_core.domain.imported import Imported, ImportedForm, ImportedItem, ImportedSubject
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import CodeList, CodeListItem, TranslatedText
from edc_core.domain.review import ReviewState, marks_lost
from edc_core.domain.review_plan import ReviewGroup
from edc_core.services import capture, importing, migrating, reviewing, transferring
from edc_core.services.importing import Staged
from edc_core.services.verifying import verify
from edc_core.testing import SOME_REASON
from tests.builders import Trial
from tests.services.test_amendments import assessed
from tests.services.test_signing import sign
from tests.services.test_statement_counts import A_SAVE

STUDY = """\
oid: DROPS
version: {oid: 1}
languages: [en, ko]
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
review: [{group: sdv}, {group: dm}]
units: [{oid: kg, name: kg}, {oid: lb, name: lb}]
events: [{oid: V1, forms: [VS, DM, EX]}]
forms:
  - oid: VS
    items:
      - {name: WEIGHT, question: {en: Weight, ko: 체중}, type: float, significant_digits: 1, units: [kg, lb]}
      - {name: HEIGHT, question: Height, type: float, significant_digits: 1}
      - {name: BMI, question: Index, type: float, significant_digits: 1, derive: WEIGHT / (HEIGHT * HEIGHT) * 10000}
      - {name: SCAN, question: Scan, origin: transferred}
  - oid: DM
    items:
      - {name: SEX, question: Sex, codelist: SEX}
      - {name: PREG, question: Pregnant, codelist: NY, when: SEX == 'F'}
  - oid: EX
    items:
      - {name: DOSE, question: Dose, type: float, significant_digits: 1}
      - {name: PERKG, question: Per kg, type: float, significant_digits: 2, derive: "DOSE / last(VS, WEIGHT)"}
codelists:
  - {oid: SEX, terms: {F: Female, M: Male}}
  - {oid: NY, terms: {Y: "Yes", N: "No"}}
"""
SDV, DM = ReviewGroup.SDV, ReviewGroup.DM
ITEMS = ("VS.WEIGHT", "VS.HEIGHT", "VS.BMI", "VS.SCAN", "DM.SEX", "DM.PREG", "EX.DOSE", "EX.PERKG")


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    file = tmp_path_factory.mktemp("study") / "drops.yaml"
    file.write_text(STUDY, encoding="utf-8")
    return load(file).required()


@pytest.fixture
def trial(core, version):
    """A casebook in which everything is verified and reviewed."""
    trial = Trial(core, version, environment="dev")
    trial.add_subject()
    trial.save("S-001", {"VS.WEIGHT": "70.0", "VS.HEIGHT": "170.0", "VS.SCAN": "a"}, complete=True)
    trial.save("S-001", {"DM.SEX": "F", "DM.PREG": "N"}, complete=True)
    trial.save("S-001", {"EX.DOSE": "140.0"}, complete=True)
    for person, group in ((trial.cra, SDV), (trial.dm, DM)):
        now = trial.casebook("S-001").items
        values = tuple(Seen(trial.path(item), now[trial.path(item)].version) for item in ITEMS)
        trial.act(person, reviewing.review, Review, subject_key="S-001", group=group, values=values)
    return trial


def dropped(trial):
    """Items that lost their marks, with the cause; both groups always lose together."""
    lost = {
        (path.item, group, mark.cause)
        for (path, group), mark in trial.casebook("S-001").marks.items()
        if mark.state is not ReviewState.VERIFIED
    }
    assert {(item, cause) for item, group, cause in lost if group is SDV} == {
        (item, cause) for item, group, cause in lost if group is DM
    }
    assert verify(trial.core, rebuild=True).problems == []
    return {item: cause for item, _, cause in lost}


def test_a_changed_value_loses_its_marks_and_so_does_what_is_calculated_from_it_in_every_form(trial):
    trial.save("S-001", {"VS.WEIGHT": "71.0"}, reason=SOME_REASON)
    assert dropped(trial) == {"VS.WEIGHT": "value", "VS.BMI": "value", "EX.PERKG": "value"}
    entry = trial.entries("S-001")[-1]
    assert (entry["kind"], entry["actor"]) == ("review.drop", "system")


def test_what_is_calculated_elsewhere_falls_in_one_statement_more(trial, count_statements):
    """A save with marks to drop: one more than without, and where rules read the casebook, one to find the marks."""
    here = trial.path("DM.SEX")
    change = capture.SaveItems(
        study_id=trial.study_id, op="a-save-to-count", subject_key="S-001", form=here.form_path,
        items=(ItemInput(here, "M", base_version=1),), reason=SOME_REASON,
    )  # fmt: skip
    with count_statements() as seen:
        trial.do(trial.crc, capture.save_items, change)
    assert "DM.SEX" in dropped(trial)
    assert len(seen) <= A_SAVE + 4


@pytest.mark.parametrize(
    "given",
    [{"raw": "70.0", "unit": "lb"}, {"raw": "", "missing": "ND"}, {"raw": ""}, {"raw": "not known"}],
    ids=["unit", "missing", "cleared", "unreadable"],
)
def test_unit_missing_reason_and_unreadable_text_are_part_of_the_value(trial, given):
    path = trial.path("VS.WEIGHT")
    trial.save("S-001", {}, items=(ItemInput(path, **given, base_version=1),), reason=SOME_REASON)
    assert dropped(trial)["VS.WEIGHT"] == "value"


def test_the_same_value_again_is_no_change(trial):
    trial.save("S-001", {"VS.WEIGHT": "70"}, reason=SOME_REASON)
    assert dropped(trial) == {}


def test_hiding_an_item_leaves_its_mark_until_its_answer_is_cleared(trial):
    trial.save("S-001", {"DM.SEX": "M"}, reason=SOME_REASON)
    assert dropped(trial) == {"DM.SEX": "value"}
    trial.save("S-001", {"DM.PREG": ""}, reason=SOME_REASON)
    assert dropped(trial) == {"DM.SEX": "value", "DM.PREG": "value"}


def test_opening_a_form_again_leaves_its_marks(trial):
    form = trial.path("VS.WEIGHT").form_path
    trial.act(trial.pi, capture.reopen_form, ReopenForm, subject_key="S-001", form=form, reason=SOME_REASON)
    assert dropped(trial) == {}
    trial.complete("S-001", "VS")
    assert dropped(trial) == {}


def imported(trial, weight):
    path = trial.path("VS.WEIGHT")
    form = ImportedForm(path.form_path, (ImportedItem(path, weight, source={"user": "elsewhere"}),))
    subject = ImportedSubject("DROPS", "1", "S-001", "KR-01", (form,))
    importing.run(
        trial.core, trial.cli, Staged(Imported(subjects=(subject,)), weight[:2] * 32, ("a.xml",)),
        environment="dev",
    )  # fmt: skip


def test_an_import_drops_what_it_changes_and_not_what_it_only_says_again(trial):
    imported(trial, "70.0")
    assert dropped(trial) == {}
    imported(trial, "72.0")
    assert dropped(trial) == {"VS.WEIGHT": "value", "VS.BMI": "value", "EX.PERKG": "value"}


def test_a_transfer_drops_what_it_changes(trial):
    path = trial.path("VS.SCAN")
    trial.act(
        trial.dm, transferring.transfer_items, TransferItems, subject_key="S-001", form=path.form_path,
        items=(ItemInput(path, "b"),), reason=Reason(text="Corrected by the laboratory"),
    )  # fmt: skip
    assert dropped(trial) == {"VS.SCAN": "value"}


def amended(version, **items):
    """The next version, with some items changed."""
    changed = tuple(replace(item, **items.get(item.name, {})) for item in version.items)
    return replace(version, oid="2", items=changed)


def migrate(trial, version):
    trial.publish(version)
    return trial.act(
        trial.dm, lambda uow, command: migrating.migrate_subject(uow, command, trial.core.plugins),
        migrating.MigrateSubject, subject_key="S-001", meta_data_version="2", reason=SOME_REASON,
    )  # fmt: skip


def test_an_amendment_drops_where_the_question_reads_differently(trial, version):
    migrate(trial, amended(version, HEIGHT={"question": TranslatedText.of("Height, standing", "en")}))
    assert dropped(trial) == {"VS.HEIGHT": "definition"}


def test_an_amendment_drops_where_the_code_given_or_the_unit_means_something_else(trial, version):
    sex = CodeList("SEX", "SEX", items=(
        CodeListItem("F", TranslatedText.of("Woman", "en")), CodeListItem("M", TranslatedText.of("Male", "en")),
    ))  # fmt: skip
    no = CodeList("NY", "NY", items=(
        CodeListItem("Y", TranslatedText.of("Indeed", "en")), CodeListItem("N", TranslatedText.of("No", "en")),
    ))  # fmt: skip
    units = tuple(replace(unit, name="kilogram") for unit in version.measurement_units)
    migrate(trial, replace(amended(version), code_lists=(sex, no), measurement_units=units))
    assert dropped(trial) == {"DM.SEX": "definition"}  # nobody said the unit of the weight, and PREG is N
    path = trial.path("VS.WEIGHT")
    trial.save("S-001", {}, items=(ItemInput(path, "70.0", unit="kg", base_version=1),), reason=SOME_REASON)
    assert dropped(trial)["VS.WEIGHT"] == "value"


def test_an_amendment_keeps_marks_through_translations_help_and_checks(trial, version):
    texts = TranslatedText((("en", "Weight"), ("ko", "몸무게")))
    migrate(trial, amended(version, WEIGHT={"question": texts, "help": TranslatedText.of("In socks", "en")}))
    assert trial.casebook("S-001").forms[trial.form("VS")].meta_data_version == "2"
    assert dropped(trial) == {}


def test_what_an_amendment_would_drop_is_known_before(trial, version):
    book = trial.casebook("S-001")
    after = MetaDataIndex(amended(version, HEIGHT={"question": TranslatedText.of("Stature", "en")}))
    lost = marks_lost(book.marks.values(), book.items, after)
    assert {(mark.path.item, mark.group) for mark in lost} == {("VS.HEIGHT", SDV), ("VS.HEIGHT", DM)}
    assert marks_lost(book.marks.values(), book.items, MetaDataIndex(version)) == []
    gone = replace(version, forms=tuple(f for f in version.forms if f.oid != "VS"))
    assert marks_lost(book.marks.values(), book.items, MetaDataIndex(gone)) == []


def test_the_impact_of_an_amendment_names_marks_that_fall_and_signatures_on_what_moves(trial, version):
    sign(trial, trial.form("DM"))
    other = amended(version, HEIGHT={"question": TranslatedText.of("Height, standing", "en")})
    found = assessed(trial, other)
    assert {(mark.path, mark.what) for mark in found.marks} == {
        (str(trial.path("VS.HEIGHT")), "sdv"),
        (str(trial.path("VS.HEIGHT")), "dm"),
        (str(trial.form("DM")), "signature"),
    }
    assert marks(found) == {"dm": 1, "sdv": 1}, "what was signed would read the same"
    columns, rows = tables(found)["marks"]
    assert [len(row) for row in rows] == [len(columns)] * 3
    assert dropped(trial) == {}, "nothing is changed by counting"
