"""`edc study dev` in a real browser: the page follows the files, as each role, in each language and state."""

import re
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.accessibility import violations

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "artifacts"
pytestmark = pytest.mark.browser

STUDY = """\
oid: PREV-1
version: {oid: "1"}
languages: [en, ko]
sites:
  - {number: "01", name: Seoul, country: KR, zone: Asia/Seoul}
  - {number: "02", name: Boston, country: US, zone: America/New_York}
events:
  - {oid: V1, name: Visit 1, forms: [VS, PREG]}
codelists:
  - {oid: NY, terms: [{code: Y, decode: {en: "Yes", ko: 예}}, {code: N, decode: {en: "No", ko: 아니요}}]}
"""
VS = """\
oid: VS
title: {en: Vital signs, ko: 활력 징후}
items:
  - {name: VSDAT, question: {en: Date measured, ko: 측정일}, type: date, required: true}
  - {name: SYSBP, question: {en: Systolic pressure, ko: 수축기 혈압}, type: integer, required: true, range: [{ge: 70, le: 220}]}
  - name: DIABP
    question: {en: Diastolic pressure, ko: 이완기 혈압}
    type: integer
    checks: [{oid: EC05, that: DIABP < SYSBP, message: {en: Lower than systolic is expected., ko: 확인하십시오.}}]
  - {name: BELT, question: {en: Blood drawn in Korea, ko: 채혈}, type: integer, when: country() == 'KR'}
  - {name: MAP, question: {en: Mean pressure, ko: 평균 혈압}, type: float, significant_digits: 1, derive: (SYSBP + DIABP * 2) / 3}
"""
PREG = """\
oid: PREG
title: {en: Pregnancy test, ko: 임신 검사}
items:
  - {name: DONE, question: {en: Was it done?, ko: 시행했습니까?}, codelist: NY}
  - {name: WHY, question: {en: Why not?, ko: 사유}, when: DONE == 'N'}
"""


@pytest.fixture
def folder(tmp_path):
    study = tmp_path / "prev"
    (study / "forms").mkdir(parents=True)
    (study / "study.yaml").write_text(STUDY, encoding="utf-8")
    (study / "forms/vs.yaml").write_text(VS, encoding="utf-8")
    (study / "forms/preg.yaml").write_text(PREG, encoding="utf-8")
    return study


@pytest.fixture
def address(folder, forked_edc):
    command = [forked_edc.program, "study", "dev", str(folder), "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            if found := re.search(r"http://\S+", line):
                yield found[0]
                break
        else:
            raise AssertionError("the preview did not start")
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture
def preview(page, address):
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(address)
    expect(inside(page).get_by_text("Date measured")).to_be_visible()
    return page


def inside(page):
    return page.frame_locator("#frame")


def choose(page, what, value):
    page.locator(f"#{what}").select_option(value)


def test_a_changed_file_is_seen_within_a_second(preview, folder):
    file = folder / "forms/vs.yaml"
    seen = []
    for question in ("Day of the measurement", "Date of reading"):
        text = re.sub(
            r"en: [^,]*, ko: 측정일", f"en: {question}, ko: 측정일", file.read_text(encoding="utf-8")
        )
        began = time.monotonic()
        file.write_text(text, encoding="utf-8")
        inside(preview).get_by_text(question).wait_for(timeout=5000)
        seen.append(time.monotonic() - began)
    assert min(seen) <= 1.0, seen


def test_a_wrong_file_is_told_with_its_place_and_the_last_good_version_stays(preview, folder):
    file = folder / "forms/vs.yaml"
    file.write_text(VS.replace("DIABP < SYSBP", "DIABP < SYSBPP"), encoding="utf-8")
    panel = preview.locator("#findings")
    expect(panel).to_contain_text("The files have errors. Shown is the last version without.")
    expect(panel).to_contain_text(re.compile(r"forms/vs\.yaml:9:\d+"))
    expect(panel).to_contain_text("Did you mean SYSBP?")
    expect(inside(preview).get_by_text("Date measured")).to_be_visible()
    preview.screenshot(path=SHOTS / "preview-error.png")
    file.write_text(VS.replace("Date measured", "Date once more"), encoding="utf-8")
    expect(inside(preview).get_by_text("Date once more")).to_be_visible()
    expect(panel).not_to_contain_text("errors")


def test_each_width_is_the_width_of_the_frame(preview):
    for name, width in (("phone", 390), ("tablet", 768), ("desktop", 1366)):
        choose(preview, "width", name)
        box = preview.locator("#frame").bounding_box()
        assert round(box["width"]) in (width, width + 2)


def test_languages_and_roles_are_those_of_real_people(preview):
    choose(preview, "language", "ko")
    expect(inside(preview).get_by_text("수축기 혈압")).to_be_visible()
    choose(preview, "language", "en")
    choose(preview, "state", "in-progress")
    expect(inside(preview).get_by_role("textbox", name="Systolic pressure")).to_be_editable()
    choose(preview, "role", "CRA")
    expect(inside(preview).get_by_text("145")).to_be_visible()
    expect(inside(preview).get_by_role("textbox", name="Systolic pressure")).to_have_count(0)


def test_the_form_is_that_of_the_site_and_the_choice_stands_in_the_address(preview):
    expect(inside(preview).get_by_text("Blood drawn in Korea")).to_be_visible()
    choose(preview, "site", "02")
    expect(inside(preview).get_by_text("Date measured")).to_be_visible()
    expect(inside(preview).get_by_text("Blood drawn in Korea")).to_be_hidden()
    preview.get_by_role("button", name="Pregnancy test").click()
    expect(inside(preview).get_by_text("Was it done?")).to_be_visible()
    preview.reload()
    expect(preview.locator("#site")).to_have_value("02")
    expect(inside(preview).get_by_text("Was it done?")).to_be_visible()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("complete", "Complete"),
        ("queried", "Please confirm this value with the source."),
        ("not-done", "Not done"),
        ("frozen", "Frozen"),
        ("locked", "Locked"),
    ],
)
def test_each_state_is_the_real_page_in_it(preview, state, words):
    choose(preview, "state", state)
    expect(inside(preview).get_by_text(words).first).to_be_visible()


def test_a_conflict_comes_up_when_the_changed_value_is_typed_over(preview):
    choose(preview, "state", "conflict")
    expect(preview.locator("#told")).to_contain_text("Somebody else has changed “Date measured”")
    box = inside(preview).get_by_role("textbox", name="Date measured")
    box.fill("2026-03-01")
    box.press("Tab")
    expect(inside(preview).get_by_text("03 Mar 2026").first).to_be_visible()


def test_the_rules_of_an_item_are_explained_with_the_values_they_read(preview):
    choose(preview, "state", "complete")
    rules = preview.locator("#trace")
    mean = rules.locator("[data-item=MAP]")
    expect(mean).to_contain_text("Calculated: 49.7.")
    expect(mean.get_by_role("row").filter(has_text="SYSBP + DIABP * 2").last).to_contain_text("149")
    expect(rules.locator("[data-item=DIABP]")).to_contain_text("Does not fire")
    preview.screenshot(path=SHOTS / "preview.png")


def test_an_item_is_hidden_for_a_reason(preview):
    preview.get_by_role("button", name="Pregnancy test").click()
    why = preview.locator("#trace [data-item=WHY]")
    expect(why).to_contain_text("Hidden: whether its condition holds is not known")
    expect(why).to_contain_text("missing: its form is not begun")
    choose(preview, "state", "complete")
    expect(why).to_contain_text("Hidden: its condition does not hold.")
    expect(why).to_contain_text("“Was it done?” is No")


def test_the_page_is_usable_by_keyboard_and_by_screen_readers(preview):
    expect(preview.locator("#trace [data-item=MAP]")).to_be_visible()
    preview.locator("h1").click()
    preview.keyboard.press("]")
    expect(inside(preview).get_by_text("Was it done?")).to_be_visible()
    assert violations(preview, iframes=False) == []
