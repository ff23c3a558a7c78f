"""What the packages hold: everything that belongs there, in its place, and nothing else."""

from __future__ import annotations

import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.packages.conftest import ROOT, TARGETS, Build, Packages, need, succeed
from tests.packages.life import UNITS

pytestmark = [pytest.mark.packages, pytest.mark.timeout(300)]

# The File System Hierarchy Standard: plugins of others below their own directories, data that no machine's kind
# changes in share, state in var.
SHARED = "/usr/share/check_videoconf"
PLACES = re.compile(
    r"/usr/lib(64)?/(nagios|centreon)/plugins/check_videoconf(_client)?|/usr/lib64/centreon-connector/check_videoconf"
    rf"|{SHARED}/(python|templates)/.+|{SHARED}/state-directory|/usr/libexec/check_videoconf/as-owner"
    r"|(/usr)?/lib/systemd/system/check_videoconf(\.service|\.socket|-nagios-worker\.service)"
    r"|/usr/share/man/man1/check_videoconf(_client)?\.1\.gz"
    r"|/usr/share/bash-completion/completions/check_videoconf(_client)?"
    r"|/usr/share/(doc|licenses)/check[_-]videoconf/(docs/|packaging/)?[\w.]+"
    r"|/usr/share/lintian/overrides/check-videoconf|/usr/share/python3/runtime\.d/check-videoconf\.rtupdate"
)
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}")
# Of the file in a compiled module: valid whatever the time of its source is.
UNCHECKED_HASH = 1

MODULES = {str(path.relative_to(ROOT)) for path in (ROOT / "check_videoconf").rglob("*.py")}

Unpack = Callable[[str], Path]


@pytest.fixture(scope="module")
def unpacked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Unpack:
    """`unpacked("el9")` is the tree that a package would install; `deb` and `pyz` are the others."""
    known: dict[str, Path] = {}

    def unpack(name: str) -> Path:
        if name not in known:
            known[name] = tmp_path_factory.mktemp(name)
            built: Packages = request.getfixturevalue(name if name in ("deb", "pyz") else "rpm")
            _unpack(name, built, known[name])
        return known[name]

    return unpack


def _unpack(name: str, built: Packages, directory: Path) -> None:
    if name == "pyz":
        succeed(sys.executable, "-m", "zipfile", "-e", built.pyz, directory)
    elif name == "deb":
        succeed("dpkg-deb", "--extract", built.deb, directory)
    else:
        need("rpm2archive")
        shutil.copy(built.rpm(name), directory / "package.rpm")
        succeed("rpm2archive", directory / "package.rpm")
        succeed("tar", "-xzf", directory / "package.rpm.tgz", "-C", directory)
        for intermediate in directory.glob("package.rpm*"):
            intermediate.unlink()


def files(directory: Path) -> Iterable[Path]:
    return (path for path in directory.rglob("*") if not path.is_dir() or path.is_symlink())


def installed(directory: Path) -> set[str]:
    return {"/" + str(path.relative_to(directory)) for path in files(directory)}


PACKAGES = (*TARGETS, "deb")
INTERPRETERS = {"el8": "python3.11", "el9": "python3", "el10": "python3", "deb": "python3"}


@pytest.mark.parametrize("name", PACKAGES)
def test_every_file_is_where_the_hierarchy_has_its_place(unpacked: Unpack, name: str) -> None:
    assert [path for path in sorted(installed(unpacked(name))) if not PLACES.fullmatch(path)] == []


@pytest.mark.parametrize("name", PACKAGES)
def test_all_modules_of_the_tree_are_there_and_no_others(unpacked: Unpack, name: str) -> None:
    prefix = f"{SHARED}/python/"
    found = {path[len(prefix) :] for path in installed(unpacked(name)) if path.startswith(f"{prefix}check_videoconf/")}
    assert {path for path in found if path.endswith(".py")} == MODULES


def test_all_modules_of_the_tree_are_in_the_single_file(unpacked: Unpack) -> None:
    found = {path[1:] for path in installed(unpacked("pyz")) if path.startswith("/check_videoconf/")}
    assert {path for path in found if path.endswith(".py")} == MODULES


@pytest.mark.parametrize("name", PACKAGES)
def test_plugin_client_page_completion_units_licence_and_templates_are_there(unpacked: Unpack, name: str) -> None:
    found = installed(unpacked(name))
    library = "lib" if name == "deb" else "lib64"
    for program in ("check_videoconf", "check_videoconf_client"):
        assert f"/usr/{library}/nagios/plugins/{program}" in found
        assert f"/usr/lib/centreon/plugins/{program}" in found
        assert f"/usr/share/man/man1/{program}.1.gz" in found
        assert f"/usr/share/bash-completion/completions/{program}" in found
    assert {path.rpartition("/")[2] for path in found if "/systemd/system/" in path} == set(UNITS)
    assert [path for path in found if re.search(r"/(LICENSE|copyright)$", path)] != []
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert {re.sub(r"\.gz$", "", path.rpartition("/")[2]) for path in found if "/docs/" in path} == pages
    # README.md and docs/service.md lead to it.
    assert [path for path in found if path.endswith("/packaging/README.md")] != []
    templates = {f"{SHARED}/{path.relative_to(ROOT)}" for path in files(ROOT / "templates")}
    assert {path for path in found if path.startswith(f"{SHARED}/templates/")} == templates


@pytest.mark.parametrize("name", PACKAGES)
def test_only_the_plugin_and_scripts_are_executable_and_nobody_else_may_write(unpacked: Unpack, name: str) -> None:
    directory = unpacked(name)
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in files(directory) if not path.is_symlink()}
    executable = {path.name for path, mode in modes.items() if mode == 0o755}
    scripts = {"state-directory", "as-owner", "check_videoconf-textfile"}
    helpers = {"check-videoconf.rtupdate"} if name == "deb" else set()
    assert executable == {"check_videoconf", "check_videoconf_client"} | scripts | helpers
    assert set(modes.values()) == {0o644, 0o755}


@pytest.mark.parametrize("name", [*PACKAGES, "pyz"])
def test_no_test_no_private_key_and_no_link_that_leads_out_is_shipped(unpacked: Unpack, name: str) -> None:
    directory = unpacked(name)
    sources = r"/tests?/|/test_(?!call\.)|conftest|\.git|\.ci/|packaging/(?!README\.md$)"
    suspicious = re.compile(rf"{sources}|secret|\.key$|\.p12$")
    assert [path for path in installed(directory) if suspicious.search(path)] == []
    for path in files(directory):
        if path.is_symlink():
            assert path.resolve().is_relative_to(directory.resolve())
        else:
            assert not PRIVATE_KEY.search(path.read_bytes()), path


@pytest.mark.parametrize(("name", "interpreter"), [*INTERPRETERS.items()])
def test_plugin_and_client_start_one_interpreter_and_no_shell(unpacked: Unpack, name: str, interpreter: str) -> None:
    plugins = unpacked(name) / ("usr/lib" if name == "deb" else "usr/lib64") / "nagios/plugins"
    for program, options in (("check_videoconf", "-sE"), ("check_videoconf_client", "-IS")):
        first, second = (plugins / program).read_text(encoding="utf-8").splitlines()[:2]
        assert first == f"#!/usr/bin/{interpreter} {options}"
        assert second.startswith(("#", '"""'))


@pytest.mark.parametrize("name", PACKAGES)
def test_units_name_what_the_package_installs(unpacked: Unpack, name: str) -> None:
    directory = unpacked(name)
    for unit in (path for path in files(directory) if path.name in UNITS):
        words = re.findall(r"^Exec\w+=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        paths = {word for line in words for word in line.split() if word.startswith("/usr/") and "check_video" in word}
        assert paths <= installed(directory)


@pytest.mark.parametrize("target", TARGETS)
def test_every_module_of_an_rpm_has_byte_code_that_asks_for_no_time(unpacked: Unpack, target: str) -> None:
    modules = unpacked(target) / SHARED[1:] / "python"
    for source in modules.rglob("*.py"):
        (compiled,) = (source.parent / "__pycache__").glob(f"{source.stem}.cpython-*.pyc")
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == UNCHECKED_HASH, compiled


@pytest.mark.parametrize("name", [*PACKAGES, "pyz"])
def test_nothing_tells_where_it_was_built(unpacked: Unpack, name: str) -> None:
    here = re.compile(re.escape(str(ROOT).encode()) + rb"|/tmp/tmp\.")
    assert [path for path in files(unpacked(name)) if path.is_file() and here.search(path.read_bytes())] == []


def test_the_same_tree_gives_the_same_bytes_whoever_builds_it_wherever(
    deb: Packages, rpm: Packages, pyz: Packages, source: Path, build: Build, tmp_path: Path
) -> None:
    again = build(source, tmp_path, "deb", "rpm", "pyz", RPM_TARGETS=" ".join(TARGETS), TZ="Asia/Tokyo", LANG="C")
    first = {path.name: path.read_bytes() for built in (deb, rpm, pyz) for path in built.directory.iterdir()}
    assert {name for name in first if (again / name).read_bytes() != first[name]} == set()
    assert len(first) == len(list(again.iterdir())) == 2 * len(TARGETS) + 2
