"""The connectors' command line: how options are written, which there are, and what is said of those that do nothing."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

import check_videoconf
from check_videoconf.centreon.connectors import CONNECTORS
from check_videoconf.simulator.trio_calls import Call, audio

from ..conftest import Run
from ..pexip.past import Past
from ..pexip.rows import ALARM, alarm
from ..promises import PASSWORD
from ..trio.simulated import Phone
from .devices import MODES, PEXIP, TRIO, Poller

every_mode = pytest.mark.parametrize(("plugin", "mode"), MODES)
NO_ALARM = "PEXIP ALARMS OK - no alarm | 'alerts.problems.current.count'=0;;;0;"

# -- without a device


@pytest.mark.parametrize(("plugin", "mode"), [(PEXIP, ""), (TRIO, ""), (PEXIP, "alarms"), (TRIO, "device")])
def test_list_mode(check: Run, plugin: str, mode: str) -> None:
    answer = check(f"--plugin={plugin}", f"--mode={mode}", "--list-mode")
    listed = [line.split()[0] for line in answer.stdout.splitlines()[1:]]
    assert (listed, answer.code) == (sorted(CONNECTORS[plugin].modes), 0)


@every_mode
def test_list_counters_needs_no_connection_and_shows_no_default_range(check: Run, plugin: str, mode: str) -> None:
    answer = check("--plugin", plugin, "--mode", mode, "--list-counters")
    assert answer.code == 0
    for label, nlabel in CONNECTORS[plugin].modes[mode].counters.items():
        (row,) = (line.split() for line in answer.stdout.splitlines() if line.startswith(f"{label} "))
        assert row[1].rpartition("#")[2] == nlabel
        assert row[3:5] == ["-", "-"]


@every_mode
def test_help_shows_the_command_line_as_it_is_written(check: Run, plugin: str, mode: str) -> None:
    answer = check(f"--plugin={plugin}", f"--mode={mode}", "--help")
    assert answer.first_line.startswith(f"check_videoconf --plugin={plugin} --mode={mode}: ")
    assert f"  check_videoconf --plugin={plugin} --mode={mode} -H HOST --password-file FILE\n" in answer.stdout
    assert "--http-backend" in answer.stdout
    assert answer.code == 3


@every_mode
def test_the_example_in_the_help_is_accepted(check: Run, plugin: str, mode: str) -> None:
    words = shlex.split(CONNECTORS[plugin].modes[mode].example)
    assert words
    answer = check(f"--plugin={plugin}", f"--mode={mode}", "-H", "device.test", *words)
    assert answer.first_line.startswith("UNKNOWN: a password is required: ")  # all before it was right


@pytest.mark.parametrize("mode", [[], ["--mode=alarms"]])
def test_version(check: Run, mode: list[str]) -> None:
    answer = check(f"--plugin={PEXIP}", *mode, "--version")
    assert (answer.stdout, answer.code) == (f"check_videoconf {check_videoconf.__version__}\n", 3)


def test_help_without_a_mode_lists_them(check: Run) -> None:
    answer = check(f"--plugin={TRIO}", "--help")
    assert "\n  calls-rt " in answer.stdout
    assert answer.code == 3


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (
            ["--plugin=hardware::devices::pexip::infinity::plugin"],
            f"unknown plugin 'hardware::devices::pexip::infinity::plugin', did you mean {PEXIP}?",
        ),
        (["--plugin"], f"unknown plugin '', there are {PEXIP}, {TRIO}"),
        ([f"--plugin={PEXIP}"], "which mode? --mode is one of alarms, conferences, licenses"),
        ([f"--plugin={PEXIP}", "--mode=license"], f"unknown mode 'license' of {PEXIP}, did you mean licenses?"),
        ([f"--plugin={PEXIP}", "--mode=alarms", "--hostname="], "--hostname: it is empty"),
        ([f"--plugin={PEXIP}", "--mode=alarms"], "--hostname is required"),
        (
            [f"--plugin={PEXIP}", "--mode=alarms", "--http-backnd=lwp"],
            "unknown option --http-backnd, did you mean --http-backend?",
        ),
        (
            [f"--plugin={PEXIP}", "--mode=conferences", "--warning-conference-total=1"],
            "unknown option --warning-conference-total, did you mean --warning-conferences-total?",
        ),
        (
            [f"--plugin={PEXIP}", "--mode=alarms", "secret"],
            "an argument that belongs to no option; a value with blanks needs quotes",
        ),
        (
            [f"--plugin={TRIO}", "--mode=device", "-H", "x", "--unknown-memory-usage=1"],
            "--unknown-memory-usage: a counter has warning and critical ranges only",
        ),
    ],
)
def test_mistakes_are_option_errors(check: Run, argv: list[str], said: str) -> None:
    answer = check(*argv)
    assert answer.first_line.startswith(f"UNKNOWN: {said}")
    assert answer.code == 3


def test_a_bad_expression_is_shown_with_the_place(check: Run) -> None:
    answer = check(f"--plugin={TRIO}", "--mode=registration", "-H", "x", "--critical-status=%{state} ! 1")
    assert answer.first_line.startswith("UNKNOWN: --critical-status: ")
    assert answer.long_output[1].strip() == "^"


# -- how options are written


def test_options_with_a_blank_and_empty_macros(pexip: Poller, manager: Past) -> None:
    manager.tables[ALARM] = [alarm(level="info")]
    argv = ["--filter-name", "", "--warning-status", "%{name} =~ /lost/", "", "--proxyurl", "--timeout=", "--verbose"]
    answer = pexip.ask("alarms", *argv)
    assert answer.first_line.startswith("PEXIP ALARMS WARNING - connectivity_lost ")


def test_a_threshold_without_a_value_is_unset(trio: Poller) -> None:
    argv = ("--warning-memory-usage-prct", "--critical-memory-usage-prct=", "--warning-memory-usage", "")
    assert trio.ask("device", *argv).perfdata["device.memory.usage.percentage"].endswith("%;;;0;100")


def test_a_range_may_begin_with_a_dash(trio: Poller) -> None:
    figure = trio.ask("device", "--critical-memory-usage-prct", "-5:5").perfdata["device.memory.usage.percentage"]
    assert figure.endswith("%;;-5:5;0;100")


@pytest.mark.parametrize(
    ("argv", "lines"), [(["--verbose"], 1), (["--verbose=1"], 1), (["--verbose", "1"], 1), (["--verbose=0"], 0)]
)
def test_a_flag_may_have_a_value(trio: Poller, argv: list[str], lines: int) -> None:
    answer = trio.ask("registration", *argv)
    assert len([line for line in answer.long_output if line.startswith("OK: ")]) == lines


# -- which options there are

# As the connectors have them in every command.
IGNORED = [
    *("--unknown-http-status=x", "--warning-http-status=x", "--critical-http-status=x", "--ssl=x", "--ssl-opt=x"),
    *("--http-backend=x", "--curl-opt=x", "--proxypac=x", "--output-file=x", "--change-short-output=x"),
    *("--source-encoding=x", "--filter-perfdata=x", "--change-perfdata=x", "--explode-perfdata-max=x"),
    *("--extend-perfdata=x", "--filter-uom=x", "--display-ok-counters=x", "--pass-manager=x", "--lockfile-dir=x"),
    *("--runas=x", "--convert-args=x", "--output-xml", "--environment-map-option", "--disco-format", "--disco-show"),
]
USED = [
    *("--timeout=10", "--filter-counters=.", "--verbose", "--debug", "--insecure", "--output-json"),
    *("--output-openmetrics", "--change-exit=unknown=critical", "--opt-exit=CRITICAL", "--float-precision=8"),
    *("--global-timeout=50", "--statefile-dir=x", "--statefile-suffix=x", "--proxyurl=http://proxy.test:8080"),
]


@pytest.mark.parametrize("separate", [False, True], ids=["--option=value", "--option value"])
@every_mode
def test_every_option_of_the_connectors_is_accepted(check: Run, plugin: str, mode: str, *, separate: bool) -> None:
    given = [*IGNORED, *USED]
    argv = [part for option in given for part in option.split("=", 1)] if separate else given
    assert check(f"--plugin={plugin}", f"--mode={mode}", *argv, "--list-counters").code == 0


@pytest.mark.parametrize("option", IGNORED)
def test_an_option_that_makes_no_sense_here_is_named_under_v(pexip: Poller, option: str) -> None:
    name = option.partition("=")[0]
    for argv in ([option], option.split("=")):
        quiet, verbose = pexip.ask("alarms", *argv), pexip.ask("alarms", *argv, "--verbose")
        assert (quiet.stdout, quiet.code) == (f"{NO_ALARM}\n", 0)
        assert verbose.long_output[-1] == f"ignored, it has no meaning here: {name}"


@pytest.mark.parametrize("option", IGNORED)
def test_its_value_may_be_left_out(pexip: Poller, manager: Past, option: str) -> None:
    manager.tables[ALARM] = [alarm()]
    answer = pexip.ask("alarms", option.partition("=")[0], "--critical-status=")
    assert answer.first_line == NO_ALARM.replace("no alarm", "1 alarm, judged as no problem")


def test_the_value_of_an_ignored_option_is_not_shown(pexip: Poller) -> None:
    answer = pexip.ask("alarms", "--ssl-opt=SSL_cert => 'x'", "--curl-opt", "hush", "--debug")
    assert "ignored, it has no meaning here: --curl-opt, --ssl-opt" in answer.long_output
    assert "hush" not in answer.stdout
    assert "SSL_cert" not in answer.stdout


def test_debug_shows_requests_without_credentials(pexip: Poller) -> None:
    answer = pexip.ask("alarms", "--debug")  # which keeps the promise about the password
    assert "> Authorization: ***" in answer.long_output


def test_change_exit_and_opt_exit(pexip: Poller, manager: Past) -> None:
    manager.answers[ALARM] = "<html>"
    assert pexip.ask("alarms").code == 3
    answer = pexip.ask("alarms", "--opt-exit=critical")
    assert (answer.first_line[:21], answer.code) == ("PEXIP ALARMS CRITICAL", 2)
    answer = pexip.ask("alarms", "--change-exit=unknown=warning")
    assert (answer.first_line[:20], answer.code) == ("PEXIP ALARMS WARNING", 1)


def test_extra_opts_are_read(pexip: Poller, tmp_path: Path) -> None:
    file = tmp_path / "options.ini"
    file.write_text("[pexip]\nfilter-name = x\nhttp-backend = curl\n")
    answer = pexip.ask("alarms", f"--extra-opts=pexip@{file}", "--verbose")
    assert answer.first_line == NO_ALARM
    assert answer.long_output[-1] == "ignored, it has no meaning here: --http-backend"


# -- what lasts between runs


def test_statefile_dir_holds_a_directory_of_our_own(trio: Poller, tmp_path: Path) -> None:
    shared = tmp_path / "centplugins"
    shared.mkdir(mode=0o775)
    (shared / "cache_of_another_plugin").touch()
    for summary in ("first run", "no new call"):
        assert trio.ask("calls-summary", f"--statefile-dir={shared}").summary == summary
    assert [path.name for path in shared.iterdir() if path.is_dir()] == ["check_videoconf"]
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    "option", ["--verbose", "--debug", "--global-timeout=20", "--http-backend=curl", "--output-json"]
)
def test_what_does_not_change_the_service_does_not_begin_it_anew(trio: Poller, option: str) -> None:
    trio.ask("calls-summary")
    assert "first run" not in trio.ask("calls-summary", option).stdout


@pytest.mark.parametrize("option", ["--statefile-suffix=b", "--filter-counters=total"])
def test_services_with_other_options_remember_apart(trio: Poller, option: str) -> None:
    trio.ask("calls-summary")
    assert trio.ask("calls-summary", option).summary == "first run"


# -- the other forms of output


def test_json_has_the_shape_of_the_connectors(pexip: Poller, manager: Past) -> None:
    manager.tables[ALARM] = [alarm(details=None)]
    answer = pexip.ask("alarms", "--output-json")
    said = "connectivity_lost (10.44.8.102) on 10.44.7.101 [error] for 42 min"
    assert json.loads(answer.stdout) == {
        "plugin": {
            "name": PEXIP,
            "mode": "alarms",
            "exit": "CRITICAL",
            "outputs": [
                {"type": 1, "msg": f"CRITICAL: {said}", "exit": "CRITICAL"},
                {"type": 2, "msg": f"CRITICAL: {said}"},
            ],
            "perfdatas": [
                {
                    "label": "alerts.problems.current.count",
                    "nlabel": "alerts.problems.current.count",
                    "value": 1,
                    "unit": "",
                    "warning": "",
                    "critical": "",
                    "min": 0,
                    "max": "",
                }
            ],
        }
    }
    assert (answer.stdout.count("\n"), answer.code) == (1, 2)


def test_json_tells_instance_unit_and_ranges(trio: Poller, phone: Phone) -> None:
    phone.trio.set_calls(Call("0xb5", streams=(audio(),)))
    answer = trio.ask("calls-rt", "--output-json", "--warning-channel-packetloss-prct=3", "--filter-counters=prct")
    (figure,) = json.loads(answer.stdout)["plugin"]["perfdatas"]
    assert figure["label"] == "0:voice#call.channel.packetloss.percentage"
    assert (figure["nlabel"], figure["unit"]) == ("call.channel.packetloss.percentage", "%")
    assert (figure["warning"], figure["critical"], figure["min"], figure["max"]) == ("3", "", 0, 100)


def test_an_error_is_json_too(pexip: Poller, manager: Past) -> None:
    manager.answers[ALARM] = "<html>"
    plugin = json.loads(pexip.ask("alarms", "--output-json").stdout)["plugin"]
    assert (plugin["exit"], plugin["perfdatas"]) == ("UNKNOWN", [])
    assert plugin["outputs"][0]["msg"].startswith("UNKNOWN: ")
    assert PASSWORD not in str(plugin)
