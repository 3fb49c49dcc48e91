"""The shape of requests of the plugin page."""

from marshmallow import fields, validate

from edc_core.web.requests import Request


class UpgradeRequest(Request):
    """:param plugin: as ``study.yaml`` names it. :param approve: approve what was asked for."""

    op = fields.String(required=True, validate=validate.Length(min=8, max=200))
    plugin = fields.String(required=True, validate=validate.Length(max=255))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))
    approve = fields.Boolean(load_default=False)
