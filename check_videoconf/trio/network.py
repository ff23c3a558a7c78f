"""trio network."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from ..counters import WARNING, Counter, Finding, Status, Verdict
from ..fields import Fields, Unreadable
from ..mode import Mode, Record
from ..options import Option, Options, integer
from ..rates import Growth
from ..units import decimal
from .phone import uptime

_COUNTERS = {"in": "RxPackets", "out": "TxPackets"}


class Network(Mode):
    """The phone's LAN port: link, speed and packets."""

    endpoints = ("GET /api/v1/mgmt/network/stats", "GET /api/v1/mgmt/network/info")
    requests = "2"
    notes = ("Packets a second are counted since the previous run of the same service; the first one has none.",)
    example = "--min-speed 100 --warning-packets-in 5000"

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
        yield from self._packets()
        found = self.fields.reader("network info", self.gaps)(self.client.struct("mgmt/network/info"))
        self.speed = _megabits(found["LANSpeed"])
        self.lan = found["LANPortStatus"]
        record = {"lan": self.lan, "speed": self.speed, "dhcp": found["DHCP"], "vlan": found["VLANID"]}
        if self.lan is not None:
            yield self.judge("link", record, _describe)
        yield from self._slow()

    def headline(self) -> str:
        link = f"link {self.lan}" + (f" at {self.speed} Mbit/s" if self.speed else "")
        if self.growth.first:
            return f"{link}, first run"
        if self.growth.restarted:
            return f"{link}, restarted"
        rates = [
            f"{way} {decimal(rate, 1)}" for way in _COUNTERS if (rate := self.values.get(f"packets-{way}")) is not None
        ]
        return f"{link}, packets a second {' and '.join(rates)}" if rates else link

    def _packets(self) -> Iterator[Finding]:
        stats = self.stats.reader("network report", self.gaps)(self.client.struct("mgmt/network/stats"))
        try:
            self.growth = Growth(self.previous, uptime(stats["UpTime"]), uptime=True)
        except Unreadable:
            self.growth = Growth(self.previous, time.time())
            if stats["UpTime"] is not None:
                self.gaps.unreadable("network report", "UpTime", stats["UpTime"], required=False)
        told = {way: stats[field] for way, field in _COUNTERS.items() if stats[field] is not None}
        rates = {way: self.growth.per_second(_COUNTERS[way], count) for way, count in told.items()}
        self.remembered = self.growth.saved()
        # One smaller counter is a restart: the other has counted anew as well, and has only overtaken itself.
        if self.growth.restarted:
            rates = dict.fromkeys(rates)
        for way, rate in rates.items():
            if rate is not None:
                yield from self.measure(f"packets-{way}", rate)
        without = [way for way, rate in rates.items() if rate is None]
        if without:
            which = "" if len(without) == len(_COUNTERS) else f" {without[0]}"
            self.remarks.append(f"{self.growth.why_none()}: packets a second{which} from the next one on")

    def _slow(self) -> Iterator[Finding]:
        wanted = self.given.min_speed
        if not wanted:
            return
        if self.speed is None:
            self.absent("--min-speed", optional=False, reason="the phone reports no speed")
        elif self.speed < wanted:
            yield Verdict("link", WARNING, f"link speed {self.speed} Mbit/s, below {wanted} Mbit/s")


def _megabits(text: str | None) -> int | None:
    """`100Mbps`, `1 Gbps`, `100` to Mbit/s."""
    match = re.fullmatch(r"\s*(\d{1,7})\s*(?:([MG])?b\S*)?\s*", text or "", re.IGNORECASE | re.ASCII)
    if not match:
        return None
    return int(match[1]) * (1000 if (match[2] or "M").upper() == "G" else 1)


def _describe(record: Record) -> str:
    speed = f" at {record['speed']} Mbit/s" if record["speed"] else ""
    return f"LAN port {record['lan']}{speed}, VLAN {record['vlan'] or 'none'}, DHCP {record['dhcp'] or 'not said'}"
