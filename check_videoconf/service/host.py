"""What a worker does for the checks it runs: connections and TLS sessions that outlast one check."""

from __future__ import annotations

import os
import ssl
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from ..deadline import Deadline
    from ..options import Options
    from ..transport import Adapter

MOST = 64
# A name may get another address, an authority may be revoked: after this all is made anew, as a check alone does.
_OLDEST = 300.0
_LONGEST_IDLE = 90.0
_FILES = ("cacert", "cert", "key")
_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")

Key = tuple[Any, ...]


class _Kept:
    __slots__ = ("adapter", "born", "expires", "used")

    def __init__(self, adapter: Adapter, expires: float) -> None:
        self.adapter = adapter
        self.born = self.used = time.monotonic()
        #: When the device's certificate ends, seconds since 1970: a connection alone would not notice.
        self.expires = expires


class Host:
    """Keeps adapters from check to check, by all that shapes a connection; credentials are not among that."""

    def __init__(self, announce: Callable[[Deadline], None]) -> None:
        self._announce = announce
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        #: Of the check that runs or ran last; None if it did not come so far.
        self.deadline: Deadline | None = None

    def begins(self, deadline: Deadline) -> None:
        """A check has read its options."""
        self.deadline = deadline
        self._announce(deadline)

    def take(self, key: Key) -> Adapter | None:
        """The adapter that an earlier check has left, if it is still good."""
        kept = self._kept.pop(key, None)
        if kept is None:
            return None
        if self._is_old(kept, time.monotonic(), time.time()):
            kept.adapter.close()
            return None
        self._kept[key] = kept
        return kept.adapter

    def keep(self, key: Key, adapter: Adapter, *, connected: bool) -> None:
        """Leaves an adapter to later checks; connected: with its connection, otherwise with its TLS session alone."""
        if not connected:
            adapter.close()
        kept = self._kept.get(key)
        if kept is None or kept.adapter is not adapter:
            kept = self._kept[key] = _Kept(adapter, _end_of(adapter.wire.certificate))
        kept.used = time.monotonic()
        self._kept.move_to_end(key)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)[1].adapter.close()

    def forget(self, key: Key) -> None:
        """Ends what was kept: it turned out to be of no use."""
        kept = self._kept.pop(key, None)
        if kept:
            kept.adapter.close()

    def tidy(self) -> bool:
        """Closes what is too old or was closed by the device; whether anything is left."""
        now, clock = time.monotonic(), time.time()
        for key in [key for key, kept in self._kept.items() if self._is_old(kept, now, clock)]:
            self.forget(key)
        for kept in self._kept.values():
            kept.adapter.close_if_dropped()
        return bool(self._kept)

    def sockets(self) -> int:
        """How many connections are open."""
        return sum(kept.adapter.is_connected for kept in self._kept.values())

    @staticmethod
    def _is_old(kept: _Kept, now: float, clock: float) -> bool:
        return now - kept.born > _OLDEST or now - kept.used > _LONGEST_IDLE or clock > kept.expires


def shape(options: Options, base: str) -> Key:
    """All that shapes a connection to `base`, files by what identifies their contents."""
    names = [getattr(options, name) for name in _FILES] if base.startswith("https") else []
    variables = [os.environ.get(name) for name in _VARIABLES] if names else []
    paths = [*filter(None, names), *filter(None, variables), *_default_files(options, bool(names))]
    where = os.getcwd() if any(not os.path.isabs(path) for path in paths) else ""
    files = tuple(map(_identity, paths))
    return (base, options.insecure, options.tls_cn, options.tls_min, *names, *variables, where, *files)


def _default_files(options: Options, tls: bool) -> list[str]:
    if not tls or options.cacert or options.insecure:
        return []
    paths = ssl.get_default_verify_paths()
    return [path for path in (paths.cafile, paths.capath) if path]


def _identity(path: str) -> tuple[int, ...]:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _end_of(certificate: Any) -> float:
    """When a certificate, as `getpeercert` returns it, is no longer valid; never, where that does not matter."""
    end = (certificate or {}).get("notAfter")
    return float(ssl.cert_time_to_seconds(end)) if end else float("inf")
