"""Icinga 2 with the templates runs every mode on simulated devices; its API gives back what the plugin said."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from check_videoconf.catalog import SYSTEMS
from check_videoconf.simulator import Simulator
from scripts.pollers import icinga2 as templates
from scripts.templates import TEMPLATES
from tests.engines.checks import (
    CHECKS,
    PASSWORD,
    PLUGIN,
    USERNAME,
    Check,
    environment,
    free_port,
    port,
    program,
    steady,
    words,
)
from tests.engines.conftest import ByHand

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

SECONDS_TO_CHECK_ALL = 120
NODE = "localhost"
API = ("api", "scratch")

MAIN = """\
const NodeName = "{node}"
const ZoneName = NodeName
const PluginDir = "{plugins}"
const ManubulonPluginDir = PluginDir
const PluginContribDir = PluginDir
const MaxConcurrentChecks = 4
include <itl>
include <plugins>
object Endpoint NodeName {{ host = "127.0.0.1" }}
object Zone ZoneName {{ endpoints = [ NodeName ] }}
object IcingaApplication "app" {{}}
object CheckerComponent "checker" {{}}
object FileLogger "file" {{ severity = "information"; path = "{scratch}/log/icinga2.log" }}
object ApiListener "api" {{ bind_host = "127.0.0.1"; bind_port = {port} }}
object ApiUser "{user}" {{ password = "{password}"; permissions = [ "*" ] }}
template Host "generic-host" {{ check_command = "dummy" }}
include "{templates}/commands.conf"
include "{templates}/services.conf"
include "{templates}/example.conf"
include "{scratch}/hosts.conf"
"""

HOST = """\
object Host "{system}" {{
  check_command = "dummy"
  address = "127.0.0.1"
  vars.vc_port = {port}
  vars.vc_username = "{username}"
  vars.vc_password = "{password}"
  vars.vc_cacert = "{ca_file}"
  vars.videoconf = {{
    system = "{system}"
    discovery = true
{options}  }}
}}
"""

# The example's hosts are for the check of the configuration only.
CHECK_NOW = 'host.address == "127.0.0.1"'

PARSED = """\
var found = {};
for (service in get_objects(Service)) {
  if (service.last_check_result) {
    var items = [];
    for (item in service.last_check_result.performance_data) { items.add(parse_performance_data(item)); };
    found.set(service.__name, items);
  };
};
found"""

# How Icinga calls the units we print, and what it multiplies the value with.
UNITS = {"": ("", 1), "%": ("percent", 1), "s": ("seconds", 1), "ms": ("seconds", 0.001), "B": ("bytes", 1)}

PARTS = ("value", "unit", "warn", "crit", "min", "max")

Objects = dict[str, dict[str, Any]]


class Icinga:
    """A daemon in a scratch directory, as the user who runs the tests."""

    def __init__(self, scratch: Path) -> None:
        self.program = program("icinga2")
        self.scratch = scratch
        self.main = scratch / "etc" / "icinga2.conf"
        self.port = free_port()
        self.url = f"https://{NODE}:{self.port}/v1"
        user = pwd.getpwuid(os.geteuid())
        group = grp.getgrgid(os.getegid()).gr_name
        places = {
            "ConfigDir": "etc",
            "DataDir": "lib",
            "LogDir": "log",
            "CacheDir": "cache",
            "SpoolDir": "spool",
            "InitRunDir": "run",
            "PidPath": "run/icinga2.pid",
            "VarsPath": "cache/icinga2.vars",
            "ObjectsPath": "cache/icinga2.debug",
            "ModAttrPath": "lib/modified-attributes.conf",
            "StatePath": "lib/icinga2.state",
        }
        for place in ("etc", "lib/certs", "lib/api", "log/crash", "cache", "spool", "run"):
            (scratch / place).mkdir(parents=True)
        self.definitions = [f"-D{name}={scratch / place}" for name, place in places.items()]
        self.definitions += [f"-DRunAsUser={user.pw_name}", f"-DRunAsGroup={group}"]
        self.environment = {
            **environment(scratch / "state"),
            "ICINGA2_USER": user.pw_name,
            "ICINGA2_GROUP": group,
            "ICINGA2_CONFIG_FILE": str(self.main),
            "ICINGA2_DATA_DIR": str(scratch / "lib"),
            "ICINGA2_LOG_DIR": str(scratch / "log"),
            "ICINGA2_CACHE_DIR": str(scratch / "cache"),
            "ICINGA2_SPOOL_DIR": str(scratch / "spool"),
            "ICINGA2_INIT_RUN_DIR": str(scratch / "run"),
            "ICINGA2_ERROR_LOG": str(scratch / "log" / "error.log"),
        }

    def configure(self, simulator: Simulator) -> None:
        fields = {
            "node": NODE,
            "plugins": PLUGIN.parent,
            "scratch": self.scratch,
            "port": self.port,
            "user": API[0],
            "password": API[1],
            "templates": TEMPLATES / "icinga2",
        }
        self.main.write_text(MAIN.format(**fields), encoding="utf-8")
        hosts = "".join(_host(system, simulator) for system in SYSTEMS)
        (self.scratch / "hosts.conf").write_text(hosts, encoding="utf-8")
        certificate = self.scratch / "lib" / "certs" / NODE
        self.call("pki", "new-ca")
        self.call("pki", "new-cert", "--cn", NODE, "--key", f"{certificate}.key", "--csr", f"{certificate}.csr")
        self.call("pki", "sign-csr", "--csr", f"{certificate}.csr", "--cert", f"{certificate}.crt")
        ca_file = self.scratch / "lib" / "certs" / "ca.crt"
        ca_file.write_bytes((self.scratch / "lib" / "ca" / "ca.crt").read_bytes())

    def call(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.program, *arguments, *self.definitions],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, verb: str, path: str, **body: object) -> Any:
        answer = requests.request(
            verb,
            f"{self.url}/{path}",
            json=body or None,
            auth=API,
            verify=str(self.scratch / "lib" / "certs" / "ca.crt"),
            headers={"Accept": "application/json"},
            timeout=20,
        )
        answer.raise_for_status()
        return answer.json()["results"]

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        with (self.scratch / "log" / "stdout").open("wb") as stdout:
            process = subprocess.Popen(
                [self.program, "daemon", "-c", self.main, *self.definitions],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            # Icinga sometimes hangs when it ends, and its worker outlives it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)

    def wait_until(self, process: subprocess.Popen[bytes], what: str, seconds: float) -> Iterator[None]:
        """Yield until the caller stops asking; fail when the daemon ends or the time is over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.poll() is None:
            yield
            time.sleep(0.3)
        pytest.fail(f"{what}:\n" + (self.scratch / "log" / "stdout").read_text(encoding="utf-8")[-4000:])


def _host(system: str, simulator: Simulator) -> str:
    options = "".join(
        f'    options["{check.service.name}"] = {templates.variables(check.arguments)}\n'
        for check in CHECKS
        if check.service.system == system and check.arguments
    )
    return HOST.format(
        system=system,
        port=port(simulator, system),
        username=USERNAME,
        password=PASSWORD,
        ca_file=simulator.ca_file,
        options=options,
    )


@pytest.fixture(scope="module")
def icinga(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> Icinga:
    made = Icinga(tmp_path_factory.mktemp("icinga"))
    made.configure(simulator)
    return made


@pytest.fixture(scope="module")
def objects(icinga: Icinga) -> Objects:
    """The last check result of each service by `system mode`, with its perfdata as Icinga understands it."""
    with icinga.running() as process:
        for _ in icinga.wait_until(process, "its API does not answer", 60):
            with contextlib.suppress(requests.ConnectionError):
                icinga.ask("POST", "actions/reschedule-check", type="Service", filter=CHECK_NOW, force=True)
                break
        for _ in icinga.wait_until(process, "not all services were checked", SECONDS_TO_CHECK_ALL):
            answer = icinga.ask("GET", "objects/services", filter=CHECK_NOW, attrs=["last_check_result", "name"])
            if len(answer) == len(CHECKS) and all(one["attrs"]["last_check_result"] for one in answer):
                break
        (parsed,) = icinga.ask("POST", "console/execute-script", command=PARSED, session="test", sandboxed=False)
    results = {one["name"]: one["attrs"]["last_check_result"] for one in answer}
    return {
        str(check): {**results[name], "items": parsed["result"][name]}
        for check in CHECKS
        for name in [f"{check.service.system}!{check.service.system}-{check.service.name}"]
    }


def test_icinga_accepts_the_templates_and_the_example(icinga: Icinga) -> None:
    output = icinga.call("daemon", "-C", "-c", str(icinga.main))
    assert "warning/" not in output
    services = len(CHECKS) * 2 - sum(check.service.discovery for check in CHECKS)
    assert f"Instantiated {services} Services" in output


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_icinga_gives_back_the_state_the_output_and_the_perfdata(
    check: Check, objects: Objects, by_hand: ByHand
) -> None:
    result, answer = objects[str(check)], by_hand(check)
    text, _, _ = answer.first_line.partition(" | ")
    assert (int(result["state"]), answer.code, answer.stderr) == (check.state, check.state, "")
    assert result["output"].startswith(check.begins)
    expected = [words(line.rstrip()) for line in (text, *answer.long_output)]
    assert [words(line.rstrip()) for line in result["output"].splitlines()] == expected
    assert steady(stored_items(result)) == steady(answer.perfdata)
    assert len(result["performance_data"]) == len(answer.perfdata)
    assert PASSWORD not in " ".join(result["command"])


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_icinga_understands_value_unit_thresholds_and_bounds_of_every_item(check: Check, objects: Objects) -> None:
    result = objects[str(check)]
    understood = {item["label"]: [item[part] for part in PARTS] for item in result["items"]}
    assert understood == {label: as_understood(value) for label, value in stored_items(result).items()}


def stored_items(result: dict[str, Any]) -> dict[str, str]:
    """The items as Icinga took them from the output, without the quotes that it keeps around some labels."""
    pairs = (item.rpartition("=") for item in result["performance_data"])
    return {label.strip("'"): value for label, _, value in pairs}


def as_understood(text: str) -> list[Any]:
    """Value, unit, thresholds and bounds in Icinga's units; of thresholds it knows plain numbers only, no ranges."""
    first, *others = text.split(";")
    match = re.fullmatch(r"(-?[0-9.]+)(.*)", first)
    assert match
    unit, factor = UNITS[match[2]]
    numbers = [match[1], *(other if re.fullmatch(r"-?[0-9.]+", other) else "" for other in others)]
    value, *bounds = [pytest.approx(float(number) * factor) if number else None for number in numbers]
    return [value, unit, *bounds]
