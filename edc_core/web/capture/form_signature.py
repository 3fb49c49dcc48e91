"""What the page of a form says of the signature that covers it, before a change breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.permission import Action
from edc_core.domain.signature import SignatureState, state_at
from edc_core.store.signature_readers import signatures
from edc_core.web import marks
from edc_core.web.context import study
from edc_core.web.moments import moments

if TYPE_CHECKING:
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.signature import Signature
    from edc_core.web.marks import Sign
    from edc_core.web.pictures import SubjectPicture


@dataclass(frozen=True, slots=True)
class FormSignature:
    """:param mark: none where no signature covers the form. :param by: the one that counts. :param url: its page."""

    mark: Sign | None
    by: Signature | None
    at: str
    url: str


def form_signature(picture: SubjectPicture, form: ItemPath) -> FormSignature | None:
    """What is said of signatures above a form; of one that none covers, where to sign it, to whoever may."""
    known = picture.casebook.forms.get(form)
    if known is None:
        return None
    subject = picture.subject
    found = signatures(picture.study.source.connection, subject.study_id, subject.subject_id)
    state = state_at(form, found)
    if state is SignatureState.UNSIGNED and not (
        picture.may(Action.SIGN) and known.status is EntryStatus.COMPLETE
    ):
        return None
    by = next((one for one in found if one.path.contains(form) and one.state is state), None)
    url = url_for(
        "signing.sheet",
        study=str(study()),
        subject_key=subject.subject_key,
        scope=str(by.path if by else form),
    )
    return FormSignature(marks.SIGNATURES.get(state), by, moments().time(by.at) if by else "", url)
