"""The Debian package, with Debian's own libraries: its life from the installation of an older version to its purge."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from check_videoconf import __version__
from tests.conftest import Answer
from tests.packages.conftest import NAGIOS_NUMBER, OLDER, MakeRoom, Packages, need, succeed
from tests.packages.room import Change, Room

pytestmark = [pytest.mark.packages, pytest.mark.timeout(300)]

PLUGIN = "/usr/lib/nagios/plugins/check_videoconf"
CENTREON_PLUGIN = "/usr/lib/centreon/plugins/check_videoconf"
STATE = "/var/lib/check_videoconf"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}

# What apt and dpkg themselves leave.
OF_APT = ("/var/cache", "/var/lib/apt", "/var/lib/dpkg", "/var/log", "/run", "/tmp", "/etc/ld.so.cache")  # noqa: S108


@dataclass(frozen=True)
class Life:
    """What was seen of the package."""

    version: Answer
    centreon: Answer
    check: Answer
    state: dict[str, Change]
    state_after_upgrade: dict[str, Change]
    check_after_upgrade: Answer
    verified: Answer
    made_by_checks: set[str]
    left_by_removal: set[str]
    left: set[str]


def apt(room: Room, *argv: str) -> None:
    # The room is thrown away: nothing has to reach the disk.
    options = ("--option", "Dpkg::Options::=--force-unsafe-io")
    done = room.run("/usr/bin/apt-get", "--yes", "--quiet", "--no-install-recommends", *options, *argv, env=ENVIRONMENT)
    assert done.code == 0, done.stdout + done.stderr


def below_state(listing: dict[str, Change]) -> dict[str, Change]:
    return {path: change for path, change in listing.items() if path.startswith(STATE)}


@pytest.fixture(scope="module")
def life(deb: Packages, older_deb: Packages, make_room: MakeRoom, connection: Callable[[str], tuple[str, ...]]) -> Life:
    """Installed in an older version, used, upgraded, used, removed, purged."""
    need("apt-get")
    room = make_room()
    for package in (deb, older_deb):
        (room.changes / package.deb.name).write_bytes(package.deb.read_bytes())
    # Else the first installation makes the index of all of this machine's manual pages anew.
    room.run("/bin/rm", "--force", "/var/lib/man-db/auto-update")
    # First its dependencies alone, which stay.
    apt(room, "install", "python3-nagiosplugin", "python3-requests", "ca-certificates")
    before = room.listing(*OF_APT)
    apt(room, "install", f"/{older_deb.deb.name}")
    installed = room.listing(*OF_APT)
    version = room.run(PLUGIN, "--version", user="nagios:nagios")
    health = (PLUGIN, "conductor", "health", *connection("conductor"))
    check = room.run(*health, user="nagios:nagios")
    room.run(PLUGIN, "pexip", "alarms", *connection("pexip"))
    used = room.listing(*OF_APT)
    apt(room, "install", f"/{deb.deb.name}")
    centreon = room.run(CENTREON_PLUGIN, "--version", user="nagios:nagios")
    upgraded = room.listing(*OF_APT)
    check_after_upgrade = room.run(*health, user="nagios:nagios")
    verified = room.run("/usr/bin/dpkg", "--verify", "check-videoconf", env=ENVIRONMENT)
    apt(room, "remove", "check-videoconf")
    removed = room.listing(*OF_APT)
    apt(room, "purge", "check-videoconf")
    return Life(
        version=version,
        centreon=centreon,
        check=check,
        state=below_state(used),
        state_after_upgrade=below_state(upgraded),
        check_after_upgrade=check_after_upgrade,
        verified=verified,
        made_by_checks=used.keys() - installed.keys() - below_state(used).keys(),
        left_by_removal=removed.keys() - before.keys() - below_state(removed).keys(),
        left=room.listing(*OF_APT).keys() - before.keys(),
    )


def test_an_unprivileged_account_with_an_empty_environment_gets_an_answer(life: Life) -> None:
    assert (life.version.stdout, life.version.code) == (f"check_videoconf {OLDER}\n", 3)
    assert life.check.first_line.startswith("CONDUCTOR HEALTH OK - ")
    assert (life.check.code, life.check.stderr) == (0, "")


def test_the_plugin_is_where_centreon_looks_too_and_is_the_upgraded_one(life: Life) -> None:
    assert (life.centreon.stdout, life.centreon.code) == (f"check_videoconf {__version__}\n", 3)


def test_the_state_directory_is_for_the_account_of_the_poller_alone(life: Life) -> None:
    directory = life.state[STATE]
    assert (directory.owner, stat.S_IMODE(directory.mode)) == (NAGIOS_NUMBER, 0o700)
    assert {change.owner for change in life.state.values()} == {NAGIOS_NUMBER}


def test_the_state_outlives_an_upgrade(life: Life) -> None:
    assert len(life.state) > 1
    assert life.state_after_upgrade == life.state
    assert life.check_after_upgrade.first_line.startswith("CONDUCTOR HEALTH OK - ")


def test_checks_write_nothing_but_their_state_not_even_byte_code(life: Life) -> None:
    assert life.made_by_checks == set()


def test_nothing_differs_from_the_package_after_use(life: Life) -> None:
    assert (life.verified.stdout, life.verified.code) == ("", 0)


def test_a_removal_leaves_the_state_and_a_purge_nothing(life: Life) -> None:
    assert life.left_by_removal == set()
    assert life.left == set()


def test_lintian_finds_nothing_without_an_accepted_reason(deb: Packages) -> None:
    need("lintian")
    assert succeed("lintian", "--allow-root", "--info", "--fail-on", "error,warning,info", deb.deb) == ""
