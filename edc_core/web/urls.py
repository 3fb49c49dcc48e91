"""Places in addresses. OIDs and keys may hold any character; each stands in one segment, percent-encoded twice.

A server decodes an address once before it looks at the slashes, so a slash inside a key has to survive that.
"""

from __future__ import annotations

from urllib.parse import quote

from werkzeug.routing import BaseConverter, ValidationError

from edc_core.domain.item_path import ItemPath, Step, decode, encode
from edc_core.errors import BadRequest
from edc_core.store.row_places import path_of


class KeyConverter(BaseConverter):
    """A subject key."""

    def to_python(self, value: str) -> str:
        return decode(value)

    def to_url(self, value: str) -> str:
        return quote(encode(value), safe="")


class StepConverter(BaseConverter):
    """One definition with its repeat key: ``V2`` or ``V2[3]``; the key 1 is left out."""

    def to_python(self, value: str) -> Step:
        oid, bracket, key = value.partition("[")
        if bracket and not key.endswith("]"):
            raise ValidationError
        step = Step(decode(oid), decode(key[:-1]) if bracket else "1")
        if not (step.oid and step.key):
            raise ValidationError
        return step

    def to_url(self, value: Step) -> str:
        text = encode(value.oid) if value.key == "1" else str(value)
        return quote(text, safe="[]")


class PathConverter(BaseConverter):
    """An item path in its canonical text."""

    regex = r"[^/].*?"
    part_isolating = False

    def to_python(self, value: str) -> ItemPath:
        try:
            return path_of(value)
        except BadRequest as error:
            raise ValidationError from error

    def to_url(self, value: ItemPath) -> str:
        return quote(str(value), safe="/[]")


CONVERTERS = {"key": KeyConverter, "step": StepConverter, "place": PathConverter}
