import json

import pytest
from hypothesis import given, settings

from edc_core.domain.metadata import DataType, ItemDef, MetaDataVersion, StudyInfo
from edc_core.domain.metadata_json import canonical_bytes, dump, load, sha256
from tests.builders import vital_signs
from tests.definitions.metadata_strategies import versions


@settings(max_examples=15, deadline=None)
@given(versions())
def test_a_definition_survives_being_stored(version):
    stored = json.loads(canonical_bytes(version))
    assert load(MetaDataVersion, stored) == version
    assert sha256(load(MetaDataVersion, stored)) == sha256(version)


def test_the_hash_of_a_published_definition_never_changes():
    """Fixed bytes: when this fails, every published definition has lost its hash."""
    version = MetaDataVersion(
        "1", "v1", StudyInfo("S", "연구"), items=(ItemDef("I", "I", DataType.INTEGER, length=3),)
    )
    assert canonical_bytes(version) == (
        '{"items":[{"data_type":"integer","length":3,"name":"I","oid":"I"}],'
        '"name":"v1","oid":"1","study":{"name":"연구","oid":"S"}}'.encode()
    )
    assert sha256(version) == "32faedc9dd447399b704442fefafc43c4445022dc026c06cd62e455a0fdebdb4"


def test_fields_at_their_default_are_left_out_so_later_fields_change_no_hash():
    assert dump(ItemDef("I", "I", DataType.TEXT, length=None, sensitivity="")) == {
        "oid": "I",
        "name": "I",
        "data_type": "text",
    }


def test_a_field_of_a_newer_release_is_an_error_and_not_lost():
    with pytest.raises((TypeError, KeyError)):
        load(ItemDef, {"oid": "I", "name": "I", "data_type": "text", "from_the_future": 1})


def test_a_whole_study_is_read_back_equal():
    version = vital_signs().build()
    assert load(MetaDataVersion, json.loads(canonical_bytes(version))) == version
