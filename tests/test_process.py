"""The plugin as a process: one first line and a known exit code, whatever happens round it and inside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator

from .conftest import Run
from .servers import HOST

ROOT = Path(__file__).resolve().parent.parent
SECRET = "Zx9-geheim & co"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(tmp_path / "state"), "PYTHONPATH": str(ROOT)}


def command(devices: Simulator, *argv: str) -> list[str]:
    return ["pexip", "alarms", "-H", HOST, "-p", str(devices.pexip.port), "--cacert", devices.ca_file, "-u", "monitor",
            "--password", "simulated", *argv]  # fmt: skip


@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", "| true", "| head -c 3"])
def test_whatever_is_closed_the_exit_code_stays(
    simulator: Simulator, environment: dict[str, str], tmp_path: Path, closed: str
) -> None:
    code = tmp_path / "code"
    argv = [sys.executable, "-m", "check_videoconf", *command(simulator, "-vvv")]
    subprocess.run(
        ["sh", "-c", f'{{ "$@"; echo $? > {code}; }} {closed}', "sh", *argv],  # noqa: S607
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False,
    )  # fmt: skip
    assert code.read_text(encoding="ascii") == "2\n"


@pytest.mark.parametrize("name", ["requests", "nagiosplugin", "urllib3"])
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise ImportError('no such thing: |')", "no such thing: /"),
        ("import no_such_module_at_all", "No module named 'no_such_module_at_all'"),
        ("raise AttributeError('module lib has no attribute X')", "AttributeError: module lib has no attribute X"),
        ("def (", "SyntaxError: "),
    ],
)
def test_a_broken_library_is_one_line(run: Run, tmp_path: Path, name: str, code: str, reason: str) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / f"{name}.py").write_text(f"{code}\n", encoding="utf-8")
    answer = run("pexip", "alarms", "-H", HOST, "--password", SECRET, "-v", PYTHONPATH=f"{broken}:{ROOT}")
    assert answer.stdout.startswith(f"UNKNOWN: a library is missing or broken: {reason}")
    assert answer.stdout.count("\n") == 1
    assert (answer.stderr, answer.code) == ("", 3)


def test_help_and_version_need_no_library(run: Run, tmp_path: Path) -> None:
    for name in ("requests", "nagiosplugin"):
        (tmp_path / f"{name}.py").write_text("raise ImportError\n", encoding="utf-8")
    environment = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    assert run("--version", **environment).stdout.startswith("check_videoconf ")
    assert "--warning-" in run("pexip", "alarms", "--help", **environment).stdout
    assert run("--list-modes", **environment).code == 0


_NOISE = """
import sys, warnings, logging
{code}
from check_videoconf.cli import entry
entry()
"""


def test_what_a_library_writes_to_stderr_goes_nowhere(simulator: Simulator, environment: dict[str, str]) -> None:
    noise = (
        "import requests\n"
        "original = requests.Session.request\n"
        "def request(self, *args, **kwargs):\n"
        "    print('noise', file=sys.stderr); warnings.warn('noise'); logging.warning('noise')\n"
        "    import os; os.write(2, b'noise')\n"
        "    return original(self, *args, **kwargs)\n"
        "requests.Session.request = request"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", _NOISE.format(code=noise), *command(simulator)],
        env=environment, capture_output=True, encoding="utf-8", timeout=30, check=False,
    )  # fmt: skip
    assert (done.stderr, done.returncode) == ("", 2)
    assert "noise" not in done.stdout


@pytest.mark.parametrize("verbose", [[], ["-vv"], ["-vvv"], ["-v", "-v", "-v"]])
def test_a_bug_is_one_line_and_its_traceback_is_for_vvv(
    check: Run, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, verbose: list[str]
) -> None:
    def bug(*_: object) -> None:
        raise KeyError(f"a | b\n{SECRET}")

    monkeypatch.setattr("check_videoconf.pexip.alarms.Alarms.probe", bug)
    answer = check(*command(simulator, "--password", SECRET, *verbose))
    assert answer.first_line == "UNKNOWN: internal error, please report it: KeyError: 'a / b\\n***'"
    assert answer.code == 3
    assert ("Traceback" in answer.stdout) is ("".join(verbose).count("v") > 2)
    assert answer.stdout.count("|") == 0
    assert SECRET not in answer.stdout


def test_a_bug_in_the_command_line_is_one_line_too(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*arguments: object) -> None:
        raise RuntimeError(f"cannot parse {arguments}")

    monkeypatch.setattr("check_videoconf.options.parse", bug)
    answer = check("pexip", "alarms", f"--password={SECRET}", "--api-password", SECRET, "-vvv")
    assert answer.first_line.startswith("UNKNOWN: internal error, please report it: RuntimeError: cannot parse ")
    assert answer.code == 3
    assert SECRET not in answer.stdout


def test_too_little_memory_is_one_line(simulator: Simulator, environment: dict[str, str]) -> None:
    argv = [sys.executable, "-m", "check_videoconf", *command(simulator)]
    for kilobytes in (80_000, 110_000):
        done = subprocess.run(
            ["sh", "-c", f'ulimit -v {kilobytes}; exec "$@"', "sh", *argv],  # noqa: S607
            env=environment, capture_output=True, encoding="utf-8", timeout=30, check=False,
        )  # fmt: skip
        assert done.returncode in (2, 3)
        assert done.stdout.startswith(("PEXIP ALARMS", "UNKNOWN: "))
        assert done.stderr == ""
