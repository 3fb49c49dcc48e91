"""The shape of the requests that belong to no work area. Unknown fields are refused."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, cast

from marshmallow import Schema, ValidationError, fields, validate

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
        loaded = cast("dict[str, Any]", _shape(cls).load(given))
        loaded.pop("csrf_token", None)
        if "reason" in loaded:
            loaded["reason"] = Reason(text=loaded["reason"].strip())
        return loaded

    def handle_error(self, error: ValidationError, data: Any, **_more: Any) -> NoReturn:
        """:raises BadRequest: naming the fields, never what stood in them."""
        names = ", ".join(sorted(str(name) for name in error.messages_dict))
        raise BadRequest(f"The request does not have the right fields: {names}.") from error


@cache
def _shape(kind: type[Request]) -> Request:
    """One object per shape: making it copies all its fields, and loading changes nothing in it."""
    return kind()


class LoginRequest(Request):
    login = fields.String(required=True, validate=validate.Length(max=255))
    password = fields.String(required=True, validate=validate.Length(max=1024))
    next = fields.String(load_default="")


class ReauthRequest(Request):
    login = fields.String(required=True, validate=validate.Length(max=255))
    password = fields.String(required=True, validate=validate.Length(max=1024))
