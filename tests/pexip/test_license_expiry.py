"""pexip license-expiry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..levels import AT_EACH_LEVEL, AT_EACH_STATE
from .manager import Manager
from .rows import NOW, Row, without

LICENCE = "configuration/v1/licence/"
KEY = "ABCD-1234-EF567"
#: Until the end of 2026-12-31.
TO_NEW_YEAR = 1798761600 - NOW


def licence(identity: object = "5820731001", expiration_date: object = "31-dec-2026", **changed: Any) -> Row:
    return {
        "concurrent": 250,
        "entitlement_id": KEY,
        "expiration_date": expiration_date,
        "features": "port",
        "fulfillment_id": identity,
        "fulfillment_type": "entitlement",
        "product_id": "pexip-infinity",
        "resource_uri": f"/api/admin/configuration/v1/licence/{identity}/",
        "status": "active",
        "trust_flags": 7,
        **changed,
    }


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """One license that expires and one that does not."""
    manager.tables[LICENCE] = [licence(), licence("5820731002", "permanent", features="vmr")]
    return manager


FIGURES = (
    "'licenses.total.count'=2;;;0; 'licenses.invalid.count'=0;;;0;2 "
    "'…1001#license.expiry.seconds'=26319751s;2592000:;604800:;;"
)


def test_licenses_that_expire_are_measured(manager: Manager) -> None:
    answer = manager.check("license-expiry")
    said = "2 licenses, the first expires in 304 d 15 h"
    assert answer.first_line == f"PEXIP LICENSE-EXPIRY OK - {said} | {FIGURES}"
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [f"{LICENCE}?limit=1000&offset=0"]


@pytest.mark.parametrize(
    ("date", "code", "said"),
    [
        ("2026-04-01T08:57:29", 0, "2 licenses, the first expires in 30 d"),
        ("2026-04-01T08:57:28", 1, "license expiry of …1001 29 d 23 h, below 30 d"),
        ("2026-03-09T08:57:29", 1, "license expiry of …1001 7 d, below 30 d"),
        ("2026-03-09T08:57:28", 2, "license expiry of …1001 6 d 23 h, below 7 d"),
        ("2026-03-02", 2, "license expiry of …1001 15 h 2 min, below 7 d"),
        ("1-mar-2026", 2, "license expiry of …1001 -8 h 57 min, below 7 d"),
    ],
)
def test_30_days_before_it_warns_and_7_days_before_it_is_critical(
    manager: Manager, date: str, code: int, said: str
) -> None:
    manager.tables[LICENCE][0]["expiration_date"] = date
    answer = manager.check("license-expiry")
    assert (answer.summary, answer.code) == (said, code)


@pytest.mark.parametrize("date", ["permanent", "Permanent", ""])
def test_licenses_that_never_expire_are_ok(manager: Manager, date: str) -> None:
    manager.tables[LICENCE] = [licence(expiration_date=date)]
    answer = manager.check("license-expiry", "--critical-license-status", "%{expiry} < 9999d")
    assert answer.summary == "1 license, none expires"
    assert list(answer.perfdata) == ["licenses.total.count", "licenses.invalid.count"]
    assert answer.code == 0


def test_a_date_of_an_unknown_format_is_unknown_and_shown(manager: Manager) -> None:
    manager.tables[LICENCE].append(licence("5820731003", "31/12/2026 |\n"))
    answer = manager.check("license-expiry")
    said = "expiration_date of license …1003 is unreadable: '31/12/2026 / '"
    assert (answer.summary, answer.code) == (said, 3)
    assert answer.perfdata["licenses.total.count"] == "3;;;0;"
    assert "…1001#license.expiry.seconds" in answer.perfdata


def test_a_long_date_is_shortened(manager: Manager) -> None:
    manager.tables[LICENCE] = [licence(expiration_date="x" * 500)]
    assert manager.check("license-expiry").summary.endswith(f"unreadable: '{'x' * 39}…'")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("expiration_date", None, "expiration_date of a license is null or empty"),
        ("expiration_date", ["31-dec-2026"], "expiration_date of a license is unreadable (a list)"),
        ("status", None, "status of a license is null or empty"),
        ("fulfillment_id", None, "fulfillment_id of a license is null or empty"),
        ("features", {}, "features of a license is unreadable (an object)"),
    ],
)
def test_a_field_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, name: str, value: object, said: str
) -> None:
    manager.tables[LICENCE][1][name] = value
    answer = manager.check("license-expiry")
    assert (answer.summary, answer.code) == (said, 3)
    assert answer.first_line.endswith(f"| {FIGURES}")


@pytest.mark.parametrize("name", ["expiration_date", "status", "fulfillment_id", "product_id"])
def test_a_field_that_is_missing_is_unknown(manager: Manager, name: str) -> None:
    manager.tables[LICENCE][1] = without(manager.tables[LICENCE][1], name)
    answer = manager.check("license-expiry")
    assert (answer.summary, answer.code) == (f"{name} of a license is missing", 3)


@pytest.mark.parametrize(
    ("status", "invalid"), [("ACTIVE", 0), ("Valid", 0), (" active ", 0), ("expired", 1), ("inactive", 1), ("", 1)]
)
def test_a_status_other_than_active_and_valid_is_invalid(manager: Manager, status: str, invalid: int) -> None:
    manager.tables[LICENCE][1]["status"] = status
    answer = manager.check("license-expiry", "--warning-licenses-invalid", "0")
    assert answer.perfdata["licenses.invalid.count"] == f"{invalid};0;;0;2"
    assert answer.code == invalid


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("licenses-total", "2", "1", "licenses 2, above 1"),
        ("license-expiry", "304d:", "305d:", "license expiry of …1001 304 d 15 h, below 305 d"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("license-expiry", f"--{level}-{label}", inside, outside)
    assert (answer.summary, answer.code) == (said, code)


@pytest.mark.parametrize(
    "expression",
    [
        "%{features} eq 'port'",
        "%{expiry} < 305d",
        "%{product_id} =~ /infinity/ and %{features} ne 'vmr'",
        "%{fulfillment_type} eq 'entitlement' and %{trust_flags} == 7 and %{status} eq 'active' and %{expiry}",
    ],
)
@AT_EACH_STATE
def test_each_license_can_be_judged(manager: Manager, expression: str, level: str, code: int) -> None:
    answer = manager.check("license-expiry", f"--{level}-license-status", expression)
    said = "license …1001 (pexip-infinity, port): status active, expires in 304 d 15 h"
    assert (answer.summary, answer.code) == (said, code)


def test_no_license_at_all_is_unknown(manager: Manager) -> None:
    manager.tables[LICENCE] = []
    answer = manager.check("license-expiry")
    assert (answer.summary, answer.code) == ("the device reports no license at all", 3)


@pytest.mark.parametrize("argv", [["-vvv"], ["-vvv", "--output", "json"], ["-vvv", "--output", "openmetrics"]])
def test_of_a_key_no_more_than_four_characters_are_printed(manager: Manager, argv: list[str]) -> None:
    answer = manager.check("license-expiry", *argv)
    assert "1001" in answer.stdout
    assert "31001" not in answer.stdout
    assert KEY not in answer.stdout


def test_keys_are_not_kept_in_the_cache_and_the_check_does_without(manager: Manager, tmp_path: Path) -> None:
    for _ in range(2):
        assert manager.check("license-expiry", "--cache", "300").first_line.endswith(f"| {FIGURES}")
    assert len(manager.requests) == 2
    assert not list((tmp_path / "state").glob("cache-*"))
