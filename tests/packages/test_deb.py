"""The Debian package, with Debian's own libraries: its life from the installation of an older version to its purge."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Answer
from tests.packages.conftest import MakeRoom, Packages, need, succeed
from tests.packages.life import STATE, Life, Promises, System, lived
from tests.packages.room import Room

pytestmark = [pytest.mark.packages, pytest.mark.timeout(300)]

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


class Debian(System):
    plugins = "/usr/lib/nagios/plugins"
    units = "/lib/systemd/system"
    ignored = ("/var/cache", "/var/lib/apt", "/var/lib/dpkg", "/var/log", "/tmp", "/etc/ld.so.cache")  # noqa: S108

    def __init__(self, room: Room, deb: Packages, older_deb: Packages) -> None:
        super().__init__(room)
        self._older, self._newer = (f"/{package.deb.name}" for package in (older_deb, deb))
        for package in (deb, older_deb):
            (room.changes / package.deb.name).write_bytes(package.deb.read_bytes())
        # Else the first installation makes the index of all of this machine's manual pages anew.
        room.run("/bin/rm", "--force", "/var/lib/man-db/auto-update")
        # Machines that run no services forbid packages to restart any.
        room.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 0\n", mode=0o755)
        (room.changes / "run" / "systemd" / "system").mkdir(parents=True)
        # Its dependencies stay.
        self.apt("install", "python3-nagiosplugin", "python3-requests", "ca-certificates")

    def apt(self, *argv: str) -> None:
        # The room is thrown away: nothing has to reach the disk.
        options = ("--quiet", "--no-install-recommends", "--option", "Dpkg::Options::=--force-unsafe-io")
        done = self.room.run("/usr/bin/apt-get", "--yes", *options, *argv, env=ENVIRONMENT)
        assert done.code == 0, done.stdout + done.stderr

    def install_older(self) -> None:
        self.apt("install", self._older)

    def upgrade(self) -> None:
        self.apt("install", self._newer)

    def remove(self) -> None:
        self.apt("remove", "check-videoconf")

    def verify(self) -> Answer:
        return self.room.run("/usr/bin/dpkg", "--verify", "check-videoconf", env=ENVIRONMENT)


@pytest.fixture(scope="module")
def system(deb: Packages, older_deb: Packages, make_room: MakeRoom) -> Debian:
    need("apt-get")
    return Debian(make_room(), deb, older_deb)


@pytest.fixture(scope="module")
def life(system: Debian, connection: Callable[[str], tuple[str, ...]]) -> Life:
    return lived(system, connection("conductor"))


class TestLife(Promises):
    def test_a_removal_leaves_what_the_user_has_made_and_a_purge_nothing(self, life: Life, system: Debian) -> None:
        kept = (STATE, "/etc/systemd/system/", "/var/lib/systemd/")
        assert {path for path in life.left_by_removal if not path.startswith(kept)} == set()
        system.apt("purge", "check-videoconf")
        assert life.left_by_removal & system.listing().keys() == set()


def test_lintian_finds_nothing_without_an_accepted_reason(deb: Packages) -> None:
    need("lintian")
    assert succeed("lintian", "--allow-root", "--info", "--fail-on", "error,warning,info", deb.deb) == ""
