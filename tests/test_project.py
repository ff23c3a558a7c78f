"""The project's own files agree with each other."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import check_videoconf

ROOT = Path(__file__).resolve().parent.parent


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_newest_release_in_the_changelog_is_the_version_unless_it_is_unreleased() -> None:
    headings = re.findall(r"^## \[(.+?)\]", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] in ("Unreleased", check_videoconf.__version__)


def test_metadata_is_in_setup_cfg_alone() -> None:
    tables = re.findall(r"^\[+([\w.-]+)", text("pyproject.toml"), re.MULTILINE)
    assert [name for name in tables if name != "build-system" and not name.startswith("tool.")] == []


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
