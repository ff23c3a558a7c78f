"""trio device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields, number
from ..mode import Mode, Record
from ..text import phrase
from ..units import human
from .phone import word

_CPU = {"cpu-utilization-average": "Average", "cpu-utilization-current": "Current"}
_MEMORY = ("memory-usage", "memory-usage-free", "memory-usage-prct")


class Device(Mode):
    """CPU, memory and state of the phone."""

    endpoints = ("GET /api/v1/mgmt/device/stats", "GET /api/v1/mgmt/pollForStatus")
    requests = "2"
    notes = ("Memory in use is what the phone calls Used less SReclaim: that part it would give back.",)
    example = "--warning-cpu-utilization-average 70 --critical-memory-usage-prct 92"

    record = "device"
    reclaimable = Fields(numbers="SReclaim?")
    size = Fields(numbers="RAMDiskSize?")
    detail = Fields(texts="StateData?")
    counters = (
        Counter(
            "cpu-utilization-average", "device.cpu.utilization.average.percentage", "CPU in use, mean",
            unit="%", warning="85", critical="95", title="CPU utilization on average",
        ),
        Counter(
            "cpu-utilization-current", "device.cpu.utilization.current.percentage", "CPU in use now",
            unit="%", title="CPU utilization now",
        ),
        Counter("memory-usage", "device.memory.usage.bytes", "memory in use", unit="B", title="memory in use"),
        Counter("memory-usage-free", "device.memory.free.bytes", "memory not in use", unit="B", title="free memory"),
        Counter(
            "memory-usage-prct", "device.memory.usage.percentage", "memory in use",
            unit="%", warning="90", critical="95", title="memory in use",
        ),
        Counter("ramdisk", "device.ramdisk.bytes", "size of the RAM disk", unit="B", optional=True, title="RAM disk"),
    )  # fmt: skip
    statuses = (
        Status("status", "status detail", "state of the phone and its words on it", critical="%{status} =~ /error/i"),
    )

    #: The phone's own word for its state.
    _said = ""

    def probe(self) -> Iterator[Finding]:
        stats = self.client.struct("mgmt/device/stats")
        cpu = self.client.member(stats, "CPU")
        for label, member in _CPU.items():
            share = self.read_member(cpu, member, number, label, what="CPU report")
            yield from self.measure(label, share, told=True)
        memory = self.client.member(stats, "Memory")
        total = self.read_member(memory, "Total", number, *_MEMORY, what="memory report")
        used = self.read_member(memory, "Used", number, *_MEMORY, what="memory report")
        if total is not None and used is not None:
            reclaimable = self.reclaimable.reader("memory report", self.gaps)(memory)["SReclaim"] or 0
            yield from self._memory(total, used - reclaimable)
        yield from self.measure("ramdisk", self.size.reader("device report", self.gaps)(stats)["RAMDiskSize"])
        if self.wanted("status"):
            yield from self._state(self.client.struct("mgmt/pollForStatus"))

    def headline(self) -> str:
        cpu, memory = self.figure("cpu-utilization-average"), self.figure("memory-usage-prct")
        return phrase(self._said, f"CPU {cpu} on average" if cpu else "", f"memory {memory}" if memory else "")

    def _memory(self, total: float, used: float) -> Iterator[Finding]:
        if not 0 <= used <= total or not total:
            if any(self.wanted(label) for label in _MEMORY):
                self.problems.append(f"memory report: {human(used, 'B')} used of {human(total, 'B')} cannot be")
            return
        yield from self.measure("memory-usage", used, high=total)
        yield from self.measure("memory-usage-free", total - used, high=total)
        yield from self.measure("memory-usage-prct", 100 * used / total)

    def _state(self, report: Mapping[str, Any]) -> Iterator[Finding]:
        state = self.read_member(report, "State", word, "status", what="state report")
        if state is not None:
            self._said = state
            detail = self.detail.reader("state report", self.gaps)(report)["StateData"]
            yield self.judge("status", {"status": state, "detail": detail}, _describe)


def _describe(record: Record) -> str:
    return f"state {record['status']}" + (f": {record['detail']}" if record["detail"] else "")
