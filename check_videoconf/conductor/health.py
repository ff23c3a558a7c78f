"""conductor health."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields, Unreadable
from ..mode import Mode
from ..options import Option, choice, real
from ..units import human

_FANS = ("1", "2", "3")
_PERIODS = ("1", "5", "15")
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
    fields = Fields(
        texts="fan_1 fan_2 fan_3 committed_as",
        numbers="cpu_load_1 cpu_load_5 cpu_load_15",
    )
    options = (
        Option("--ram-gb", "N", "memory of the Conductor in GiB; default 6 without fans, 4 with", kind=real(0.5, 4096)),
        Option("--committed-unit", "UNIT", "unit of committed_as where the answer has none: B, kB, MB or GB",
               default="kB", kind=choice("B", "kB", "MB", "GB")),
    )  # fmt: skip
    counters = (
        *(
            Counter(f"cpu-load-{period}", f"system.cpu.load.{period}m.count", f"Linux load average over {period} min")
            for period in _PERIODS
        ),
        *(
            Counter(
                f"fan-{fan}", "hardware.fan.speed.rpm", f"speed of fan {fan}",
                unit="rpm", critical="1:", instance="fan", optional=True, title="speed",
            )
            for fan in _FANS
        ),
        Counter("memory-committed", "system.memory.committed.bytes", "memory promised to processes", unit="B"),
        Counter(
            "memory-committed-prct", "system.memory.committed.percentage", "the same as a share of --ram-gb",
            unit="%", warning="90", critical="100", over=True, title="committed memory",
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        report = self.fields.reader(self.record, self.gaps)(self.client.call("factory.health.query"))
        for period in _PERIODS:
            value = report[f"cpu_load_{period}"]
            if value is not None:
                yield from self.measure(f"cpu-load-{period}", value)
        fans = {fan: self._read(report, f"fan_{fan}", _fan) for fan in _FANS}
        present = {fan: speed for fan, speed in fans.items() if speed is not None}
        for fan, speed in present.items():
            yield from self.measure(f"fan-{fan}", speed, f"fan_{fan}")
        virtual = all((report[f"fan_{fan}"] or "").strip().upper() == "N/A" for fan in _FANS)
        if virtual:
            self.remarks.append("fans: N/A, this is a virtual machine")
        committed = self._read(report, "committed_as", self._bytes)
        if committed is not None:
            gibibytes = self.given.ram_gb or (_RAM_VIRTUAL if virtual else _RAM_APPLIANCE)
            yield from self.measure("memory-committed", committed)
            yield from self.measure("memory-committed-prct", 100 * committed / (gibibytes * 1024**3))

    def headline(self) -> str:
        load = " ".join(human(self.values[f"cpu-load-{period}"], "") for period in _PERIODS)
        return f"load {load}, {human(self.values['memory-committed-prct'], '%')} of the memory committed"

    def _read(self, report: dict[str, Any], name: str, reader: Any) -> Any:
        """A member read by `reader`; one that is missing is known to be, one that is unreadable is told."""
        if report[name] is None:
            return None
        try:
            return reader(report[name])
        except Unreadable:
            self.gaps.unreadable(self.record, name, report[name], required=True)
            return None

    def _bytes(self, text: str) -> int:
        match = re.fullmatch(r"\s*([0-9]{1,15})\s*([kMG]?B)?\s*", text, re.IGNORECASE | re.ASCII)
        if not match:
            raise Unreadable
        return int(match[1]) * _UNITS[(match[2] or self.given.committed_unit).lower()]


def _fan(text: str) -> float | None:
    """`8035`, `8035 RPM` to a number, `N/A` to None."""
    if text.strip().upper() == "N/A":
        return None
    match = re.match(r"\s*([0-9]{1,7}(?:\.[0-9]+)?)\b", text, re.ASCII)
    if not match:
        raise Unreadable
    return float(match[1])
