"""The PDF read back: what a person finds on its pages and in its bookmarks."""

import functools
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
import typst
from edc_core_crf_pdf import annotations, exporter, fonts, pages, printing

from edc_core.api import Alias, BadRequest, ExportDataset, MetaDataIndex, TranslatedText, Words
from edc_core.definitions.loader import load
from edc_core.expressions.words import ENGLISH
from edc_core.testing import MemorySink, a_study

ROOT = Path(__file__).parents[3]


def printed_anew(version, language="en", *, annotated=False):
    document = pages.document(version, language, annotated=annotated)
    families = fonts.families(pages.texts(document), language, None)
    return printing.pdf(document, families, None)


#: The same version gives the same bytes, as one of these tests says.
printed = functools.lru_cache(maxsize=8)(printed_anew)


def read(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def squeezed(text):
    """Without white space: a line break may stand anywhere in a Korean or Japanese sentence."""
    return re.sub(r"[\s\u200b]+", "", text)


@functools.lru_cache(maxsize=8)
def whole_text(pdf):
    return squeezed("".join(page.extract_text() for page in read(pdf).pages))


def outline(entries, depth=0):
    for entry in entries:
        if isinstance(entry, list):
            yield from outline(entry, depth + 1)
        else:
            yield depth, squeezed(entry.title)


@pytest.fixture(scope="module")
def hersc():
    return load(ROOT / "forms/hersc-301").required()


@pytest.fixture(scope="module", params=["en", "ko"])
def whole(request, hersc):
    return request.param, printed(hersc, request.param, annotated=True)


def test_every_question_answer_help_and_unit_is_on_it(whole, hersc):
    language, pdf = whole
    text, index = whole_text(pdf), MetaDataIndex(hersc)
    used = {placed.item.oid for form in hersc.forms for placed in index.placed_items(form.oid)}
    wanted = set()
    for oid in used:
        item = index.items[oid]
        wanted |= {item.question.in_language(language), item.help.in_language(language)}
        wanted |= {index.units[unit].symbol.in_language(language) for unit in item.measurement_unit_oids}
        terms = index.code_lists[item.code_list_oid].items if item.code_list_oid else ()
        if len(terms) <= pages.SHOWN_TERMS:
            wanted |= {
                term.decode.in_language(language) for term in terms if term.decode and not term.retired
            }
    assert len(wanted) > 500
    assert sorted(one for one in wanted if squeezed(one) not in text) == []


def test_every_annotation_is_on_it_and_none_on_the_blank_one(hersc):
    annotated, blank = (whole_text(printed(hersc, annotated=with_marks)) for with_marks in (True, False))
    marks = {mark.text for group in hersc.item_groups for mark in annotations.of_group(group)}
    index = MetaDataIndex(hersc)
    for form in hersc.forms:
        for placed in index.placed_items(form.oid):
            marks |= {mark.text for mark in annotations.of_item(placed.item, placed.groups[-1].domain)}
    assert len(marks) > 150
    assert sorted(mark for mark in marks if squeezed(mark) not in annotated) == []
    assert "[NOTSUBMITTED]" in annotated
    assert "[NOTSUBMITTED]" not in blank
    assert "TESTCD=" not in blank


def test_bookmarks_lead_to_visits_with_their_forms_and_to_forms(whole, hersc):
    language, pdf = whole
    found = list(outline(read(pdf).outline))
    titles = {form.oid: squeezed(form.title.in_language(language)) for form in hersc.forms}
    heads = {"en": ("Visits", "Forms"), "ko": ("방문", "양식")}[language]
    visits = [(0, heads[0])]
    for event in hersc.events:
        if event.form_refs:
            visits.append((1, squeezed(event.title.in_language(language))))
            visits += [(2, titles[ref.form_oid]) for ref in event.form_refs]
    assert found == [*visits, (0, heads[1]), *((1, titles[form.oid]) for form in hersc.forms)]


def test_a_bookmark_of_a_form_lies_on_the_page_with_its_title(hersc):
    pdf = read(printed(hersc))
    forms = pdf.outline[-1]
    for entry in forms:
        text = squeezed(pdf.pages[pdf.get_destination_page_number(entry)].extract_text())
        assert squeezed(entry.title) in text


def test_conditions_and_limits_are_said_in_words(hersc):
    text = whole_text(printed(hersc))
    assert squeezed("Asked when “Has the subject had any adverse event?” is Yes") in text
    assert "AEYN==" not in text


def test_the_same_version_gives_the_same_bytes(hersc):
    assert printed_anew(hersc, "ko", annotated=True) == printed(hersc, "ko", annotated=True)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("ja", "血圧を測定しましたか"),
        ("zh", "是否测量了血压"),
        ("zh-TW", "是否測量了血壓"),
        ("ko", "혈압을 쟀습니까?"),
    ],
)
def test_the_writing_of_asia_is_there_as_text(language, question):
    version = a_study().with_item("VS.SYSBP").build()
    item = version.items[0]
    text = TranslatedText(((language, question),))
    version = replace(version, items=(replace(item, question=text),), languages=(language,))
    assert squeezed(question) in whole_text(printed(version, language))


def test_without_a_font_nothing_is_printed_and_the_remedy_is_named(monkeypatch):
    class Bare:
        def __init__(self, **_): ...

        def families(self):
            return ["Libertinus Serif"]

    monkeypatch.setattr(typst, "Fonts", Bare)
    assert fonts.families(["Blood pressure"], "en", None) == ["Libertinus Serif"]
    with pytest.raises(
        BadRequest, match=r"No font here shows Korean, for example '혈' .*fonts-noto-cjk.*--fonts"
    ):
        fonts.families(["혈압"], "en", None)


def test_a_text_of_the_study_is_never_markup():
    evil = '#panic("x") *bold* $x$ \\ [a] <b> @c'
    version = a_study().with_item("VS.SYSBP").build()
    item = replace(version.items[0], question=TranslatedText.of(evil, "en"))
    assert squeezed(evil) in whole_text(printed(replace(version, items=(item,))))


@pytest.mark.parametrize(
    ("alias", "text", "domain"),
    [
        ("AE.AETERM", "AETERM", "AE"),
        ("SUPPDM.RACEOTH", "RACEOTH in SUPPDM", "DM"),
        ("SYSBP_VSORRES", "VSORRES when VSTESTCD = SYSBP", "VS"),
        ("[NOT SUBMITTED]", "[NOT SUBMITTED]", ""),
        ("anything else", "anything else", "QS"),
    ],
)
def test_annotations_are_worded_as_the_guidelines_word_them(alias, text, domain):
    item = replace(a_study().with_item("VS.A").build().items[0], aliases=(Alias("SDTM", alias),))
    assert list(annotations.of_item(item, "QS")) == [annotations.Annotation(text, domain)]


def test_each_domain_of_a_form_has_its_colour():
    colours = annotations.Colours(["DM", "", "DS", "DM", "AE"])
    assert [colours.of(name) for name in ("DM", "DS", "AE", "")] == [
        "#bfffff",
        "#ffff96",
        "#96ff96",
        "#ffffff",
    ]
    assert colours.headings()[1] == annotations.Annotation("DS (Disposition)", "DS")


@pytest.mark.parametrize(
    ("aliases", "texts"),
    [
        ({"SDTM": "TU.TULNKID; TR.TRLNKID"}, ["TULNKID", "TRLNKID", "RELREC when TULNKID = TRLNKID"]),
        ({"SDTM": "TR.TRLNKID"}, ["TRLNKID"]),
        ({"SDTM": "SU.SUDOSE; SU.SUDOSTXT"}, ["SUDOSE", "SUDOSTXT"]),
        (
            {"SDTM": "CM.CMINDC", "SDTM.RELREC": "CMINDC = AETERM; CMINDC = MHTERM"},
            ["CMINDC", "RELREC when CMINDC = AETERM", "RELREC when CMINDC = MHTERM"],
        ),
    ],
)
def test_what_relates_records_of_two_datasets_is_annotated_as_relrec(aliases, texts):
    made = replace(
        a_study().with_item("VS.A").build().items[0], aliases=tuple(map(Alias, aliases, aliases.values()))
    )
    found = list(annotations.of_item(made, "VS"))
    assert [mark.text for mark in found] == texts
    assert {mark.domain for mark in found if mark.text.startswith("RELREC")} <= {"RELREC"}


def test_what_relates_every_record_of_a_group_is_annotated_at_the_group():
    group = a_study().with_item("VS.A").build().item_groups[0]
    related = replace(group, aliases=(Alias("SDTM.RELREC", "FALNKID = AELNKID"),))
    assert list(annotations.of_group(related)) == [
        annotations.Annotation("RELREC when FALNKID = AELNKID", "RELREC")
    ]


def test_the_trial_says_which_of_its_records_are_related(hersc):
    text = whole_text(printed(hersc, annotated=True))
    for said in ("RELREC when TULNKID = TRLNKID", "RELREC when CMINDC = AETERM", "RELREC (Related Records)"):
        assert squeezed(said) in text


def comments(page):
    return [
        one.get_object() for one in page.get("/Annots", ()) if one.get_object()["/Subtype"] == "/FreeText"
    ]


def test_every_annotation_is_a_comment_over_its_words(hersc):
    document = pages.document(hersc, "en", annotated=True)
    marks = []
    for form in document["forms"]:
        marks += form["domains"]
        for group in form["groups"]:
            marks += group["marks"]
            marks += [mark for item in group["items"] for mark in item["marks"]]
    pdf = read(printed(hersc, annotated=True))
    found = [(page, one) for page in pdf.pages for one in comments(page)]
    assert [one["/Contents"] for _, one in found] == [mark["text"] for mark in marks]
    assert [one["/Subj"] for _, one in found] == [mark["domain"] or "[NOT SUBMITTED]" for mark in marks]
    assert len({one["/NM"] for _, one in found}) == len(marks) > 300
    pieces = {page.page_number: pieces_of(page) for page in pdf.pages}
    for page, one in found:
        left, bottom, right, top = map(float, one["/Rect"])
        inside = [
            text for text, x, y in pieces[page.page_number] if left <= x <= right and bottom <= y <= top
        ]
        assert squeezed("".join(inside)) == squeezed(one["/Contents"])


def pieces_of(page):
    """Each piece of text of a page with the point where it begins."""
    found = []

    def take(text, current, matrix, *_):
        x, y = matrix[4], matrix[5]
        found.append(
            (text, x * current[0] + y * current[2] + current[4], x * current[1] + y * current[3] + current[5])
        )

    page.extract_text(visitor_text=take)
    return found


def test_a_blank_one_has_no_comments_and_links_stay_in_an_annotated_one(hersc):
    blank, annotated = (read(printed(hersc, annotated=with_marks)) for with_marks in (False, True))
    links = [
        sum(one.get_object()["/Subtype"] == "/Link" for page in pdf.pages for one in page.get("/Annots", ()))
        for pdf in (blank, annotated)
    ]
    assert links[0] == links[1] > 30
    assert not any(comments(page) for page in blank.pages)


def test_every_language_has_every_word_with_its_places():
    english = Words(pages.WORDS, "en")
    korean = json.loads((pages.WORDS / "ko.json").read_text(encoding="utf-8"))
    assert set(korean) == {*english.all, "joining"}
    assert set(korean["joining"]) == set(ENGLISH)
    for key, text in english.all.items():
        assert korean[key].count("{}") == text.count("{}"), key
    for key, text in ENGLISH.items():
        assert korean["joining"][key].count("{}") == text.count("{}"), key


def test_a_korean_print_is_korean_but_for_names_and_codes(hersc):
    document = pages.document(hersc, "ko", annotated=True)
    assert document["title"] == "주석 증례기록서"
    said, in_english = (
        "\n".join(note for form in made["forms"] for group in form["groups"] for item in group["items"]
                  for note in (*item["notes"], item["format"], group["when"]))
        for made in (document, pages.document(hersc, "en", annotated=True))
    )  # fmt: skip
    for phrase in ("Asked when", "Calculated:", "Expected:", " is ", " is not ", "at most", " and "):
        assert phrase in in_english, phrase
        assert phrase not in said, phrase
    assert "다음 경우에 질문: " in said
    text = whole_text(printing.pdf(document, fonts.families(pages.texts(document), "ko", None), None))
    assert "한건마다한줄" in text
    assert "Unit:" not in text


def test_a_language_without_words_of_its_own_has_english_ones():
    assert Words(pages.WORDS, "fi").say("visits") == "Visits"
    assert Words(pages.WORDS, "ko-KR").say("visits") == "방문"


def test_an_export_holds_the_forms_of_the_newest_version_blank_and_annotated(hersc):
    old = replace(hersc, oid="HERSC-301-0.9", forms=hersc.forms[:1])
    versions = {one.oid: MetaDataIndex(one) for one in (old, hersc)}
    sink = MemorySink()
    exporter.write(
        ExportDataset(
            "S", "S", "live", versions, "c", "2026-01-01T00:00:00Z", {}, {}, subjects=lambda: iter(())
        ),
        sink,
    )
    assert set(sink.files) == {"crf.pdf", "acrf.pdf"}
    blank, annotated = (whole_text(sink.files[name]) for name in ("crf.pdf", "acrf.pdf"))
    assert squeezed(hersc.forms[-1].title.in_language("en")) in blank
    assert "TESTCD=" in annotated
    assert "TESTCD=" not in blank
