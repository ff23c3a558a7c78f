"""The most memory a run of the plugin used, read by itself: what the kernel says of a child includes its parent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import Answer

_RUN = """
import re, sys
from check_videoconf.cli import main
code = main(sys.argv[2:])
with open("/proc/self/status") as status, open(sys.argv[1], "w") as result:
    result.write(re.search(r"VmHWM:\\s*(\\d+) kB", status.read())[1])
sys.exit(code)
"""


def run_with_peak(directory: Path, *argv: str, **environment: str) -> tuple[Answer, float]:
    """One run of the plugin, and its peak in MiB. `directory` is for scratch files and its state."""
    peak = directory / "peak"
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(peak), *argv],
        cwd=Path(__file__).resolve().parent.parent,
        env={"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(directory / "state"), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=50,
        check=False,
    )
    return Answer(done.stdout.decode(), "", done.returncode), int(peak.read_text()) / 1024
