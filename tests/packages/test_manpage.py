"""The manual page, made from the declarations."""

from __future__ import annotations

import os
import re
import shutil
import sys

import pytest

from check_videoconf import __version__, catalog
from check_videoconf.common_options import COMMON
from tests.conftest import answer_of
from tests.packages.conftest import ROOT, need

EPOCH = "1000000000"

MODES = [(system, name) for system, known in catalog.SYSTEMS.items() for name in known.modes]


@pytest.fixture(scope="module")
def page() -> str:
    """Made without any library: neither requests nor nagiosplugin is there where packages are built."""
    env = {"PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": EPOCH, "PYTHONDONTWRITEBYTECODE": "1"}
    done = answer_of((sys.executable, "-S", ROOT / "packaging" / "manpage.py"), env=env)
    assert (done.stderr, done.code) == ("", 0)
    assert done.stdout.isascii()
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


def test_every_command_and_the_client_are_in_it(page: str) -> None:
    text = plain(page)
    commands = text.partition(".SH COMMANDS\n")[2].partition("\n.SH")[0]
    for name, command in catalog.COMMANDS.items():
        assert f".TP\n{name}\n{command.line}" in commands
    assert ".B check_videoconf_client" in text.partition(".SH SYNOPSIS\n")[2].partition("\n.SH")[0]


def test_every_variable_of_the_environment_is_in_it(page: str) -> None:
    sources = [*(ROOT / "check_videoconf").rglob("*.py"), ROOT / "bin" / "check_videoconf_client"]
    names = {"NO_COLOR", "MP_CONFIG_FILE", "NAGIOS_CONFIG_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"}
    for source in sources:
        names |= set(re.findall(r"\bCHECK_VIDEOCONF_[A-Z_]+\b", source.read_text(encoding="utf-8")))
    # How the client tells the plugin why it is started after all; nobody else sets it.
    names.remove("CHECK_VIDEOCONF_WITHOUT_SERVICE")
    environment = page.partition(".SH ENVIRONMENT\n")[2].partition("\n.SH")[0]
    assert names <= set(re.findall(r"[A-Z_]+", environment))


def test_the_files_are_in_it(page: str) -> None:
    files = page.partition(".SH FILES\n")[2]
    assert "/var/lib/check_videoconf" in files
    assert "/run/check_videoconf/socket" in files


def test_roff_has_nothing_to_complain_of(page: str) -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    assert _said_of(page, "groff", "-man", "-ww", "-Tutf8", "-z") == ""


@pytest.mark.packages
def test_mandoc_has_nothing_to_complain_of_either(page: str) -> None:
    need("mandoc")
    assert _said_of(page, "mandoc", "-Tlint", "-Wwarning") == ""


def _said_of(page: str, *argv: str) -> str:
    done = answer_of(argv, env={"PATH": os.environ["PATH"]}, stdin=page)
    return done.stdout + done.stderr
