"""Logging in: Basic, Digest when the device challenges for it, or a bearer token."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .session import Session


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
        self._nonce = ""

    def header(self, method: str, url: str) -> str:
        if not self._nonce:
            return ""
        return self._auth.build_digest_header(method, url) or ""

    def challenged(self, headers: Mapping[str, str]) -> bool:
        challenge = _digest_challenge(headers)
        if not challenge:
            return False
        fields = _parse(challenge)
        nonce = str(fields.get("nonce") or "")
        # The same nonce refused is a wrong password; another one only says that the old one is stale.
        again = bool(nonce) and "realm" in fields and (not self._nonce or str(fields.get("stale")).lower() == "true")
        if again:
            self._nonce = nonce
            self._auth._thread_local.chal = fields
        return again


class Auto(Login):
    """Basic; Digest from the first challenge for it on."""

    def __init__(self, username: str, password: str) -> None:
        self._credentials = (username, password)
        self._login: Login = Basic(username, password)

    def header(self, method: str, url: str) -> str:
        return self._login.header(method, url)

    def challenged(self, headers: Mapping[str, str]) -> bool:
        if isinstance(self._login, Basic) and _digest_challenge(headers):
            self._login = Digest(*self._credentials)
        return self._login.challenged(headers)


def _parse(challenge: str) -> dict[str, Any]:
    from urllib.request import parse_http_list, parse_keqv_list

    return parse_keqv_list([part for part in parse_http_list(challenge) if "=" in part])


def _digest_challenge(headers: Mapping[str, str]) -> str:
    """What follows the word Digest in WWW-Authenticate, or `''`."""
    value = headers.get("WWW-Authenticate") or ""
    place = value.lower().find("digest ")
    return value[place + len("digest ") :] if place >= 0 else ""


def login(kind: str, username: str, password: str | None) -> Login:
    """The login of --auth basic, digest or auto; without a password none."""
    if password is None:
        return Login()
    return {"basic": Basic, "digest": Digest}.get(kind, Auto)(username, password)
