"""--extra-opts: the ini files of Monitoring Plugins, as they read them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf import extra_opts

from .conftest import Run
from .servers import EMPTY_LIST, HOST, Web

PLUGIN = "hardware::devices::pexip::infinity::managementapi::plugin"


@pytest.fixture
def web() -> Iterator[Web]:
    with Web(lambda _: (200, {}, EMPTY_LIST)) as running:
        yield running


@pytest.fixture
def ini(tmp_path: Path, web: Web) -> Path:
    """A file with a section for the device, which nobody else may read."""
    path = tmp_path / "plugins.ini"
    path.write_text(
        f"""\
; a comment
[check_videoconf]
hostname = {HOST}
  port={web.port}
proto = http
username = of-default
password = default

[manager]
hostname={HOST}
port={web.port}
proto=http
# two of the same, and a flag
c = alarms-total=5
c = alerts=7
verbose
insecure = no
username = of-section
password = a=b ; c # d

[other]
this plugin = does not know
""",
        encoding="utf-8",
    )
    path.chmod(0o600)
    return path


def account(web: Web) -> str:
    return b64decode(web.requests[-1].headers["Authorization"].partition(" ")[2]).decode()


def test_a_section_and_a_file_are_named(check: Run, web: Web, ini: Path) -> None:
    answer = check("pexip", "alarms", f"--extra-opts=manager@{ini}")
    assert answer.first_line.startswith("PEXIP ALARMS OK - no alarm")
    assert account(web) == "of-section:a=b ; c # d"
    assert answer.perfdata["alarms.total.count"] == "0;;5;0;"
    assert answer.perfdata["alerts.problems.current.count"] == "0;;7;0;"


@pytest.mark.parametrize("spelling", [["--extra-opts=@{}"], ["--extra-opts", "@{}"], ["--extra-opts", "@{}", "-v"]])
def test_the_default_section_is_the_plugins_name(check: Run, web: Web, ini: Path, spelling: list[str]) -> None:
    assert check("pexip", "alarms", *(word.format(ini) for word in spelling)).code == 0
    assert account(web) == "of-default:default"


def test_several_files_are_read_in_their_order(check: Run, web: Web, ini: Path) -> None:
    check("pexip", "alarms", f"--extra-opts=@{ini}", f"--extra-opts=manager@{ini}")
    assert account(web) == "of-section:a=b ; c # d"


def test_the_command_line_wins(check: Run, web: Web, ini: Path, tmp_path: Path) -> None:
    check("pexip", "alarms", "-u", "me", "-c", "alarms-total=9", f"--extra-opts=manager@{ini}")
    assert account(web).startswith("me:")
    file = tmp_path / "password"
    file.write_text("of the file\n", encoding="utf-8")
    answer = check(
        "pexip", "alarms", f"--extra-opts=manager@{ini}", "-c", "alarms-total=9", "--password-file", str(file)
    )
    assert account(web) == "of-section:of the file"  # although --password comes before --password-file elsewhere
    assert answer.perfdata["alarms.total.count"] == "0;;9;0;"


@pytest.mark.parametrize(
    "empty",
    [["--password", ""], ["--password="], ["--api-password", ""], ["--password-file="], ["--password-command", ""]],
)
def test_an_empty_macro_leaves_the_password_of_the_file(check: Run, web: Web, ini: Path, empty: list[str]) -> None:
    for words in (["pexip", "alarms"], [f"--plugin={PLUGIN}", "--mode=alarms"]):
        assert check(*words, f"--extra-opts=@{ini}", *empty).code == 0
        assert account(web) == "of-default:default"


def test_the_command_line_takes_back_the_output_of_the_file(check: Run, ini: Path) -> None:
    ini.write_text(ini.read_text(encoding="utf-8").replace("verbose\n", "output-json\n"), encoding="utf-8")
    assert check("pexip", "alarms", f"--extra-opts=manager@{ini}").stdout.startswith("{")
    answer = check("pexip", "alarms", f"--extra-opts=manager@{ini}", "--output", "nagios")
    assert answer.first_line.startswith("PEXIP ALARMS OK - no alarm")


def test_the_file_wins_over_the_environment(check: Run, web: Web, ini: Path) -> None:
    check("pexip", "alarms", f"--extra-opts=manager@{ini}", CHECK_VIDEOCONF_PASSWORD="of the environment")
    assert account(web) == "of-section:a=b ; c # d"


@pytest.mark.parametrize("name", extra_opts.NAMES)
def test_the_file_is_searched_in_nagios_config_path(check: Run, web: Web, ini: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "etc").mkdir()
    ini.rename(tmp_path / "etc" / name)
    environment = {"NAGIOS_CONFIG_PATH": f"{tmp_path}/nowhere:{tmp_path}/etc"}
    assert check("pexip", "alarms", "--extra-opts", **environment).code == 0
    assert check("pexip", "alarms", "--extra-opts=manager", **environment).code == 0
    assert account(web) == "of-section:a=b ; c # d"


def test_mp_config_file_comes_first_and_the_standard_places_last(
    check: Run, web: Web, ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check("pexip", "alarms", "--extra-opts", MP_CONFIG_FILE=str(ini), NAGIOS_CONFIG_PATH="/nowhere").code == 0
    monkeypatch.setattr(extra_opts, "PATHS", ("/no/such/file.ini", str(ini)))
    assert check("pexip", "alarms", "--extra-opts").code == 0
    assert account(web) == "of-default:default"


def test_no_file_at_all_is_an_option_error(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra_opts, "PATHS", ("/no/such/file.ini",))
    answer = check("pexip", "alarms", "-H", HOST, "--extra-opts", NAGIOS_CONFIG_PATH="/nowhere")
    assert answer.first_line == (
        "UNKNOWN: --extra-opts: no monitoring-plugins.ini or plugins.ini or nagios-plugins.ini in NAGIOS_CONFIG_PATH, "
        "nor any of /no/such/file.ini"
    )
    assert answer.code == 3


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("missing@{}", "{} has no section [missing]"),
        ("@/no/such.ini", "/no/such.ini: No such file or directory"),
        ("other@{}", None),
    ],
)
def test_what_is_not_there_is_an_option_error_before_any_request(
    check: Run, web: Web, ini: Path, spec: str, reason: str | None
) -> None:
    answer = check("pexip", "alarms", "-H", HOST, "-p", str(web.port), f"--extra-opts={spec.format(ini)}")
    expected = f"--extra-opts: {reason.format(ini)}" if reason else "unknown option --this, did you mean "
    assert answer.first_line.startswith(f"UNKNOWN: {expected}")
    assert (answer.code, web.requests) == (3, [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"hostname=x\n", "line 1 is neither [section] nor option=value"),
        (b"[check_videoconf]\n=x\n", "line 2 is neither [section] nor option=value"),
        (b"[check_videoconf]\ninsecure=perhaps\n", "--insecure is yes or no, not 'perhaps'"),
    ],
)
def test_a_damaged_file_is_an_option_error(check: Run, tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.ini"
    path.write_bytes(content)
    assert check("pexip", "alarms", f"--extra-opts=@{path}").first_line == f"UNKNOWN: --extra-opts: {path}: {reason}"
    path.write_bytes(b"[check_videoconf]\npassword=\xff\n")
    answer = check("pexip", "alarms", f"--extra-opts=@{path}")
    assert answer.first_line == f"UNKNOWN: --extra-opts: {path}: not UTF-8 text"


@pytest.mark.parametrize("line", ["password hunter2", "password: hun=ter2", "--password hunter2", "passwort hunter2=x"])
def test_a_password_without_its_sign_is_not_echoed(check: Run, tmp_path: Path, line: str) -> None:
    path = tmp_path / "plugins.ini"
    path.write_text(f"[check_videoconf]\n{line}\n", encoding="utf-8")
    path.chmod(0o600)
    answer = check("pexip", "alarms", "-H", HOST, f"--extra-opts=@{path}")
    assert answer.first_line.startswith("UNKNOWN: ")
    assert "--password" in answer.first_line
    assert "hun" not in answer.stdout
    assert answer.code == 3


@pytest.mark.parametrize(("line", "connects"), [("insecure = no", False), ("insecure = yes", True), ("insecure", True)])
def test_a_flag_may_be_switched_on_and_off(
    check: Run, simulator: object, tmp_path: Path, line: str, connects: bool
) -> None:
    path = tmp_path / "plugins.ini"
    port = simulator.pexip.port  # type: ignore[attr-defined]
    path.write_text(f"[x]\n{line}\nhostname=127.0.0.1\nport={port}\nusername=monitor\npassword=simulated\n")
    path.chmod(0o600)
    answer = check("pexip", "alarms", f"--extra-opts=x@{path}")
    assert ("is not trusted" in answer.first_line) is not connects


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, True), (0o604, True), (0o644, True)])
def test_a_password_that_others_can_read_is_warned_about(check: Run, ini: Path, mode: int, warned: bool) -> None:
    ini.chmod(mode)
    answer = check("pexip", "alarms", f"--extra-opts=manager@{ini}")
    warning = f"warning: {ini} holds a password and others can read it; chmod 600 it"
    assert (warning in answer.long_output) is warned
    assert answer.code == 0


def test_a_file_without_a_password_may_be_read_by_all(check: Run, web: Web, tmp_path: Path) -> None:
    path = tmp_path / "plugins.ini"
    path.write_text(f"[x]\nhostname={HOST}\nport={web.port}\nproto=http\n", encoding="utf-8")
    answer = check("pexip", "alarms", f"--extra-opts=x@{path}", CHECK_VIDEOCONF_PASSWORD="secret")
    assert answer.long_output == []
