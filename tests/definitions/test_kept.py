"""Whatever is edited, added, taken away, renamed or broken: what is kept makes the outcome that reading all makes."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edc_core.definitions.kept_rules import KeptRules
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.kept import Kept
from edc_core.expressions.rule_book import expression_of
from edc_core.expressions.rules import compile_rules
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing

PLUGINS = EdcPlugins([])
STUDY = """\
oid: KEPT
version: {oid: "1"}
languages: [en, ko]
sites: [{number: "01", name: First, country: KR}]
events:
  - {oid: V1, forms: [DM, VS]}
  - {oid: V2, forms: [VS, {form: AE, when: VS.SYSBP > 120}]}
"""
DM = """\
oid: DM
items:
  - {name: SEX, question: {en: Sex, ko: \uc131\ubcc4}, codelist: SEX}
  - {name: PREG, question: Pregnant, codelist: SEX, range: [{in: [F], message: Expected is F.}]}
  - {name: AGE, question: Age, type: integer, range: [{ge: 18, le: 99, message: Expected is 18 to 99.}]}
"""
VS = """\
oid: VS
items:
  - {name: SYSBP, question: Systolic, type: integer, unit: MMHG}
  - {name: DIABP, question: Diastolic, type: integer, units: [MMHG, KPA], sensitivity: blinded}
  - name: PULSE
    question: Pulse
    type: integer
    when: SYSBP > DIABP
    checks:
      - oid: C1
        that: PULSE < 200 and visit('V1').DM.AGE > 17
        message: It is much. Please check.
        fires: {PULSE: 300, DM.AGE: 40}
        passes: {PULSE: 60, DM.AGE: 40, AE.NOTE: seen}
  - {name: MEAN, question: Mean, type: integer, derive: (SYSBP + DIABP) / 2}
"""
AE = """\
oid: AE
groups:
  - oid: AELOG
    name: AELOG
    repeating: true
    items:
      - {name: TERM, question: Event, when: DM.SEX == 'M'}
      - {name: GRADE, question: Grade, codelist: GRADE, when: "present(TERM)"}
  - {group: COMMON}
"""
SHARED = """\
items:
  - {name: NOTE, oid: NOTE, question: Note}
groups:
  - {oid: COMMON, name: COMMON, items: [{item: NOTE}]}
"""
SEX = """\
oid: SEX
terms: [{code: F, decode: Female}, {code: M, decode: Male}]
"""
GRADE = """\
oid: GRADE
type: integer
terms: [{code: "1"}, {code: "2"}]
"""
UNITS = """\
units:
  - {oid: MMHG, symbol: mmHg, alias: [{context: UCUM, name: "mm[Hg]"}]}
  - {oid: KPA, symbol: kPa, alias: [{context: UCUM, name: kPa}]}
"""
FILES = {
    "study.yaml": STUDY, "forms/dm.yaml": DM, "forms/vs.yaml": VS, "forms/ae.yaml": AE,
    "shared.yaml": SHARED, "codelists/sex.yaml": SEX, "codelists/grade.yaml": GRADE, "units.yaml": UNITS,
}  # fmt: skip
#: In a file, one text to another; what is not there is left as it is.
EDITS = [
    ("forms/dm.yaml", "Age,", "Age in years,"),
    ("forms/dm.yaml", "name: AGE", "name: YEARS"),
    ("forms/dm.yaml", "oid: DM", "oid: DEMO"),
    ("forms/dm.yaml", "type: integer", "type: date"),
    ("forms/dm.yaml", "ge: 18", "ge: 180"),
    ("forms/dm.yaml", "items:", "items: ["),
    ("forms/vs.yaml", "SYSBP > DIABP", "SYSBP > DIASTOLIC"),
    ("forms/vs.yaml", "SYSBP > DIABP", "SYSBP > 3"),
    ("forms/vs.yaml", "PULSE: 300, DM.AGE: 40", "PULSE: 30, DM.AGE: 40"),
    ("forms/vs.yaml", "passes: {PULSE: 60, DM.AGE: 40", "passes: {V1/DM.AGE: 40, PULSE: 60"),
    ("forms/vs.yaml", "        passes: {PULSE: 60, DM.AGE: 40, AE.NOTE: seen}\n", ""),
    ("forms/vs.yaml", "(SYSBP + DIABP) / 2", "MEAN + 1"),
    ("forms/vs.yaml", "It is much.", "Error! Invalid."),
    ("forms/vs.yaml", "sensitivity: blinded", "help: Sitting"),
    ("forms/vs.yaml", "name: MEAN", "sas_name: SYSBP, name: MEAN"),
    ("forms/ae.yaml", "repeating: true", "repeating: false"),
    ("forms/ae.yaml", "name: TERM", "name: NOTE"),
    ("forms/ae.yaml", "present(TERM)", "DM.SEX == 'F'"),
    ("forms/ae.yaml", "codelist: GRADE", "codelist: GRADES"),
    ("forms/ae.yaml", "question: Event", "question: Surname"),
    ("forms/ae.yaml", "oid: AE\n", "oid: DM\n"),
    ("shared.yaml", "question: Note", "question: Remark"),
    ("shared.yaml", "items: [{item: NOTE}]", "items: [{item: NOTES}]"),
    ("codelists/sex.yaml", "code: F", "code: W"),
    ("codelists/sex.yaml", "code: M", "code: X"),
    ("codelists/grade.yaml", 'code: "2"', "code: two"),
    ("codelists/sex.yaml", "oid: SEX", "oid: GENDER"),
    ("units.yaml", "name: kPa", "name: kg"),
    ("units.yaml", "oid: KPA", "oid: MMHG"),
    ("study.yaml", "languages: [en, ko]", "languages: [en]"),
    ("study.yaml", "VS.SYSBP > 120", "VS.MEAN > 1"),
    ("study.yaml", "[DM, VS]", "[DM]"),
    ("study.yaml", "[DM, VS]", "[VS]"),
    ("shared.yaml", "name: NOTE, oid", "name: REMARK, oid"),
    ("study.yaml", "oid: V2, forms", "oid: V2, repeating: true, type: Unscheduled, forms"),
    ("study.yaml", "KR", "XX"),
]
NEW = "oid: {oid}\nitems:\n  - {{name: A, question: A}}\n  - {{name: B, question: B, when: 'present(A)'}}\n"

steps = st.one_of(
    st.tuples(st.just("edit"), st.sampled_from(EDITS)),
    st.tuples(st.just("edit"), st.sampled_from([(file, new, old) for file, old, new in EDITS if new])),
    st.tuples(st.just("restore"), st.sampled_from(sorted(FILES))),
    st.tuples(st.just("delete"), st.sampled_from(sorted(FILES))),
    st.tuples(st.just("add"), st.sampled_from(["DM", "AELOG", "N1"])),
    st.tuples(st.just("rename"), st.sampled_from(["forms/dm.yaml", "forms/vs.yaml"])),
)


def write(folder, name, text):
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


def carry_out(folder, step):
    kind, what = step
    if kind == "edit":
        name, old, new = what
        if (folder / name).exists():
            write(folder, name, (folder / name).read_text("utf-8").replace(old, new, 1))
    elif kind == "restore":
        write(folder, what, FILES[what])
    elif kind == "delete":
        (folder / what).unlink(missing_ok=True)
    elif kind == "add":
        write(folder, f"forms/new-{what.lower()}.yaml", NEW.format(oid=what))
    elif (folder / what).exists():
        (folder / what).rename(folder / what.replace(".yaml", "-renamed.yaml"))


def outcome(folder, kept=None):
    checked = publishing.check(PLUGINS, folder, kept=kept)
    return checked.version, [finding.report() for finding in checked.findings], checked.checks()


def told(book):
    """What a rule book says, without the functions it was compiled to."""

    def rules(some):
        return [(rule.form, expression_of(rule).text, expression_of(rule).refs) for rule in some]

    return (
        rules(book.steps), rules(book.checks), book.faults, book.cycles, dict(book.follows), dict(book.affected),
        dict(book.readers), dict(book.going_through), dict(book.sees), book.after_commit, sorted(book.scheduled),
    )  # fmt: skip


def compare(folder, kept):
    version, findings, checks = outcome(folder, kept)
    assert (version, findings, checks) == outcome(folder)
    if version is not None:
        index = MetaDataIndex(version)
        assert told(KeptRules(index, {}, kept, checks_call=False).book()) == told(compile_rules(index, {}))
    return version, findings


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=1, max_size=8))
def test_after_any_edits_the_outcome_is_that_of_reading_everything(edits):
    folder, kept = Path(tempfile.mkdtemp()), Kept()
    try:
        for name, text in FILES.items():
            write(folder, name, text)
        version, findings = compare(folder, kept)
        assert version is not None, findings
        for step in edits:
            carry_out(folder, step)
            compare(folder, kept)
    finally:
        shutil.rmtree(folder)


def test_each_edit_and_taking_it_back_changes_what_is_found_or_defined(tmp_path):
    kept = Kept()
    for name, text in FILES.items():
        write(tmp_path, name, text)
    at_first = compare(tmp_path, kept)
    for edit in EDITS:
        carry_out(tmp_path, ("edit", edit))
        assert compare(tmp_path, kept) != at_first, edit
        carry_out(tmp_path, ("restore", edit[0]))
        assert compare(tmp_path, kept) == at_first, edit


def test_a_form_that_an_example_already_names_is_found_once_it_is_there(tmp_path):
    kept = Kept()
    for name, text in FILES.items():
        write(tmp_path, name, text)
    carry_out(tmp_path, ("edit", ("forms/vs.yaml", "AE.NOTE: seen", "N1.A: seen")))
    version, findings = compare(tmp_path, kept)
    assert version is None
    assert any("has no item 'A'" in finding for finding in findings)
    carry_out(tmp_path, ("add", "N1"))
    assert compare(tmp_path, kept)[0] is not None
