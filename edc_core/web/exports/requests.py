"""The shape of requests for exports."""

from marshmallow import fields, validate

from edc_core.web.requests import Request


class ExportRequest(Request):
    """:param unlocked: include data that are not locked."""

    op = fields.String(required=True, validate=validate.Length(min=8, max=150))
    format = fields.String(required=True)
    snapshot = fields.String(load_default="")
    unlocked = fields.Boolean(load_default=False)
