"""One device: a connection, its credentials, the deadline, retries and limits. Raises one family of errors."""

from __future__ import annotations

import os
import random
import re
import socket
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from typing import Any, Callable
from urllib.parse import urlencode

import requests
from requests.exceptions import (
    ChunkedEncodingError,
    ContentDecodingError,
    ProxyError,
    RequestException,
    Timeout,
)
from urllib3.exceptions import DecodeError, HTTPError

from . import lock, tls
from .answers import Answer, Device, bare
from .auth import Login
from .cache import Cache
from .deadline import Deadline
from .errors import BadAnswer, BodyTooLarge, ConnectionBroken, ProxyRefused
from .options import Options
from .redact import Redactor
from .state import file_name
from .text import shorten
from .transport import Adapter, Wire, address_of, proxies_of

_RETRIED = (429, 502, 503, 504)
_BACKOFF = 0.5
_CHUNK = 65536
# Inflated, a chunk may grow a thousandfold; smaller ones keep that bounded.
_COMPRESSED_CHUNK = 4096
_TRACED = 4000


class Session:
    """All requests of one check to one device: one connection, one after the other.

    requests: how many were sent. trace: lines for -vv and -vvv. Raises VideoconfError, DeadlineReached.
    """

    def __init__(
        self,
        options: Options,
        product: str,
        login: Login,
        deadline: Deadline,
        redactor: Redactor,
        state_directory: str,
    ) -> None:
        self.options = options
        self.device = Device(address_of(options.hostname, options.port), options.username, product)
        self.deadline = deadline
        self.login = login
        self.redactor = redactor
        self.requests = 0
        self.trace: list[str] = []
        self.cache = Cache("" if options.show_names else state_directory, options.cache)
        self.wire = Wire(deadline, None if options.insecure else options.tls_cn)
        self.base = f"{options.proto}://{self.device.address}"
        self._state_directory = state_directory
        self._lock: int | None = None
        self._http: requests.Session | None = None

    # -- asking

    def get_json(self, path: str, query: Mapping[str, object] | None = None) -> Any:
        """The parsed JSON of a GET, from the cache if another check just asked the same."""
        target = f"{path}?{urlencode(query)}" if query else path
        return self.cached(target, self.request("GET", target).json)

    def cached(self, request: str, ask: Callable[[], Any]) -> Any:
        """What `ask` answers, or what another check got for the same request not longer ago than --cache."""
        key = (self.base, self.options.username, request)
        found, answer = self.cache.load(*key)
        if not found:
            answer = ask()
            self.cache.store(answer, *key)
        elif self.options.verbose > 1:
            self.trace.append(f"{request}: from the cache")
        return answer

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        login: bool = True,
    ) -> Answer:
        """One request with its retries. Raises VideoconfError unless the answer is a 2xx with a body."""
        self._hold_lock()
        for attempt in range(self.options.retries + 1):
            answer = self._login_and_ask(method, path, body, headers or {}, self.login if login else Login())
            if answer.status not in (*_RETRIED, *self.device.busy_statuses) or attempt == self.options.retries:
                break
            if not self.pause(attempt, answer.headers.get("Retry-After")):
                break
        answer.raise_for_status()
        return answer

    def pause(self, attempt: int, retry_after: str | None = None) -> bool:
        """Waits before another try; False, at once, if the deadline would pass meanwhile."""
        wait = _seconds(retry_after)
        if wait is None:
            wait = _BACKOFF * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 -- jitter, no secret
        if wait >= self.deadline.left():
            return False
        self.deadline.enter(f"waiting for another try of {self.device.address}")
        self.deadline.sleep(wait)
        return True

    def close(self) -> None:
        """Ends the connection and frees the lock."""
        if self._http is not None:
            self._http.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # -- one request

    def _hold_lock(self) -> None:
        if self._lock is None and self.options.lock and self._state_directory:
            path = os.path.join(self._state_directory, file_name("lock", self.options.hostname, self.options.port))
            self._lock = lock.acquire(path, self.options.hostname, self.deadline)

    def _connection(self) -> requests.Session:
        if self._http is None:
            self._http = requests.Session()
            self._http.trust_env = False  # no netrc, no proxy variables behind the user's back
            self._http.headers = requests.structures.CaseInsensitiveDict()
            self._http.proxies.update(proxies_of(self.options.proxy, self.base))
            adapter = Adapter(self.wire, tls.context(self.options) if self.options.proto == "https" else None)
            self._http.mount(f"{self.options.proto}://", adapter)
        return self._http

    def _login_and_ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], login: Login
    ) -> Answer:
        answer = self._ask(method, path, body, headers, login)
        while answer.status == 401 and login.challenged(answer.headers):
            answer = self._ask(method, path, body, headers, login)
        return answer

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], login: Login) -> Answer:
        url = self.base + path
        sent = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "check_videoconf",
            **headers,
        }
        authorization = login.header(method, url)
        if authorization:
            sent["Authorization"] = authorization
        reused = self.requests > 0
        try:
            return self._exchange(method, url, path, body, sent)
        except ConnectionBroken:
            # A connection kept open may have been closed by the device just now: that costs one more try, no more.
            if not reused:
                raise
            return self._exchange(method, url, path, body, sent)

    def _exchange(self, method: str, url: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        started = time.monotonic()
        self.requests += 1
        self.wire.asking = f"waiting for the answer of {self.device.address} to {bare(path)}"
        self.deadline.enter(self.wire.asking)
        try:
            response = self._connection().request(
                method,
                url,
                data=body,
                headers=headers,
                timeout=self.deadline.remaining(),
                stream=True,
                allow_redirects=False,
            )
            self.deadline.enter(f"reading the answer of {self.device.address} to {bare(path)}")
            content = self._read(response, path)
        except ProxyError as error:
            raise ProxyRefused(proxy=_host_of(self.options.proxy), reason=_reason(error)) from None
        except (RequestException, HTTPError, OSError, ValueError) as error:
            raise self._explain(error) from None
        answer = Answer(self.device, response.status_code, response.reason or "", response.headers, content, path)
        self._remember(method, answer, headers, body, time.monotonic() - started)
        return answer

    def _read(self, response: requests.Response, path: str) -> bytes:
        """The body, at most --max-bytes of it after decompression."""
        limit = self.options.max_bytes
        compressed = "Content-Encoding" in response.headers
        chunks = []
        size = 0
        for chunk in response.raw.stream(_COMPRESSED_CHUNK if compressed else _CHUNK, decode_content=True):
            size += len(chunk)
            if size > limit:
                response.close()
                raise BodyTooLarge(address=self.device.address, path=bare(path), limit=limit)
            chunks.append(chunk)
        promised = response.headers.get("Content-Length", "")
        if not compressed and promised.isdecimal() and size < int(promised):
            raise ConnectionBroken(
                address=self.device.address, phase=self.deadline.phase, reason=f"{size} of {promised} bytes came"
            )
        return b"".join(chunks)

    def _explain(self, error: Exception) -> BaseException:
        """An error of requests, urllib3 or the system as one of ours."""
        cause = _innermost(error)
        if isinstance(error, Timeout) or isinstance(cause, (TimeoutError, socket.timeout)):
            return self.deadline.reached()  # each wait is given all the time that is left
        name = type(cause).__name__
        if isinstance(error, (ContentDecodingError, DecodeError)):
            return BadAnswer(address=self.device.address, reason="its compressed body cannot be read")
        if isinstance(cause, HTTPException) and not isinstance(cause, (RemoteDisconnected, IncompleteRead)):
            return BadAnswer(address=self.device.address, reason=shorten(f"{cause}" or name, 120))
        if isinstance(error, (requests.ConnectionError, ChunkedEncodingError, HTTPError, OSError)):
            return ConnectionBroken(address=self.device.address, phase=self.deadline.phase, reason=_reason(cause))
        return BadAnswer(address=self.device.address, reason=_reason(cause))

    # -- -vv and -vvv

    def _remember(
        self, method: str, answer: Answer, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> None:
        verbose = self.options.verbose
        if verbose < 2:
            return
        say = self.trace.append
        say(f"{method} {answer.path}: HTTP {answer.status}, {len(answer.body)} bytes, {seconds * 1000:.0f} ms")
        if verbose < 3:
            return
        for mark, lines in ((">", headers), ("<", answer.headers)):
            for name, value in lines.items():
                say(f"{mark} {name}: {shorten(self.redactor.header(name, value), 200)}")
        for mark, content in ((">", body), ("<", answer.body)):
            if content:
                text = self.redactor.body(content[: 64 * 1024].decode("utf-8", "replace"))
                say(f"{mark} {shorten(text, _TRACED)}")


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After, seconds or an HTTP date, to seconds from now; None when there is none to be read."""
    if not retry_after:
        return None
    if re.fullmatch(r"\s*[0-9]{1,9}\s*", retry_after):
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _innermost(error: BaseException) -> BaseException:
    """The error at the bottom: requests wraps urllib3's, which wraps the system's."""
    seen = 0
    while seen < 10:
        inner = error.__cause__ or error.__context__ or getattr(error, "reason", None)
        if inner is None and error.args and isinstance(error.args[-1], BaseException):
            inner = error.args[-1]
        if not isinstance(inner, BaseException):
            break
        error, seen = inner, seen + 1
    return error


def _reason(error: BaseException) -> str:
    inner = _innermost(error)
    text = getattr(inner, "strerror", None) or str(inner) or type(inner).__name__
    return shorten(str(text), 160)


def _host_of(proxy: str | None) -> str:
    """A proxy's URL without the credentials it may hold."""
    return (proxy or "").rpartition("@")[2].rpartition("//")[2].rstrip("/")
