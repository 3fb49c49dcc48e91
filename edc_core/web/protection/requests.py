"""The shape of requests of the lock page."""

from marshmallow import EXCLUDE, fields, validate

from edc_core.domain.protection import ProtectAction
from edc_core.web.requests import INTEGER, Request


class LockPageRequest(Request):
    class Meta:
        unknown = EXCLUDE

    site = fields.String(load_default="")
    page = fields.Integer(load_default=1, validate=INTEGER)


class LockRequest(Request):
    """:param site: number of the site; empty for the study. :param subject: number of a subject; empty for neither."""

    op = fields.String(required=True, validate=validate.Length(min=8, max=200))
    action = fields.Enum(ProtectAction, required=True, by_value=True)
    reason = fields.String(load_default="", validate=validate.Length(max=2000))
    site = fields.String(load_default="")
    subject = fields.String(load_default="")
