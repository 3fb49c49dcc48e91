"""What verbatims are coded by."""

import pytest
from edc_core_sdtm.planning import plan_of

from edc_core.api import CodedLevel, CodedTerm, Coding, CodingState, ItemPath

MADE_UP = CodedTerm(
    "MedDRA", "0.1", "en",
    tuple(
        CodedLevel(level, str(n), f"Made-up {level}") for n, level in enumerate(("LLT", "PT", "HLT", "HLGT", "SOC"), 1)
    ),
)  # fmt: skip
DRUG = CodedTerm(
    "WHODrug", "0.1", "en",
    (
        CodedLevel("DRUG", "1", "Trade"), CodedLevel("PREF", "2", "Substance"), CodedLevel("ATC4", "X01AA", "Exact"),
        CodedLevel("ATC1", "X", "Wide"),
    ),
)  # fmt: skip


def coded(subject, name, term, state=CodingState.CODED):
    coding = Coding(ItemPath(), state, term, 1, "person", False, "c.kim", "", 1, "2026-01-01T00:00:00Z")
    forms = [
        form._replace(
            items=tuple(i._replace(coding=coding) if i.oid.endswith(f".{name}") else i for i in form.items)
        )
        for form in subject.forms
    ]
    return subject._replace(forms=tuple(forms))


def test_an_event_has_every_level_of_its_term(index, a_subject, export):
    subject = coded(a_subject(index, {("LOGS", "AE", "AETERM", 1): "Headache"}), "AETERM", MADE_UP)
    (event,) = export(index, subject).rows("AE")
    assert {name: text for name, text in event.items() if text.startswith("Made-up")} == {
        "AELLT": "Made-up LLT", "AEDECOD": "Made-up PT", "AEHLT": "Made-up HLT", "AEHLGT": "Made-up HLGT",
        "AEBODSYS": "Made-up SOC", "AESOC": "Made-up SOC",
    }  # fmt: skip
    assert [event[f"AE{end}CD"] for end in ("LLT", "PT", "HLT", "HLGT", "BDSY", "SOC")] == [
        "1",
        "2",
        "3",
        "4",
        "5",
        "5",
    ]


def test_a_medicine_has_its_preferred_name_and_most_exact_class(index, a_subject, export):
    answers = {("LOGS", "CM", "CMTRT", 1): "Trade", ("LOGS", "CM", "CMCLASCD", 1): "Y99"}
    (medicine,) = export(index, coded(a_subject(index, answers), "CMTRT", DRUG)).rows("CM")
    assert (medicine["CMDECOD"], medicine["CMCLAS"]) == ("Substance", "Exact")
    assert medicine["CMCLASCD"] == "Y99"  # an item gives it


@pytest.mark.parametrize("state", [CodingState.PROPOSED, CodingState.RESET])
def test_a_coding_that_does_not_count_gives_nothing(index, a_subject, export, state):
    subject = coded(a_subject(index, {("LOGS", "AE", "AETERM", 1): "Headache"}), "AETERM", MADE_UP, state)
    (event,) = export(index, subject).rows("AE")
    assert "AEDECOD" not in event


def test_what_is_coded_needs_no_annotation(index):
    assert not [f for f in plan_of(index).findings if "AEDECOD" in f.message]
