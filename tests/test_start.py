"""What a cold start imports, in modules: that is most of what a check costs, and grows unseen.

Counted in sys.modules: -X importtime does not tell of what importlib imports, as the catalog does with modes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator

ROOT = Path(__file__).resolve().parent.parent
#: Modules of ours that a check may import, the client and the mode with what they share among them. When a check needs
#: another one, look first whether every check must pay for it.
MOST = {"pexip alarms": 40, "pexip call-quality": 41, "conductor health": 44, "trio device": 40}
HELP = 19
#: Of Python's library, what a check may import besides what requests and nagiosplugin do; by the first part of names.
ALSO = {
    "pexip": {"encodings"},
    "conductor": {"encodings", "decimal", "_decimal", "gzip", "pyexpat", "xml", "xmlrpc"},
    "trio": {"encodings"},
}


def imported(code: str, *argv: str, **env: str) -> set[str]:
    """The names of all modules that a Python imports to run some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules, file=sys.stderr)", *argv],
        cwd=ROOT,
        env={"PATH": "", "CHECK_VIDEOCONF_PASSWORD": "simulated", **env},
        capture_output=True,
        encoding="utf-8",
        timeout=50,
        check=True,
    )
    return set(done.stderr.split())


def of_a_check(*argv: str, **env: str) -> set[str]:
    return imported("from check_videoconf.cli import main; main(sys.argv[1:])", *argv, **env)


def ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "check_videoconf"}


@pytest.mark.parametrize("check", MOST)
def test_a_check_imports_no_more_than_it_needs(check: str, simulator: Simulator, tmp_path: Path) -> None:
    system, mode = check.split()
    port = str(getattr(simulator, system).port)
    connection = ("-H", "127.0.0.1", "-p", port, "-u", simulator.username, "--cacert", simulator.ca_file)
    found = of_a_check(system, mode, *connection, CHECK_VIDEOCONF_STATE_DIR=str(tmp_path))
    own = ours(found)
    assert f"check_videoconf.{system}.{mode.replace('-', '_')}" in own, "the check was not run"
    assert len(own) <= MOST[check], sorted(own)
    others = {name.split(".")[1] for name in own if name.count(".") > 1} - {system, "output"}
    assert others == set(), "of another system, of the simulator or of the service"
    libraries = imported("import requests, nagiosplugin")
    assert {name.partition(".")[0] for name in found - own - libraries} <= ALSO[system]


def test_help_imports_no_library_and_no_other_mode() -> None:
    found = of_a_check("pexip", "alarms", "--help")
    assert not {"requests", "nagiosplugin", "urllib3", "ssl", "json"} & found
    assert len(ours(found)) <= HELP, sorted(ours(found))
