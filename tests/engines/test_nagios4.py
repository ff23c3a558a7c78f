"""Nagios Core 4 runs the plugin against simulated devices; what it stores is what the plugin said."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator
from tests.conftest import Answer

pytestmark = [pytest.mark.engines, pytest.mark.timeout(150)]

PLUGIN = Path(sysconfig.get_path("scripts"), "check_videoconf")
SECONDS_TO_CHECK_ALL = 60

NAGIOS_CFG = """\
cfg_file={scratch}/objects.cfg
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
interval_length=1
status_update_interval=1
check_result_reaper_frequency=1
service_inter_check_delay_method=n
service_interleave_factor=1
service_check_timeout=60
illegal_macro_output_chars=`~$&|'"<>
"""

# The password stays out of every command line: Nagios shows those to whoever may see its objects.
RESOURCE_CFG = """\
$USER1$={plugins}
$USER2$={scratch}/password
$USER3$={ca_file}
"""

COMMAND = """\
define command {
    command_name check_videoconf
    command_line $USER1$/check_videoconf $ARG1$ $ARG2$ -H $HOSTADDRESS$ -p $_HOSTPORT$ -u monitor \
--password-file $USER2$ --cacert $USER3$
}
"""

# Nagios does not start without one.
CONTACT = """\
define contact {
    contact_name nobody
    host_notifications_enabled 0
    service_notifications_enabled 0
    host_notification_commands check_videoconf
    service_notification_commands check_videoconf
}
"""

HOST = """\
define host {{
    host_name {system}
    address 127.0.0.1
    _PORT {port}
    max_check_attempts 1
    active_checks_enabled 0
}}
"""

SERVICE = """\
define service {{
    host_name {service.system}
    service_description {service.mode}
    check_command check_videoconf!{service.system}!{service.mode}
    check_interval 3600
    retry_interval 3600
    max_check_attempts 1
}}
"""


@dataclass(frozen=True)
class Service:
    system: str
    mode: str
    state: int
    words: str

    def __str__(self) -> str:
        return f"{self.system} {self.mode}"


SERVICES = (
    Service("pexip", "alarms", 2, "PEXIP ALARMS CRITICAL - "),
    Service("pexip", "conferences", 0, "PEXIP CONFERENCES OK - "),
    Service("pexip", "call-quality", 1, "PEXIP CALL-QUALITY WARNING - "),
    Service("pexip", "node-load", 1, "PEXIP NODE-LOAD WARNING - "),
    Service("conductor", "health", 0, "CONDUCTOR HEALTH OK - "),
    Service("trio", "device", 0, "TRIO DEVICE OK - "),
)

Status = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("nagios")
    (directory / "results").mkdir()
    password = directory / "password"
    password.touch(mode=0o600)
    password.write_text("simulated\n")
    return directory


@pytest.fixture(scope="module")
def status(scratch: Path, simulator: Simulator) -> Status:
    """What the status file of Nagios holds of each service, once all have been checked."""
    nagios = shutil.which("nagios4") or shutil.which("nagios4", path="/usr/sbin")
    if nagios is None:
        if os.environ.get("REQUIRE_ENGINES"):
            pytest.fail("nagios4 is not installed")
        pytest.skip("nagios4 is not installed")
    write_configuration(scratch, simulator)
    verified = subprocess.run(
        [nagios, "-v", scratch / "nagios.cfg"], capture_output=True, text=True, timeout=30, check=False
    )
    assert verified.returncode == 0, verified.stdout
    with running(nagios, scratch) as process:
        return wait_until_all_are_checked(process, scratch)


def write_configuration(scratch: Path, simulator: Simulator) -> None:
    def write(name: str, *text: str) -> None:
        (scratch / name).write_text("".join(text), encoding="utf-8")

    user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    plugins, ca_file = PLUGIN.parent, simulator.ca_file
    write("nagios.cfg", NAGIOS_CFG.format(scratch=scratch, user=user, group=group))
    write("resource.cfg", RESOURCE_CFG.format(scratch=scratch, plugins=plugins, ca_file=ca_file))
    hosts = (HOST.format(system=name, port=port(simulator, name)) for name in ("pexip", "conductor", "trio"))
    services = (SERVICE.format(service=service) for service in SERVICES)
    write("objects.cfg", COMMAND, CONTACT, *hosts, *services)


def port(simulator: Simulator, system: str) -> int:
    return int(getattr(simulator, system).port)


def environment(scratch: Path, name: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(scratch / name)}


@contextlib.contextmanager
def running(nagios: str, scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (scratch / "stdout").open("wb") as stdout:
        process = subprocess.Popen(
            [nagios, scratch / "nagios.cfg"],
            env=environment(scratch, "state-of-nagios"),
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
            if len(found) == len(SERVICES) and all(one["has_been_checked"] == "1" for one in found.values()):
                return found
        time.sleep(0.2)
    pytest.fail("not all services were checked:\n" + (scratch / "nagios.log").read_text(encoding="utf-8"))


def parse_status(text: str) -> Status:
    blocks = re.findall(r"^servicestatus \{\n(.*?)^\t\}", text, re.MULTILINE | re.DOTALL)
    services = (dict(line.strip().split("=", 1) for line in block.splitlines()) for block in blocks)
    return {f"{service['host_name']} {service['service_description']}": service for service in services}


def by_hand(service: Service, scratch: Path, simulator: Simulator) -> Answer:
    done = subprocess.run(
        [
            *(PLUGIN, service.system, service.mode),
            *("-H", "127.0.0.1", "-p", str(port(simulator, service.system))),
            *("-u", "monitor", "--password-file", scratch / "password", "--cacert", simulator.ca_file),
        ],
        env=environment(scratch, "state-by-hand"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=45,
        check=False,
    )
    return Answer(done.stdout, done.stderr, done.returncode)


def without_times(perfdata: dict[str, str]) -> list[tuple[str, str]]:
    """All labels, in order, and the values of those that are not a time that passes between two runs."""
    return [(label, "" if label.endswith(".seconds") else value) for label, value in perfdata.items()]


def words(*lines: str) -> list[str]:
    """Without numbers, as ages pass between two runs. Nagios turns each semicolon outside perfdata into a colon."""
    return [re.sub(r"\d+", "N", line.replace(";", ":")) for line in lines]


@pytest.mark.parametrize("service", SERVICES, ids=str)
def test_nagios_stores_the_state_the_words_and_the_perfdata(
    service: Service, status: Status, scratch: Path, simulator: Simulator
) -> None:
    stored = status[str(service)]
    assert (stored["current_state"], stored["plugin_output"][: len(service.words)]) == (
        str(service.state),
        service.words,
    )
    answer = by_hand(service, scratch, simulator)
    assert (answer.code, answer.stderr) == (service.state, "")
    text, _, perfdata = answer.first_line.partition(" | ")
    assert words(stored["plugin_output"]) == words(text)
    assert words(*stored["long_plugin_output"].replace(r"\n", "\n").splitlines()) == words(*answer.long_output)
    stored_perfdata = Answer(f"{text} | {stored['performance_data']}", "", service.state).perfdata
    assert without_times(stored_perfdata) == without_times(answer.perfdata)
    assert stored["performance_data"].count("'=") == perfdata.count("'=") == len(answer.perfdata) > 0


def test_nagios_logs_nothing_wrong_with_the_plugin(status: Status, scratch: Path) -> None:
    log = (scratch / "nagios.log").read_text(encoding="utf-8")
    assert len(status) == len(SERVICES)
    assert re.findall(r".*(?:out of bounds|timed out|No output|stderr).*", log) == []
