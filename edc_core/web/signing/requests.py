"""The shape of requests of the sign page."""

from marshmallow import fields, validate

from edc_core.domain.signature import Meaning
from edc_core.web.requests import INTEGER, Request

_OP = validate.Length(min=8, max=200)


class SheetRequest(Request):
    """:param scope: path of what is to be signed; empty for the casebook. :param milestone: that it is signed for."""

    scope = fields.String(load_default="", validate=validate.Length(max=2000))
    milestone = fields.String(load_default="", validate=validate.Length(max=255))


class KeptRequest(SheetRequest):
    """:param picture: the PDF that was drawn of what was signed, not the canonical text."""

    picture = fields.Boolean(load_default=False)


class Signing(Request):
    """What a person gives to sign. :param milestone: that it is signed for."""

    op = fields.String(required=True, validate=validate.Length(min=8, max=150))
    milestone = fields.String(load_default="", validate=validate.Length(max=255))
    meaning = fields.Enum(Meaning, by_value=True, required=True)
    accepts = fields.Boolean(load_default=False)
    login = fields.String(required=True, validate=validate.Length(max=255))
    password = fields.String(load_default="", validate=validate.Length(max=1024))


class SignRequest(SheetRequest, Signing):
    """:param sha256: of the manifest that the page showed. :param n: where the chain was then."""

    sha256 = fields.String(required=True, validate=validate.Length(equal=64))
    n = fields.Integer(required=True, validate=INTEGER)


class ManyRequest(Signing):
    """:param sheet: casebooks that were read, as ``sheets.Sheet.value`` has them. :param subject: all that were shown."""

    subject = fields.List(fields.String(validate=validate.Length(max=255)), load_default=list)
    sheet = fields.List(fields.String(validate=validate.Length(max=2000)), load_default=list)


class WithdrawRequest(SheetRequest):
    """:param n: the signature that the page showed."""

    op = fields.String(required=True, validate=_OP)
    n = fields.Integer(required=True, validate=INTEGER)
    reason = fields.String(required=True, validate=validate.Length(max=2000))
