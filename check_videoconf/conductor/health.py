"""conductor health."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..counters import Counter, Finding
from ..mode import Mode
from ..options import Option, choice, real
from ..text import phrase
from . import readings

_FANS = ("1", "2", "3")
_PERIODS = ("1", "5", "15")
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
            load = self.read_member(report, f"cpu_load_{period}", readings.load, label)
            yield from self.measure(label, load, told=True)
        fans = {fan: self.read_member(report, f"fan_{fan}", readings.fan, f"fan-{fan}") for fan in _FANS}
        yield from self._fans(fans)
        size = partial(readings.size, unit=self.given.committed_unit)
        committed = self.read_member(report, "committed_as", size, "memory-committed", "memory-committed-prct")
        if committed is not None:
            has_fans = any(speed not in (None, readings.NO_FAN) for speed in fans.values())
            self._ram = self.given.ram_gb or (_RAM_APPLIANCE if has_fans else _RAM_VIRTUAL)
            yield from self.measure("memory-committed", committed)
            yield from self.measure("memory-committed-prct", 100 * committed / (self._ram * 1024**3))

    def headline(self) -> str:
        loads = phrase(*(self.figure(f"cpu-load-{period}") for period in _PERIODS))
        committed, share = self.figure("memory-committed"), self.figure("memory-committed-prct")
        figures = phrase(
            f"load {loads}" if loads else "",
            f"committed memory {committed} ({share} of {self._ram:g} GiB)" if committed else "",
        )
        return figures or "the fans turn, or there are none"

    def _fans(self, fans: dict[str, float | None]) -> Iterator[Finding]:
        if all(speed == readings.NO_FAN for speed in fans.values()):
            # There are none, and a threshold for all Conductors alike is no wish for one.
            self.remarks.append("fans: N/A, this is a virtual machine")
            return
        for fan, speed in fans.items():
            if speed == readings.NO_FAN:
                self.absent(f"fan-{fan}", optional=True, reason="N/A")
            else:
                yield from self.measure(f"fan-{fan}", speed, f"fan_{fan}", told=True)
