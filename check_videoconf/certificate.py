"""When a certificate ends, read from its DER: Python decodes only those it has verified, and labs do without."""

from __future__ import annotations

import calendar
import re
import time

_VERSION = 0xA0
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_TIME = re.compile(rb"(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z")


def not_after(encoded: bytes) -> float:
    """The end of an X.509 certificate's validity in seconds since 1970. Raises ValueError. Source: RFC 5280, 4.1."""
    _, certificate, _ = _element(encoded, 0)
    _, place, _ = _element(encoded, certificate)  # tbsCertificate
    tag, _, end = _element(encoded, place)
    if tag == _VERSION:
        place = end
    for _ in ("serialNumber", "signature", "issuer"):
        _, _, place = _element(encoded, place)
    _, place, _ = _element(encoded, place)  # validity
    _, _, place = _element(encoded, place)  # notBefore
    tag, place, end = _element(encoded, place)
    match = _TIME.fullmatch(encoded, place, end)
    if not match or tag not in (_UTC_TIME, _GENERALIZED_TIME) or (match[1] is None) != (tag == _UTC_TIME):
        raise ValueError("no time at the place of notAfter")
    year, *rest = (int(match[group]) for group in range(2, 8))
    century = int(match[1]) * 100 if match[1] else 1900 if year >= 50 else 2000
    return calendar.timegm(time.struct_time((century + year, *rest, 0, 0, 0)))


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
