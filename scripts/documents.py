"""Writes the generated parts of the README: `python -m scripts.documents`. With --check it only says what is old.

Each part stands between `<!-- name -->` and `<!-- /name -->` and is made from declarations: nothing is written twice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from check_videoconf import errors
from check_videoconf.catalog import SYSTEMS

README = Path(__file__).parent.parent / "README.md"


class _Placeholders(dict[str, str]):
    """Stands for the facts of an error: the name of each in capitals."""

    def __missing__(self, name: str) -> str:
        if name == "text":
            return "UNKNOWN: what is wrong, and what would be right"
        return "…" if name == "reason" else "" if name in ("message", "wait") else name.upper()


def modes() -> Iterator[str]:
    """The table of modes."""
    yield "| | mode | what it looks at |"
    yield "|---|---|---|"
    for name, system in SYSTEMS.items():
        for mode, line in system.modes.items():
            yield f"| {system.title} | `{name} {mode}` | {line} |"


def what_can_go_wrong() -> Iterator[str]:
    """The table of errors, in the order they are declared in."""
    yield "| what can go wrong | what you see | what to do |"
    yield "|---|---|---|"
    for error in declared_errors():
        seen = error.line.format_map(_Placeholders())
        yield f"| {error.when} | {seen} | {error.advice} |".replace("<", "&lt;")


def declared_errors() -> list[Any]:
    """Every class of errors a user can see: those that say when they come."""
    return [found for found in vars(errors).values() if isinstance(found, type) and vars(found).get("when")]


PARTS: dict[str, Callable[[], Iterator[str]]] = {"modes": modes, "errors": what_can_go_wrong}


def written(text: str) -> str:
    """`text` with every part as it should be now."""
    for name, part in PARTS.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise SystemExit(f"README.md has no part {name}")
        text = "".join([before, start, *(f"{line}\n" for line in part()), end, after])
    return text


def main() -> int:
    old = README.read_text(encoding="utf-8")
    new = written(old)
    if "--check" in sys.argv:
        return int(old != new)
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
