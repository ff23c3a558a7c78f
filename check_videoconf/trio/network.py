"""trio network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..counters import WARNING, Counter, Finding, Status, Verdict
from ..fields import Fields, Unreadable
from ..mode import Mode, Record
from ..options import Option, Options, integer
from ..rates import Growth
from ..units import decimal
from .phone import uptime


class Network(Mode):
    """The phone's LAN port: link, speed and packets."""

    endpoints = ("GET /api/v1/mgmt/network/stats", "GET /api/v1/mgmt/network/info")
    requests = "2"
    notes = ("Packets a second are counted since the previous run of the same service; the first one has none.",)
    example = "--min-speed 1000 --warning-packets-in 5000"

    record = "network report"
    stats = Fields(numbers="RxPackets TxPackets", raws="UpTime?")
    fields = Fields(texts="LANPortStatus LANSpeed! DHCP? VLANID?")
    options = (Option("--min-speed", "N", "warn below so many Mbit/s", kind=integer(1, 1_000_000)),)
    counters = (
        Counter("packets-in", "network.packets.in.persecond", "packets received", unit="/s", optional=True),
        Counter("packets-out", "network.packets.out.persecond", "packets sent", unit="/s", optional=True),
    )
    statuses = (
        Status(
            "link",
            "lan speed dhcp vlan",
            "the LAN port; speed is in Mbit/s",
            critical="%{lan} !~ /^active$/i",
        ),
    )

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return True

    def probe(self) -> Iterator[Finding]:
        stats = self.stats.reader("network report", self.gaps)(self.client.struct("mgmt/network/stats"))
        growth = Growth(self.previous, self._clock(stats["UpTime"]))
        for label, field in (("packets-in", "RxPackets"), ("packets-out", "TxPackets")):
            if stats[field] is not None:
                rate = growth.per_second(field, stats[field])
                if rate is not None:
                    yield from self.measure(label, rate)
        self.remembered = growth.saved()
        if growth.first:
            self.remarks.append("first run: packets a second from the next one on")
        elif growth.seconds is None:
            self.remarks.append("the phone has restarted: packets a second from the next run on")

        found = self.fields.reader("network info", self.gaps)(self.client.struct("mgmt/network/info"))
        self.speed = _megabits(found["LANSpeed"])
        record = {"lan": found["LANPortStatus"], "speed": self.speed, "dhcp": found["DHCP"], "vlan": found["VLANID"]}
        if record["lan"] is not None:
            yield self.judge("link", record, _describe)
        yield from self._slow()

    def headline(self) -> str:
        link = f"link active at {self.speed} Mbit/s" if self.speed else "link active"
        if "packets-in" not in self.values:
            return f"{link}, first run" if self.previous is None else link
        packets = (decimal(self.values[f"packets-{way}"], 1) for way in ("in", "out"))
        return "{}, packets a second in {} and out {}".format(link, *packets)

    def _slow(self) -> Iterator[Finding]:
        wanted = self.given.min_speed
        if not wanted:
            return
        if self.speed is None:
            self.absent("--min-speed", optional=False, reason="the phone reports no speed")
        elif self.speed < wanted:
            yield Verdict("link", WARNING, f"link speed {self.speed} Mbit/s, below {wanted} Mbit/s")

    def _clock(self, written: Any) -> float:
        """The phone's own seconds since its start; the poller's clock where it does not say."""
        try:
            return uptime(written)
        except Unreadable:
            return self.now


def _megabits(text: str | None) -> int | None:
    """`100Mbps`, `1 Gbps` to Mbit/s."""
    match = re.match(r"\s*(\d{1,7})\s*([MG])?b", text or "", re.IGNORECASE | re.ASCII)
    if not match:
        return None
    return int(match[1]) * (1000 if (match[2] or "M").upper() == "G" else 1)


def _describe(record: Record) -> str:
    speed = f" at {record['speed']} Mbit/s" if record["speed"] else ""
    return f"LAN port {record['lan']}{speed}, VLAN {record['vlan'] or 'none'}, DHCP {record['dhcp'] or 'not said'}"
