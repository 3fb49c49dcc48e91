"""Exports of a cut: what is in scope, what the manifest says, and that the same cut gives the same bytes."""

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from edc_core.core import Core
from edc_core.domain.commands import MoveSubject, RemoveEvent, RemoveForm
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.study_commands import KeepSnapshot
from edc_core.errors import AlreadyExists, BadRequest, ExportRefused, NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.ledger.append import Reason
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import (
    correcting,
    cuts,
    export_jobs,
    exporting,
    protecting,
    removing,
    snapshots,
    visits,
)
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import jobs
from tests.builders import Trial, vital_signs, waive_all

NS = "{http://www.cdisc.org/ns/odm/v1.3}"
WHY = Reason("other", "Data are clean.")


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(
        Settings(database_url=core_url, exports_dir=tmp_path / "exports", files_dir=tmp_path / "files"),
        EdcPlugins(),
        clock,
    )
    yield core
    core.close()


@pytest.fixture
def trial(core):
    trial = Trial(core, vital_signs().build())
    for key in ("S-001", "S-002"):
        trial.add_subject(key)
        trial.save(key, {"VS.SYSBP": "120", "VS.DIABP": "80"})
        trial.complete(key, "VS")
        trial.save(key, {"DM.SEX": "F"})
    return trial


def lock(trial, subject, path=None):
    place = path or ItemPath()
    trial.act(
        trial.dm, protecting.protect, protecting.Protect,
        subject_key=subject, path=place, action=ProtectAction.LOCK, reason=WHY,
    )  # fmt: skip


def export(trial, out, *, by=None, **options):
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice(**{"format": "odm-1.3.2"} | options)
    )
    return exporting.export(trial.core, by or trial.dm, command, out)


def values(folder):
    root = etree.parse(str(folder / "odm.xml")).getroot()
    return {
        (
            item.xpath("ancestor::*[local-name()='SubjectData']")[0].get("SubjectKey"),
            item.get("ItemOID"),
        ): item.get("Value")
        for item in root.iter(NS + "ItemData")
    }


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_locked_data_alone_by_default_and_the_manifest_counts_what_was_left_out(trial, tmp_path):
    lock(trial, "S-001", trial.form("VS"))
    done = export(trial, tmp_path / "out")
    assert values(tmp_path / "out") == {("S-001", "VS.SYSBP"): "120", ("S-001", "VS.DIABP"): "80"}
    assert done.manifest["counts"]["subjects"] == 1
    assert done.manifest["left_out"] == {"forms not locked": 3, "subjects without a form in scope": 1}
    assert done.manifest["unlocked"] is False


def test_unlocked_data_are_included_when_said_and_the_manifest_says_so(trial, tmp_path):
    done = export(trial, tmp_path / "out", unlocked=True)
    assert len(values(tmp_path / "out")) == 6
    assert done.manifest["unlocked"] is True


def test_a_subject_lock_and_a_study_lock_lock_every_form(trial, tmp_path):
    lock(trial, "S-001")
    assert export(trial, tmp_path / "one").manifest["counts"]["forms"] == 2
    waive_all(trial)
    for person in (trial.dm, trial.dm2):
        trial.act(
            person, protecting.protect_study, protecting.ProtectStudy, action=ProtectAction.LOCK, reason=WHY
        )
    assert export(trial, tmp_path / "all").manifest["counts"]["forms"] == 4


def test_the_manifest_holds_the_digest_of_every_file(trial, tmp_path):
    done = export(trial, tmp_path / "out", unlocked=True)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text()) == done.manifest
    for name, facts in done.manifest["files"].items():
        data = (tmp_path / "out" / name).read_bytes()
        assert facts["sha256"] == hashlib.sha256(data).hexdigest()
        assert facts["bytes"] == len(data)


def test_the_same_cut_gives_the_same_bytes_even_after_more_was_entered(trial, tmp_path):
    first = export(trial, tmp_path / "first", unlocked=True)
    trial.save("S-001", {"VS.NOTE": "later"}, reason=WHY)
    export(trial, tmp_path / "second", unlocked=True, snapshot=first.manifest["cut"])
    assert bytes_of(tmp_path / "first") == bytes_of(tmp_path / "second")


def test_two_exports_in_a_row_are_of_the_same_cut(trial, tmp_path):
    """Exports and anchors write to the ledger too, and change no data."""
    export(trial, tmp_path / "first", unlocked=True)
    export(trial, tmp_path / "second", unlocked=True)
    assert bytes_of(tmp_path / "first") == bytes_of(tmp_path / "second")
    trial.save("S-002", {"VS.NOTE": "new"}, reason=WHY)
    export(trial, tmp_path / "third", unlocked=True)
    assert bytes_of(tmp_path / "first") != bytes_of(tmp_path / "third")


def test_as_of_a_time_gives_the_state_of_that_time(trial, tmp_path, clock):
    moment = cuts.instant(clock.now().isoformat())
    clock.advance(minutes=60)
    trial.save("S-001", {"VS.SYSBP": "140"}, reason=WHY)
    clock.advance(minutes=60)
    export(trial, tmp_path / "then", unlocked=True, as_of=moment)
    export(trial, tmp_path / "now", unlocked=True)
    assert values(tmp_path / "then")["S-001", "VS.SYSBP"] == "120"
    assert values(tmp_path / "now")["S-001", "VS.SYSBP"] == "140"


def test_a_time_that_may_still_receive_entries_is_refused(trial, tmp_path, clock):
    with pytest.raises(BadRequest, match="one minute ago"):
        export(trial, tmp_path / "out", unlocked=True, as_of=cuts.instant(clock.now().isoformat()))


def test_a_snapshot_is_found_by_its_name_and_names_one_state(trial, tmp_path):
    trial.act(trial.dm, snapshots.keep_snapshot, KeepSnapshot, name="DMC-1")
    trial.save("S-001", {"VS.NOTE": "later"}, reason=WHY)
    export(trial, tmp_path / "out", unlocked=True, snapshot="DMC-1")
    assert ("S-001", "VS.NOTE") not in values(tmp_path / "out")
    with pytest.raises(AlreadyExists):
        trial.act(trial.dm, snapshots.keep_snapshot, KeepSnapshot, name="DMC-1")


def test_who_may_not_export_gets_nothing_written(trial, tmp_path):
    with pytest.raises(NotAllowed):
        export(trial, tmp_path / "out", by=trial.crc, unlocked=True)
    with pytest.raises(NotAllowed):
        export(trial, tmp_path / "out", by=trial.spo, unlocked=True)
    assert not (tmp_path / "out").exists()
    export(trial, tmp_path / "locked", by=trial.spo)


def test_an_unknown_format_or_snapshot_says_what_there_is(trial, tmp_path):
    with pytest.raises(ExportRefused, match=r"odm-1\.3\.2"):
        export(trial, tmp_path / "out", format="paper")
    with pytest.raises(NotFound):
        export(trial, tmp_path / "out", snapshot="DMC-9")


def test_request_and_product_stand_in_the_ledger(trial, tmp_path):
    export(trial, tmp_path / "out", unlocked=True)
    kinds = [entry["kind"] for entry in trial.entries()]
    assert kinds.count("export.request") == kinds.count("export.produce") == 1
    assert verify(trial.core, rebuild=True).ok


def test_an_exporter_that_fails_leaves_nothing_behind(trial, tmp_path, monkeypatch):
    def fail(dataset, sink):
        with sink.open("half.txt") as file:
            file.write(b"half")
            raise OSError("disk full")

    from edc_core.domain.dataset import Exporter

    monkeypatch.setattr(type(trial.core.plugins), "exporters", lambda *_: (Exporter("bad", "Bad", fail),))
    with pytest.raises(OSError, match="disk full"):
        export(trial, tmp_path / "out", format="bad", unlocked=True)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_export_asked_for_on_a_page_is_made_by_a_worker(trial):
    from edc_core.jobs.worker import Worker

    login = "dm.page"
    _account(trial, login)
    from edc_core.services import users

    with trial.core.read() as source:
        person = users.actor_of(source, login, users.today(trial.core.clock))
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice("odm-1.3.2", unlocked=True)
    )
    with trial.core.write(person) as uow:
        job_id = export_jobs.ask(trial.core, uow, command)
    Worker(trial.core).run(once=True)
    with trial.core.read() as source:
        job = jobs.find(source.connection, job_id)
    assert job.is_done, job.result
    archive = export_jobs.archive_of(trial.core, job)
    assert archive.is_file()
    assert (job.done, job.total) == (2, 2)


def _account(trial, login):
    from edc_core.domain.ledger_entry import SYSTEM_STUDY
    from edc_core.services import users

    with trial.core.write(trial.cli) as uow:
        users.add_user(
            uow, users.AddUser(study_id=SYSTEM_STUDY, op=new_id(), login=login, full_name="Data Manager")
        )
        users.add_grant(uow, users.grant_for_sites(uow, login, Role.DM, trial.study_id, ()))


def test_removed_forms_and_struck_rows(trial, tmp_path):
    from edc_core.services import capture

    form = trial.form("AE")
    row = trial.act(
        trial.crc,
        capture.add_row,
        capture.AddRow,
        subject_key="S-001",
        form=form,
        parent=form,
        group_oid="AE.ROW",
    )
    place = form.with_group("AE.ROW", row.key)
    trial.save("S-001", {place.with_item("AE.TERM"): "Headache"})
    trial.act(
        trial.crc,
        capture.strike_row,
        capture.StrikeRow,
        subject_key="S-001",
        form=form,
        row=place,
        reason=WHY,
    )
    done = export(trial, tmp_path / "out", unlocked=True)
    assert done.manifest["left_out"]["struck rows"] == 1
    assert trial.casebook("S-001").forms[form].status is EntryStatus.IN_PROGRESS
    assert isinstance(done.folder, Path)


def test_a_removed_visit_is_left_out_and_counted_form_by_form(trial, tmp_path):
    visit = {"subject_key": "S-001", "event": ItemPath.parse("V1[1]"), "reason": WHY}
    trial.act(trial.crc, visits.remove_event, RemoveEvent, **visit)
    done = export(trial, tmp_path / "out", unlocked=True)
    assert done.manifest["left_out"]["forms removed"] == 2
    trial.act(trial.crc, visits.remove_event, RemoveEvent, restore=True, **visit)
    done = export(trial, tmp_path / "again", unlocked=True)
    assert "forms removed" not in done.manifest["left_out"]


def test_what_was_removed_is_in_the_export_that_flags_it(trial, tmp_path):
    form = {"subject_key": "S-001", "form": trial.form("VS"), "reason": WHY}
    trial.act(trial.crc, removing.remove_form, RemoveForm, **form)
    visit = {"subject_key": "S-002", "event": ItemPath.parse("V1[1]"), "reason": WHY}
    trial.act(trial.crc, visits.remove_event, RemoveEvent, **visit)
    for name, flagged in (("csv", []), ("csv-with-removed", ["S-001", "S-002"])):
        done = export(trial, tmp_path / name, format=name, unlocked=True)
        with (done.folder / "VS.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["SUBJID"] for row in rows] == flagged
        assert all(
            (row["REMOVED"], row["FORM_STATUS"], row["SYSBP"]) == ("Yes", "removed", "120") for row in rows
        )
        assert done.manifest["left_out"].get("forms removed", 0) == (0 if flagged else 3)
    with (tmp_path / "csv-with-removed/DM.csv").open(encoding="utf-8", newline="") as file:
        assert [row["REMOVED"] for row in csv.DictReader(file)] == ["", "Yes"]


def test_an_export_is_anchored_first_and_the_same_state_still_gives_the_same_bytes(trial, tmp_path):
    trial.core.settings = replace(trial.core.settings, anchor_file=str(tmp_path / "anchors"))
    export(trial, tmp_path / "first", unlocked=True)
    export(trial, tmp_path / "second", unlocked=True)
    assert len((tmp_path / "anchors").read_text().splitlines()) == 2
    assert bytes_of(tmp_path / "first") == bytes_of(tmp_path / "second")
    assert verify(trial.core).ok


def test_a_transferred_subject_is_exported_at_the_site_where_it_was_at_the_cut(trial, tmp_path):
    def site_of_subjects(folder):
        root = etree.parse(str(folder / "odm.xml")).getroot()
        return {
            one.get("SubjectKey"): one.find(NS + "SiteRef").get("LocationOID")
            for one in root.iter(NS + "SubjectData")
        }

    trial.act(trial.dm, snapshots.keep_snapshot, KeepSnapshot, name="before")
    to = {"subject_key": "S-001", "site": "US-01", "day": "2026-03-02", "reason": WHY}
    trial.act(trial.dm, correcting.move_subject, MoveSubject, **to)
    export(trial, tmp_path / "now", unlocked=True)
    export(trial, tmp_path / "then", unlocked=True, snapshot="before")
    now, then = site_of_subjects(tmp_path / "now"), site_of_subjects(tmp_path / "then")
    assert now["S-002"] == then["S-002"] == then["S-001"] != now["S-001"]


def keys_of(folder):
    return {subject for subject, _ in values(folder)}


@pytest.fixture
def abroad(trial):
    """A third subject, at the site in the United States."""
    trial.add_subject("S-003", site="US-01")
    trial.save("S-003", {"DM.SEX": "M"}, by=trial.cli)
    return trial


def test_forms_sites_countries_and_subjects_narrow_an_export_and_the_rest_is_counted(abroad, tmp_path):
    def narrowed(name, **part):
        done = export(abroad, tmp_path / name, unlocked=True, **part)
        assert (
            done.manifest["scope"] == {key: list(value) for key, value in part.items()}
            or done.manifest["scope"] == part
        )
        return keys_of(tmp_path / name), done.manifest["left_out"]

    assert narrowed("site", sites=("US-01",)) == ({"S-003"}, {"subjects of sites not asked for": 2})
    assert narrowed("country", countries=("KR",)) == (
        {"S-001", "S-002"},
        {"subjects of sites not asked for": 1},
    )
    assert narrowed("both", sites=("US-01",), countries=("KR",)) == ({"S-001", "S-002", "S-003"}, {})
    assert narrowed("subject", subjects=("S-002",)) == ({"S-002"}, {"subjects not asked for": 2})
    assert narrowed("form", forms=("DM",)) == ({"S-001", "S-002", "S-003"}, {"forms not asked for": 2})
    assert {item for _, item in values(tmp_path / "form")} == {"DM.SEX"}
    assert narrowed("form of one", forms=("VS",), subjects=("S-003",)) == (
        set(), {"subjects not asked for": 2, "forms not asked for": 1, "subjects without a form in scope": 1},
    )  # fmt: skip


def test_the_parts_by_site_add_up_to_the_whole(abroad, tmp_path):
    whole = export(abroad, tmp_path / "whole", unlocked=True).manifest
    parts = [
        export(abroad, tmp_path / number, unlocked=True, sites=(number,)).manifest
        for number in ("KR-01", "US-01")
    ]
    for what, number in whole["counts"].items():
        assert sum(part["counts"].get(what, 0) for part in parts) == number
    assert "scope" not in whole


def test_a_subject_that_moved_is_narrowed_to_where_it_is(abroad, tmp_path):
    to = {"subject_key": "S-001", "site": "US-01", "day": "2026-03-02", "reason": WHY}
    abroad.act(abroad.dm, correcting.move_subject, MoveSubject, **to)
    export(abroad, tmp_path / "out", unlocked=True, sites=("US-01",))
    assert keys_of(tmp_path / "out") == {"S-001", "S-003"}


def test_what_a_state_does_not_have_is_named_and_nothing_is_written(trial, tmp_path):
    for part, why in (({"forms": ("XX",)}, "no form 'XX'"), ({"subjects": ("S-9",)}, "no subject 'S-9'")):
        with pytest.raises(ExportRefused, match=why):
            export(trial, tmp_path / "out", unlocked=True, **part)
    assert not (tmp_path / "out").exists()


def test_what_holds_whole_casebooks_is_not_narrowed(trial, tmp_path):
    with pytest.raises(ExportRefused, match="cannot be narrowed"):
        export(trial, tmp_path / "out", format="audit-trail", sites=("KR-01",))


def test_blinded_items_can_be_left_out_for_who_sees_them(core, tmp_path):
    version = vital_signs().build()
    items = tuple(
        replace(one, sensitivity="blinded") if one.oid == "VS.NOTE" else one for one in version.items
    )
    trial = Trial(core, replace(version, items=items))
    trial.add_subject()
    trial.save("S-001", {"VS.NOTE": "Verum", "VS.SYSBP": "120"}, by=trial.cli)

    def exported(name, **more):
        return export(trial, tmp_path / name, by=trial.cli, unlocked=True, **more).manifest

    assert "withheld_items" not in exported("open")
    assert exported("unblinded", blinding="unblinded")["blinding"] == "unblinded"
    assert ("S-001", "VS.NOTE") in values(tmp_path / "unblinded")
    assert exported("blinded", blinding="blinded")["withheld_items"] == ["VS.NOTE"]
    assert ("S-001", "VS.NOTE") not in values(tmp_path / "blinded")
    with pytest.raises(NotAllowed):
        export(trial, tmp_path / "refused", by=trial.dm, unlocked=True, blinding="unblinded")


def test_codes_alone_or_labels_alone(trial, tmp_path):
    def header(name, **more):
        export(trial, tmp_path / name, format="csv", unlocked=True, **more)
        return (tmp_path / name / "DM.csv").read_text().splitlines()[0].split(",")

    both = header("both")
    assert {"SEX", "SEX__LABEL"} <= set(both)
    assert header("codes", terms="codes") == [one for one in both if one != "SEX__LABEL"]
    assert header("labels", terms="labels") == [one for one in both if one != "SEX"]
    with (tmp_path / "labels" / "DM.csv").open(newline="") as file:
        assert {row["SEX__LABEL"] for row in csv.DictReader(file)} == {"F"}
    assert (tmp_path / "codes" / "VS.csv").is_file()
    export(trial, tmp_path / "form", format="csv", unlocked=True, forms=("DM",))
    assert not (tmp_path / "form" / "VS.csv").exists()
