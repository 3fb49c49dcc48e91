"""Texts in several languages: each is held to the words and lengths of its own, and none of a study's may be missing."""

import pytest

from edc_core.definitions.loader import load
from edc_core.definitions.query_style import STYLES

STUDY = """
oid: DEMO
version: {{oid: "1"}}
languages: [{languages}]
sites: [{{number: "01", name: First, country: KR, zone: Asia/Seoul}}]
events: [{{oid: V1, title: "", forms: [VS]}}]
forms:
  - oid: VS
    items:
      - name: SYSBP
        question: {{"": Systolic}}
        type: integer
        range: [{{ge: 60, message: {message}}}]
"""
#: A text that reads well, and one that blames or commands.
SAID = {
    "en": ("The value is below 60. Please check the source.", "The value must be 60."),
    "ko": ("60보다 낮습니다. 원자료를 확인해 주십시오.", "잘못된 값입니다. 확인해 주십시오."),
    "ja": ("60より低い値です。原資料をご確認ください。", "値が不正です。"),
    "zh": ("该值低于60。请核对原始资料。", "数值错误。"),
    "de": ("Der Wert liegt unter 60. Bitte prüfen Sie die Quelle.", "Der Wert muss über 60 liegen."),
    "fr": ("La valeur est inférieure à 60. Veuillez vérifier la source.", "Valeur invalide."),
    "es": ("El valor es inferior a 60. Por favor, compruebe la fuente.", "El valor debe ser mayor que 60."),
}


def found(tmp_path, message, languages="en"):
    file = tmp_path / "study.yaml"
    file.write_text(STUDY.format(message=message, languages=languages), encoding="utf-8")
    return [(one.code, one.message) for one in load(file).findings if one.code in ("W303", "W304", "W305")]


def test_every_language_has_its_example():
    assert set(SAID) == set(STYLES)


@pytest.mark.parametrize("tag", SAID)
def test_a_text_is_held_to_the_words_of_its_language(tmp_path, tag):
    good, bad = SAID[tag]
    assert found(tmp_path, f"{{{tag}: '{good}'}}", tag) == []
    ((code, message),) = found(tmp_path, f"{{{tag}: '{bad}'}}", tag)
    assert code == "W305"
    assert message.startswith("The query text has '")


@pytest.mark.parametrize("tag", [*SAID, "pt"])
def test_nobody_is_shouted_at_in_any_language(tmp_path, tag):
    mark = "\uff01" if tag in ("ja", "zh") else "!"
    assert found(tmp_path, f"{{{tag}: 'X{mark}'}}", tag) == [
        ("W305", f"The query text has '{mark}'. Say what was found, what is expected and what to do.")
    ]


def test_words_of_one_language_are_none_of_anothers(tmp_path):
    assert found(tmp_path, "{de: 'Bitte beachten Sie das Wort error im Ausdruck.'}", "de") == []


@pytest.mark.parametrize(
    ("tag", "text", "said"),
    [
        ("ja", "確認" * 31 + "。", "A sentence of the query text has more than 60 characters."),
        (
            "ja",
            ("確認" * 26 + "。") * 2,
            "The query text has 106 characters; at most 100 are read willingly.",
        ),
        ("zh", "核对" * 21 + "。", "A sentence of the query text has more than 40 characters."),
        ("de", "Wort " * 23 + ".", "A sentence of the query text has more than 22 words."),
        ("en", "word " * 21 + ".", "A sentence of the query text has more than 20 words."),
        ("fr", "mot " * 51, "The query text has 203 characters; at most 200 are read willingly."),
    ],
)
def test_a_text_is_held_to_the_length_of_its_language(tmp_path, tag, text, said):
    assert found(tmp_path, f"{{{tag}: '{text.strip()}'}}", tag) == [("W304", said)]


def test_what_is_missing_is_named_with_its_language(tmp_path):
    languages = ", ".join(SAID)
    message = "{" + ", ".join(f"{tag}: '{good}'" for tag, (good, _) in SAID.items() if tag != "fr") + "}"
    assert set(found(tmp_path, message, f"{languages}, pt")) == {
        ("W303", "1 text of form 'VS' missing in French (fr), the first one here."),
        ("W303", "1 text of form 'VS' missing in 'pt', the first one here."),
    }


def test_a_script_of_its_own_is_not_served_by_another(tmp_path):
    message = "{en: Low., zh-Hans: '偏低。'}"
    assert [code for code, _ in found(tmp_path, message, "en, zh-Hans, zh-Hant")] == ["W303"]


TEMPLATE = """
oid: DEMO
version: {{oid: "1"}}
languages: [{tag}]
query_templates:
  - text: {{{tag}: "{text}"}}
"""
#: A question that asks, and one that says what the answer should be.
ASKED = {
    "en": ("What does the source say about {item}?", "Please correct {value}."),
    "ko": ("{item}에 대해 원자료에는 무엇이 기록되어 있습니까?", "{value}을 수정해 주십시오."),
    "ja": ("{item}について原資料の記載をお知らせください。", "{value}を修正してください。"),
    "zh": ("原始资料如何记录{item}。", "请修改{value}。"),
    "de": ("Was steht in der Quelle zu {item}?", "Bitte korrigieren Sie {value}."),
    "fr": ("Que dit la source sur {item} ?", "Veuillez corriger {value}."),
    "es": ("¿Qué dice la fuente sobre {item}?", "Corrija {value}, por favor."),
}


def found_in_template(tmp_path, text, tag):
    file = tmp_path / "study.yaml"
    file.write_text(TEMPLATE.format(text=text, tag=tag), encoding="utf-8")
    return [one.code for one in load(file).findings if one.code[1:] in ("254", "304", "305", "317")]


@pytest.mark.parametrize("tag", STYLES)
def test_words_that_lead_to_an_answer_are_told_in_every_language(tmp_path, tag):
    good, leading = ASKED[tag]
    assert found_in_template(tmp_path, good, tag) == []
    assert found_in_template(tmp_path, leading, tag) == ["W317"]


@pytest.mark.parametrize(
    ("text", "code"), [("Is {answer} right?", "E254"), ("x" * 161, "W304"), ("Is this invalid?", "W305")]
)
def test_a_template_is_held_to_what_texts_of_checks_are(tmp_path, text, code):
    assert found_in_template(tmp_path, text, "en") == [code]
