"""Icinga 2 in a scratch directory, as the user who runs the tests, and what its API says of our checks."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests

from check_videoconf.simulator import Simulator
from scripts.pollers import icinga2 as templates
from tests.conftest import Answer
from tests.engines.checks import (
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
from tests.engines.daemons import Daemon, running
from tests.pki import DAY, Authority

# The name in the certificate of the one whose API is asked.
NODE = "localhost"
API = ("api", "scratch")

_MAIN = """\
const NodeName = "{node}"
const PluginDir = "{plugins}"
const ManubulonPluginDir = PluginDir
const PluginContribDir = PluginDir
const MaxConcurrentChecks = 4
include <itl>
include <plugins>
object IcingaApplication "app" {{}}
object CheckerComponent "checker" {{}}
object FileLogger "file" {{ severity = "information"; path = "{scratch}/log/icinga2.log" }}
object ApiListener "api" {{
  bind_host = "127.0.0.1"
  bind_port = {port}
  accept_config = true
  accept_commands = true
}}
object ApiUser "{user}" {{ password = "{password}"; permissions = [ "*" ] }}
"""

_HOST = """\
object Host "{system}" {{
  check_command = "dummy"
  address = "127.0.0.1"
  vars.vc_port = {port}
  vars.vc_username = "{username}"
  vars.vc_password = "{password}"
  vars.vc_cacert = "{ca_file}"
  vars.videoconf = {{
    system = "{system}"
{lines}  }}
}}
"""

Result = dict[str, Any]


class Icinga:
    """A daemon of its own. node: the name of its endpoint."""

    def __init__(self, scratch: Path, node: str = NODE) -> None:
        self.program = program("icinga2")
        self.scratch = scratch
        self.node = node
        self.main = scratch / "etc" / "icinga2.conf"
        self.ca_file = scratch / "lib" / "certs" / "ca.crt"
        self.port = free_port()
        user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
        places = {
            "ConfigDir": "etc",
            "ZonesDir": "etc/zones.d",
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
        self.definitions += [f"-DRunAsUser={user}", f"-DRunAsGroup={group}"]
        self.environment = {
            **environment(scratch / "state"),
            "ICINGA2_USER": user,
            "ICINGA2_GROUP": group,
            "ICINGA2_CONFIG_FILE": str(self.main),
            "ICINGA2_DATA_DIR": str(scratch / "lib"),
            "ICINGA2_LOG_DIR": str(scratch / "log"),
            "ICINGA2_CACHE_DIR": str(scratch / "cache"),
            "ICINGA2_SPOOL_DIR": str(scratch / "spool"),
            "ICINGA2_INIT_RUN_DIR": str(scratch / "run"),
            "ICINGA2_ERROR_LOG": str(scratch / "log" / "error.log"),
        }

    def configure(self, text: str, authority: Authority) -> None:
        """Write its configuration, with `text` behind what every daemon needs, and its certificate."""
        names = {"node": self.node, "plugins": PLUGIN.parent, "scratch": self.scratch, "port": self.port}
        main = _MAIN.format(**names, user=API[0], password=API[1])
        self.main.write_text(main + text, encoding="utf-8")
        # Icinga asks for another certificate a month before the end of this one.
        certificate_and_key = authority.issue(self.node, names=(self.node,), end=100 * DAY).read_bytes()
        for suffix in ("crt", "key"):
            (self.ca_file.parent / f"{self.node}.{suffix}").write_bytes(certificate_and_key)
        self.ca_file.write_bytes(authority.path.read_bytes())

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

    def running(self) -> contextlib.AbstractContextManager[Daemon]:
        command = [self.program, "daemon", "-x", "warning", "-c", self.main, *self.definitions]
        return running(command, self.environment, self.scratch / "log" / "stdout")

    def ask(self, verb: str, path: str, **body: object) -> Any:
        """What its API answers, None while it does not answer."""
        with contextlib.suppress(requests.ConnectionError):
            answer = requests.request(
                verb,
                f"https://{self.node}:{self.port}/v1/{path}",
                json=body or None,
                auth=API,
                verify=str(self.ca_file),
                headers={"Accept": "application/json"},
                timeout=20,
            )
            answer.raise_for_status()
            return answer.json()["results"]

    def results(self, where: str) -> dict[str, Result]:
        """The last check result of each service that has one, by the name of the service."""
        found = self.ask("GET", "objects/services", filter=where, attrs=["last_check_result", "__name"]) or []
        pairs = ((one["attrs"]["__name"], one["attrs"]["last_check_result"]) for one in found)
        return {name: result for name, result in pairs if result}


def endpoint(icinga: Icinga) -> str:
    """How others reach it."""
    return f'object Endpoint "{icinga.node}" {{ host = "127.0.0.1"; port = {icinga.port} }}\n'


def host(system: str, simulator: Simulator, *lines: str) -> str:
    """A host as the documentation says, with more lines about its checks."""
    return _HOST.format(
        system=system,
        port=port(simulator, system),
        username=USERNAME,
        password=PASSWORD,
        ca_file=simulator.ca_file,
        lines="".join(f"    {line}\n" for line in lines),
    )


def options(checks: Iterable[Check]) -> list[str]:
    """Lines about a host's checks: the options of each."""
    return [
        f'options["{check.service.name}"] = {templates.variables(check.arguments)}'
        for check in checks
        if check.arguments
    ]


def name(check: Check) -> str:
    """What Icinga calls it, on the host of this module."""
    return f"{check.service.system}!{check.service.system}-{check.service.name}"


def assert_same(result: Result, check: Check, answer: Answer) -> None:
    """State, words and perfdata of a check result are those of the plugin run by hand; the password is nowhere."""
    text, _, _ = answer.first_line.partition(" | ")
    assert (int(result["state"]), answer.code, answer.stderr) == (check.state, check.state, ""), result["output"]
    assert result["output"].startswith(check.begins)
    expected = [words(line.rstrip()) for line in (text, *answer.long_output)]
    assert [words(line.rstrip()) for line in result["output"].splitlines()] == expected
    assert steady(stored_items(result)) == steady(answer.perfdata)
    assert len(result["performance_data"]) == len(answer.perfdata)
    assert PASSWORD not in " ".join(result["command"])


def stored_items(result: Result) -> dict[str, str]:
    """The items as Icinga took them from the output, without the quotes that it keeps around some labels."""
    pairs = (item.rpartition("=") for item in result["performance_data"])
    return {label.strip("'"): value for label, _, value in pairs}
