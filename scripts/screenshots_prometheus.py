"""A Prometheus that scrapes a node_exporter, both on loopback with everything they write in one directory."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

# As a site has it, but often.
_CONFIGURATION = """\
global: {{scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 2s}}
rule_files: {rules}
scrape_configs:
  - job_name: node
    static_configs: [{{targets: ['{node_exporter}']}}]
"""
_LISTENING = re.compile(r'msg="Listening on" address=(\S+)')
_SECONDS_TO_START = 30


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus. address: HOST:PORT."""

    address: str

    def ask(self, path: str, **parameters: str) -> Any:
        """The `data` of an answer of the HTTP API, path below `/api/v1/`. Raises OSError and ValueError."""
        found = _get(f"http://{self.address}/api/v1/{path}", **parameters).json()
        if found["status"] != "success":
            raise ValueError(f"{path} {parameters}: {found}")
        return found["data"]

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Labels and value of each series that a PromQL expression has now."""
        found = self.ask("query", query=expression)["result"]
        return [(one["metric"], float(one["value"][1])) for one in found]


@contextlib.contextmanager
def running(scratch: Path, textfiles: Path, *rules: Path) -> Iterator[Prometheus]:
    """Both from `with` to the end of its block; node_exporter shows `textfiles` and nothing else."""
    collector = ("--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={textfiles}")
    with _started(scratch, "prometheus-node-exporter", "/metrics", *collector) as node_exporter:
        configuration = scratch / "prometheus.yml"
        listed = json.dumps([str(path) for path in rules])
        configuration.write_text(_CONFIGURATION.format(rules=listed, node_exporter=node_exporter), encoding="utf-8")
        files = (f"--config.file={configuration}", f"--storage.tsdb.path={scratch / 'prometheus'}")
        with _started(scratch, "prometheus", "/-/ready", *files) as address:
            yield Prometheus(address)


@contextlib.contextmanager
def _started(scratch: Path, program: str, ready: str, *arguments: str) -> Iterator[str]:
    """A daemon on a port that it chooses itself and tells in its log; its address, once the path `ready` answers."""
    log = scratch / f"{program}.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [program, "--web.listen-address=127.0.0.1:0", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    try:
        yield _address(process, log, ready)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=20)


def _address(process: subprocess.Popen[bytes], log: Path, ready: str) -> str:
    deadline = time.monotonic() + _SECONDS_TO_START
    # A Prometheus that listens refuses questions until it has read what it has stored.
    while not ((told := _LISTENING.search(log.read_text(encoding="utf-8"))) and _get(f"http://{told[1]}{ready}").ok):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} does not start:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.05)
    return told[1]


def _get(url: str, **parameters: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False  # no proxy for loopback
        return session.get(url, params=parameters, timeout=20)
