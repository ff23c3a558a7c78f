"""Measures, prints the tables, and fails where something is over its limit."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from . import cold, document, engines, load, memory, served, sizes
from .tables import Table

_DEFAULT_CHECKS = 100_000


def main() -> None:
    options = _parser().parse_args()
    if not Path("/proc/self/schedstat").exists():
        sys.exit("CPU and memory are read from /proc: this needs Linux")
    where = document.machine()
    print(f"{where}\n")
    exceeded: list[str] = []
    for name, benchmark in _benchmarks(options).items():
        if name in options.only:
            table = benchmark()
            print(table.text(), flush=True)
            exceeded += table.exceeded()
            if options.write:
                text = document.DOCUMENT.read_text(encoding="utf-8")
                document.DOCUMENT.write_text(document.written(text, table, where), encoding="utf-8")
    if exceeded:
        sys.exit("over the limit:\n" + "\n".join(exceeded))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--only", default="abcdef", metavar="LETTERS", help="which; g is the memory over very many checks (abcdef)")
    add("--rounds", type=int, default=15, metavar="N", help="of (a) to (d) and (f); each figure is a median (15)")
    add("--seconds", type=float, default=300, metavar="SECONDS", help="how long (e) lasts (300)")
    add("--checks", type=int, default=_DEFAULT_CHECKS, metavar="N", help=f"of (g) ({_DEFAULT_CHECKS})")
    add("--write", action="store_true", help="the tables into docs/benchmarks.md, too")
    return parser


def _benchmarks(options: argparse.Namespace) -> dict[str, Callable[[], Table]]:
    rounds = options.rounds
    return {
        "a": lambda: cold.cold(rounds),
        "b": lambda: served.served(rounds),
        "c": lambda: engines.engines(rounds),
        "d": lambda: sizes.large(max(1, rounds // 2)),
        "e": lambda: load.table(load.held(load.lasting(options.seconds))),
        "f": lambda: sizes.deployments(rounds),
        "g": lambda: memory.memory(options.checks),
    }


if __name__ == "__main__":
    main()
