"""TLS as the options ask for it: a context that verifies, cheaply, and errors that tell their causes apart."""

from __future__ import annotations

import os
import re
import ssl
from typing import Any

from .errors import (
    CertificateExpired,
    CertificateNotTrusted,
    CertificateWrongName,
    OptionError,
    TlsFailed,
    TlsTooOld,
    VideoconfError,
)
from .options import Options

_VERSIONS = {"1.0": "TLSv1", "1.1": "TLSv1_1", "1.2": "TLSv1_2", "1.3": "TLSv1_3"}
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")

# X509_V_ERR_… of OpenSSL.
_NOT_YET_VALID, _EXPIRED, _WRONG_NAME, _WRONG_ADDRESS = 9, 10, 62, 64

# What OpenSSL says where there is no version, and no strength of keys, that both sides accept. A handshake that the
# other side refuses without saying why (HANDSHAKE_FAILURE) may have other reasons.
_TOO_OLD = (
    "UNSUPPORTED_PROTOCOL",
    "PROTOCOL_VERSION",
    "VERSION_TOO_LOW",
    "NO_PROTOCOLS_AVAILABLE",
    "NO_CIPHERS_AVAILABLE",
    "NO_SHARED_CIPHER",
    "WRONG_SIGNATURE_TYPE",
    "DH_KEY_TOO_SMALL",
    "EE_KEY_TOO_SMALL",
    "CA_MD_TOO_WEAK",
    "UNSAFE_LEGACY_RENEGOTIATION",
    "LEGACY_SIGALG",
)


class Context(ssl.SSLContext):
    """A context that knows its peer's name, which urllib3 1 leaves out where that is an address."""

    peer = ""
    #: Whether a later connection takes up the TLS session of an earlier one.
    resumes = False
    session: ssl.SSLSession | None = None

    def wrap_socket(self, sock: Any, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        options["session"] = self.session
        options["server_hostname"] = options.get("server_hostname") or self.peer
        options["do_handshake_on_connect"] = False
        wrapped = super().wrap_socket(sock, *arguments, **options)
        try:
            wrapped.do_handshake()
        except BaseException:  # the deadline is one of them
            wrapped.close()
            raise
        return wrapped


def context(options: Options) -> Context:
    """The TLS context of a check. Raises OptionError for files that cannot be used."""
    made = Context(ssl.PROTOCOL_TLS_CLIENT)
    made.peer = options.hostname.partition("%")[0]
    if options.insecure:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    else:
        # With --tls-cn the connection compares the common name itself, see transport.py.
        made.check_hostname = not options.tls_cn
        _trust(made, options.cacert)
    made.minimum_version = getattr(ssl.TLSVersion, _VERSIONS[options.tls_min])
    if options.tls_min in ("1.0", "1.1"):
        # OpenSSL 3 refuses SHA-1 signatures, and with them all of TLS 1.0 and 1.1, above security level 0.
        made.set_ciphers("DEFAULT:@SECLEVEL=0")
        made.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    if options.key and not options.cert:
        raise OptionError("--key needs --cert")
    if options.cert:
        try:
            made.load_cert_chain(options.cert, options.key or None, password=lambda: "")
        except (OSError, ValueError) as error:
            raise OptionError(f"--cert {options.cert}: cannot be loaded: {_words(error)}") from None
    return made


def _trust(made: ssl.SSLContext, cacert: str | None) -> None:
    if not cacert:
        trust_system(made)
        return
    if os.path.isdir(cacert) and not _is_hashed(cacert):
        raise OptionError(
            f"--cacert {cacert}: holds no certificates by their hashes; make them with: openssl rehash {cacert}"
        )
    try:
        made.load_verify_locations(**{"capath" if os.path.isdir(cacert) else "cafile": cacert})
    except (OSError, ValueError) as error:
        raise OptionError(f"--cacert {cacert}: cannot be loaded: {_words(error)}") from None


def trust_system(made: ssl.SSLContext) -> None:
    """Trusts the system's authorities, SSL_CERT_FILE and SSL_CERT_DIR taken into account."""
    paths = ssl.get_default_verify_paths()
    if _hashed_store():
        # OpenSSL looks the one issuer up by its hash; parsing the whole bundle costs more than a small check.
        made.load_verify_locations(capath=_hashed_store())
    elif paths.cafile or paths.capath:
        made.set_default_verify_paths()
    else:
        import certifi  # comes with requests: the last resort where the system has no store

        made.load_verify_locations(cafile=certifi.where())


def trust_bundle(made: ssl.SSLContext, options: Options) -> bool:
    """Trusts the system's bundle besides its store by hashes, which may hold less; whether there is such a bundle."""
    paths = ssl.get_default_verify_paths()
    if options.cacert or options.insecure or not _hashed_store() or not paths.cafile:
        return False
    made.load_verify_locations(cafile=paths.cafile)
    return True


def _hashed_store() -> str:
    """The system's directory of certificates by their hashes, if that is where to look first, else `''`."""
    paths = ssl.get_default_verify_paths()
    if paths.openssl_cafile_env in os.environ or not paths.capath or not _is_hashed(paths.capath):
        return ""
    return paths.capath


def _is_hashed(directory: str) -> bool:
    try:
        with os.scandir(directory) as entries:
            return any(_HASHED.fullmatch(entry.name) for entry in entries)
    except OSError:
        return False


def explain(error: BaseException, address: str) -> VideoconfError:
    """An error of the handshake as one of ours."""
    text = _words(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        code, reason = error.verify_code, error.verify_message
        if code == _EXPIRED:
            return CertificateExpired(address=address, reason="has expired")
        if code == _NOT_YET_VALID:
            return CertificateExpired(address=address, reason="is not valid yet")
        if code in (_WRONG_NAME, _WRONG_ADDRESS) or "match" in text:
            return CertificateWrongName(address=address, reason=reason or text)
        return CertificateNotTrusted(address=address, reason=reason or text)
    reason = getattr(error, "reason", "") or ""
    if any(word in reason.upper() for word in _TOO_OLD):
        return TlsTooOld(address=address, reason=text)
    if "WRONG_VERSION_NUMBER" in reason.upper() or "HTTP_REQUEST" in reason.upper():
        text = "it does not speak TLS"
    return TlsFailed(address=address, reason=text)


def common_name(certificate: Any) -> str:
    """The common name in what `SSLSocket.getpeercert()` returns, or `''`."""
    for relative in (certificate or {}).get("subject", ()):
        for key, value in relative:
            if key == "commonName":
                return str(value)
    return ""


def _words(error: BaseException) -> str:
    """An error of OpenSSL or the system without its file names and line numbers."""
    reason = getattr(error, "reason", None)
    if isinstance(reason, str):
        return reason.lower().replace("_", " ")
    return getattr(error, "strerror", None) or re.sub(r"\s*\(_ssl\.c:\d+\)", "", str(error)) or type(error).__name__
