"""The shape of the requests that belong to no work area. Unknown fields are refused."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn, cast

from marshmallow import Schema, ValidationError, fields, missing, validate

from edc_core.domain.commands import Reason
from edc_core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What both databases and the ledger's JSON take for a whole number.
INTEGER = validate.Range(min=-(2**31), max=2**31 - 1)


class Request(Schema):
    """Base of every request's shape."""

    csrf_token = fields.String()  # posted by forms; checked before any view

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a request, without the token of its form: commands are made of them, so a ``reason`` is one.

        :raises BadRequest: one is missing, unknown or out of its range.
        """
        sent = dict(given.items())
        shape, rest = _shape(cls, frozenset(sent.keys() & cls._declared_fields.keys()))
        loaded = rest | cast("dict[str, Any]", shape.load(sent))
        loaded.pop("csrf_token", None)
        if "reason" in loaded:
            loaded["reason"] = Reason(text=loaded["reason"].strip())
        return loaded

    def handle_error(self, error: ValidationError, data: Any, **_more: Any) -> NoReturn:
        """:raises BadRequest: naming the fields, never what stood in them."""
        names = ", ".join(sorted(str(name) for name in error.messages_dict))
        raise BadRequest(f"The request does not have the right fields: {names}.") from error


@lru_cache(maxsize=1024)
def _shape(kind: type[Request], sent: frozenset[str]) -> tuple[Request, dict[str, Any]]:
    """What reads the fields that were sent or have to be, and what the others are when they are not sent.

    One object for each choice of fields: making it copies them, loading changes nothing in it and looks at every one.
    """
    fields = kind().load_fields.items()
    read = sent | {name for name, field in fields if field.required or callable(field.load_default)}
    rest = {name: field for name, field in fields if name not in read and field.load_default is not missing}
    return kind(only=read), {field.attribute or name: field.load_default for name, field in rest.items()}


class LoginRequest(Request):
    login = fields.String(required=True, validate=validate.Length(max=255))
    password = fields.String(required=True, validate=validate.Length(max=1024))
    next = fields.String(load_default="")


class ReauthRequest(Request):
    login = fields.String(required=True, validate=validate.Length(max=255))
    password = fields.String(load_default="", validate=validate.Length(max=1024))
