"""The project's own files agree with each other."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

import check_videoconf
from check_videoconf import snmp_account

ROOT = Path(__file__).resolve().parent.parent


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_newest_release_in_the_changelog_is_the_version_unless_it_is_unreleased() -> None:
    headings = re.findall(r"^## \[(.+?)\]", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] in ("Unreleased", check_videoconf.__version__)


def test_metadata_is_in_setup_cfg_alone() -> None:
    tables = re.findall(r"^\[+([\w.-]+)", text("pyproject.toml"), re.MULTILINE)
    assert [name for name in tables if name != "build-system" and not name.startswith("tool.")] == []


def test_what_an_error_says_to_install_is_what_the_extra_installs() -> None:
    """By the libraries' names: the plugin itself may have come as a package or as a single file."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    said = {"oauth2": text("check_videoconf/oauth2.py"), "simulator": text("check_videoconf/simulator/certificates.py")}
    said["snmp"] = snmp_account.INSTALL
    for extra, words in said.items():
        wanted = [line for line in setup["options.extras_require"][extra].splitlines() if line]
        assert f"pip install {shlex.join(wanted)}" in words


def test_make_help_tells_what_every_target_does() -> None:
    makefile = text("Makefile")
    (phony,) = re.findall(r"^\.PHONY: (.+)", makefile, re.MULTILINE)
    explained = re.findall(r"^([a-z-]+):.* ## \S", makefile, re.MULTILINE)
    assert sorted(explained) == sorted(phony.split())


def test_no_file_names_somebodys_home_directory() -> None:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a clone")
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        timeout=30,
    )
    home = re.compile(rb"/(?:home|root|Users)/\w")
    paths = [ROOT / name.decode() for name in files.stdout.split(b"\0") if name]
    assert [path.name for path in paths if path.is_file() and home.search(path.read_bytes())] == []
