"""Where the password comes from, and that nobody sees it on its way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf.credentials import without_secrets
from check_videoconf.simulator import Simulator

from .conftest import Answer, Run
from .servers import EMPTY_LIST, HOST, Request, Web

ENVIRONMENT = {"CHECK_VIDEOCONF_USERNAME": "from-environment", "CHECK_VIDEOCONF_PASSWORD": "of the environment"}


@pytest.fixture
def web() -> Iterator[Web]:
    """A device that takes everybody and remembers with what they came."""
    with Web(lambda _: (200, {}, EMPTY_LIST)) as running:
        yield running


def account(web: Web) -> str:
    """`user:password` of the last request."""
    scheme, _, text = web.requests[-1].headers["Authorization"].partition(" ")
    assert scheme == "Basic"
    return b64decode(text).decode()


def alarms(web: Web, *argv: str) -> list[str]:
    return ["pexip", "alarms", "-H", HOST, "-p", str(web.port), "--proto", "http", *argv]


def executable(path: Path, *lines: str) -> str:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


# -- sources


def test_the_default_account_is_the_products(check: Run, web: Web) -> None:
    assert check(*alarms(web, "--password", "secret")).code == 0
    assert account(web) == "admin:secret"


def test_the_environment_is_the_last_source(check: Run, web: Web, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("of the file\n", encoding="utf-8")
    command = executable(tmp_path / "command", "echo of the command")
    sources = [
        (["-u", "me", "--password", "given", "--password-file", str(file), "--password-command", command], "me:given"),
        (["--password-file", str(file), "--password-command", command], "from-environment:of the file"),
        (["--password-command", command], "from-environment:of the command"),
        ([], "from-environment:of the environment"),
        (["-u", "", "--password", ""], "from-environment:of the environment"),
    ]
    for argv, expected in sources:
        assert check(*alarms(web, *argv), **ENVIRONMENT).code == 0
        assert account(web) == expected


def test_the_names_of_the_centreon_plugin_are_understood(check: Run, web: Web) -> None:
    check(*alarms(web, "--api-username", "me", "--api-password", "given"))
    assert account(web) == "me:given"


@pytest.mark.parametrize(("option", "what"), [("-u", "username"), ("--password", "password")])
def test_an_account_that_is_not_utf_8_is_an_option_error(check: Run, web: Web, option: str, what: str) -> None:
    answer = check(*alarms(web, option, "p\udce4sswort"), **ENVIRONMENT)
    assert answer.first_line == f"UNKNOWN: the {what} is not UTF-8 text"
    assert (answer.code, web.requests) == (3, [])


def test_without_a_password_nothing_is_asked(check: Run, web: Web) -> None:
    answer = check(*alarms(web))
    assert answer.first_line == (
        "UNKNOWN: a password is required: --password-file FILE, --password-command CMD, CHECK_VIDEOCONF_PASSWORD in "
        "the environment, or --password"
    )
    assert (answer.code, web.requests) == (3, [])


@pytest.mark.parametrize("password", ["-dash", "--password", "=", "pässwörd ☃", "  two  blanks  ", "a|b;c'd\"e$f`g\\"])
def test_any_password_arrives_as_it_is(run: Run, web: Web, password: str) -> None:
    assert run(*alarms(web, "--password", password)).code == 0
    assert account(web) == f"admin:{password}"
    assert run(*alarms(web, f"--password={password}")).code == 0
    assert account(web) == f"admin:{password}"


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_the_locale_does_not_matter(run: Run, web: Web, locale: dict[str, str]) -> None:
    assert run(*alarms(web, "-u", "jürgen", "--password", "pässwörd"), **locale).code == 0
    assert account(web) == "jürgen:pässwörd"
    assert run(*alarms(web), **locale, CHECK_VIDEOCONF_PASSWORD="pässwörd").code == 0
    assert account(web) == "admin:pässwörd"


@pytest.mark.parametrize(
    ("content", "password"),
    [
        (b"secret", "secret"),
        (b"secret\n", "secret"),
        (b"secret\r\n", "secret"),
        (b" secret \nnext line\n", " secret "),
        ("pässwörd\n".encode(), "pässwörd"),
        ("\ufeffsecret\r\n".encode(), "secret"),
        (b"-dash\n", "-dash"),
    ],
)
def test_the_password_is_the_first_line_of_the_file(
    check: Run, web: Web, tmp_path: Path, content: bytes, password: str
) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    assert check(*alarms(web, "--password-file", str(file))).code == 0
    assert account(web) == f"admin:{password}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file or directory"), (b"", "its first line is empty"), (b"\nsecret", "its first line is empty"),
     (b"p\xe4sswort\n", "not UTF-8 text")],
)  # fmt: skip
def test_a_file_without_a_password_is_an_option_error_whatever_else_there_is(
    check: Run, web: Web, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    answer = check(*alarms(web, "--password-file", str(file)), **ENVIRONMENT)
    assert answer.first_line == f"UNKNOWN: --password-file {file}: {reason}"
    assert (answer.code, web.requests) == (3, [])


def test_a_file_that_may_not_be_read_is_an_option_error(check: Run, web: Web, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.mkdir()
    answer = check(*alarms(web, "--password-file", str(file)))
    assert answer.first_line == f"UNKNOWN: --password-file {file}: Is a directory"


# -- the command


def test_the_command_is_split_like_a_shell_does_but_sees_no_shell(check: Run, web: Web, tmp_path: Path) -> None:
    command = executable(tmp_path / "the command", 'for word in "$@"; do printf "%s," "$word"; done')
    check(*alarms(web, "--password-command", f"'{command}' one 'two three' \"4'5\" $HOME ; * | cat"))
    assert account(web) == "admin:one,two three,4'5,$HOME,;,*,|,cat,"


def test_what_the_command_says_on_stderr_and_after_its_first_line_is_nobodys_business(
    run: Run, web: Web, tmp_path: Path
) -> None:
    command = executable(tmp_path / "command", "echo secret", "echo more", "echo oops >&2")
    answer = run(*alarms(web, "-vvv", "--password-command", command))
    assert (answer.code, answer.stderr) == (0, "")
    assert "oops" not in answer.stdout
    assert account(web) == "admin:secret"


def test_the_command_gets_no_input(run: Run, web: Web, tmp_path: Path) -> None:
    command = executable(tmp_path / "command", "cat", "echo secret")
    assert run(*alarms(web, "--password-command", command)).code == 0


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("/no/such/vault --token s3cret", "/no/such/vault: No such file or directory"),
        ("/etc s3cret", "/etc: Permission denied"),
        ("sh -c 'echo s3cret; exit 7'", "sh failed with exit code 7"),
        ("sh -c 'kill -9 $$ # s3cret'", "sh failed with signal 9"),
        ("sh -c 'exit 0' s3cret", "its first line is empty"),
        ("cat /dev/zero", "cat prints more than a password"),
        ("printf '\\344\\n'", "not UTF-8 text"),
        ("sh 's3cret", "No closing quotation"),
        (" ", "no command"),
    ],
)
def test_a_command_that_gives_no_password_is_an_option_error(check: Run, web: Web, command: str, reason: str) -> None:
    answer = check(*alarms(web, "--password-command", command), **ENVIRONMENT)
    assert answer.first_line == f"UNKNOWN: --password-command: {reason}"
    assert (answer.code, web.requests) == (3, [])
    assert "s3cret" not in answer.stdout


# -- out of sight


SECRET = "Zx9-äöü-geheim"


@pytest.mark.parametrize(
    "argv",
    [
        ["--password", SECRET],
        [f"--password={SECRET}"],
        ["--api-password", SECRET],
        ["--password-file", "/dev/null", "--password", SECRET, "-w", "alerts=1"],
        ["--password", SECRET, "--proxy", f"http://me:{SECRET}@127.0.0.1:1"],
        ["--password=", f"--password={SECRET}"],
    ],
)
def test_the_password_is_gone_from_the_list_of_processes(tmp_path: Path, argv: list[str]) -> None:
    with Simulator(systems=("pexip",), fault="no-answer", tls=False) as devices:
        port = 1 if "--proxy" in argv else devices.pexip.port
        command = ["pexip", "alarms", "-H", HOST, "-p", str(devices.pexip.port), "--proto", "http", *argv]
        if port == 1:
            command[-1] = command[-1].replace("127.0.0.1:1", f"127.0.0.1:{devices.pexip.port}")
        process = subprocess.Popen(
            [sys.executable, "-m", "check_videoconf", *command],
            env={"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(tmp_path / "state")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        try:
            end = time.monotonic() + 20
            while not devices.pexip.requests:
                assert time.monotonic() < end
                time.sleep(0.01)
            shown = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        finally:
            process.terminate()
            process.communicate(timeout=20)
    assert SECRET.encode() not in shown
    arguments = shown.decode().split("\0")
    assert arguments[-1 - len(command) : -1][:6] == command[:6]
    assert ("x" * len(SECRET.encode())) in shown.decode()
    assert len(arguments) == len(command) + 4


def test_only_secrets_are_crossed_out() -> None:
    given = ["pexip", "--password-file", "--password", "äb", "--password=c=d", "--api-password", "--", "-H", "äb",
             "--proxy=http://user:p@ss@host:3128", "--proxyurl", "http://host:3128", "--warning-status", "x@y:z",
             "--proxy", "user:p@ss@host:3128", "--proxyurl=user:p@ss@host",
             "--community", "public", "--password"]  # fmt: skip
    assert without_secrets(given) == [
        "pexip", "--password-file", "--password", "xxx", "--password=xxx", "--api-password", "xx", "-H", "äb",
        "--proxy=http://xxxxxxxxx@host:3128", "--proxyurl", "http://host:3128", "--warning-status", "x@y:z",
        "--proxy", "xxxxxxxxx@host:3128", "--proxyurl=xxxxxxxxx@host",
        "--community", "xxxxxx", "--password",
    ]  # fmt: skip


def test_an_option_that_asks_for_a_value_does_not_echo_a_password(check: Run) -> None:
    answer = check("pexip", "alarms", "-p", "geheim")
    assert answer.code == 3
    assert "geheim" not in answer.stdout


def echo(request: Request) -> tuple[int, dict[str, str], bytes]:
    """A device that says in its error what it was told."""
    return 500, {}, b'{"error_message": "you said ' + request.headers["Authorization"].encode() + b'"}'


def test_what_a_device_echoes_is_redacted(check: Run) -> None:
    with Web(echo) as web:
        answer: Answer = check(*alarms(web, "--retries", "0", "--password", SECRET))
    assert answer.summary.endswith("HTTP 500: you said Basic ***")
