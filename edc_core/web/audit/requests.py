"""The shape of requests for the audit trail."""

from marshmallow import EXCLUDE, fields

from edc_core.web.requests import INTEGER, Request


class HistoryRequest(Request):
    class Meta:
        unknown = EXCLUDE

    before = fields.Integer(load_default=0, validate=INTEGER)
    kind = fields.String(load_default="")
    who = fields.String(load_default="")


class ThenRequest(Request):
    class Meta:
        unknown = EXCLUDE

    on = fields.String(load_default="")
