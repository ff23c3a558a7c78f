"""trio network."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..counters import WARNING, Finding, Status, Verdict
from ..fields import Gaps
from ..mode import Record
from ..options import Option, integer
from ..text import phrase
from .packets import PacketsMode
from .phone import Words


class Network(PacketsMode):
    """The phone's LAN port: link, speed and packets."""

    endpoints = ("GET /api/v1/mgmt/network/stats", "GET /api/v1/mgmt/network/info")
    requests = "2"
    notes = ("Packets a second are counted since the previous run of the same service; the first one has none.",)
    example = "--min-speed 100 --warning-packets-in 5000"

    record = "network report"
    fields = Words(texts="lan=LANPortStatus speed=LANSpeed! dhcp=DHCP? vlan=VLANID?")
    options = (Option("--min-speed", "N", "warn below so many Mbit/s", kind=integer(1, 1_000_000)),)
    statuses = (
        Status(
            "link",
            "lan speed dhcp vlan",
            "the LAN port; speed is in Mbit/s",
            critical="%{lan} !~ /^active$/i",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        yield from self.mention()  # a first run of which packets alone are chosen has nothing to tell
        yield from self.packets()
        gaps = self.gaps if self.wanted("link") else Gaps()
        self.link = self.client.record("mgmt/network/info", self.fields, "network info", gaps)
        self.link["speed"] = _megabits(self.link["speed"])
        if self.link["lan"] is not None:
            yield self.judge("link", self.link, _describe)
        yield from self._slow()

    def headline(self) -> str:
        speed = self.link["speed"]
        link = f"link {self.link['lan'] or 'unknown'}" + (f" at {speed} Mbit/s" if speed else "")
        if self.growth.first:
            return f"{link}, first run"
        if self.growth.restarted:
            return f"{link}, restarted"
        return phrase(link, self.rates())

    def _slow(self) -> Iterator[Finding]:
        wanted, speed = self.given.min_speed, self.link["speed"]
        if not wanted:
            return
        if speed is None:
            self.absent("--min-speed", optional=False, reason="the phone reports no speed")
        elif speed < wanted:
            yield Verdict("link", WARNING, f"link speed {speed} Mbit/s, below {wanted} Mbit/s")


def _megabits(text: str | None) -> int | None:
    """`100Mbps`, `1 Gbps`, `100` to Mbit/s."""
    match = re.fullmatch(r"\s*(\d{1,7})\s*(?:([MG])?b\S*)?\s*", text or "", re.IGNORECASE | re.ASCII)
    if not match:
        return None
    return int(match[1]) * (1000 if (match[2] or "M").upper() == "G" else 1)


def _describe(record: Record) -> str:
    speed = f" at {record['speed']} Mbit/s" if record["speed"] else ""
    return f"LAN port {record['lan']}{speed}, VLAN {record['vlan'] or 'none'}, DHCP {record['dhcp'] or 'not said'}"
