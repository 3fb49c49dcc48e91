"""What a save brings with it: calculated values, hidden items and checks by expression, on its own form and on others."""

from dataclasses import replace

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.commands import RemoveForm
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.domain.protection import ProtectAction
from edc_core.errors import ValueRefused
from edc_core.services import checking, protecting, removing
from edc_core.services.verifying import verify
from edc_core.testing.trial import SOME_REASON, Trial
from tests.expressions.test_following import STUDY

MORE = (
    STUDY.replace(
        "codelists:\n",
        """\
  - oid: EX
    items:
      - {name: DOSE, question: Dose, type: float}
      - name: PERKG
        question: Dose by weight
        type: float
        significant_digits: 2
        derive: DOSE / last(VS, WEIGHT)
        checks:
          - oid: C3
            that: DOSE / last(VS, WEIGHT) <= 10
            message: This is more than 10 mg/kg. Please check the dose and the weight.
            fires: {DOSE: 900, SCR/VS.WEIGHT: 70}
            passes: {DOSE: 600, SCR/VS.WEIGHT: 70}
      - name: ROUTE
        question: Route
        checks:
          - oid: C4
            that: not (DOSE > 0 and missing(ROUTE))
            severity: hard
            message: a route is expected with a dose. Please enter the route first.
            fires: {DOSE: 5}
            passes: {DOSE: 5, ROUTE: IV}
      - name: GIVEN
        question: Date
        type: date
        checks:
          - oid: C5
            that: GIVEN <= entered_on(GIVEN)
            severity: hard
            message: a day that has come is expected.
            fires: {GIVEN: 2026-03-05, entered_at(GIVEN): "2026-03-04T09:00+00:00"}
            passes: {GIVEN: 2026-03-04, entered_at(GIVEN): "2026-03-04T09:00+00:00"}
          - oid: C6
            that: days(entered_on(GIVEN), GIVEN) <= 10
            message: This was entered more than 10 days later. Please say why.
            fires: {GIVEN: 2026-02-01, entered_at(GIVEN): "2026-03-04T09:00+00:00"}
            passes: {GIVEN: 2026-03-01, entered_at(GIVEN): "2026-03-04T09:00+00:00"}
codelists:
""",
    )
    .replace("{oid: LOGS, type: Common, forms: [AE]}", "{oid: LOGS, type: Common, forms: [AE, EX]}")
    .replace(
        "codelist: NY, when: SEX == 'F' and AGE < 60}",
        "codelist: NY, required: true, when: SEX == 'F' and AGE < 60}",
    )
)


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    file = tmp_path_factory.mktemp("study") / "demo.yaml"
    file.write_text(MORE, encoding="utf-8")
    return load(file).required()


@pytest.fixture
def trial(core, version):
    site = SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul")
    made = Trial(core, replace(version, sites=(site,)), environment="dev")
    made.add_subject("S-001")
    return made


def values(trial):
    return {
        f"{path.event.oid}/{path.item}": data.value for path, data in trial.casebook("S-001").items.items()
    }


def kinds(trial, since):
    return [entry["kind"] for entry in trial.entries("S-001")[since:]]


def test_a_calculated_value_has_an_entry_of_its_own_that_names_method_and_inputs(trial):
    trial.save("S-001", {"VS.HEIGHT": "170.0"})
    before = len(trial.entries("S-001"))
    trial.save("S-001", {"VS.WEIGHT": "70.5"})
    assert kinds(trial, before) == ["item.set", "derived.set", "derived.set"]
    entry = next(e for e in trial.entries("S-001") if e["path"].endswith("/VS.BMI"))
    assert (entry["actor"], entry["origin"]) == ("system", "derived")
    assert (entry["payload"]["value"], entry["payload"]["version"]) == ("24.4", 1)
    assert entry["payload"]["source"] == {
        "method": "VS.BMI.DERIVE",
        "meta_data_version": "1",
        "inputs": {str(trial.path("VS.WEIGHT")): 1, str(trial.path("VS.HEIGHT")): 1},
    }


def test_a_value_that_stays_the_same_leaves_no_entry(trial):
    trial.save("S-001", {"VS.HEIGHT": "170.0", "VS.WEIGHT": "70.5"})
    before = len(trial.entries("S-001"))
    trial.save("S-001", {"VS.WEIGHT": "70.4"})
    assert kinds(trial, before) == ["item.set", "derived.set"], "the index stays 24.4, the sum does not"


def test_other_visits_and_other_forms_follow(trial):
    trial.save("S-001", {"VS.WEIGHT": "70.0"})
    trial.save("S-001", {trial.path("VS.WEIGHT", event="V1"): "72.0"})
    trial.save("S-001", {"EX.ROUTE": "IV", "EX.DOSE": "144"})
    assert values(trial)["V1/VS.CHANGE"] == "2.00"
    assert values(trial)["LOGS/EX.PERKG"] == "2.00"
    before = len(trial.entries("S-001"))
    trial.save("S-001", {"VS.WEIGHT": "71.0"})
    assert values(trial)["V1/VS.CHANGE"] == "1.00"
    assert values(trial)["V1/VS.TOTAL"] == "143"
    assert values(trial)["LOGS/EX.PERKG"] == "2.00"
    assert kinds(trial, before) == ["item.set", "derived.set", "derived.set", "derived.set"]
    trial.save("S-001", {trial.path("VS.WEIGHT", event="V1"): "48.0"})
    assert values(trial)["LOGS/EX.PERKG"] == "3.00"


def test_a_check_of_a_complete_form_asks_when_another_form_changes(trial):
    trial.save("S-001", {"VS.WEIGHT": "70.0"})
    trial.save("S-001", {"EX.ROUTE": "IV", "EX.DOSE": "600"})
    trial.complete("S-001", "EX")
    assert trial.open_queries("S-001") == []
    trial.save("S-001", {"VS.WEIGHT": "50.0"})
    assert trial.open_queries("S-001") == [("C3", str(trial.path("EX.PERKG")))]
    trial.save("S-001", {"VS.WEIGHT": "70.0"})
    assert trial.open_queries("S-001") == []
    (query,) = trial.casebook("S-001").queries.values()
    assert query.state.value == "Resolved"


def test_a_form_in_progress_is_not_asked(trial):
    trial.save("S-001", {"VS.WEIGHT": "50.0"})
    trial.save("S-001", {"EX.ROUTE": "IV", "EX.DOSE": "600"})
    assert trial.open_queries("S-001") == []
    trial.complete("S-001", "EX")
    assert trial.open_queries("S-001") == [("C3", str(trial.path("EX.PERKG")))]


def test_what_is_hidden_is_not_required(trial):
    trial.save("S-001", {"DM.SEX": "M"})
    trial.complete("S-001", "DM")
    assert trial.open_queries("S-001") == []


def test_what_is_shown_is_required(trial):
    trial.save("S-001", {"DM.SEX": "F", "DM.BRTHDAT": "1990-05-01", "DM.RFICDAT": "2026-03-01"})
    trial.complete("S-001", "DM")
    assert trial.open_queries("S-001") == [("EDC.REQUIRED", str(trial.path("DM.CHILDPOT")))]


def test_an_answer_that_is_no_longer_asked_stays_and_is_asked_about(trial):
    trial.save(
        "S-001", {"DM.SEX": "F", "DM.BRTHDAT": "1990-05-01", "DM.RFICDAT": "2026-03-01", "DM.CHILDPOT": "Y"}
    )
    trial.complete("S-001", "DM")
    trial.save("S-001", {"DM.SEX": "M"}, reason=SOME_REASON)
    assert values(trial)["SCR/DM.CHILDPOT"] == "Y"
    assert trial.open_queries("S-001") == [("EDC.NOT_APPLICABLE", str(trial.path("DM.CHILDPOT")))]
    trial.save("S-001", {"DM.SEX": "F"}, reason=SOME_REASON)
    assert trial.open_queries("S-001") == []


def test_a_hard_check_refuses_the_value_it_reads(trial):
    before = len(trial.entries("S-001"))
    with pytest.raises(ValueRefused) as refused:
        trial.save("S-001", {"EX.DOSE": "600"})
    assert refused.value.details == {"path": str(trial.path("EX.DOSE")), "check": "C4"}
    assert len(trial.entries("S-001")) == before
    trial.save("S-001", {"EX.ROUTE": "IV"})
    trial.save("S-001", {"EX.DOSE": "600"})


def test_a_date_is_held_against_the_site_day_of_its_entry(trial, clock):
    clock.advance(minutes=6 * 60)  # past midnight in Seoul, not yet in London
    with pytest.raises(ValueRefused) as refused:
        trial.save("S-001", {"EX.GIVEN": "2026-03-06"})
    assert refused.value.details["check"] == "C5"
    trial.save("S-001", {"EX.GIVEN": "2026-03-05"})


def test_the_day_of_an_entry_stays_when_other_items_change(trial, clock):
    trial.save("S-001", {"EX.GIVEN": "2026-02-20"})
    trial.complete("S-001", "EX")
    asked = trial.open_queries("S-001")
    assert len(asked) == 1
    clock.advance(days=30)
    trial.save("S-001", {"EX.ROUTE": "IV"}, reason=SOME_REASON)
    trial.save("S-001", {"VS.WEIGHT": "70.0"})
    assert trial.open_queries("S-001") == asked


def test_a_warning_is_never_a_query(trial):
    row = {"rows": ("1",)}
    trial.save("S-001", {"AE.AEYN": "Y"})
    trial.save("S-001", {trial.path("AE.SERIOUS", **row): "Y", trial.path("AE.HOSP", **row): "N"})
    trial.complete("S-001", "AE")
    assert trial.open_queries("S-001") == []


def test_a_query_on_a_locked_form_stays_as_it_is_when_data_elsewhere_change(trial):
    trial.save("S-001", {"VS.WEIGHT": "70.0"})
    trial.save("S-001", {"EX.ROUTE": "IV", "EX.DOSE": "900"}, complete=True)
    asked = trial.open_queries("S-001")
    assert "C3" in {oid for oid, _ in asked}
    trial.act(trial.dm, protecting.protect, protecting.Protect, subject_key="S-001", path=trial.form("EX"),
              action=ProtectAction.LOCK, reason=SOME_REASON)  # fmt: skip
    before = len(trial.entries("S-001"))
    trial.save("S-001", {"VS.WEIGHT": "95.0"})
    assert trial.open_queries("S-001") == asked
    assert [e["path"] for e in trial.entries("S-001")[before:] if "/EX[1]" in e["path"]] == []


def close_and_open(trial, place, between):
    """Lock the form, its visit, the subject or the site, or freeze the study; let something happen, and open it."""
    form, site_id = trial.form("EX"), trial.casebook("S-001").subject.site_id
    whole = {"site": site_id, "study": ""}
    freeze = (ProtectAction.FREEZE, ProtectAction.UNFREEZE)
    for action in freeze if place == "study" else (ProtectAction.LOCK, ProtectAction.UNLOCK):
        if place in whole:
            trial.act(trial.dm, protecting.protect_study, protecting.ProtectStudy, site_id=whole[place],
                      action=action, reason=SOME_REASON)  # fmt: skip
        else:
            path = {"form": form, "visit": form.parent, "subject": ItemPath()}[place]
            trial.act(trial.dm, protecting.protect, protecting.Protect, subject_key="S-001", path=path,
                      action=action, reason=SOME_REASON)  # fmt: skip
        if action in (ProtectAction.LOCK, ProtectAction.FREEZE):
            between()


@pytest.mark.parametrize("place", ["form", "visit"])
def test_a_check_that_was_left_out_while_its_form_was_locked_is_asked_at_unlock(trial, place):
    trial.save("S-001", {"VS.WEIGHT": "95.0"})
    trial.save("S-001", {"EX.ROUTE": "IV", "EX.DOSE": "900"}, complete=True)
    assert "C3" not in {oid for oid, _ in trial.open_queries("S-001")}

    def lower_the_weight():
        trial.save("S-001", {"VS.WEIGHT": "70.0"})
        trial.run_checks("S-001")
        assert "C3" not in {oid for oid, _ in trial.open_queries("S-001")}

    close_and_open(trial, place, lower_the_weight)
    trial.run_checks("S-001")
    assert "C3" in {oid for oid, _ in trial.open_queries("S-001")}
    assert trial.casebook("S-001").items[trial.path("EX.PERKG")].value == "12.86"
    known = len(trial.entries("S-001"))
    trial.run_checks("S-001")
    assert len(trial.entries("S-001")) == known, "it is asked once"


@pytest.mark.parametrize("place", ["form", "visit", "subject", "site", "study"])
def test_whatever_is_opened_is_due_to_be_looked_at_and_then_is_not(trial, place):
    trial.save("S-001", {"EX.ROUTE": "IV", "EX.DOSE": "900"})
    trial.run_checks("S-001")

    def nothing_is_due():
        checking.check_due(trial.core, trial.study_id)
        assert checking.check_due(trial.core, trial.study_id) == 0

    close_and_open(trial, place, nothing_is_due)
    assert checking.check_due(trial.core, trial.study_id) == 1
    assert checking.check_due(trial.core, trial.study_id) == 0


@pytest.mark.parametrize("level", ["item", "group", "form", "visit"])
def test_a_calculated_value_stays_as_it_is_until_it_and_what_it_lies_in_are_unfrozen(trial, level):
    trial.save("S-001", {"VS.HEIGHT": "170.0", "VS.WEIGHT": "70.0"})
    trial.save("S-001", {trial.path("VS.WEIGHT", event="V1"): "72.0"})
    change = trial.path("VS.CHANGE", event="V1")
    assert trial.casebook("S-001").items[change].value == "2.00"
    closed = change.ancestors()[["item", "group", "form", "visit"].index(level)]
    trial.act(trial.dm, protecting.protect, protecting.Protect, subject_key="S-001", path=closed,
              action=ProtectAction.FREEZE)  # fmt: skip
    trial.save("S-001", {"VS.WEIGHT": "71.0"})
    assert trial.casebook("S-001").items[change].value == "2.00"
    trial.act(trial.dm, protecting.protect, protecting.Protect, subject_key="S-001", path=closed,
              action=ProtectAction.UNFREEZE, reason=SOME_REASON)  # fmt: skip
    trial.run_checks("S-001")
    assert trial.casebook("S-001").items[change].value == "1.00", "it is calculated when it is open again"


def test_the_ledger_alone_gives_the_same_projections(trial):
    trial.save("S-001", {"VS.HEIGHT": "170.0", "VS.WEIGHT": "70.5"})
    trial.save("S-001", {"EX.ROUTE": "IV", "EX.DOSE": "900"})
    trial.complete("S-001", "EX")
    trial.save("S-001", {"VS.WEIGHT": "65.5"})
    report = verify(trial.core, rebuild=True)
    assert report.ok, report


def test_rules_of_one_form_cost_no_further_statement(trial, count_statements):
    trial.save("S-001", {"DM.SEX": "F"})
    with count_statements() as statements:
        trial.save("S-001", {"DM.BRTHDAT": "1990-05-01"})
    few = len(statements)
    with count_statements() as statements:
        trial.save("S-001", {"DM.RFICDAT": "2026-03-01"})
    assert len(statements) <= few + 1, "a calculated value is one entry more in the same batch"


def test_a_removed_form_is_no_longer_read_and_keeps_what_it_holds(trial):
    first = trial.path("VS.WEIGHT")
    trial.save("S-001", {first: "70.0"})
    trial.save("S-001", {trial.path("VS.WEIGHT", event="V1"): "72.0"})
    form = {"subject_key": "S-001", "form": first.form_path, "reason": SOME_REASON}
    held = {
        path: data for path, data in trial.casebook("S-001").items.items() if first.form_path.contains(path)
    }
    assert values(trial)["V1/VS.CHANGE"] == "2.00"
    trial.act(trial.crc, removing.remove_form, RemoveForm, **form)
    assert values(trial)["V1/VS.CHANGE"] is None
    items = trial.casebook("S-001").items
    assert {path: items[path] for path in held} == held
    trial.act(trial.crc, removing.remove_form, RemoveForm, restore=True, **form)
    assert values(trial)["V1/VS.CHANGE"] == "2.00"
    assert verify(trial.core, rebuild=True).ok


CHAIN = """\
oid: CHAIN
version: {oid: "1"}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
events: [{oid: V1, forms: [A, B, C, D]}]
forms:
  - oid: A
    items:
      - {name: N, question: N, type: integer}
      - {name: SUM, question: Sum, type: integer, derive: "N + coalesce(B.X, 0)"}
  - {oid: B, items: [{name: X, question: X, type: integer, when: C.Y == 1}]}
  - {oid: C, items: [{name: Y, question: Y, type: integer, when: D.Z == 1}]}
  - {oid: D, items: [{name: Z, question: Z, type: integer}]}
"""


def test_what_is_hidden_by_what_is_hidden_two_forms_away_is_not_read(core, tmp_path):
    file = tmp_path / "chain.yaml"
    file.write_text(CHAIN, encoding="utf-8")
    trial = Trial(core, load(file).required(), environment="dev")
    trial.add_subject("S-001")
    for item, value in (("D.Z", "1"), ("C.Y", "1"), ("B.X", "5"), ("A.N", "1")):
        trial.save("S-001", {item: value})
    assert values(trial)["V1/A.SUM"] == "6"
    trial.save("S-001", {"D.Z": "0"})
    assert values(trial)["V1/A.SUM"] == "1"
    trial.save("S-001", {"A.N": "2"})
    assert values(trial)["V1/A.SUM"] == "2", "its own form was saved, and D is still looked at"
    trial.save("S-001", {"D.Z": "1"})
    assert values(trial)["V1/A.SUM"] == "7"
    trial.save("S-001", {"A.N": "3"})
    assert values(trial)["V1/A.SUM"] == "8"
