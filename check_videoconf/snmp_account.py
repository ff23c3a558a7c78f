"""Who asks an SNMP agent: a community or an SNMPv3 user, with secrets from where passwords may come from, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable, NamedTuple

from . import credentials
from .errors import OptionError
from .options import Option, Options, choice, integer, real

#: How the library comes to the Python that runs this, whatever package brought the plugin.
INSTALL = "pip install cryptography 'pysnmp>=7.1.8,<7.2'"
# What agents start with, and what the vendors' documents show.
_USUAL_COMMUNITY = "public"
# RFC 3414, 11.2; agents take no shorter one either.
_SHORTEST = 8
_LONGEST_USER = 32
#: Where each secret is in the environment.
ENVIRONMENT = {
    "community": "CHECK_VIDEOCONF_SNMP_COMMUNITY",
    "auth-password": "CHECK_VIDEOCONF_SNMP_AUTH_PASSWORD",
    "priv-password": "CHECK_VIDEOCONF_SNMP_PRIV_PASSWORD",
}
AUTH_PROTOCOLS = ("md5", "sha", "sha224", "sha256", "sha384", "sha512")
# With a c at the end: keys made as Cisco makes them.
PRIV_PROTOCOLS = ("des", "aes", "aes192", "aes256", "aes192c", "aes256c")


def _protocol(*known: str) -> Callable[[str], str]:
    """A kind of value: one of a few words, also as agents are configured with them (SHA-256, AES)."""
    kind = choice(*known)

    def read(text: str) -> str:
        plain = text.lower().replace("-", "")
        return kind(plain if plain in known else text)

    return read


def _secret(names: str, what: str) -> tuple[Option, ...]:
    """A secret by all the ways a password may come."""
    name = names.rsplit(maxsplit=1)[-1]
    return (
        Option(names, "TEXT", f"{what}; visible to other users for a moment", secret=True),
        Option(f"{name}-file", "FILE", "it is the first line of FILE"),
        Option(f"{name}-command", "CMD", "it is the first line CMD prints; split like a shell does, no shell"),
    )


OPTIONS = (
    Option("--snmp-port", "N", "UDP port of the agent; --port is that of the web API", default=161,
           kind=integer(1, 65535)),
    Option("--snmp-timeout", "SECONDS", "how long to wait for an answer; --retries more tries follow", default=2.0,
           kind=real(0.1, 60)),
    Option("--snmp-version", "2c|3", "default 3 with --snmp-user, else 2c", kind=choice("2c", "3")),
    *_secret("--snmp-community --community", f"community of version 2c, default {_USUAL_COMMUNITY}"),
    Option("--snmp-user", "NAME", "user of version 3"),
    Option("--auth-protocol", "NAME", f"{', '.join(AUTH_PROTOCOLS)}", default="sha", kind=_protocol(*AUTH_PROTOCOLS)),
    *_secret("--auth-password", "password of version 3 that authenticates"),
    Option("--priv-protocol", "NAME", f"{', '.join(PRIV_PROTOCOLS)}", default="aes", kind=_protocol(*PRIV_PROTOCOLS)),
    *_secret("--priv-password", "password of version 3 that encrypts"),
)  # fmt: skip


class Account(NamedTuple):
    """community: of version 2c, else None. Without a password its protocol is not used, and the other way round."""

    community: str | None
    user: str = ""
    auth_protocol: str = ""
    auth_password: str | None = None
    priv_protocol: str = ""
    priv_password: str | None = None

    @property
    def secrets(self) -> tuple[str | None, ...]:
        """What nobody may see."""
        return self.community, self.auth_password, self.priv_password


def find(options: Options, environment: Mapping[str, str], seconds: float) -> Account:
    """The account the options ask with. seconds: how long the check may still take. Raises OptionError."""
    version = options.snmp_version or ("3" if options.snmp_user else "2c")
    if version == "2c":
        if options.snmp_version is None and (stray := _given(options, "auth_", "priv_")):
            raise OptionError(f"{stray} is of SNMP version 3 and needs --snmp-user")
        return Account(_found("community", options, environment, seconds) or _USUAL_COMMUNITY)
    if not options.snmp_user:
        raise OptionError("--snmp-version 3 needs --snmp-user")
    if len(options.snmp_user.encode("utf-8", "surrogateescape")) > _LONGEST_USER:
        raise OptionError(f"--snmp-user: SNMP knows no names of more than {_LONGEST_USER} bytes")
    authenticating, encrypting = (
        _password(name, options, environment, seconds) for name in ("auth-password", "priv-password")
    )
    if encrypting and not authenticating:
        raise OptionError("--priv-password needs --auth-password: SNMP does not encrypt without authentication")
    return Account(None, options.snmp_user, options.auth_protocol, authenticating, options.priv_protocol, encrypting)


def _given(options: Options, *starts: str) -> str:
    """An option that was given whose name starts so, or `''`."""
    return next((f"--{name.replace('_', '-')}" for name in sorted(options.given) if name.startswith(starts)), "")


def _password(name: str, options: Options, environment: Mapping[str, str], seconds: float) -> str | None:
    found = _found(name, options, environment, seconds)
    if found and len(found.encode()) < _SHORTEST:
        raise OptionError(f"--{name}: SNMP version 3 wants at least {_SHORTEST} characters")
    return found


def _found(name: str, options: Options, environment: Mapping[str, str], seconds: float) -> str | None:
    return credentials.secret(options, name, environment.get(ENVIRONMENT[name]), seconds)
