"""Nagios Core 4 with the templates runs every mode on simulated devices and stores what the plugin said."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf.catalog import SYSTEMS
from check_videoconf.simulator import Simulator
from scripts.pollers import nagios as nagios_templates
from scripts.templates import TEMPLATES
from tests.conftest import Answer
from tests.engines.checks import (
    CHECKS,
    PLUGIN,
    USERNAME,
    Check,
    environment,
    password_file,
    port,
    program,
    steady,
    words,
)
from tests.engines.conftest import ByHand

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

SECONDS_TO_CHECK_ALL = 120
SECONDS_BETWEEN_CHECKS = 0.4  # so that two cores keep up

NAGIOS_CFG = """\
cfg_file={templates}/commands.cfg
cfg_file={templates}/hosts.cfg
cfg_file={templates}/services.cfg
cfg_file={scratch}/{objects}.cfg
resource_file={scratch}/resource.cfg
log_file={scratch}/nagios.log
object_cache_file={scratch}/objects.cache
precached_object_file={scratch}/objects.precache
status_file={scratch}/status.dat
state_retention_file={scratch}/retention.dat
lock_file={scratch}/nagios.pid
temp_file={scratch}/nagios.tmp
temp_path={scratch}
check_result_path={scratch}/results
log_archive_path={scratch}
query_socket={scratch}/nagios.qh
command_file={scratch}/nagios.cmd
debug_file={scratch}/nagios.debug
nagios_user={user}
nagios_group={group}
use_syslog=0
enable_notifications=0
check_for_updates=0
retain_state_information=0
process_performance_data=0
status_update_interval=1
check_result_reaper_frequency=1
service_inter_check_delay_method={delay}
service_interleave_factor=1
service_check_timeout=60
illegal_macro_output_chars=`~$&|'"<>
"""

# Nagios does not start without a contact.
CONTACT = """\
define command {
    command_name nothing
    command_line /bin/true
}
define contact {
    contact_name nobody
    host_notifications_enabled 0
    service_notifications_enabled 0
    host_notification_commands nothing
    service_notification_commands nothing
}
"""

HOST = """\
define host {{
    use videoconf-{system}
    host_name {system}
    address 127.0.0.1
    _VC_PORT {port}
    max_check_attempts 1
    active_checks_enabled 0
}}
"""

# Checked once: how often is the template's business, and a second run of a check has other words than the first.
SERVICE = """\
define service {{
    use videoconf-{system}-{mode}
    host_name {system}
    service_description {mode}
    {command}
    check_interval 1440
    max_check_attempts 1
}}
"""

# What the example builds on, which every site has.
GENERIC = """\
define host {
    name generic-host
    max_check_attempts 3
    register 0
}
define service {
    name generic-service
    register 0
}
"""

Status = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def nagios() -> str:
    return program("nagios4")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("nagios")
    (directory / "results").mkdir()
    password_file(directory)
    return directory


@pytest.fixture(scope="module")
def status(nagios: str, scratch: Path, simulator: Simulator) -> Status:
    """What the status file of Nagios holds of each service, once all have been checked."""
    hosts = (HOST.format(system=system, port=port(simulator, system)) for system in SYSTEMS)
    configuration = configure(scratch, "run", simulator, CONTACT, *hosts, *map(service, CHECKS))
    assert_accepted(nagios, configuration)
    with running(nagios, configuration) as process:
        return wait_until_all_are_checked(process, scratch)


def service(check: Check) -> str:
    system, mode = check.service.system, check.service.name
    options = nagios_templates.argument(check.arguments)
    command = f"check_command check_videoconf_{system}!{mode}!{options}" if options else ""
    return SERVICE.format(system=system, mode=mode, command=command)


def configure(scratch: Path, name: str, simulator: Simulator, *objects: str) -> Path:
    """Write a whole configuration with these objects beside the templates; the path of its main file."""
    main, resource = scratch / f"{name}.cfg", (TEMPLATES / "nagios" / "resource.cfg").read_text(encoding="utf-8")
    main.write_text(
        NAGIOS_CFG.format(
            templates=TEMPLATES / "nagios",
            scratch=scratch,
            objects=f"objects-of-{name}",
            user=pwd.getpwuid(os.geteuid()).pw_name,
            group=grp.getgrgid(os.getegid()).gr_name,
            delay=SECONDS_BETWEEN_CHECKS,
        ),
        encoding="utf-8",
    )
    (scratch / f"objects-of-{name}.cfg").write_text("".join(objects), encoding="utf-8")
    resource = re.sub(r"(?m)^(\$USER1[135]\$)=.*", rf"\1={USERNAME}", resource)
    resource = re.sub(r"(?m)^(\$USER1[246]\$)=.*", rf"\1={scratch}/password", resource)
    resource = re.sub(r"(?m)^#(\$USER17\$)=.*", rf"\1={simulator.ca_file}", resource)
    (scratch / "resource.cfg").write_text(f"{resource}$USER1$={PLUGIN.parent}\n", encoding="utf-8")
    return main


def assert_accepted(nagios: str, configuration: Path) -> None:
    verified = subprocess.run([nagios, "-v", configuration], capture_output=True, text=True, timeout=30, check=False)
    assert verified.returncode == 0, verified.stdout
    assert "Total Errors:   0" in verified.stdout


@contextlib.contextmanager
def running(nagios: str, configuration: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (configuration.parent / "stdout").open("wb") as stdout:
        process = subprocess.Popen(
            [nagios, configuration],
            env=environment(configuration.parent / "state-of-nagios"),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=30)


def wait_until_all_are_checked(process: subprocess.Popen[bytes], scratch: Path) -> Status:
    """Nagios removes its status file when it ends, so it is read while Nagios runs."""
    deadline = time.monotonic() + SECONDS_TO_CHECK_ALL
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            found = parse_status((scratch / "status.dat").read_text(encoding="utf-8"))
            if len(found) == len(CHECKS) and all(one["has_been_checked"] == "1" for one in found.values()):
                return found
        time.sleep(0.2)
    pytest.fail("not all services were checked:\n" + (scratch / "nagios.log").read_text(encoding="utf-8"))


def parse_status(text: str) -> Status:
    blocks = re.findall(r"^servicestatus \{\n(.*?)^\t\}", text, re.MULTILINE | re.DOTALL)
    found = (dict(line.strip().split("=", 1) for line in block.splitlines()) for block in blocks)
    return {f"{one['host_name']} {one['service_description']}": one for one in found}


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_nagios_stores_the_state_the_words_and_the_perfdata(check: Check, status: Status, by_hand: ByHand) -> None:
    stored = status[str(check)]
    assert (int(stored["current_state"]), stored["plugin_output"][: len(check.begins)]) == (check.state, check.begins)
    answer = by_hand(check)
    assert (answer.code, answer.stderr) == (check.state, "")
    text, _, perfdata = answer.first_line.partition(" | ")
    # Nagios turns each semicolon outside perfdata into a colon, and drops blanks at the end of a line.
    assert words(stored["plugin_output"]) == words(text.replace(";", ":").rstrip())
    long_output = stored["long_plugin_output"].replace(r"\n", "\n").splitlines()
    assert list(map(words, long_output)) == [words(line.rstrip()) for line in answer.long_output]
    stored_perfdata = Answer(f"{text} | {stored['performance_data']}", "", check.state).perfdata
    assert steady(stored_perfdata) == steady(answer.perfdata)
    assert stored["performance_data"].count("'=") == perfdata.count("'=") == len(answer.perfdata)


def test_nagios_logs_nothing_wrong_with_the_plugin(status: Status, scratch: Path) -> None:
    log = (scratch / "nagios.log").read_text(encoding="utf-8")
    assert len(status) == len(CHECKS)
    assert re.findall(r".*(?:out of bounds|timed out|No output|stderr).*", log) == []


def test_nagios_accepts_the_example_as_it_is_shipped(nagios: str, scratch: Path, simulator: Simulator) -> None:
    shipped = TEMPLATES / "nagios"
    example = (shipped / "example.cfg").read_text(encoding="utf-8")
    configuration = configure(scratch, "example", simulator, CONTACT, GENERIC, example)
    (scratch / "resource.cfg").write_bytes((shipped / "resource.cfg").read_bytes())
    assert_accepted(nagios, configuration)
