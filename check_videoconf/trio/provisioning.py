"""trio provisioning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option
from ..redact import HIDDEN, address_without_account

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
    notes = (
        "What runningConfig does not say is taken from network/info.",
        "An account in the server's address is not printed and not compared.",
    )
    example = "--expect-sntp 192.0.2.123 --warning-provisioning \"%{server} eq ''\""

    record = "setting"
    options = tuple(
        Option(f"--expect-{name}", "TEXT", f"critical unless {name} is this, whatever the case") for name in _PLACES
    )
    statuses = (Status("provisioning", "server type sntp dns vlan", "the settings; one that is not set is empty"),)

    def probe(self) -> Iterator[Finding]:
        running: Mapping[str, Any] = {}
        with self.each_on_its_own("judged by network/info alone"):
            running = self.client.struct("mgmt/device/runningConfig")
        info = self.client.struct("mgmt/network/info")
        self.found = {name: self._setting(name, running, info) for name in _PLACES}
        yield self.judge("provisioning", self.found, _describe)
        for name, value in self.found.items():
            wanted = getattr(self.given, f"expect_{name}")
            if wanted is not None and value is not None:  # what cannot be had is told as such
                wanted = address_without_account(_PLACES[name][1], wanted)
                yield from self.expect(f"--expect-{name}", wanted, value, met=_compared(value) == _compared(wanted))

    def _setting(self, name: str, running: Mapping[str, Any], info: Mapping[str, Any]) -> str | None:
        section, key, other = _PLACES[name]
        found = Fields(texts=f"{key}?").reader("setting", self.gaps)(self.client.member(running, section))[key]
        if not (found or "").strip():
            known = Fields(texts=f"{other}?").reader("setting", self.gaps)(info)[other]
            found = found if known is None else known
        if found is None:
            self.gaps.missing("setting", name, present=False)
            return None
        return str(found).strip()

    def headline(self) -> str:
        return _describe(self.found)


def _compared(setting: str) -> str:
    """What counts of a setting: neither its case nor an account."""
    return setting.replace(f"{HIDDEN}@", "").lower()


def _describe(record: Record) -> str:
    return ", ".join(
        [
            f"provisioned by {record['server']} ({record['type']})" if record["server"] else "no provisioning server",
            f"time from {record['sntp']}" if record["sntp"] else "no time server",
            f"DNS {record['dns'] or 'none'}",
            f"VLAN {record['vlan'] or 'none'}",
        ]
    )
