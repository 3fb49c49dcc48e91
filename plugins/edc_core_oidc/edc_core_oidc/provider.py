"""A proof by an OpenID Connect provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1).

Whose account it is follows from issuer and subject alone: a mail address is a claim that providers let people change. For
a signature, and where an account is linked, the person signs in at the provider at that moment: ``prompt=login`` asks for
it and ``auth_time`` shows it, so a session that stands open there signs nothing (21 CFR 11.200(a)(1)).
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from edc_core.api import BadRequest, Proof, ProofPurpose, SendTo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import ProofAnswer, ProofWanted

TIMEOUT_S = 10
LEEWAY_S = 60  #: that the clocks of two servers may differ
KEPT_S = 300  #: that what the provider says of itself is taken as it was
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
#: Signatures that are taken; never ``none``, never one by the shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """``EDC_OIDC_...``; the README describes them.

    :param second_factor: values of ``amr`` or ``acr`` that say that the provider asked for two factors.
    """

    issuer: str
    client_id: str
    client_secret: str
    label: str
    scope: str
    second_factor: frozenset[str]

    @classmethod
    def read(cls, settings: Mapping[str, str]) -> ProviderSettings:
        """:raises ValueError: a setting is missing, or the provider is not reached by ``https``."""
        issuer = settings["ISSUER"]
        at = urlsplit(issuer)
        if at.scheme != "https" and not (at.scheme == "http" and at.hostname in LOOPBACK):
            raise ValueError("EDC_OIDC_ISSUER begins with https://.")
        if not settings.get("CLIENT_ID"):
            raise ValueError("EDC_OIDC_CLIENT_ID is missing: the provider's name for this installation.")
        return cls(
            issuer=issuer,
            client_id=settings["CLIENT_ID"],
            client_secret=settings.get("CLIENT_SECRET", ""),
            label=settings.get("LABEL", "") or at.hostname or issuer,
            scope=settings.get("SCOPE", "") or "openid",
            second_factor=frozenset(settings.get("SECOND_FACTOR", "mfa").replace(" ", "").split(",")) - {""},
        )


class Provider:
    """One provider, asked for what it says of itself when somebody first needs it."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._about: tuple[float, dict[str, Any]] = (0.0, {})

    def begin(self, wanted: ProofWanted) -> SendTo:
        """Where the person signs in.

        :raises BadRequest: the provider does not answer.
        """
        fresh = wanted.purpose is not ProofPurpose.SIGN_IN
        keep = {"nonce": secrets.token_urlsafe(32), "verifier": secrets.token_urlsafe(48), "fresh": fresh}
        more = {"prompt": "login", "max_age": "0"} if fresh else {}
        address, state = self._session(wanted.back).create_authorization_url(
            self._facts()["authorization_endpoint"],
            code_verifier=keep["verifier"],
            nonce=keep["nonce"],
            **more,
        )
        return SendTo(address, {**keep, "state": state})

    def finish(self, answer: ProofAnswer) -> Proof:
        """Judge what the provider sent the person back with.

        :raises BadRequest: it refused, it does not answer, or its answer does not belong to what was asked.
        """
        if not secrets.compare_digest(answer.given.get("state", ""), answer.keep["state"]):
            raise BadRequest("This answer belongs to another sign-in. Begin once more.")
        if "code" not in answer.given:
            raise BadRequest(
                f"{self.settings.label} did not sign you in. Begin once more, or ask whoever runs it."
            )
        if answer.given.get("iss", self.settings.issuer) != self.settings.issuer:  # RFC 9207
            raise BadRequest("This answer comes from another provider. Begin once more.")
        claims = self._claims(self._token(answer), answer.keep["nonce"])
        if answer.keep["fresh"]:
            self._require_fresh(claims, answer.wanted.at.timestamp())
        ways = {claims.get("acr"), *(claims.get("amr") or ())}
        name = claims.get("preferred_username") or claims.get("email") or claims["sub"]
        return Proof(
            subject=f"{self.settings.issuer} {claims['sub']}",
            has_second_factor=bool(ways & self.settings.second_factor),
            words=f"{self.settings.label}: {name}",
        )

    def _token(self, answer: ProofAnswer) -> str:
        try:
            found = self._session(answer.wanted.back).fetch_token(
                self._facts()["token_endpoint"],
                grant_type="authorization_code",
                code=answer.given["code"],
                code_verifier=answer.keep["verifier"],
            )
        except (AuthlibBaseError, requests.RequestException, ValueError) as error:
            raise BadRequest(
                f"{self.settings.label} did not confirm the sign-in. Begin once more."
            ) from error
        token = found.get("id_token")
        if not isinstance(token, str):
            raise BadRequest(
                f"{self.settings.label} did not say who signed in. Tell whoever runs this system."
            )
        return token

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that the provider made for this client and this very request."""
        expected = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            keys = KeySet.import_key_set(self._get(self._facts()["jwks_uri"]))
            claims: dict[str, Any] = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            expected.validate(claims)
        except (JoseError, ValueError, KeyError) as error:
            raise BadRequest(
                f"What {self.settings.label} said does not hold ({type(error).__name__}). Begin once more."
            ) from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", self.settings.client_id) != self.settings.client_id or (
            several and "azp" not in claims
        ):
            raise BadRequest(f"{self.settings.label} signed in somebody for another system. Begin once more.")
        return claims

    def _require_fresh(self, claims: Mapping[str, Any], begun: float) -> None:
        at = claims.get("auth_time")
        if not isinstance(at, int | float) or at < begun - LEEWAY_S:
            raise BadRequest(
                f"{self.settings.label} did not ask you to sign in again, so this proves nothing. Tell whoever runs it."
            )

    def _session(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret or None,
            token_endpoint_auth_method="client_secret_basic" if self.settings.client_secret else "none",
            scope=self.settings.scope,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_S,
        )

    def _facts(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery 1.0)."""
        at, known = self._about
        if time.monotonic() - at > KEPT_S or not known:
            known = self._get(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            if known.get("issuer") != self.settings.issuer:
                raise BadRequest(
                    f"{self.settings.label} calls itself by another name than EDC_OIDC_ISSUER. Tell whoever runs this system."
                )
            self._about = (time.monotonic(), known)
        return known

    def _get(self, address: str) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=TIMEOUT_S)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise BadRequest(
                f"{self.settings.label} does not answer. Try again later, or sign in another way."
            ) from error
        return found
