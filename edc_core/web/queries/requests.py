"""The shape of requests about queries."""

from marshmallow import EXCLUDE, fields

from edc_core.web.requests import INTEGER, Request


class QueryListRequest(Request):
    """What the list is narrowed to; a name given several times holds several values."""

    class Meta:
        unknown = EXCLUDE

    state = fields.List(fields.String(), load_default=list)
    who = fields.List(fields.String(), load_default=list)
    age = fields.List(fields.String(), load_default=list)
    site = fields.List(fields.String(), load_default=list)
    form = fields.List(fields.String(), load_default=list)
    check = fields.List(fields.String(), load_default=list)
    changed = fields.List(fields.String(), load_default=list)
    page = fields.Integer(load_default=1, validate=INTEGER)
