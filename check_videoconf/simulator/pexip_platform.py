"""What the simulated Management Node is run with: licences, certificates, backups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from .pexip_deployment import Deployment, text
from .pexip_tables import PREFIX, Fields, Resource
from .tastypie import Row

_BASE = f"{PREFIX}configuration/v1/"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Fulfillment id, what is licensed, how many, for how many days more: None is for ever.
_LICENCES = (
    ("5820731001", "port", 250, 300),
    ("5820731002", "vmr", 5_000, None),
    ("5820731003", "otj", 50, 20),
)
# Subject, names of the nodes that use it by their place, for how many days more.
_CERTIFICATES = (
    ("meet.example.com", slice(0, 2), 20),
    ("edge.example.com", slice(2, None), 300),
    ("old.example.com", slice(0, 0), -400),
)
_BUILDS = {16: "38871.0.0", 24: "55691.0.0", 36: "79230.0.0"}


def _day(time: datetime) -> str:
    return f"{time.day}-{_MONTHS[time.month - 1]}-{time.year}"


def _licences(deployment: Deployment) -> Iterator[Row]:
    for identity, feature, count, days in _LICENCES:
        yield {
            "activatable": 0,
            "activatable_overdraft": 0,
            "concurrent": count,
            "concurrent_overdraft": 0,
            "entitlement_id": "ABCD-1234-EF567",
            "expiration_date": "permanent" if days is None else _day(deployment.ago(days=-days)),
            "features": feature,
            "fulfillment_id": identity,
            "fulfillment_type": "entitlement",
            "hybrid": 0,
            "hybrid_overdraft": 0,
            "license_type": feature,
            "offline_mode": False,
            "product_id": "pexip-infinity",
            "repair": 0,
            "resource_uri": f"{_BASE}licence/{identity}/",
            "server_chain": "",
            "start_date": _day(deployment.ago(days=65)),
            "status": "active",
            "trust_flags": 7,
            "vendor_dictionary": {},
        }


def _certificate(deployment: Deployment, kind: str, number: int, subject: str, issuer: str, days: float) -> Row:
    return {
        "certificate": "-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n",
        "end_date": text(deployment.ago(days=-days), whole_seconds=True),
        "id": number,
        "issuer_hash": "1a2b3c4d",
        "issuer_key_id": "AB:CD",
        "issuer_name": issuer,
        "key_id": "12:34",
        "raw_issuer": f"C=NO, O=Example, CN={issuer}",
        "raw_subject": f"CN={subject}",
        "resource_uri": f"{_BASE}{kind}/{number}/",
        "serial_no": f"0A1B2C{number:02}",
        "start_date": text(deployment.ago(days=730 - days), whole_seconds=True),
        "subject_hash": "9f8e7d6c",
        "subject_name": subject,
        "text": "Certificate:\n    Data: not one",
    }


def _tls_certificates(deployment: Deployment) -> Iterator[Row]:
    names = [f"{node.name}.example.com" for node in deployment.nodes]
    for number, (subject, users, days) in enumerate(_CERTIFICATES, start=1):
        yield {
            **_certificate(deployment, "tls_certificate", number, subject, "Example Issuing CA", days),
            "client_auth_usage": True,
            "nodes": names[users],
            "parameters": "",
            "private_key": "-----BEGIN PRIVATE KEY-----\nsimulated-key\n-----END PRIVATE KEY-----\n",
            "server_auth_usage": True,
            "subject_alt_names": f"{subject},*.example.com",
        }


def _ca_certificates(deployment: Deployment) -> Iterator[Row]:
    row = _certificate(deployment, "ca_certificate", 1, "Example Root CA", "Example Root CA", 3_000)
    yield {**row, "trusted_intermediate": False}


def _backups(deployment: Deployment) -> Iterator[Row]:
    build = _BUILDS[deployment.version]
    for days in (2, 1, 0):
        made = deployment.ago(days=days, hours=7).replace(microsecond=0)
        name = f"pexip_backup_10-44-7-0-mgr_{deployment.version}_{build}_{made:%y_%m_%d_%H_%M_%S}.tar.gpg"
        yield {
            "build": build,
            "date": text(made),
            "filename": name,
            "resource_uri": f"{_BASE}system_backup/{name}/",
            "sha256sum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "size": 9_369_536 - 4_096 * days,
            "type": "automatic",
            "version": str(deployment.version),
        }


def _autobackup(_: Deployment) -> Iterator[Row]:
    yield {
        "autobackup_enabled": True,
        "autobackup_interval": 24,
        "autobackup_passphrase": "simulated-passphrase",
        "autobackup_start_hour": 1,
        "autobackup_upload_password": "simulated-password",
        "autobackup_upload_url": "ftps://backup.example.com/pexip/",
        "autobackup_upload_username": "pexip",
        "id": 1,
        "resource_uri": f"{_BASE}autobackup/1/",
    }


_CERTIFICATE = (
    "certificate end_date id issuer_hash issuer_key_id issuer_name key_id raw_issuer raw_subject resource_uri "
    "serial_no start_date subject_hash subject_name text"
)

RESOURCES = (
    Resource(
        "configuration/v1/licence/",
        Fields(
            "activatable activatable_overdraft concurrent concurrent_overdraft entitlement_id expiration_date features "
            "fulfillment_id fulfillment_type hybrid hybrid_overdraft license_type offline_mode product_id repair "
            "resource_uri server_chain start_date status trust_flags vendor_dictionary"
        ),
        _licences,
    ),
    Resource(
        "configuration/v1/tls_certificate/",
        Fields(
            f"{_CERTIFICATE} nodes parameters private_key subject_alt_names",
            since={36: "client_auth_usage server_auth_usage"},
        ),
        _tls_certificates,
    ),
    Resource("configuration/v1/ca_certificate/", Fields(f"{_CERTIFICATE} trusted_intermediate"), _ca_certificates),
    Resource(
        "configuration/v1/system_backup/",
        Fields("build date filename resource_uri size version", since={36: "sha256sum type"}),
        _backups,
    ),
    Resource(
        "configuration/v1/autobackup/",
        Fields(
            "autobackup_enabled autobackup_interval autobackup_passphrase autobackup_start_hour "
            "autobackup_upload_password autobackup_upload_url autobackup_upload_username id resource_uri"
        ),
        _autobackup,
        since=24,  # in the guide to version 21, not in that to 16
    ),
)
