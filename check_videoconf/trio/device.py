"""trio device."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..units import human


class Device(Mode):
    """CPU, memory and state of the phone."""

    endpoints = ("GET /api/v1/mgmt/device/stats", "GET /api/v1/mgmt/pollForStatus")
    requests = "2"
    notes = ("Memory in use is what the phone calls Used less SReclaim: that part it would give back.",)
    example = "--warning-cpu-utilization-average 70 --critical-memory-usage-prct 92"

    record = "device"
    cpu = Fields(numbers="Current Average")
    memory = Fields(numbers="Total Used SReclaim?")
    stats = Fields(numbers="RAMDiskSize?")
    poll = Fields(texts="State StateData?")
    counters = (
        Counter(
            "cpu-utilization-average", "device.cpu.utilization.average.percentage", "CPU in use, mean",
            unit="%", warning="85", critical="95",
        ),
        Counter("cpu-utilization-current", "device.cpu.utilization.current.percentage", "CPU in use now", unit="%"),
        Counter("memory-usage", "device.memory.usage.bytes", "memory in use", unit="B"),
        Counter("memory-usage-free", "device.memory.free.bytes", "memory not in use", unit="B", title="free memory"),
        Counter(
            "memory-usage-prct", "device.memory.usage.percentage", "memory in use",
            unit="%", warning="90", critical="95",
        ),
        Counter("ramdisk", "device.ramdisk.bytes", "size of the RAM disk", unit="B", optional=True),
    )  # fmt: skip
    statuses = (
        Status(
            "status",
            "status detail",
            "state of the phone and its words on it",
            critical="%{status} =~ /error/i",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        stats = self.client.struct("mgmt/device/stats")
        cpu = self.cpu.reader("CPU report", self.gaps)(self.client.member(stats, "CPU"))
        memory = self.memory.reader("memory report", self.gaps)(self.client.member(stats, "Memory"))
        for label, value in (("average", cpu["Average"]), ("current", cpu["Current"])):
            if value is not None:
                yield from self.measure(f"cpu-utilization-{label}", value)
        if memory["Total"] is not None and memory["Used"] is not None:
            yield from self._memory(memory["Total"], memory["Used"] - (memory["SReclaim"] or 0))
        ramdisk = self.stats.reader("device report", self.gaps)(stats)["RAMDiskSize"]
        yield from self.measure("ramdisk", ramdisk)

        poll = self.poll.reader("state report", self.gaps)(self.client.struct("mgmt/pollForStatus"))
        if poll["State"] is not None:
            yield self.judge("status", {"status": poll["State"], "detail": poll["StateData"]}, _describe)

    def headline(self) -> str:
        cpu, memory = (human(self.values[label], "%") for label in ("cpu-utilization-average", "memory-usage-prct"))
        return f"CPU {cpu} on average, memory {memory}"

    def _memory(self, total: float, used: float) -> Iterator[Finding]:
        if not 0 <= used <= total or not total:
            self.problems.append(f"memory report: {human(used, 'B')} used of {human(total, 'B')} cannot be")
            return
        yield from self.measure("memory-usage", used, high=total)
        yield from self.measure("memory-usage-free", total - used, high=total)
        yield from self.measure("memory-usage-prct", 100 * used / total)


def _describe(record: Record) -> str:
    return f"state {record['status']}" + (f": {record['detail']}" if record["detail"] else "")
