"""What follows when forms move to another version is judged as a save judges it."""

import pytest

from edc_core.definitions.loader import load
from edc_core.ledger.append import Reason
from edc_core.services import migrating
from edc_core.services.migrating import MigrationOrder
from edc_core.services.verifying import verify
from edc_core.store import lab_ranges as stored
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON, Trial
from tests.services.ranges import load_file
from tests.services.test_lab_ranges import RANGES
from tests.services.test_lab_ranges import STUDY as LABS

STUDY = """
oid: MOVES
name: MOVES
version: {oid: "1", name: "1"}
languages: [en]
sites:
  - {number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}
forms:
  - oid: F1
    groups:
      - name: F1
        items:
          - {name: A, question: A, type: integer}
          - {name: P, question: P, type: integer, origin: derived, derive: "A"}
  - oid: F2
    groups:
      - name: F2
        items:
          - {name: E, question: E, type: integer}
          - {name: G, question: G, type: integer, when: E > 5}
events:
  - {oid: V1, type: Scheduled, forms: [F1, F2]}
"""


@pytest.fixture
def amended(core, tmp_path):
    """A trial under version 1, and how version 2 comes into force and forms move to it."""
    file = tmp_path / "moves.yaml"

    def published(text):
        file.write_text(text, encoding="utf-8")
        return load(file).required()

    def make(text):
        trial = Trial(core, published(text), environment="dev")
        trial.add_subject()
        return trial

    def put_in_force(trial, text):
        trial.publish(published(text.replace('oid: "1"', 'oid: "2"')))

    def move(trial):
        with core.read() as source:
            study = readers.study_by_id(source.connection, trial.study_id)
        order = MigrationOrder(
            meta_data_version="2", site_ids=frozenset(trial.sites.values()), reason=Reason(text="Amendment 2"),
            approval="EC 26/118",
        )  # fmt: skip
        return migrating.migrate(core, trial.cli, study, order)

    return make, put_in_force, move


def test_what_is_hidden_in_a_form_that_has_the_version_already_is_not_read(amended):
    make, put_in_force, move = amended
    trial = make(STUDY)
    trial.save("S-001", {"F1.A": "1"})
    put_in_force(trial, STUDY.replace('derive: "A"', 'derive: "coalesce(F2.G, 0)"'))
    trial.save("S-001", {"F2.E": "9", "F2.G": "3"})
    trial.save("S-001", {"F2.E": "1"}, reason=SOME_REASON)
    move(trial)
    assert trial.casebook("S-001").items[trial.path("F1.P")].value == "0"
    assert verify(trial.core, rebuild=True).ok


def test_a_limit_that_is_derived_anew_names_the_ranges_it_is_from(amended):
    make, put_in_force, move = amended
    trial = make(LABS)
    load_file(trial.core, trial.dm, trial.study_id, RANGES)
    trial.save("S-001", {"DM.SEX": "F", "DM.BRTHDAT": "1980-05-05"})
    place = {name: trial.path(f"LB.{name}", event="SCR") for name in ("LBNAM", "LBDAT", "HGB", "HGBLO")}
    trial.save("S-001", {place["LBNAM"]: "Central", place["LBDAT"]: "2026-03-04"})
    put_in_force(trial, LABS.replace("derive: range_low(HGB)", 'derive: "coalesce(range_low(HGB), 0) + 1"'))
    move(trial)
    entry = [e for e in trial.entries("S-001") if e["path"] == str(place["HGBLO"])][-1]
    with trial.core.read() as source:
        n = stored.lab_ranges(source.connection, trial.study_id).n
    assert (entry["payload"]["value"], entry["payload"]["source"]["ranges"]) == ("1", n)
    assert n > 0
