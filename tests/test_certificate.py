"""The end of a certificate and whose it is, read from its bytes."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.certificate import common_names, not_after


def certificate(end: datetime, *, rsa_key: bool = False) -> bytes:
    key = rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())
    names = [
        x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
        )
        for name in ("ü" * 30, "Example CA")
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=timezone.utc))
        .not_valid_after(end)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("year", [2001, 2026, 2049, 2050, 2999, 9999])
@pytest.mark.parametrize("rsa_key", [False, True])
def test_the_end_is_read_to_the_second(year: int, *, rsa_key: bool) -> None:
    end = datetime(year, 12, 31, 23, 59, 58, tzinfo=timezone.utc)
    assert not_after(certificate(end, rsa_key=rsa_key)) == end.timestamp()


def test_the_names_are_those_of_issuer_and_subject() -> None:
    assert common_names(ENCODED) == ("Example CA", "ü" * 30)


ENCODED = certificate(datetime(2030, 1, 1, tzinfo=timezone.utc))


@given(st.integers(0, 120))
def test_one_that_ends_early_is_a_value_error(length: int) -> None:
    with pytest.raises(ValueError, match=r"ends early|no time"):
        not_after(ENCODED[:length])
    with pytest.raises(ValueError, match="ends early"):
        common_names(ENCODED[:length])


@given(st.integers(0, len(ENCODED) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_a_number_or_a_value_error(place: int, byte: int) -> None:
    changed = bytearray(ENCODED)
    changed[place] = byte
    with suppress(ValueError):
        assert isinstance(not_after(bytes(changed)), (int, float))
    with suppress(ValueError):
        assert len(common_names(bytes(changed))) == 2
