"""The connector's network: packets alone, so the port is not asked for."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import OK, Finding, Verdict
from ..trio import network
from ..units import decimal


class Network(network.Network):
    """Packets at the phone's LAN port."""

    def probe(self) -> Iterator[Finding]:
        yield Verdict("", OK, "")  # the first run has nothing to tell
        yield from self._packets()

    def headline(self) -> str:
        rates = {way: self.values[f"packets-{way}"] for way in ("in", "out") if f"packets-{way}" in self.values}
        shown = " and ".join(f"{way} {decimal(rate, 1)}" for way, rate in rates.items())
        return f"packets a second {shown}" if shown else self.growth.why_none()
