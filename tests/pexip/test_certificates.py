"""pexip certificates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..levels import AT_EACH_LEVEL
from .manager import Manager
from .rows import Row, ago, without

TLS = "configuration/v1/tls_certificate/"
CA = "configuration/v1/ca_certificate/"
DAY = 86400
SECRET = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"


def authority(subject: object = "Example Root CA", days: float = 3000, **changed: Any) -> Row:
    return {
        "certificate": "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n",
        "end_date": ago(-days * DAY),
        "id": len(str(subject)),
        "issuer_name": "Example Root CA",
        "raw_subject": f"CN={subject}",
        "subject_name": subject,
        "trusted_intermediate": False,
        **changed,
    }


def certificate(subject: object = "meet.example.com", days: float = 100, **changed: Any) -> Row:
    return {
        "private_key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n",
        **without(authority(subject, days), "trusted_intermediate"),
        "nodes": ["lon-conf-01.example.com"],
        **changed,
    }


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """A certificate in use, one that expired long ago and is not, and an authority's."""
    manager.tables[TLS] = [certificate(), certificate("old.example.com", -400, nodes=[])]
    manager.tables[CA] = [authority()]
    return manager


FIGURES = (
    "'certificates.total.count'=3;;;0; 'certificates.expired.count'=1;;;0;3 "
    "'meet.example.com#certificate.expiry.seconds'=8640000s;2592000:;604800:;; "
    "'Example Root CA#certificate.expiry.seconds'=259200000s;2592000:;604800:;;"
)


def test_certificates_in_use_and_those_of_authorities_are_judged(manager: Manager) -> None:
    answer = manager.check("certificates")
    said = "3 certificates, the first expires in 100 d"
    assert answer.first_line == f"PEXIP CERTIFICATES OK - {said} | {FIGURES}"
    assert answer.long_output == ["1 certificate not judged: no node uses it (--all judges all)"]
    assert answer.code == 0
    assert manager.requests == [f"{TLS}?limit=1000&offset=0", f"{CA}?limit=1000&offset=0"]


@pytest.mark.parametrize(
    ("days", "code", "said"),
    [
        (30, 0, "3 certificates, the first expires in 30 d"),
        (29.5, 1, "certificate expiry of meet.example.com 29 d 12 h, below 30 d"),
        (7, 1, "certificate expiry of meet.example.com 7 d, below 30 d"),
        (6.5, 2, "certificate expiry of meet.example.com 6 d 12 h, below 7 d"),
        (-1, 2, "certificate expiry of meet.example.com -1 d, below 7 d"),
    ],
)
def test_30_days_before_it_warns_and_7_days_before_it_is_critical(
    manager: Manager, days: float, code: int, said: str
) -> None:
    manager.tables[TLS][0]["end_date"] = ago(-days * DAY)
    answer = manager.check("certificates")
    assert (answer.summary, answer.code) == (said, code)


def test_an_authority_that_expires_warns_unless_it_is_left_out(manager: Manager) -> None:
    manager.tables[CA][0]["end_date"] = ago(-20 * DAY)
    answer = manager.check("certificates")
    assert (answer.summary, answer.code) == ("certificate expiry of Example Root CA 20 d, below 30 d", 1)
    manager.requests.clear()
    answer = manager.check("certificates", "--no-ca")
    assert (answer.summary, answer.code) == ("2 certificates, the first expires in 100 d", 0)
    assert manager.requests == [f"{TLS}?limit=1000&offset=0"]


def test_all_judges_those_that_no_node_uses_too(manager: Manager) -> None:
    answer = manager.check("certificates", "--all")
    assert (answer.summary, answer.code) == ("certificate expiry of old.example.com -400 d, below 7 d", 2)


def test_a_date_without_a_time_ends_with_that_day(manager: Manager) -> None:
    manager.tables[TLS][0]["end_date"] = "2026-03-02"
    assert manager.check("certificates").perfdata["meet.example.com#certificate.expiry.seconds"].startswith("54151s;")


@pytest.mark.parametrize("date", ["31.12.2026", "permanent", "", "2026-02-30T00:00:00"])
def test_an_end_that_cannot_be_read_is_unknown_and_shown(manager: Manager, date: str) -> None:
    manager.tables[TLS][0]["end_date"] = date
    answer = manager.check("certificates")
    assert (answer.summary, answer.code) == (f"end_date of meet.example.com is unreadable: '{date}'", 3)
    assert "Example Root CA#certificate.expiry.seconds" in answer.perfdata


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("end_date", None, "end_date of a TLS certificate is null or empty"),
        ("end_date", 1798675200, "end_date of meet.example.com is unreadable: '1798675200'"),
        ("nodes", None, "nodes of a TLS certificate is null or empty"),
        ("nodes", "lon-conf-01", "nodes of a TLS certificate is unreadable (text)"),
        ("subject_name", None, "subject_name of a TLS certificate is null or empty"),
    ],
)
def test_a_field_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, name: str, value: object, said: str
) -> None:
    manager.tables[TLS][0][name] = value
    answer = manager.check("certificates")
    assert (answer.summary, answer.code) == (said, 3)
    assert answer.perfdata["certificates.total.count"] == "3;;;0;"
    assert "Example Root CA#certificate.expiry.seconds" in answer.perfdata


def test_a_certificate_of_which_nobody_knows_who_uses_it_is_judged(manager: Manager) -> None:
    manager.tables[TLS] = [without(certificate(days=3), "nodes")]
    answer = manager.check("certificates")
    said = "certificate expiry of meet.example.com 3 d, below 7 d / nodes of a TLS certificate is missing"
    assert (answer.summary, answer.code) == (said, 2)


def test_one_without_a_name_is_called_by_its_whole_subject(manager: Manager) -> None:
    manager.tables[TLS][0]["subject_name"] = ""
    assert "CN meet.example.com#certificate.expiry.seconds" in manager.check("certificates").perfdata


def test_two_of_one_name_are_told_apart(manager: Manager) -> None:
    manager.tables[TLS][1] = certificate(days=200, id=99)
    labels = list(manager.check("certificates", "--no-ca").perfdata)[2:]
    assert labels == ["meet.example.com#certificate.expiry.seconds", "meet.example.com_2#certificate.expiry.seconds"]


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("certificates-total", "3", "2", "certificates 3, above 2"),
        ("certificates-expired", "1", "0", "expired certificates 1, above 0"),
        ("certificate-expiry", "14w:", "15w:", "certificate expiry of meet.example.com 100 d, below 105 d"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("certificates", f"--{level}-{label}", inside, outside)
    assert (answer.summary, answer.code) == (said, code)


def test_a_filter_takes_some_by_name(manager: Manager) -> None:
    answer = manager.check("certificates", "--filter-name", "^Example")
    assert answer.summary == "1 certificate, the first expires in 3000 d"
    answer = manager.check("certificates", "--filter-name", "^nobody")
    assert (answer.summary, answer.code) == ("no certificate matches the filters (3 seen)", 3)


def test_no_certificate_at_all_is_unknown(manager: Manager) -> None:
    manager.tables = {TLS: [], CA: []}
    answer = manager.check("certificates")
    assert (answer.summary, answer.code) == ("the device reports no certificate at all", 3)


@pytest.mark.parametrize("argv", [["-vvv"], ["-vvv", "--output", "json"], ["-vvv", "--output", "openmetrics"]])
def test_no_output_shows_a_private_key(manager: Manager, argv: list[str]) -> None:
    answer = manager.check("certificates", *argv)
    assert SECRET not in answer.stdout
    assert "PRIVATE KEY" not in answer.stdout


def test_no_private_key_is_kept_in_the_cache(manager: Manager, tmp_path: Path) -> None:
    for _ in range(2):
        assert manager.check("certificates", "--cache", "300").first_line.endswith(f"| {FIGURES}")
    assert len(manager.requests) == 2
    kept = [path.read_text() for path in (tmp_path / "state").glob("cache-*")]
    assert len(kept) == 2
    assert SECRET not in "".join(kept)


def test_no_tls_certificate_at_all_is_unknown(manager: Manager) -> None:
    manager.tables[TLS] = []
    answer = manager.check("certificates")
    assert (answer.summary, answer.code) == ("the device reports no TLS certificate at all", 3)


@pytest.mark.parametrize(("raw_subject", "name"), [("CN=meet.example.com", "CN=meet.example.com"), (None, "unnamed")])
def test_an_end_that_cannot_be_read_of_one_without_a_name_is_told_of_what_it_is_called(
    manager: Manager, raw_subject: object, name: str
) -> None:
    manager.tables[TLS][0].update(subject_name=None, raw_subject=raw_subject, end_date="soon")
    answer = manager.check("certificates")
    said = f"subject_name of a TLS certificate is null or empty / end_date of {name} is unreadable: 'soon'"
    assert (answer.summary, answer.code) == (said, 3)
