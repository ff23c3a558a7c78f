"""One device: what a check asks it, with its credentials, retries, lock and cache. Raises one family of errors."""

from __future__ import annotations

import copy
import os
import random
import time
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import urlencode

from . import lock
from .answers import Answer, Device
from .auth import Login
from .cache import Cache
from .connection import Connection
from .deadline import Deadline
from .errors import ConnectionBroken, DeadlineReached, Terminated, VideoconfError
from .options import Options
from .redact import Redactor
from .state import file_name
from .trace import Trace
from .transport import Wire, address_of, secrets_of

if TYPE_CHECKING:
    from .service.host import Host

_RETRIED = (429, 502, 503, 504)
_BACKOFF = 0.5
# The first one, and one more for a nonce or a token that has grown old.
_CHALLENGES = 2


class Session:
    """All requests of one check to one device: one connection, one after the other.

    remarks: lines for the long output. trace: lines for -vv and -vvv. Raises VideoconfError, DeadlineReached.
    """

    def __init__(
        self,
        options: Options,
        product: str,
        login: Login,
        deadline: Deadline,
        redactor: Redactor,
        state_directory: str,
        host: Host | None = None,
    ) -> None:
        self.options = options
        self.login = login
        self.deadline = deadline
        self.redactor = redactor
        self.device = Device(address_of(options.hostname, options.port), options.username, product, redactor.said)
        self.cache = Cache("" if options.show_names else state_directory, options.cache)
        self.remarks: list[str] = []
        #: Requests that were not sent by HTTP.
        self.datagrams = 0
        self._trace = Trace(options.verbose, redactor)
        self._connection = Connection(options, self.device, deadline, host)
        redactor.add(*secrets_of(self._connection.proxy))
        #: Where this check may keep what outlasts it; `''` where there is no such place.
        self.state_directory = state_directory
        self._lock: int | None = None

    # -- what was done

    @property
    def base(self) -> str:
        """`https://host:port`"""
        return self._connection.base

    @property
    def requests(self) -> int:
        """How many were sent."""
        return self._connection.requests + self.datagrams

    @property
    def seconds(self) -> float:
        """What they took, connecting included, without the waits for the lock and between tries."""
        return self._connection.seconds

    @property
    def clock(self) -> float | None:
        """The device's, seconds since 1970, by the Date of its last answer; None where it says none."""
        return self._connection.clock

    @property
    def wire(self) -> Wire:
        """What was learnt of the connection."""
        return self._connection.wire

    @property
    def trace(self) -> list[str]:
        return self._trace.lines

    # -- asking

    def get_json(self, path: str, query: Mapping[str, object] | None = None, *, fresh: bool = False) -> Any:
        """The parsed JSON of a GET, from the cache if another check just asked the same, unless it must be `fresh`.

        That is for whoever needs what the cache does not keep: secrets and what may be personal.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        if fresh:
            return self.request("GET", target).json()
        return self.cached(target, lambda: self.request("GET", target).json())

    def cached(self, request: str, ask: Callable[[], Any], keep: Collection[str] = ()) -> Any:
        """What `ask` answers, or what another check got for the same request not longer ago than --cache.

        keep: members that are stored although their names sound personal: the address of a bridge is not.
        """
        key = (self.base, self.options.username, request, *sorted(keep))
        found, answer = self.cache.load(*key)
        if not found and self.cache.seconds:
            # Whoever held the lock until now may have asked just this.
            self._hold_lock()
            found, answer = self.cache.load(*key)
        if not found:
            answer = ask()
            self.cache.store(answer, *key, keep=keep)
        else:
            self._trace.note(f"{request}: from the cache")
        return answer

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        login: bool = True,
        any_status: bool = False,
        once: bool = False,
    ) -> Answer:
        """One request with its retries. Raises VideoconfError, for a status other than 2xx unless `any_status`.

        once: for what must not be done twice. It is sent again after a 401 alone, which says that it was not done.
        """
        self._hold_lock()
        busy = (*_RETRIED, *self.device.busy_statuses)
        retries = 0 if once else self.options.retries
        for attempt in range(retries + 1):
            answer = self._login_and_ask(method, path, body, headers or {}, self.login if login else Login(), once=once)
            if answer.status not in busy or attempt == retries:
                break
            if not self.pause(attempt, answer.retry_after):
                break
        if not any_status:
            answer.raise_for_status()
        return answer

    def pause(self, attempt: int, seconds: float | None = None) -> bool:
        """Waits before another try, by default longer each time; False, at once, if there is no time for it."""
        if seconds is None:
            seconds = _BACKOFF * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 -- jitter, no secret
        if seconds >= self.deadline.left():
            return False
        self.deadline.enter(f"waiting for another try of {self.device.address}")
        self.deadline.sleep(seconds)
        return True

    def another(self, deadline: Deadline) -> Session:
        """A session with the same device and account, without the lock, for a process that was forked from this one."""
        options = copy.copy(self.options)
        options.lock, options.cache, options.verbose = False, 0, 0
        made = Session(options, self.device.product, self.login, deadline, self.redactor, self.state_directory)
        self.login.attach(made, self.state_directory)
        return made

    def close(self) -> None:
        """Ends the connection and frees the lock."""
        self._connection.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _hold_lock(self) -> None:
        if self._lock is not None or not self.options.lock or not self.state_directory:
            return
        name = file_name("lock", self.options.hostname.lower(), self.options.port)
        try:
            self._lock = lock.acquire(os.path.join(self.state_directory, name), self.options.hostname, self.deadline)
        except OSError as error:
            self.options.lock = False
            self.remarks.append(f"no lock, other checks may ask at the same time: {error.strerror or error}")

    # -- one request

    def _login_and_ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], login: Login, *, once: bool
    ) -> Answer:
        ask = self._send if once else self._ask
        answer = ask(method, path, body, headers, login)
        for _ in range(_CHALLENGES):
            if answer.status != 401 or not login.challenged(answer.headers):
                break
            answer = ask(method, path, body, headers, login)
        return answer

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], login: Login) -> Answer:
        reused = self.requests > 0
        try:
            return self._send(method, path, body, headers, login)
        except ConnectionBroken:
            # A connection kept open may have been closed by the device just now: that costs one more try, no more.
            if not reused:
                raise
            return self._send(method, path, body, headers, login)

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], login: Login) -> Answer:
        sent = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "check_videoconf",
            **headers,
        }
        authorization = login.header(method, self.base + path)
        if authorization:
            sent["Authorization"] = authorization
        self._trace.sent(method, path, sent, body)
        started = time.monotonic()
        try:
            answer = self._connection.exchange(method, path, body, sent)
        except (VideoconfError, DeadlineReached, Terminated) as error:
            self._trace.failed(method, path, error, time.monotonic() - started)
            raise
        self._trace.answered(method, answer, time.monotonic() - started)
        return answer
