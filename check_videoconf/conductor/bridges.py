"""conductor bridges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Record
from ..text import plural
from .bridge_tables import BRIDGE, BridgeMode
from .tables import Table

_UNUSABLE = re.compile("unusable", re.IGNORECASE)
# Guide XC4.3.1, appendix A.
_MOST_BRIDGES = 30
_FIELDS = Fields(texts="bridge", numbers="used? total? load?")
_SIGNALLING = Table(
    "status/conferencefactory/mcucallsignallingloadstatus", "signalling load", _FIELDS,
    bridge=BRIDGE, used="used in_use", total="total max", load="",
)  # fmt: skip
_LICENCE = Table(
    "status/conferencefactory/mculicenceloadstatus", "licence load", _FIELDS,
    bridge=BRIDGE, used="used in_use", total="total max", load="",
)  # fmt: skip


class Bridges(BridgeMode):
    """Conference bridges: whether they can be used, and their load."""

    endpoints = tuple(
        f"GET /api/external/{path}"
        for path in (
            *("status/conferencefactory/mcustatus", "status/conferencefactory/mcucallsignallingloadstatus"),
            *("status/conferencefactory/mculicenceloadstatus", "configuration/conferencefactory/mcuinfo"),
        )
    )
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
    tables = (*BridgeMode.tables, _SIGNALLING, _LICENCE)
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
        known = {bridge["bridge"] for bridge in everything}
        bridges: dict[str, dict[str, Any]] = {}
        usable: dict[str, bool] = {}
        for bridge in self.select(everything):
            yield self.judge("bridge-status", bridge, self._describe)
            uuid = bridge["bridge"] or bridge["name"]
            bridges.setdefault(uuid, bridge)
            usable[uuid] = usable.get(uuid, True) and not _UNUSABLE.search(bridge["status"] or "unusable")
        yield from self.measure("bridges-total", len(bridges))
        yield from self.measure("bridges-usable", sum(usable.values()), high=len(bridges))
        for label, table in (("signalling-load", _SIGNALLING), ("licence-load", _LICENCE)):
            with self.each_on_its_own():
                loads = self._loads(table, known)
                for uuid, bridge in sorted(bridges.items(), key=lambda item: str(item[1]["name"])):
                    if loads.get(uuid) is not None:
                        yield from self.measure(label, loads[uuid], bridge["name"])
                    elif uuid in loads:
                        self.remarks.append(f"{label} of {bridge['name']}: not applicable (total 0)")
                    else:
                        # An MCU has no licences, and what cannot be used has no load.
                        licensed = (bridge["type"] or "").lower().startswith("ts")
                        needed = usable[uuid] and (table is _SIGNALLING or licensed)
                        self.absent(label, bridge["name"], optional=not needed)

    def headline(self) -> str:
        return f"{self.values['bridges-usable']} of {self.count_of(self.values['bridges-total'])} usable"

    def _loads(self, table: Table, known: set[str]) -> dict[str, float | None]:
        """The load in percent by bridge, None where it is not applicable; of several rows the highest counts."""
        loads: dict[str, float | None] = {}
        strange = unknown = 0
        for record in self.records(table, shared=True):
            load = _percentage(record)
            if record["bridge"] not in known:
                strange += 1
            elif load is not None:
                loads[record["bridge"]] = max(load, loads.get(record["bridge"]) or 0)
            elif record["total"] == 0:
                loads.setdefault(record["bridge"], None)
            else:
                unknown += 1
        if strange:
            hint = self.hint(table, "bridge")
            self.problems.append(f"{plural(strange, table.what)} of no bridge in mcustatus: {hint}")
        if unknown:
            self.problems.append(f"{plural(unknown, table.what)} without used and total")
            self.require("used", "total")
        return loads

    def _describe(self, bridge: Record) -> str:
        known = [bridge[name] for name in ("type", "address", "pool") if bridge[name]]
        where = f" ({', '.join(known)})" if known else ""
        return f"bridge {bridge['name']}{where}: {bridge['status'] or 'no status'}{self.at(bridge)}"


def _percentage(record: Record) -> float | None:
    """The load in percent, None where it cannot be told; what is below 0 is no measurement."""
    load: float | None = record["load"]
    used, total = record["used"], record["total"]
    if load is None and used is not None and used >= 0 and total:
        load = 100 * used / total
    return load if load is None or load >= 0 else None
