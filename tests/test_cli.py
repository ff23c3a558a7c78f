"""The command line as a whole: what is asked for without a device, what is refused, and that one line always comes."""

from __future__ import annotations

import builtins
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses

import check_videoconf
from check_videoconf import cli
from check_videoconf.catalog import SYSTEMS
from check_videoconf.errors import DeadlineReached
from check_videoconf.pexip.alarms import Alarms

from .conftest import Answer, Run
from .promises import PASSWORD, kept
from .servers import EMPTY_LIST

HOST = ("-H", "manager.test")


@pytest.fixture
def calls() -> Iterator[Any]:
    """The requests to a Management Node without alarms."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add("GET", re.compile(r"https://manager\.test:443/.*"), body=EMPTY_LIST)
        yield mock.calls


def checked(check: Run, *argv: str) -> Answer:
    return kept(check(*argv, CHECK_VIDEOCONF_PASSWORD=PASSWORD))


# -- without a device


@pytest.mark.parametrize(
    "argv",
    [["-V"], ["--version"], ["pexip", "-V"], ["trio", "device", "--version"], ["-v", "-V", "conductor", "health"]],
)
def test_the_version(check: Run, argv: list[str]) -> None:
    answer = check(*argv)
    assert answer.stdout == f"check_videoconf {check_videoconf.__version__}\n"
    assert answer.code == 3


def test_all_modes_are_listed_with_a_line_each(check: Run) -> None:
    answer = check("--list-modes")
    listed = re.findall(r"^  (\S+)  +\S", answer.stdout, re.MULTILINE)
    assert listed == [mode for system in SYSTEMS.values() for mode in system.modes]
    assert "pexip: Pexip Infinity\n  alarms " in answer.stdout
    assert answer.code == 0


@pytest.mark.parametrize("argv", [["--list-modes", "trio"], ["trio", "--list-modes"]])
def test_the_modes_of_one_system_are_listed(check: Run, argv: list[str]) -> None:
    answer = check(*argv)
    assert re.findall(r"^  (\S+)  +\S", answer.stdout, re.MULTILINE) == list(SYSTEMS["trio"].modes)
    assert answer.code == 0


def test_modes_of_an_unknown_system_are_refused(check: Run) -> None:
    answer = check("--list-modes", "pexi")
    assert (answer.first_line, answer.code) == ("UNKNOWN: unknown system 'pexi', did you mean pexip?", 3)


@pytest.mark.parametrize("argv", [["--help"], ["-h"], ["pexip", "--help"]])
def test_help_without_a_mode_shows_how_to_go_on(check: Run, argv: list[str]) -> None:
    answer = check(*argv)
    assert "check_videoconf SYSTEM MODE --help" in answer.stdout
    assert answer.code == 3


# -- SYSTEM and MODE


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        ([], "which system? pexip, conductor, trio: check_videoconf SYSTEM MODE -H HOST; see --help"),
        (
            ["-H", "manager.test"],
            "which system? pexip, conductor, trio: check_videoconf SYSTEM MODE -H HOST; see --help",
        ),
        (["pexipp", "alarms"], "unknown system 'pexipp', did you mean pexip?"),
        (["zzz", "alarms"], "unknown system 'zzz', there are pexip, conductor, trio"),
        (["pexip", "alarm"], "unknown mode 'alarm' of pexip, did you mean alarms?"),
        (["trio", "devices", "-H", "x"], "unknown mode 'devices' of trio, did you mean device?"),
        (["pexip", "alarms", "-H", "x", "extra"], None),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    check: Run, calls: Any, argv: list[str], line: str | None
) -> None:
    answer = checked(check, *argv)
    assert answer.first_line.startswith("UNKNOWN: ")
    assert line is None or answer.first_line == f"UNKNOWN: {line}"
    assert (answer.code, len(calls)) == (3, 0)


def test_a_system_without_a_mode_is_answered_with_its_modes(check: Run) -> None:
    answer = check("conductor")
    assert answer.first_line == f"UNKNOWN: which mode of conductor? {', '.join(SYSTEMS['conductor'].modes)}"


@pytest.mark.parametrize(
    "argv",
    [
        ["pexip", "alarms", *HOST],
        [*HOST, "pexip", "alarms"],
        ["pexip", *HOST, "alarms"],
        ["-v", "pexip", "-t", "20", "alarms", "--hostname=manager.test"],
        ["-vH", "manager.test", "pexip", "alarms"],
        ["--filter-name", "x", "pexip", "alarms", *HOST],
        ["--filter-name=x", "pexip", "--ignore-acknowledged", "alarms", *HOST],
        ["pexip", "--filter-name", "x", "alarms", *HOST],
        ["--ignore-acknowledged", "pexip", "alarms", *HOST],
        ["--critical-status", "%{level} eq 'x'", "pexip", "--warning-alerts", "-5:5", "alarms", *HOST],
        ["pexip", "alarms", "-H", "manager.test", "--filter-name", "pexip"],
        ["-k", "pexip", "alarms", "-Hmanager.test"],
    ],
)
def test_options_may_stand_anywhere(check: Run, calls: Any, argv: list[str]) -> None:
    answer = checked(check, *argv)
    assert answer.first_line.startswith("PEXIP ALARMS OK - no alarm | ")
    assert (answer.code, len(calls)) == (0, 1)


def test_one_argument_too_many_is_refused_and_not_echoed(check: Run, calls: Any) -> None:
    answer = checked(check, "pexip", "alarms", *HOST, "hunter2")
    assert answer.first_line == (
        "UNKNOWN: one argument too many after SYSTEM and MODE; a value with blanks needs quotes"
    )
    assert (answer.code, len(calls)) == (3, 0)


@pytest.mark.parametrize(
    "argv",
    [
        ["--pasword", "hunter2", "pexip", "alarms", *HOST],
        ["pexip", "--pasword", "hunter2", "alarms", *HOST],
        ["pexip", "alarms", "--pasword", "hunter2", *HOST],
        ["--pasword", "hunter2"],
        ["-P", "hunter2", "pexip", "alarms", *HOST],
    ],
)
def test_the_value_of_a_misspelt_option_is_not_echoed(check: Run, calls: Any, argv: list[str]) -> None:
    answer = checked(check, *argv)
    assert answer.first_line.startswith("UNKNOWN: ")
    assert "hunter2" not in answer.stdout
    assert (answer.code, len(calls)) == (3, 0)


def test_a_misspelt_option_before_the_system_is_named(check: Run) -> None:
    answer = check("--pasword", "hunter2", "pexip", "alarms", *HOST)
    assert answer.first_line == "UNKNOWN: unknown option --pasword, did you mean --password?"


# -- what a check needs


def test_a_check_needs_a_host(check: Run) -> None:
    answer = check("pexip", "alarms", CHECK_VIDEOCONF_PASSWORD=PASSWORD)
    assert (answer.first_line, answer.code) == ("UNKNOWN: --hostname is required", 3)


def test_a_check_needs_a_password(check: Run, calls: Any) -> None:
    answer = check("pexip", "alarms", *HOST)
    assert answer.first_line == (
        "UNKNOWN: a password is required: --password-file FILE, --password-command CMD, "
        "CHECK_VIDEOCONF_PASSWORD in the environment, or --password"
    )
    assert (answer.code, len(calls)) == (3, 0)


@pytest.mark.parametrize("mode", ["alarms", "conferences", "call-quality", "node-load"])
def test_a_shared_macro_of_common_options_serves_all_modes(check: Run, calls: Any, mode: str) -> None:
    shared = ["--lock", "--retries", "1", "--insecure", "--cacert", "", "--show-names", "--float-precision", "3"]
    assert checked(check, "pexip", mode, *HOST, *shared).code in (0, 3)
    assert len(calls) >= 1


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (["conductor", "health", "--auth", "oauth2"], "--auth oauth2: only Pexip Infinity knows it"),
        (["pexip", "alarms", "--auth", "oauth2"], "--auth oauth2 needs --oauth2-client-id and --oauth2-key"),
    ],
)
def test_oauth2_needs_its_options_and_its_product(check: Run, argv: list[str], line: str) -> None:
    assert checked(check, *argv, *HOST).first_line == f"UNKNOWN: {line}"


# -- one line, whatever happens


def test_a_bug_is_one_line_and_unknown(check: Run, calls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> None:
        raise RuntimeError("two\nlines | and a bar")

    monkeypatch.setattr(Alarms, "probe", fail)
    answer = check("pexip", "alarms", *HOST, CHECK_VIDEOCONF_PASSWORD=PASSWORD)
    assert answer.stdout == "UNKNOWN: internal error, please report it: RuntimeError: two lines / and a bar\n"
    assert answer.code == 3
    verbose = check("pexip", "alarms", *HOST, "-vvv", CHECK_VIDEOCONF_PASSWORD=PASSWORD)
    assert verbose.first_line == answer.first_line
    assert verbose.long_output[0] == "Traceback (most recent call last):"
    assert "|" not in verbose.stdout


def test_a_missing_library_is_one_line_and_unknown(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "nagiosplugin" or name.startswith("nagiosplugin."):
            raise ModuleNotFoundError("No module named 'nagiosplugin'")
        return real(name, *arguments, **options)

    monkeypatch.delitem(sys.modules, "check_videoconf.check", raising=False)
    monkeypatch.delattr(check_videoconf, "check", raising=False)
    monkeypatch.setattr(builtins, "__import__", missing)
    answer = check("pexip", "alarms", *HOST, CHECK_VIDEOCONF_PASSWORD=PASSWORD)
    assert answer.stdout == "UNKNOWN: a library is missing or broken: No module named 'nagiosplugin'\n"
    assert answer.code == 3


def test_warnings_of_libraries_are_not_printed(check: Run, calls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def warn(self: object, found: float | None) -> float | None:
        import warnings

        warnings.warn("a library talks", stacklevel=1)
        return found

    monkeypatch.setattr(Alarms, "age", warn)
    assert checked(check, "pexip", "alarms", *HOST).stderr == ""


@pytest.mark.parametrize(
    ("argv", "code", "start"),
    [
        ([], 3, "PEXIP ALARMS UNKNOWN - no result within 30 s: the time was over while "),
        (["--change-state", "unknown=warning"], 1, "PEXIP ALARMS WARNING - no result within 30 s"),
        (["--output", "json"], 3, '{"system": "pexip", "mode": "alarms"'),
        (["--output-openmetrics"], 3, "# TYPE videoconf_check_state gauge"),
    ],
)
def test_a_deadline_outside_the_check_is_told_in_the_wanted_form(
    check: Run, monkeypatch: pytest.MonkeyPatch, argv: list[str], code: int, start: str
) -> None:
    def late(*_: object) -> None:
        raise DeadlineReached(30, "looking for the state directory", unreachable=False)

    monkeypatch.setattr("check_videoconf.prepare.memory", late)
    answer = checked(check, "pexip", "alarms", *HOST, *argv)
    assert answer.first_line.startswith(start)
    assert answer.code == code
    if argv == ["--output", "json"]:
        told = json.loads(answer.stdout)
        assert told["errors"]
        assert told["duration_ms"] > 0


# -- as a process


def process(*argv: str, code: str = "", **options: Any) -> subprocess.Popen[bytes]:
    command = ["-c", textwrap.dedent(code), *argv] if code else ["-m", "check_videoconf", *argv]
    environment = {"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_PASSWORD": PASSWORD}
    return subprocess.Popen(
        [sys.executable, *command], env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, **options
    )


def test_help_and_lists_need_no_library(run: Run) -> None:
    code = """
        import sys
        from check_videoconf.catalog import SYSTEMS
        from check_videoconf.cli import main
        main(["--list-modes"])
        main(["-V"])
        for system in SYSTEMS:
            for mode in SYSTEMS[system].modes:
                main([system, mode, "--help"])
                main([system, mode, "--list-counters"])
        print([name for name in ("requests", "nagiosplugin", "urllib3", "ssl") if name in sys.modules])
    """
    done = process(code=code, stdout=subprocess.PIPE)
    assert done.communicate(timeout=60)[0].splitlines()[-1] == b"[]"


def test_a_check_imports_no_other_system(run: Run) -> None:
    code = """
        import sys
        from check_videoconf.cli import main
        main(["pexip", "alarms", "-H", "127.0.0.1", "-p", "1", "--retries", "0"])
        others = tuple(f"check_videoconf.{name}" for name in ("conductor", "trio", "simulator"))
        print(sorted(name for name in sys.modules if name.startswith(others)))
    """
    done = process(code=code, stdout=subprocess.PIPE)
    assert done.communicate(timeout=30)[0].splitlines()[-1] == b"[]"


def test_a_closed_stdout_does_not_change_the_exit_code(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = process("pexip", "alarms", "--list-counters", stdout=writer)
    os.close(writer)
    assert done.communicate(timeout=30)[1] == b""
    assert done.returncode == 0


def test_no_stdout_at_all_does_not_change_the_exit_code() -> None:
    command = f'exec "{sys.executable}" -m check_videoconf pexip alarms --list-counters >&-'
    done = subprocess.run(["/bin/sh", "-c", command], stderr=subprocess.PIPE, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_while_it_starts_gives_one_line_and_unknown(name: str) -> None:
    code = f"""
        import os, signal, sys
        from check_videoconf import catalog, cli
        catalog.mode = lambda *names: os.kill(os.getpid(), signal.{name})
        sys.argv[1:] = ["pexip", "alarms", "-H", "manager.test"]
        cli.entry()
    """
    done = process(code=code, stdout=subprocess.PIPE)
    assert done.communicate(timeout=30) == (f"UNKNOWN: ended by {name} while starting or ending\n".encode(), b"")
    assert done.returncode == 3


def test_a_signal_while_it_waits_gives_one_line_and_unknown(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        done = process("pexip", "alarms", "-H", "127.0.0.1", "-p", port, "-t", "20", stdout=subprocess.PIPE)
        connection, _ = server.accept()
        started = time.monotonic()
        done.send_signal(signal.SIGTERM)
        stdout, stderr = done.communicate(timeout=30)
        connection.close()
    assert stdout.startswith(b"PEXIP ALARMS UNKNOWN - ended by SIGTERM while ")
    assert (stderr, done.returncode) == (b"", 3)
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.ISO-8859-1"])
def test_output_is_utf_8_whatever_the_locale(run: Run, locale: str) -> None:
    answer = run("pexip", "alärm", LC_ALL=locale, PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert answer.first_line == "UNKNOWN: unknown mode 'alärm' of pexip, did you mean alarms?"
    assert (answer.code, answer.stderr) == (3, "")


def test_a_signal_that_comes_while_its_handler_is_set_gives_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: list[object] = []

    def set_one(number: signal.Signals, handler: Any) -> None:
        handlers.append(handler)
        if len(handlers) == 1:
            handler(number, None)

    monkeypatch.setattr("check_videoconf.cli.signal.signal", set_one)
    outcome = cli.undisturbed(lambda: pytest.fail("it goes on"))
    assert outcome == ("UNKNOWN: ended by SIGTERM while starting or ending\n", 3)
    assert handlers[1:] == [signal.SIG_IGN] * 3
