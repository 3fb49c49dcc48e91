"""Files of a laboratory into a study: matched, rehearsed, approved, stored, and sent again. On both databases."""

import tracemalloc

import pytest

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.errors import BadRequest, ImportRefused, NotAllowed
from edc_core.ledger.append import Reason
from edc_core.services import protecting
from edc_core.services.plugin_session import CorePluginSession
from edc_core.services.verifying import verify
from tests.databases import on_sqlite
from tests.plugins.transfer.conftest import IRT_MAP, LB_MAP, PK_MAP

LB_HEADER = "SUBJID,VISIT,TEST,RESULT,TECH"


def sound(core):
    report = verify(core, rebuild=True)
    assert report.ok, report.problems
    return report.entries


def test_a_result_finds_its_sample_and_says_where_it_comes_from(lab, core):
    lab.sample("S-001", "R1")
    path = lab.file("S-001;Visit 1;R1;01.03.2026;12.5;microg/mL")
    report, rejects, changes = lab.check(path)
    assert (report.added, report.changed, rejects) == (1, 0, [])
    assert [(c.line, c.subject, c.before, c.after) for c in changes] == [(2, "S-001", None, "12.50 ug/mL")]
    assert lab.value("S-001", "PC.RES") is None  # looking stores nothing
    done = lab.run(path)
    assert done.stored
    value = lab.value("S-001", "PC.RES")
    assert (value.value, value.unit) == ("12.50", "ug/mL")
    (entry,) = [
        e for e in lab.trial.entries("S-001") if e["kind"] == "item.set" and e["path"].endswith("PC.RES")
    ]
    assert (entry["origin"], entry["actor"], entry["reason_code"]) == ("transferred", "dm.choi", "transfer")
    assert entry["payload"]["source"] == {
        "transfer": done.transfer, "system": "PK-LAB", "file": "pk.csv", "sha256": done.sha256, "line": 2,
    }  # fmt: skip
    kinds = [e["kind"] for e in lab.trial.entries() if e["kind"].startswith("import.")]
    assert kinds == ["import.start", "import.end"]
    (start,) = [e["payload"] for e in lab.trial.entries() if e["kind"] == "import.start"]
    assert (start["source"], start["sha256"], start["transfer"]) == ("PK-LAB", done.sha256, done.transfer)
    sound(core)


def test_the_same_file_again_changes_nothing(lab, core):
    lab.sample("S-001", "R1")
    path = lab.file("S-001;Visit 1;R1;01.03.2026;12.5;ug/mL")
    lab.run(path)
    before = sound(core)
    again = lab.run(path)
    assert (again.added, again.changed, again.unchanged, again.stored) == (0, 0, 1, False)
    assert sound(core) == before


def test_a_corrected_file_changes_what_changed_and_needs_a_reason(lab):
    lab.sample("S-001", "R1")
    lab.sample("S-002", "R2")
    lab.run(lab.file("S-001;Visit 1;R1;01.03.2026;12.5;ug/mL", "S-002;Visit 1;R2;01.03.2026;3;ug/mL"))
    corrected = lab.file("S-001;Visit 1;R1;01.03.2026;12.7;ug/mL", "S-002;Visit 1;R2;01.03.2026;3;ug/mL")
    n = len(lab.trial.entries("S-002"))
    with pytest.raises(BadRequest, match="1 values that are there change"):
        lab.run(corrected)
    report = lab.run(corrected, reason="Recalibrated.")
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    assert lab.value("S-001", "PC.RES").value == "12.70"
    entry = [e for e in lab.trial.entries("S-001") if e["kind"] == "item.set"][-1]
    assert (entry["reason_text"], entry["payload"]["old"]["value"]) == ("Recalibrated.", "12.50")
    assert len(lab.trial.entries("S-002")) == n


def test_rows_that_fit_nowhere_are_listed_and_the_others_are_taken(lab):
    lab.sample("S-001", "R1")
    lab.sample("S-001", "R2", event="V2")
    lab.sample("S-001", "R4", key="2", taken="N")
    lab.sample("S-002", "R9")
    path = lab.file(
        "S-001;Visit 1;R1;01.03.2026;12.5;ug/mL",
        "S-404;Visit 1;R1;01.03.2026;1;ug/mL",
        ";Visit 1;R1;01.03.2026;1;ug/mL",
        "S-001;Visit 7;R1;01.03.2026;1;ug/mL",
        "S-001;Visit 1;;01.03.2026;1;ug/mL",
        "S-001;Visit 1;R99;01.03.2026;1;ug/mL",
        "S-001;Visit 1;R9;01.03.2026;1;ug/mL",
        "S-001;Visit 1;R2;01.03.2026;1;ug/mL",
        "S-001;Visit 1;R4;01.03.2026;1;ug/mL",
        "S-002;Visit 1;R9;02.03.2026;1;ug/mL",
        "S-001;Visit 2;R2;01.03.2026;1;mg/L",
        "S-001;Visit 2;R2;01.03.2026;many;ug/mL",
        "S-001;Visit 2;R2;1 March;1;ug/mL",
        "S-001;Visit 2;R2;01.03.2026;1;ug/mL;more",
        "S-001;Visit 2;R2;01.03.2026;1;",
        "S-001;Visit 2;R2;01.03.2026;;",
    )
    report, rejects, _ = lab.check(path)
    assert rejects == [
        (3, "TRF103"), (4, "TRF102"), (5, "TRF104"), (6, "TRF105"), (7, "TRF106"), (8, "TRF107"), (9, "TRF108"),
        (10, "TRF110"), (11, "TRF110"), (12, "TRF113"), (13, "TRF114"), (14, "TRF114"), (15, "TRF101"),
        (16, "TRF113"),
    ]  # fmt: skip
    assert (report.rows, report.rejected, report.empty, report.added) == (16, 14, 1, 1)
    lab.run(path)
    assert lab.value("S-001", "PC.RES").value == "12.50"
    assert lab.value("S-001", "PC.RES", event="V2") is None


def test_rows_twice_are_taken_once_and_contradictions_not_at_all(lab):
    for number, key in enumerate(("R1", "R2", "R3"), start=1):
        lab.sample("S-001", key, key=str(number))
    path = lab.file(
        "S-001;Visit 1;R1;01.03.2026;1;ug/mL",
        "S-001;Visit 1;R1;01.03.2026;1.00;ug/mL",
        "S-001;Visit 1;R2;01.03.2026;2;ug/mL",
        "S-001;Visit 1;R2;01.03.2026;3;ug/mL",
        "S-001;Visit 1;R2;01.03.2026;2;ug/mL",
        "S-001;Visit 1;R3;01.03.2026;NR;",
    )
    _, rejects, _ = lab.check(path)
    assert rejects == [(3, "TRF115"), (4, "TRF116"), (5, "TRF116"), (6, "TRF116")]
    lab.run(path)
    assert lab.value("S-001", "PC.RES").value == "1.00"
    assert lab.value("S-001", "PC.RES", form_key="2") is None
    assert lab.value("S-001", "PC.RES", form_key="3").missing == "ND"


def test_a_reference_id_that_two_samples_have_is_no_reference(lab):
    lab.sample("S-001", "R1")
    lab.sample("S-001", "R1", key="2")
    _, rejects, _ = lab.check(lab.file("S-001;Visit 1;R1;01.03.2026;1;ug/mL"))
    assert rejects == [(2, "TRF109")]


@pytest.mark.parametrize("action", [ProtectAction.FREEZE, ProtectAction.LOCK])
def test_a_frozen_or_locked_form_refuses_and_is_listed(lab, action):
    lab.sample("S-001", "R1")
    lab.sample("S-002", "R2")
    lab.trial.act(
        lab.trial.dm, protecting.protect, protecting.Protect, subject_key="S-001",
        path=lab.trial.form("PC"), action=action, reason=Reason(text="Clean."),
    )  # fmt: skip
    path = lab.file("S-001;Visit 1;R1;01.03.2026;1;ug/mL", "S-002;Visit 1;R2;01.03.2026;1;ug/mL")
    report, rejects, _ = lab.check(path)
    assert (rejects, report.added) == ([(2, "TRF117")], 1)
    lab.run(path)
    assert lab.value("S-001", "PC.RES") is None
    assert lab.value("S-002", "PC.RES").value == "1.00"


def test_checks_ask_as_they_do_at_entry_and_hard_ones_reject_in_live(lab):
    lab.sample("S-001", "R1")
    lab.sample("S-002", "R2")
    path = lab.file("S-001;Visit 1;R1;01.03.2026;500;ug/mL", "S-002;Visit 1;R2;01.03.2026;5000;ug/mL")
    report, rejects, _ = lab.check(path)
    assert (rejects, report.queries) == ([(3, "TRF118")], 1)
    assert lab.trial.open_queries("S-001") == []
    lab.run(path)
    assert [place for _, place in lab.trial.open_queries("S-001")] == [str(lab.trial.path("PC.RES"))]
    assert lab.value("S-002", "PC.RES") is None


def test_in_live_the_site_s_own_items_are_not_taken(lab):
    lab.sample("S-001", "R1")
    text = PK_MAP + "  - {item: DAT, column: SAMPDT, dates: '%d.%m.%Y'}\n"
    _, rejects, changes = lab.check(lab.file("S-001;Visit 1;R1;01.03.2026;1;ug/mL"), text)
    assert rejects == [(2, "TRF117")]
    assert changes == []


def test_what_was_not_looked_at_is_not_stored(lab):
    lab.sample("S-001", "R1")
    path = lab.file("S-001;Visit 1;R1;01.03.2026;1;ug/mL")
    report, _, _ = lab.check(path)
    changed = lab.file("S-001;Visit 1;R1;01.03.2026;9;ug/mL")
    with pytest.raises(BadRequest, match="not what was approved"):
        lab.run(changed, approve=report.transfer)
    assert lab.value("S-001", "PC.RES") is None
    assert not [e for e in lab.trial.entries() if e["kind"] == "import.start"]


def test_an_approval_that_was_used_up_is_not_used_again(lab):
    lab.sample("S-001", "R1")
    path = lab.file("S-001;Visit 1;R1;01.03.2026;1;ug/mL")
    done = lab.run(path)
    lab.run(lab.file("S-001;Visit 1;R1;01.03.2026;2;ug/mL"), reason="Corrected.")
    path = lab.file("S-001;Visit 1;R1;01.03.2026;1;ug/mL")
    with pytest.raises(BadRequest, match="not what was approved"):
        lab.run(path, approve=done.transfer, reason="Old.")
    assert lab.value("S-001", "PC.RES").value == "2.00"


def test_a_killed_run_goes_on_and_every_value_is_in_once(lab, core, monkeypatch):
    for key, ref in (("S-001", "R1"), ("S-002", "R2"), ("S-003", "R3")):
        lab.sample(key, ref)
    path = lab.file(*(f"S-00{n};Visit 1;R{n};01.03.2026;{n};ug/mL" for n in (1, 2, 3)))
    report, _, _ = lab.check(path)
    submit = CorePluginSession.submit

    def killed(session, study, *given):
        if getattr(given[0], "subject_key", "") == "S-002":
            raise KeyboardInterrupt
        return submit(session, study, *given)

    with monkeypatch.context() as patch:
        patch.setattr(CorePluginSession, "submit", killed)
        with pytest.raises(KeyboardInterrupt):
            lab.run(path)
    assert [lab.value(f"S-00{n}", "PC.RES") is not None for n in (1, 2, 3)] == [True, False, False]
    done = lab.run(path, approve=report.transfer)
    assert (done.added, done.unchanged, done.transfer) == (2, 1, report.transfer)
    assert [lab.value(f"S-00{n}", "PC.RES").version for n in (1, 2, 3)] == [1, 1, 1]
    kinds = [e["kind"] for e in lab.trial.entries() if e["kind"].startswith("import.")]
    assert kinds == ["import.start", "import.end"]
    sound(core)


def test_a_subject_that_changed_after_the_look_is_left_out_whole(lab, core, monkeypatch):
    lab.sample("S-001", "R1")
    lab.sample("S-002", "R2")
    lab.run(lab.file("S-001;Visit 1;R1;01.03.2026;1;ug/mL"))
    path = lab.file("S-001;Visit 1;R1;01.03.2026;2;ug/mL", "S-002;Visit 1;R2;01.03.2026;2;ug/mL")
    with lab.begin(path) as (transfer, _):
        looked = transfer.check()
        lab.run(lab.file("S-001;Visit 1;R1;01.03.2026;7;ug/mL", name="other.csv"), reason="Another.")
        report = transfer.store(looked.transfer, "Corrected.")
    assert list(report.not_in) == ["S-001"]
    assert lab.value("S-001", "PC.RES").value == "7.00"
    assert lab.value("S-002", "PC.RES").value == "2.00"
    sound(core)


def test_long_files_fill_the_item_of_each_test_and_forms_arrive_complete(lab):
    path = lab.file(
        "S-001,V1,HGB,12.1,ki", "S-001,V1,GLUC,5.5,ki", "S-001,V2,HGB,5.5,lee", "S-001,V1,WBC,7,ki",
        header=LB_HEADER, name="lb.csv", encoding="utf-8-sig",
    )  # fmt: skip
    report, rejects, _ = lab.check(path, LB_MAP)
    assert (report.added, rejects) == (3, [(5, "TRF111")])
    lab.run(path, LB_MAP)
    assert lab.trial.casebook("S-001").forms[lab.trial.form("LB")].status is EntryStatus.COMPLETE
    assert len(lab.trial.open_queries("S-001")) == 1
    users = [
        e["payload"]["source"].get("user") for e in lab.trial.entries("S-001") if e["kind"] == "item.set"
    ]
    assert users == ["ki", "ki", "lee"]


def test_complete_false_leaves_a_form_in_progress(lab):
    path = lab.file("S-001,V1,HGB,12.1,ki", header=LB_HEADER)
    lab.run(path, LB_MAP + "complete: false\n")
    assert lab.trial.casebook("S-001").forms[lab.trial.form("LB")].status is EntryStatus.IN_PROGRESS


def test_new_reference_ids_begin_rows_where_the_map_says_so(lab, core):
    header = "SUBJID,VISIT,KIT,ARM"
    path = lab.file("S-001,V1,K1,1", "S-001,V1,K2,2", "S-001,V1,K3,9", header=header)
    _, rejects, _ = lab.check(path, IRT_MAP)
    assert rejects == [(4, "TRF112")]
    lab.run(path, IRT_MAP)
    items = lab.trial.casebook("S-001").items
    assert {path.groups[-1].key: d.value for path, d in items.items() if path.item == "IRT.KIT"} == {
        "1": "K1", "2": "K2",
    }  # fmt: skip
    assert lab.run(path, IRT_MAP).unchanged == 2
    lab.run(lab.file("S-001,V1,K4,1", header=header), IRT_MAP)
    assert len([p for p in lab.trial.casebook("S-001").items if p.item == "IRT.KIT"]) == 3
    sound(core)


def test_who_may_not_import_is_refused_whole(lab):
    lab.sample("S-001", "R1")
    path = lab.file("S-001;Visit 1;R1;01.03.2026;1;ug/mL")
    lab.session = CorePluginSession(lab.trial.core, lambda environment: lab.trial.crc)
    with pytest.raises(NotAllowed):
        lab.check(path)


def test_a_manager_of_one_site_reads_nothing_of_the_whole_study(lab):
    lab.sample("S-001", "R1")
    one_site = lab.trial.person(Role.DM, "dm.site", site="KR-01")
    session = CorePluginSession(lab.trial.core, lambda environment: one_site)
    study = session.study("TRIAL-1")
    for read in (
        lambda: session.casebook(study, "S-001"),
        lambda: list(session.values_of(study, "PC.REFID")),
    ):
        with pytest.raises(NotAllowed, match="view data"):
            read()
    assert list(lab.session.values_of(study, "PC.REFID"))


def test_a_file_in_another_encoding_is_refused_with_its_line(lab):
    lab.sample("S-001", "R1")
    path = lab.folder / "pk.csv"
    text = "SUBJID;VISIT;REFID;SAMPDT;RESULT;UNIT\nS-001;Visit 1;R1;01.03.2026;1;ug/mL\nS-001;Visit 1;R\xe9;;1;\xb5g/mL\n"
    path.write_bytes(text.encode("cp1252"))
    with pytest.raises(ImportRefused, match=r"pk.csv:\d+ TRF003"):
        lab.check(path)
    report, _, _ = lab.check(path, PK_MAP + "encoding: cp1252\n")
    assert report.added == 1


def test_decimal_commas_are_read_where_the_map_says_so(lab):
    lab.sample("S-001", "R1")
    path = lab.file("S-001;Visit 1;R1;01.03.2026;12,5;ug/mL")
    assert lab.check(path)[1] == [(2, "TRF114")]
    lab.run(path, PK_MAP + 'decimal: ","\n')
    assert lab.value("S-001", "PC.RES").value == "12.50"


@pytest.mark.parametrize(
    ("content", "code"),
    [("", "TRF005"), ("SUBJID;VISIT\n", "TRF004"), ('SUBJID;VISIT;REFID;SAMPDT;RESULT;UNIT\n"x', "TRF005"),
     ("SUBJID;SUBJID;VISIT;REFID;SAMPDT;RESULT;UNIT\n", "TRF004")],
)  # fmt: skip
def test_a_file_that_does_not_fit_the_map_is_refused(lab, content, code):
    path = lab.folder / "pk.csv"
    path.write_text(content)
    with pytest.raises(ImportRefused, match=code):
        lab.check(path)


@on_sqlite
def test_a_file_of_any_size_needs_the_same_memory(lab):
    """A hundred thousand rows: nearly all of subjects the study has not, so that reading and staging is what is measured."""
    lab.sample("S-001", "R1")
    path = lab.folder / "pk.csv"
    with path.open("w") as stream:
        stream.write("SUBJID;VISIT;REFID;SAMPDT;RESULT;UNIT\n")
        stream.writelines(f"X-{n // 50};Visit 1;Q{n};01.03.2026;{n % 90};ug/mL\n" for n in range(100_000))
        stream.write("S-001;Visit 1;R1;01.03.2026;1;ug/mL\n")
    tracemalloc.start()
    try:
        with lab.begin(path) as (transfer, _):
            report = transfer.check()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (report.rows, report.rejected, report.added) == (100_001, 100_000, 1)
    assert peak < 24_000_000
