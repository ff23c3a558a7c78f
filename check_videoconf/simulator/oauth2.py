"""The token endpoint of a simulated Management Node: a signed assertion for a bearer token. Needs PyJWT."""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import parse_qsl

from .messages import Answer, Request, encoded

PATH = "/oauth/token/"
_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class OAuth2:
    """One client, known by its public key. To be had by a device as its `oauth2`, which then takes no other login.

    Tokens live `seconds`; `withdraw` ends those that were given. `claims` are those of each assertion that was taken.
    """

    def __init__(self, client_id: str, public_key: Any, audience: str, seconds: int = 3600) -> None:
        """`public_key` is whatever PyJWT verifies ES256 with; `audience` is the URL of the endpoint."""
        self.claims: list[dict[str, Any]] = []
        self.seconds = seconds
        self._client_id = client_id
        self._public_key = public_key
        self._audience = audience
        self._tokens: dict[str, float] = {}

    def withdraw(self) -> None:
        """From now on no token is good but those given later."""
        self._tokens.clear()

    def token(self, request: Request) -> Answer:
        """The answer of the endpoint."""
        import jwt

        form = dict(parse_qsl(request.body.decode()))
        try:
            claims = jwt.decode(
                form.get("client_assertion", ""),
                self._public_key,
                algorithms=["ES256"],
                audience=self._audience,
                options={"require": ["exp", "iat", "iss", "sub", "jti"]},
            )
        except jwt.PyJWTError:
            claims = {}
        wanted = {"iss": self._client_id, "sub": self._client_id}
        right_form = form.get("grant_type") == "client_credentials" and form.get("client_assertion_type") == _TYPE
        replayed = claims.get("jti") in [taken["jti"] for taken in self.claims]
        if request.method != "POST" or not right_form or replayed or {**claims, **wanted} != claims:
            return encoded({"error": "invalid_client"}, 401)
        self.claims.append(claims)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic() + self.seconds
        return encoded({"access_token": token, "expires_in": self.seconds, "token_type": "Bearer"})

    def accepts(self, request: Request) -> bool:
        """Whether the request carries a token that was given and is still good."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and self._tokens.get(token, 0.0) > time.monotonic()
