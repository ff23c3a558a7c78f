"""The credentials that the simulated devices accept, and how they ask for them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import threading
from dataclasses import dataclass
from typing import Protocol
from urllib.request import parse_http_list, parse_keqv_list

from .messages import Request


@dataclass(frozen=True)
class Credentials:
    """The one account of a simulated device."""

    username: str
    password: str


class Authentication(Protocol):
    """How a device checks the `Authorization` of a request."""

    def challenge(self) -> str:
        """The `WWW-Authenticate` of a 401."""

    def accepts(self, request: Request) -> bool:
        """Whether the request carries the account's credentials."""


class Basic:
    """HTTP Basic (RFC 7617)."""

    def __init__(self, credentials: Credentials, challenge: str) -> None:
        self._expected = f"{credentials.username}:{credentials.password}"
        self._challenge = challenge

    def challenge(self) -> str:
        return self._challenge

    def accepts(self, request: Request) -> bool:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, ValueError):
            return False
        return scheme.lower() == "basic" and given == self._expected


class Digest:
    """HTTP Digest (RFC 7616) with MD5 and qop=auth; a nonce is good for many requests, its count for one."""

    def __init__(self, credentials: Credentials, realm: str) -> None:
        self._credentials = credentials
        self._realm = realm
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def challenge(self) -> str:
        nonce = secrets.token_hex(16)
        with self._lock:
            self._counts[nonce] = 0
        return f'Digest realm="{self._realm}", nonce="{nonce}", qop="auth", algorithm=MD5'

    def accepts(self, request: Request) -> bool:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "digest":
            return False
        try:
            given = parse_keqv_list(parse_http_list(text))
            count = int(given["nc"], 16)
            matches = (
                given["username"] == self._credentials.username
                and given["uri"] == request.target
                and given["response"] == self._response(request.method, given)
            )
        except (KeyError, ValueError):
            return False
        return matches and self._is_new(given["nonce"], count)

    def _response(self, method: str, given: dict[str, str]) -> str:
        account = f"{self._credentials.username}:{self._realm}:{self._credentials.password}"
        request = f"{method}:{given['uri']}"
        middle = ":".join(given[name] for name in ("nonce", "nc", "cnonce", "qop"))
        return _md5(f"{_md5(account)}:{middle}:{_md5(request)}")

    def _is_new(self, nonce: str, count: int) -> bool:
        with self._lock:
            if count <= self._counts.get(nonce, count):
                return False
            self._counts[nonce] = count
            return True


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
