"""A room to install into: this machine's files under a layer that takes every change, for root on Linux."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import Answer, answer_of

# The layer is mounted for one command, in a namespace of its own: nothing is left mounted, however a test ends.
_MOUNT = """\
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" "$1/top"
mount --rbind /proc "$1/top/proc"
mount --rbind /dev "$1/top/dev"
"""
_INSIDE = _MOUNT + 'user=$2; top=$1/top; shift 2; exec chroot --userspec="$user" "$top" /usr/bin/env -i "$@"'
_OUTSIDE = _MOUNT + 'shift 2; exec "$@"'

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Change:
    """What a path of the layer is: `mode` with the type, as stat gives it."""

    mode: int
    owner: int
    content: bytes


class Room:
    """The layer and the commands that see it. directory: an empty one, not of a temporary file system's root."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.changes = directory / "changes"
        self.top = directory / "top"
        for name in ("changes", "work", "top"):
            (directory / name).mkdir()
        # Unprivileged accounts walk in from here.
        self.changes.chmod(0o755)

    def run(self, *argv: str | Path, user: str = "root:root", env: Mapping[str, str] | None = None) -> Answer:
        """A command inside, with nothing but `env` in its environment, not even a path to find programs in."""
        variables = [f"{name}={value}" for name, value in (env or {}).items()]
        return self._run(_INSIDE, user, *variables, *argv)

    def run_outside(self, *argv: str | Path) -> Answer:
        """A command of this machine that works on `self.top`."""
        return self._run(_OUTSIDE, "", *argv)

    def _run(self, script: str, user: str, *argv: str | Path) -> Answer:
        return answer_of(
            ("/usr/bin/unshare", "--mount", "/bin/sh", "-euc", script, "sh", self.directory, user, *argv),
            env={"PATH": _PATH, "DEBIAN_FRONTEND": "noninteractive"},
            cwd=Path("/"),
            timeout=240,
        )

    def write(self, path: str, text: str, *, owner: int = 0, mode: int = 0o644) -> str:
        """A file inside, written before anything runs; returns its path."""
        file = self.changes / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        os.chown(file, owner, owner)
        return path

    def account(self, name: str, number: int) -> None:
        """An account that nobody has here; it has no home."""
        self.without_accounts(name)
        for file, line in (("passwd", f"{name}:x:{number}:{number}::/nonexistent:/bin/false"), ("group", "")):
            text = (self.changes / "etc" / file).read_text(encoding="utf-8")
            self.write(f"/etc/{file}", text + (line or f"{name}:x:{number}:") + "\n")

    def without_accounts(self, *names: str) -> None:
        """Whoever this machine may know by these names, inside there is no such account or group."""
        for file in ("passwd", "group"):
            changed = self.changes / "etc" / file
            found = changed if changed.exists() else Path("/etc", file)
            lines = found.read_text(encoding="utf-8").splitlines(keepends=True)
            self.write(f"/etc/{file}", "".join(line for line in lines if line.partition(":")[0] not in names))

    def listing(self, *ignored: str) -> dict[str, Change]:
        """Everything that was made or changed inside, but for what lies below `ignored`."""
        found = {}
        for directory, directories, files in os.walk(self.changes):
            below = "/" + str(Path(directory).relative_to(self.changes)).lstrip(".")
            made = [name for name in directories if not Path(below, name).exists()]
            for name in [*made, *files]:
                path = Path(below, name)
                if not str(path).startswith(ignored):
                    found[str(path)] = _change(Path(directory, name))
        return found


def _change(path: Path) -> Change:
    status = path.lstat()
    return Change(status.st_mode, status.st_uid, path.read_bytes() if stat.S_ISREG(status.st_mode) else b"")
