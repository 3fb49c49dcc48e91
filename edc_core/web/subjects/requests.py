"""The shape of requests about subjects. Unknown fields of a write are refused, of an address ignored."""

from marshmallow import EXCLUDE, fields, validate

from edc_core.domain.protection import ProtectAction
from edc_core.web.requests import INTEGER, Request

OP = validate.Length(min=8, max=200)
REASON = validate.Length(min=1, max=2000)


class ListRequest(Request):
    """What the list is narrowed to, as it stands in the address."""

    class Meta:
        unknown = EXCLUDE

    site = fields.String(load_default="")
    q = fields.String(load_default="", validate=validate.Length(max=100))
    status = fields.String(load_default="")
    queries = fields.Boolean(load_default=False, falsy={"", "0", "false"})
    page = fields.Integer(load_default=1, validate=INTEGER)


class AddSubjectRequest(Request):
    op = fields.String(required=True, validate=OP)
    subject_key = fields.String(required=True)
    site = fields.String(required=True)


class AddEventRequest(Request):
    op = fields.String(required=True, validate=OP)
    event = fields.String(required=True)


class EventRequest(Request):
    op = fields.String(required=True, validate=OP)
    reason = fields.String(load_default="", validate=validate.Length(max=2000))
    undo = fields.Boolean(load_default=False)


class ProtectRequest(Request):
    op = fields.String(required=True, validate=OP)
    action = fields.Enum(ProtectAction, required=True, by_value=True)
    reason = fields.String(load_default="", validate=validate.Length(max=2000))
