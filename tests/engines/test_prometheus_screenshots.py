"""`make screenshots` makes the pictures of the README, with a real browser and a real Prometheus."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import screenshots, screenshots_prometheus
from scripts.templates import TEMPLATES
from tests.engines.checks import program

PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = 150_000

# A daemon that listens before it can answer, as Prometheus does while it reads what it has stored.
NOT_READY_AT_ONCE = """\
#!{python}
import http.server, sys

refused = []

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ready = len(refused) == 3
        if not ready:
            refused.append(self.path)
        body = b'{{"status": "success", "data": {{"result": []}}}}' if ready else b"Service Unavailable"
        self.send_response(200 if ready else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
sys.stderr.write('msg="Listening on" address=127.0.0.1:%d\\n' % server.server_port)
sys.stderr.flush()
server.serve_forever()
"""


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    assert picture.startswith(PNG)
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.mark.engines
@pytest.mark.timeout(240)
def test_the_pictures_are_made_and_each_is_small(tmp_path: Path) -> None:
    for name in ("chromium", "prometheus", "prometheus-node-exporter"):
        program(name)
    done = subprocess.run(
        [sys.executable, "-m", "scripts.screenshots", "--seconds", "4", "--into", tmp_path],
        cwd=TEMPLATES.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    # It fails by itself if a graph has no curve.
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    graphs = {name: (screenshots.GRAPH_WIDTH, height) for name, _, _, height in screenshots.GRAPHS}
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    sizes = {name: size(picture) for name, picture in found.items()}
    assert sizes.pop("terminal.png")[0] > 800
    assert sizes == graphs
    assert {name for name, picture in found.items() if len(picture) > LARGEST} == set()


def test_the_pictures_of_the_readme_are_those_that_are_made_and_each_is_small() -> None:
    kept = {path.name: path.read_bytes() for path in screenshots.IMAGES.iterdir()}
    assert kept.keys() == {"terminal.png", *(name for name, _, _, _ in screenshots.GRAPHS)}
    assert {name for name, picture in kept.items() if len(picture) > LARGEST} == set()
    for picture in kept.values():
        assert size(picture) > (800, 200)


def test_a_terminals_colours_become_those_of_a_page_and_nothing_else_becomes_a_tag() -> None:
    assert screenshots.coloured("\x1b[1mPEXIP\x1b[0m \x1b[31mCRITICAL\x1b[0m <b> & more") == (
        '<span style="font-weight: bold">PEXIP</span> <span style="color: #ff6b68">CRITICAL</span> &lt;b&gt; &amp; more'
    )


def test_a_prometheus_that_listens_but_is_not_ready_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("prometheus", "prometheus-node-exporter"):
        daemon = tmp_path / name
        daemon.write_text(NOT_READY_AT_ONCE.format(python=sys.executable), encoding="utf-8")
        daemon.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with screenshots_prometheus.running(tmp_path, tmp_path) as prometheus:
        assert prometheus.query("up") == []
