"""Who may use the service, with whose rights its checks run, and what strange clients can do to it."""

from __future__ import annotations

import grp
import os
import pwd
import re
import resource
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from check_videoconf.service import listening as listening_sockets
from check_videoconf.simulator import Simulator
from tests.conftest import Run
from tests.servers import EMPTY_LIST, HOST, Request, Web, listening

from .serving import ROOT, Asked, Refused, Service, request, serving, wait_for
from .still import Clock, clock, serving_still
from .test_isolation import Holding

__all__ = ["clock"]

SECRET = "Zx9-geheim"
PASSWORD = {"CHECK_VIDEOCONF_PASSWORD": SECRET}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")


def alarms(port: int, *argv: str) -> list[str]:
    return ["pexip", "alarms", "-H", HOST, "-p", str(port), "--proto", "http", *argv]


def refused(asked: Asked) -> str:
    with asked, pytest.raises(Refused) as reason:
        asked.answer()
    return str(reason.value)


# -- the socket


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_the_socket_is_for_owner_and_group_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        service = Service(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(service.path.stat().st_mode) == 0o660
    service.stop()
    assert not service.path.exists()


def started(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "check_videoconf", "serve", "--socket", str(path), *options]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=30, check=False)


def test_a_socket_that_nobody_listens_on_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(tmp_path / "socket"))
    with serving(tmp_path) as service:
        assert service.ask("--version").stdout.startswith("check_videoconf ")


@pytest.mark.parametrize("group", [None, grp.getgrgid(os.getgid()).gr_name])
def test_a_link_in_the_place_of_a_new_socket_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str | None
) -> None:
    victim = tmp_path / "victim"
    victim.touch(0o600)
    changed = victim.stat().st_ctime_ns

    class Hijacked(socket.socket):
        def bind(self, path: Any) -> None:
            super().bind(path)
            os.unlink(path)
            os.symlink(victim, path)

    monkeypatch.setattr(socket, "socket", Hijacked)
    listening_sockets.bound(str(tmp_path / "socket"), group).close()
    assert victim.stat().st_ctime_ns == changed


def test_a_socket_that_is_in_use_is_left_alone(service: Service) -> None:
    done = started(service.path)
    assert done.stderr == f"check_videoconf serve: {service.path}: a service listens there already\n"
    assert done.returncode == 3
    assert service.ask("--version").stdout.startswith("check_videoconf ")


def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    path.write_text("precious")
    assert "there is something that is not a socket" in started(path).stderr
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--group", "no-such-group"), "there is no group no-such-group"),
        (("--workers", "0"), "--workers: '0' is not a whole number from 1 to 1000"),
        (("--wrokers", "1"), "unknown option --wrokers, did you mean --workers?"),
        (("more",), "one argument too many: more"),
    ],
)
def test_a_service_that_cannot_start_says_why(tmp_path: Path, options: tuple[str, ...], reason: str) -> None:
    done = started(tmp_path / "socket", *options)
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 3


def test_a_service_that_was_killed_leaves_a_socket_that_the_next_one_takes(tmp_path: Path) -> None:
    first = Service(tmp_path)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(20)
    assert first.path.exists()
    with serving(tmp_path) as second:
        assert second.ask("--version").code == 3


_ACTIVATION = """
import os, socket, sys
listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listening.bind(sys.argv[1] + ".new")
listening.listen()
os.rename(sys.argv[1] + ".new", sys.argv[1])
os.dup2(listening.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.executable, [sys.executable, "-m", "check_videoconf", "serve"])
"""


def test_the_socket_may_be_systemds(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    process = subprocess.Popen([sys.executable, "-c", _ACTIVATION, str(path)], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        wait_for(path.exists)
        with Asked(path, request(("--version",), {}, "/")) as asked:
            assert asked.answer().stdout.startswith("check_videoconf ")
    finally:
        process.terminate()
        process.wait(20)
    assert path.exists()  # it is systemd's


# -- what it says


def test_secrets_are_in_no_log_and_no_process_title(service: Service, device: Web) -> None:
    for answer in (
        service.ask(*alarms(device.port, "--password", SECRET, "-vvv")),
        service.ask(*alarms(device.port, "-vvv"), **PASSWORD),
    ):
        assert answer.first_line.startswith("PEXIP ALARMS OK")
        assert SECRET not in answer.stdout
    assert SECRET not in service.log.read_text()
    for process in [service.process.pid, *service.workers()]:
        for name in ("cmdline", "environ"):
            assert SECRET.encode() not in Path(f"/proc/{process}/{name}").read_bytes()


def test_no_process_of_the_service_leaves_its_memory_in_a_file(tmp_path: Path, device: Web) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        started = Service(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    started.ask(*alarms(device.port), **PASSWORD)
    for process in {*started.fronts(), *started.workers()}:
        limits = Path(f"/proc/{process}/limits").read_text(encoding="ascii")
        assert re.search(r"^Max core file size +0 ", limits, re.MULTILINE)
    started.stop()


def test_no_answer_tells_of_another_check(service: Service, device: Web) -> None:
    service.ask(*alarms(device.port), **PASSWORD)
    answer = service.ask(*alarms(device.port, "-vvv"))
    assert answer.first_line.startswith("UNKNOWN: a password is required")


def test_each_check_logs_in_with_its_own_account_over_the_same_connection(service: Service) -> None:
    seen: list[tuple[str, ...]] = []

    def answer(request: Request) -> tuple[int, dict[str, str], bytes]:
        seen.append((request.headers["Authorization"], request.headers.get("Cookie", "")))
        return 200, {"Set-Cookie": "session=1"}, EMPTY_LIST

    with Web(answer) as web:
        for name in ("first", "second", "first"):
            service.ask(*alarms(web.port, "-u", name), **PASSWORD)
    assert seen[0] == seen[2] != seen[1]
    assert {cookie for _, cookie in seen} == {""}


# -- strange clients


def test_half_a_request_is_ended_after_a_while(service: Service) -> None:
    whole = request(("--version",), {}, "/")
    with ExitStack() as stack:
        parts = [stack.enter_context(Asked(service.path, whole[:end])) for end in (0, 3, 9, -1)]
        assert [asked.socket.recv(1) for asked in parts] == [b""] * 4
    assert service.ask("--version").code == 3


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"CVC1abcdefgh",
        b"CVC199999999",
        b"CVC100000000x",
        b"CVC100000003\0\0\0",
        request(("--version",), {}, "relative"),
        request(("--version",), {}, "/") + b"more",
        b"CVC100000010" + b"\x00".join([b"0", b"022", b"/", b"-1"]),
        b"CVC100000013" + b"\x00".join([b"0", b"022", b"/", b"99999"]),
    ],
)
def test_garbage_is_refused(service: Service, garbage: bytes) -> None:
    asked = Asked(service.path, garbage)
    assert refused(asked) in ("this is no request", "the request is too large", "the service closed the connection")
    assert service.ask("--version").code == 3


def test_a_directory_that_cannot_be_entered_is_left_to_the_client(service: Service, tmp_path: Path) -> None:
    asked = Asked(service.path, request(("--version",), service.env, tmp_path / "gone"))
    assert "No such file or directory" in refused(asked)


def test_what_only_a_start_can_take_on_is_left_to_the_client(service: Service) -> None:
    reason = refused(service.asked("--version", LD_PRELOAD="/nowhere.so"))
    assert reason == "the service was started with another LD_PRELOAD"


def test_a_service_with_nothing_free_leaves_checks_to_their_clients(tmp_path: Path, device: Web) -> None:
    held = Holding()
    with serving(tmp_path, "--workers", "1") as service, listening(held.play) as port:
        with service.asked(*alarms(port), **PASSWORD) as asked:
            asked.taken()
            assert held.asked.acquire(timeout=20)
            assert refused(service.asked(*alarms(device.port), **PASSWORD)) == "all workers of the service are busy"
        wait_for(lambda: held.left.acquire(blocking=False))


def test_a_burst_of_clients_is_served(service: Service) -> None:
    with ExitStack() as stack:
        burst = [stack.enter_context(service.asked("--version")) for _ in range(400)]
        assert {asked.answer().code for asked in burst} == {3}


# -- what a caller has is what its check has


def test_the_callers_directory_umask_and_environment_are_the_checks(
    service: Service, device: Web, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    state = tmp_path / "one" / "two"
    argv = tuple(alarms(device.port, "--password-file", "secret", "--lock", "--state-dir", str(state)))
    env = {**service.env, "CHECK_VIDEOCONF_USERNAME": "someone"}
    with Asked(service.path, request(argv, env, tmp_path, 0o027)) as asked:
        assert asked.answer().code == 0
    assert device.requests[0].headers["Authorization"] == "Basic " + b64encode(b"someone:from a file").decode()
    assert stat.S_IMODE(state.parent.stat().st_mode) == 0o750
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    with Asked(service.path, request(argv, env, tmp_path / "one")) as asked:
        assert asked.answer().first_line.startswith("UNKNOWN: --password-file secret: No such")


def test_the_time_zone_is_the_callers(tmp_path: Path, run: Run, simulator: Simulator, clock: Clock) -> None:
    argv = ["conductor", "alarms", "-H", HOST, "-p", str(simulator.conductor.port), "-u", "monitor"]
    argv += ["--cacert", simulator.ca_file, "-v"]
    with serving_still(tmp_path) as still:
        for zone in ({"TZ": "Asia/Tokyo"}, {"TZ": "America/Caracas"}, {"TZ": "UTC"}, {}):
            env = {"CHECK_VIDEOCONF_PASSWORD": simulator.password, **clock.env, **zone}
            alone = run(*argv, **env, PYTHONPATH=still.env["PYTHONPATH"])
            assert still.ask(*argv, **env).stdout == alone.stdout


def test_the_home_directory_is_the_callers(service: Service, device: Web, tmp_path: Path) -> None:
    argv = alarms(device.port, "--lock")
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "none"), **PASSWORD}
    with Asked(service.path, request(tuple(argv), env, "/")) as asked:
        assert asked.answer().code == 0
    if not os.access("/var/lib/check_videoconf", os.W_OK):
        assert (tmp_path / ".local" / "state" / "check_videoconf").is_dir()


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that other accounts can enter; pytest closes its own to them."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


_CLIENT_AS = """
import os, sys
sys.path.insert(0, sys.argv[1])
uid = int(sys.argv[2])
from pathlib import Path
from tests.service.serving import Asked, Refused, request
os.setgroups([]); os.setresgid(uid, uid, uid); os.setresuid(uid, uid, uid)
try:
    env = {"HOME": sys.argv[4], "CHECK_VIDEOCONF_PASSWORD": "x"}
    with Asked(Path(sys.argv[3]), request(tuple(sys.argv[5:]), env, "/")) as asked:
        print(asked.answer().stdout, end="")
except Refused as reason:
    print("refused:", reason)
"""


def as_account(service: Service, uid: int, home: Path, *argv: str) -> str:
    """What a client of that account is answered."""
    script = [sys.executable, "-c", _CLIENT_AS, str(ROOT), str(uid), str(service.path), str(home), *argv]
    done = subprocess.run(script, capture_output=True, encoding="utf-8", timeout=45, check=False)
    assert done.stderr == ""
    return done.stdout


@as_root
def test_checks_of_a_service_of_root_have_the_rights_of_their_callers(open_path: Path, device: Web) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    secret = open_path / "secret"
    secret.write_text("root's own\n")
    secret.chmod(0o600)
    state = open_path / "state-of-nobody"
    state.mkdir()
    os.chown(state, nobody, nobody)
    with serving(open_path) as service:
        service.path.chmod(0o666)
        argv = alarms(device.port, "--lock", "--state-dir", str(state))
        assert as_account(service, nobody, open_path, *argv).startswith("PEXIP ALARMS OK")
        assert {entry.stat().st_uid for entry in state.iterdir()} == {nobody}
        argv = alarms(device.port, "--password-file", str(secret))
        assert as_account(service, nobody, open_path, *argv).endswith(f"{secret}: Permission denied\n")
        assert service.ask(*argv).stdout.startswith("PEXIP ALARMS OK")


@as_root
def test_a_service_of_another_account_serves_that_alone(open_path: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    open_path.chmod(0o777)
    drop = f"import os; os.setgroups([]); os.setresgid(*[{nobody}] * 3); os.setresuid(*[{nobody}] * 3)"
    argv = "from check_videoconf.service.serve import main; import sys; sys.exit(main(['--socket', sys.argv[2]]))"
    path = open_path / "socket"
    program = f"import sys; sys.path.insert(0, sys.argv[1]); {argv.partition(';')[0]}; {drop}; {argv.partition(';')[2]}"
    process = subprocess.Popen([sys.executable, "-c", program, str(ROOT), str(path)], stderr=subprocess.DEVNULL)
    try:
        wait_for(path.exists)
        assert path.stat().st_uid == nobody
        reason = refused(Asked(path, request(("--version",), {}, "/")))
        assert reason in (
            "the service runs as another account, or in other groups",
            "the service closed the connection",
        )
    finally:
        process.terminate()
        process.wait(20)
