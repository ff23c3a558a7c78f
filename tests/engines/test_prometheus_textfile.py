"""The textfile script of the templates with a stand-in for the plugin, and the units that start it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from scripts.templates import TEMPLATES
from tests.engines.checks import program

SCRIPT = TEMPLATES / "prometheus" / "check_videoconf-textfile"
SERVICE = TEMPLATES / "prometheus" / "check_videoconf-textfile.service"

# Called as SYSTEM MODE -H HOST … What it does is the mode's name.
STAND_IN = """\
#!/bin/sh
echo "$$ $*" >>"$STARTED"
case $2 in
    waits) read -r _ <"$FIFO" ;;
    hangs) exec sleep 60 ;;
    half) printf '# TYPE videoconf_check_state gauge\\nvideoconf_check_state 0\\n'; exit 0 ;;
    wrong) echo 'UNKNOWN: it is wrong'; exit 3 ;;
esac
[ "$2" != frees ] || echo >"$FIFO"
printf '# TYPE videoconf_check_state gauge\\nvideoconf_check_state{mode="%s"} 2\\n# EOF\\n' "$2"
exit 2
"""
WRITTEN = """\
# HELP videoconf_check_state See check_videoconf --list-counters.
# TYPE videoconf_check_state gauge
videoconf_check_state{mode="alarms"} 2
# EOF
"""


class Collector:
    """A list, a directory for the metrics, and the script, started with the stand-in."""

    def __init__(self, directory: Path) -> None:
        self.metrics = directory / "metrics"
        self.metrics.mkdir()
        self._list, self._started = directory / "list", directory / "started"
        self._started.touch()
        plugin = directory / "bin" / "check_videoconf"
        plugin.parent.mkdir()
        plugin.write_text(STAND_IN, encoding="utf-8")
        plugin.chmod(0o755)
        os.mkfifo(directory / "fifo")
        self._env = {
            "PATH": f"{plugin.parent}:{os.environ['PATH']}",
            "STARTED": str(self._started),
            "FIFO": str(directory / "fifo"),
        }

    def start(self, *lines: str) -> subprocess.Popen[str]:
        self._list.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return subprocess.Popen(
            ["/bin/sh", "-c", 'umask 077 && exec "$@"', "sh", SCRIPT, self._list, self.metrics],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *lines: str) -> tuple[int, str]:
        """The exit code and everything that was written to stdout and stderr."""
        with self.start(*lines) as process:
            stdout, stderr = process.communicate(timeout=45)
        return process.returncode, stdout + stderr

    def files(self) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in self.metrics.iterdir()}

    def started(self) -> list[str]:
        """The arguments of each run of the plugin."""
        return [line.partition(" ")[2] for line in self._started.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def collector(tmp_path: Path) -> Collector:
    return Collector(tmp_path)


def test_a_line_becomes_a_command_line_and_a_file_that_everybody_may_read(collector: Collector) -> None:
    assert collector.run("# a comment", "", "pexip alarms pexip.example.com -u admin --filter-node *") == (0, "")
    assert collector.started() == ["pexip alarms -H pexip.example.com --output openmetrics -u admin --filter-node *"]
    assert collector.files() == {"videoconf_pexip_alarms_pexip.example.com.prom": WRITTEN}
    (file,) = collector.metrics.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.parametrize("mode", ["wrong", "half"])
def test_a_check_without_metrics_leaves_the_older_file_and_fails_the_run_after_all_others(
    mode: str, collector: Collector
) -> None:
    older = collector.metrics / f"videoconf_pexip_{mode}_one.prom"
    older.write_text("older", encoding="utf-8")
    code, said = collector.run(f"pexip {mode} one", "pexip alarms one")
    assert code == 1
    assert ("UNKNOWN: it is wrong" in said) == (mode == "wrong")
    assert collector.files() == {older.name: "older", "videoconf_pexip_alarms_one.prom": WRITTEN}


def test_a_host_that_does_not_answer_holds_up_no_other(collector: Collector) -> None:
    assert collector.run("pexip waits dead", "pexip alarms dead", "pexip frees alive") == (0, "")
    assert sorted(collector.files()) == [
        "videoconf_pexip_alarms_dead.prom",
        "videoconf_pexip_frees_alive.prom",
        "videoconf_pexip_waits_dead.prom",
    ]


def test_a_line_without_a_host_is_told_and_fails_the_run_after_all_others(collector: Collector) -> None:
    assert collector.run("pexip alarms", "pexip alarms one") == (1, "not SYSTEM MODE HOST: pexip alarms\n")
    assert list(collector.files()) == ["videoconf_pexip_alarms_one.prom"]


def test_a_mode_listed_twice_for_a_host_is_told_since_both_have_one_file(collector: Collector) -> None:
    code, said = collector.run("pexip alarms one -v", "trio alarms one", "pexip alarms one -vv", "pexip alarms two")
    assert (code, said) == (1, "listed twice, the last one counts: pexip alarms one -vv\n")


def test_a_list_that_is_not_there_or_is_empty_starts_nothing(collector: Collector, tmp_path: Path) -> None:
    assert collector.run() == (0, "")
    assert collector.started() == []
    absent = tmp_path / "absent"
    done = subprocess.run([SCRIPT, absent], capture_output=True, text=True, timeout=45, check=False)
    assert done.returncode == 1
    assert str(absent) in done.stderr


def test_a_run_that_is_ended_leaves_the_older_file_and_nothing_else(collector: Collector) -> None:
    older = collector.metrics / "videoconf_pexip_hangs_one.prom"
    older.write_text("older", encoding="utf-8")
    with collector.start("pexip hangs one") as process:
        deadline = time.monotonic() + 20
        while not collector.started() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert collector.started()
        os.killpg(process.pid, signal.SIGTERM)  # as systemd does
        process.wait(timeout=20)
        process.communicate(timeout=20)
    assert collector.files() == {older.name: "older"}


def test_the_list_of_the_templates_gives_no_password_on_a_command_line() -> None:
    assert "--password " not in (TEMPLATES / "prometheus" / "textfile.list").read_text(encoding="utf-8")


@pytest.mark.engines
def test_systemd_accepts_the_units_and_finds_the_service_shut_in(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    installed = tmp_path / "check_videoconf-textfile"
    installed.write_bytes(SCRIPT.read_bytes())
    installed.chmod(0o755)
    text = SERVICE.read_text(encoding="utf-8").replace("/usr/local/bin/check_videoconf-textfile", str(installed))
    service = tmp_path / SERVICE.name
    service.write_text(text, encoding="utf-8")
    timer = tmp_path / SERVICE.with_suffix(".timer").name
    timer.write_bytes(SERVICE.with_suffix(".timer").read_bytes())
    for arguments in (
        ["verify", "--man=no", str(service), str(timer)],
        ["security", "--offline=true", "--threshold=20", str(service)],
    ):
        done = subprocess.run([analyze, *arguments], capture_output=True, text=True, timeout=45, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Unknown" not in done.stderr
