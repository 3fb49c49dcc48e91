"""The workbench of coders: words are coded once for all their places, approved, taken back, coded by itself and by a new version."""

import re

import pytest

from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.services import users
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.testing import SOME_REASON
from tests.plugins.coding.made_dictionary import kept, meddra, meddra_j
from tests.plugins.coding.test_versions import MOVED, NEWER_LLT
from tests.web.coding_trial import CODER, HISTORY, MEDICAL, SECOND, event, make, save, write
from tests.web.trial import CLI, PASSWORD, STUDY

PAGE = f"/s/{STUDY}/x/coding"
HX = {"HX-Request": "true"}


@pytest.fixture
def core(tmp_path):
    core = make(tmp_path, of_plugins={"EDC_CODING_DIR": str(tmp_path / "shelf")})
    yield core
    core.close()


@pytest.fixture
def dictionary(tmp_path):
    return kept(meddra(tmp_path / "files"), tmp_path / "shelf")


def in_force(client, version="1.0 en", **more):
    data = {"op": new_id(), "name": "MadeDRA", "version": version} | more
    answer = client.post(f"{PAGE}/use", data=data)
    assert answer.status_code == 303, answer.text


@pytest.fixture
def coder(client_as, dictionary):
    coder = client_as(CODER)
    in_force(coder)
    return coder


def hidden(text, form):
    """The fields of a form on a page."""
    (found,) = re.findall(rf'<form[^>]*action="{re.escape(PAGE)}/{form}".*?</form>', text, re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found)), found


def words(text):
    named = r'<span class="grow">([^<]+)<br><span class="xs mut">[^<]+</span></span><span class="n">(\d+)<'
    return re.findall(named, text)


def choose(client, show="to-code", **asked):
    page = client.get(PAGE, query_string={"show": show} | asked).text
    fields, form = hidden(page, "code")
    key = re.search(r'name="term" value="([^"]+)"', form)[1]
    return client.post(f"{PAGE}/code", data=fields | {"term": key})


def test_the_same_words_are_coded_once_for_all_their_places(core, coder):
    write(core, ae=["zorbly hed", "zorbly hed", "Wobled knee"])
    page = coder.get(PAGE).text
    assert words(page) == [("zorbly hed", "2"), ("Wobled knee", "1")]
    assert "<b>Zorbly head</b>" in page
    answer = choose(coder)
    assert answer.status_code == 303, answer.text
    assert "show=to-code" in answer.headers["Location"]
    after = coder.get(answer.headers["Location"]).text
    assert words(after) == [("Wobled knee", "1")]
    coded = coder.get(PAGE, query_string={"show": "coded"}).text
    assert words(coded) == [("zorbly hed", "2")]
    assert "Zorblic disorders" in coded
    assert verify(core, rebuild=True).problems == []


def test_a_place_leads_to_its_form_with_that_row_open(core, coder):
    write(core, ae=["zorbly hed", "zorbly hed"])
    page = coder.get(PAGE).text
    for item in (event(1), event(2)):
        (href,) = re.findall(f'href="([^"]+)#{item.dom_id}"', page)
        assert f'id="{item.dom_id}"' in coder.get(href).text


def test_a_coder_sees_the_terms_in_the_own_language_beside_those_in_force(core, client_as, coder, tmp_path):
    kept(meddra_j(tmp_path / "japanese"), tmp_path / "shelf", language="ja")
    write(core, ae=["zorbly hed", "ゾーブル頭部?"])
    japanese = client_as(a_coder(core, "ja"))
    page = japanese.get(PAGE).text
    assert '<b>Zorbly head</b> <span lang="ja">ゾーブル頭部</span>' in page
    assert 'lang="ja"' not in coder.get(PAGE).text, "whose language is the dictionary's own"
    assert choose(japanese).status_code == 303
    assert '<p lang="ja">ゾーブル頭部</p>' in japanese.get(PAGE, query_string={"show": "coded"}).text
    found = japanese.get(PAGE).text
    assert words(found) == [("ゾーブル頭部?", "1")]
    assert "<b>Zorbly head</b>" in found, "found by its Japanese words"


def a_coder(core, language):
    """The login of somebody who codes in a language."""
    login = f"coder@{language}.example"
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    person = users.AddUser(
        study_id="@system", op=new_id(), login=login, full_name="Sato Aoi", language=language
    )
    with core.write(CLI) as uow:
        users.add_user(uow, person)
        users.add_grant(uow, users.grant_for_sites(uow, login, Role.COD, study_id, ()))
        users.set_password(uow, login, PASSWORD)
    return login


def test_no_address_holds_words_of_a_site(core, coder):
    write(core, ae=["zorbly hed"])
    page = coder.get(PAGE).text
    assert not [one for one in re.findall(r'(?:href|action|src)="([^"]+)"', page) if "zorbly" in one.lower()]


def test_what_needs_approval_is_approved_by_another_person(core, client_as, coder):
    write(core, mh="zorbly hed")
    assert "Another person approves what you choose." in coder.get(PAGE).text
    assert choose(coder).status_code == 303
    own = coder.get(PAGE, query_string={"show": "to-approve"}).text
    refused = coder.post(f"{PAGE}/approve", data=hidden(own, "approve")[0])
    assert refused.status_code == 422
    assert "another person" in refused.text
    other = client_as(SECOND)
    page = other.get(PAGE, query_string={"show": "to-approve"}).text
    done = other.post(f"{PAGE}/approve", data=hidden(page, "approve")[0] | {"synonym": "1"})
    assert done.status_code == 303, done.text
    coded = other.get(PAGE, query_string={"show": "coded"}).text
    assert words(coded) == [("zorbly hed", "1")]
    assert "synonym here" in coded
    assert f"approved by {SECOND}" in coded


def test_a_medical_reviewer_approves_and_sends_nothing_back(core, client_as, coder):
    write(core, mh="zorbly hed")
    choose(coder)
    medical = client_as(MEDICAL)
    page = medical.get(PAGE, query_string={"show": "to-approve"}).text
    assert "Send back" not in page
    assert medical.post(f"{PAGE}/approve", data=hidden(page, "approve")[0]).status_code == 303


def test_a_proposal_is_sent_back_with_a_reason(core, coder):
    write(core, mh="zorbly hed")
    choose(coder)
    page = coder.get(PAGE, query_string={"show": "to-approve"}).text
    fields = hidden(page, "take-back")[0]
    assert coder.post(f"{PAGE}/take-back", data=fields).status_code == 422
    assert coder.post(f"{PAGE}/take-back", data=fields | {"reason": "Ask first"}).status_code == 303
    assert words(coder.get(PAGE).text) == [("zorbly hed", "1")]
    assert "taken back" in coder.get(PAGE).text


def test_what_changed_meanwhile_is_neither_coded_nor_approved(core, coder):
    write(core, ae=["zorbly hed"])
    fields, form = hidden(coder.get(PAGE).text, "code")
    key = re.search(r'name="term" value="([^"]+)"', form)[1]
    save(core, {event(1): "Quibbling"}, reason=SOME_REASON)
    refused = coder.post(f"{PAGE}/code", data=fields | {"term": key})
    assert refused.status_code == 422
    assert "somebody coded or changed them meanwhile" in refused.text
    write(core, mh="zorbly hed")
    choose(coder, item="MH.MHTERM")
    fields = hidden(coder.get(PAGE, query_string={"show": "to-approve"}).text, "take-back")[0]
    save(core, {HISTORY: "Quibbling"}, reason=SOME_REASON)
    refused = coder.post(f"{PAGE}/take-back", data=fields | {"reason": "Unclear"})
    assert refused.status_code == 422
    assert "somebody coded or changed them meanwhile" in refused.text


def test_a_change_of_the_words_brings_them_back(core, coder):
    write(core, ae=["zorbly hed"])
    choose(coder)
    save(core, {event(1): "zorbly toe"}, reason=SOME_REASON)
    page = coder.get(PAGE).text
    assert words(page) == [("zorbly toe", "1")]
    assert "changed since it was coded" in page


def test_the_dictionary_is_searched(core, coder):
    write(core, ae=["something else"])
    page = coder.get(PAGE, query_string={"q": "quibbling"}).text
    assert "<b>Quibbling rash</b>" in page
    assert "No term of the dictionary is like this" in coder.get(PAGE, query_string={"q": "xyzzy"}).text


def test_filters(core, coder):
    write(core, ae=["zorbly hed"], mh="Wobled knee")
    assert len(words(coder.get(PAGE).text)) == 2
    for asked, left in [
        ({"item": "AE.AETERM"}, "zorbly hed"), ({"words": "WOBLED"}, "Wobled knee"), ({"site": "DE-01"}, None),
    ]:  # fmt: skip
        page = coder.get(PAGE, query_string=asked).text
        assert [text for text, _ in words(page)] == ([left] if left else [])
        assert ("No term has this." in page) is (left is None)


def test_a_site_is_asked_by_the_ordinary_query(core, coder):
    write(core, ae=["zorbly hed"])
    address = re.search(r'data-letter="q" href="([^"]+)"', coder.get(PAGE).text)[1]
    assert "Ask" in coder.get(address.replace("&amp;", "&"), headers=HX).text


def test_coding_by_itself_is_a_job_with_its_progress(core, coder):
    write(core, ae=["ZORBLY HEAD.", "Zorbly hed"], mh="wobbled knee")
    assert coder.post(f"{PAGE}/autocode", data={"op": new_id()}).status_code == 303
    assert "It waits for its turn." in coder.get(f"{PAGE}/dictionaries").text
    assert coder.post(f"{PAGE}/autocode", data={"op": new_id()}).status_code == 422
    Worker(core).run(once=True)
    page = coder.get(f"{PAGE}/dictionaries").text
    assert (
        "<dt>Coded</dt><dd>1</dd><dt>Proposed, to be approved</dt><dd>1</dd><dt>Left for a person</dt><dd>1</dd>"
        in page
    )
    assert words(coder.get(PAGE).text) == [("Zorbly hed", "1")]
    assert "found by normalised match" in coder.get(PAGE, query_string={"show": "coded"}).text


def test_a_study_that_says_so_is_coded_without_being_asked(core, coder):
    write(core, ae=["Zorble"])
    Worker(core).run(once=True)
    assert words(coder.get(PAGE).text) == [("Zorble", "1")], "nobody said so yet"
    in_force(coder, automatic="1")
    Worker(core).run(once=True)
    coded = coder.get(PAGE, query_string={"show": "coded"}).text
    assert words(coded) == [("Zorble", "1")]
    assert "found by exact match" in coded


def test_another_version_says_what_it_would_change_and_takes_codings_over(core, coder, tmp_path):
    write(core, ae=["Zorbly head", "Wobbled knee", "Quibbling rash"])
    coder.post(f"{PAGE}/autocode", data={"op": new_id()})
    Worker(core).run(once=True)
    kept(meddra(tmp_path / "newer", llt=NEWER_LLT, places=MOVED), tmp_path / "shelf", version="1.1")
    asked = {"name": "MadeDRA", "version": "1.1 en"}
    page = coder.get(f"{PAGE}/version", query_string=asked).text
    for what in ("unchanged", "moved", "not in the dictionary any more"):
        assert f"<dt>{what}</dt><dd>1 term, 1 value</dd>" in page
    assert coder.post(f"{PAGE}/version", data={"op": new_id()} | asked).status_code == 303
    Worker(core).run(once=True)
    done = coder.get(f"{PAGE}/dictionaries").text
    assert "<dt>Taken over</dt><dd>2</dd><dt>To code again</dt><dd>1</dd>" in done
    assert words(coder.get(PAGE).text) == [("Quibbling rash", "1")]
    assert coder.get(PAGE, query_string={"show": "coded"}).text.count("MadeDRA 1.1") == 1
    assert "No value is coded by another version" in coder.get(f"{PAGE}/version", query_string=asked).text
    assert verify(core, rebuild=True).problems == []


def test_without_a_dictionary_the_pages_say_what_to_do(core, client_as):
    coder = client_as(CODER)
    write(core, ae=["zorbly hed"])
    page = coder.get(PAGE).text
    assert "No version of MadeDRA is in force in this study yet." in page
    assert "There is no dictionary to look in yet." in page
    assert "Look for another word" not in page
    assert words(page) == [("zorbly hed", "1")]
    assert "edc coding load MadeDRA VERSION FOLDER" in coder.get(f"{PAGE}/dictionaries").text
    refused = coder.post(f"{PAGE}/use", data={"op": new_id(), "name": "MadeDRA", "version": "9.9 en"})
    assert refused.status_code == 422
    assert "is not in this installation" in refused.text


def test_home_names_studies_with_something_to_do(core, coder):
    assert "Every term is coded." in coder.get("/").text
    write(core, ae=["zorbly hed"])
    assert f'href="{PAGE}?show=to-code"' in coder.get("/").text


@pytest.mark.parametrize("login", ["dana@sponsor.example", "anna@cro.example", "jiwoo@site.example"])
def test_it_is_for_coders(core, client_as, login):
    assert client_as(login).get(PAGE).status_code == 403
