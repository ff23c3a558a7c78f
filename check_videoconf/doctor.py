"""`check_videoconf doctor`: for people. Walks from the name of a device to the rights of the account, one step a line.

What a step finds wrong comes with what to do about it. Credentials are sent only over a connection that the options
accept. It only reads: one small request for each resource that a mode of the product asks for.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from . import catalog, credentials, transport
from .answers import bare
from .auth import Login
from .certificate import common_names, not_after
from .common_options import COMMON
from .deadline import Deadline
from .errors import (
    BusyOrNotPermitted,
    CertificateExpired,
    CertificateNotTrusted,
    CertificateWrongName,
    DeadlineReached,
    NotPermitted,
    NotSupported,
    OptionError,
    Terminated,
    TlsFailed,
    TlsTooOld,
    VideoconfError,
)
from .extra_opts import expand
from .options import parse
from .output.stdout import write
from .output.terminal import is_colourful, paint
from .prepare import login
from .redact import Redactor
from .session import Session
from .state import directory
from .text import clean, phrase, plural
from .thresholds import Thresholds
from .units import duration

USAGE = """\
usage: check_videoconf doctor [SYSTEM] -H HOST [options of every mode]

Walks through name, connection, TLS, certificate, account, version, rights and clock, and says what to mend.
SYSTEM is pexip, conductor or trio; without it the device is asked, without credentials, what it is.
--timeout holds for each step. Exit code: 0 all well, 1 something to look at, 2 checks cannot work, 3 not tried.
"""
_GOOD, _DOUBTFUL, _BAD = range(3)
_MARKS = {_GOOD: ("ok", "OK"), _DOUBTFUL: ("look", "WARNING"), _BAD: ("FAIL", "CRITICAL")}
_SOON = 30 * 86400
_CLOCK = 60
_OF_TLS = (CertificateExpired, CertificateNotTrusted, CertificateWrongName, TlsFailed, TlsTooOld)
# Old firmware freezes when it is asked for this.
_LEFT_ALONE = ("/api/v1/mgmt/media/sessionStats",)


class _Hopeless(Exception):
    """A step without which the following ones make no sense."""


def main(arguments: Sequence[str], out: TextIO | None = None) -> int:
    """Runs the doctor, writes to stdout, returns the exit code."""
    out = out or sys.stdout
    if {"-h", "--help"} & set(arguments):
        write(USAGE, out)
        return 3
    credentials.hide_arguments(arguments)
    redactor = Redactor()
    redactor.add(*credentials.secrets_in(arguments))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of unverified requests: the doctor says it himself
            return Doctor(list(arguments), out, redactor).examine()
    except OptionError as error:
        write(f"doctor: {redactor.known(clean(str(error)))}\n", out)
    except Terminated as error:
        write(f"doctor: {error}\n", out)
    return 3


class Doctor:
    """One examination of one device."""

    def __init__(self, arguments: list[str], out: TextIO | None, redactor: Redactor) -> None:
        """Raises OptionError."""
        remarks: list[str] = []
        if any(argument.startswith("--extra-opts") for argument in arguments):
            arguments = expand(arguments, COMMON, remarks)
        self.options, words = parse(arguments, COMMON, [])
        if len(words) > 1 or not self.options.hostname:
            raise OptionError(USAGE.partition("\n")[0])
        self.system = words[0] if words else ""
        if self.system:
            catalog.system(self.system)
        self.arguments = [argument for argument in arguments if argument not in words]
        self.out = out
        self.redactor = redactor
        self.is_terminal = out is not None and out.isatty()
        self.colourful = self.is_terminal and is_colourful(os.environ)
        self.deadline = Deadline(self.options.timeout)
        self.found = _GOOD

    def examine(self) -> int:
        """All steps, as far as they make sense; the worst of what they found."""
        steps: list[tuple[str, Callable[[], None]]] = [
            ("name", self.name),
            ("connection", self.connection),
            ("TLS", self.tls),
            ("product", self.product),
            ("account", self.account),
            ("version", self.version),
            ("rights", self.rights),
            ("clock", self.clock),
        ]
        with self.deadline.enforced():
            for title, step in steps:
                self.title = title
                try:
                    self._begin()
                    step()
                except (VideoconfError, DeadlineReached) as error:
                    if isinstance(error, OptionError):
                        raise
                    self._say(_BAD, str(error), getattr(error, "advice", ""))
                    break
                except _Hopeless:
                    break
        self._clear()
        return self.found

    # -- steps

    def name(self) -> None:
        host, port = self.options.hostname, self.options.port or 443
        if self.options.proxy:
            self._say(_GOOD, f"left to the proxy {transport.place_of(self.options.proxy)}")
            return
        addresses = dict.fromkeys(where[4][0] for where in transport.resolve(host, port, self.deadline))
        listed = ", ".join(map(str, addresses))
        self._say(_GOOD, f"{host} is an address" if listed == host else f"{host} is {listed}")

    def connection(self) -> None:
        host, port = self.options.hostname, self.options.port
        if self.options.proxy:
            self._say(_GOOD, "left to the proxy")
            return
        started = time.monotonic()
        transport.connect(host, port, self.deadline).close()
        milliseconds = (time.monotonic() - started) * 1000
        self._say(_GOOD, f"{transport.address_of(host, port)} answers in {milliseconds:.0f} ms")

    def tls(self) -> None:
        if self.options.proto == "http":
            self._say(_DOUBTFUL, "plain HTTP: the password can be read on its way", "use --proto https")
            return
        session = self._session(Login())
        try:
            session.request(
                "GET", catalog.SYSTEMS[self.system].probe if self.system else "/", login=False, any_status=True
            )
            version = getattr(session.wire.connection.sock, "version", str)()
        except _OF_TLS as error:
            self._say(_BAD, str(error), error.advice)
            self._show_certificate(self._unverified())
            raise _Hopeless from None
        finally:
            session.close()
        verified = "not verified, by --insecure" if self.options.insecure else "verified"
        self._say(_GOOD, phrase(version, f"the certificate is {verified}"))
        self._show_certificate(session.wire.encoded)

    def product(self) -> None:
        if self.system:
            self._say(_GOOD, f"{catalog.SYSTEMS[self.system].title}, as you say")
            return
        there = [system for system in catalog.SYSTEMS if self._is_there(system, Login())]
        if len(there) > 1 and self._has_account():
            # Some ask everybody for credentials before they look at the path.
            there = [system for system in there if self._is_there(system, login(self.options))]
        if len(there) != 1:
            self._say(_BAD, "it cannot be told by its answers", "name it, as in: check_videoconf doctor pexip -H HOST")
            raise _Hopeless
        self.system = there[0]
        self._say(_GOOD, f"{catalog.SYSTEMS[self.system].title}, by its answers")

    def account(self) -> None:
        self._settle()
        self.options.lock = catalog.SYSTEMS[self.system].one_at_a_time and not self.options.no_lock
        self.session = self._session(login(self.options), directory(self.options.state_dir)[0])
        self.client = catalog.client(self.system)(self.session)
        self.about = self._ask_about(catalog.SYSTEMS[self.system].about[0])
        self._say(_GOOD, f"the device lets account '{self.options.username}' in ({self._source()})")

    def version(self) -> None:
        for mode in catalog.SYSTEMS[self.system].about[1:]:
            try:
                self.about = self._ask_about(mode)
            except NotSupported:
                self.about = "of a version that does not tell it"
            except NotPermitted as error:
                self.about = str(error)
        self._say(_GOOD, self.about)

    def rights(self) -> None:
        paths = dict(self._paths())
        readable = 0
        for path, modes in paths.items():
            self._begin(path)
            needed = f"needed by {', '.join(modes)}"
            try:
                self.session.request("GET", path).refuse_what_is_no_data()
                readable += 1
            except (NotPermitted, BusyOrNotPermitted) as error:
                self._say(_BAD, f"{bare(path)} may not be read, {needed}", error.advice)
            except NotSupported:
                self._say(_GOOD, f"{bare(path)} is not there in this version, {needed}")
            except (VideoconfError, DeadlineReached) as error:
                self._say(_DOUBTFUL, f"{error}, {needed}", getattr(error, "advice", ""))
        self._say(_GOOD, f"{readable} of {plural(len(paths), 'resource')} can be read")

    def clock(self) -> None:
        clock = self.session.clock
        self.session.close()
        if clock is None:
            self._say(_GOOD, "the device does not tell its time")
            return
        offset = clock - time.time()
        text = f"the device is {duration(abs(offset))} {'ahead of' if offset > 0 else 'behind'} this machine"
        if abs(offset) > _CLOCK:
            self._say(_DOUBTFUL, text, "let both follow NTP: ages and expiries are told by these clocks")
        else:
            self._say(_GOOD, f"{text}, which is fine")

    # -- what the steps are made of

    def _session(self, asked: Login, state_directory: str = "") -> Session:
        title = catalog.SYSTEMS[self.system].title if self.system else "the device"
        return Session(self.options, title, asked, self.deadline, self.redactor, state_directory)

    def _unverified(self) -> bytes | None:
        """The certificate of a device that is not trusted, looked at without sending anything."""
        accepting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        accepting.check_hostname = False
        accepting.verify_mode = ssl.CERT_NONE
        host, port = self.options.hostname, self.options.port
        try:
            with transport.connect(host, port, self.deadline) as plain:
                plain.settimeout(self.deadline.remaining())
                with accepting.wrap_socket(plain, server_hostname=host) as secure:
                    return secure.getpeercert(binary_form=True)
        except (OSError, VideoconfError):
            return None

    def _show_certificate(self, encoded: bytes | None) -> None:
        if encoded is None:
            return
        self.title = "certificate"
        try:
            left = not_after(encoded) - time.time()
            issuer, subject = common_names(encoded)
        except ValueError as error:
            self._say(_DOUBTFUL, f"it cannot be read: {error}")
            return
        words = f"for '{subject}', issued by '{issuer}'"
        if left < 0:
            self._say(_BAD, f"{words}, ended {duration(-left)} ago", "renew it on the device")
        else:
            found = _DOUBTFUL if left < _SOON else _GOOD
            self._say(found, f"{words}, ends in {duration(left)}", "renew it on the device" if found else "")

    def _is_there(self, system: str, asked: Login) -> bool:
        """Whether a product's own resource is there; without credentials a refusal says that it may be."""
        session = self._session(asked)
        try:
            answer = session.request("GET", catalog.SYSTEMS[system].probe, any_status=True)
        finally:
            session.close()
        good = (200,) if type(asked) is not Login else (200, 401, 403)
        return answer.status in good and not re.match(rb"\s*<(!doctype )?html", answer.body, re.IGNORECASE)

    def _has_account(self) -> bool:
        """Whether both parts of the account are given, whatever the product."""
        if self.options.auth == "oauth2":
            return False
        found = credentials.find(self.options, os.environ, "", self.deadline.left())
        if not all(found):
            return False
        self.options.username, self.options.password = found
        self.redactor.add_account(*found)
        return True

    def _settle(self) -> None:
        """The account, by the options or the environment."""
        if self.options.auth == "oauth2":
            self.options.username = self.options.oauth2_client_id
            return
        default = catalog.SYSTEMS[self.system].username
        found = credentials.find(self.options, os.environ, default, self.deadline.left())
        self.options.username, self.options.password = found
        self.redactor.add_account(self.options.username, self.options.password)
        if self.options.password is None:
            self._say(
                _BAD, "no password is given", "give --password-file FILE, or another source that the README names"
            )
            raise _Hopeless

    def _source(self) -> str:
        if self.options.auth == "oauth2":
            return "by OAuth2"
        named = ("password", "password_file", "password_command")
        given = next((name for name in named if name in self.options.given), "")
        return f"password from --{given.replace('_', '-')}" if given else f"password from {credentials.PASSWORD}"

    def _ask_about(self, name: str) -> str:
        """The OK line of a mode. Raises VideoconfError."""
        mode = catalog.mode(self.system, name)
        options, _ = parse(self.arguments, (*mode.declared_options(), *COMMON), [])
        options.username, options.password = self.options.username, self.options.password
        running = mode(self.client, options, Thresholds(mode, options))
        for _ in running.probe():
            pass
        return running.headline()

    def _paths(self) -> Iterator[tuple[str, list[str]]]:
        """Each resource that can be asked for by its path alone, and the modes that do."""
        needed: dict[str, list[str]] = {}
        for name in catalog.SYSTEMS[self.system].modes:
            for endpoint in catalog.mode(self.system, name).endpoints:
                match = re.match(r"GET (/[^A-Z\s]*)(?=\s|$)", endpoint)
                if match and match[1] not in _LEFT_ALONE:
                    path = match[1] if "?" in match[1] or self.system != "pexip" else f"{match[1]}?limit=1"
                    needed.setdefault(path, []).append(name)
        yield from needed.items()

    # -- what is written

    def _begin(self, what: str = "") -> None:
        self.deadline.started = time.monotonic()
        if self.is_terminal:
            self._clear()
            write(clean(f"… {self.title} {what}"), self.out)

    def _clear(self) -> None:
        if self.is_terminal:
            write("\r\x1b[K", self.out)

    def _say(self, found: int, text: str, advice: str = "") -> None:
        self._clear()
        self.found = max(self.found, found)
        word, state = _MARKS[found]
        mark = paint(f"{word:5}", state) if self.colourful else f"{word:5}"
        write(f"{mark} {self.title:12} {self.redactor.known(clean(text))}\n", self.out)
        if advice and found != _GOOD:
            write(f"{'':18} what to do: {clean(advice)}\n", self.out)
