"""A package's life, from the installation of an older version to its removal, and what every kind promises of it."""

from __future__ import annotations

import stat
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from check_videoconf import __version__
from tests.conftest import Answer
from tests.packages.conftest import NAGIOS_NUMBER, OLDER, SYSTEMCTL_LOG
from tests.packages.room import Change, Room

STATE = "/var/lib/check_videoconf"
SOCKET = "/run/check_videoconf/socket"
NAGIOS = "nagios:nagios"
ROOT = "root:root"
UNITS = ("check_videoconf.service", "check_videoconf.socket", "check_videoconf-nagios-worker.service")

# Does what systemd does with the units, since that does not run here. $1 is where they are, $2 the client.
_SERVE = """\
PATH=/usr/sbin:/usr/bin:/sbin:/bin
setting() { sed -n "s,^$2=,,p" "$1"; }
service=$1/check_videoconf.service socket=$1/check_videoconf.socket client=$2 place=/run/check_videoconf
shift 2
rm -rf "$place"
mkdir -p "$place"
: >"$place/log"
$(setting "$socket" ExecStartPre)
start=$(setting "$service" ExecStart)
systemd-socket-activate --listen="$place/socket" $start 2>"$place/log" &
until grep -q Listening "$place/log"; do
    kill -0 $!
    sleep 0.1
done
$(setting "$socket" ExecStartPost)
chmod "$(setting "$socket" SocketMode)" "$place/socket"
groups=$(id -G nagios | tr ' ' ,)
# The first client starts the service, and on a busy machine does not wait for it.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    code=0
    answer=$(setpriv --reuid nagios --regid nagios --groups "$groups" env -i "$client" "$@") || code=$?
    case $answer in *"without the service"*) ;; *) break ;; esac
done
printf '%s\\n' "$answer"
ps -o uid=,args= --pid $! >&2
kill $!
wait $! || :
exit $code
"""


class System(ABC):
    """A room, and how packages are installed there. `plugins` and `units`: where the package puts them."""

    plugins: str
    units: str
    #: Where the installer keeps its own.
    ignored: tuple[str, ...]

    def __init__(self, room: Room) -> None:
        self.room = room

    @abstractmethod
    def install_older(self) -> None: ...

    @abstractmethod
    def upgrade(self) -> None: ...

    @abstractmethod
    def remove(self) -> None: ...

    @abstractmethod
    def verify(self) -> Answer:
        """What differs from the package."""

    def plugin(self, *argv: str, user: str = NAGIOS) -> Answer:
        return self.room.run(f"{self.plugins}/check_videoconf", *argv, user=user)

    def client(self, *argv: str) -> Answer:
        return self.room.run(f"{self.plugins}/check_videoconf_client", *argv, user=NAGIOS)

    def serve(self, *argv: str) -> Answer:
        """What the client gets from the service; on stderr as whom that runs, and its command line."""
        client = f"{self.plugins}/check_videoconf_client"
        return self.room.run("/bin/sh", "-euc", _SERVE, "sh", self.units, client, *argv)

    def systemctl(self, *argv: str) -> None:
        done = self.room.run("/usr/bin/systemctl", *argv)
        assert done.code == 0, done.stderr

    def orders(self) -> list[str]:
        """The command lines of systemctl so far."""
        log = self.room.changes / SYSTEMCTL_LOG.lstrip("/")
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def listing(self) -> dict[str, Change]:
        return self.room.listing(*self.ignored, SYSTEMCTL_LOG, "/run")


@dataclass(frozen=True)
class Life:
    """What was seen of one package."""

    version: Answer
    check: Answer
    enabled: set[str]
    state: dict[str, Change]
    made_by_checks: set[str]
    upgraded: Answer
    state_after_upgrade: dict[str, Change]
    check_after_upgrade: Answer
    orders_of_upgrade: list[str]
    without_service: Answer
    served: Answer
    unit_mistakes: Answer
    verified: Answer
    orders_of_removal: list[str]
    left_by_removal: set[str]


def lived(system: System, connection: Iterable[str]) -> Life:
    """Installed in an older version, used, enabled, upgraded, used, served, verified, removed."""
    health = ("conductor", "health", *connection)
    before = system.listing()
    system.install_older()
    installed = system.listing()
    version = system.plugin("--version")
    check = system.plugin(*health)
    # By hand, too: root could write byte-code.
    system.plugin("--list-modes", user=ROOT)
    used = system.listing()
    system.systemctl("enable", *UNITS)
    orders = len(system.orders())
    system.upgrade()
    orders_of_upgrade = system.orders()[orders:]
    upgraded = system.room.run("/usr/lib/centreon/plugins/check_videoconf", "--version", user=NAGIOS)
    state_after_upgrade = below_state(system.listing())
    check_after_upgrade = system.plugin(*health)
    without_service = system.client(*health, "-v")
    served = system.serve(*health, "-v")
    units = [f"{system.units}/{unit}" for unit in UNITS]
    unit_mistakes = system.room.run("/usr/bin/systemd-analyze", "verify", "--man=no", *units)
    verified = system.verify()
    orders = len(system.orders())
    system.remove()
    return Life(
        version=version,
        check=check,
        enabled={path for path in installed.keys() - before.keys() if path.startswith("/etc/systemd/")},
        state=below_state(used),
        made_by_checks=used.keys() - installed.keys() - below_state(used).keys(),
        upgraded=upgraded,
        state_after_upgrade=state_after_upgrade,
        check_after_upgrade=check_after_upgrade,
        orders_of_upgrade=orders_of_upgrade,
        without_service=without_service,
        served=served,
        unit_mistakes=unit_mistakes,
        verified=verified,
        orders_of_removal=system.orders()[orders:],
        left_by_removal=system.listing().keys() - before.keys(),
    )


def below_state(listing: dict[str, Change]) -> dict[str, Change]:
    return {path: change for path, change in listing.items() if Path(STATE) in (Path(path), *Path(path).parents)}


class Promises:
    """The tests of every kind of package, on its `life`."""

    def test_an_unprivileged_account_with_an_empty_environment_gets_an_answer(self, life: Life) -> None:
        assert (life.version.stdout, life.version.code) == (f"check_videoconf {OLDER}\n", 3)
        assert life.check.first_line.startswith("CONDUCTOR HEALTH OK - ")
        assert (life.check.code, life.check.stderr) == (0, "")

    def test_the_plugin_is_where_centreon_looks_too_and_is_the_upgraded_one(self, life: Life) -> None:
        assert (life.upgraded.stdout, life.upgraded.code) == (f"check_videoconf {__version__}\n", 3)

    def test_the_state_directory_is_for_the_account_of_the_poller_alone(self, life: Life) -> None:
        directory = life.state[STATE]
        assert (directory.owner, stat.S_IMODE(directory.mode)) == (NAGIOS_NUMBER, 0o700)
        assert {change.owner for change in life.state.values()} == {NAGIOS_NUMBER}

    def test_the_state_outlives_an_upgrade(self, life: Life) -> None:
        assert len(life.state) > 1
        assert life.state_after_upgrade == life.state
        assert life.check_after_upgrade.first_line.startswith("CONDUCTOR HEALTH OK - ")

    def test_checks_write_nothing_but_their_state_not_even_byte_code(self, life: Life) -> None:
        assert life.made_by_checks == set()

    def test_nothing_differs_from_the_package_after_use(self, life: Life) -> None:
        assert (life.verified.stdout, life.verified.code) == ("", 0)

    def test_without_the_service_the_client_runs_the_check_itself_and_says_so(self, life: Life) -> None:
        assert life.without_service.first_line.startswith("CONDUCTOR HEALTH OK - ")
        assert f"without the service: {SOCKET}: No such file or directory" in life.without_service.long_output

    def test_the_service_runs_as_the_account_of_the_poller_and_answers_its_client(self, life: Life) -> None:
        assert life.served.first_line.startswith("CONDUCTOR HEALTH OK - ")
        assert (life.served.code, "without the service" in life.served.stdout) == (0, False)
        number, _, command = life.served.stderr.strip().partition(" ")
        assert number == str(NAGIOS_NUMBER)
        assert command.endswith("/check_videoconf serve")

    def test_systemd_has_nothing_to_say_of_the_units(self, life: Life) -> None:
        said = [line for line in life.unit_mistakes.stderr.splitlines() if "check_videoconf" in line]
        assert (said, life.unit_mistakes.stdout, life.unit_mistakes.code) == ([], "", 0)

    def test_an_installation_enables_nothing(self, life: Life) -> None:
        assert life.enabled == set()

    def test_an_upgrade_restarts_what_runs_and_starts_nothing(self, life: Life) -> None:
        restarted = {unit for order in life.orders_of_upgrade if "try-restart" in order for unit in order.split()}
        assert {"check_videoconf.service", "check_videoconf-nagios-worker.service"} <= restarted
        verbs = {word for order in life.orders_of_upgrade for word in order.split()}
        assert verbs & {"start", "restart", "enable", "stop", "disable", "preset"} == set()

    def test_a_removal_stops_what_runs(self, life: Life) -> None:
        stopped = {
            unit for order in life.orders_of_removal if {"stop", "--now"} & set(order.split()) for unit in order.split()
        }
        assert set(UNITS) <= stopped
