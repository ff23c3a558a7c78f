"""A real Icinga Director restores the basket and deploys it to a real Icinga 2, whose checks say what they should."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from check_videoconf.catalog import SYSTEMS
from check_videoconf.simulator import Simulator
from scripts.pollers import director as templates
from scripts.templates import TEMPLATES
from tests.engines.checks import CHECKS, PLUGIN, USERNAME, Check, environment, missing, password_file, port, program
from tests.engines.conftest import ByHand
from tests.engines.daemons import Daemon, running
from tests.engines.icinga import API, NODE, Icinga, Result, assert_same, endpoint
from tests.pki import Authority

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

MODULES = Path("/usr/share/icingaweb2/modules")
BASKET = TEMPLATES / "icinga2" / "director-basket.json"
IN_SETS = [check for check in CHECKS if not check.service.on_request and not check.service.discovery]
# Two of each product are run; with the arguments that none has here.
RUN = [
    check for check in IN_SETS if str(check) in ("pexip node-load", "pexip licenses", "conductor alarms", "trio device")
]

ZONES = f"""\
object Zone "master" {{ endpoints = [ "{NODE}" ] }}
object Zone "director-global" {{ global = true }}
"""

DATABASE = """\
[director]
type = "db"
db = "mysql"
host = "localhost"
dbname = "director"
username = "root"
password = ""
charset = "utf8"
"""

KICKSTART = """\
[config]
endpoint = "{node}"
host = "127.0.0.1"
port = {port}
username = "{user}"
password = "{password}"
"""


COUNTS = """\
SELECT COUNT(*) FROM director.director_activity_log
UNION ALL SELECT COUNT(*) FROM director.director_datafield
UNION ALL SELECT COUNT(*) FROM director.director_datalist_entry
UNION ALL SELECT COUNT(*) FROM director.icinga_command_argument
UNION ALL SELECT COUNT(*) FROM director.icinga_command_field
UNION ALL SELECT COUNT(*) FROM director.icinga_host_field
UNION ALL SELECT COUNT(*) FROM director.icinga_service
UNION ALL SELECT COUNT(*) FROM director.icinga_service_field
"""


class Director:
    """Icinga Director with a database of its own, used through icingacli."""

    def __init__(self, scratch: Path, icinga: Icinga) -> None:
        self.scratch = scratch
        self.socket = scratch / "sql"
        settings = scratch / "icingaweb2"
        (settings / "enabledModules").mkdir(parents=True)
        (settings / "modules" / "director").mkdir(parents=True)
        for module in ("director", "incubator", "reactbundle"):
            if not (MODULES / module).is_dir():
                missing(f"Icinga Web's module {module}")
            (settings / "enabledModules" / module).symlink_to(MODULES / module)
        (settings / "config.ini").write_text('[logging]\nlog = "none"\n', encoding="utf-8")
        (settings / "resources.ini").write_text(DATABASE, encoding="utf-8")
        own = settings / "modules" / "director"
        (own / "config.ini").write_text('[db]\nresource = "director"\n', encoding="utf-8")
        kickstart = KICKSTART.format(node=NODE, port=icinga.port, user=API[0], password=API[1])
        (own / "kickstart.ini").write_text(kickstart, encoding="utf-8")
        self.environment = {**environment(scratch / "state"), "ICINGAWEB_CONFIGDIR": str(settings)}

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """With its database server, empty but for its schema."""
        account = f"--user={pwd.getpwuid(os.geteuid()).pw_name}"
        data = f"--datadir={self.scratch / 'data'}"
        self.run(
            *(program("mariadb-install-db"), "--no-defaults", account, data),
            *("--auth-root-authentication-method=normal", "--skip-test-db"),
        )
        server = [
            *(program("mariadbd"), "--no-defaults", account, data, f"--socket={self.socket}", "--skip-networking"),
            *("--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", f"--pid-file={self.scratch / 'pid'}"),
        ]
        with running(server, self.environment, self.scratch / "mariadbd.log") as daemon:
            daemon.wait_for("the database answers", self.socket.exists)
            self.query("CREATE DATABASE director CHARACTER SET utf8")
            self.cli("migration", "run")
            yield

    def run(self, *command: str | Path, text: str = "") -> str:
        done = subprocess.run(
            command, env=self.environment, input=text, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def cli(self, *arguments: str, text: str = "") -> str:
        found = (f"-d{driver}.default_socket={self.socket}" for driver in ("mysqli", "pdo_mysql"))
        return self.run(program("php"), *found, program("icingacli"), "director", *arguments, text=text)

    def query(self, statement: str) -> str:
        return self.run(program("mariadb"), "--no-defaults", f"--socket={self.socket}", "-uroot", "-Ne", statement)

    def restore(self) -> str:
        return self.cli("basket", "restore", text=BASKET.read_text(encoding="utf-8"))

    def counts(self) -> str:
        """How many changes, objects and links to data fields there are."""
        return self.query(COUNTS)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("director")


@pytest.fixture(scope="module")
def icinga(scratch: Path) -> Icinga:
    made = Icinga(scratch / "icinga")
    made.configure(endpoint(made) + ZONES, Authority(scratch))
    return made


@pytest.fixture(scope="module")
def daemon(icinga: Icinga) -> Iterator[Daemon]:
    with icinga.running() as running_icinga:
        running_icinga.wait_for("its API answers", lambda: icinga.ask("GET", "status"))
        yield running_icinga


@pytest.fixture(scope="module")
def director(scratch: Path, icinga: Icinga, daemon: Daemon) -> Iterator[Director]:
    """With the basket and what every installation has: the zones and the commands that Icinga knows already."""
    made = Director(scratch, icinga)
    with made.running():
        assert daemon.process.poll() is None
        made.cli("kickstart", "run")
        assert made.restore() == "Objects from Basket Snapshot have been restored\n"
        yield made


@pytest.fixture(scope="module")
def services(
    director: Director, icinga: Icinga, daemon: Daemon, simulator: Simulator, scratch: Path
) -> dict[str, dict[str, Any]]:
    """What Icinga knows of each service after a deployment with a host of each product."""
    for system in SYSTEMS:
        variables = {
            "vc_port": port(simulator, system),
            "vc_username": USERNAME,
            "vc_password_file": str(password_file(scratch)),
            "vc_cacert": str(simulator.ca_file),
        }
        host = {"object_type": "object", "imports": [f"videoconf-{system}"], "address": "127.0.0.1"}
        director.cli(
            "host", "create", system, "--json", json.dumps({**host, "check_command": "dummy", "vars": variables})
        )
    assert "has been deployed" in director.cli("config", "deploy")

    def found() -> list[dict[str, Any]] | None:
        with contextlib.suppress(requests.HTTPError):  # while Icinga starts anew, its API knows no service
            return icinga.ask("GET", "objects/services") or None
        return None

    return {one["name"]: one["attrs"] for one in daemon.wait_for("Icinga has what was deployed", found)}


def named(check: Check) -> str:
    return f"{check.service.system}!{check.service.title}"


def test_restoring_the_basket_again_changes_nothing(director: Director) -> None:
    before = director.counts()
    director.restore()
    assert director.counts() == before


def test_a_host_that_imports_a_template_has_every_check_that_needs_no_option(
    services: dict[str, dict[str, Any]],
) -> None:
    assert services.keys() == {named(check) for check in IN_SETS}
    for check in IN_SETS:
        found, service = services[named(check)], check.service
        assert (found["check_command"], found["vars"]["vc_mode"]) == (f"videoconf-{service.system}", service.name)
        assert (found["check_interval"], found["notes"]) == (service.minutes * 60, service.text)
        assert (found["retry_interval"], found["max_check_attempts"]) == (service.mode.cache or 60, 3)


@pytest.mark.parametrize("system", SYSTEMS)
def test_icinga_has_the_command_with_the_arguments_of_the_basket(
    system: str, services: dict[str, dict[str, Any]], icinga: Icinga
) -> None:
    (command,) = icinga.ask("GET", f"objects/checkcommands/videoconf-{system}")
    assert services
    assert command["attrs"]["command"] == [str(PLUGIN), system, "$vc_mode$"]
    assert command["attrs"]["timeout"] == 60
    expected = templates.arguments(system)
    assert command["attrs"]["arguments"] == {
        name: argument["value"] if argument.keys() == {"value"} else argument for name, argument in expected.items()
    }


def test_the_checks_say_what_the_plugin_says(
    services: dict[str, dict[str, Any]], icinga: Icinga, daemon: Daemon, by_hand: ByHand
) -> None:
    assert services
    names = [named(check) for check in RUN]
    where = " || ".join(f'service.__name == "{name}"' for name in names)
    icinga.ask("POST", "actions/reschedule-check", type="Service", filter=where, force=True)

    def results() -> dict[str, Result] | None:
        found = icinga.results(where)
        return found if len(found) == len(names) else None

    found = daemon.wait_for("the checks are run", results)
    for check in RUN:
        assert_same(found[named(check)], check, by_hand(check))
