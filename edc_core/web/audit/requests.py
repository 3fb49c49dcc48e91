"""The shape of requests for the audit trail."""

from marshmallow import EXCLUDE, fields

from edc_core.web.requests import Request


class HistoryRequest(Request):
    class Meta:
        unknown = EXCLUDE

    before = fields.Integer(load_default=0)
    kind = fields.String(load_default="")
    who = fields.String(load_default="")
