"""The shape of requests of the pages of versions."""

from marshmallow import EXCLUDE, fields, validate

from edc_core.web.requests import Request

_OP = validate.Length(min=8, max=200)
_OID = validate.Length(max=255)


class CompareRequest(Request):
    """:param old: a version, by default the one before ``new``; which is the newest by default."""

    class Meta:
        unknown = EXCLUDE

    old = fields.String(load_default="", validate=_OID)
    new = fields.String(load_default="", validate=_OID)


class ImpactRequest(Request):
    op = fields.String(required=True, validate=_OP)
    old = fields.String(required=True, validate=_OID)
    new = fields.String(required=True, validate=_OID)


class ActivateRequest(Request):
    """:param sites: numbers. :param effective_from: a day, or empty for now. :param cancel: give up what is planned."""

    op = fields.String(required=True, validate=_OP)
    version = fields.String(load_default="", validate=_OID)
    sites = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    effective_from = fields.String(load_default="", validate=validate.Length(max=10))
    approval = fields.String(load_default="", validate=validate.Length(max=500))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))
    cancel = fields.Boolean(load_default=False)
