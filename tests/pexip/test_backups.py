"""pexip backups."""

from __future__ import annotations

from typing import Any

import pytest

from ..levels import AT_EACH_LEVEL, AT_EACH_STATE
from .manager import Manager
from .rows import Row, ago, without

BACKUP = "configuration/v1/system_backup/"
AUTOBACKUP = "configuration/v1/autobackup/"
HOUR, DAY = 3600, 86400


def backup(age: float, **changed: Any) -> Row:
    name = f"pexip_backup_mgr_39_84112.0.0_{age:.0f}.tar.gpg"
    return {
        "build": "84112.0.0",
        "date": ago(age),
        "filename": name,
        "resource_uri": f"/api/admin/{BACKUP}{name}/",
        "size": 9_369_536,
        "version": "39",
        **changed,
    }


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """Two backups, the newest neither first nor last, and automatic ones on."""
    manager.tables[BACKUP] = [backup(3 * DAY), backup(7 * HOUR), backup(30 * HOUR)]
    manager.tables[AUTOBACKUP] = [
        {
            "autobackup_enabled": True,
            "autobackup_interval": 24,
            "autobackup_passphrase": "correct horse",
            "autobackup_upload_password": "battery staple",
            "id": 1,
        }
    ]
    return manager


def test_the_newest_backup_counts(manager: Manager) -> None:
    answer = manager.check("backups")
    assert answer.first_line == (
        "PEXIP BACKUPS OK - 3 backups, the newest 7 h old (8.9 MiB) | "
        "'backup.age.seconds'=25200s;172800;604800;0; 'backup.size.bytes'=9369536B;;;0; 'backups.total.count'=3;;;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [f"{BACKUP}?limit=1000&offset=0", f"{AUTOBACKUP}?limit=1000&offset=0"]


@pytest.mark.parametrize(
    ("age", "code", "said"),
    [
        (2 * DAY, 0, "1 backup, the newest 2 d old (8.9 MiB)"),
        (2 * DAY + HOUR, 1, "age of the newest backup 2 d 1 h, above 2 d"),
        (7 * DAY, 1, "age of the newest backup 7 d, above 2 d"),
        (7 * DAY + HOUR, 2, "age of the newest backup 7 d 1 h, above 7 d"),
        (-HOUR, 0, "1 backup, the newest 0 s old (8.9 MiB)"),
    ],
)
def test_2_days_warn_and_7_days_are_critical(manager: Manager, age: float, code: int, said: str) -> None:
    manager.tables[BACKUP] = [backup(age)]
    answer = manager.check("backups")
    assert (answer.summary, answer.code) == (said, code)


def test_no_backup_at_all_is_critical(manager: Manager) -> None:
    manager.tables[BACKUP] = []
    answer = manager.check("backups")
    assert answer.first_line == "PEXIP BACKUPS CRITICAL - no backup at all | 'backups.total.count'=0;;;0;"
    assert answer.code == 2


def test_automatic_backups_that_are_off_warn(manager: Manager) -> None:
    manager.tables[AUTOBACKUP][0]["autobackup_enabled"] = False
    answer = manager.check("backups")
    assert (answer.summary, answer.code) == ("automatic backups are off", 1)
    assert manager.check("backups", "--warning-autobackup", "").code == 0


@pytest.mark.parametrize("expression", ["%{interval} > 12", "%{enabled}", "%{enabled} == 1 and %{interval} == 24"])
@AT_EACH_STATE
def test_the_automatic_backup_can_be_judged(manager: Manager, expression: str, level: str, code: int) -> None:
    answer = manager.check("backups", f"--{level}-autobackup", expression)
    assert (answer.summary, answer.code) == ("automatic backups every 24 h", code)


def test_a_version_without_automatic_backups_is_judged_by_the_rest(manager: Manager) -> None:
    del manager.tables[AUTOBACKUP]
    answer = manager.check("backups")
    assert (answer.long_output, answer.code) == (["autobackup: not supported by this version"], 0)
    answer = manager.check("backups", "--warning-autobackup", "%{enabled} == 0")
    assert (answer.summary, answer.code) == ("autobackup: not supported by this version", 3)


def test_an_error_at_the_automatic_backups_is_said_and_the_backups_are_measured(manager: Manager) -> None:
    manager.answers[AUTOBACKUP] = 403
    answer = manager.check("backups")
    assert "is not permitted to read" in answer.summary
    assert answer.perfdata["backups.total.count"] == "3;;;0;"
    assert answer.code == 3


def test_no_setting_of_automatic_backups_is_unknown(manager: Manager) -> None:
    manager.tables[AUTOBACKUP] = []
    answer = manager.check("backups")
    assert (answer.summary, answer.code) == ("autobackup: the device reports no setting", 3)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("date", None, "date of a backup is null or empty"),
        ("date", "yesterday", "date of a backup is unreadable (text)"),
        ("size", None, "size of a backup is null or empty"),
        ("size", "large", "size of a backup is unreadable (text)"),
    ],
)
def test_a_field_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, name: str, value: object, said: str
) -> None:
    manager.tables[BACKUP][0][name] = value
    answer = manager.check("backups")
    assert (answer.summary, answer.code) == (said, 3)
    assert answer.perfdata["backup.age.seconds"] == "25200s;172800;604800;0;"


@pytest.mark.parametrize("name", ["date", "size"])
def test_a_field_that_is_missing_in_all_of_them_is_unknown(manager: Manager, name: str) -> None:
    manager.tables[BACKUP] = [without(row, name) for row in manager.tables[BACKUP]]
    answer = manager.check("backups")
    assert (answer.summary, answer.code) == (f"{name} of 3 backups is missing", 3)
    assert answer.perfdata["backups.total.count"] == "3;;;0;"


@pytest.mark.parametrize("value", [None, "sometimes"])
def test_whether_they_are_automatic_must_be_known(manager: Manager, value: object) -> None:
    manager.tables[AUTOBACKUP][0]["autobackup_enabled"] = value
    answer = manager.check("backups")
    assert answer.summary.startswith("autobackup_enabled of an autobackup setting is ")
    assert answer.code == 3


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("backup-age", "8h", "6h", "age of the newest backup 7 h, above 6 h"),
        ("backups-total", "3:", "4:", "backups 3, below 4"),
        ("backup-size", "8M:", "9M:", "size of the newest backup 8.9 MiB, below 9 MiB"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("backups", f"--{level}-{label}", inside, outside)
    assert (answer.summary, answer.code) == (said, code)


def test_no_output_shows_a_password(manager: Manager) -> None:
    shown = manager.check("backups", "-vvv").stdout
    assert "autobackup_passphrase" in shown
    assert "correct horse" not in shown
    assert "battery staple" not in shown


def test_a_backup_from_the_future_is_not_the_newest(manager: Manager) -> None:
    manager.tables[BACKUP].append(backup(-365 * DAY))
    for row in manager.tables[BACKUP][:-1]:
        row["date"] = ago(8 * DAY)
    answer = manager.check("backups")
    assert (answer.summary, answer.code) == ("age of the newest backup 8 d, above 7 d", 2)
    assert "1 backup dated in the future, not judged" in answer.long_output
    manager.tables[BACKUP] = manager.tables[BACKUP][-1:]
    answer = manager.check("backups")
    assert (answer.summary, answer.code) == ("1 backup dated in the future, not judged", 3)
