"""How long a whole check takes, from the start of the process to its end, against simulated devices."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

from check_videoconf.simulator import Simulator

RUNS = 15


def milliseconds(argv: list[str], env: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "check_videoconf", *argv],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,  # its end is seen at once; a wait with a time-out looks every 50 ms
        timeout=60,
        check=False,
    )
    return (time.perf_counter() - started) * 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, Simulator(seed=1, directory=scratch) as devices:
        env = {
            "PATH": os.environ["PATH"],
            "CHECK_VIDEOCONF_PASSWORD": "simulated",
            "CHECK_VIDEOCONF_STATE_DIR": f"{scratch}/state",
        }

        def connect(port: int) -> list[str]:
            return ["-H", "127.0.0.1", "-p", str(port), "-u", "monitor", "--cacert", str(devices.ca_file)]

        commands = {
            "--version": ["--version"],
            **{
                f"pexip {mode}": ["pexip", mode, *connect(devices.pexip.port)]
                for mode in ("alarms", "conferences", "call-quality", "node-load")
            },
            "conductor health": ["conductor", "health", *connect(devices.conductor.port)],
            "trio device": ["trio", "device", *connect(devices.trio.port)],
        }
        print(f"{'check':20}{'least':>8}{'median':>8}  milliseconds of {RUNS} runs")
        for name, argv in commands.items():
            times = [milliseconds(argv, env) for _ in range(RUNS)]
            print(f"{name:20}{min(times):8.0f}{statistics.median(times):8.0f}")


if __name__ == "__main__":
    main()
