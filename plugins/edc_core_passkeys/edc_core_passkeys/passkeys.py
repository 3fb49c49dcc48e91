"""Passkeys: made when an account is linked, asked at a sign-in and for a signature (Web Authentication Level 2).

A key is taken only with user verification, so it stands for two factors: what a person has, and what opens it. The id of
the credential is the subject; its public half and its counter are kept with it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from edc_core.api import AskBrowser, BadRequest, Proof, ProofPurpose
from edc_core_passkeys.host import host_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.api import AccountKey, ProofAnswer, ProofWanted

NAME = "Electronic data capture"
WRONG = "This passkey could not be checked. Try once more, or sign in another way."


class Passkeys:
    """Passkeys of one installation.

    :param base_url: its address: keys belong to the host, answers come from the origin.
    """

    def __init__(self, base_url: str) -> None:
        at = urlsplit(base_url)
        self._host, self._origin = host_of(base_url), f"{at.scheme}://{at.netloc}"

    def begin(self, wanted: ProofWanted) -> AskBrowser:
        """What the browser is asked for: to make a passkey, or to use one."""
        if wanted.purpose is ProofPurpose.LINK:
            made = webauthn.generate_registration_options(
                rp_id=self._host,
                rp_name=NAME,
                user_id=wanted.user_id.encode(),
                user_name=wanted.login,
                user_display_name=wanted.full_name,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=_described(wanted.keys),
            )
            return self._ask("create", made.challenge, webauthn.options_to_json(made))
        asked = webauthn.generate_authentication_options(
            rp_id=self._host,
            allow_credentials=_described(wanted.keys),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return self._ask("get", asked.challenge, webauthn.options_to_json(asked))

    def finish(self, answer: ProofAnswer) -> Proof:
        """Judge what the browser answered.

        :raises BadRequest: it does not answer what was asked, or the key is known to nobody here.
        """
        try:
            given = json.loads(answer.given.get("answer", ""))
            challenge = base64url_to_bytes(answer.keep["challenge"])
            made = answer.wanted.purpose is ProofPurpose.LINK
            return self._made(given, challenge) if made else self._used(answer, given, challenge)
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise BadRequest(WRONG) from error

    def _made(self, given: dict[str, Any], challenge: bytes) -> Proof:
        found = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=self._host,
            expected_origin=self._origin,
            require_user_verification=True,
        )
        subject = bytes_to_base64url(found.credential_id)
        return _proof(subject, bytes_to_base64url(found.credential_public_key), found.sign_count)

    def _used(self, answer: ProofAnswer, given: dict[str, Any], challenge: bytes) -> Proof:
        subject = str(given["id"])
        known = answer.find(subject)
        if known is None:
            raise BadRequest(
                "This passkey is not linked to an account here. Sign in as you did before and add it under My account."
            )
        public_key = str(known.material["public_key"])
        found = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=self._host,
            expected_origin=self._origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=int(known.material["sign_count"]),
            require_user_verification=True,
        )
        return _proof(subject, public_key, found.new_sign_count)

    @staticmethod
    def _ask(act: str, challenge: bytes, options: str) -> AskBrowser:
        ask = {"act": act, "options": json.loads(options)}
        return AskBrowser(ask, {"challenge": bytes_to_base64url(challenge)})


def _proof(subject: str, public_key: str, sign_count: int) -> Proof:
    return Proof(
        subject=subject,
        has_second_factor=True,
        words=f"Passkey {subject[:6]}",
        material={"public_key": public_key, "sign_count": sign_count},
    )


def _described(keys: Iterable[AccountKey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.subject)) for one in keys]
