"""The preview without a browser: what follows the files, and forms in each state on the real services."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from edc_core_preview import scaffold
from edc_core_preview.following import Following
from edc_core_preview.pages import PreviewPages
from edc_core_preview.states import STATES, States

from edc_core.api import DefinitionRemark, ItemPath, Step, TranslatedText
from edc_core.cli.playground import open_playground
from edc_core.definitions.loader import load
from edc_core.domain.metadata import SiteDef
from edc_core.domain.plugin_access import DefinitionAtHand
from edc_core.errors import WrongState
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing
from edc_core.settings import Settings
from edc_core.testing import a_study
from tests.docs.reference_pages import REFERENCE
from tests.plugins.countries.scenes import SOURCES, THREE
from tests.services.calling_study import SOURCE, SPEAKING, loaded
from tests.services.test_calling_rules import STUDY as CALLING

HERSC = REFERENCE.parents[1] / "forms/hersc-301"


@pytest.fixture(scope="module")
def plugins():
    return EdcPlugins()


@pytest.fixture
def playground(plugins):
    with open_playground(Settings(), plugins) as made:
        yield made


def small(question="Systolic?"):
    version = a_study().with_item("VS.SYSBP").with_item("VS.NOTE").build()
    items = (replace(version.items[0], question=TranslatedText.of(question, "en")), *version.items[1:])
    return replace(version, items=items)


def test_every_form_of_a_real_trial_can_be_shown_complete_and_explained(playground):
    study = playground.publish(load(HERSC).required())
    states, seen = States(playground, study, 1), {}
    for event in study.index.version.events:
        for ref in event.form_refs:
            seen.setdefault(ref.form_oid, ItemPath(Step(event.oid, "1"), Step(ref.form_oid, "1")))
    assert seen.keys() == {form.oid for form in study.index.version.forms}
    for form in seen.values():
        key = states.subject("complete", form, study.sites[0])
        rules = playground.session().trace(study, key, form)
        assert {rule.path.rpartition("/")[0].startswith(str(form)) for rule in rules} == {True}


def test_a_subject_of_a_state_stays_and_another_version_has_its_own(playground):
    form = ItemPath.parse("V1[1]/VS[1]")
    study = playground.publish(small())
    first, site = States(playground, study, 1), study.sites[0]
    keys = {state: first.subject(state, form, site) for state in STATES}
    assert len(set(keys.values())) == len(STATES)
    assert first.subject("locked", form, site) == keys["locked"]
    second = States(playground, playground.publish(small("Pressure?")), 2)
    assert second.subject("locked", form, site) not in keys.values()


def test_a_form_is_shown_as_each_site_is_asked_it(tmp_path):
    with open_playground(Settings(), EdcPlugins(SOURCES)) as made:
        study = made.publish(publishing.check(made._core.plugins, THREE.file).version)
        states, form = States(made, study, 1), ItemPath.parse("V1[1]/DM[1]")
        asked, told = {}, {}
        for site in study.sites:
            key = states.subject("complete", form, site)
            items = made.session().casebook(study, key).items.items()
            asked[site.country] = {path.item for path, item in items if item.value}
            rules = made.session().trace(study, key, form)
            told[site.country] = {rule.item: rule.outcome for rule in rules if rule.kind == "shown"}
        assert asked["US"] - asked["KR"] >= {"DM.SUBJINIT", "DM.USETHNIC"}, asked
        assert told["KR"]["SUBJINIT"].startswith("Hidden"), told
        assert told["US"]["SUBJINIT"].startswith("Shown"), told


def test_sites_are_those_that_the_files_name_now(following, playground):
    follower, made, _ = following
    fewer = small()
    gone = SiteDef("US-01", "Boston", "US", "America/New_York")
    playground.publish(replace(fewer, sites=(*fewer.sites, gone)))
    made["answer"] = DefinitionAtHand(playground.publish(fewer))
    follower.begin()
    pages = PreviewPages(playground, follower)
    told = json.loads(pages.changes({"after": "0"}).body)["sites"]
    (left,) = fewer.sites
    assert told == [{"number": left.number, "words": f"{left.country} {left.number} {left.name}"}]
    refused = pages.open({"event": "V1", "form": "VS", "role": "CRC", "state": "empty", "site": gone.number})
    assert f"There is no site &#39;{gone.number}&#39;. There are: {left.number}." in refused.body


def test_what_was_typed_in_the_preview_keeps_no_later_version_from_being_shown(playground):
    form = ItemPath.parse("V1[1]/VS[1]")
    first = States(playground, playground.publish(small()), 1)
    key = first.subject("complete", form, first._study.sites[0])
    whole = small()
    fewer = replace(
        whole,
        items=whole.items[:1],
        item_groups=tuple(replace(group, item_refs=group.item_refs[:1]) for group in whole.item_groups),
    )
    study = playground.publish(fewer)
    second = States(playground, study, 2).subject("complete", form, study.sites[0])
    asked = {path.item for path in playground.session().casebook(study, second).items}
    assert asked == {"VS.SYSBP"}
    typed = {path.item for path in playground.session().casebook(study, key).items}
    assert typed == {"VS.SYSBP", "VS.NOTE"}


def test_what_a_function_of_a_plugin_answers_stands_on_the_form(tmp_path):
    file = tmp_path / "calls.yaml"
    file.write_text(CALLING.replace("FUNCTION", "twice"), encoding="utf-8")
    with open_playground(Settings(), EdcPlugins([SOURCE, SPEAKING])) as made:
        study = made.publish(loaded(made._core, file))
        form = ItemPath.parse("V1[1]/VS[1]")
        key = States(made, study, 1).subject("complete", form, study.sites[0])
        book = made.session().casebook(study, key)
        values = {path.item: item.value for path, item in book.items.items() if item.value is not None}
        assert int(values["VS.P"]) == int(values["VS.A"]) * 2 + 1
        assert int(values["VS.Q"]) == int(values["VS.P"]) * 10
        assert "not calculated" not in str(made.session().findings(study, key)).lower()


def test_nothing_is_left_behind(plugins, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_playground(Settings(), plugins) as made:
        made.publish(small())
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def following(tmp_path):
    """Follows a folder; the test says what its files make."""
    (tmp_path / "study.yaml").write_text("1", encoding="utf-8")
    made = {}

    def read(path):
        return made["answer"]

    follower = Following(tmp_path, read, lambda version: version)
    yield follower, made, tmp_path / "study.yaml"
    follower.end()


def test_a_version_that_the_services_refuse_is_told_and_the_files_are_followed_on(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text("1", encoding="utf-8")

    def publish(version):
        if version == "refused":
            raise WrongState("Not so.")
        return version

    answers = ["first", "refused", "third"]
    follower = Following(tmp_path, lambda _: DefinitionAtHand(answers.pop(0)), publish)
    follower.begin()
    try:
        file.write_text("22", encoding="utf-8")
        shown = follower.wait(1, 10)
        assert [finding.message for finding in shown.findings] == ["Not so."]
        assert (shown.study, shown.version, shown.is_current) == ("first", 1, False)
        file.write_text("333", encoding="utf-8")
        assert follower.wait(2, 10).study == "third"
    finally:
        follower.end()


def test_who_waits_for_a_change_is_let_go_when_all_ends():
    follower = Following(REFERENCE, lambda _: DefinitionAtHand("first"), lambda version: version)
    follower.begin()
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(follower.wait(1, 60).number), daemon=True)
    waiting.start()
    follower.end()
    waiting.join(10)
    assert answers == [1]


def test_the_last_good_version_stays_while_the_files_have_errors(following):
    follower, made, file = following
    finding = DefinitionRemark("study.yaml", 1, 1, "E101", "error", "Mend it.")
    made["answer"] = DefinitionAtHand("first")
    follower.begin()
    assert (follower.shown.study, follower.shown.version, follower.shown.is_current) == ("first", 1, True)
    made["answer"] = DefinitionAtHand(None, (finding,))
    file.write_text("22", encoding="utf-8")
    shown = follower.wait(1, 10)
    assert (shown.number, shown.study, shown.version) == (2, "first", 1)
    assert (shown.findings, shown.is_current) == ((finding,), False)
    made["answer"] = DefinitionAtHand("second")
    (file.parent / "forms").mkdir()
    (file.parent / "forms/vs.yaml").write_text("x", encoding="utf-8")
    shown = follower.wait(2, 10)
    assert (shown.study, shown.version, shown.findings) == ("second", 2, ())
    made["answer"] = DefinitionAtHand("third")
    (file.parent / "forms/vs.yaml").unlink()
    assert follower.wait(3, 10).study == "third"


def test_without_any_good_version_the_page_says_so(following, playground):
    follower, made, _ = following
    finding = DefinitionRemark("study.yaml", 1, 1, "E101", "error", "Mend <it>.", "that", ((1, "<oid>"),))
    made["answer"] = DefinitionAtHand(None, (finding,))
    follower.begin()
    pages = PreviewPages(playground, follower)
    whole = pages.whole({})
    assert "There is nothing to show yet" in whole.body
    assert "study.yaml:1:1" in whole.body
    assert "Mend &lt;it&gt;. Did you mean that?" in whole.body
    told = json.loads(pages.changes({"after": "0"}).body)
    assert (told["number"], told["version"]) == (1, 0)
    refused = pages.open({"event": "V1", "form": "VS", "role": "CRC", "state": "empty"})
    assert refused.status == 409
    assert "There is no version to show yet." in refused.body


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"state": "lost"}, "There is no state &#39;lost&#39;. There are: empty"),
        ({"role": "KING"}, "There is no role &#39;KING&#39;."),
        ({"form": ""}, "Choose a form."),
    ],
)
def test_an_odd_choice_is_answered_in_words(following, playground, given, words):
    follower, made, _ = following
    made["answer"] = DefinitionAtHand(playground.publish(small()))
    follower.begin()
    answer = PreviewPages(playground, follower).open(
        {"event": "V1", "form": "VS", "role": "CRC", "state": "empty", "site": "KR-01"} | given
    )
    assert answer.status == 409
    assert words in answer.body


def test_errors_are_told_before_warnings(following, playground):
    follower, made, _ = following
    warning = DefinitionRemark("codelists/a.yaml", 1, 1, "W303", "warning", "Translate it.")
    error = DefinitionRemark("forms/z.yaml", 1, 1, "E102", "error", "Mend it.")
    made["answer"] = DefinitionAtHand(None, (warning, error))
    follower.begin()
    told = json.loads(PreviewPages(playground, follower).changes({"after": "0"}).body)["findings"]
    assert -1 < told.index("Mend it.") < told.index("Translate it.")


@pytest.mark.skipif(os.name != "posix", reason="a shell that begins something with '&'")
def test_begun_in_the_background_it_ends_at_once_when_it_is_told_to_and_leaves_nothing(tmp_path):
    scaffold.begin("DEMO-9", tmp_path / "demo")
    folder = tmp_path / "temporary"
    folder.mkdir()
    command = [sys.executable, "-u", "-m", "edc_core", "study", "dev", str(tmp_path / "demo"), "--port", "0"]
    process = subprocess.Popen(
        ["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", *command],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(folder)},
    )  # fmt: skip
    try:
        assert any("Preview of" in line for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    finally:
        process.kill()
        process.communicate()
    assert list(folder.glob("edc-study-dev-*")) == []
