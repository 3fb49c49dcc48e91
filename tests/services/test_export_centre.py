"""Exports that wait and run: cancelled, asked for with a recipe and a reason, and how old the data in them are."""

import hashlib
import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest

from edc_core.clock import iso
from edc_core.core import Core
from edc_core.domain.dataset import Exporter
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.file_value import FileRules
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Role
from edc_core.errors import BadRequest, ExportRefused, NotAllowed, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.ledger import cut
from edc_core.ledger.append import Reason
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import export_expiry, export_jobs, users
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import jobs, readers
from tests.builders import Trial, vital_signs

MAIL = "kim.quix@example.org"


class Slow:
    """An exporter that does something between its file and its end."""

    def __init__(self):
        self.meanwhile = lambda: None

    def write(self, dataset, sink):
        with sink.open("letters.txt") as file:
            file.write(b"abc")
        sink.rows("letters.txt", sum(1 for _ in dataset.subjects()))
        self.meanwhile()
        sink.progress(1)


@pytest.fixture
def core(core_url, clock, tmp_path, slow, monkeypatch):
    settings = Settings(database_url=core_url, exports_dir=tmp_path / "exports", files_dir=tmp_path / "files")
    scanners = PluginSource("scanners", "edc_core_scanners.plugin", "edc-core-scanners", "0.1.0")
    core = Core(settings, EdcPlugins([scanners]), clock)
    monkeypatch.setattr(
        core.plugins, "exporters", lambda *_: (Exporter("slow", "Slow", slow.write, analysis=True),)
    )
    monkeypatch.setattr(core.plugins, "exporter_identity", lambda name: {})
    yield core
    core.close()


@pytest.fixture
def slow():
    return Slow()


@pytest.fixture
def trial(core):
    version = vital_signs().with_plugin("edc-core-scanners", ">=0.1").build()
    blinded = (
        replace(item, sensitivity="blinded") if item.oid == "VS.NOTE" else item for item in version.items
    )
    trial = Trial(core, replace(version, items=tuple(blinded)))
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120"})
    return trial


@pytest.fixture
def manager(trial):
    return study_of(trial, Role.DM, "dana")


def study_of(trial, role, login):
    """The study in the hands of an account with one role."""
    with trial.core.write(trial.cli) as uow:
        added = users.AddUser(study_id=SYSTEM_STUDY, op=new_id(), login=login, full_name=login.title())
        users.add_user(uow, added)
        users.add_grant(uow, users.grant_for_sites(uow, login, role, trial.study_id, ()))
    with trial.core.read() as source:
        actor = users.actor_of(source, login, users.today(trial.core.clock))
        row = readers.study_by_id(source.connection, trial.study_id)
    return CoreStudyAccess(trial.core, actor, row, "exports")


def ask(study, **more):
    words = {name: more.pop(name) for name in ("recipe", "why", "analysis") if name in more}
    return study.ask_export(ExportChoice("slow", **({"unlocked": True} | more)), op=new_id(), **words)


def job_of(trial, job_id):
    with trial.core.read() as source:
        return jobs.find(source.connection, job_id)


def line_of(study, job_id):
    return next(line for line in study.exports().lines if line.job.job_id == job_id)


def kinds(trial):
    return [entry["kind"] for entry in trial.entries()]


def test_what_waits_is_cancelled_and_no_worker_takes_it(trial, manager):
    job_id = ask(manager)
    manager.cancel_export(job_id)
    Worker(trial.core).run(once=True)
    job = job_of(trial, job_id)
    assert (job.state, job.result, job.is_over) == ("cancelled", {"login": "dana", "by": "Dana"}, True)
    assert "export.request" not in kinds(trial)


def test_what_runs_is_left_by_its_worker_and_nothing_of_it_stays(trial, manager, slow):
    job_id = ask(manager)
    slow.meanwhile = lambda: manager.cancel_export(job_id)
    Worker(trial.core).run(once=True)
    assert job_of(trial, job_id).state == "cancelled"
    assert list((trial.core.settings.exports_dir).iterdir()) == []
    assert kinds(trial).count("export.request") == 1
    assert "export.produce" not in kinds(trial)
    slow.meanwhile = lambda: None
    again = ask(manager)
    Worker(trial.core).run(once=True)
    assert job_of(trial, again).is_done


def test_a_worker_that_had_finished_before_it_heard_of_the_cancelling_is_right(trial, manager):
    job_id = ask(manager)
    with trial.core.write(trial.cli) as uow:
        taken = jobs.take_next(uow.connection, manager.now)
    manager.cancel_export(taken.job_id)
    with trial.core.write(trial.cli) as uow:
        assert jobs.end(uow.connection, job_id, "done", {"archive": "a.zip"}, manager.now)
    assert job_of(trial, job_id).is_done


def test_what_is_over_cannot_be_cancelled(trial, manager):
    job_id = ask(manager)
    Worker(trial.core).run(once=True)
    with pytest.raises(WrongState):
        manager.cancel_export(job_id)
    assert job_of(trial, job_id).is_done
    with pytest.raises(NotFound):
        manager.cancel_export(new_id())


def test_nobody_cancels_what_is_more_than_they_export(trial, manager):
    sponsor = study_of(trial, Role.SPO, "sora")
    job_id = ask(manager)
    with pytest.raises(NotAllowed):
        sponsor.cancel_export(job_id)
    assert job_of(trial, job_id).state == "queued"
    own = ask(sponsor, unlocked=False)
    manager.cancel_export(own)
    assert job_of(trial, own).result["login"] == "dana"


def test_recipe_and_reason_stand_in_the_ledger_and_beside_the_export(trial, manager):
    job_id = ask(manager, recipe="Weekly", why="Safety board")
    Worker(trial.core).run(once=True)
    request = next(entry for entry in trial.entries() if entry["kind"] == "export.request")
    assert (request["payload"]["recipe"], request["reason_text"]) == ("Weekly", "Safety board")
    asked = line_of(manager, job_id).job.request
    assert (asked["recipe"], asked["why"]) == ("Weekly", "Safety board")


@pytest.mark.parametrize("field", ["why", "recipe"])
def test_an_identifier_in_the_words_is_refused_before_anything_waits(trial, manager, grep_database, field):
    with pytest.raises(ExportRefused):
        ask(manager, **{field: f"for {MAIL}"})
    assert grep_database(MAIL) == []
    assert manager.exports().lines == ()


def staged(study, name):
    content = b"PK\x03\x04 of an archive"
    return study.staged.take(BytesIO(content), FileRules(("zip",)), name, len(content))


def test_an_identifier_in_the_name_of_a_file_is_refused_before_anything_waits(manager, grep_database):
    with pytest.raises(ExportRefused):
        ask(manager, analysis=staged(manager, f"{MAIL}.zip"))
    assert grep_database(MAIL) == []
    assert manager.exports().lines == ()


def test_a_file_is_for_who_sent_it(trial, manager):
    file = staged(manager, "adam.zip")
    other = study_of(trial, Role.DM, "olga")
    with pytest.raises(
        ExportRefused, match=r"adam\.zip\) are not here any more: .* for 7 days, for who sent it"
    ):
        ask(other, analysis=file)
    assert job_of(trial, ask(manager, analysis=file)).request["analysis"] == str(file)


def test_a_time_that_is_none_or_too_young_is_refused_before_anything_waits(manager):
    for as_of in ("yesterday", manager.now):
        with pytest.raises(BadRequest):
            ask(manager, as_of=as_of)
    assert manager.exports().lines == ()


def test_an_export_as_of_a_time_holds_the_state_of_that_time(trial, manager, clock):
    clock.moment += timedelta(hours=1)
    then = manager.now
    clock.moment += timedelta(hours=1)
    trial.add_subject("S-002")
    clock.moment += timedelta(hours=1)
    job_id = ask(manager, as_of=then)
    Worker(trial.core).run(once=True)
    manifest = job_of(trial, job_id).result["manifest"]
    assert (manifest["counts"]["subjects"], manifest["data_until"] <= then) == (1, True)


def test_the_digest_of_the_manifest_is_that_of_its_file_wherever_it_stands(trial, manager):
    job_id = ask(manager)
    Worker(trial.core).run(once=True)
    job = job_of(trial, job_id)
    with zipfile.ZipFile(export_jobs.archive_of(trial.core, job)) as archive:
        digest = hashlib.sha256(archive.read("manifest.json")).hexdigest()
    produced = next(entry for entry in trial.entries() if entry["kind"] == "export.produce")
    assert job.result["manifest_sha256"] == produced["payload"]["manifest_sha256"] == digest


def test_values_set_since_are_counted_without_those_that_the_person_may_not_see(trial, manager, clock):
    job_id = ask(manager)
    Worker(trial.core).run(once=True)
    assert line_of(manager, job_id).newer == 0
    clock.moment += timedelta(minutes=1)
    trial.save("S-001", {"VS.DIABP": "80", "VS.NOTE": "arm A"})
    trial.save("S-001", {"VS.DIABP": "81"}, reason=Reason(text="Misread"))
    assert line_of(manager, job_id).newer == 2
    waiting = ask(manager)
    assert line_of(manager, waiting).newer == 0


def test_what_the_study_does_not_have_is_refused_before_anything_waits(trial, manager):
    for part, why in (
        ({"forms": ("XX",)}, "no form 'XX'"),
        ({"sites": ("XX-01",)}, "no site 'XX-01'"),
        ({"countries": ("FR",)}, "no country with a site 'FR'"),
        ({"subjects": ("S-404",)}, "no subject 'S-404'"),
        ({"terms": "codes"}, "leave out 'terms'"),
        ({"blinding": "dark"}, "'blinding' is one of"),
        ({"snapshot": "One", "as_of": "2026-01-01T00:00Z"}, "not both"),
    ):
        with pytest.raises(ExportRefused, match=why):
            ask(manager, **part)
    assert manager.exports().lines == ()


def test_blinded_items_are_in_it_for_who_sees_them_alone(trial, manager):
    with pytest.raises(NotAllowed, match="blinded"):
        ask(manager, blinding="unblinded")
    assert line_of(manager, ask(manager, blinding="blinded")).may_take


def test_what_can_be_chosen(manager):
    found = manager.exports()
    assert dict(found.forms).keys() == {"VS", "DM", "AE"}
    assert ([number for number, _ in found.sites], found.countries) == (["KR-01", "US-01"], ("KR", "US"))
    assert found.has_blinded


def test_a_file_is_kept_for_its_time_and_its_line_for_ever(trial, manager, clock):
    made = ask(manager)
    Worker(trial.core).run(once=True)
    line = line_of(manager, made)
    clock.advance(days=29)
    assert export_expiry.remove_due(trial.core) == 0
    assert manager.take_export(made).content.is_file()
    assert line.kept_until > iso(clock.now())
    clock.advance(days=2)
    assert export_expiry.remove_due(trial.core) == 1
    assert list(trial.core.settings.exports_dir.iterdir()) == []
    gone = line_of(manager, made)
    assert gone.removed_at == iso(clock.now())
    assert gone.job.result["manifest_sha256"] == line.job.result["manifest_sha256"]
    with pytest.raises(NotFound, match="time that this export was kept for is over"):
        manager.take_export(made)
    entry = trial.entries()[-1]
    assert (entry["kind"], entry["payload"]["manifest_sha256"]) == (
        "export.expire", line.job.result["manifest_sha256"],
    )  # fmt: skip
    assert export_expiry.remove_due(trial.core) == 0
    assert verify(trial.core).ok


def test_what_a_worker_that_died_left_is_removed_without_another_entry(trial, manager, clock):
    made = ask(manager)
    Worker(trial.core).run(once=True)
    archive = export_jobs.archive_of(trial.core, job_of(trial, made))
    content = archive.read_bytes()
    clock.advance(days=31)
    export_expiry.remove_due(trial.core)
    archive.write_bytes(content)
    export_expiry.remove_due(trial.core)
    assert not archive.exists()
    assert kinds(trial).count("export.expire") == 1


def test_the_removal_of_a_file_is_no_change_of_data(trial, manager, clock):
    ask(manager)
    Worker(trial.core).run(once=True)
    with trial.core.read() as source:
        before = cut.present_data(source.connection, trial.study_id).root
    clock.advance(days=31)
    export_expiry.remove_due(trial.core)
    with trial.core.read() as source:
        assert cut.present_data(source.connection, trial.study_id).root == before
