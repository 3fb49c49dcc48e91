from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edc_core.definitions.loader import load
from edc_core.domain import metadata_json
from edc_core.domain.metadata import ItemDef, MetaDataVersion, StudyInfo, TranslatedText

ROOT = Path(__file__).parents[2]
STUDIES = [ROOT / "forms/hersc-301", ROOT / "tests/definitions/data/every-kind"]


@pytest.mark.parametrize(
    ("texts", "language", "shown"),
    [
        ({"en": "Weight", "ko": "몸무게"}, "ko", "몸무게"),
        ({"en": "Weight", "ko": "몸무게"}, "ko-KR", "몸무게"),
        ({"en": "Weight", "ko": "몸무게"}, "de", "Weight"),
        ({"": "kg", "ko": "킬로그램"}, "de", "kg"),
        ({"fr": "Poids"}, "de", "Poids"),
        ({}, "en", ""),
    ],
)
def test_a_text_is_shown_in_the_nearest_language(texts, language, shown):
    assert TranslatedText(tuple(texts.items())).in_language(language) == shown


def test_an_empty_text_is_no_text():
    assert not TranslatedText.of("")
    assert TranslatedText.of("x")


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.name)
def test_a_version_survives_json(study):
    version = load(study).required()
    assert metadata_json.load(MetaDataVersion, metadata_json.dump(version)) == version


def test_a_default_adds_nothing_to_the_hash():
    version = MetaDataVersion("v1", "v1", StudyInfo("S", "S"))
    assert (
        metadata_json.canonical_bytes(version) == b'{"name":"v1","oid":"v1","study":{"name":"S","oid":"S"}}'
    )
    assert metadata_json.sha256(version) != metadata_json.sha256(replace(version, languages=("en", "ko")))


def test_a_key_of_a_newer_release_is_refused():
    with pytest.raises((TypeError, KeyError)):
        metadata_json.load(ItemDef, {"oid": "A", "name": "A", "data_type": "text", "invented_later": 1})
