"""An OpenID Connect provider on loopback, of Authlib's server: what it says can be spoilt, and it is asked over HTTP."""

import secrets
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from flask import Flask, jsonify, redirect, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "edc", "a secret of the installation"
KEY = RSAKey.generate_key(2048, parameters={"kid": "of-the-provider"}, private=True)


class Client(ClientMixin):
    def __init__(self, back):
        self.back = back

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return self.back

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.back

    def check_client_secret(self, client_secret):
        return secrets.compare_digest(client_secret, SECRET)

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    sub: str
    redirect_uri: str
    scope: str
    nonce: str
    auth_time: int
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.auth_time

    def get_acr(self):
        return None

    def get_amr(self):
        return None


@dataclass
class Provider:
    """:param sub: who sits at the provider. :param signed_in_at: when they did so there (seconds); ``prompt=login`` renews it.

    :param says: claims that go over the true ones; ``None`` takes one out. :param obeys: honours ``prompt=login``.
    :param signs_with: another key than the published one. :param asked: the parameters of each authorization request.
    """

    back: str
    sub: str = "person-1"
    signed_in_at: int = 0
    says: dict = field(default_factory=dict)
    obeys: bool = True
    signs_with: RSAKey | None = None
    refuses: str = ""
    asked: list = field(default_factory=list)
    codes: dict = field(default_factory=dict)

    def __post_init__(self):
        self.key = KEY
        self.server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.issuer = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def _app(self):
        app = Flask("provider")
        granting = AuthorizationServer(app, query_client=self._client, save_token=lambda token, request: None)
        granting.register_grant(
            self._code_grant(), [self._id_token(require_nonce=True), CodeChallenge(required=True)]
        )
        app.add_url_rule("/.well-known/openid-configuration", "about", self._about)
        app.add_url_rule("/keys", "keys", lambda: jsonify(KeySet([self.key]).as_dict(private=False)))
        app.add_url_rule("/token", "token", granting.create_token_response, methods=["POST"])

        @app.get("/authorize")
        def authorize():
            self.asked.append(request.args.to_dict())
            if self.refuses:
                back = urllib.parse.urlencode({"error": self.refuses, "state": request.args["state"]})
                return redirect(f"{self.back}?{back}")
            if self.obeys and (request.args.get("prompt") == "login" or not self.signed_in_at):
                self.signed_in_at = int(time.time())
            grant = granting.get_consent_grant(end_user=self.sub)
            return granting.create_authorization_response(grant=grant, grant_user=self.sub)

        return app

    def _client(self, client_id):
        return Client(self.back) if client_id == CLIENT else None

    def _about(self):
        return jsonify(
            issuer=self.issuer,
            authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/keys",
        )

    def _code_grant(provider):  # noqa: N805 - the grant has a self of its own
        class Grant(grants.AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012 - as the library has it

            def save_authorization_code(self, code, request):
                data = request.payload.data
                provider.codes[code] = Code(
                    provider.sub,
                    data["redirect_uri"],
                    data["scope"],
                    data["nonce"],
                    provider.signed_in_at,
                    data["code_challenge"],
                    data["code_challenge_method"],
                )

            def query_authorization_code(self, code, client):
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code):
                provider.codes = {k: v for k, v in provider.codes.items() if v is not authorization_code}

            def authenticate_user(self, authorization_code):
                return authorization_code.sub

        return Grant

    def _id_token(provider, *, require_nonce):  # noqa: N805
        class IdToken(OpenIDCode):
            def exists_nonce(self, nonce, request):
                return any(code.nonce == nonce for code in provider.codes.values())

            def resolve_client_private_key(self, client):
                return provider.signs_with or provider.key

            def get_encode_header(self, client):
                return {"alg": "RS256", "kid": "of-the-provider"}

            def get_client_claims(self, client):
                return {"iss": provider.issuer}

            def get_client_algorithm(self, client):
                return "RS256"

            def generate_user_info(self, user, scope):
                return {"sub": user}

            def get_authorization_code_claims(self, authorization_code):
                return super().get_authorization_code_claims(authorization_code)

            def encode_id_token(self, token, request):
                from joserfc import jwt

                plain = {
                    "iss": provider.issuer, "aud": CLIENT, "sub": request.user, "iat": int(time.time()),
                    "exp": int(time.time()) + 300, **self.get_authorization_code_claims(request.authorization_code),
                }  # fmt: skip
                claims = {k: v for k, v in (plain | provider.says).items() if v is not None}
                key = self.resolve_client_private_key(request.client)
                return jwt.encode({"alg": "RS256", "kid": "of-the-provider"}, claims, key)

        return IdToken(require_nonce)
