"""The connector's network: packets alone, so the port is not asked for."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Finding
from ..trio import network


class Network(network.Network):
    """Packets at the phone's LAN port."""

    def probe(self) -> Iterator[Finding]:
        yield from self.mention()  # the first run has nothing to tell
        yield from self.packets()

    def headline(self) -> str:
        return self.rates() or self.growth.why_none()
