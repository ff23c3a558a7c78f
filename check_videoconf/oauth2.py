"""OAuth2 for Pexip: an ES256 client assertion for a bearer token, which is kept until shortly before it expires."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .auth import Login
from .errors import AuthenticationFailed, OptionError
from .state import file_name, read_limited, write_atomically

if TYPE_CHECKING:
    from .session import Session

PATH = "/oauth/token/"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFE = 3600
# Asked for anew so long before the end that a check does not lose it half-way.
_MARGIN = 60
# What a server that does not say how long its token lives can be trusted with.
_SHORT_LIFE = 300
_LARGEST = 64 * 1024


class Bearer(Login):
    """`Authorization: Bearer`, the token fetched when it is first needed. Raises OptionError, VideoconfError."""

    def __init__(self, client_id: str, key_file: str) -> None:
        self._client_id = client_id
        self._jwt = _library()
        self._key = _read_key(key_file)
        self._token = ""
        self._session: Session | None = None
        self._path = ""
        self._refused = False

    def attach(self, session: Session, state_directory: str) -> None:
        """The session to ask by, and where tokens are kept."""
        self._session = session
        if state_directory:
            self._path = os.path.join(state_directory, file_name("token", session.base, self._client_id, self._key))

    def header(self, method: str, url: str) -> str:
        if not self._token:
            self._token = self._stored() or self._fetch()
        return f"Bearer {self._token}"

    def challenged(self, headers: Any) -> bool:
        """A kept token may have been withdrawn: once, a new one is asked for."""
        if self._refused:
            return False
        self._refused = True
        self._token = self._fetch()
        return True

    def _stored(self) -> str:
        if not self._path:
            return ""
        try:
            kept = json.loads(read_limited(self._path, _LARGEST))
            return str(kept["token"]) if kept["until"] > time.time() else ""
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ""

    def _fetch(self) -> str:
        session = self._session
        if session is None:
            raise AssertionError("a token is asked for before there is a session")
        now = int(time.time())
        url = session.base + PATH
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": url,
            "iat": now,
            "exp": now + _ASSERTION_LIFE,
            "jti": os.urandom(18).hex(),
        }
        try:
            assertion = self._jwt.encode(claims, self._key, algorithm="ES256")
        except (ValueError, TypeError, self._jwt.PyJWTError):
            raise OptionError("--oauth2-key: not an EC private key (P-256) in PEM") from None
        session.redactor.add(assertion)
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = session.request("POST", PATH, urlencode(form).encode(), headers, login=False).json()
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise AuthenticationFailed(
                account=self._client_id, address=session.device.address, reason="no access token in the answer"
            )
        session.redactor.add(token)
        self._keep(token, answer.get("expires_in"))
        return token

    def _keep(self, token: str, life: object) -> None:
        seconds = life if isinstance(life, (int, float)) and life > 0 else _SHORT_LIFE
        if self._path and seconds > _MARGIN:
            try:
                write_atomically(
                    self._path,
                    json.dumps({"token": token, "until": time.time() + seconds - _MARGIN}).encode(),
                )
            except OSError:
                return  # the next check asks for its own


def _library() -> Any:
    try:
        import cryptography  # noqa: F401 -- PyJWT signs ES256 only with it
        import jwt
    except ImportError:
        raise OptionError(
            "--auth oauth2 needs PyJWT and cryptography: pip install 'check_videoconf[oauth2]', "
            "or the packages python3-jwt and python3-cryptography"
        ) from None
    return jwt


def _read_key(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read(_LARGEST)
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"--oauth2-key {path}: {getattr(error, 'strerror', None) or 'not PEM'}") from None
