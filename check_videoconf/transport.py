"""Connections that keep the check's deadline and raise our errors where the facts are known; requests' adapter."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import threading
from base64 import b64encode
from http.client import HTTPException
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import urllib3
from requests import Session
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import is_connection_dropped

from . import tls
from .deadline import Deadline
from .errors import (
    CertificateWrongName,
    ConnectionBroken,
    ConnectionRefused,
    NameNotResolved,
    NoRoute,
    OptionError,
    ProxyRefused,
    VideoconfError,
)

_NO_ROUTE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.ETIMEDOUT)


def address_of(host: str, port: int) -> str:
    """`host:port`, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def resolve(host: str, port: int, deadline: Deadline) -> list[Any]:
    """getaddrinfo within the deadline: the C library's look-up cannot be interrupted, so a thread waits for it."""
    answers: list[Any] = []
    failures: list[str] = []

    def look_up() -> None:
        try:
            answers.extend(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except OSError as error:
            failures.append(error.strerror or str(error))
        except UnicodeError:
            failures.append("not a valid name")

    if _is_address(host):
        look_up()
    else:
        deadline.enter(f"resolving {host}")
        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(deadline.remaining())
        if thread.is_alive():
            raise deadline.reached()
    if not answers:
        raise NameNotResolved(host=host, reason=next(iter(failures), "no address"))
    return answers


def _is_address(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
        except OSError:
            continue
        return True
    return False


def connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A TCP connection to the first address that answers, within the deadline."""
    addresses = resolve(host, port, deadline)
    deadline.enter(f"connecting to {address_of(host, port)}")
    failures: list[OSError] = []
    for position, address in enumerate(addresses):
        try:
            # A silent first address must leave time for the others.
            return _connect(address, deadline.remaining() / (len(addresses) - position))
        except OSError as error:
            failures.append(error)
    # Of several addresses the one that was there at all tells most, then the first: a poller without IPv6 has others.
    failure = next((error for error in failures if error.errno == errno.ECONNREFUSED), failures[0])
    if failure.errno is None and len(failures) == 1:
        raise deadline.reached()
    raise _explain(failure, address_of(host, port))


def _connect(address: Any, seconds: float) -> socket.socket:
    family, kind, protocol, _, where = address
    connection = socket.socket(family, kind, protocol)
    try:
        connection.settimeout(seconds)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect(where)
    except BaseException:
        connection.close()
        raise
    return connection


def _explain(error: OSError, address: str) -> VideoconfError:
    number, reason = error.errno or errno.ETIMEDOUT, error.strerror or "no answer"
    if number == errno.ECONNREFUSED:
        return ConnectionRefused(address=address)
    if number in (errno.EACCES, errno.EPERM):
        return NoRoute(address=address, reason=f"{reason.lower()} (SELinux, or a firewall on the poller)")
    if number not in _NO_ROUTE:
        return ConnectionBroken(address=address, phase="connecting", reason=reason)
    return NoRoute(address=address, reason=reason.lower())


class Wire:
    """What a connection needs to know of its check, and what it learns: the peer's certificate.

    connections: how many were opened. certificate: `getpeercert()` of the last TLS one, {} when not verified.
    encoded: the same certificate in DER, also when not verified; None without TLS.
    """

    def __init__(self, deadline: Deadline, tls_cn: str | None) -> None:
        """`tls_cn`: the common name the peer's certificate must have, if the name check is left out."""
        self.deadline = deadline
        self.tls_cn = tls_cn
        self.connections = 0
        self.certificate: Any = None
        self.encoded: bytes | None = None
        self.asking = ""
        #: The last one that was opened.
        self.connection: Any = None


def _open_socket(wire: Wire, connection: Any) -> socket.socket:
    """What urllib3 calls a new connection; to a proxy if there is one."""
    wire.connections += 1
    host, port = connection._dns_host.strip("[]"), connection.port or connection.default_port
    try:
        return connect(host, port, wire.deadline)
    except VideoconfError as error:
        if connection.proxy is None:
            raise
        raise ProxyRefused(proxy=address_of(host, port), reason=str(error)) from None


class PlainConnection(HTTPConnection):
    """HTTP. A subclass made for one check holds its wire."""

    wire: ClassVar[Wire]

    def _new_conn(self) -> socket.socket:
        return _open_socket(self.wire, self)

    def connect(self) -> None:
        super().connect()
        self.wire.connection = self
        self.wire.deadline.enter(self.wire.asking)


class SecureConnection(HTTPSConnection):
    """HTTPS. A subclass made for one check holds its wire."""

    wire: ClassVar[Wire]

    def _new_conn(self) -> socket.socket:
        opened = _open_socket(self.wire, self)
        self.wire.deadline.enter(f"in the TLS handshake with {self._peer()}")
        opened.settimeout(self.wire.deadline.remaining())
        return opened

    def _tunnel(self) -> None:
        proxy = address_of(self.host, self.port or 0)
        self.wire.deadline.enter(f"waiting for the proxy {proxy}")
        try:
            super()._tunnel()
        except socket.timeout:
            raise self.wire.deadline.reached() from None
        except (OSError, HTTPException) as error:
            raise ProxyRefused(proxy=proxy, reason=getattr(error, "strerror", None) or str(error)) from None
        self.wire.deadline.enter(f"in the TLS handshake with {self._peer()}")

    def _peer(self) -> str:
        host = getattr(self, "_tunnel_host", None) or self.host
        port = getattr(self, "_tunnel_port", None) or self.port or 443
        return address_of(host.strip("[]"), port)

    def connect(self) -> None:
        try:
            super().connect()
        except socket.timeout:
            raise self.wire.deadline.reached() from None
        except (ssl.SSLError, ssl.CertificateError) as error:
            raise tls.explain(error, self._peer()) from None
        self._remember_certificate()
        self.wire.connection = self
        self.wire.deadline.enter(self.wire.asking)

    def close(self) -> None:
        opened: Any = self.sock
        if getattr(getattr(opened, "context", None), "resumes", False):
            opened.context.session = opened.session
        super().close()

    def _remember_certificate(self) -> None:
        self.wire.certificate = getattr(self.sock, "getpeercert", dict)()
        self.wire.encoded = self.sock.getpeercert(binary_form=True) if isinstance(self.sock, ssl.SSLSocket) else None
        if self.wire.tls_cn:
            found = tls.common_name(self.wire.certificate)
            if found.replace(":", "").lower() != self.wire.tls_cn.replace(":", "").lower():
                raise CertificateWrongName(address=self._peer(), reason=f"its common name is '{found}'")


class Adapter(HTTPAdapter):
    """A requests adapter that uses our connections and one TLS context for all of them."""

    def __init__(self, wire: Wire, context: tls.Context | None) -> None:
        self.wire = wire
        self.context = context
        #: What it was mounted in.
        self.http: Session | None = None
        plain = type("Plain", (PlainConnection,), {"wire": wire})
        secure = type("Secure", (SecureConnection,), {"wire": wire})
        self._pools = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
        self._classes: tuple[Any, ...] = (plain, secure)
        super().__init__(pool_connections=1, pool_maxsize=1)

    def serve(self, wire: Wire) -> None:
        """From now on for another check, with the connection that is there."""
        wire.certificate, wire.encoded = self.wire.certificate, self.wire.encoded
        wire.connection = self.wire.connection
        self.wire = wire
        for made in self._classes:
            made.wire = wire

    @property
    def is_connected(self) -> bool:
        return getattr(self.wire.connection, "sock", None) is not None

    def is_patient(self, seconds: float) -> None:
        """How long the peer may take to acknowledge what the open connection sends; 0 is as long as the system's."""
        if self.is_connected:
            with contextlib.suppress(OSError):
                self.wire.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))

    def close_if_dropped(self) -> None:
        """Ends the connection if its peer did."""
        if self.wire.connection is not None and is_connection_dropped(self.wire.connection):
            self.wire.connection.close()

    def _tls(self) -> dict[str, Any]:
        if self.context is None:
            return {}
        return {
            "ssl_context": self.context,
            "assert_hostname": None if self.context.check_hostname else False,
        }

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        self.poolmanager = urllib3.PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, **self._tls(), **kwargs
        )
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        # The proxy itself may speak TLS: by the same rules, but with its own name.
        manager = super().proxy_manager_for(proxy, **self._tls(), proxy_ssl_context=self.context, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        # requests' own knows no characters beyond Latin-1.
        *_, encoded = ("", *secrets_of(proxy))
        return {"Proxy-Authorization": f"Basic {encoded}"} if encoded else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: the context says it all, and requests would put certifi's bundle over it."""

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        return self.get_connection(request.url, proxies)

    def get_connection(self, url: Any, proxies: Any = None) -> Any:
        # requests before 2.32 calls this one, later ones the one above.
        proxy = select_proxy(url, proxies)
        manager = self.proxy_manager_for(proxy) if proxy else self.poolmanager
        return manager.connection_from_url(url)


def proxy_of(wanted: str | None, url: str) -> str:
    """The URL of the proxy to use for a URL, or `''`: that of --proxy, or with `env` that of the environment.

    Raises OptionError for what is no HTTP proxy.
    """
    proxy = wanted or ""
    if proxy == "env":
        from requests.utils import get_environ_proxies

        proxy = select_proxy(url, get_environ_proxies(url)) or ""
    if not proxy:
        return ""
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        scheme, host, _ = (parts := urlsplit(proxy)).scheme.lower(), parts.hostname, parts.port
    except ValueError:
        scheme = host = ""
    if scheme not in ("http", "https") or not host:
        raise OptionError(f"--proxy: {place_of(proxy)} is not http://HOST:PORT")
    return proxy


def place_of(proxy: str) -> str:
    """`host:port` of a proxy's URL, without the credentials it may hold."""
    return proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/")


def secrets_of(proxy: str) -> tuple[str, ...]:
    """What of a proxy's URL nobody may see."""
    account = proxy.partition("//")[2].rpartition("@")[0]
    username, _, password = account.partition(":")
    if not password:
        return ()
    plain = f"{unquote(username)}:{unquote(password)}"
    return password, unquote(password), b64encode(plain.encode()).decode()
