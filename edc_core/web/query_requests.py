"""A step of a query as a request asks for it, on the query's own page and beside a form."""

from __future__ import annotations

from flask import request
from marshmallow import fields, validate

from edc_core.domain.commands import ActOnQuery
from edc_core.domain.query import RIGHTS, QueryAction
from edc_core.web.context import study
from edc_core.web.requests import INTEGER, Request


class ActRequest(Request):
    """:param base: the version of the thread the person saw. :param recipient: whom to forward it to."""

    op = fields.String(required=True, validate=validate.Length(min=8, max=200))
    action = fields.String(required=True, validate=validate.OneOf([action.value for action in RIGHTS]))
    recipient = fields.String(load_default="", validate=validate.Length(max=16))
    text = fields.String(load_default="", validate=validate.Length(max=2000))
    base = fields.Integer(required=True, validate=INTEGER)


def step_asked(subject_key: str, query_id: str) -> ActOnQuery:
    """The command of the request at hand."""
    given = ActRequest.read(request.form)
    return ActOnQuery(
        study_id=study().study_id, op=given["op"], subject_key=subject_key, query_id=query_id,
        action=QueryAction(given["action"]), text=given["text"], base_version=given["base"],
        recipient=given["recipient"],
    )  # fmt: skip
