"""The generated parts of the documents are those that the declarations make, their examples really run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf.catalog import SYSTEMS
from check_videoconf.simulator import Simulator
from check_videoconf.simulator.simulation import PASSWORD, USERNAME
from scripts import documents, pages

from .conftest import Run


@pytest.mark.parametrize("path", documents.DOCUMENTS, ids=lambda path: path.name)
def test_the_document_is_current(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert pages.timeless(documents.written(path)) == pages.timeless(text), "make docs writes it anew"


def test_passing_time_alone_is_no_difference() -> None:
    now = "up for 24 d 22 h | 'a'=81.8%;;;0;100 'b.seconds'=4201918.98s;;;0; since 2026-11-22T07:31:10.237792  no"
    then = "up for 3 min 7 s | 'a'=81.8%;;;0;100 'b.seconds'=187s;;;0; since 2025-01-02T07:31:10     no"
    assert pages.timeless(now) == pages.timeless(then)
    assert pages.timeless(now) != pages.timeless(then.replace("81.8", "81.9"))


def test_every_mode_is_in_the_table_of_modes_and_on_its_page() -> None:
    table = "\n".join(documents.modes())
    for name, system in SYSTEMS.items():
        page = (documents.ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
        for mode in system.modes:
            assert f"`{name} {mode}`" in table
            assert f"\n### {mode}\n" in page
            assert f"\n$ check_videoconf {name} {mode} -H " in page


def test_every_error_says_when_it_comes_what_is_seen_and_what_to_do() -> None:
    for error in documents.declared_errors():
        assert error.when
        assert error.line
        assert error.advice


def recipes() -> Iterator[str]:
    """The command lines of the README's recipes."""
    text = documents.README.read_text(encoding="utf-8").partition("\n## Recipes\n")[2].partition("\n## ")[0]
    for block in re.findall(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        yield from block.splitlines()


@pytest.fixture(scope="module")
def devices() -> Iterator[Simulator]:
    with Simulator(seed=1) as running:
        yield running


# The proxy, the vault and the file of somebody else are not here.
OURS = {"--proxy http://proxy.example.com:3128": "", "pass show monitoring/pexip": f"echo {PASSWORD}"}


@pytest.mark.parametrize("recipe", list(recipes()))
def test_a_recipe_completed_as_it_says_gives_a_state(
    check: Run, devices: Simulator, tmp_path: Path, recipe: str
) -> None:
    rooms = tmp_path / "rooms"
    rooms.write_text("room1@example.com  # upstairs\n", encoding="utf-8")
    for theirs, ours in {**OURS, "/etc/check_videoconf.rooms": str(rooms)}.items():
        recipe = recipe.replace(theirs, ours)
    program, *arguments = shlex.split(recipe)
    assert program == "check_videoconf"
    system = next((name for name in SYSTEMS if name in arguments), "pexip")
    arguments += ["--hostname", pages.HOST, "--port", str(getattr(devices, system).port), "--cacert", devices.ca_file]
    arguments += ["--api-username", USERNAME]
    if "--password-command" not in arguments:
        arguments += ["--api-password", PASSWORD]
    answer = check(*arguments)
    assert answer.code in (0, 1, 2), answer.stdout
