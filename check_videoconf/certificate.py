"""What a certificate says, read from its DER: Python decodes only those it has verified, and labs do without."""

from __future__ import annotations

import calendar
import re
import time

_VERSION = 0xA0
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_BMP_STRING = 0x1E
# The object identifier 2.5.4.3 with its tag and length.
_COMMON_NAME = b"\x06\x03\x55\x04\x03"
_TIME = re.compile(rb"(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z")


def not_after(encoded: bytes) -> float:
    """The end of an X.509 certificate's validity in seconds since 1970. Raises ValueError. Source: RFC 5280, 4.1."""
    _, place, _ = _element(encoded, _places(encoded)["validity"])
    _, _, place = _element(encoded, place)  # notBefore
    tag, place, end = _element(encoded, place)
    match = _TIME.fullmatch(encoded, place, end)
    if not match or tag not in (_UTC_TIME, _GENERALIZED_TIME) or (match[1] is None) != (tag == _UTC_TIME):
        raise ValueError("no time at the place of notAfter")
    year, *rest = (int(match[group]) for group in range(2, 8))
    century = int(match[1]) * 100 if match[1] else 1900 if year >= 50 else 2000
    return calendar.timegm(time.struct_time((century + year, *rest, 0, 0, 0)))


def common_names(encoded: bytes) -> tuple[str, str]:
    """The common names of a certificate's issuer and subject, `''` where it has none. Raises ValueError."""
    places = _places(encoded)
    return _common_name(encoded, places["issuer"]), _common_name(encoded, places["subject"])


def _common_name(encoded: bytes, place: int) -> str:
    """The last common name in the name that begins at a place."""
    _, start, end = _element(encoded, place)
    found = encoded.rfind(_COMMON_NAME, start, end)
    if found < 0:
        return ""
    tag, start, end = _element(encoded, found + len(_COMMON_NAME))
    return encoded[start:end].decode("utf-16-be" if tag == _BMP_STRING else "utf-8", "replace")


def _places(encoded: bytes) -> dict[str, int]:
    """Where the first fields of a certificate begin. Raises ValueError."""
    _, certificate, _ = _element(encoded, 0)
    _, place, _ = _element(encoded, certificate)  # tbsCertificate
    tag, _, end = _element(encoded, place)
    if tag == _VERSION:
        place = end
    places = {}
    for field in ("serialNumber", "signature", "issuer", "validity", "subject"):
        places[field] = place
        _, _, place = _element(encoded, place)
    return places


def _element(data: bytes, place: int) -> tuple[int, int, int]:
    """Tag, start of the content and end of the element at a place. Raises ValueError."""
    head = data[place : place + 2]
    if len(head) < 2:
        raise ValueError("the certificate ends early")
    tag, length = head
    start = place + 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > len(data):
        raise ValueError("the certificate ends early")
    return tag, start, start + length
