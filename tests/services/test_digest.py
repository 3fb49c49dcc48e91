"""The digest of a command, by which a retry finds its receipt: releases make it alike as long as a command has no new field."""

import hashlib
import json
from dataclasses import fields

import pytest

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import Reason, SaveItems
from edc_core.domain.item_path import ItemPath, Step
from edc_core.errors import BadRequest
from edc_core.services.operation import digest


def save(raw="72", words="맥박 \\u0000", op="op-1"):
    form = ItemPath(Step("V 1"), Step("VS"))
    pulse = form.with_group("VS", "1").with_item("VS.PULSE")
    given = ItemInput(pulse, raw, base_version=1, source={"by": ["x", None]})
    return SaveItems(
        study_id="s", op=op, subject_key="01-001", form=form, items=(given,), reason=Reason("other", words)
    )


def content(part):
    """What stands in the digest for a place, and for everything else that has fields."""
    if isinstance(part, ItemPath):
        return str(part)
    return {field.name: getattr(part, field.name) for field in fields(part) if field.name != "op"}


def test_it_is_the_sha256_of_sorted_json_with_places_as_text():
    command = save()
    named = content(command) | {"command": "SaveItems"}
    text = json.dumps(named, default=content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert digest(command) == hashlib.sha256(text.encode()).hexdigest()


def test_the_operation_is_not_in_it_and_everything_else_is():
    assert digest(save(op="op-2")) == digest(save())
    assert len({digest(save()), digest(save(raw="73")), digest(save(words="pulse"))}) == 3


@pytest.mark.parametrize("text", ["\0", "a\\\0", "\\\\\0b"])
def test_a_nul_is_refused_wherever_it_stands(text):
    with pytest.raises(BadRequest, match="NUL"):
        digest(save(raw=text))
    with pytest.raises(BadRequest, match="NUL"):
        digest(save(words=text))


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "u0000"])
def test_the_letters_of_an_escape_are_text_like_any_other(text):
    assert digest(save(raw=text)) != digest(save())
