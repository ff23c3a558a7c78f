"""Writes templates/: `python -m scripts.templates`. With --check it only says whether they are old.

Everything but templates/README.md is made from the catalog and the modes' declarations.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.pollers import centreon, director, grafana, icinga2, nagios, prometheus

TEMPLATES = Path(__file__).parent.parent / "templates"
BY_HAND = {"README.md"}


def made() -> dict[str, str]:
    """Path below templates/ to text."""
    engines = (nagios, icinga2, director, prometheus, grafana, centreon)
    return {name: text for engine in engines for name, text in engine.files().items()}


def old(directory: Path = TEMPLATES) -> list[str]:
    """The paths below templates/ that are not as they should be: changed, missing or too many."""
    wanted = made()
    found = {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8")
        for path in directory.rglob("*")
        if path.is_file()
    }
    names = (wanted.keys() | found.keys()) - BY_HAND
    return sorted(name for name in names if wanted.get(name) != found.get(name))


def write(directory: Path = TEMPLATES) -> None:
    """Make templates/ what it should be."""
    wanted = made()
    for name in old(directory):
        path = directory / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[name], encoding="utf-8")
            if wanted[name].startswith("#!"):
                path.chmod(0o755)
        else:
            path.unlink()


def main() -> int:
    if "--check" in sys.argv:
        return int(bool(old()))
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
