"""conductor network."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Record
from .tables import Table, TableMode


class Network(TableMode):
    """Network interfaces of the Conductor and of the peers of its cluster."""

    endpoints = ("GET /api/external/status/networkinterface",)
    notes = (
        "All keys are inferred; --field names others.",
        "An interface that is not in use is left out with --exclude-name.",
    )
    example = '--exclude-name LAN2 --warning-interface-status "%{speed} !~ /full/"'

    record = "interface"
    inventory = True
    tables = (
        Table(
            "status/networkinterface", "network interface", Fields(texts="name state address? speed?"),
            name="name interface device", state="state status link", speed="speed link_speed",
            address="ipv4_address ip_address address ip ipv6_address",
        ),
    )  # fmt: skip
    filters = ("name", "peer")
    counters = (Counter("interfaces-total", help="network interfaces"),)
    statuses = (
        Status(
            "interface-status",
            "name address speed state",
            "each network interface",
            warning="%{state} !~ /^(active|up|ok)$/i",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        interfaces = list(self.select(self.records(self.tables[0], apart=True)))
        for interface in interfaces:
            yield self.judge("interface-status", interface, self._describe)
        yield from self.measure("interfaces-total", len(interfaces))

    def headline(self) -> str:
        return f"{self.count_of(self.values['interfaces-total'])}, none to worry about"

    def _describe(self, interface: Record) -> str:
        state = f"{interface['name'] or 'an interface'}{self.at(interface)}: {interface['state'] or 'no state'}"
        return state + (f", {interface['speed']}" if interface["speed"] else "")
