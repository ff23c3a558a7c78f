"""conductor bridges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..mode import Record
from .bridge_tables import CONFIGURATION, LICENCE, SIGNALLING, STATUS, BridgeMode

_UNUSABLE = re.compile("unusable", re.IGNORECASE)
# Guide XC4.3.1, appendix A.
_MOST_BRIDGES = 30


class Bridges(BridgeMode):
    """Conference bridges: whether they can be used, and their load."""

    endpoints = tuple(f"GET /api/external/{table.path}" for table in (STATUS, SIGNALLING, LICENCE, CONFIGURATION))
    requests = "4"
    notes = (
        "Load is used / total; a total of 0 is said to be not applicable, as licences are to TelePresence MCUs.",
        "Where a load table holds a percentage itself, --field load=KEY names it.",
        "Tables are joined by the bridge's uuid. All keys but uuid are inferred; --field names others.",
        "The status Unusable is the user interface's.",
    )
    example = "--filter-type tsmcu --warning-licence-load 70"

    record = "bridge"
    inventory = True
    tables = (*BridgeMode.tables, SIGNALLING, LICENCE)
    filters = ("name", "type", "pool")
    counters = (
        Counter("bridges-total", help="conference bridges", high=_MOST_BRIDGES),
        Counter("bridges-usable", help="of them not unusable"),
        Counter(
            "signalling-load", "bridge.signalling.load.percentage", "call signalling in use",
            unit="%", warning="80", critical="95", instance="bridge",
        ),
        Counter(
            "licence-load", "bridge.licence.load.percentage", "licences in use",
            unit="%", warning="80", critical="95", instance="bridge",
        ),
    )  # fmt: skip
    statuses = (
        Status(
            "bridge-status",
            "name address type status pool",
            "each conference bridge",
            critical="%{status} =~ /unusable/i",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        everything = self.bridges()
        bridges: dict[str, dict[str, Any]] = {}
        for bridge in self.select(everything):
            yield self.judge("bridge-status", bridge, self._describe)
            known = bridges.setdefault(bridge["bridge"] or bridge["name"], {**bridge, "usable": True})
            known["usable"] = known["usable"] and not _UNUSABLE.search(bridge["status"] or "unusable")
        yield from self.measure("bridges-total", len(bridges))
        usable = sum(bridge["usable"] for bridge in bridges.values())
        yield from self.measure("bridges-usable", usable, high=len(bridges))
        for label, table in (("signalling-load", SIGNALLING), ("licence-load", LICENCE)):
            with self.each_on_its_own():
                loads = self.loads(table, everything)
                for uuid, bridge in sorted(bridges.items(), key=lambda item: str(item[1]["name"])):
                    if uuid in loads and loads[uuid] is None:
                        self.remarks.append(f"{label} of {bridge['name']}: not applicable (total 0)")
                    elif uuid in loads:
                        yield from self.measure(label, loads[uuid], bridge["name"])
                    else:
                        self.absent(label, bridge["name"], optional=not _must_have(label, bridge))

    def headline(self) -> str:
        return f"{self.values['bridges-usable']} of {self.count_of(self.values['bridges-total'])} usable"

    def _describe(self, bridge: Record) -> str:
        known = [bridge[name] for name in ("type", "address", "pool") if bridge[name]]
        where = f" ({', '.join(known)})" if known else ""
        return f"bridge {bridge['name']}{where}: {bridge['status'] or 'no status'}{self.at(bridge)}"


def _must_have(label: str, bridge: Record) -> bool:
    """Whether a bridge has a load: an MCU has no licences, and what cannot be used has none of either."""
    licensed = (bridge["type"] or "").lower().startswith("ts")
    return bool(bridge["usable"]) and (label == "signalling-load" or licensed)
