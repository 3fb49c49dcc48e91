from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.compare import compare
from edc_core.domain.metadata import ItemDef, TranslatedText


@pytest.fixture(scope="module")
def version():
    return load(Path(__file__).parents[1] / "definitions/data/every-kind").required()


def test_a_version_does_not_differ_from_itself_in_another_order(version):
    assert compare(version, replace(version, items=version.items[::-1], forms=version.forms[::-1])) == ()


def test_added_removed_and_changed_definitions_are_named(version):
    first, second, *rest = version.items
    changed = replace(first, question=TranslatedText.of("New", "en"), length=7)
    added = ItemDef("NEW", "NEW", first.data_type)
    changes = compare(version, replace(version, oid="v2", items=(changed, *rest, added)))
    assert sorted(map(str, changes)) == sorted(
        [
            "changed MetaDataVersion v2: oid",
            "added ItemDef NEW",
            f"removed ItemDef {second.oid}",
            f"changed ItemDef {first.oid}: question, length",
        ]
    )
    by_oid = {change.oid: change for change in changes}
    assert by_oid[first.oid].fields[1] == ("length", first.length, 7)


def test_sites_and_plugins_are_compared_by_number_and_name(version):
    other = replace(
        version, sites=(replace(version.sites[0], zone="Asia/Seoul"),), plugins=version.plugins[1:]
    )
    assert [str(change) for change in compare(version, other)] == [
        "changed SiteDef 01: zone",
        "removed PluginUse edc-core-a",
    ]
