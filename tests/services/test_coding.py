"""Codings of verbatims: who gives, approves and takes them back, on what, and what a change of the value does to them."""

import pytest

from edc_core.domain.change import ItemInput
from edc_core.domain.coding import CodedLevel, CodedTerm, CodingState, NewCoding
from edc_core.domain.coding_commands import ApproveCodings, CodeTerms, ResetCodings
from edc_core.domain.commands import Protect, Reason, SaveItems, StrikeRow
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.errors import (
    BadRequest,
    EditConflict,
    NotAllowed,
    NotFound,
    Protected,
    ReasonRequired,
    WrongState,
)
from edc_core.ledger.cut import present_cut
from edc_core.ledger.dataset_reader import Counts, read_subjects
from edc_core.ledger.study_at_cut import study_at
from edc_core.services import capture, coding, protecting
from edc_core.services.history import item_history
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.testing import SOME_REASON
from tests.builders import Trial, vital_signs
from tests.services.test_statement_counts import A_SAVE

TERM = CodedTerm(
    "MadeDRA",
    "1.0",
    "en",
    (
        CodedLevel("LLT", "10000001", "Zorbly head"),
        CodedLevel("PT", "10000002", "Zorble"),
        CodedLevel("SOC", "10000009", "Zorblic disorders"),
    ),
)
ROW = ItemPath.parse("V1[1]/AE[1]/AE.ROW[1]/AE.TERM")


@pytest.fixture
def trial(core):
    """A subject with one adverse event, written in the site's own words."""
    trial = Trial(core, vital_signs().build())
    trial.add_subject()
    save(trial, "zorbly hed")
    return trial


def save(trial, value, **fields):
    items = (ItemInput(ROW, value, base_version=version(trial)),)
    return trial.act(
        trial.crc, capture.save_items, SaveItems, subject_key="S-001", form=ROW.form_path, items=items, **fields
    )  # fmt: skip


def version(trial, path=ROW):
    data = trial.casebook("S-001").items.get(path)
    return data.version if data else 0


def coder(trial, role=Role.COD, name="cod"):
    return trial.person(role, name)


def code(trial, by=None, path=ROW, **facts):
    one = NewCoding(path, facts.pop("version", version(trial, path)), facts.pop("term", TERM), **facts)
    return trial.act(by or coder(trial), coding.code_terms, CodeTerms, subject_key="S-001", codings=(one,))


def approve(trial, by, n=None, **facts):
    seen = ((ROW, n if n is not None else the(trial).coding.n),)
    return trial.act(by, coding.approve_codings, ApproveCodings, subject_key="S-001", seen=seen, **facts)


def reset(trial, by=None, reason=SOME_REASON):
    return trial.act(
        by or coder(trial),
        coding.reset_codings,
        ResetCodings,
        subject_key="S-001",
        paths=(ROW,),
        reason=reason,
    )


def listed(trial, by=None, items=("AE.TERM",), **asked):
    with trial.core.read() as source:
        picture = look_at(source, by or coder(trial), readers.study_by_id(source.connection, trial.study_id))
        return coding.verbatims(picture, items, **asked)


def the(trial):
    (one,) = listed(trial)
    return one


def kinds(trial):
    return [entry["kind"] for entry in trial.entries("S-001")]


def is_sound(trial):
    return verify(trial.core, rebuild=True).problems == []


def test_a_coder_codes_what_a_site_wrote(trial):
    assert the(trial).is_open
    assert the(trial).value == "zorbly hed"
    assert code(trial) == {"coded": 1}
    found = the(trial).coding
    assert (found.state, found.term, found.version, found.by) == (CodingState.CODED, TERM, 1, "cod")
    assert not the(trial).is_open
    assert trial.entries("S-001")[-1]["kind"] == "coding.set"
    assert is_sound(trial)


def test_the_entry_does_not_repeat_the_words_of_the_site(trial):
    code(trial)
    assert "zorbly hed" not in trial.entries("S-001")[-1]["payload"]


@pytest.mark.parametrize("value", ["zorbly head ache", ""])
def test_a_change_of_the_value_takes_the_coding_away(trial, value):
    code(trial)
    save(trial, value, reason=SOME_REASON)
    assert kinds(trial)[-2:] == ["item.set", "coding.reset"]
    assert trial.entries("S-001")[-1]["actor"] == "system"
    assert is_sound(trial)
    if value:
        assert the(trial).coding.state is CodingState.RESET
        assert the(trial).coding.cause == "value"
        assert the(trial).is_open


def test_the_same_value_again_and_another_item_leave_it(trial):
    code(trial)
    save(trial, "zorbly hed")
    grade = ItemPath.parse("V1[1]/AE[1]/AE.ROW[1]/AE.GRADE")
    trial.act(
        trial.crc, capture.save_items, SaveItems, subject_key="S-001", form=ROW.form_path,
        items=(ItemInput(grade, "2", base_version=0),),
    )  # fmt: skip
    assert "coding.reset" not in kinds(trial)
    assert the(trial).coding.state is CodingState.CODED


def test_it_costs_a_save_no_statement(trial, count_statements):
    code(trial)
    items = (ItemInput(ROW, "zorbly nose", base_version=1),)
    with count_statements() as seen:
        trial.act(
            trial.crc, capture.save_items, SaveItems, subject_key="S-001", form=ROW.form_path, items=items,
            reason=SOME_REASON,
        )  # fmt: skip
    assert kinds(trial)[-1] == "coding.reset"
    assert len(seen) <= A_SAVE + 1, "one more row is written: that of the coding"


def test_a_value_that_changed_since_is_not_coded(trial):
    save(trial, "zorbly knee", reason=SOME_REASON)
    with pytest.raises(EditConflict):
        code(trial, version=1)
    assert "coding.set" not in kinds(trial)


def test_what_needs_approval_is_approved_by_another_person(trial):
    one, other = coder(trial), coder(trial, name="cod-2")
    code(trial, by=one, propose=True)
    assert the(trial).coding.state is CodingState.PROPOSED
    assert not the(trial).is_open
    with pytest.raises(NotAllowed, match="another person"):
        approve(trial, one)
    with pytest.raises(EditConflict):
        approve(trial, other, n=1)
    assert approve(trial, other, synonym=True) == {"approved": 1}
    found = the(trial).coding
    assert (found.state, found.by, found.approved_by, found.synonym) == (
        CodingState.CODED, "cod", "cod-2", True,
    )  # fmt: skip
    with pytest.raises(WrongState):
        approve(trial, other)
    assert is_sound(trial)


def test_a_list_of_what_waits_holds_what_is_to_be_coded_or_approved(trial):
    assert len(listed(trial, waiting=True)) == 1
    code(trial, propose=True)
    assert len(listed(trial, waiting=True)) == 1
    approve(trial, coder(trial, name="cod-2"))
    assert listed(trial, waiting=True) == ()
    reset(trial)
    assert len(listed(trial, waiting=True)) == 1


def test_words_that_are_coded_become_a_synonym_by_another_person(trial):
    one, other = coder(trial), coder(trial, name="cod-2")
    code(trial, by=one)
    with pytest.raises(NotAllowed, match="another person"):
        approve(trial, one, synonym=True)
    approve(trial, other, synonym=True)
    assert (the(trial).coding.state, the(trial).coding.synonym) == (CodingState.CODED, True)
    with pytest.raises(WrongState):
        approve(trial, other, synonym=True)
    assert is_sound(trial)


def test_a_coding_is_taken_back_with_a_reason(trial):
    with pytest.raises(NotFound):
        reset(trial)
    code(trial)
    with pytest.raises(ReasonRequired):
        reset(trial, reason=Reason())
    assert reset(trial) == {"reset": 1}
    assert (the(trial).coding.state, the(trial).coding.cause) == (CodingState.RESET, "person")
    with pytest.raises(NotFound):
        reset(trial)
    assert is_sound(trial)


@pytest.mark.parametrize("role", [Role.CRC, Role.PI, Role.DM, Role.CRA, Role.MED])
def test_only_coders_code(trial, role):
    with pytest.raises(NotAllowed, match="code terms"):
        code(trial, by=coder(trial, role))


def test_a_medical_reviewer_approves(trial):
    code(trial, propose=True)
    assert approve(trial, trial.med) == {"approved": 1}


@pytest.mark.parametrize(
    "path", ["V1[1]/AE[1]/AE.ROW[2]/AE.TERM", "V1[1]/AE[1]/AE.ROW[1]/AE.GRADE", "V1[1]/AE[1]"]
)
def test_there_has_to_be_a_value(trial, path):
    with pytest.raises(NotFound):
        code(trial, path=ItemPath.parse(path))


@pytest.mark.parametrize(
    "term",
    [
        TERM._replace(levels=()),
        TERM._replace(version=""),
        TERM._replace(levels=(CodedLevel("LLT", "", "Zorbly head"),)),
    ],
)
def test_a_term_says_what_it_is(trial, term):
    with pytest.raises(BadRequest):
        code(trial, term=term)


@pytest.mark.parametrize(("action", "may"), [(ProtectAction.FREEZE, True), (ProtectAction.LOCK, False)])
def test_frozen_data_are_coded_and_locked_ones_are_not(trial, action, may):
    trial.act(
        trial.dm,
        protecting.protect,
        Protect,
        subject_key="S-001",
        path=ItemPath(),
        action=action,
        reason=SOME_REASON,
    )
    assert the(trial).locked is not may
    if may:
        code(trial)
        return
    with pytest.raises(Protected):
        code(trial)


def test_struck_rows_are_not_to_be_coded(trial):
    code(trial)
    trial.act(
        trial.crc, capture.strike_row, StrikeRow, subject_key="S-001", form=ROW.form_path, row=ROW.parent,
        reason=SOME_REASON,
    )  # fmt: skip
    assert listed(trial) == ()
    with pytest.raises(NotFound):
        code(trial)


def test_a_list_holds_what_the_person_may_see(trial):
    assert listed(trial, coder(trial, Role.COD), items=("AE.GRADE",)) == ()
    assert [one.value for one in listed(trial, trial.crc)] == ["zorbly hed"]
    assert not listed(trial, trial.crc)[0].may_code


def test_every_line_of_the_history_says_what_was_done(trial):
    code(trial, propose=True, method="synonym")
    approve(trial, coder(trial, name="cod-2"))
    save(trial, "zorbly toe", reason=SOME_REASON)
    code(trial)
    reset(trial)
    with trial.core.read() as source:
        subject = readers.subject_by_key(source.connection, trial.study_id, "S-001")
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        found = item_history(picture, subject.subject_id, ROW, site_id=subject.site_id, limit=50)
    said = [one.text for one in reversed(found.happenings) if "cod" in one.text]
    as_it_is = "'TERM?' as Zorbly head (LLT 10000001, MadeDRA 1.0)"
    assert said == [
        f"proposed to code {as_it_is}, found by synonym match.",
        f"approved the coding of {as_it_is}, chosen by cod.",
        "dropped the coding of 'TERM?': the value changed.",
        f"coded {as_it_is}.",
        "took back the coding of 'TERM?'.",
    ]


def test_an_export_has_the_coding_of_the_cut(trial):
    def exported():
        with trial.core.read() as source:
            at = study_at(source.connection, present_cut(source.connection, trial.study_id))
            (subject,) = read_subjects(source.connection, at, Counts(), unlocked=True)
        (item,) = [item for form in subject.forms for item in form.items if item.oid == "AE.TERM"]
        return item.coding

    assert exported() is None
    code(trial)
    assert exported().term == TERM
    save(trial, "zorbly toe", reason=SOME_REASON)
    assert exported() is None
