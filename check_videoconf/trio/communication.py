"""trio communication."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Finding, Status
from ..fields import Fields
from ..mode import Mode, Record


class Communication(Mode):
    """Which ways of communication are open, and whether the phone is muted."""

    endpoints = ("GET /api/v1/mgmt/media/communicationInfo",)
    requests = "1"
    example = "--warning-communication '%{muted} == 1'"

    record = "communication"
    fields = Fields(flags="muted=PhoneMuteState", raws="types=CommunicationType!")
    statuses = (Status("communication", "types muted", "types is RxTx and the like, joined by commas"),)

    def probe(self) -> Iterator[Finding]:
        self.found = self.client.record("mgmt/media/communicationInfo", self.fields, "answer", self.gaps)
        types = self.found["types"]
        if types is not None and not isinstance(types, list):
            self.gaps.unreadable("answer", "CommunicationType", types, required=True)
            types = None
        self.found["types"] = ",".join(str(item) for item in types or [])
        yield self.judge("communication", self.found, _describe)

    def headline(self) -> str:
        return _describe(self.found)


def _describe(record: Record) -> str:
    muted = {True: "muted", False: "not muted"}.get(record["muted"], "mute unknown")
    return f"{muted}, communication {record['types'] or 'none'}"
