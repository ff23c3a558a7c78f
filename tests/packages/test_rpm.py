"""The RPM: what it asks for, and its life from the installation of an older version to its removal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from check_videoconf import __version__
from tests.conftest import Answer
from tests.packages.conftest import OLDER, ROOT, TARGETS, MakeRoom, Packages, missing, need, succeed
from tests.packages.life import STATE, Life, Promises, System, lived
from tests.packages.room import Room

pytestmark = [pytest.mark.packages, pytest.mark.timeout(300)]

ICINGA_NUMBER = 4712

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


class EnterpriseLinux(System):
    """A root with its own database of packages, and a repository to install from."""

    plugins = "/usr/lib64/nagios/plugins"
    units = "/usr/lib/systemd/system"
    ignored = (
        "/var/cache",
        "/var/lib/dnf",
        "/var/lib/rpm",
        "/var/log",
        "/root/.rpmdb",
        "/etc/dnf",
        "/usr/lib/sysimage",
    )

    def __init__(self, room: Room, repository: Path) -> None:
        super().__init__(room)
        self._repository = repository
        # Debian enables what is not named; enterprise Linux and Fedora do not.
        room.write("/usr/lib/systemd/system-preset/99-default-disable.preset", "disable *\n")
        self.dnf("install", "stub")

    def dnf(self, *argv: str) -> None:
        done = self.room.run_outside(
            *("dnf", "--assumeyes", "--quiet", f"--installroot={self.room.top}", "--releasever=9", "--nogpgcheck"),
            *("--setopt=reposdir=/dev/null", f"--repofrompath=built,{self._repository.as_uri()}", "--repo=built"),
            *argv,
        )
        assert done.code == 0, done.stdout + done.stderr

    def install_older(self) -> None:
        self.dnf("install", f"check_videoconf-{OLDER}")

    def upgrade(self) -> None:
        self.dnf("upgrade", "check_videoconf")

    def remove(self) -> None:
        self.dnf("remove", "check_videoconf")

    def verify(self) -> Answer:
        return self.room.run_outside("rpm", "--root", self.room.top, "--verify", "--nodeps", "check_videoconf")


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
def life(
    request: pytest.FixtureRequest,
    repositories: Callable[[str], Path],
    make_room: MakeRoom,
    connection: Callable[[str], tuple[str, ...]],
) -> Life:
    repository, room = repositories(request.param), make_room()
    if request.param == "el8":
        packages = "/usr/lib/python3/dist-packages"
        room.run("/bin/sh", "-c", f"cd {packages} && rm -rf {' '.join(f'{name}*' for name in LIBRARIES)}")
        assert room.run("/usr/bin/python3.11", "-c", "import requests").code == 1
    elif room.run("/usr/bin/python3", "-c", "import requests, nagiosplugin").code:
        missing("not installed for /usr/bin/python3: python3-requests, python3-nagiosplugin")
    return lived(EnterpriseLinux(room, repository), connection("conductor"))


class TestLife(Promises):
    def test_nothing_is_left_after_the_removal(self, life: Life) -> None:
        assert life.left_by_removal == set()


def test_a_poller_that_is_installed_later_gets_the_state_directory_and_with_it_the_service(
    repositories: Callable[[str], Path], make_room: MakeRoom
) -> None:
    room = make_room()
    room.without_accounts("nagios")
    system = EnterpriseLinux(room, repositories("el9"))
    system.dnf("install", "check_videoconf")
    assert system.listing()[STATE].owner == 0
    refused = room.run("/usr/libexec/check_videoconf/as-owner", "/bin/true")
    assert (refused.stderr, refused.code) == (
        f"{STATE} must belong to the account that runs the checks, not to root\n",
        78,
    )
    system.dnf("install", "icinga2-common")
    assert system.listing()[STATE].owner == ICINGA_NUMBER
    assert room.run("/usr/libexec/check_videoconf/as-owner", "/usr/bin/id", "-u").stdout == f"{ICINGA_NUMBER}\n"


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
