"""Makes the pictures of the README: `make screenshots`. Needs chromium, prometheus and prometheus-node-exporter.

A real Prometheus shows what the textfile script of the templates brings of simulated devices, and a terminal what the
plugin says of them. Only the devices are made up: what fills a day goes by in minutes.
"""

from __future__ import annotations

import argparse
import fcntl
import html
import math
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import sysconfig
import tempfile
import termios
import time
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from check_videoconf.simulator import Simulator

from .screenshots_prometheus import Prometheus, running
from .templates import TEMPLATES

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SCRIPT = TEMPLATES / "prometheus" / "check_videoconf-textfile"
PLUGIN = Path(sysconfig.get_path("scripts"), "check_videoconf")
MODES = ("pexip node-load", "pexip call-quality")
NODES = 8
PARTICIPANTS = 60
CHANGING = 0.15  # the share of the calls whose quality is another from one check to the next
SECONDS_BETWEEN_CHECKS = 2.0

# File name, what is asked of Prometheus, stacked, and the height of the page without what is below the legend.
GRAPHS = (
    ("prometheus-node-load.png", "max by (exported_instance) (videoconf_node_media_load_percentage)", False, 888),
    (
        "prometheus-call-quality.png",
        'sum by (__name__) ({__name__=~"videoconf_participants_callquality_.+_count"})',
        True,
        870,
    ),
)
GRAPH_WIDTH = 1000
COMMANDS = (
    "check_videoconf pexip node-load --extra-opts pexip@devices.ini --filter-counters ^load$ -v",
    "check_videoconf conductor bridges --extra-opts conductor@devices.ini",
    "check_videoconf trio registration --extra-opts trio@devices.ini",
)
COLUMNS = 104
# Of the font below, in pixels.
COLUMN_WIDTH, LINE_HEIGHT, MARGIN = 8.43, 20, 16

BROWSER = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
    # Time in which the page may load and draw; not the time of the clock.
    "--virtual-time-budget=20000",
)
_DRAWN = re.compile(r'Total time series: [1-9].*<svg [^>]*>.*<path .*class="label"', re.DOTALL)

# The colours that the plugin uses, on the background of the page.
_COLOURS = {"31": "#ff6b68", "32": "#7ec699", "33": "#f0c674", "35": "#c397d8"}
_ESCAPE = re.compile(r"\x1b\[(\d*)m")
_PAGE = """\
<!DOCTYPE html>
<meta charset="utf-8">
<style>
body {{ margin: {margin}px; background: #1d1f21; color: #d5d8d6; }}
pre {{ margin: 0; width: {columns}ch; font: 14px/{line}px "DejaVu Sans Mono", monospace;
      white-space: pre-wrap; word-break: break-all; }}
</style>
<pre>{text}</pre>
"""


class Day:
    """A day on a simulated Management Node: participants come and go, their calls suffer, the nodes work for them."""

    def __init__(self, devices: Simulator) -> None:
        self._tables = devices.pexip.tables
        self._random = Random(7)  # noqa: S311 - no secret
        self._participants = list(self._tables["status/v1/participant/"])
        self._loads = {row["name"]: float(row["media_load"]) for row in self._nodes()}

    def be(self, hour: float) -> None:
        """hour: from 0 to 24. Most people meet at 10 and at 16; at 15 Oslo's line is bad."""
        busy = 0.25 + 0.75 * max(math.exp(-(((hour - peak) / 2.5) ** 2)) for peak in (10.0, 16.0))
        present = self._participants[: round(busy * len(self._participants))]
        trouble = math.exp(-(((hour - 15.0) / 2.0) ** 2))
        for row in present:
            if row["has_media"] and self._random.random() < CHANGING:
                row["call_quality"] = self._quality(trouble if row["system_location"] == "Oslo" else 0.1 * trouble)
        self._tables["status/v1/participant/"] = present
        for row in self._nodes():
            wanted = busy * self._loads[row["name"]] + self._random.uniform(-3, 3)
            row["media_load"] = round(max(0.0, 0.6 * row["media_load"] + 0.4 * wanted))

    def _quality(self, trouble: float) -> str:
        weights = (8 - 6 * trouble, 2 + trouble, 0.2 + 4 * trouble, 3 * trouble)
        return str(self._random.choices(("1_good", "2_ok", "3_bad", "4_terrible"), weights)[0])

    def _nodes(self) -> list[dict[str, Any]]:
        """Those that take calls."""
        rows = self._tables["status/v1/worker_vm/"]
        return [row for row in rows if row["node_type"] == "CONFERENCING" and not row["maintenance_mode"]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots")
    parser.add_argument("--seconds", type=float, default=240, help="how long the devices are watched (%(default)s)")
    parser.add_argument("--into", type=Path, default=IMAGES, help="the directory of the pictures")
    given = parser.parse_args()
    missing = [name for name in ("chromium", "prometheus", "prometheus-node-exporter") if not shutil.which(name)]
    if missing:
        print(f"not installed: {' '.join(missing)}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    with tempfile.TemporaryDirectory(prefix="screenshots") as name:
        take(Path(name), given.into, given.seconds)
    return 0


def take(scratch: Path, images: Path, seconds: float) -> None:
    """Makes all pictures, all else they need in `scratch`. Raises RuntimeError for one that would show nothing."""
    images.mkdir(parents=True, exist_ok=True)
    metrics = scratch / "metrics"
    metrics.mkdir()
    with Simulator(nodes=NODES, participants=PARTICIPANTS, directory=scratch / "simulator") as devices:
        credentials(scratch, devices)
        page, size = terminal_page(scratch)
        picture(scratch, page, images / "terminal.png", size)
        with running(scratch, metrics) as prometheus:
            watch(scratch, devices, prometheus, seconds)
            for name, query, stacked, height in GRAPHS:
                graph = graph_url(prometheus, query, seconds, stacked)
                dom = picture(scratch, graph, images / name, (GRAPH_WIDTH, height))
                if not _DRAWN.search(dom):
                    raise RuntimeError(f"no graph of {query} in {graph}:\n{dom}")


def credentials(scratch: Path, devices: Simulator) -> None:
    """The list of the textfile script, and an ini file for people."""
    sections = {}
    for system in devices.systems:
        port = getattr(devices, system).port
        sections[system] = f"hostname=localhost\nport={port}\ncacert={devices.ca_file}\nusername={devices.username}\n"
    password = scratch / "password"
    password.touch(mode=0o600)
    password.write_text(f"{devices.password}\n", encoding="utf-8")
    ini = "".join(f"[{name}]\n{text}password-file={password}\n" for name, text in sections.items())
    (scratch / "devices.ini").write_text(ini, encoding="utf-8")
    lines = (f"{mode} localhost --extra-opts {mode.partition(' ')[0]}@{scratch}/devices.ini\n" for mode in MODES)
    (scratch / "textfile.list").write_text("".join(lines), encoding="utf-8")


def environment(scratch: Path) -> dict[str, str]:
    path = f"{PLUGIN.parent}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(scratch), "CHECK_VIDEOCONF_STATE_DIR": f"{scratch}/state"}


def watch(scratch: Path, devices: Simulator, prometheus: Prometheus, seconds: float) -> None:
    """Checks the devices again and again while their day goes by, until Prometheus has seen its end."""
    day, began = Day(devices), time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        day.be(6 + 14 * passed / seconds)
        subprocess.run(
            [SCRIPT, scratch / "textfile.list", scratch / "metrics"], env=environment(scratch), check=True, timeout=120
        )
        time.sleep(max(0.0, SECONDS_BETWEEN_CHECKS - (time.monotonic() - began - passed)))
    while not prometheus.query("videoconf_node_media_load_percentage"):
        time.sleep(0.2)
        if time.monotonic() - began > seconds + 60:
            raise RuntimeError("nothing arrives in Prometheus")


def graph_url(prometheus: Prometheus, query: str, seconds: float, stacked: bool) -> str:
    time_range = f"{seconds / 60:g}m" if seconds % 60 == 0 else f"{math.ceil(seconds)}s"
    parameters = {"expr": query, "tab": "0", "range_input": time_range, "stacked": str(int(stacked))}
    return f"http://{prometheus.address}/graph?" + urlencode({f"g0.{name}": text for name, text in parameters.items()})


def terminal_page(scratch: Path) -> tuple[str, tuple[int, int]]:
    """The URL of a page that looks as a terminal does after COMMANDS, and its size in pixels."""
    text = "\n".join(f"$ {command}\n{on_a_terminal(scratch, command)}" for command in COMMANDS).rstrip("\n")
    page = scratch / "terminal.html"
    page.write_text(
        _PAGE.format(text=coloured(text), columns=COLUMNS, line=LINE_HEIGHT, margin=MARGIN), encoding="utf-8"
    )
    lines = sum(max(1, math.ceil(len(line) / COLUMNS)) for line in _ESCAPE.sub("", text).split("\n"))
    return page.as_uri(), (math.ceil(COLUMNS * COLUMN_WIDTH) + 2 * MARGIN, lines * LINE_HEIGHT + 2 * MARGIN)


def on_a_terminal(scratch: Path, command: str) -> str:
    """What a command prints on a terminal of COLUMNS columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    env = {**environment(scratch), "TERM": "xterm"}
    with subprocess.Popen(
        command.split(), cwd=scratch, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        written = b""
        try:
            while block := os.read(ours, 65536):
                written += block
        except OSError:  # how Linux tells that nobody has the terminal open any more
            pass
        finally:
            os.close(ours)
    if process.returncode > 2:
        raise RuntimeError(f"{command} cannot tell a state: {written.decode()}")
    return written.decode().replace("\r\n", "\n")


def coloured(text: str) -> str:
    """HTML of a text with the colours of a terminal."""
    parts = _ESCAPE.split(html.escape(text))
    spans = [parts[0]]
    for code, words in zip(parts[1::2], parts[2::2]):
        style = f"color: {_COLOURS[code]}" if code in _COLOURS else "font-weight: bold" if code == "1" else ""
        spans.append(f'<span style="{style}">{words}</span>' if style else words)
    return "".join(spans)


def picture(scratch: Path, url: str, path: Path, size: tuple[int, int]) -> str:
    """A picture of a page as Chromium shows it, a PNG of that size in pixels; the page's HTML then."""
    with tempfile.TemporaryDirectory(dir=scratch) as profile:
        done = subprocess.run(
            [
                *("chromium", *BROWSER, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"),
                *(f"--screenshot={path}", "--dump-dom", url),
            ],
            env=environment(scratch),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    if done.returncode != 0 or not path.is_file():
        raise RuntimeError(f"no picture of {url}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
