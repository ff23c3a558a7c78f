"""trio presence."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Finding, Status
from ..mode import Mode, Record
from .phone import Words


class Presence(Mode):
    """Presence of the phone's account; only in the base profile for Skype for Business."""

    endpoints = ("GET /api/v1/mgmt/getPresence",)
    requests = "1"
    notes = ("In another base profile the phone answers that the operation is not supported: UNKNOWN.",)
    example = "--warning-presence '%{presence} =~ /offline/i'"

    record = "presence"
    fields = Words(texts="presence=Presence")
    statuses = (Status("presence", "presence", "what the phone says of itself, such as Available"),)

    def probe(self) -> Iterator[Finding]:
        found = self.fields.reader("answer", self.gaps)(self.client.envelope("mgmt/getPresence"))
        self.presence = found["presence"]
        if self.presence:
            yield self.judge("presence", found, _describe)

    def headline(self) -> str:
        return f"presence {self.presence}"


def _describe(record: Record) -> str:
    return f"presence {record['presence']}"
