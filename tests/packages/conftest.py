"""Packages of this tree and of an older version of it, built once, and what the tests of packages need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from check_videoconf import __version__
from check_videoconf.simulator import Simulator
from tests.packages.room import Room

ROOT = Path(__file__).resolve().parents[2]
OLDER = "0.0.1"
NAGIOS_NUMBER = 4711
PASSWORD_FILE, CA_FILE = "/etc/simulated.secret", "/etc/simulated.pem"
TARGETS = ("el8", "el9", "el10")
SYSTEMCTL_LOG = "/var/log/systemctl"
# Nothing runs in a room that could be told; what it is told is kept, and what is only files is done.
SYSTEMCTL = f"""\
#!/bin/sh
echo "$*" >>{SYSTEMCTL_LOG}
SYSTEMD_OFFLINE=1 exec /usr/bin/systemctl.real "$@"
"""


@dataclass(frozen=True)
class Packages:
    """Built packages of one version, in one directory."""

    directory: Path
    version: str

    @property
    def deb(self) -> Path:
        return self.directory / f"check-videoconf_{self.version}-1_all.deb"

    @property
    def pyz(self) -> Path:
        return self.directory / "check_videoconf.pyz"

    def rpm(self, target: str, kind: str = "noarch") -> Path:
        return self.directory / f"check_videoconf-{self.version}-1.{target}.{kind}.rpm"


def missing(reason: str) -> None:
    """Skips the test, or fails it where everything must be there."""
    if os.environ.get("REQUIRE_PACKAGES") or os.environ.get("REQUIRE_ENGINES"):
        pytest.fail(reason)
    pytest.skip(reason)


def need(*programs: str) -> None:
    """Programs that the test cannot do without."""
    absent = [program for program in programs if not shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")]
    if absent:
        missing(f"not installed: {', '.join(absent)}")


def succeed(*argv: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """What a command prints; the test fails if the command does."""
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=env or dict(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


Build = Callable[..., Path]


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pinned libraries, fetched once for all builds."""
    directory = tmp_path_factory.mktemp("wheels")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-qq", "--no-deps")
    pure = ("--only-binary", ":all:", "--python-version", "3.9", "--implementation", "py", "--abi", "none")
    succeed(*pip, *pure, "--platform", "any", "--dest", directory, "-r", ROOT / "packaging" / "bundled.txt")
    return directory


@pytest.fixture(scope="session")
def build(wheels: Path) -> Build:
    """`build(tree, directory, "deb", RPM_TARGETS=…)` runs the tree's own build script."""

    def run(tree: Path, directory: Path, *kinds: str, **env: str) -> Path:
        programs = {"rpm": "rpmbuild", "deb": "dpkg-buildpackage"}
        need(*(programs[kind] for kind in kinds if kind in programs))
        if "deb" in kinds:
            need("dh_python3")
        for kind in kinds:
            variables = {**os.environ, "PYTHON": sys.executable, "WHEELS": str(wheels), **env}
            succeed(tree / "packaging" / "build.sh", kind, directory, env=variables)
        return directory

    return run


@pytest.fixture(scope="session")
def deb(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return Packages(build(ROOT, tmp_path_factory.mktemp("deb"), "deb"), __version__)


@pytest.fixture(scope="session")
def rpm(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return Packages(build(ROOT, tmp_path_factory.mktemp("rpm"), "rpm", RPM_TARGETS=" ".join(TARGETS)), __version__)


@pytest.fixture(scope="session")
def pyz(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return Packages(build(ROOT, tmp_path_factory.mktemp("pyz"), "pyz"), __version__)


@pytest.fixture(scope="session")
def source(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree as the source archive has it, outside of any clone."""
    directory = build(ROOT, tmp_path_factory.mktemp("source"), "source")
    succeed("tar", "-xzf", directory / f"check_videoconf-{__version__}.tar.gz", "-C", directory)
    return directory / f"check_videoconf-{__version__}"


@pytest.fixture(scope="session")
def older_source(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same tree with the version before."""
    tree = tmp_path_factory.mktemp("older") / "tree"
    shutil.copytree(source, tree)
    module = tree / "check_videoconf" / "__init__.py"
    module.write_text(module.read_text(encoding="utf-8").replace(__version__, OLDER), encoding="utf-8")
    return tree


@pytest.fixture(scope="session")
def older_deb(build: Build, older_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return Packages(build(older_source, tmp_path_factory.mktemp("older-deb"), "deb"), OLDER)


@pytest.fixture(scope="session")
def older_rpm(build: Build, older_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    directory = tmp_path_factory.mktemp("older-rpm")
    return Packages(build(older_source, directory, "rpm", RPM_TARGETS=" ".join(TARGETS)), OLDER)


MakeRoom = Callable[[], Room]


@pytest.fixture(scope="session")
def make_room(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> MakeRoom:
    """Rooms in which a poller's account can reach the simulated devices, and no poller is installed."""

    def make() -> Room:
        if os.geteuid() != 0:
            missing("only root can install packages")
        need("unshare", "chroot", "mount", "systemctl", "systemd-analyze", "systemd-socket-activate")
        room = Room(tmp_path_factory.mktemp("room"))
        room.without_accounts("centreon-engine", "icinga")
        room.account("nagios", NAGIOS_NUMBER)
        tried = room.run("/bin/true")
        if tried.code:
            missing(f"no layer can be put on top of this file system: {tried.stderr}")
        room.run("/bin/cp", "/usr/bin/systemctl", "/usr/bin/systemctl.real")
        room.write("/usr/bin/systemctl", SYSTEMCTL, mode=0o755)
        room.write(PASSWORD_FILE, f"{simulator.password}\n", owner=NAGIOS_NUMBER, mode=0o600)
        room.write(CA_FILE, Path(simulator.ca_file).read_text(encoding="ascii"))
        return room

    return make


@pytest.fixture(scope="session")
def connection(simulator: Simulator) -> Callable[[str], tuple[str, ...]]:
    """The options that reach a simulated device from within a room."""

    def options(system: str) -> tuple[str, ...]:
        port = str(getattr(simulator, system).port)
        account = ("-u", simulator.username, "--password-file", PASSWORD_FILE)
        return ("-H", "127.0.0.1", "-p", port, "--cacert", CA_FILE, *account)

    return options
