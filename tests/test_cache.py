"""What one check has just asked another need not ask again; what is kept for that is nobody's secret."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xmlrpc.client import Fault, dumps

import pytest

from check_videoconf import cache as module
from check_videoconf import catalog
from check_videoconf.cache import Cache
from check_videoconf.catalog import SYSTEMS
from check_videoconf.simulator import Canned, Simulator

from .conftest import Answer, Run
from .servers import HOST

PASSWORD = "simulated"


def ask(run: Run, devices: Simulator, system: str, mode: str, *argv: str) -> Answer:
    port = str(devices.systems[system].port)
    return run(system, mode, "-H", HOST, "-p", port, "--proto", "http", "-u", "monitor", "--password", PASSWORD, *argv)


def said(answer: Answer) -> tuple[str, int]:
    """All that was said, but for how old things are."""
    return re.sub(r"[0-9.]+ ?(?:s|min|h|d)\b", "N", answer.stdout), answer.code


# -- sharing


def test_conductor_health_is_asked_once_in_five_minutes(run: Run) -> None:
    with Simulator(systems=("conductor",), tls=False) as devices:
        first, second = (ask(run, devices, "conductor", "health") for _ in range(2))
        assert said(first) == said(second)
        assert len(devices.conductor.requests) == 1
        assert "from the cache" in ask(run, devices, "conductor", "health", "-vv").stdout
        assert len(devices.conductor.requests) == 1
        for _ in range(2):
            assert ask(run, devices, "conductor", "health", "--cache", "0").code == 0
        assert len(devices.conductor.requests) == 3


def test_checks_that_start_together_ask_once(run: Run) -> None:
    with Simulator(systems=("conductor",), tls=False, latency=0.3) as devices:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: ask(run, devices, "conductor", "health"), range(4)))
        assert [answer.code for answer in answers] == [0, 0, 0, 0]
        assert len(devices.conductor.requests) == 1


MODES = [(system, mode) for system, known in SYSTEMS.items() for mode in known.modes if mode != "api"]


@pytest.mark.parametrize(("system", "mode"), MODES)
def test_an_answer_from_the_cache_says_the_same(
    check: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, mode: str
) -> None:
    now = time.time()
    monkeypatch.setattr("check_videoconf.mode.time", SimpleNamespace(time=lambda: now))
    with Simulator(systems=(system,), tls=False) as devices:
        argv = ["--cache", "60", "-v", *shlex.split(catalog.mode(system, mode).needs)]
        if catalog.mode(system, mode).acts:
            argv += ["--hold", "0"]
        if mode == "snmp-load":
            argv += ["--snmp-port", str(devices.systems[system].snmp_port)]
        first = ask(check, devices, system, mode, *argv)
        assert not first.first_line.startswith("UNKNOWN: ")
        for path in (tmp_path / "state").glob("run-*"):
            path.unlink()  # the second one is a first run, too
        assert said(ask(check, devices, system, mode, *argv)) == said(first)


def test_an_answer_is_shared_by_what_asks_the_same_and_by_nothing_else(check: Run) -> None:
    with Simulator(systems=("pexip",), tls=False) as devices:
        for argv in ([], ["-u", "other"], ["--cache", "61"], ["--show-names"], ["--show-names"]):
            ask(check, devices, "pexip", "alarms", "--cache", "60", *argv)
        accounts = [request.headers["Authorization"] for request in devices.pexip.requests]
    assert len(accounts) == 4  # the first, the other account, and with names always


def test_a_failure_is_not_kept(check: Run) -> None:
    with Simulator(systems=("pexip", "conductor"), tls=False) as devices:
        devices.pexip.respond["status/v1/alarm/"] = [Canned(200, {}, b"starting"), Canned(500)]
        for _ in range(2):
            assert ask(check, devices, "pexip", "alarms", "--cache", "60", "--retries", "0").code == 3
        assert ask(check, devices, "pexip", "alarms", "--cache", "60").code == 2
        devices.conductor.structs["factory.health.query"], right = (
            Fault(14, "authorization failed"),
            devices.conductor.structs["factory.health.query"],
        )
        assert ask(check, devices, "conductor", "health").code == 3
        devices.conductor.structs["factory.health.query"] = right
        assert ask(check, devices, "conductor", "health").code == 0


# -- secrets


SECRETS = ["9173-geheim", "8264-geheim", "zaphod", "192.0.2.77", "+4740001234", "PRIVATE"]


def stored(state: Path) -> str:
    files = list(state.glob("cache-*"))
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_no_secret_and_nobodys_name_is_kept_of_pexip(check: Run, tmp_path: Path) -> None:
    with Simulator(systems=("pexip",), tls=False) as devices:
        for table in ("status/v1/participant/", "status/v1/conference/"):
            for row in devices.pexip.tables[table]:
                row.update(
                    display_name="Zaphod", source_alias="zaphod@example.com", destination_alias="zaphod",
                    pin="9173-geheim", guest_pin="8264-geheim", remote_address="192.0.2.77",
                    private_key="-----BEGIN PRIVATE KEY-----",
                    nested={"host_pin": "9173-geheim", "list": [{"password": "8264-geheim"}]},
                )  # fmt: skip
        answer = ask(check, devices, "pexip", "conferences", "--cache", "60", "-vvv")
        assert answer.code == 0
    kept = stored(tmp_path / "state").lower()
    assert [secret for secret in (*SECRETS, PASSWORD) if secret.lower() in kept] == []
    assert "geheim" not in answer.stdout
    assert "private key" not in answer.stdout.lower()


def test_no_secret_and_nobodys_name_is_kept_of_the_conductor(check: Run, tmp_path: Path) -> None:
    with Simulator(systems=("conductor",), tls=False) as devices:
        right = devices.conductor.structs["factory.health.query"]
        assert isinstance(right, dict)
        devices.conductor.structs["factory.health.query"] = {
            **right, "pin": "9173-geheim", "guestPin": "8264-geheim",
            "participants": [{"displayName": "Zaphod", "address": "zaphod@example.com", "participantName": "zaphod"}],
        }  # fmt: skip
        answer = ask(check, devices, "conductor", "health", "-vvv")
        assert answer.code == 0
    kept = stored(tmp_path / "state").lower()
    assert [secret for secret in (*SECRETS, PASSWORD) if secret.lower() in kept] == []
    assert "geheim" not in answer.stdout


def test_no_secret_and_nobodys_name_is_kept_of_the_phone(check: Run, tmp_path: Path) -> None:
    with Simulator(systems=("trio",), tls=False) as devices:
        devices.trio.data["mgmt/device/stats"].update(
            RemotePartyName="Zaphod", RemotePartyNumber="+4740001234", Password="9173-geheim"
        )
        answer = ask(check, devices, "trio", "device", "--cache", "60", "-vvv")
        assert answer.code == 0
    kept = stored(tmp_path / "state").lower()
    assert [secret for secret in (*SECRETS, PASSWORD) if secret.lower() in kept] == []
    assert "geheim" not in answer.stdout


def test_a_text_of_many_urls_is_kept_in_time(check: Run, tmp_path: Path) -> None:
    with Simulator(systems=("pexip",), tls=False) as devices:
        devices.pexip.tables["status/v1/alarm/"][0]["details"] = "://" * 100_000
        at_once, kept = (ask(check, devices, "pexip", "alarms", "--cache", age) for age in ("0", "60"))
    assert said(kept) == said(at_once)
    assert "://" * 100_000 in stored(tmp_path / "state")


# -- the files


def test_an_answer_is_used_until_it_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(str(tmp_path), 60)
    now = time.time()
    cache.store({"a": [1, None, "ä"]}, "device", "request")
    assert cache.load("device", "request") == (True, {"a": [1, None, "ä"]})
    assert cache.load("device", "other") == (False, None)
    for moment, found in ((now + 59, True), (now + 120, False), (now - 120, False)):
        monkeypatch.setattr("check_videoconf.cache.time.time", lambda moment=moment: moment)
        assert cache.load("device", "request")[0] is found


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "huge", "text", "foreign"])
def test_a_damaged_file_is_ignored(tmp_path: Path, damage: str) -> None:
    cache = Cache(str(tmp_path), 60)
    cache.store({"number": 12}, "key")
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    path.write_bytes({
        "cut": content[:-5],
        "flipped": content.replace(b"12", b"13"),
        "empty": b"",
        "huge": content + b" " * 5 * 1024**2,
        "text": b"\xff\n\n{",
        "foreign": json.dumps({"stored": time.time(), "answer": []}).encode(),
    }[damage])  # fmt: skip
    assert cache.load("key") == (False, None)
    cache.store({"number": 14}, "key")
    assert cache.load("key") == (True, {"number": 14})


def test_a_damaged_file_does_not_disturb_a_check(run: Run, tmp_path: Path) -> None:
    with Simulator(systems=("conductor",), tls=False) as devices:
        first = ask(run, devices, "conductor", "health")
        for path in (tmp_path / "state").glob("cache-*"):
            path.write_bytes(path.read_bytes()[:-9])
        assert said(ask(run, devices, "conductor", "health")) == said(first)
        assert len(devices.conductor.requests) == 2


def test_readers_and_writers_do_not_disturb_each_other(tmp_path: Path) -> None:
    def work(number: int) -> list[Any]:
        cache = Cache(str(tmp_path), 60)
        found = []
        for turn in range(40):
            cache.store({"text": str(turn % 7) * 20_000}, "key")
            found.append(cache.load("key"))
        return found

    with ThreadPoolExecutor(4) as pool:
        for results in pool.map(work, range(4)):
            for found, answer in results:
                assert found
                assert len(set(answer["text"])) == 1
                assert len(answer["text"]) == 20_000


def test_the_cache_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST_IN_ALL", 50_000)
    cache = Cache(str(tmp_path), 60)
    (tmp_path / "lock-other").touch()
    for number in range(20):
        cache.store("x" * 9_000, number)
        for path in tmp_path.iterdir():
            os.utime(path, (path.stat().st_mtime - 1,) * 2)  # the older, the longer ago
    kept = [cache.load(number)[0] for number in range(20)]
    assert kept == [False] * 15 + [True] * 5
    monkeypatch.setattr(module, "_MOST", 3)
    cache.store("y", "last")
    assert len(list(tmp_path.glob("cache-*"))) == 3
    assert (tmp_path / "lock-other").exists()


def test_an_answer_too_large_to_keep_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path), 60)
    cache.store("x" * 5 * 1024**2, "key")
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_silent(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "gone"), 60)
    cache.store({}, "key")
    assert cache.load("key") == (False, None)
    assert Cache("", 60).load("key") == (False, None)


def test_the_body_of_a_call_is_not_shown_with_its_password(check: Run) -> None:
    body = dumps(({"authenticationUser": "monitor", "authenticationPassword": PASSWORD},), "factory.health.query")
    assert PASSWORD in body
    with Simulator(systems=("conductor",), tls=False) as devices:
        answer = ask(check, devices, "conductor", "health", "--cache", "0", "-vvv")
    assert "authenticationPassword</name> <value><string>***</string>" in answer.stdout
    assert PASSWORD not in answer.stdout
