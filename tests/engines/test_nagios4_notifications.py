"""What Nagios Core 4 puts into a notification can be read at night: what is wrong, where, and all details."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator
from tests.conftest import Answer
from tests.engines import checks
from tests.engines.checks import CHECKS, Check, password_file, program, words
from tests.engines.nagios import SHIPPED, assert_accepted, configure, hosts, running, service

pytestmark = [pytest.mark.engines, pytest.mark.timeout(120)]

_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "pexip alarms": (),
    "pexip license-expiry": (),
    "conductor alarms": (),
    "trio device": ("--warning-memory-usage-prct", "40"),
}
NOTIFIED = [
    dataclasses.replace(check, arguments=_ARGUMENTS[str(check)], state=check.state or 1)
    for check in CHECKS
    if str(check) in _ARGUMENTS
]

# A file for each mail, by its subject: to whom it goes, and what is in it.
MAIL = """\
#!/bin/sh
{{ printf '%s\\n' "$3"; cat; }} >"{mails}/new.$$" && mv "{mails}/new.$$" "{mails}/$2.mail"
"""

CONTACT = """\
define command {{
    command_name note-macros
    command_line {note}
}}
define contact {{
    contact_name night
    email night@example.com
    host_notifications_enabled 0
    host_notification_commands note-macros
    service_notification_options w,u,c
    service_notification_period always
    service_notification_commands notify-videoconf-by-email,note-macros
}}
define timeperiod {{
    timeperiod_name always
    alias always
    monday 00:00-24:00
    tuesday 00:00-24:00
    wednesday 00:00-24:00
    thursday 00:00-24:00
    friday 00:00-24:00
    saturday 00:00-24:00
    sunday 00:00-24:00
}}
"""
TOLD = "    max_check_attempts 1\n    contacts night\n    notification_period always\n"
MACROS = [
    "HOSTNAME",
    "HOSTADDRESS",
    "SERVICEDESC",
    "SERVICESTATE",
    "SERVICEOUTPUT",
    "LONGSERVICEOUTPUT",
    "SERVICEPERFDATA",
]

# What Nagios takes out of what a check says, before a shell can see it.
ILLEGAL = str.maketrans("", "", "`~$&|'\"<>")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("nagios")
    for name in ("results", "mails"):
        (directory / name).mkdir()
    password_file(directory)
    return directory


@pytest.fixture(scope="module")
def mails(scratch: Path, simulator: Simulator) -> dict[str, list[str]]:
    """Subject to lines, of all that the shipped command sent; its mail program is one that keeps what it gets."""
    mail = scratch / "mail"
    mail.write_text(MAIL.format(mails=scratch / "mails"), encoding="utf-8")
    mail.chmod(0o755)
    shipped = (SHIPPED / "notifications.cfg").read_text(encoding="utf-8")
    assert shipped.count("/usr/bin/mail ") == 1
    macros = " ".join(f'"${name}$"' for name in MACROS)
    note = f"/usr/bin/printf '%s\\n' {macros} | {mail} -s \"macros of $HOSTNAME$ $SERVICEDESC$\" nobody"
    objects = [shipped.replace("/usr/bin/mail", str(mail)), CONTACT.format(note=note), hosts(simulator)]
    objects += [service(check).replace("    max_check_attempts 1\n", TOLD) for check in NOTIFIED]
    configuration = configure(scratch, "run", simulator, *objects)
    nagios = program("nagios4")
    assert_accepted(nagios, configuration)

    def sent() -> dict[str, list[str]] | None:
        found = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in scratch.glob("mails/*.mail")}
        return found if len(found) == 2 * len(NOTIFIED) else None

    with running(nagios, configuration) as daemon:
        return daemon.wait_for("all notifications are sent", sent)


@pytest.fixture(scope="module")
def answers(scratch: Path, simulator: Simulator) -> dict[str, Answer]:
    """What each check says by hand."""
    return {str(check): checks.by_hand(check, simulator, scratch) for check in NOTIFIED}


def readable(line: str) -> str:
    """As it is in a notification, but for numbers, which change between two runs."""
    return words(line.translate(ILLEGAL).rstrip())


@pytest.mark.parametrize("check", NOTIFIED, ids=str)
def test_a_mail_says_at_its_top_what_is_wrong_and_then_every_line_that_the_check_said(
    check: Check, mails: dict[str, list[str]], answers: dict[str, Answer]
) -> None:
    system, mode = check.service.system, check.service.name
    state = ("OK", "WARNING", "CRITICAL")[check.state]
    answer = answers[str(check)]
    to, first, empty, *rest = mails[f"PROBLEM: {mode} on {system} is {state}"]
    assert (to, empty) == ("night@example.com", "")
    assert first.startswith(f"{str(check).upper()} {state} - ")
    assert readable(first) == readable(answer.first_line.partition(" | ")[0])
    end = rest.index("")
    assert list(map(readable, rest[:end])) == list(map(readable, answer.long_output))
    assert rest[end + 1 : -1] == [f"Service: {mode}", f"Host: {system} (127.0.0.1)", f"State: {state} (HARD)"]
    assert rest[-1].startswith("Time: ")


def test_a_mail_has_the_words_that_a_person_needs(mails: dict[str, list[str]]) -> None:
    """Of one check whole, so that whoever reads this sees what arrives at night."""
    _, *lines = mails["PROBLEM: alarms on conductor is WARNING"]
    assert [words(line) for line in lines[:3]] == [
        "CONDUCTOR ALARMS WARNING - Conference bridge unreachable (N) [error] for N s",
        "",
        "WARNING: Conference bridge unreachable (N) [error] for N s",
    ]


@pytest.mark.parametrize("check", NOTIFIED, ids=str)
def test_every_macro_is_what_the_plugin_said_but_for_what_nagios_takes_out(
    check: Check, mails: dict[str, list[str]], answers: dict[str, Answer]
) -> None:
    system, mode = check.service.system, check.service.name
    answer = answers[str(check)]
    text, _, perfdata = answer.first_line.partition(" | ")
    _, *values = mails[f"macros of {system} {mode}"]
    assert values[:4] == [system, "127.0.0.1", mode, ("OK", "WARNING", "CRITICAL")[check.state]]
    said = [text, "\\n".join(answer.long_output), perfdata]
    assert list(map(words, values[4:])) == list(map(readable, said))
