"""From a request to its answer: one connection to one device, within the deadline and the size limit."""

from __future__ import annotations

import calendar
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate
from http.client import BadStatusLine, HTTPException, IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING

import requests
from requests.exceptions import ContentDecodingError, InvalidURL, ProxyError, RequestException
from urllib3.exceptions import DecodeError, HTTPError, InvalidHeader, LocationParseError

from . import tls
from .answers import Answer, Device, bare
from .errors import (
    BadAnswer,
    BodyTooLarge,
    CertificateNotTrusted,
    ConnectionBroken,
    NameNotResolved,
    ProxyRefused,
    TlsFailed,
    VideoconfError,
)
from .text import shorten
from .transport import Adapter, Wire, place_of, proxy_of

if TYPE_CHECKING:
    from .deadline import Deadline
    from .options import Options
    from .service.host import Host

_CHUNK = 65536
# Inflated, a chunk may grow a thousandfold; smaller ones keep that bounded.
_COMPRESSED_CHUNK = 4096
_COMPRESSIONS = ("gzip", "x-gzip", "deflate")
_PROXY_WANTS_LOGIN = 407
# Seconds, at most, after which a device that does not acknowledge what came over a kept connection has lost it.
_KEPT_PATIENCE = 3.0


class Connection:
    """Sends one request after the other, over one connection as long as that is kept open. Raises VideoconfError.

    requests: how many were sent. seconds: what they took, connecting included. clock: the device's own, seconds since
    1970, by the Date of its last answer; None where it says none.
    """

    def __init__(self, options: Options, device: Device, deadline: Deadline, host: Host | None = None) -> None:
        """host: where a connection may come from and stay; without it this check opens and closes its own."""
        self.options = options
        self.device = device
        self.deadline = deadline
        self.base = f"{options.proto}://{device.address}"
        self.proxy = proxy_of(options.proxy, self.base)
        self.wire = Wire(deadline, None if options.insecure else options.tls_cn)
        self.requests = 0
        self.seconds = 0.0
        self.clock: float | None = None
        self._tls: tls.Context | None = None
        self._http: requests.Session | None = None
        # A connection through a proxy belongs to the proxy's account as well.
        self._host = None if self.proxy else host
        self._key: tuple[object, ...] = ()
        self._adapter: Adapter | None = None
        self._intact = True

    def exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """The answer to a request, whatever its status. Raises VideoconfError, DeadlineReached."""
        self.requests += 1
        started = time.monotonic()
        try:
            try:
                return self._exchange(method, path, body, headers)
            except CertificateNotTrusted:
                # Nothing was sent yet. The system's store by hashes may hold less than its bundle.
                if self._tls is None or not tls.trust_bundle(self._tls, self.options):
                    raise
                return self._exchange(method, path, body, headers)
            except (BadAnswer, ConnectionBroken, TlsFailed):
                if not self._gave_up_kept():
                    raise
                return self._exchange(method, path, body, headers)
        finally:
            self.seconds += time.monotonic() - started

    def close(self) -> None:
        if self._host and self._adapter and self._intact:
            # One that is asked by one check at a time has one connection at a time, too.
            self._host.keep(self._key, self._adapter, connected=not self.options.lock)
        elif self._http is not None:
            self._http.close()

    def _exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        self.wire.asking = f"waiting for the answer of {self.device.address} to {bare(path)}"
        self.deadline.enter(self.wire.asking)
        self._intact = False
        try:
            http = self._opened()
            # Not http.request: what that merges from its session, and looks for besides, costs as much as the request.
            request = requests.PreparedRequest()
            request.prepare(method, self.base + path, dict(headers), data=body, cookies=http.cookies)
            response = http.send(request, timeout=self.deadline.remaining(), stream=True, allow_redirects=False)
            content = self._read(response, path)
        except (RequestException, HTTPError, OSError, ValueError) as error:
            raise self._explained(error) from None
        self._intact = True
        if self._host and self._adapter:
            self._adapter.is_patient(0)
        self.clock = _date(response.headers.get("Date"))
        self.deadline.enter(f"judging the answer of {self.device.address} to {bare(path)}", network=False)
        reason = shorten(response.reason or "", 100)
        return Answer(self.device, response.status_code, reason, response.headers, content, path)

    def _opened(self) -> requests.Session:
        if self._http is None:
            self._adapter = self._kept() or self._made()
            self._http = self._adapter.http = self._adapter.http or _Session()
            self._http.cookies.clear()
            self._http.trust_env = False  # no netrc, no proxy variables behind the user's back
            self._http.proxies = {self.options.proto: self.proxy} if self.proxy else {}
            self._http.mount(f"{self.options.proto}://", self._adapter)
        return self._http

    def _made(self) -> Adapter:
        if self.options.proto == "https":
            self._tls = tls.context(self.options)
            self._tls.resumes = self._host is not None
        return Adapter(self.wire, self._tls)

    def _kept(self) -> Adapter | None:
        """What an earlier check has left."""
        if not self._host:
            return None
        from .service.host import shape

        self._key = self._key or shape(self.options, self.base)
        adapter = self._host.take(self._key)
        if adapter:
            adapter.serve(self.wire)
            adapter.is_patient(min(_KEPT_PATIENCE, self.deadline.remaining() / 3))
            self._tls = adapter.context
        return adapter

    def _gave_up_kept(self) -> bool:
        """Whether what broke was the connection of an earlier check, which is gone now: with a new one all is as ever.

        A device may close an idle connection at any time, and what is between may forget it; or it may not want to take
        up an earlier TLS session.
        """
        if not self._host or self.requests > 1 or self._http is None:
            return False
        if self.wire.connections and not (self._resumes() and self.deadline.phase.startswith("in the TLS handshake")):
            return False
        self._host.forget(self._key)
        self._http.close()
        self._http = None
        return True

    def _resumes(self) -> bool:
        """Whether there is an earlier check's TLS session."""
        return self._tls is not None and self._tls.session is not None

    def _read(self, response: requests.Response, path: str) -> bytes:
        try:
            self.deadline.enter(f"reading the answer of {self.device.address} to {bare(path)}")
            if self.proxy and response.status_code == _PROXY_WANTS_LOGIN:
                raise ProxyRefused(proxy=place_of(self.proxy), reason="HTTP 407, it wants an account")
            return b"".join(self._body(response, path))
        except BaseException:  # what is left of it must not be taken for the next answer
            response.close()
            raise

    def _body(self, response: requests.Response, path: str) -> Iterator[bytes]:
        """The body in pieces, decompressed, at most --max-bytes of it."""
        limit = self.options.max_bytes
        compression = response.headers.get("Content-Encoding", "identity").strip().lower()
        compressed = compression != "identity"
        if compressed and compression not in _COMPRESSIONS:  # one in the other could grow a millionfold
            raise BadAnswer(address=self.device.address, reason=f"a body compressed as {shorten(compression, 40)}")
        promised = response.headers.get("Content-Length", "")
        length = int(promised[:20]) if re.fullmatch("[0-9]+", promised) else 0
        too_large = BodyTooLarge(address=self.device.address, path=bare(path), limit=limit)
        if length > limit:
            raise too_large
        size = 0
        for piece in response.raw.stream(_COMPRESSED_CHUNK if compressed else _CHUNK, decode_content=True):
            size += len(piece)
            if size > limit:
                raise too_large
            self.deadline.remaining()
            yield piece
        if not compressed and size < length:
            raise self._broken("it ended early")

    # -- errors

    def _explained(self, error: Exception) -> BaseException:
        """An error of requests, urllib3 or the system as one of ours."""
        causes = list(_causes(error))
        system = [cause for cause in causes if isinstance(cause, OSError) and not isinstance(cause, RequestException)]
        if isinstance(error, (InvalidURL, LocationParseError)):
            return NameNotResolved(host=self.options.hostname, reason="not a valid name or address")
        # Each wait is given all the time that is left; with an error number it is the system that gave up.
        if any(isinstance(cause, socket.timeout) and cause.errno is None for cause in system):
            return self.deadline.reached()
        for cause in system:
            if isinstance(cause, ssl.SSLError) and not isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
                return tls.explain(cause, self.device.address)
        if isinstance(error, ProxyError):
            reason = system[-1].strerror or str(system[-1]) if system else str(error)
            return ProxyRefused(proxy=place_of(self.proxy), reason=shorten(reason, 120))
        return self._not_http(causes) or self._broken(self._why(causes, system))

    def _not_http(self, causes: list[BaseException]) -> VideoconfError | None:
        """The error of an answer that breaks the rules of HTTP, if it is one."""
        reason = ""
        for cause in causes:
            if isinstance(cause, (RemoteDisconnected, IncompleteRead)):
                return None
            if isinstance(cause, (ContentDecodingError, DecodeError)):
                reason = "its compressed body cannot be read"
            elif isinstance(cause, BadStatusLine):
                reason = f"the answer begins with '{shorten(str(cause).strip(), 60)}'"
            elif isinstance(cause, (HTTPException, InvalidHeader)):
                reason = str(cause) or type(cause).__name__
            if reason:
                return BadAnswer(address=self.device.address, reason=shorten(reason, 120))
        return None

    def _why(self, causes: list[BaseException], system: list[OSError]) -> str:
        """Why a connection broke: in the system's words, where it has any."""
        words = [cause.strerror for cause in system if cause.strerror]
        if words:
            return re.sub(r"\s*\(_ssl\.c:\d+\)", "", words[-1]).lower()
        if self.deadline.phase.startswith("reading"):
            return "it ended early"
        if any(isinstance(cause, RemoteDisconnected) for cause in causes):
            return "it ended without an answer"
        return shorten(str(causes[-1]), 120)

    def _broken(self, reason: str) -> ConnectionBroken:
        return ConnectionBroken(address=self.device.address, phase=self.deadline.phase, reason=reason)


class _Session(requests.Session):
    """Follows nothing. Where requests sees where a redirect leads, it reads its body, however large that is."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what is below it: requests wraps urllib3's, which wraps the system's."""
    for _ in range(10):
        yield error
        inner = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        inner = inner or getattr(error, "reason", None) or next(iter(error.args[-1:]), None)
        if not isinstance(inner, BaseException):
            return
        error = inner


def _date(text: str | None) -> float | None:
    """An HTTP date, which is always GMT, to seconds since 1970; None when there is none to be read."""
    parts = parsedate(text) if text else None
    try:
        return float(calendar.timegm(parts)) if parts else None
    except (ValueError, OverflowError):
        return None
