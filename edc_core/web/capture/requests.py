"""The shape of entry requests. What a value means is decided in the services; unknown fields are refused."""

from __future__ import annotations

from marshmallow import fields, validate

from edc_core.domain.values import MAX_RAW_LENGTH
from edc_core.web.requests import INTEGER, Request

OP = validate.Length(min=8, max=200)


class FormRequest(Request):
    """What every write on a form carries: its operation and the version of the study the person saw."""

    op = fields.String(required=True, validate=OP)
    version = fields.String(load_default="")
    reason_code = fields.String(load_default="", validate=validate.Length(max=40))
    reason_text = fields.String(load_default="", validate=validate.Length(max=2000))


class SaveItemRequest(FormRequest):
    value = fields.String(load_default="", validate=validate.Length(max=MAX_RAW_LENGTH))
    missing = fields.String(load_default="", validate=validate.Length(max=40))
    unit = fields.String(load_default="", validate=validate.Length(max=200))
    base = fields.Integer(required=True, validate=[validate.Range(min=0), INTEGER])
    cleared = fields.Boolean(load_default=False)


class ConvertedRequest(Request):
    """A number, the unit it was given in (``from``), and the one it is wanted in."""

    class Meta:
        include = {  # noqa: RUF012 - marshmallow reads it once
            "from": fields.String(required=True, attribute="unit", validate=validate.Length(max=200))
        }

    value = fields.String(required=True, validate=validate.Length(max=200))
    to = fields.String(required=True, validate=validate.Length(max=200))
    version = fields.String(load_default="")


class FileRequest(Request):
    """What stands in the address of a file that is sent; the body is its bytes and nothing else.

    :param name: as the person's machine calls it; it is cleaned before anything is done with it.
    """

    op = fields.String(required=True, validate=OP)
    name = fields.String(required=True, validate=validate.Length(max=1000))
    version = fields.String(load_default="")


class PartRequest(FileRequest):
    """A part of a file, and where in it. :param size: bytes of the whole file. :param sha256: of the part."""

    offset = fields.Integer(required=True, validate=validate.Range(min=0))
    size = fields.Integer(required=True, validate=validate.Range(min=1))
    sha256 = fields.String(load_default="", validate=validate.Regexp(r"[0-9a-f]{64}\Z"))


class FileAskedRequest(Request):
    sha256 = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
    preview = fields.String(load_default="", validate=validate.OneOf(("", "small", "large")))


class CompleteRequest(FormRequest):
    go = fields.String(load_default="stay", validate=validate.OneOf(("stay", "next")))


class NotDoneRequest(FormRequest):
    undo = fields.Boolean(load_default=False)


class RowRequest(FormRequest):
    restore = fields.Boolean(load_default=False)


class AskRequest(FormRequest):
    text = fields.String(required=True, validate=validate.Length(max=2000))
    proposed = fields.Boolean(load_default=False)
