"""The shape of requests about one's own account."""

from marshmallow import fields, validate

from edc_core.domain.authenticator import ProofPurpose
from edc_core.web.requests import Request

_PASSWORD = validate.Length(max=1024)


class ForgotRequest(Request):
    login = fields.String(required=True, validate=validate.Length(max=255))


class LinkRequest(Request):
    password = fields.String(required=True, validate=_PASSWORD)
    again = fields.String(required=True, validate=_PASSWORD)


class ChangeRequest(LinkRequest):
    """:param present: the password there is."""

    present = fields.String(required=True, validate=_PASSWORD)


class SessionsRequest(Request):
    """:param key: the session to end; empty ends all but this one."""

    key = fields.String(load_default="", validate=validate.Length(max=64))


class DigestRequest(Request):
    wanted = fields.Boolean(load_default=False)


class CodeRequest(Request):
    code = fields.String(required=True, validate=validate.Length(max=40))
    next = fields.String(load_default="")


class FactorRequest(CodeRequest):
    """:param sealed: the secret that the page offered. :param password: asked for unless the person has just given it."""

    password = fields.String(load_default="", validate=_PASSWORD)
    sealed = fields.String(required=True, validate=validate.Length(max=1000))


class ProofRequest(Request):
    """:param link: token of an invitation. :param password: where an account that is signed in is linked."""

    purpose = fields.Enum(ProofPurpose, by_value=True, required=True)
    next = fields.String(load_default="", validate=validate.Length(max=4000))
    link = fields.String(load_default="", validate=validate.Length(max=100))
    password = fields.String(load_default="", validate=_PASSWORD)


class UnlinkRequest(Request):
    authenticator = fields.String(required=True, validate=validate.Length(max=64))
    created_at = fields.String(required=True, validate=validate.Length(max=40))
