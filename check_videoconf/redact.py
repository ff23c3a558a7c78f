"""What must not leave the process: secrets in anything printed, secrets and personal data in anything stored."""

from __future__ import annotations

import re
from typing import Any

HIDDEN = "***"

_SECRET = re.compile(
    r"pin$|password|passwd|passphrase|secret|token|private_?key|authorization|cookie|client_assertion|guestpin"
    r"|^certificate$|^key$|community",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"display_?name|(?:source|destination|participant|remote|local)_?(?:alias|address|party|uri)|^alias$|^address$"
    r"|remoteparty|organizer|email|username|previewurl|participantname|uri$|subject$",
    re.IGNORECASE,
)

# A member of JSON, of XML-RPC, of a form: the name of it, and what stands for its value.
_JSON_MEMBER = re.compile(r'("(?P<name>[^"\\]{1,64})"\s*:\s*)"(?:[^"\\]|\\.)*"')
_XML_MEMBER = re.compile(r"(<name>(?P<name>[^<]{1,64})</name>\s*<value>\s*(?:<\w+>)?)[^<]*")
_FORM_MEMBER = re.compile(r"((?:^|&)(?P<name>[\w-]{1,64})=)[^&]*")


def storable(data: Any) -> Any:
    """A copy of parsed data without any member that is a secret or personal; lists and objects are walked."""
    if isinstance(data, dict):
        return {
            name: storable(value)
            for name, value in data.items()
            if not _SECRET.search(name) and not _PERSONAL.search(name)
        }
    if isinstance(data, list):
        return [storable(value) for value in data]
    return data


class Redactor:
    """Takes secrets out of text. The known ones wherever they stand, others by the name of their member."""

    def __init__(self) -> None:
        self._secrets: list[str] = []

    def add(self, *secrets: str | None) -> None:
        """Remembers a secret; a very short one is no pattern, it would be found everywhere."""
        self._secrets += [secret for secret in secrets if secret and len(secret) >= 4]
        self._secrets.sort(key=len, reverse=True)

    def known(self, text: str) -> str:
        """`text` without the secrets that are known."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def body(self, text: str) -> str:
        """A request's or an answer's body for -vvv."""

        def hide(match: re.Match[str]) -> str:
            if not _SECRET.search(match["name"]):
                return match[0]
            quote = '"' if match.re is _JSON_MEMBER else ""
            return f"{match[1]}{quote}{HIDDEN}{quote}"

        for pattern in (_JSON_MEMBER, _XML_MEMBER, _FORM_MEMBER):
            text = pattern.sub(hide, text)
        return self.known(text)

    def header(self, name: str, value: str) -> str:
        """A header's value for -vvv."""
        secret = name.lower() in ("authorization", "proxy-authorization", "cookie", "set-cookie")
        return HIDDEN if secret or _SECRET.search(name) else self.known(value)
