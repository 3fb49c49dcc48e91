"""The shape of requests about people."""

from __future__ import annotations

from marshmallow import fields, validate

from edc_core.domain.permission import Role
from edc_core.web.requests import Request

_LOGIN = validate.Length(min=1, max=255)
_OP = validate.Length(min=8, max=200)


class AddPersonRequest(Request):
    op = fields.String(required=True, validate=_OP)
    login = fields.String(required=True, validate=_LOGIN)
    full_name = fields.String(required=True, validate=validate.Length(min=1, max=255))
    email = fields.String(required=True, validate=validate.Email())
    zone = fields.String(load_default="UTC", validate=validate.Length(max=64))


class GrantRequest(Request):
    """:param study: name of the study; empty for a role in the installation. :param sites: numbers, with spaces between."""

    op = fields.String(required=True, validate=_OP)
    role = fields.String(required=True, validate=validate.OneOf([role.value for role in Role]))
    study = fields.String(load_default="", validate=validate.Length(max=300))
    sites = fields.String(load_default="", validate=validate.Length(max=1000))
    starts = fields.Date(load_default=None, allow_none=True)
    ends = fields.Date(load_default=None, allow_none=True)


class EndRequest(Request):
    op = fields.String(required=True, validate=_OP)
    grant_id = fields.String(required=True, validate=validate.Length(max=64))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))


class CareRequest(Request):
    """:param act: one step for an account."""

    act = fields.String(
        required=True,
        validate=validate.OneOf(["close", "open", "unlock", "sign out", "invite", "email", "reset factor"]),
    )
    email = fields.String(load_default="", validate=validate.Length(max=255))
