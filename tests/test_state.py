"""What lasts between runs: where it is kept, who can reach it, and that nothing of it is ever half-written."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from check_videoconf import state
from check_videoconf.simulator import Simulator
from check_videoconf.state import Memory, directory

from .conftest import Answer, Run
from .servers import HOST

ANOTHER_USER = 12345
root_only = pytest.mark.skipif(os.getuid() != 0, reason="only root can make files of another user")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test looks at the directories of this machine."""
    monkeypatch.setattr(state, "_SYSTEM", str(tmp_path / "system"))
    monkeypatch.setattr("check_videoconf.state.tempfile.gettempdir", lambda: str(tmp_path / "tmp"))
    for name in ("CHECK_VIDEOCONF_STATE_DIR", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "tmp").mkdir()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- the directory


def test_the_directory_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    wanted = tmp_path / "one" / "two"
    assert directory(str(wanted)) == (str(wanted), "")
    assert mode_of(wanted) == 0o700
    assert directory(f"{wanted}/") == (f"{wanted}/", "")


def test_the_option_goes_before_the_environment_before_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / "tmp" / f"check_videoconf-{os.getuid()}"
    (tmp_path / "home").touch()  # nothing can be made below it
    assert directory(None) == (str(private), "")
    (tmp_path / "home").unlink()
    assert directory(None) == (str(tmp_path / "home/.local/state/check_videoconf"), "")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert directory(None) == (str(tmp_path / "xdg/check_videoconf"), "")
    (tmp_path / "system").mkdir()
    assert directory(None) == (str(tmp_path / "system"), "")
    monkeypatch.setenv("CHECK_VIDEOCONF_STATE_DIR", str(tmp_path / "environment"))
    assert directory(None) == (str(tmp_path / "environment"), "")
    assert directory(str(tmp_path / "option")) == (str(tmp_path / "option"), "")


def test_a_relative_state_home_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert directory(None) == (str(tmp_path / "tmp" / f"check_videoconf-{os.getuid()}"), "")


@pytest.mark.parametrize("slash", ["", "/", "//"])
def test_a_link_is_not_followed(tmp_path: Path, slash: str) -> None:
    (tmp_path / "target").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("target")
    path = f"{tmp_path}/link{slash}"
    assert directory(path) == ("", f"{path}: not a directory, or a link")


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert directory(str(tmp_path / "file")) == ("", f"{tmp_path}/file: not a directory, or a link")
    assert directory(f"{tmp_path}/file/below")[1].startswith(f"{tmp_path}/file/below: ")


@root_only
def test_another_users_directory_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", ANOTHER_USER, ANOTHER_USER)
    assert directory(str(tmp_path / "theirs")) == ("", f"{tmp_path}/theirs: belongs to another user")


def test_a_directory_that_holds_only_ours_is_made_private(tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / state.file_name("lock", "x")).touch()
    ours.chmod(0o755)
    assert directory(str(ours)) == (str(ours), "")
    assert mode_of(ours) == 0o700


def test_a_directory_with_other_files_keeps_its_rights_and_is_not_used(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "something").touch()
    shared.chmod(0o755)
    reason = "others can read it, and it holds other files (something); name a directory of its own"
    assert directory(str(shared)) == ("", f"{shared}: {reason}")
    assert mode_of(shared) == 0o755
    shared.chmod(0o1777)
    assert directory(str(shared)) == ("", f"{shared}: anybody can write to it")
    assert mode_of(shared) == 0o1777


def test_the_packages_directory_keeps_its_rights(tmp_path: Path) -> None:
    system = tmp_path / "system"
    system.mkdir()
    system.chmod(0o770)
    assert directory(None) == (str(system), "")
    assert mode_of(system) == 0o770
    system.chmod(0o777)
    assert directory(None)[0] != str(system)


def test_where_nothing_can_be_used_every_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("check_videoconf.state.os.access", lambda *_: False)
    found, reason = directory(None)
    assert found == ""
    assert reason.count(": not writable") == 2
    monkeypatch.setattr(state, "_usable", lambda _: os.strerror(errno.EROFS))
    assert directory(str(tmp_path)) == ("", f"{tmp_path}: Read-only file system")


@pytest.fixture(scope="module")
def devices() -> Iterator[Simulator]:
    with Simulator(systems=("trio", "pexip"), tls=False) as running:
        yield running


def ask(run: Run, devices: Simulator, *argv: str, **env: str) -> Answer:
    system, mode = argv[:2] if len(argv) > 1 and not argv[0].startswith("-") else ("trio", "device")
    rest = argv[2:] if argv[:2] == (system, mode) else argv
    port = devices.systems[system].port
    return run(system, mode, "-H", HOST, "-p", str(port), "--proto", "http", "-u", "monitor", "--password",
               "simulated", *rest, **env)  # fmt: skip


def test_a_check_without_a_directory_goes_on_and_says_so(run: Run, devices: Simulator, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = ask(run, devices, "--state-dir", str(tmp_path / "file"))
    assert answer.first_line.startswith("TRIO DEVICE OK - ")
    assert answer.long_output == [
        f"no lock, no cache and no state between runs: {tmp_path}/file: not a directory, or a link"
    ]
    answer = ask(run, devices, "pexip", "alarms", "--memory", "--state-dir", str(tmp_path / "file"))
    assert answer.long_output[-1].startswith("no lock, no cache and no state between runs: ")
    assert answer.code == 2


@root_only
def test_a_check_goes_on_with_a_directory_of_another_user(run: Run, devices: Simulator, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", ANOTHER_USER, ANOTHER_USER)
    answer = ask(run, devices, CHECK_VIDEOCONF_STATE_DIR=str(tmp_path / "theirs"))
    assert answer.code == 0
    assert f"{tmp_path}/theirs: belongs to another user" in answer.long_output[0]
    assert list((tmp_path / "theirs").iterdir()) == []


def test_a_check_that_needs_no_state_makes_no_directory(run: Run, devices: Simulator, tmp_path: Path) -> None:
    assert ask(run, devices, "pexip", "alarms").long_output[-1] != ""
    assert not (tmp_path / "state").exists()


def test_all_files_are_for_their_owner_alone_whatever_the_umask(run: Run, devices: Simulator, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ask(run, devices, "--cache", "60")
        ask(run, devices, "pexip", "alarms", "--memory")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "state") == 0o700
    files = list((tmp_path / "state").iterdir())
    assert {path.name.partition("-")[0] for path in files} == {"cache", "lock", "run"}
    assert {mode_of(path) for path in files} == {0o600}


# -- memory


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return Path(directory(str(tmp_path / "state"))[0])


def memory(place: Path | str, *key: object, remarks: list[str] | None = None, patience: float = 0.1) -> Memory:
    return Memory(str(place), key or ("a",), [] if remarks is None else remarks, patience)


def loaded(place: Path, *key: object) -> Any:
    keeper = memory(place, *key)
    try:
        return keeper.load()
    finally:
        keeper.close()


def saved(place: Path, content: Any, *key: object) -> None:
    keeper = memory(place, *key)
    keeper.load()
    keeper.save(content)
    keeper.close()


def test_what_was_saved_is_what_the_next_run_of_the_same_service_loads(place: Path) -> None:
    assert loaded(place) is None
    saved(place, {"seen": [1, "ä", None]})
    saved(place, {"other": 1}, "b")
    assert loaded(place) == {"seen": [1, "ä", None]}
    assert loaded(place, "b") == {"other": 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not readable, starting anew: damaged"),
        (b'{"version": 1, "state": {"a"', "not readable, starting anew: damaged"),
        (b"\xff\xfe\x00", "not readable, starting anew: damaged"),
        (b"[" * 100_000, "not readable, starting anew: damaged"),
        (b"[]", "is not ours, starting anew"),
        (b'{"version": 1, "state": []}', "is not ours, starting anew"),
        (b'{"version": "1", "state": {}}', "is not ours, starting anew"),
        (b'{"version": 2, "state": {}}', "is of a newer version, starting anew"),
        (b" " * (5 * 1024**2), "not readable, starting anew: not a file of ours"),
    ],
)
def test_a_file_that_cannot_be_used_costs_one_line_and_is_replaced(place: Path, content: bytes, reason: str) -> None:
    saved(place, {})
    (file,) = place.glob("run-*[0-9a-f]")
    file.write_bytes(content)
    remarks: list[str] = []
    again = memory(place, remarks=remarks)
    assert again.load() is None
    again.save({"now": 1})
    again.close()
    assert remarks == [f"state of the previous run {reason}".replace("not a file of ours", remarks[0].split(": ")[-1])]
    assert loaded(place) == {"now": 1}


def test_a_link_in_the_place_of_the_file_is_not_followed(place: Path, tmp_path: Path) -> None:
    saved(place, {"mine": 1})
    (file,) = place.glob("run-*[0-9a-f]")
    (tmp_path / "precious").write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(tmp_path / "precious")
    remarks: list[str] = []
    again = memory(place, remarks=remarks)
    assert again.load() is None
    again.save({"now": 1})
    again.close()
    assert len(remarks) == 1
    assert json.loads((tmp_path / "precious").read_bytes())["state"] == {"mine": 1}
    assert loaded(place) == {"now": 1}


def test_a_link_in_the_place_of_the_lock_costs_one_line(place: Path, tmp_path: Path) -> None:
    saved(place, {"mine": 1})
    (lock,) = place.glob("run-*.lock")
    lock.unlink()
    lock.symlink_to(tmp_path / "precious")
    remarks: list[str] = []
    again = memory(place, remarks=remarks)
    assert again.load() == {"mine": 1}
    again.close()
    assert remarks == [f"runs of this check do not wait for each other: {os.strerror(errno.ELOOP)}"]
    assert not (tmp_path / "precious").exists()


@root_only
def test_a_file_of_another_user_is_not_believed(place: Path) -> None:
    saved(place, {"forged": 1})
    (file,) = place.glob("run-*[0-9a-f]")
    os.chown(file, ANOTHER_USER, ANOTHER_USER)
    remarks: list[str] = []
    keeper = memory(place, remarks=remarks)
    assert keeper.load() is None
    keeper.close()
    assert len(remarks) == 1


def test_a_file_that_cannot_be_written_costs_one_line(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remarks: list[str] = []

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    keeper = memory(place, remarks=remarks)
    keeper.load()
    monkeypatch.setattr("check_videoconf.state.tempfile.mkstemp", full)
    keeper.save({})
    keeper.close()
    assert remarks == ["state for the next run not written: No space left on device"]


def test_a_directory_in_the_place_of_the_file_costs_one_line(place: Path) -> None:
    (place / state.file_name("run", "a")).mkdir()
    remarks: list[str] = []
    keeper = memory(place, remarks=remarks)
    assert keeper.load() is None
    keeper.save({})
    keeper.close()
    assert len(remarks) == 1


def test_without_a_directory_nothing_is_remembered_and_nothing_said() -> None:
    remarks: list[str] = []
    keeper = memory("", remarks=remarks)
    assert keeper.load() is None
    keeper.save({})
    keeper.close()
    assert remarks == []


def test_a_damaged_file_costs_one_line_of_a_check(run: Run, devices: Simulator, tmp_path: Path) -> None:
    argv = ("pexip", "alarms", "--memory")
    first = ask(run, devices, *argv)
    assert first.code == 2
    assert ask(run, devices, *argv).summary.startswith("no new alarm")
    (file,) = (tmp_path / "state").glob("run-*[0-9a-f]")
    file.write_bytes(b"garbage")
    answer = ask(run, devices, *argv)
    line = "state of the previous run not readable, starting anew: damaged"
    assert answer.long_output.count(line) == 1
    assert (list(answer.perfdata.items()), answer.code) == (list(first.perfdata.items()), first.code)


def test_a_run_waits_for_another_one_of_the_same_service(place: Path) -> None:
    saved(place, {"run": 0})
    first = memory(place)
    first.load()
    remarks: list[str] = []
    second = memory(place, remarks=remarks)
    assert second.load() == {"run": 0}
    second.save({"run": 2})
    first.save({"run": 1})
    first.close()
    second.close()
    assert remarks == ["another run of this check is still at work: this one is not remembered"]
    assert loaded(place) == {"run": 1}


_WRITER = """
import sys
from check_videoconf.state import Memory
memory = Memory(sys.argv[1], ("a",), [])
memory.load()
number = 0
print("ready", flush=True)
while True:
    number += 1
    memory.save({"number": number, "padding": "x" * 200_000, "again": number})
"""


def test_nothing_is_lost_when_a_run_is_killed_while_it_writes(place: Path) -> None:
    last = 0
    for delay in (0.0, 0.003, 0.007, 0.013, 0.02, 0.03):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(place)],
            cwd=Path(__file__).resolve().parent.parent,
            stdout=subprocess.PIPE,
        )
        assert writer.stdout
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
        writer.communicate(timeout=20)
        found = loaded(place)
        if found is not None:
            assert found["number"] == found["again"]
            assert len(found["padding"]) == 200_000
            last = found["number"]
    assert last > 0


def test_what_killed_runs_have_left_is_removed_after_a_while(place: Path) -> None:
    old, young = place / ".new-old", place / ".new-young"
    for path in (old, young):
        path.touch()
    os.utime(old, (1, 1))
    saved(place, {})
    assert (old.exists(), young.exists()) == (False, True)
