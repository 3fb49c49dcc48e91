# ruff: noqa: RUF001 - texts of other scripts are what is tested
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
TEXTS = ("W303", "W304", "W305", "W317", "W318")
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
    return [(one.code, one.message) for one in load(file).findings if one.code in TEXTS]


def test_every_language_has_its_example():
    assert set(SAID) == set(STYLES)


@pytest.mark.parametrize("tag", SAID)
def test_a_text_is_held_to_the_words_of_its_language(tmp_path, tag):
    good, bad = SAID[tag]
    assert found(tmp_path, f"{{{tag}: '{good}'}}", tag) == []
    ((code, message),) = found(tmp_path, f"{{{tag}: '{bad}'}}", tag)
    assert code == "W305"
    assert message.startswith("The query text has '")


#: Texts that tell the answer, and texts with the same words that ask for what the source says.
LEADING = {
    "en": (
        "Please change the value to 72.",
        "Please correct this answer to Yes.",
        "Should this be 72?",
        "Please confirm that no dose was given.",
        "Please correct the value.",
        "The value should be 72.",
        "The answer should be Yes.",
        "Isn't it 72?",
    ),
    "ko": (
        "72로 수정해 주십시오.",
        "'예'로 변경해 주십시오.",
        "복용하지 않았음을 확인해 주십시오.",
        "값이 높습니다. 값을 수정하십시오.",
        "72가 맞지 않습니까?",
    ),
    "ja": (
        "72に修正してください。",
        "「はい」へ変更してください。",
        "投与されなかったことを確認してください。",
        "値が高いです。値を訂正してください。",
        "72ではありませんか？",
    ),
    "zh": (
        "请改为72。",
        "请将该值更正为72。",
        "该值是否应为72？",
        "数值偏高。请更正该值。",
        "该值应为72。",
        "是不是72？",
    ),
    "de": (
        "Bitte ändern Sie den Wert auf 72.",
        "Bitte den Wert auf 72 korrigieren.",
        "Sollte der Wert 72 sein?",
        "Bitte bestätigen Sie, dass keine Dosis gegeben wurde.",
        "Bitte korrigieren Sie den Wert.",
        "Der Wert sollte 72 sein.",
    ),
    "fr": (
        "Veuillez remplacer la valeur par 72.",
        "Veuillez corriger la valeur à 72.",
        "La valeur devrait-elle être 72 ?",
        "Veuillez confirmer que la dose n'a pas été administrée.",
        "Veuillez corriger la valeur.",
        "La valeur devrait être 72.",
        "C'est 72, n'est-ce pas ?",
    ),
    "es": (
        "Por favor, cambie el valor a 72.",
        "Por favor, corrija el valor por 72.",
        "¿Debería ser 72?",
        "Por favor, confirme que no se administró la dosis.",
        "Por favor, corrija el valor.",
        "El valor debería ser 72.",
        "¿Verdad que es 72?",
    ),
}
OPEN = {
    "en": ("The start is later than the end. Please check the source and correct either.", "Correct it or say to whom it was told.",
           "The end is before the start. Please correct one of the dates.", "The value should be 60 or more. Please check it."),
    "ko": ("원자료를 확인하여 원자료대로 수정해 주십시오.", "시작일이 종료일보다 늦습니다. 두 날짜를 확인해 주십시오.",
           "종료일이 시작일보다 앞섭니다. 둘 중 하나를 수정하십시오.", "날짜를 수정하거나 확인해 주십시오."),
    "ja": ("原資料に基づき正しい値に修正してください。", "開始日が終了日より後です。両方の日付をご確認ください。",
           "開始日が終了日より後です。いずれかの日付を訂正してください。", "値を訂正または確認してください。"),
    "zh": ("开始日期晚于结束日期。请核对原始资料。", "请根据原始资料更正。", "请更正其中一个日期。", "请更正或确认该值。"),
    "de": ("Der Beginn liegt nach dem Ende. Bitte beide Daten prüfen oder den Grund angeben.", "Bitte korrigieren oder Bezug auf die Quelle nennen.",
           "Bitte korrigieren Sie eines der Daten.", "Der Wert sollte über 60 liegen. Bitte prüfen Sie ihn."),
    "fr": ("Le début est postérieur à la fin. Veuillez vérifier la source.", "Veuillez corriger ou confirmer par un commentaire.",
           "Veuillez corriger l'une des dates.", "La valeur devrait dépasser 60. Veuillez la vérifier."),
    "es": ("El inicio es posterior al final. Por favor, compruebe la fuente.", "Por favor, corrija el dato o explique a qué se debe.",
           "Por favor, corrija una de las fechas.", "Compruebe la fuente y corrija el dato."),
}  # fmt: skip
#: What commands or blames in other words than those of ``SAID``.
BLAMING = {
    "en": ("The date is not valid.", "Incorrect unit."),
    "ko": ("60 이상이어야 합니다.", "오류입니다."),
    "ja": ("60以上でなければなりません。", "値は60以上であるべきです。"),
    "zh": ("数值不正确。", "必须大于60。"),
    "de": ("Der Wert ist nicht gültig.", "Inkorrekte Einheit.", "Der Wert müsste über 60 liegen."),
    "fr": ("Date non valide.", "Unité incorrecte."),
    "es": ("El valor no válido es 60.", "Unidad incorrecta."),
}


def test_every_language_has_every_pattern_and_examples_of_it():
    assert set(LEADING) == set(OPEN) == set(BLAMING) == set(STYLES)
    assert [
        tag for tag, style in STYLES.items() if not (style.name and style.unwelcome and style.leading)
    ] == []


@pytest.mark.parametrize(("tag", "text"), [(tag, text) for tag, texts in LEADING.items() for text in texts])
def test_a_text_that_tells_the_answer_is_found(tmp_path, tag, text):
    assert [code for code, _ in found(tmp_path, f'{{{tag}: "{text}"}}', tag)] == ["W317"]


@pytest.mark.parametrize(("tag", "text"), [(tag, text) for tag, texts in OPEN.items() for text in texts])
def test_a_text_that_asks_for_the_source_is_not(tmp_path, tag, text):
    assert found(tmp_path, f'{{{tag}: "{text}"}}', tag) == []


@pytest.mark.parametrize(("tag", "text"), [(tag, text) for tag, texts in BLAMING.items() for text in texts])
def test_other_words_that_blame_or_command_are_found(tmp_path, tag, text):
    assert [code for code, _ in found(tmp_path, f'{{{tag}: "{text}"}}', tag)] == ["W305"]


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "Was it fasting? Was it at rest?"),
        ("ja", "空腹時ですか？安静時ですか？"),
        ("es", "¿En ayunas? ¿En reposo?"),
    ],
)
def test_a_text_asks_one_thing(tmp_path, tag, text):
    assert found(tmp_path, f'{{{tag}: "{text}"}}', tag) == [
        ("W318", "The query text asks 2 things. Ask one, or make a check of each.")
    ]


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


SPREAD = """
oid: DEMO
version: {oid: "1"}
languages: [en, ko, de]
sites:
  - {number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul, languages: [ko]}
  - {number: US-01, name: Boston, country: US, zone: America/New_York, languages: [en]}
codelists:
  - {oid: HERE, terms: {A: {ko: 가}}}
  - {oid: BOTH, terms: {A: {ko: 가}}}
events: [{oid: V1, title: "", forms: [VS]}]
forms:
  - oid: VS
    items:
      - {name: BOTH, question: {en: Pulse, ko: 맥박}, codelist: BOTH}
      - {name: KOREAN, question: {ko: 체질}, codelist: HERE, when: country() == 'KR'}
      - {name: AMERICAN, question: {en: Race}, when: country() == 'US'}
      - {name: GERMAN, question: {en: Reason}, when: country() == 'DE'}
      - name: RATE
        question: {"": Rate}
        type: integer
        checks:
          - {oid: KOR, that: country() != 'KR' or RATE > 3, message: {ko: 확인하십시오.}}
"""


def untranslated(tmp_path, definition):
    file = tmp_path / "study.yaml"
    file.write_text(definition, encoding="utf-8")
    return {one.message for one in load(file).findings if one.code == "W303"}


def test_a_text_is_missing_in_no_language_that_no_site_reads(tmp_path):
    assert untranslated(tmp_path, SPREAD) == {
        "1 text of codelist 'BOTH' missing in English (en), the first one here."
    }
    assert untranslated(tmp_path, SPREAD.replace("ko: 체질", "en: Habit")) == {
        "1 text of codelist 'BOTH' missing in English (en), the first one here.",
        "1 text of form 'VS' missing in Korean (ko), the first one here.",
    }


def test_a_site_without_languages_of_its_own_reads_all_of_the_study(tmp_path):
    definition = SPREAD.replace(", languages: [ko]", "")
    assert "1 text of codelist 'HERE' missing in German (de), the first one here." in untranslated(
        tmp_path, definition
    )


def test_a_study_without_a_site_is_read_in_all_its_languages(tmp_path):
    began, ended = SPREAD.index("sites:"), SPREAD.index("codelists:")
    missing = untranslated(tmp_path, SPREAD[:began] + SPREAD[ended:])
    assert any("'BOTH' missing in German (de)" in one for one in missing)


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
    return [one.code for one in load(file).findings if one.code[1:] in ("256", "304", "305", "317")]


@pytest.mark.parametrize("tag", STYLES)
def test_words_that_lead_to_an_answer_are_told_in_every_language(tmp_path, tag):
    good, leading = ASKED[tag]
    assert found_in_template(tmp_path, good, tag) == []
    assert found_in_template(tmp_path, leading, tag) == ["W317"]


@pytest.mark.parametrize(
    ("text", "code"), [("Is {answer} right?", "E256"), ("x" * 161, "W304"), ("Is this invalid?", "W305")]
)
def test_a_template_is_held_to_what_texts_of_checks_are(tmp_path, text, code):
    assert found_in_template(tmp_path, text, "en") == [code]


def test_a_word_that_stands_twice_is_told_once(tmp_path):
    assert [code for code, _ in found(tmp_path, "{en: 'Wrong! Wrong! Wrong!'}", "en")] == ["W305", "W305"]
