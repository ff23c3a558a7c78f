"""The mode that CONTRIBUTING.md adds is really added by what it says, and its test passes."""

from __future__ import annotations

import re
import types
from pathlib import Path

import pytest

from check_videoconf import catalog, pexip

from ..conftest import Run
from .manager import Manager

DOCUMENT = (Path(__file__).parent.parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
MODE, TEST = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
NAME, LINE = map(str, re.findall(r'^ {12}"([a-z-]+)": "(.*)",$', DOCUMENT, re.MULTILINE)[0])


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the mode, with the file and the line where the document puts them."""
    (tmp_path / f"{NAME}.py").write_text(MODE, encoding="utf-8")
    monkeypatch.setattr(pexip, "__path__", [*pexip.__path__, str(tmp_path)])
    monkeypatch.setitem(catalog.SYSTEMS["pexip"].modes, NAME, LINE)
    return NAME


def test_the_test_in_the_document_passes(added: str, manager: Manager) -> None:
    module = types.ModuleType("tests.pexip.test_of_the_document")
    module.__package__ = "tests.pexip"
    exec(compile(TEST, "CONTRIBUTING.md", "exec"), vars(module))  # noqa: S102 -- it is our own document
    (promise,) = (found for name, found in vars(module).items() if name.startswith("test_"))
    promise(manager)


def test_help_and_lists_know_the_mode(added: str, check: Run) -> None:
    assert f"  {added}  " in check("--list-modes", "pexip").stdout
    shown = check("pexip", added, "--help").stdout
    assert "--exclude-error REGEX" in shown
    assert "operations.failed.count" in shown


def test_a_field_that_is_missing_is_unknown(added: str, manager: Manager) -> None:
    manager.tables["status/v1/scheduling_operation/"] = [{"id": 1}]
    assert manager.check(added).code == 3


def test_the_mode_is_as_short_as_a_mode_shall_be() -> None:
    assert 30 <= len(MODE.splitlines()) <= 80
