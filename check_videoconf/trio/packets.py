"""Packets at the phone's LAN port, a second, between two runs."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ..counters import Counter, Finding
from ..fields import Unreadable, number
from ..mode import Mode
from ..options import Options
from ..rates import Growth
from ..units import decimal
from .phone import uptime

_COUNTERS = {"in": "RxPackets", "out": "TxPackets"}


class PacketsMode(Mode):
    """Base of the modes that count packets."""

    counters = (
        Counter("packets-in", "network.packets.in.persecond", "packets received", unit="/s", optional=True),
        Counter("packets-out", "network.packets.out.persecond", "packets sent", unit="/s", optional=True),
    )

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return True

    def rates(self) -> str:
        """The packets a second in words, `''` where none are known."""
        rates = [
            f"{way} {decimal(self.values[label], 1)}" for way in _COUNTERS if (label := f"packets-{way}") in self.values
        ]
        return f"packets a second {' and '.join(rates)}" if rates else ""

    def packets(self) -> Iterator[Finding]:
        """The counters. Raises VideoconfError."""
        what = "network report"
        stats = self.client.struct("mgmt/network/stats")
        try:
            self.growth = Growth(self.previous, uptime(stats.get("UpTime")), uptime=True)
        except Unreadable:
            self.growth = Growth(self.previous, time.time())
            if stats.get("UpTime") is not None:
                self.gaps.unreadable(what, "UpTime", stats["UpTime"], required=False)
        rates = {}
        for way, field in _COUNTERS.items():
            count = self.read_member(stats, field, number, f"packets-{way}", what=what)
            if count is not None:
                rates[way] = self.growth.per_second(field, count)
        self.remembered = self.growth.saved()
        # One smaller counter is a restart: the other has counted anew as well, and has only overtaken itself.
        if self.growth.restarted:
            rates = dict.fromkeys(rates)
        for way, rate in rates.items():
            yield from self.measure(f"packets-{way}", rate, told=True)
        without = [way for way, rate in rates.items() if rate is None]
        if without:
            which = "" if len(without) == len(_COUNTERS) else f" {without[0]}"
            self.remarks.append(f"{self.growth.why_none()}: packets a second{which} from the next one on")
