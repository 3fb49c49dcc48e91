"""The shape of review requests; unknown fields are refused."""

from __future__ import annotations

from marshmallow import fields, validate

from edc_core.domain.review_plan import ReviewGroup
from edc_core.web.requests import Request

OP = validate.Length(min=8, max=200)


class WorkRequest(Request):
    """:param group: empty for the first group that the person belongs to. :param site: its number, or empty."""

    group = fields.String(load_default="", validate=validate.OneOf(("", *ReviewGroup)))
    site = fields.String(load_default="")


class DeskRequest(Request):
    """:param at: the form or visit looked at, or ``all``; without it, the list of forms."""

    group = fields.String(load_default="", validate=validate.OneOf(("", *ReviewGroup)))
    at = fields.String(load_default="")


class MarkRequest(Request):
    """:param values: ``<version>@<item path>`` of each value that was shown. :param at: where the person was."""

    op = fields.String(required=True, validate=OP)
    group = fields.String(required=True, validate=validate.OneOf(tuple(ReviewGroup)))
    values = fields.List(fields.String(validate=validate.Regexp(r"\d{1,9}@.+")), required=True)
    at = fields.String(load_default="")


class TakeBackRequest(Request):
    op = fields.String(required=True, validate=OP)
    group = fields.String(required=True, validate=validate.OneOf(tuple(ReviewGroup)))
    path = fields.String(required=True)
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    at = fields.String(load_default="")
