"""The simulated Management Node: what calls rest on, bursting, licences, certificates, backups."""

from __future__ import annotations

import re
from typing import Any

import pytest

from check_videoconf.simulator import Simulator

from .client import Client

REGISTRATION = "status/v1/registration_alias/"
BACKPLANE = "status/v1/backplane/"
CLOUD = tuple(f"status/v1/cloud_{what}/" for what in ("node", "monitored_location", "overflow_location"))
LICENCE = "configuration/v1/licence/"
TLS = "configuration/v1/tls_certificate/"
CA = "configuration/v1/ca_certificate/"
BACKUP = "configuration/v1/system_backup/"
AUTOBACKUP = "configuration/v1/autobackup/"
ALL = (REGISTRATION, BACKPLANE, *CLOUD, LICENCE, TLS, CA, BACKUP)


def only_pexip(**options: Any) -> Simulator:
    return Simulator(systems=("pexip",), tls=False, **options)


@pytest.mark.parametrize("version", [16, 24, 36])
def test_each_version_has_them_but_version_16_no_automatic_backup(version: int) -> None:
    with only_pexip(pexip_version=version) as simulator, Client(simulator, simulator.pexip) as client:
        for path in ALL:
            reply = client.get(path)
            assert reply.json["meta"]["total_count"] == len(reply.objects) > 0
        assert client.get(AUTOBACKUP).status == (404 if version == 16 else 200)
        assert client.get(f"{AUTOBACKUP}1/").status == (404 if version == 16 else 200)


@pytest.mark.parametrize(
    ("path", "later"),
    [
        (REGISTRATION, {"vendor"}),
        (CLOUD[1], {"overflow_location"}),
        (TLS, {"client_auth_usage", "server_auth_usage"}),
        (BACKUP, {"type", "sha256sum"}),
    ],
)
def test_later_fields_are_those_of_later_versions(path: str, later: set[str]) -> None:
    old, new = (set(only_pexip(pexip_version=version).pexip.tables[path][0]) for version in (16, 36))
    assert new - old == later
    assert not old - new


def test_rows_have_their_own_uris(simulator: Simulator) -> None:
    with Client(simulator, simulator.pexip) as client:
        for path in (*ALL, AUTOBACKUP):
            for row in client.get(path).objects:
                assert row["resource_uri"].startswith(f"/api/admin/{path}")
                assert client.get(row["resource_uri"]).json == row


def test_registrations_are_at_nodes_that_take_calls() -> None:
    tables = only_pexip().pexip.tables
    addresses = {row["name"]: row["address"] for row in tables["configuration/v1/worker_vm/"]}
    usable = {addresses[name] for name in ("lon-conf-01", "lon-conf-02", "osl-conf-02")}
    assert {row["node"] for row in tables[REGISTRATION]} == usable
    assert len({row["alias"] for row in tables[REGISTRATION]}) == len(tables[REGISTRATION]) == 6


def test_backplanes_join_nodes_and_have_streams(simulator: Simulator) -> None:
    with Client(simulator, simulator.pexip) as client:
        rows = client.get(BACKPLANE).objects
        assert [row["type"] for row in rows] == ["local", "geo"]
        for row in rows:
            streams = client.get(f"{BACKPLANE}{row['id']}/media_stream/").objects
            assert [stream["type"] for stream in streams] == ["video", "audio"]
            assert {stream["node"] for stream in streams} == {row["media_node"]}
        assert client.get(f"{BACKPLANE}gone/media_stream/").status == 404


def test_a_stopped_cloud_node_reports_a_load_that_it_does_not_mean() -> None:
    rows = only_pexip().pexip.tables[CLOUD[0]]
    assert [(row["cloud_instance_state"], row["max_hd_calls"], row["media_load"]) for row in rows] == [
        ("running", 33, 6),
        ("stopped", 0, 100),
    ]
    assert all(row["aws_instance_state"] == row["cloud_instance_state"] for row in rows)


def test_licences_expire_on_days_or_never() -> None:
    dates = [row["expiration_date"] for row in only_pexip().pexip.tables[LICENCE]]
    assert [bool(re.fullmatch(r"\d{1,2}-[a-z]{3}-\d{4}", date)) for date in dates] == [True, False, True]
    assert dates[1] == "permanent"


def test_certificates_say_who_uses_them() -> None:
    tables = only_pexip().pexip.tables
    assert [len(row["nodes"]) for row in tables[TLS]] == [2, 3, 0]
    assert all("PRIVATE KEY" in row["private_key"] for row in tables[TLS])
    assert not any("private_key" in row or "nodes" in row for row in tables[CA])


def test_an_empty_deployment_has_no_calls_and_no_bursting() -> None:
    tables = only_pexip(nodes=0, conferences=0).pexip.tables
    assert [tables[path] for path in (REGISTRATION, BACKPLANE, *CLOUD)] == [[], [], [], [], []]
