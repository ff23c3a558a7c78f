"""What a person sees on a terminal with -v, and that nobody else ever does."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.output import terminal
from check_videoconf.report import Report
from check_videoconf.simulator import Simulator
from tests.conftest import Run

from .reports import options, reports

ESCAPE = re.compile(r"\x1b\[[0-9]*m")


def on_a_terminal(simulator: Simulator, state: Path, *argv: str, **env: str) -> Iterator[str]:
    """The lines that the plugin writes on a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "check_videoconf", "pexip", "node-load", "-H", "127.0.0.1"),
            *("-p", str(simulator.pexip.port), "-u", simulator.username, "--cacert", simulator.ca_file, *argv),
        ],
        env={
            "PATH": os.environ["PATH"],
            "TERM": "xterm",
            "CHECK_VIDEOCONF_PASSWORD": simulator.password,
            "CHECK_VIDEOCONF_STATE_DIR": str(state),
            **env,
        },
        cwd=Path(__file__).resolve().parent.parent.parent,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        data = b""
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:  # Linux says so that nobody has the terminal open any more
                break
            if not read:
                break
            data += read
        assert process.wait(timeout=30) == 1
    os.close(ours)
    yield from data.decode().replace("\r\n", "\n").splitlines()


def test_on_a_terminal_v_shows_colours_and_a_table(simulator: Simulator, tmp_path: Path) -> None:
    lines = list(on_a_terminal(simulator, tmp_path, "-v", "--filter-counters", "^load"))
    assert lines == [
        "\x1b[1mPEXIP NODE-LOAD\x1b[0m \x1b[33mWARNING\x1b[0m - media load of lon-conf-02 92 %, above 80 %",
        "",
        "\x1b[1mCOUNTER            VALUE  WARNING  CRITICAL\x1b[0m",
        "load-average      74.3 %",
        "load-max            92 %",
        "lon-conf-01 load    67 %  80       95        OK",
        "\x1b[33mlon-conf-02 load    92 %  80       95        WARNING\x1b[0m",
        "osl-conf-02 load    64 %  80       95        OK",
        "",
        "\x1b[33mWARNING\x1b[0m: media load of lon-conf-02 92 %, above 80 %",
        "osl-conf-01 is not judged: in maintenance (Host patching)",
        "dmz-edge-01 is not judged: it is a proxying node",
    ]


@pytest.mark.parametrize(
    ("argv", "env"), [((), {}), (("-v",), {"NO_COLOR": "1"}), (("-v",), {"TERM": "dumb"}), (("-v",), {"TERM": ""})]
)
def test_without_v_or_colours_a_terminal_gets_what_a_poller_gets(
    simulator: Simulator, tmp_path: Path, argv: tuple[str, ...], env: dict[str, str]
) -> None:
    lines = list(on_a_terminal(simulator, tmp_path, *argv, **env))
    assert lines[0].startswith(
        "PEXIP NODE-LOAD WARNING - media load of lon-conf-02 92 %, above 80 % | 'nodes.media.load.average.percentage'="
    )
    assert "\x1b" not in "\n".join(lines)


def test_what_is_piped_has_no_colour(run: Run, simulator: Simulator) -> None:
    answer = run(
        *("pexip", "node-load", "-v", "-H", "127.0.0.1", "-p", str(simulator.pexip.port)),
        *("-u", simulator.username, "--cacert", simulator.ca_file),
        TERM="xterm",
        CHECK_VIDEOCONF_PASSWORD=simulator.password,
    )
    assert " | " in answer.first_line
    assert "\x1b" not in answer.stdout


@given(reports(), st.integers(1, 3))
def test_no_name_of_a_device_reaches_the_terminal_as_a_command(report: Report, verbose: int) -> None:
    shown = terminal.render(report, options(f"-{'v' * verbose}"))
    plain = ESCAPE.sub("", shown)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in plain if letter != "\n")
    assert plain.startswith(f"{report.system} {report.mode} ".upper())


def test_wide_letters_keep_the_columns_straight() -> None:
    assert terminal._width("ab漢") == 4
    assert terminal._width("e\u0301") == 1
