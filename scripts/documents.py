"""Writes the generated parts of the documents: `python -m scripts.documents`. With --check it only says what is old.

Each part stands between `<!-- name -->` and `<!-- /name -->` and is made from declarations: nothing is written twice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from check_videoconf import errors
from check_videoconf.catalog import SYSTEMS

from .pages import page, timeless

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


class _Placeholders(dict[str, str]):
    """Stands for the facts of an error: the name of each in capitals."""

    def __missing__(self, name: str) -> str:
        if name == "text":
            return "UNKNOWN: what is wrong, and what would be right"
        return "…" if name == "reason" else "" if name in ("message", "wait") else name.upper()


def modes() -> Iterator[str]:
    """The table of modes."""
    for name, system in SYSTEMS.items():
        yield from (f"**{system.title}** ([docs/{name}.md](docs/{name}.md))", "")
        yield from ("| mode | what it looks at |", "|---|---|")
        for mode, line in system.modes.items():
            yield f"| [`{name} {mode}`](docs/{name}.md#{mode}) | {line} |"
        yield ""


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


DOCUMENTS: dict[Path, dict[str, Callable[[], Iterator[str]]]] = {
    README: {"modes": modes, "errors": what_can_go_wrong},
    **{ROOT / "docs" / f"{system}.md": {"modes": partial(page, system)} for system in SYSTEMS},
}


def written(path: Path) -> str:
    """A document with every part as it should be now."""
    text = path.read_text(encoding="utf-8")
    for name, part in DOCUMENTS[path].items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise SystemExit(f"{path.name} has no part {name}")
        text = "".join([before, start, *(f"{line}\n" for line in part()), end, after])
    return text


def old_ones() -> Iterator[tuple[Path, str]]:
    """The documents that are not current, and what they should be. Passing time makes none old."""
    for path in DOCUMENTS:
        text = written(path)
        if timeless(text) != timeless(path.read_text(encoding="utf-8")):
            yield path, text


def main() -> int:
    found = dict(old_ones())
    for path, text in found.items():
        print(path.name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    return int("--check" in sys.argv and bool(found))


if __name__ == "__main__":
    sys.exit(main())
