"""The mode `api`, the same for all systems: whether the device answers, how fast, until when its certificate lasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from .certificate import not_after
from .counters import Counter, Finding
from .errors import AuthenticationFailed, VideoconfError
from .mode import Mode
from .units import duration, human

_ASKS_FOR_CREDENTIALS = 401


class ApiCheck(Mode):
    """Base of each system's `Api`. That declares `endpoints` and `example`, and writes `ask`.

    Without a password it asks without credentials; a 401 is then the answer of an API that is there, which is OK.
    The first line of the OK state is `API answers in 0.12 s, certificate ends in 80 d`; what `ask` or `refused`
    returns stands in place of `API answers`. Nothing comes from the cache, whatever the client does.
    """

    anonymous = True
    connects_anew = True
    answer = ""
    record = "api"
    requests = "1"
    notes: ClassVar[tuple[str, ...]] = (
        "Without a password it asks without credentials: HTTP 401 then says that the API is there.",
        "The response time includes connecting and the TLS handshake, but no wait for other checks or between tries.",
        "The certificate's end is read with --insecure, too.",
    )
    counters = (
        Counter(
            "response-time", "api.response.time.seconds", "time until the answer is complete",
            unit="s", warning="2", critical="5",
        ),
        Counter(
            "certificate-expiry", "api.certificate.expiry.seconds", "time left of the server's TLS certificate",
            unit="s", low=None, warning="30d:", critical="7d:", optional=True,
        ),
    )  # fmt: skip

    def ask(self) -> str:
        """Makes one small request and says in a few words who answered. Raises VideoconfError."""
        raise NotImplementedError

    def refused(self) -> str:
        """What a 401 to a request without credentials says of the device."""
        return "API asks for credentials"

    def probe(self) -> Iterator[Finding]:
        session = self.client.session
        session.cache.seconds = 0
        failure: VideoconfError | None = None
        try:
            self.answer = self.ask()
        except AuthenticationFailed as error:
            if self._has_credentials() or error.facts.get("status") != _ASKS_FOR_CREDENTIALS:
                failure = error
            self.answer = self.refused()
        except VideoconfError as error:
            failure = error
        if not failure:
            yield from self.measure("response-time", session.seconds)
        if session.wire.encoded is not None or not failure:  # known even where the login failed
            yield from self._certificate(session.wire.encoded)
        if failure:
            raise failure

    def headline(self) -> str:
        parts = [self.answer]
        if "response-time" in self.values:
            parts[0] += f" in {human(self.values['response-time'], 's')}"
        if "certificate-expiry" in self.values:
            parts.append(f"certificate ends in {duration(self.values['certificate-expiry'])}")
        return ", ".join(parts)

    def _has_credentials(self) -> bool:
        return self.given.password is not None or self.given.auth == "oauth2"

    def _certificate(self, encoded: bytes | None) -> Iterator[Finding]:
        if encoded is None:
            reason = "the connection is not encrypted" if self.given.proto == "http" else "not reported"
            self.absent("certificate-expiry", optional=True, reason=reason)
            return
        try:
            left = not_after(encoded) - self.now
        except ValueError as error:
            self.absent("certificate-expiry", optional=False, reason=f"unreadable, {error}")
            return
        yield from self.measure("certificate-expiry", left)
