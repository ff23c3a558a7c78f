"""The RPM: what it asks for, and its life from the installation of an older version to its removal."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from check_videoconf import __version__
from tests.conftest import Answer
from tests.packages.conftest import NAGIOS_NUMBER, ROOT, TARGETS, MakeRoom, Packages, missing, need, succeed
from tests.packages.room import Change, Room

pytestmark = [pytest.mark.packages, pytest.mark.timeout(300)]

PLUGIN = "/usr/lib64/nagios/plugins/check_videoconf"
CENTREON_PLUGIN = "/usr/lib/centreon/plugins/check_videoconf"
STATE = "/var/lib/check_videoconf"
NAGIOS = "nagios:nagios"
ICINGA_NUMBER = 4712

# What dnf and rpm themselves leave in a root.
OF_DNF = ("/var/cache", "/var/lib/dnf", "/var/lib/rpm", "/var/log", "/root/.rpmdb", "/etc/dnf", "/usr/lib/sysimage")

# The distribution's packages, in name only. Of the pollers' packages one that brings its account.
STUBS = """\
Name: stub
Version: 1
Release: 1
Summary: stub
License: none
BuildArch: noarch
Provides: /bin/sh
Provides: coreutils
Provides: ca-certificates
%description
%install
mkdir -p %{{buildroot}}/usr/share/licenses
%files
%dir /usr/share/licenses
{packages}
%package -n icinga2-common
Summary: stub
%description -n icinga2-common
%pre -n icinga2-common
echo icinga:x:{number}:{number}::/nonexistent:/bin/false >>/etc/passwd
echo icinga:x:{number}: >>/etc/group
%files -n icinga2-common
"""
STUB = """\
%package -n {name}
Summary: stub
Version: {version}
Provides: {provides}
%description -n {name}
%files -n {name}
"""
DISTRIBUTION = {
    "python3": ("3.9.25", "/usr/bin/python3"),
    "python3.11": ("3.11.13", "/usr/bin/python3.11"),
    "python3-nagiosplugin": ("1.3.3", "python3dist(nagiosplugin)"),
    "python3-requests": ("2.25.1", "python3dist(requests)"),
}

# For enterprise Linux 8 the package brings its libraries, so this machine's must not help.
LIBRARIES = ("requests", "nagiosplugin", "urllib3", "idna", "certifi", "chardet", "charset_normalizer")


@dataclass(frozen=True)
class Life:
    """What was seen of one package."""

    version: Answer
    centreon: Answer
    check: Answer
    state_directory: Change
    state: dict[str, Change]
    check_after_upgrade: Answer
    state_after_upgrade: dict[str, Change]
    verified: Answer
    made_by_checks: set[str]
    left: set[str]


class System:
    """A root with its own database of packages, and a repository to install from."""

    def __init__(self, room: Room, repository: Path) -> None:
        self.room = room
        self._repository = repository

    def dnf(self, *argv: str) -> None:
        done = self.room.run_outside(
            *("dnf", "--assumeyes", "--quiet", f"--installroot={self.room.top}", "--releasever=9", "--nogpgcheck"),
            *("--setopt=reposdir=/dev/null", f"--repofrompath=built,{self._repository.as_uri()}", "--repo=built"),
            *argv,
        )
        assert done.code == 0, done.stdout + done.stderr

    def verify(self) -> Answer:
        return self.room.run_outside("rpm", "--root", self.room.top, "--verify", "--nodeps", "check_videoconf")

    def check(self, *argv: str, plugin: str = PLUGIN, user: str = NAGIOS) -> Answer:
        return self.room.run(plugin, *argv, user=user)


@pytest.fixture(scope="session")
def repositories(rpm: Packages, older_rpm: Packages, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A repository for each target: both versions, and stubs of what they depend on."""
    need("createrepo_c", "dnf")
    directory = tmp_path_factory.mktemp("stubs")
    stubs = "".join(
        STUB.format(name=name, version=version, provides=provides) for name, (version, provides) in DISTRIBUTION.items()
    )
    (directory / "stub.spec").write_text(STUBS.format(packages=stubs, number=ICINGA_NUMBER), encoding="utf-8")
    succeed("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {directory}", directory / "stub.spec")

    def make(target: str) -> Path:
        repository = tmp_path_factory.mktemp(target)
        for package in (rpm.rpm(target), older_rpm.rpm(target), *(directory / "RPMS" / "noarch").iterdir()):
            (repository / package.name).write_bytes(package.read_bytes())
        succeed("createrepo_c", "--quiet", repository)
        return repository

    return make


@pytest.fixture(scope="module", params=TARGETS)
def system(request: pytest.FixtureRequest, repositories: Callable[[str], Path], make_room: MakeRoom) -> System:
    repository, room = repositories(request.param), make_room()
    if request.param == "el8":
        packages = "/usr/lib/python3/dist-packages"
        room.run("/bin/sh", "-c", f"cd {packages} && rm -rf {' '.join(f'{name}*' for name in LIBRARIES)}")
        assert room.run("/usr/bin/python3.11", "-c", "import requests").code == 1
    elif room.run("/usr/bin/python3", "-c", "import requests, nagiosplugin").code:
        missing("not installed for /usr/bin/python3: python3-requests, python3-nagiosplugin")
    system = System(room, repository)
    system.dnf("install", "stub")
    return system


@pytest.fixture(scope="module")
def life(system: System, connection: Callable[[str], tuple[str, ...]]) -> Life:
    """Installed in an older version, used, upgraded, used, removed."""
    room = system.room
    health = ("conductor", "health", *connection("conductor"))
    before = room.listing(*OF_DNF)
    system.dnf("install", "check_videoconf-0.0.1")
    installed = room.listing(*OF_DNF)
    version = system.check("--version")
    check = system.check(*health)
    # By hand, too: root could write byte-code.
    system.check("pexip", "alarms", *connection("pexip"), user="root:root")
    used = room.listing(*OF_DNF)
    system.dnf("upgrade", "check_videoconf")
    centreon = system.check("--version", plugin=CENTREON_PLUGIN)
    state_after_upgrade = room.listing(*OF_DNF)
    check_after_upgrade = system.check(*health)
    verified = system.verify()
    system.dnf("remove", "check_videoconf")
    left = room.listing(*OF_DNF)
    return Life(
        version=version,
        centreon=centreon,
        check=check,
        state_directory=used[STATE],
        state={path: change for path, change in used.items() if path.startswith(f"{STATE}/")},
        check_after_upgrade=check_after_upgrade,
        state_after_upgrade={
            path: change for path, change in state_after_upgrade.items() if path.startswith(f"{STATE}/")
        },
        verified=verified,
        made_by_checks={path for path in used.keys() - installed.keys() if not path.startswith(f"{STATE}/")},
        left=left.keys() - before.keys(),
    )


def test_an_unprivileged_account_with_an_empty_environment_gets_an_answer(life: Life) -> None:
    assert (life.version.stdout, life.version.code) == ("check_videoconf 0.0.1\n", 3)
    assert life.check.first_line.startswith("CONDUCTOR HEALTH OK - ")
    assert (life.check.code, life.check.stderr) == (0, "")


def test_the_plugin_is_where_centreon_looks_too_and_is_the_upgraded_one(life: Life) -> None:
    assert (life.centreon.stdout, life.centreon.code) == (f"check_videoconf {__version__}\n", 3)


def test_the_state_directory_is_for_the_account_of_the_poller_alone(life: Life) -> None:
    assert (life.state_directory.owner, stat.S_IMODE(life.state_directory.mode)) == (NAGIOS_NUMBER, 0o700)
    assert {change.owner for change in life.state.values()} == {NAGIOS_NUMBER}


def test_the_state_outlives_an_upgrade(life: Life) -> None:
    assert life.state != {}
    assert life.state_after_upgrade == life.state
    assert life.check_after_upgrade.first_line.startswith("CONDUCTOR HEALTH OK - ")


def test_checks_write_nothing_but_their_state_not_even_byte_code(life: Life) -> None:
    assert life.made_by_checks == set()


def test_nothing_differs_from_the_package_after_use(life: Life) -> None:
    assert (life.verified.stdout, life.verified.code) == ("", 0)


def test_nothing_is_left_after_the_removal(life: Life) -> None:
    assert life.left == set()


def test_a_poller_that_is_installed_later_gets_the_state_directory(
    repositories: Callable[[str], Path], make_room: MakeRoom
) -> None:
    system = System(make_room(), repositories("el9"))
    system.room.without_accounts("nagios")
    system.dnf("install", "check_videoconf")
    assert system.room.listing()[STATE].owner == 0
    system.dnf("install", "icinga2-common")
    assert system.room.listing()[STATE].owner == ICINGA_NUMBER


@pytest.mark.parametrize("target", TARGETS)
def test_rpmlint_finds_nothing_without_an_accepted_reason(rpm: Packages, target: str) -> None:
    need("rpmlint")
    settings = ROOT / "packaging" / "rpm" / "rpmlint.toml"
    packages = rpm.rpm(target), rpm.rpm(target, "src")
    assert "0 errors, 0 warnings" in succeed("rpmlint", "--config", settings, *packages)


def requirements(package: Path) -> set[str]:
    found = succeed("rpm", "--query", "--requires", "--package", package).splitlines()
    return {line for line in found if not line.startswith("rpmlib(")}


def test_enterprise_linux_8_needs_only_a_newer_python(rpm: Packages) -> None:
    assert requirements(rpm.rpm("el8")) == {"/bin/sh", "/usr/bin/python3.11", "ca-certificates", "coreutils"}


@pytest.mark.parametrize("target", ["el9", "el10"])
def test_later_systems_bring_python_and_the_libraries_themselves(rpm: Packages, target: str) -> None:
    own = {"python3 >= 3.9", "python3-nagiosplugin >= 1.3.2", "python3-requests >= 2.25"}
    assert requirements(rpm.rpm(target)) == {"/bin/sh", "/usr/bin/python3", "ca-certificates", "coreutils", *own}


def test_the_source_package_alone_builds_on_fedora(rpm: Packages, tmp_path: Path) -> None:
    """Defined as Fedora would; its own interpreter is this machine's."""
    fedora = ("--define", "fedora 42", "--define", "dist .fc42", "--define", f"_topdir {tmp_path}")
    succeed("rpmbuild", "--rebuild", "--nodeps", *fedora, rpm.rpm("el8", "src"))
    (built,) = (tmp_path / "RPMS" / "noarch").iterdir()
    assert built.name == f"check_videoconf-{__version__}-1.fc42.noarch.rpm"
    assert requirements(built) == requirements(rpm.rpm("el9"))
