"""Logging in: Basic, Digest when the device challenges for it, or a bearer token."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .session import Session

# Several challenges stand in one header, with a comma between them, as between the parameters of each.
_CHALLENGE = re.compile(r""",\s*(?=[A-Za-z0-9-]+\s+[A-Za-z0-9-]+\s*=)""")
_PARAMETER = re.compile(r"""([A-Za-z0-9-]+)\s*=\s*("[^"]*"|[^\s,]+)""")
# What requests can calculate.
_ALGORITHMS = ("MD5", "MD5-SESS", "SHA", "SHA-256", "SHA-512")


class Login:
    """Without credentials; the base of those with."""

    def attach(self, session: Session, state_directory: str) -> None:
        """Tells a login that itself asks the device by which session, and where it may keep what it got."""

    def header(self, method: str, url: str) -> str:
        """The Authorization header of a request, or `''`."""
        return ""

    def challenged(self, headers: Mapping[str, str]) -> bool:
        """Whether, after a 401 with these headers, the same request may succeed now."""
        return False


class Basic(Login):
    """RFC 7617, UTF-8, sent without waiting for a challenge, as the devices' own clients do."""

    def __init__(self, username: str, password: str) -> None:
        self._username = username
        self._password = password

    def header(self, method: str, url: str) -> str:
        return "Basic " + b64encode(f"{self._username}:{self._password}".encode()).decode()


class Digest(Login):
    """RFC 7616 by requests' own implementation; the first request of a check goes without credentials."""

    def __init__(self, username: str, password: str) -> None:
        from requests.auth import HTTPDigestAuth

        self._auth: Any = HTTPDigestAuth(username, password)
        self._auth.init_per_thread_state()
        #: How often the nonce of the last challenge was used; None before the first one.
        self._uses: int | None = None

    def header(self, method: str, url: str) -> str:
        if self._uses is None:
            return ""
        self._uses += 1
        made = self._auth.build_digest_header(method, url) or ""
        # A header is Latin-1 to Python; on the wire the account's name is UTF-8.
        return str(made).encode().decode("latin-1")

    def challenged(self, headers: Mapping[str, str]) -> bool:
        challenge = digest_challenge(headers)
        if not challenge:
            return False
        # A nonce refused at once is a wrong password. One that was good before, or is said to be stale, has grown old.
        again = self._uses is None or self._uses > 1 or challenge.get("stale", "").lower() == "true"
        if again:
            self._uses = 0
            self._auth._thread_local.chal = challenge
        return again


class Auto(Login):
    """Basic; Digest from the first challenge for it on."""

    def __init__(self, username: str, password: str) -> None:
        self._credentials = (username, password)
        self._login: Login = Basic(username, password)

    def header(self, method: str, url: str) -> str:
        return self._login.header(method, url)

    def challenged(self, headers: Mapping[str, str]) -> bool:
        if isinstance(self._login, Basic) and digest_challenge(headers):
            self._login = Digest(*self._credentials)
        return self._login.challenged(headers)


def digest_challenge(headers: Mapping[str, str]) -> dict[str, str]:
    """The parameters of the first Digest challenge in WWW-Authenticate that can be met, or none."""
    for challenge in _CHALLENGE.split(headers.get("WWW-Authenticate") or ""):
        scheme, _, text = challenge.strip().partition(" ")
        fields = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(text)}
        if (
            scheme.lower() == "digest"
            and fields.get("algorithm", "MD5").upper() in _ALGORITHMS
            and {"realm", "nonce"} <= set(fields)
        ):
            return fields
    return {}


def login(kind: str, username: str, password: str | None) -> Login:
    """The login of --auth basic, digest or auto; without a password none."""
    if password is None:
        return Login()
    return {"basic": Basic, "digest": Digest}.get(kind, Auto)(username, password)
