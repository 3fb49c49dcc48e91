"""The pages of versions: what changed, what it means for the data, what is in force where, and who may put it there."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import CompleteForm, Protect, Reason, SaveItems
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import TranslatedText
from edc_core.domain.permission import Actor, Grant, Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.signature import Meaning
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.ledger.replay import entries
from edc_core.services import capture, protecting, signing, studies
from edc_core.services.signing import Sign
from edc_core.services.to_sign import Desk
from edc_core.services.verifying import verify
from edc_core.store import readers
from tests.rendering.vital_signs import version
from tests.web.live_trial import BUILDER, MANAGER, SITE, SPONSOR, STUDY, make_live, release
from tests.web.trial import CLI, SUBJECT, limited

PAGE = f"/s/{STUDY}/x/amendments"
SYSBP = ItemPath.parse("V2[1]/VS[1]").with_group("IG.VS", "1").with_item("SYSBP")


@pytest.fixture
def core(tmp_path):
    """A live study with a second version that is published and released, and in force nowhere."""
    core = make_live(tmp_path)
    first = limited(version())
    items = tuple(
        replace(item, question=TranslatedText.of("Systolic pressure, sitting", item.question.texts[0][0]))
        if item.oid == "SYSBP"
        else item
        for item in first.items
    )
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
    command = studies.Publish(
        study_id=study.study_id, op=new_id(), environment="live",
        version=replace(first, oid="2", name="Second", items=items), activate=False,
    )  # fmt: skip
    with core.write(CLI) as uow:
        studies.publish(uow, command)
    release(core, study.study_id)
    yield core
    core.close()


def in_force(core):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        return {
            s.number: s.meta_data_version for s in readers.sites(source.connection, study.study_id).values()
        }


def post(client, url, **data):
    return client.post(url, data={"op": new_id(), **data})


def test_a_builder_and_a_data_manager_see_the_versions_and_the_site_does_not(client_as):
    for login in (BUILDER, MANAGER, SPONSOR):
        page = client_as(login).get(PAGE)
        assert page.status_code == 200
        assert "Put a version in force" not in page.text or login == MANAGER
    assert client_as(SITE).get(PAGE).status_code == 403
    assert client_as(SITE).get(f"{PAGE}/compare").status_code == 403


def test_what_changed_stands_in_words_with_both_texts(client_as):
    page = client_as(BUILDER).get(f"{PAGE}/compare")
    assert page.status_code == 200
    assert "The question" in page.text
    assert "Systolic pressure, sitting" in page.text
    assert "Your role sees no data" in page.text
    assert client_as(BUILDER).get(f"{PAGE}/compare?old=9&new=2").status_code == 404


def test_a_data_manager_puts_a_version_in_force_with_its_approval(client_as, core):
    manager = client_as(MANAGER)
    refused = post(manager, PAGE, version="2", sites="KR-01", approval=" ")
    assert refused.status_code == 422
    assert "Name the approval" in refused.text
    assert in_force(core)["KR-01"] == "v1"
    done = post(manager, PAGE, version="2", sites="KR-01", approval="IRB 7", reason="Amendment 1")
    assert done.status_code == 303
    assert in_force(core)["KR-01"] == "2"
    page = manager.get(PAGE).text
    assert "IRB 7" in page
    assert "Amendment 1" in page


def test_a_plan_is_shown_and_given_up(client_as, core):
    manager = client_as(MANAGER)
    post(manager, PAGE, version="2", sites="KR-01", approval="IRB 7", effective_from="2099-01-01")
    assert in_force(core)["KR-01"] == "v1"
    assert "2 from 2099-01-01" in manager.get(PAGE).text
    assert post(manager, PAGE, sites="KR-01", cancel="true").status_code == 303
    assert "2 from 2099-01-01" not in manager.get(PAGE).text
    assert "given up" in manager.get(PAGE).text


@pytest.mark.parametrize("login", [BUILDER, SPONSOR, SITE])
def test_nobody_else_puts_one_in_force(client_as, core, login):
    answer = post(client_as(login), PAGE, version="2", sites="KR-01", approval="IRB 7")
    assert answer.status_code == 403
    assert in_force(core)["KR-01"] == "v1"


def test_the_count_is_made_by_the_worker_and_shown_to_who_asked(client_as, core):
    enter(core)
    manager = client_as(MANAGER)
    assert post(manager, f"{PAGE}/impact", old="v1", new="2").status_code == 303
    assert "It waits for its turn." in manager.get(f"{PAGE}/compare").text
    Worker(core).run(once=True)
    page = manager.get(f"{PAGE}/compare").text
    assert "<b>1 subject</b>, 1 form of an older version" in page
    assert re.search(r"0 safe, 1 needs migration, 0 breaks", page)
    (file,) = re.findall(r'href="([^"]+/forms\.csv)"', page)
    rows = list(csv.DictReader(io.StringIO(manager.get(file).text)))
    assert [(row["SUBJECT"], row["CLASS"], row["TO_VERSION"]) for row in rows] == [
        (SUBJECT, "needs migration", "2")
    ]
    assert client_as(SPONSOR).get(file).status_code == 404
    assert "<b>1 subject</b>" not in client_as(SPONSOR).get(f"{PAGE}/compare").text
    assert post(client_as(BUILDER), f"{PAGE}/impact", old="v1", new="2").status_code == 403


def enter(core):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
    command = SaveItems(
        study_id=study.study_id, op=new_id(), subject_key=SUBJECT, form=SYSBP.form_path,
        items=(ItemInput(SYSBP, "120", base_version=0),),
    )  # fmt: skip
    with core.write(CLI) as uow:
        capture.save_items(uow, command)


def signed(core):
    """The form completed, and signed by the investigator."""
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        (site,) = (
            s for s in readers.sites(source.connection, study.study_id).values() if s.number == "KR-01"
        )
        subject = readers.subject_by_key(source.connection, study.study_id, SUBJECT)
    named = {"study_id": study.study_id, "subject_key": SUBJECT}
    with core.write(CLI) as uow:
        capture.complete_form(uow, CompleteForm(op=new_id(), form=SYSBP.form_path, **named))
    grant = Grant(study.study_id, Role.PI, "sites", site_ids=frozenset({site.site_id}))
    investigator = Actor("lee@site.example", "Lee", "Lee", (grant,), "Asia/Seoul")
    with core.write(investigator) as uow:
        manifest = Desk(uow, investigator, study, subject, site).lay_out(SYSBP.form_path).manifest
        command = Sign(
            op=new_id(), path=SYSBP.form_path, sha256=manifest.sha256, meaning=Meaning.RESPONSIBILITY,
            component="password", accepts=True, **named,
        )  # fmt: skip
        signing.sign(uow, command, core.files)


MOVE = f"{PAGE}/move"


def begin(client, what, **given):
    return post(client, MOVE, **{"to": "2", "sites": "KR-01", "do": what, "approval": "IRB 7"} | given)


def versions_of_forms(core):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        subject = readers.subject_by_key(source.connection, study.study_id, SUBJECT)
        return {form.meta_data_version for form in readers.casebook(source, subject).forms.values()}


@pytest.fixture
def manager(client_as, core):
    """A data manager, with a form that was begun under the first version, at a site where the second is in force."""
    enter(core)
    client = client_as(MANAGER)
    post(client, PAGE, version="2", sites="KR-01", approval="IRB 7")
    return client


def test_forms_are_rehearsed_on_a_copy_and_then_moved_through_the_ledger(manager, core):
    assert "Move the forms" not in manager.get(MOVE).text
    asked = begin(manager, "rehearse")
    assert (asked.status_code, asked.headers["Location"]) == (303, f"{MOVE}?to=2#runs")
    assert "It waits for its turn." in manager.get(MOVE).text
    Worker(core).run(once=True)
    page = manager.get(MOVE).text
    assert "<b>1 form</b> of 1 subject would move." in page
    assert "Every entered value is as it was, and the ledger of the copy verifies." in page
    assert 'value="IRB 7"' in page
    assert versions_of_forms(core) == {"v1"}

    assert begin(manager, "move", reason="Amendment 1").status_code == 303
    Worker(core).run(once=True)
    page = manager.get(MOVE).text
    assert "<b>1 form</b> of 1 subject moved." in page
    assert ("Rehearse again" in page, "Move the forms" in page) == (True, False)
    assert versions_of_forms(core) == {"2"}
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        subject = readers.subject_by_key(source.connection, study.study_id, SUBJECT)
        (move,) = [
            row
            for row in entries(source.connection, study.study_id, subject.subject_id)
            if row["kind"] == "form.migrate"
        ]
    assert (move["actor"], move["reason_text"]) == (MANAGER, "Amendment 1")
    assert json.loads(move["payload"])["approval"] == "IRB 7"
    assert verify(core, STUDY, rebuild=True).problems == []


def test_nothing_is_moved_that_was_not_rehearsed_or_has_no_reason(manager, core):
    refused = begin(manager, "move", reason="Amendment 1")
    assert refused.status_code == 422
    assert "Rehearse it first" in refused.text
    assert "Choose at least one site" in begin(manager, "rehearse", sites="DE-01").text
    begin(manager, "rehearse")
    Worker(core).run(once=True)
    assert "Say why the forms are moved" in begin(manager, "move", reason=" ").text
    post(manager, PAGE, version="2", sites="DE-01", approval="EK 3")
    more = begin(manager, "move", reason="Amendment 1", sites=["DE-01", "KR-01"])
    assert "Not all of these sites were rehearsed" in more.text
    Worker(core).run(once=True)
    assert versions_of_forms(core) == {"v1"}


def test_a_form_that_is_frozen_keeps_its_version_and_says_why(manager, core):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
    freeze = Protect(
        study_id=study.study_id, op=new_id(), subject_key=SUBJECT, path=SYSBP.form_path,
        action=ProtectAction.FREEZE, reason=Reason(text="Review"),
    )  # fmt: skip
    with core.write(CLI) as uow:
        protecting.protect(uow, freeze)
    begin(manager, "rehearse")
    Worker(core).run(once=True)
    page = manager.get(MOVE).text
    assert "<b>0 forms</b>" in page
    assert "It is frozen." in page


@pytest.mark.parametrize("login", [BUILDER, SPONSOR, SITE])
def test_nobody_else_moves_forms(client_as, manager, login):
    other = client_as(login)
    assert other.get(MOVE).status_code == 403
    assert begin(other, "rehearse").status_code == 403
    assert "Move forms" not in other.get(PAGE).text


def test_where_the_version_is_not_in_force_the_page_says_what_to_do_first(client_as):
    page = client_as(MANAGER).get(f"{MOVE}?to=2").text
    assert "Version 2 is in force at no site where you may move forms." in page
    assert client_as(MANAGER).get(f"{MOVE}?to=9").status_code == 404


@pytest.mark.parametrize(("path", "statements"), [("", 5), ("/compare", 8), ("/move", 8)])
def test_a_page_of_versions_takes_so_many_statements(client_as, count_statements, path, statements):
    manager = client_as(MANAGER)
    assert manager.get(PAGE + path).status_code == 200
    with count_statements() as seen:
        manager.get(PAGE + path)
    assert len(seen) == statements


def test_the_page_names_what_was_signed_and_would_read_otherwise(client_as, core):
    enter(core)
    signed(core)
    manager = client_as(MANAGER)
    post(manager, f"{PAGE}/impact", old="v1", new="2")
    Worker(core).run(once=True)
    page = manager.get(f"{PAGE}/compare").text
    assert "1 signature stands on what would move. 1 would be broken." in page
    said = page.partition("Signatures that would be broken")[2]
    assert "SYSBP, question" in said
    assert "Systolic pressure, sitting" in said
    (file,) = re.findall(r'href="([^"]+/marks\.csv)"', page)
    (row,) = csv.DictReader(io.StringIO(manager.get(file).text))
    assert (row["MARK"], row["FALLS"]) == ("signature", "Y")
    assert "question: 'Systolic" in row["READS_OTHERWISE"]
