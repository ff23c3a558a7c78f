"""conductor health."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding
from ..fields import Unreadable, number, text
from ..mode import Mode
from ..options import Option, choice, real
from ..units import human

_FANS = ("1", "2", "3")
_PERIODS = ("1", "5", "15")
_NO_FAN = -1.0
_UNITS = {"b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
# Guide XC4.3.1, factory.health.query: 6 GB in a virtual machine, 4 GB in an appliance and on BE6000/BE7000.
_RAM_VIRTUAL, _RAM_APPLIANCE = 6, 4


class Health(Mode):
    """CPU load, fans and committed memory of the Conductor."""

    endpoints = ("POST /RPC2 factory.health.query",)
    requests = "1, and none within 5 minutes of another check's (--cache 300): the vendor asks for that"
    notes = (
        "Fans that report N/A are those of a virtual machine: there are none, and nothing is judged.",
        "Give --ram-gb 4 for a virtual machine on Business Edition 6000 or 7000: it cannot be told from others.",
        "Load averages are Linux', not percentages: set thresholds by the number of cores.",
    )
    example = "--ram-gb 4 --warning-cpu-load-5 4"

    record = "health report"
    cache = 300
    options = (
        Option("--ram-gb", "N", "memory of the Conductor in GiB; default 6 without fans, 4 with", kind=real(0.5, 4096)),
        Option("--committed-unit", "UNIT", "unit of committed_as where the answer has none: B, kB, MB or GB",
               default="kB", kind=choice("B", "kB", "MB", "GB")),
    )  # fmt: skip
    counters = (
        *(
            Counter(
                f"cpu-load-{period}", f"system.cpu.load.{period}m.count", f"Linux load average over {period} min",
                title=f"mean load of the last {'minute' if period == '1' else f'{period} minutes'}",
            )
            for period in _PERIODS
        ),
        *(
            Counter(
                f"fan-{fan}", "hardware.fan.speed.rpm", f"speed of fan {fan}",
                unit="rpm", critical="1:", instance="fan", optional=True, title="speed",
            )
            for fan in _FANS
        ),
        Counter(
            "memory-committed", "system.memory.committed.bytes", "memory promised to processes",
            unit="B", title="committed memory",
        ),
        Counter(
            "memory-committed-prct", "system.memory.committed.percentage", "the same as a share of --ram-gb",
            unit="%", warning="90", critical="100", over=True, title="committed memory",
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        report = self.client.call("factory.health.query")
        for period in _PERIODS:
            label = f"cpu-load-{period}"
            load = self.read_member(report, f"cpu_load_{period}", _load, label)
            if load is not None:
                yield from self.measure(label, load)
        fans = {fan: self.read_member(report, f"fan_{fan}", _fan, f"fan-{fan}") for fan in _FANS}
        yield from self._fans(fans)
        committed = self.read_member(report, "committed_as", self._bytes, "memory-committed", "memory-committed-prct")
        if committed is not None:
            has_fans = any(speed not in (None, _NO_FAN) for speed in fans.values())
            self._ram = self.given.ram_gb or (_RAM_APPLIANCE if has_fans else _RAM_VIRTUAL)
            yield from self.measure("memory-committed", committed)
            yield from self.measure("memory-committed-prct", 100 * committed / (self._ram * 1024**3))

    def headline(self) -> str:
        loads = [self.values[label] for label in (f"cpu-load-{period}" for period in _PERIODS) if label in self.values]
        parts = [f"load {', '.join(human(load, '') for load in loads)}"] if loads else []
        if "memory-committed" in self.values:
            committed, share = self.values["memory-committed"], self.values["memory-committed-prct"]
            parts.append(f"committed memory {human(committed, 'B')} ({human(share, '%')} of {self._ram:g} GiB)")
        return ", ".join(parts) or "the fans turn, or there are none"

    def _fans(self, fans: dict[str, float | None]) -> Iterator[Finding]:
        virtual = all(speed == _NO_FAN for speed in fans.values())
        if virtual:
            self.remarks.append("fans: N/A, this is a virtual machine")
        for fan, speed in fans.items():
            label = f"fan-{fan}"
            if speed == _NO_FAN:
                if (
                    not virtual
                ):  # a virtual machine has none, and a threshold for all Conductors alike is no wish for one
                    self.absent(label, optional=True, reason="N/A")
            elif speed is not None:
                yield from self.measure(label, speed, f"fan_{fan}")

    def _bytes(self, value: Any) -> float | None:
        """`2513356 kB`, `2513356` to bytes; None is None. Raises Unreadable."""
        shown = text(value)
        if shown is None:
            return None
        match = re.fullmatch(r"\s*([0-9]{1,15}(?:\.[0-9]+)?)\s*([kMG]?B)?\s*", shown, re.IGNORECASE | re.ASCII)
        if not match:
            raise Unreadable
        return float(match[1]) * _UNITS[(match[2] or self.given.committed_unit).lower()]


def _load(value: Any) -> float | None:
    """A number that is not below 0; null and '' are None. Raises Unreadable."""
    found = number(value)
    if found is not None and found < 0:
        raise Unreadable
    return found


def _fan(value: Any) -> float | None:
    """`8035`, `8035 RPM` to a number, `N/A` to _NO_FAN; None is None. Raises Unreadable."""
    shown = text(value)
    if shown is None:
        return None
    if shown.strip().upper() == "N/A":
        return _NO_FAN
    match = re.fullmatch(r"\s*([0-9]{1,7}(?:\.[0-9]+)?)\s*(?:rpm)?\s*", shown, re.IGNORECASE | re.ASCII)
    if not match:
        raise Unreadable
    return float(match[1])
