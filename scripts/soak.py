"""Very many checks through one pool of workers: CPU and memory, a line every so often. `python -m scripts.soak 100000`.

The memory is that of the pool's process and all its workers, what they share counted once (PSS). Exits with 1 if it
grows by more than a few MiB after the first tenth, or if a check costs more CPU than the limit.
"""

from __future__ import annotations

import os
import selectors
import sys
from collections import Counter
from pathlib import Path

from check_videoconf.service.pool import Job, Pool

from .bench import Devices, simulated

MOST_GROWTH = 8.0  # MiB
MOST_CPU = 3.0  # ms a check, of pool and workers together
AT_ONCE = 2
LINES = 20


def main() -> None:
    """Prints the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with simulated("--systems", "pexip") as devices, selectors.DefaultSelector() as selector:
        pool = Pool(selector, size=AT_ONCE)
        try:
            worst = _soaked(pool, selector, devices, count)
        finally:
            pool.close()
    if worst:
        sys.exit("over the limit: " + worst)


def _soaked(pool: Pool, selector: selectors.BaseSelector, devices: Devices, count: int) -> str:
    """What is over its limit, or `''`."""
    job = Job(devices.check("pexip", "alarms"), devices.env, "/")
    codes: Counter[int] = Counter()
    submitted = 0
    memory: list[float] = []
    cpu = _Cpu()
    print(f"{'checks':>10}{'MiB':>8}{'files':>8}{'ms':>8}  memory, open files, CPU a check of pool and workers")
    for step in range(1, LINES + 1):
        until = count * step // LINES
        while sum(codes.values()) < until:
            while submitted < min(until, sum(codes.values()) + AT_ONCE):
                pool.submit(job, lambda answer: codes.update([answer.code]))
                submitted += 1
            for key, mask in selector.select(pool.next_event()):
                key.data(mask)
            pool.tick()
        memory.append(sum(map(_pss, _processes())))
        files = sum(len(os.listdir(f"/proc/{process}/fd")) for process in _processes())
        print(
            f"{sum(codes.values()):10}{memory[-1]:8.1f}{files:8}{cpu.seconds() * 1000 / sum(codes.values()):8.2f}",
            flush=True,
        )
    if len(codes) != 1:
        return f"answers differ: {dict(codes)}"
    settled = max(memory[: LINES // 5])
    if max(memory) - settled > MOST_GROWTH:
        return f"{max(memory) - settled:.1f} MiB more than at first"
    spent = cpu.seconds() * 1000 / count
    return f"{spent:.2f} ms of CPU a check" if spent > MOST_CPU else ""


class _Cpu:
    """CPU seconds of this process and of all workers; those that were replaced, the system counts with their parent."""

    def __init__(self) -> None:
        self._before = sum(os.times()[:4])

    def seconds(self) -> float:
        living = sum(_seconds(process) for process in _processes() if process != os.getpid())
        return sum(os.times()[:4]) + living - self._before


def _processes() -> list[int]:
    path = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    children = [int(process) for process in path.read_text().split()]
    return [os.getpid(), *(process for process in children if os.getsid(process) == process)]


def _seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pss(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
