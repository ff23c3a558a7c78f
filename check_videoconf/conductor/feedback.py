"""conductor feedback."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..options import Option
from ..redact import without_account
from ..text import plural, shorten

# Guide XC4.3.1, feedbackReceiver.extended.
_MOST_RECEIVERS = 20


class Feedback(Mode):
    """Feedback receivers: the applications that the Conductor tells of its events."""

    endpoints = ("POST /RPC2 feedbackReceiver.extended.query",)
    notes = (
        "A slot without a URI is free.",
        "A management system that is no longer registered misses events silently: --expect-receiver tells.",
        "All members are confirmed by the vendor's guide.",
    )
    example = "--expect-receiver https://tms.example.net/feedback"

    record = "receiver"
    fields = Fields(texts="uri=receiverURI!")
    options = (Option("--expect-receiver", "URI", "critical unless this receiver is registered", repeat=True),)
    counters = (
        Counter("receivers-total", help="feedback receivers", warning="18", high=_MOST_RECEIVERS),
        Counter("receivers-missing", help="expected ones that are not registered", critical="0", optional=True),
    )

    def probe(self) -> Iterator[Finding]:
        slots = self.fetch("feedbackReceiver.extended.query", member="receivers", bare=True)
        uris = [slot["uri"] for slot in slots if slot["uri"]]
        yield from self.measure("receivers-total", len(uris))
        wanted = self.given.expect_receiver
        missing = [uri for uri in wanted if _same(uri) not in map(_same, uris)]
        if wanted:
            yield from self.missing("receivers-missing", list(map(_shown, missing)))
        if missing:
            self.remarks.append(f"registered: {shorten(', '.join(map(_shown, uris)), 500) or 'none'}")

    def headline(self) -> str:
        total = self.count_of(self.values["receivers-total"])
        expected, missing = len(self.given.expect_receiver), int(self.values.get("receivers-missing", 0))
        which = f"{expected - missing} of {expected} expected ones" if missing else plural(expected, "expected one")
        return f"{total}, {which} among them" if expected else total


def _same(uri: str) -> str:
    """URIs that mean the same compare equal: an account, case of scheme and host, default ports, a last slash do not
    count."""
    scheme, sign, rest = without_account(uri, "").partition("://")
    host, slash, path = rest.partition("/")
    port = {"http": ":80", "https": ":443"}.get(scheme.lower(), "")
    host = host.lower()
    if port and host.endswith(port):
        host = host[: -len(port)]
    return f"{scheme.lower()}{sign}{host}{slash}{path}".rstrip("/")


def _shown(uri: str) -> str:
    """A URI without the secrets it may hold: an account, or whatever it asks with."""
    return re.sub(r"\?.*", "?…", without_account(uri, ""))
