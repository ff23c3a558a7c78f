"""A private certificate authority and the certificates of the simulated devices. Needs `cryptography`."""

from __future__ import annotations

import ipaddress
import ssl
import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from .failure import Wrong
from .messages import SimulatorError

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError as error:
    raise SimulatorError("certificates need the package cryptography: pip install cryptography") from error

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_LOOPBACK = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
)


class Authority:
    """A certificate authority that lives as long as the simulator."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _common_name(name)
        now = datetime.now(timezone.utc)
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        self.certificate = (
            _builder(self._name, self._name, self._key, now - timedelta(days=1), now + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def issue(self, common_name: str, directory: Path, wrong: Wrong) -> Path:
        """Write a PEM file with a key and its certificate for loopback; returns its path."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(timezone.utc)
        end = now - timedelta(days=1) if wrong.expired else now + timedelta(days=90)
        names: list[x509.GeneralName] = [x509.DNSName("device.example.com")] if wrong.name else list(_LOOPBACK)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            _builder(_common_name(common_name), self._name, key, now - timedelta(days=30), end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        path = directory / f"{common_name}.pem"
        path.touch(mode=0o600)
        path.write_bytes(_pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def write(self, path: Path) -> None:
        """Write the authority's certificate, to give to `--cacert`."""
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))


def contexts(directory: Path, common_names: dict[str, str], wrong: Wrong) -> dict[str, ssl.SSLContext]:
    """The TLS contexts by system, and in `directory` the certificate of the authority to trust: `ca.pem`."""
    trusted = Authority("Simulated devices")
    trusted.write(directory / "ca.pem")
    issuer = Authority("Somebody else") if wrong.issuer else trusted
    return {
        system: _context(issuer.issue(common_name, directory, wrong), wrong)
        for system, common_name in common_names.items()
    }


def _context(identity: Path, wrong: Wrong) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    if wrong.tls_1_0_only:
        if not ssl.HAS_TLSv1:
            raise SimulatorError(f"{ssl.OPENSSL_VERSION} refuses TLS 1.0 altogether")
        # OpenSSL 3 offers TLS 1.0 at no higher security level.
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def _builder(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
