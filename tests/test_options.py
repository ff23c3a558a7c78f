"""The command line's options: how they may be written, and what is said when they are wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
import responses

from check_videoconf import options
from check_videoconf.common_options import COMMON
from check_videoconf.errors import OptionError
from check_videoconf.options import Option, Options, parse

from .conftest import Answer, Run
from .promises import PASSWORD, kept
from .servers import EMPTY_LIST

OWN = (
    Option("-n --number", "N", "a number", default=7, kind=options.integer(0, 100)),
    Option("--word", "WORD", "a word"),
    Option("--item", "ITEM", "an item", repeat=True),
    Option("--kept", "TEXT", "a text that may be empty", keep_empty=True),
    Option("--flag", "", "a flag"),
    Option("-l --loud", "", "how loud", default=0),
)
LABELS = ("load", "load-max", "license-*-usage")
STATUSES = ("status",)


def parsed(*arguments: str) -> Options:
    found, rest = parse(arguments, OWN, (*LABELS, *STATUSES), STATUSES)
    assert rest == []
    return found


class Poller:
    """Runs `pexip alarms` against a Management Node without alarms, and counts the requests."""

    def __init__(self, check: Run, mock: responses.RequestsMock) -> None:
        self._check = check
        self._calls = mock.calls
        mock.add("GET", re.compile(r"https://manager\.test:443/.*"), body=EMPTY_LIST)

    def __call__(self, *argv: str, password: str = PASSWORD) -> Answer:
        return kept(self._check("pexip", "alarms", "-H", "manager.test", *argv, CHECK_VIDEOCONF_PASSWORD=password))

    @property
    def requests(self) -> int:
        return len(self._calls)


@pytest.fixture
def poller(check: Run) -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Poller(check, mock)


# -- how they may be written


@pytest.mark.parametrize(
    "arguments", [["--number", "5"], ["--number=5"], ["-n", "5"], ["-n5"], ["-ln5"], ["--number=1", "-n", "5"]]
)
def test_an_option_may_be_written_in_every_usual_way(arguments: list[str]) -> None:
    assert parsed(*arguments).number == 5


def test_what_is_not_given_has_its_default() -> None:
    found = parsed()
    assert (found.number, found.word, found.item, found.flag, found.loud) == (7, None, [], None, 0)
    assert found.given == set()


@pytest.mark.parametrize("value", ["-5", "--flag", "-", "--", "-l", "=", "a=b", " ", "-n5"])
def test_a_value_may_begin_with_a_dash_or_hold_a_sign(value: str) -> None:
    assert parsed("--word", value).word == value
    assert parsed(f"--word={value}").word == value


def test_flags_count_and_repeated_options_gather() -> None:
    found = parsed("-lll", "--loud", "--flag", "--item", "a", "--item=b")
    assert (found.loud, found.flag, found.item) == (4, True, ["a", "b"])


@pytest.mark.parametrize("arguments", [["--number", ""], ["--number="], ["-n", ""], ["-n", "7", "-n", ""]])
def test_an_empty_value_is_not_given(arguments: list[str]) -> None:
    assert parsed(*arguments).number == 7


def test_an_empty_value_does_not_take_back_an_earlier_one() -> None:
    assert parsed("--number", "5", "--number", "").number == 5
    assert parsed("--item", "", "--item", "b", "--item=").item == ["b"]
    assert parsed("--warning-load", "80", "--warning-load", "").levels["warning"] == {"load": "80"}


def test_an_empty_expression_does_take_back_an_earlier_one() -> None:
    assert parsed("--warning-status", "1", "--warning-status", "").levels["warning"] == {"status": ""}


def test_an_empty_value_is_kept_where_it_means_something() -> None:
    assert parsed("--kept", "").kept == ""


def test_thresholds_are_known_by_their_labels_and_families() -> None:
    found = parsed("--warning-load=1", "--critical-license-port-usage", "2", "--unknown-status", "x")
    assert found.levels == {
        "warning": {"load": "1"},
        "critical": {"license-port-usage": "2"},
        "unknown": {"status": "x"},
    }


def test_what_is_no_option_is_left_over_and_two_dashes_end_the_options() -> None:
    found, rest = parse(["a", "--flag", "b", "-", "--", "--word", "c"], OWN, LABELS)
    assert (found.flag, rest) == (True, ["a", "b", "-", "--word", "c"])


def test_an_option_that_was_never_declared_is_an_error_of_the_developer() -> None:
    with pytest.raises(AttributeError, match="there is no option --no-such"):
        _ = parsed().no_such


# -- what is said when they are wrong


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--wrod", "x"], "unknown option --wrod, did you mean --word?"),
        (["--wrod=secret"], "unknown option --wrod, did you mean --word?"),
        (["--wrod secret"], "unknown option --wrod, did you mean --word?"),
        (["--word secret"], "--word needs a = before its value"),
        (["--word:sec=ret"], "--word needs a = before its value"),
        (["--warning-load 5"], "--warning-load needs a = before its value"),
        (["--=secret"], "unknown option --; see --help"),
        (["--warning-laod", "x"], "unknown option --warning-laod, did you mean --warning-load?"),
        (["--warning-", "x"], None),
        (["--zzzzzzzzzz"], "unknown option --zzzzzzzzzz; see --help"),
        (["-z"], "unknown option -z; see --help"),
        (["-lz"], "unknown option -z; see --help"),
        (["--flag=yes"], "--flag takes no value"),
        (["--word"], "--word needs a value"),
        (["-n"], "-n needs a value"),
        (["-n", "x"], "-n: 'x' is not a whole number from 0 to 100"),
        (["--number=101"], "--number: '101' is not a whole number from 0 to 100"),
        (["--numb", "5"], "unknown option --numb, did you mean --number?"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(arguments: list[str], line: str | None) -> None:
    with pytest.raises(OptionError) as raised:
        parsed(*arguments)
    assert line is None or str(raised.value) == line
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("option", "wrong", "said"),
    [
        ("--port", "443x", "this is not a whole number from 1 to 65535"),
        ("--port", "0", "this is not a whole number from 1 to 65535"),
        ("-p", "secret", "this is not a whole number from 1 to 65535"),
        ("--proto", "ftp", "'ftp' is none of https, http"),
        ("--auth", "kerberos", "'kerberos' is none of auto, basic, digest, oauth2"),
        ("--tls-min", "1.4", "'1.4' is none of 1.0, 1.1, 1.2, 1.3"),
        ("--timeout", "soon", "'soon' is not a number from 0.1 to 3600"),
        ("-t", "0", "'0' is not a number from 0.1 to 3600"),
        ("--retries", "-1", "'-1' is not a whole number from 0 to 20"),
        ("--cache", "5 minutes", "'5 minutes' is not a duration such as 90, 5m, 2h or 7d"),
        ("--max-bytes", "64 MB", "'64 MB' is not a number of bytes such as 1048576, 512k or 64M"),
        ("--unreachable-state", "ok", "'ok' is none of unknown, critical, warning"),
        ("--output", "xml", "'xml' is none of nagios, json, openmetrics"),
        ("--perfdata", "some", "'some' is none of all, summary, none"),
        ("--max-output", "all", "'all' is not a number of bytes such as 1048576, 512k or 64M"),
        ("--float-precision", "99", "'99' is not a whole number from 0 to 12"),
        ("--change-state", "bad=good", "'bad=good' is not FROM=TO with two of ok, warning, critical, unknown"),
        ("--change-exit", "unknown", "'unknown' is not FROM=TO with two of ok, warning, critical, unknown"),
        ("-w", "10", "'10' is not LABEL=RANGE"),
        ("-c", "=10", "'=10' is not LABEL=RANGE"),
        ("--hostname", "https://x", "'https://x' is not a name or an address (no https://, no path, no port)"),
        ("--hostname", "a b", "'a b' is not a name or an address (no https://, no path, no port)"),
        ("--filter-name", "[", None),
        ("--filter-counters", "(", None),
    ],
)
def test_a_bad_value_is_refused_before_any_request(poller: Poller, option: str, wrong: str, said: str | None) -> None:
    answer = poller(option, wrong)
    assert answer.first_line.startswith(f"UNKNOWN: {option}: ")
    assert said is None or answer.first_line == f"UNKNOWN: {option}: {said}"
    assert (answer.code, poller.requests) == (3, 0)


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (["--warning-alarms-total", "1:2:3"], "--warning-alarms-total: '1:2:3' is not a range such as "),
        (["--critical-alerts=high"], "--critical-alerts: 'high' is not a range such as "),
        (["-w", "alarms-total=20:10"], "-w alarms-total: '20:10' is not a range: its start "),
        (["-w", "alarm-total=1"], "-w alarm-total: no such counter, did you mean alarms-total?"),
        (["-c", "status=1"], "-c status: no such counter"),
        (["--unknown-alerts", "1"], "--unknown-alerts: a counter has warning and critical ranges only"),
        (["--warning-status", "%{levle} eq 'x'"], "--warning-status: unknown macro %{levle}, did you mean %{level}?"),
        (["--filter-counters", "zzz"], "--filter-counters: 'zzz' matches none of alerts, alarms-total, "),
    ],
)
def test_a_bad_threshold_is_refused_before_any_request(poller: Poller, argv: list[str], line: str) -> None:
    answer = poller(*argv)
    assert answer.first_line.startswith(f"UNKNOWN: {line}")
    assert (answer.code, poller.requests) == (3, 0)


def test_the_caret_stands_under_the_mistake_of_an_expression(poller: Poller) -> None:
    answer = poller("--critical-status", "%{level} =~ /error|fatal/i and %{levle} eq 'x'")
    assert answer.first_line == "UNKNOWN: --critical-status: unknown macro %{levle}, did you mean %{level}?"
    assert answer.long_output == [
        "%{level} =~ /error/fatal/i and %{levle} eq 'x'",
        "                               ^",
    ]
    assert (answer.code, poller.requests) == (3, 0)


# -- what pollers do


@pytest.mark.parametrize(
    "option",
    [option for option in COMMON if option.metavar and option.dest != "hostname"],
    ids=lambda option: option.dest,
)
def test_an_empty_macro_changes_nothing(poller: Poller, option: Option) -> None:
    plain = poller()
    for name in option.names:
        assert poller(name, "").stdout == plain.stdout
        assert poller(f"{name}=").stdout == plain.stdout if name.startswith("--") else True


@pytest.mark.parametrize("argv", [["-H", ""], ["-H", "manager.test", "-H", ""]])
def test_an_empty_hostname_is_a_mistake(check: Run, argv: list[str]) -> None:
    answer = check("pexip", "alarms", *argv, CHECK_VIDEOCONF_PASSWORD=PASSWORD)
    assert answer.first_line == "UNKNOWN: -H: it is empty; a name or an address must stand here"
    assert answer.code == 3


def test_empty_thresholds_keep_the_defaults_and_earlier_ones(poller: Poller) -> None:
    shown = poller("--warning-alarms-total", "", "--critical-alarms-total=", "-w", "", "-c", "alarms-total=")
    assert shown.perfdata["alarms.total.count"] == "0;;;0;"
    shown = poller("-w", "alarms-total=3", "--warning-alarms-total", "", "--critical-alarms-total", "4", "-c", "")
    assert shown.perfdata["alarms.total.count"] == "0;3;4;0;"


def test_the_short_form_of_a_threshold_repeats_and_the_long_form_wins(poller: Poller) -> None:
    short = ["-w", "alarms-total=1", "--warning", "alerts=2", "-c", "alarms-total=3", "--critical=alerts=4"]
    shown = poller(*short).perfdata
    assert (shown["alarms.total.count"], shown["alerts.problems.current.count"]) == ("0;1;3;0;", "0;2;4;0;")
    for argv in (["--warning-alarms-total", "9", *short], [*short, "--warning-alarms-total", "9"]):
        assert poller(*argv).perfdata["alarms.total.count"] == "0;9;3;0;"


@pytest.mark.parametrize(
    ("argv", "start"),
    [
        (["--output-json", "--output", "nagios"], "PEXIP ALARMS OK"),
        (["--output-openmetrics", "--output=nagios"], "PEXIP ALARMS OK"),
        (["--output", "nagios", "--output-json"], "{"),
        (["--output-openmetrics", "--output-json"], "{"),
        (["--output-json", "--output-openmetrics"], "# TYPE"),
        (["--output-json", "--output", ""], "{"),
    ],
)
def test_the_last_word_about_the_output_holds(poller: Poller, argv: list[str], start: str) -> None:
    assert poller(*argv).stdout.startswith(start)


def test_a_range_may_begin_with_a_dash(poller: Poller) -> None:
    shown = poller("--warning-alarms-total", "-5:5", "-c", "alarms-total=-10:10").perfdata
    assert shown["alarms.total.count"] == "0;-5:5;-10:10;0;"


def test_a_password_may_begin_with_a_dash_and_is_not_echoed(poller: Poller) -> None:
    assert poller("--password", "-v --insecure").code == 0
    assert "insecure" not in poller("--password", "-v --insecure", "--port", "x").stdout


@pytest.mark.parametrize("secret", ["hunter2", "hunter's2", 'hunter"2', "hunter\\2"])
def test_a_password_given_as_the_port_is_not_echoed_whatever_it_holds(poller: Poller, secret: str) -> None:
    assert poller("-p", secret).first_line == "UNKNOWN: -p: this is not a whole number from 1 to 65535"


@pytest.mark.parametrize(
    "argv", [["-p", "hunter2"], ["-phunter2"], ["--port=hunter2"], ["hunter2"], ["--pasword=hunter2"],
     ["--password hunter2"], ["--password:hunter2"], ["--password: hun=ter2"], ["--pasword hunter2"]],
)  # fmt: skip
def test_what_was_meant_as_a_password_is_not_echoed(poller: Poller, argv: list[str]) -> None:
    answer = poller(*argv)
    assert answer.first_line.startswith("UNKNOWN: ")
    assert "hun" not in answer.stdout


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        (
            options.hostname,
            ["manager.example.com", "10.0.0.1", "2001:db8::1", "[2001:db8::1]", "fe80::1%eth0", "söme.test"],
        ),
        (options.regex, ["a", "(?i)x|y", ""]),
        (options.duration, ["0", "90", "5m", "2h", "7d", "1w"]),
        (options.byte_count, ["0", "512k", "64M", "64MiB", "1G"]),
        (options.real(0.5, 10), ["0.5", "10", ".75", "3."]),
        (options.integer(-5, 5), ["-5", "5", "0"]),
        (options.state_change, ["unknown=critical", "OK=Warning"]),
        (options.threshold, ["load=10", "load=", "load=~:5"]),
        (options.choice("a", "b"), ["a", "b"]),
    ],
)
def test_each_kind_of_value_takes_what_it_should(kind: Any, good: list[str]) -> None:
    for text in good:
        kind(text)


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        (options.hostname, ["", "http://x", "x/y", "x:y z", "a\nb", "[x", "-", "--insecure", "[]"]),
        (options.regex, ["(", "[", "(?P<x>", "*"]),
        (options.duration, ["", "-5", "5 m", "5x", "1.5h", "٣"]),
        (options.byte_count, ["-1", "1T", "one", "1.5M"]),
        (options.real(0.5, 10), ["0.4", "11", "", ".", "nan", "1e1", "-1", "٣"]),
        (options.integer(-5, 5), ["6", "1.0", "", "+1", "٣", "9" * 50]),
        (options.state_change, ["", "unknown", "=ok", "bad=ok", "ok=bad"]),
        (options.threshold, ["", "load", "=5"]),
    ],
)
def test_each_kind_of_value_refuses_what_it_should(kind: Any, bad: list[str]) -> None:
    refused = []
    for text in bad:
        try:
            kind(text)
        except ValueError:
            refused.append(text)
    assert refused == bad


def test_every_mode_takes_every_common_option() -> None:
    names = [name for option in COMMON for name in option.names]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.startswith(("--warning-", "--critical-", "--unknown-"))]
