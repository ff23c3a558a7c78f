"""OAuth2 for Pexip: an ES256 client assertion for a bearer token, which is kept until shortly before it expires."""

from __future__ import annotations

import json
import os
import re
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
# RFC 6750, b64token: anything else has no place in a header.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class Bearer(Login):
    """`Authorization: Bearer`, the token fetched when it is first needed. Raises OptionError, VideoconfError."""

    def __init__(self, client_id: str, key_file: str) -> None:
        self._client_id = client_id
        self._key = _read_key(key_file)
        self._token = ""
        self._session: Session | None = None
        self._path = ""
        #: Whether the token is one that an earlier check got, which may have been withdrawn since.
        self._kept = False

    def attach(self, session: Session, state_directory: str) -> None:
        """The session to ask by, and where tokens are kept."""
        self._session = session
        if state_directory:
            self._path = os.path.join(state_directory, file_name("token", session.base, self._client_id, self._key))

    def header(self, method: str, url: str) -> str:
        if not self._token:
            self._token = self._stored()
            self._kept = bool(self._token)
        if not self._token:
            self._token = self._fetch()
        return f"Bearer {self._token}"

    def challenged(self, headers: Any) -> bool:
        """Asks for a new token, once, where the refused one was kept."""
        if not self._kept:
            return False
        self._kept = False
        self._token = self._fetch()
        return True

    def _stored(self) -> str:
        if not self._path:
            return ""
        try:
            kept = json.loads(read_limited(self._path, _LARGEST))
            token = kept["token"] if kept["until"] > time.time() else ""
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ""
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            return ""
        self._asker().redactor.add(token)
        return token

    def _asker(self) -> Session:
        if self._session is None:
            raise AssertionError("a token is asked for before there is a session")
        return self._session

    def _fetch(self) -> str:
        session = self._asker()
        now = int(time.time())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            # The URL as everybody writes it, without a port that goes without saying.
            "aud": re.sub(r"^(https://.*):443$|^(http://.*):80$", r"\1\2", session.base) + PATH,
            "iat": now,
            "exp": now + _ASSERTION_LIFE,
            "jti": os.urandom(18).hex(),
        }
        assertion = _signed(claims, self._key)
        session.redactor.add(assertion)
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = session.request("POST", PATH, urlencode(form).encode(), headers, login=False).json()
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
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


def _signed(claims: dict[str, object], key: str) -> str:
    """The claims as a JWT, signed with ES256. Imports its libraries only now: most checks use a token that was kept."""
    try:
        import jwt
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise OptionError(
            "--auth oauth2 needs PyJWT and cryptography: pip install cryptography 'PyJWT>=2', "
            "or the packages python3-jwt and python3-cryptography"
        ) from None
    try:
        loaded = load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        loaded = None
    if not isinstance(loaded, EllipticCurvePrivateKey) or not isinstance(loaded.curve, SECP256R1):
        raise OptionError("--oauth2-key: not an EC private key (P-256) in PEM, without a passphrase")
    return jwt.encode(claims, loaded, algorithm="ES256")


def _read_key(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read(_LARGEST)
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"--oauth2-key {path}: {getattr(error, 'strerror', None) or 'not PEM'}") from None
