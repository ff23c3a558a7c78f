"""An answer of a device: its body as JSON, or the error that it is."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Callable, NamedTuple

from .errors import (
    AuthenticationFailed,
    BusyOrNotPermitted,
    EmptyBody,
    NotJson,
    NotPermitted,
    NotSupported,
    Redirected,
    RequestRefused,
    ServerError,
    TooManyRequests,
    VideoconfError,
    WrongShape,
)
from .redact import storable
from .text import shorten

_LOGIN_PLACE = re.compile(r"/login|/accounts/|signin|/sso", re.IGNORECASE)
_LOGIN_WORDS = (b"login", b"password", b"sign in")
_START = 65536
_XML_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?")
_DEEPEST = 100
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class Device:
    """Who answers: address as `host:port`, the account it is asked with, the product's name in sentences.

    redact: takes secrets out of a text, for what the device itself says in an error.
    A client may set: busy_statuses, further HTTP statuses that mean "try again"; missing, the error a 404 is.
    """

    def __init__(self, address: str, account: str, product: str, redact: Callable[[str], str] = str) -> None:
        self.address = address
        self.account = account
        self.product = product
        self.redact = redact
        self.busy_statuses: tuple[int, ...] = ()
        self.missing: type[VideoconfError] = NotSupported

    def wrong_shape(self, path: str, reason: str) -> WrongShape:
        """The error for an answer that is not what the product sends."""
        return WrongShape(address=self.address, path=bare(path), reason=reason)


class Answer(NamedTuple):
    """A complete answer: status, reason, headers, body; `path` is what was asked for, `device` who answers."""

    device: Device
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    path: str

    def json(self) -> Any:
        """The body as JSON. Raises NotJson, EmptyBody, AuthenticationFailed for a login page."""
        self.refuse_what_is_no_data()
        try:
            if _may_be_deep(self.body):
                raise RecursionError
            # Not json.loads(bytes): it would let half characters through.
            return json.loads(self.body.decode("utf-8-sig", "replace"), parse_constant=_refuse_constant)
        except RecursionError:
            reason = "nested too deep"
        except ValueError as error:
            reason = "it is HTML or XML" if self.body.lstrip().startswith(b"<") else shorten(str(error), 120)
        raise NotJson(address=self.device.address, path=bare(self.path), reason=reason)

    def refuse_what_is_no_data(self) -> None:
        """An empty body, or a login page sent as if it were data. Raises EmptyBody, AuthenticationFailed."""
        start = _XML_DECLARATION.sub(b"", self.body[:_START]).lower()
        if not self.body.strip():
            raise EmptyBody(address=self.device.address, path=bare(self.path))
        is_page = start.startswith((b"<!doctype html", b"<html"))
        if is_page and any(word in start for word in _LOGIN_WORDS):
            reason = "a login page came instead of data"
            raise AuthenticationFailed(account=self.device.account, address=self.device.address, reason=reason)

    @property
    def retry_after(self) -> float | None:
        """Retry-After, which is seconds or an HTTP date, in seconds from now; None where there is none to be read."""
        text = (self.headers.get("Retry-After") or "").strip()
        if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
            return float(text)
        try:
            return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
        except (TypeError, ValueError, OverflowError, IndexError):
            return None

    def raise_for_status(self) -> None:
        """Raises the error that a status other than 2xx is."""
        if 200 <= self.status < 300:
            return
        device, path = self.device, bare(self.path)
        facts = {"address": device.address, "account": device.account, "path": path, "status": self.status}
        if 300 <= self.status < 400:
            raise self._redirected(facts)
        if self.status == 401:
            raise AuthenticationFailed(reason="HTTP 401", **facts)
        if self.status == 403:
            raise (BusyOrNotPermitted if 403 in device.busy_statuses else NotPermitted)(reason="HTTP 403", **facts)
        if self.status == 404:
            raise device.missing(product=device.product, **facts)
        if self.status == 429:
            raise TooManyRequests(wait=self._wait(), **facts)
        raise (ServerError if self.status >= 500 else RequestRefused)(message=self._message(), **facts)

    def _redirected(self, facts: dict[str, Any]) -> VideoconfError:
        target = self.headers.get("Location") or ""
        if _LOGIN_PLACE.search(target):
            return AuthenticationFailed(reason="redirected to a login page", **facts)
        return Redirected(target=shorten(self.device.redact(bare(target)), 80) or "nowhere", **facts)

    def _message(self) -> str:
        """What the device says about its error, with a colon in front; else the reason phrase."""
        try:
            data = None if _may_be_deep(self.body) else json.loads(self.body)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict):
            for name in ("error_message", "error", "message", "detail"):
                if isinstance(data.get(name), str):
                    return f"{self._wait()}: {self._said(data[name])}"
            # It may send back what it was asked about, and that may be a person.
            if self.status < 500 and (shown := storable(data)):
                return f": {self._said(json.dumps(shown))}"
        return f" {self._said(self.reason)}".rstrip() + self._wait()

    def _said(self, text: str) -> str:
        return shorten(self.device.redact(text), 200)

    def _wait(self) -> str:
        return "" if self.retry_after is None else f", retry after {self.retry_after:.0f} s"


def bare(path: str) -> str:
    """A path without its query: that is for -vv."""
    return path.partition("?")[0]


def _may_be_deep(body: bytes) -> bool:
    """Whether JSON is nested deeper than any answer is: what Python can parse it may not be able to walk."""
    brackets = body.translate(None, _ALL_BUT_BRACKETS)
    for _ in range(_DEEPEST):
        brackets, before = brackets.replace(b"[]", b"").replace(b"{}", b""), brackets
        if len(brackets) == len(before):
            break
    # What is left are brackets in texts, or too many levels.
    return bool(brackets) and _depth(body) > _DEEPEST


def _depth(body: bytes) -> int:
    """How deep JSON is nested, brackets in its texts left out."""
    depth = deepest = 0
    for character in re.sub(rb'"(?:[^"\\]|\\.)*"', b"", body).translate(None, _ALL_BUT_BRACKETS):
        depth += 1 if character in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")
