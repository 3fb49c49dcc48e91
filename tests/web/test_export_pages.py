"""The export centre: recipes run with one press, what runs is cancelled, what was made says why and how old it is."""

import hashlib
import json
import re
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from edc_core.domain.dataset import Exporter
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.ledger.replay import entries
from edc_core.services import users
from edc_core.store import jobs, readers
from tests.web.trial import CLI, PASSWORD, STUDY, make_core

EXPORTS = f"/s/{STUDY}/x/exports"


class Letters:
    """An exporter of one small file."""

    @staticmethod
    def write(dataset, sink):
        with sink.open("letters.txt") as file:
            file.write(b"abc")
        sink.rows("letters.txt", sum(1 for _ in dataset.subjects()))


@pytest.fixture
def core(tmp_path, monkeypatch):
    core = make_core(tmp_path, exports_dir=tmp_path / "exports")
    monkeypatch.setattr(
        core.plugins, "exporters", lambda *_: (Exporter("letters", "Letters", Letters.write),)
    )
    monkeypatch.setattr(core.plugins, "exporter_identity", lambda name: {})
    yield core
    core.close()


@pytest.fixture
def manager(client_as):
    return client_as("dana@sponsor.example")


def post(client, page="", **data):
    return client.post(f"{EXPORTS}{page}", data={"op": new_id(), **data})


def asked(client, **more):
    assert post(client, **({"format": "letters", "unlocked": "1"} | more)).status_code == 303


def runs(page):
    """The recipes that a press runs."""
    return re.findall(r'Run<span class="vh"> (.*?)</span></button>', page)


def newest(core):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        return jobs.of_study(source.connection, study.study_id, "export")[0]


def a_sponsor(core):
    """The login of somebody who exports locked data alone."""
    login = "soo@sponsor.example"
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    with core.write(CLI) as uow:
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=login, full_name="Soo Ahn"))
        users.add_grant(uow, users.grant_for_sites(uow, login, Role.SPO, study_id, ()))
        users.set_password(uow, login, PASSWORD)
    return login


def test_a_recipe_is_kept_with_the_question_and_run_with_one_press(core, manager):
    asked(manager, recipe="Weekly", why="Safety board")
    Worker(core).run(once=True)
    page = manager.get(EXPORTS).text
    assert runs(page) == ["Weekly"]
    assert "Why: Safety board" in page
    assert post(manager, "/run", recipe="Weekly").status_code == 303
    request = newest(core).request
    assert (request["format"], request["unlocked"], request["recipe"], request["why"]) == (
        "letters", True, "Weekly", "",
    )  # fmt: skip


def test_a_recipe_that_was_given_up_is_not_there(core, manager):
    asked(manager, recipe="Weekly")
    assert post(manager, "/recipes", recipe="Weekly").status_code == 303
    assert "Give up this recipe" not in manager.get(EXPORTS).text
    assert post(manager, "/run", recipe="Weekly").status_code == 404
    assert post(manager, "/recipes", recipe="Weekly").status_code == 404


def test_a_refused_question_stands_as_it_was_typed_and_keeps_no_recipe(manager):
    typed = {"format": "letters", "unlocked": "1", "recipe": "Weekly", "why": "Board", "as_of": "yesterday"}
    refused = post(manager, **typed)
    assert (refused.status_code, "is no time" in refused.text) == (422, True)
    for value in ("Weekly", "Board", "yesterday"):
        assert f'value="{value}"' in refused.text
    assert "Give up this recipe" not in manager.get(EXPORTS).text
    both = post(manager, **typed | {"snapshot": "DMC-1"})
    assert "not both" in both.text


def test_what_waits_is_cancelled_and_tried_again(core, manager):
    asked(manager)
    waiting = newest(core)
    assert f'id="c{waiting.job_id}"' in manager.get(EXPORTS).text
    assert post(manager, "/cancel", job=waiting.job_id).status_code == 303
    page = manager.get(EXPORTS).text
    assert "Cancelled" in page
    assert "Try again" in page
    over = post(manager, "/cancel", job=waiting.job_id)
    assert (over.status_code, "cannot be cancelled" in over.text) == (422, True)
    assert post(manager, "/again", job=waiting.job_id).status_code == 303
    Worker(core).run(once=True)
    assert newest(core).is_done
    assert newest(core).job_id != waiting.job_id


def test_what_failed_says_why_and_is_tried_again(core, manager, monkeypatch):
    asked(manager, snapshot="DMC-9", recipe="Board")
    Worker(core).run(once=True)
    page = manager.get(EXPORTS).text
    assert "There is no snapshot &#39;DMC-9&#39;" in page
    assert post(manager, "/again", job=newest(core).job_id).status_code == 303
    assert (newest(core).request["snapshot"], newest(core).request["recipe"]) == ("DMC-9", "Board")
    assert post(manager, "/again", job=new_id()).status_code == 404


def test_the_history_has_the_digest_of_the_manifest_that_is_in_the_file(core, manager):
    asked(manager)
    Worker(core).run(once=True)
    page = manager.get(EXPORTS).text
    with manager.get(re.search(rf'href="({re.escape(EXPORTS)}/[0-9a-f]+)"', page)[1]) as taken:
        manifest = zipfile.ZipFile(BytesIO(taken.data)).read("manifest.json")
    assert f"<code>{hashlib.sha256(manifest).hexdigest()}</code>" in page
    assert "newer than this" not in page


def test_who_exports_locked_data_alone_is_offered_no_more(core, client_as, manager):
    asked(manager, recipe="Cleaning")
    asked(manager, recipe="Final", unlocked="0")
    sponsor = client_as(a_sponsor(core))
    page = sponsor.get(EXPORTS)
    assert page.status_code == 200
    assert runs(page.text) == ["Final"]
    assert post(sponsor, "/run", recipe="Cleaning").status_code == 404


def test_what_changed_since_is_asked_for_from_a_recipe_the_history_and_the_form(core, manager, monkeypatch):
    goes_on = Exporter("letters", "Letters", Letters.write, increments=True)
    monkeypatch.setattr(core.plugins, "exporters", lambda *_: (goes_on,))
    assert 'name="since"' not in manager.get(EXPORTS).text, "there is no earlier state"
    asked(manager, recipe="Weekly", snapshot="", forms="VS")
    Worker(core).run(once=True)
    first = newest(core)
    cut = first.result["manifest"]["cut"]
    page = manager.get(EXPORTS).text
    assert page.count(f'name="since" value="{cut}"') == 1, "beside the recipe"
    assert f'<option value="{cut}">Only changes since Letters (Weekly)' in page

    assert post(manager, "/run", recipe="Weekly", since=cut).status_code == 303
    assert (newest(core).request["since"], newest(core).request["forms"]) == (cut, ["VS"])
    assert post(manager, "/again", job=first.job_id, changes="1").status_code == 303
    assert (newest(core).request["since"], newest(core).request["recipe"]) == (cut, "Weekly")
    asked(manager, since=cut)
    assert newest(core).request["since"] == cut
    Worker(core).run(once=True)
    assert newest(core).result["manifest"]["since"] == cut
    assert f"only changes since {cut[:12]}" in manager.get(EXPORTS).text


def test_a_recipe_that_was_changed_goes_on_from_no_earlier_run(core, manager, monkeypatch):
    goes_on = Exporter("letters", "Letters", Letters.write, increments=True)
    monkeypatch.setattr(core.plugins, "exporters", lambda *_: (goes_on,))
    asked(manager, recipe="Weekly")
    Worker(core).run(once=True)
    assert "Only changes since" in manager.get(EXPORTS).text.split("New export")[0]
    asked(manager, recipe="Weekly", forms="VS")
    assert "Only changes since" not in manager.get(EXPORTS).text.split("New export")[0]


def test_an_option_that_the_format_does_not_take_does_not_count(core, manager):
    asked(manager, terms="codes", since="0" * 64)
    assert (newest(core).request["terms"], newest(core).request["since"]) == ("", "")


def test_a_copy_is_certified_by_its_hashes_and_the_record_says_who_when_and_how(core, manager):
    asked(manager, why="Inspection")
    Worker(core).run(once=True)
    job = newest(core)
    page = f"{EXPORTS}/copy/{job.job_id}"
    assert f'href="{page}"' in manager.get(EXPORTS).text
    assert "Nobody has verified" in manager.get(page).text
    before = manager.get(f"{page}/record").json
    assert (before["certified"], before["verifications"]) == (False, [])
    assert post(manager, f"/copy/{job.job_id}", method="hash").status_code == 303
    assert "The same" in manager.get(page).text
    said = manager.get(f"{page}/record").json
    (looked,) = said["verifications"]
    assert said["certified"]
    assert said["asked_for"]["why"] == "Inspection"
    assert said["copy_of"]["cut"] == job.result["manifest"]["cut"]
    assert said["manifest_sha256"] == job.result["manifest_sha256"]
    archive = core.settings.exports_dir / job.result["archive"]
    assert looked["archive_sha256"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert (looked["login"], looked["role"], looked["files"], looked["bytes"]) == (
        "dana@sponsor.example", "data manager", 1, 3,
    )  # fmt: skip
    assert looked["how"].startswith("automatic")


def test_what_a_person_compared_is_noted_too_and_certifies_nothing_by_itself(core, manager):
    asked(manager)
    Worker(core).run(once=True)
    job = newest(core)
    refused = post(manager, f"/copy/{job.job_id}", method="review", compared="  ")
    assert (refused.status_code, "Say what you compared" in refused.text) == (422, True)
    assert post(manager, f"/copy/{job.job_id}", method="review", compared="Ten casebooks").status_code == 303
    said = manager.get(f"{EXPORTS}/copy/{job.job_id}/record").json
    assert [one["compared"] for one in said["verifications"]] == ["Ten casebooks"]
    assert not said["certified"]
    assert post(manager, f"/copy/{job.job_id}", method="belief").status_code == 400


def test_a_copy_whose_file_is_another_one_now_is_none(core, manager):
    asked(manager)
    Worker(core).run(once=True)
    job = newest(core)
    archive = core.settings.exports_dir / job.result["archive"]
    with zipfile.ZipFile(archive) as before:
        manifest = before.read("manifest.json")
    with zipfile.ZipFile(archive, "w") as after:
        after.writestr("manifest.json", manifest)
        after.writestr("letters.txt", b"xyz")
        after.writestr("more.txt", b"")
    assert post(manager, f"/copy/{job.job_id}", method="hash").status_code == 303
    page = manager.get(f"{EXPORTS}/copy/{job.job_id}").text
    assert "letters.txt is otherwise than it was made." in page
    assert "more.txt is not named in the manifest." in page
    assert "It is what was made" not in page
    assert not manager.get(f"{EXPORTS}/copy/{job.job_id}/record").json["certified"]
    archive.write_bytes(b"no archive")
    assert post(manager, f"/copy/{job.job_id}", method="hash").status_code == 303
    assert "cannot be read" in manager.get(f"{EXPORTS}/copy/{job.job_id}").text


def test_a_token_is_shown_once_listed_and_ended(core, manager):
    page = f"{EXPORTS}/tokens"
    assert "keep one on the page of exports first" in manager.get(page).text
    asked(manager, recipe="Weekly")
    refused = post(manager, "/tokens", recipe="Weekly", days="999")
    assert (refused.status_code, "1 to 365 days" in refused.text) == (422, True)
    given = post(manager, "/tokens", recipe="Weekly", days="30")
    secret = re.search(r"<code>([\w-]{43})</code>", given.text)[1]
    token_id = hashlib.sha256(secret.encode()).hexdigest()[:12]
    listed = manager.get(page).text
    assert secret not in listed
    assert token_id in listed
    assert post(manager, "/tokens/end", token=token_id).status_code == 303
    assert "ended" in manager.get(page).text
    assert post(manager, "/tokens/end", token=token_id).status_code == 422


def test_a_part_of_the_study_is_asked_for_and_shown(core, manager):
    page = manager.get(EXPORTS).text
    form, site = re.search(r'name="forms".*?value="(.*?)"', page, re.DOTALL)[1], "KR-01"
    asked(manager, forms=form, subjects="", recipe="Part")
    Worker(core).run(once=True)
    page = manager.get(EXPORTS).text
    assert page.count(f"forms {form}") == 2, "beside the recipe and in the history"
    refused = post(manager, format="letters", unlocked="1", sites=site + "9", subjects="S-404, S-405")
    assert refused.status_code == 422
    assert 'value="S-404, S-405"' in refused.text


def test_a_legal_basis_is_recorded_and_ended(core, manager):
    page = f"{EXPORTS}/residency"
    assert "All data of this study may be exported." in manager.get(page).text
    core.settings = replace(core.settings, kept_countries=frozenset({"KR"}))
    assert "Data stay in KR" in manager.get(page).text
    refused = post(manager, sites="KR-01", format="letters", unlocked="1")
    assert (refused.status_code, "stay there" in refused.text) == (422, True)
    refused = post(manager, "/residency", country="KR", basis=" ")
    assert (refused.status_code, "Write the legal basis" in refused.text) == (422, True)
    assert post(manager, "/residency", country="KR", basis="Consent form 2.0").status_code == 303
    assert "Consent form 2.0" in manager.get(page).text
    assert post(manager, "/residency", country="KR", basis="").status_code == 303
    assert "Data stay in KR" in manager.get(page).text


def test_an_export_says_where_it_goes_and_the_history_who_was_left_out(core, manager):
    assert "Country it goes to" not in manager.get(EXPORTS).text, "nothing stays anywhere"
    core.settings = replace(core.settings, kept_countries=frozenset({"KR"}), data_countries=frozenset({"DE"}))
    assert re.search(r'name="destination"[^>]*value="DE"', manager.get(EXPORTS).text)
    asked(manager)
    Worker(core).run(once=True)
    assert "1 subject was left out: its data stay in its country" in manager.get(EXPORTS).text
    asked(manager, destination="kr", recipe="To Korea")
    Worker(core).run(once=True)
    assert newest(core).result["manifest"]["destination"] == "KR"
    assert newest(core).result["manifest"]["left_out"].get("subjects whose data stay in KR") is None
    page = manager.get(EXPORTS).text
    assert page.count(", to KR") == 2, "beside the recipe and in the history"
    assert page.count("its data stay in its country") == 1
    refused = post(manager, format="letters", unlocked="1", destination="K1")
    assert (refused.status_code, "two capitals" in refused.text) == (422, True)
    assert 'value="K1"' in refused.text


def test_the_page_says_where_the_installation_stands_and_what_it_may_not_hold(core, manager):
    page = f"{EXPORTS}/residency"
    assert "is not judged" in manager.get(page).text
    core.settings = replace(
        core.settings, kept_countries=frozenset({"KR"}), data_countries=frozenset({"DE", "IE"})
    )
    text = manager.get(page).text
    assert "stand in DE, IE." in text
    assert "Data lie where they may not: DE, IE." in text
    assert "EDC_KEPT_COUNTRIES" in text
    assert post(manager, "/residency", country="KR", basis="Consent form 2.0").status_code == 303
    assert "Data lie where they may not" not in manager.get(page).text


class Brought:
    """An exporter that writes what came with the question."""

    @staticmethod
    def write(dataset, sink):
        with sink.open("brought.txt") as file:
            file.write(dataset.analysis.read_bytes() if dataset.analysis else b"nothing")


def an_archive(content=b"data adsl; run;\n"):
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("programs/adsl.sas", content)
    return made.getvalue()


@pytest.fixture
def packages(core, monkeypatch):
    """Formats of which one takes what the sponsor has made."""
    formats = (
        Exporter("letters", "Letters", Letters.write),
        Exporter("package", "Package", Brought.write, analysis=True),
    )
    monkeypatch.setattr(core.plugins, "exporters", lambda *_: formats)


def sent(client, content, name="adam.zip", **more):
    data = {"op": new_id(), "format": "package", "unlocked": "1", "analysis": (BytesIO(content), name)} | more
    return client.post(EXPORTS, data=data, content_type="multipart/form-data")


def taken(manager, name):
    page = manager.get(EXPORTS).text
    with manager.get(re.search(rf'href="({re.escape(EXPORTS)}/[0-9a-f]+)"', page)[1]) as got:
        return zipfile.ZipFile(BytesIO(got.data)).read(name)


@pytest.mark.usefixtures("packages")
def test_analysis_datasets_come_with_the_question_and_their_digest_stays(core, manager):
    content = an_archive()
    assert 'type="file" accept=".zip"' in manager.get(EXPORTS).text
    assert sent(manager, content).status_code == 303
    Worker(core).run(once=True)
    assert taken(manager, "brought.txt") == content
    digest = hashlib.sha256(content).hexdigest()
    page = manager.get(EXPORTS).text
    assert f"<code>{digest}</code>" in page
    assert "with analysis datasets: adam.zip" in page
    fact = {"name": "adam.zip", "sha256": digest, "bytes": len(content)}
    assert newest(core).result["manifest"]["analysis"] == fact
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        rows = list(entries(source.connection, study_id, "@study"))
    asked_for = [json.loads(row["payload"]) for row in rows if row["kind"] == "export.request"]
    assert asked_for[-1]["analysis"] == fact


def test_a_folder_of_the_server_is_chosen_by_its_name(core, manager, monkeypatch):
    asked_of, there = [], ["adam-1", "adam-2"]

    def folders(study):
        asked_of.append(study)
        return tuple(there)

    def write(dataset, sink):
        with sink.open("brought.txt") as file:
            file.write(dataset.choice.analysis_folder.encode())

    formats = (
        Exporter("letters", "Letters", Letters.write),
        Exporter("package", "Package", write, analysis=True, folders=folders),
    )
    monkeypatch.setattr(core.plugins, "exporters", lambda *_: formats)
    page = manager.get(EXPORTS).text
    assert "<option>adam-2</option>" in page
    assert set(asked_of) == {STUDY.partition("@")[0]}
    for name in ("../adam-1", "adam-9", "/etc"):
        refused = post(manager, format="package", unlocked="1", analysis_folder=name)
        assert (refused.status_code, "The server has no folder" in refused.text) == (422, True)
    both = sent(manager, an_archive(), analysis_folder="adam-1")
    assert (both.status_code, "not both" in both.text) == (422, True)
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        assert jobs.of_study(source.connection, study_id, "export") == []
    assert (
        post(manager, format="package", unlocked="1", analysis_folder="adam-2", recipe="adam").status_code
        == 303
    )
    Worker(core).run(once=True)
    assert taken(manager, "brought.txt") == b"adam-2"
    assert "with analysis datasets: folder adam-2" in manager.get(EXPORTS).text
    assert newest(core).result["manifest"]["analysis_folder"] == "adam-2"
    there.remove("adam-2")
    gone = post(manager, "/run", recipe="adam")
    assert (gone.status_code, "adam-2" in gone.text) == (422, True)
    there.clear()
    assert "No folder of this study lies there" in manager.get(EXPORTS).text
    assert post(manager, format="letters", unlocked="1", analysis_folder="adam-1").status_code == 303
    assert newest(core).request["analysis_folder"] == ""


@pytest.mark.usefixtures("packages")
def test_run_again_takes_them_again_and_says_when_they_are_gone(core, manager):
    sent(manager, an_archive())
    Worker(core).run(once=True)
    assert post(manager, "/again", job=newest(core).job_id).status_code == 303
    Worker(core).run(once=True)
    assert taken(manager, "brought.txt") == an_archive()
    for file in (core.settings.files_dir / "staged").rglob("*"):
        if file.is_file():
            file.unlink()
    gone = post(manager, "/again", job=newest(core).job_id)
    assert (gone.status_code, "adam.zip) are not here any more" in gone.text) == (422, True)


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(
    ("content", "name", "said"),
    [(b"no archive", "adam.zip", "adam.zip does not hold what its name says. Expected is ZIP, at most 500 MB."),
     (b"1", "adsl.xpt", "adsl.xpt is of another kind."), (b"", "adam.zip", "adam.zip is empty.")],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_beside_its_field(core, manager, content, name, said):
    refused = sent(manager, content, name, why="Board")
    assert refused.status_code == 422
    assert said in refused.text
    assert 'id="analysis-err"' in refused.text
    assert 'value="Board"' in refused.text
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        assert jobs.of_study(source.connection, study_id, "export") == []


@pytest.mark.usefixtures("packages")
def test_a_format_that_takes_none_is_made_without_them(core, manager):
    assert sent(manager, an_archive(), format="letters").status_code == 303
    assert newest(core).request["analysis"] == ""
    assert "with analysis datasets" not in manager.get(EXPORTS).text


@pytest.mark.parametrize("name", ["odm-1.3.2", "odm-2.0", "xpt-v5", "xlsx", "sav", "dta"])
def test_every_format_of_data_is_offered_and_made_of_what_changed(core, manager, monkeypatch, name):
    monkeypatch.undo()
    asked(manager, format=name)
    Worker(core).run(once=True)
    cut = newest(core).result["manifest"]["cut"]
    page = manager.get(EXPORTS).text
    option = re.search(rf'<input type="radio" name="format" value="{re.escape(name)}"[^>]*>', page)[0]
    assert " data-since" in option
    assert f'<option value="{cut}">Only changes since' in page
    asked(manager, format=name, since=cut)
    Worker(core).run(once=True)
    manifest = newest(core).result["manifest"]
    assert (manifest["format"], manifest["since"]) == (name, cut)
    assert manifest["left_out"]["subjects unchanged since"]
