"""The generated parts of the README are those that the declarations make."""

from __future__ import annotations

from check_videoconf.catalog import SYSTEMS
from scripts import documents


def test_the_readme_is_current() -> None:
    text = documents.README.read_text(encoding="utf-8")
    assert documents.written(text) == text, "make docs writes it anew"


def test_every_mode_is_in_the_table_of_modes() -> None:
    table = "\n".join(documents.modes())
    for name, system in SYSTEMS.items():
        for mode in system.modes:
            assert f"`{name} {mode}`" in table


def test_every_error_says_when_it_comes_what_is_seen_and_what_to_do() -> None:
    for error in documents.declared_errors():
        assert error.when
        assert error.line
        assert error.advice
