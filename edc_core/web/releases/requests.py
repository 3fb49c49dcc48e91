"""The shape of requests of the release page."""

from marshmallow import fields, validate

from edc_core.domain.version_release import ReleaseStep
from edc_core.web.requests import Request


class ReleaseRequest(Request):
    """:param step: what is signed. :param sha256: digest of the definition that the page showed, ``report_sha256`` that of the report.

    :param reason: why it is released though acceptance testing leaves something open.
    """

    op = fields.String(required=True, validate=validate.Length(min=8, max=200))
    meta_data_version = fields.String(required=True, validate=validate.Length(max=255))
    sha256 = fields.String(required=True, validate=validate.Length(equal=64))
    step = fields.Enum(ReleaseStep, by_value=True, load_default=ReleaseStep.RELEASE)
    report_sha256 = fields.String(load_default="", validate=validate.Length(max=64))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))
    password = fields.String(load_default="", validate=validate.Length(max=1024))
