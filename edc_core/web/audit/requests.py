"""The shape of requests for the audit trail."""

from marshmallow import EXCLUDE, Schema, fields


class HistoryRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    before = fields.Integer(load_default=0)
    kind = fields.String(load_default="")
    who = fields.String(load_default="")
