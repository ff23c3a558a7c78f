"""SNMP messages by pysnmp: what to send, and what a datagram says. No socket, no clock, no MIB but pysnmp's own.

pysnmp's own way to ask is asyncio with timers and MIB look-ups of names. Of all that only the engine of RFC 3411 is
needed here: it makes messages and reads them, and this module is the transport below it and the application above.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Callable

from pyasn1.error import PyAsn1Error
from pyasn1.type import univ
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.error import PySnmpError
from pysnmp.proto import errind
from pysnmp.proto.api import v2c
from pysnmp.proto.error import StatusInformation
from pysnmp.proto.rfc3412 import MsgAndPduDispatcher
from pysnmp.smi.builder import MibBuilder, ZipMibSource
from pysnmp.smi.instrum import MibInstrumController

from .errors import DeviceError, OptionError, SnmpBadAnswer, SnmpUserRefused
from .snmp import Oid, Value
from .snmp_account import Account

_AUTH = {
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    "des": config.USM_PRIV_CBC56_DES,
    "aes": config.USM_PRIV_CFB128_AES,
    "aes192": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "aes192c": config.USM_PRIV_CFB192_AES,
    "aes256c": config.USM_PRIV_CFB256_AES,
}
_DOMAIN = config.SNMP_UDP_DOMAIN
# There is one peer only, which the socket knows.
_PEER = ("agent", 0)
_V2C, _V3 = 1, 3
_NO_AUTH, _AUTH_NO_PRIV, _AUTH_PRIV = 1, 2, 3
_LEVELS = {_NO_AUTH: "noAuthNoPriv", _AUTH_NO_PRIV: "authNoPriv", _AUTH_PRIV: "authPriv"}
# One to learn the agent's name and one to learn its clock; the rest is patience.
_INTRODUCTIONS = 4
_INTRODUCED_BY = (errind.UnknownEngineID, errind.NotInTimeWindow)
_REFUSALS = (
    (errind.UnknownUserName, "it knows no such user"),
    (errind.WrongDigest, "--auth-password or --auth-protocol is wrong"),
    (errind.AuthenticationFailure, "--auth-password or --auth-protocol is wrong"),
    (errind.DecryptionError, "--priv-password or --priv-protocol is wrong"),
    (errind.UnsupportedSecurityLevel, "it is not to be asked by {level}"),
)


class Engine:
    """One conversation with an agent. send: puts a datagram on its way. Raises VideoconfError.

    useless: what was wrong with what came and was no answer; `''` if nothing came.
    """

    def __init__(self, account: Account, address: str, send: Callable[[bytes], None]) -> None:
        self.useless = ""
        self._account = account
        self._address = address
        self._wire = _Wire(send)
        self._oids: Sequence[Oid] = ()
        #: What pysnmp has made of the last datagram: the PDU, or why there is none.
        self._read: list[tuple[Any, Any]] = []
        self._introductions = 0
        self._engine = SnmpEngine(msgAndPduDsp=MsgAndPduDispatcher(MibInstrumController(_mibs())))
        self._engine.transport_dispatcher = self._wire
        if account.community is None:
            self._level = _level(account)
            self._who = (_V3, 3, v2c.OctetString(account.user.encode()), self._level)
            self._add_user()
        else:
            self._level = _NO_AUTH
            self._who = (_V2C, 2, v2c.OctetString("community"), self._level)
            config.add_v1_system(self._engine, "community", account.community.encode())

    def ask(self, oids: Sequence[Oid]) -> None:
        """Sends a GET; with version 3 first what introduces both sides. Raises OSError, too."""
        self._oids = oids
        request = v2c.GetRequestPDU()
        v2c.apiPDU.set_defaults(request)
        v2c.apiPDU.set_varbinds(request, [(oid, v2c.null) for oid in oids])
        self._wire.open = True
        try:
            self._engine.message_dispatcher.send_pdu(
                self._engine, _DOMAIN, _PEER, *self._who, None, v2c.OctetString(b""), 1, request, True, 0, self._heard
            )
        except StatusInformation as error:
            reason = error["errorIndication"]
            hint = "; it needs the library cryptography" if isinstance(reason, errind.EncryptionError) else ""
            raise OptionError(f"SNMP cannot ask so: {reason}{hint}") from None
        finally:
            self._wire.open = False

    def take(self, datagram: bytes) -> list[Value] | None:
        """The values asked for, if the datagram is the answer; else None, and it may have led to another question."""
        self._read.clear()
        try:
            self._engine.message_dispatcher.receive_message(self._engine, _DOMAIN, _PEER, datagram)
        except Exception:  # noqa: BLE001 -- whatever bytes make the library stumble over are no answer
            self._read.clear()
        if not self._read:
            self.useless = f"{len(datagram)} bytes that are no answer"
            return None
        pdu, failure = self._read[0]
        if failure is not None:
            self._failed(failure.get("errorIndication"))
            return None
        try:
            return self._values(pdu)
        except (PyAsn1Error, PySnmpError, TypeError, ValueError):
            raise SnmpBadAnswer(address=self._address, reason="its values cannot be read") from None

    def _heard(self, *heard: Any) -> None:
        """What pysnmp calls with the answer: PDU and failure stand before a handle and a context."""
        *_, pdu, failure, _, _ = heard
        self._read.append((pdu, failure))

    def _failed(self, reason: Any) -> None:
        """Makes an error of what the agent reports, unless it only wants to be asked again by its name or its time."""
        if isinstance(reason, _INTRODUCED_BY) and self._introductions < _INTRODUCTIONS:
            self._introductions += 1
            self.ask(self._oids)
            return
        for kind, words in _REFUSALS:
            if isinstance(reason, kind):
                raise SnmpUserRefused(
                    address=self._address, user=self._account.user, reason=words.format(level=_LEVELS[self._level])
                )
        raise SnmpBadAnswer(address=self._address, reason=f"{reason or 'a report of nothing'}")

    def _values(self, pdu: Any) -> list[Value]:
        status = v2c.apiPDU.get_error_status(pdu)
        if int(status):
            raise DeviceError(address=self._address, path="the SNMP request", reason=status.prettyPrint())
        found = v2c.apiPDU.get_varbinds(pdu)
        if [tuple(oid) for oid, _ in found] != list(self._oids):
            raise SnmpBadAnswer(address=self._address, reason="it tells other objects than those asked for")
        return [_value(value) for _, value in found]

    def _add_user(self) -> None:
        account = self._account
        auth = (_AUTH[account.auth_protocol], account.auth_password.encode()) if account.auth_password else ()
        priv = (_PRIV[account.priv_protocol], account.priv_password.encode()) if account.priv_password else ()
        config.add_v3_user(self._engine, account.user, *auth, *priv)


class _Wire:
    """What pysnmp takes for its transport. It may send while it is asked to: an agent's questions are not answered."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.open = False
        self._send = send

    def send_message(self, message: bytes, domain: Any, address: Any) -> None:
        if self.open:
            self._send(message)

    def get_timer_ticks(self) -> int:
        """No time passes: how long to wait is not pysnmp's business."""
        return 0

    def get_timer_resolution(self) -> float:
        return 1.0


def _mibs() -> Any:
    """Only the modules that pysnmp brings: neither its variables of the environment nor other packages add any."""
    builder = MibBuilder()
    builder.set_mib_sources(*map(ZipMibSource, MibBuilder.DEFAULT_CORE_MIBS.split(os.pathsep)))
    return builder


def _level(account: Account) -> int:
    if account.priv_password:
        return _AUTH_PRIV
    return _AUTH_NO_PRIV if account.auth_password else _NO_AUTH


def _value(value: Any) -> Value:
    kind = type(value).__name__
    if isinstance(value, univ.OctetString):
        return Value(kind, value.asOctets())
    return Value(kind, int(value) if isinstance(value, univ.Integer) else None)
