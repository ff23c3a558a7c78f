"""trio provisioning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option

# Where each macro stands: section and key of runningConfig, key of network/info.
_PLACES = {
    "server": ("Provisioning", "Server", "ProvServerAddress"),
    "type": ("Provisioning", "ServerType", "ProvServerType"),
    "sntp": ("SNTP", "Server", "SNTPAddress"),
    "dns": ("DNS", "PrimaryServer", "DNSServer"),
    "vlan": ("Network", "VLAN", "VLANID"),
}


class Provisioning(Mode):
    """Where the phone gets its configuration, its time and its names from."""

    endpoints = ("GET /api/v1/mgmt/device/runningConfig", "GET /api/v1/mgmt/network/info")
    requests = "2"
    notes = ("What runningConfig does not say is taken from network/info.",)
    example = "--expect-sntp 192.0.2.123 --warning-provisioning \"%{server} eq ''\""

    record = "setting"
    options = tuple(
        Option(f"--expect-{name}", "TEXT", f"critical unless {name} is this, whatever the case") for name in _PLACES
    )
    statuses = (Status("provisioning", "server type sntp dns vlan", "the settings; one that is not set is empty"),)

    def probe(self) -> Iterator[Finding]:
        running = self.client.struct("mgmt/device/runningConfig")
        network = Fields(texts=" ".join(f"{key}?" for _, _, key in _PLACES.values())).reader("network info", self.gaps)(
            self.client.struct("mgmt/network/info")
        )
        record: dict[str, Any] = {}
        for name, (section, key, other) in _PLACES.items():
            found = Fields(texts=f"{key}?").reader(section, self.gaps)(self.client.member(running, section))[key]
            record[name] = network[other] if found is None else found
            if record[name] is None:
                self.gaps.missing("setting", name, present=False)
        self.found = record
        yield self.judge("provisioning", record, _describe)
        for name, value in record.items():
            wanted = getattr(self.given, f"expect_{name}")
            if wanted is not None:
                yield from self.expect(
                    f"--expect-{name}", wanted, value or "", met=(value or "").lower() == wanted.lower()
                )

    def headline(self) -> str:
        return _describe(self.found)


def _describe(record: Record) -> str:
    return ", ".join(
        [
            f"provisioned by {record['server']} ({record['type']})" if record["server"] else "no provisioning server",
            f"time from {record['sntp']}" if record["sntp"] else "no time server",
            f"DNS {record['dns'] or 'none'}",
            f"VLAN {record['vlan'] or 'none'}",
        ]
    )
