"""The manual page, made from the declarations."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from check_videoconf import __version__, catalog
from check_videoconf.common_options import COMMON

ROOT = Path(__file__).resolve().parents[2]
EPOCH = "1000000000"

MODES = [(system, name) for system, known in catalog.SYSTEMS.items() for name in known.modes]


@pytest.fixture(scope="module")
def page() -> str:
    """Made without any library: neither requests nor nagiosplugin is there where packages are built."""
    done = subprocess.run(
        [sys.executable, "-S", ROOT / "packaging" / "manpage.py"],
        env={"PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": EPOCH, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="ascii",
        timeout=30,
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


def plain(page: str) -> str:
    """Without the escapes of roff."""
    text = re.sub(r"\\f[BIR]", "", page)
    text = re.sub(r"\\\[u([0-9A-F]{4,})\]", lambda match: chr(int(match[1], 16)), text)
    for escape, letter in {r"\-": "-", r"\(aq": "'", r"\(ga": "`", r"\(ha": "^", r"\(ti": "~", r"\&": ""}.items():
        text = text.replace(escape, letter)
    return text.replace(r"\e", "\\")


def test_it_begins_with_the_version_and_the_date_it_is_told(page: str) -> None:
    first = page.partition("\n")[0]
    assert first == f'.TH CHECK_VIDEOCONF 1 "2001-09-09" "check_videoconf {__version__}" "Monitoring plugins"'


def test_every_common_option_is_in_it(page: str) -> None:
    text = plain(page)
    assert [name for option in COMMON for name in option.names if not re.search(rf"{name}\b", text)] == []
    assert [option.help for option in COMMON if option.help not in text] == []


@pytest.mark.parametrize(("system", "name"), MODES)
def test_every_mode_is_in_it_with_its_options_counters_and_expressions(page: str, system: str, name: str) -> None:
    mode = catalog.mode(system, name)
    section = plain(page).partition(f".SS {system} {name}\n")[2].partition("\n.S")[0]
    assert [option.help for option in mode.declared_options() if option.help not in section] == []
    assert [counter.label for counter in mode.counters if f"--warning-{counter.label}" not in section] == []
    expressions = [getattr(status, level) for status in mode.statuses for level in ("warning", "critical", "unknown")]
    assert [expression for expression in expressions if expression not in section] == []


def test_roff_has_nothing_to_complain_of(page: str) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(
        [groff, "-man", "-ww", "-Tutf8", "-z"],
        input=page,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        encoding="ascii",
        timeout=30,
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
