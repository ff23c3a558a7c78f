"""What must not leave the process: secrets in anything printed, secrets and personal data in anything stored."""

from __future__ import annotations

import contextlib
import json
import re
from base64 import b64encode
from collections.abc import Collection
from typing import Any
from urllib.parse import quote, quote_plus

from .text import clean

HIDDEN = "***"
#: A secret of fewer characters may as well be a word.
SHORT = 4

_SECRET = re.compile(
    r"pin$|password|passwd|passphrase|secret|(?<!media_)token|private_?key|authorization|cookie|client_assertion"
    r"|^certificate$|^key$|community|fulfillment_?id|entitlement_?id|licen[cs]e_?key|option_?key",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"display_?name|(?:(?<!re)source|destination|participant|remote|local)_?(?:alias|address|party|uri)"
    r"|^alias$|^address$|remoteparty|organizer|email|username|previewurl|participantname|(?<!resource_)uri$|subject$",
    re.IGNORECASE,
)

# A member of JSON, of XML-RPC, of other XML, of a form: the name of it, and what stands for its value.
_JSON_NAME = re.compile(r'"(?P<name>[^"\\]{1,64})"\s*:\s*')
_JSON_VALUE = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|-?[0-9][0-9.eE+-]*|[\[{].*', re.DOTALL)
_JSON_IN_JSON = re.compile(r'(\\+"(?P<name>[^"\\]{1,64})\\+"\s*:\s*(?:\\+")?)[^"\\,}]*')
_LONG_IN_JSON = re.compile(r'\\+"(?P<name>[^"\\]{1,64})\\+"\s*:\s*(?=[\[{])')
_XML_MEMBER = re.compile(r"<(?P<end>/?)member>|<name>(?P<name>[^<]*)</name>", re.IGNORECASE)
_XML_TEXT = re.compile(r"(?<=>)[^<]*[^<\s][^<]*")
_XML_ELEMENT = re.compile(r"(<(?P<name>[A-Za-z_][\w.-]{0,63})(?:\s[^<>]*)?>)[^<]*(?=</(?P=name)\s*>)")
_FORM_MARK = re.compile(r"(?:^|(?P<mark>[&?;]))(?:(?P<name>[\w-]{1,64})=)?")
_FORM_VALUE = re.compile(r"[^&]*")
# In a URL, such a value ends where the text round that goes on.
_QUERY = re.compile(r'[^"<>\s]*')
_QUERY_VALUE = re.compile(r'(?:[?;](?![\w-]{1,64}=)|[^&?;"<>\s])*')
# Who asks, in a URL: `user:password@`, though the password may hold an @ or, if a colon tells it, a slash.
# What may hold a slash may hold the next `://` as well: without a limit, many of them would take too long.
_ACCOUNT = re.compile(r"""(?<=://)(?:[^\s/?#"'<>]*|[^\s/?#:"'<>]*:[^\s"'<>]{0,256})@""")
# Members and parameters that are the address of a server, which may lack its scheme.
_SERVER = re.compile(r"server|sntp", re.IGNORECASE)
# The same of such an address; the name may hold an @ as well. A number as `sip:room@…` has no account.
_BARE_ACCOUNT = re.compile(r"""^\s*(?!(?:sips?|tel|h323|mailto):)[^\s/?#:"'<>]+:(?!//)\S+@""", re.IGNORECASE)
# Pexip names a licence by its key in the URI of its row.
_LICENCE = re.compile(r"(/licence/)[^/\"\s]+")


def is_secret(name: str) -> bool:
    """Whether a member of that name holds a secret."""
    return bool(_SECRET.search(name))


def without_account(text: str, mark: str = f"{HIDDEN}@") -> str:
    """`text` with `mark` for the account and the password of each URL in it."""
    return _ACCOUNT.sub(mark, text) if "@" in text else text


def address_without_account(name: str, text: str) -> str:
    """The same of a member's text; where its name says that it is the address of a server, a scheme is not needed."""
    text = without_account(text)
    return _BARE_ACCOUNT.sub(f"{HIDDEN}@", text) if _SERVER.search(name) else text


def accounts_in(name: str, text: str) -> list[str]:
    """What `address_without_account` takes away."""
    patterns = (_ACCOUNT, _BARE_ACCOUNT) if _SERVER.search(name) else (_ACCOUNT,)
    return [account[:-1].strip() for pattern in patterns for account in pattern.findall(text)]


def without_secrets(data: Any) -> Any:
    """A copy of parsed data without any member that is a secret; lists and objects are walked."""
    if isinstance(data, dict):
        return {name: without_secrets(value) for name, value in data.items() if not is_secret(name)}
    if isinstance(data, list):
        return [without_secrets(value) for value in data]
    return data


def storable(data: Any, keep: Collection[str] = ()) -> Any:
    """A copy without any member that is a secret or personal either, but for the names in `keep`."""
    if isinstance(data, dict):
        return {
            name: storable(value, keep)
            for name, value in data.items()
            if not is_secret(name) and (name in keep or not _PERSONAL.search(name))
        }
    if isinstance(data, list):
        return [storable(value, keep) for value in data]
    return _without_secrets_of_uris(data) if isinstance(data, str) else data


class Redactor:
    """Takes secrets out of text. The known ones wherever they stand, others by the name of their member."""

    def __init__(self) -> None:
        self._known: re.Pattern[str] | None = None
        self._secrets: set[str] = set()

    def add(self, *secrets: str | None) -> None:
        """Remembers secrets, as they are and as JSON, XML and URLs write them."""
        for secret in filter(None, secrets):
            in_xml = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            in_json = (json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
            self._secrets |= {secret, clean(secret), in_xml, *in_json, quote(secret, safe=""), quote_plus(secret)}
        self._known = None

    def add_account(self, username: str, password: str | None) -> None:
        """Remembers a password, and what it is in a header."""
        if password:
            self.add(password, b64encode(f"{username}:{password}".encode()).decode())

    def known(self, text: str) -> str:
        """`text` without the secrets that are known; a very short one goes only where it is a word of its own."""
        if not self._secrets:
            return text
        if self._known is None:
            longest_first = sorted(filter(None, self._secrets), key=len, reverse=True)
            self._known = re.compile("|".join(map(_pattern, longest_first)))
        return self._known.sub(HIDDEN, text)

    def said(self, text: str) -> str:
        """What a device says, for a line that anybody sees: also without accounts and secrets in its URLs."""
        return _without_form_secrets(without_account(self.known(text)))

    def body(self, text: str) -> str:
        """A request's or an answer's body for -vvv."""
        text = _without_xml_rpc_secrets(_without_json_secrets(_up_to_a_long_secret(text)))
        for pattern in (_JSON_IN_JSON, _XML_ELEMENT):
            text = pattern.sub(_hide, text)
        return self.known(_without_secrets_of_uris(_without_form_secrets(text)))

    def header(self, name: str, value: str) -> str:
        """A header's value for -vvv."""
        secret = name.lower() in ("authorization", "proxy-authorization", "cookie", "set-cookie")
        if secret or _SECRET.search(name):
            return HIDDEN
        place, mark, query = value.partition("?")  # of a Location
        return self.known(without_account(place) + mark + _without_form_secrets(query))


def _without_secrets_of_uris(text: str) -> str:
    return without_account(_LICENCE.sub(rf"\1{HIDDEN}", text))


def _hide(match: re.Match[str]) -> str:
    """A member of text whose name tells that it is a secret, without its value."""
    return f"{match[1]}{HIDDEN}" if is_secret(match["name"]) else match[0]


def _without_json_secrets(text: str) -> str:
    """JSON, whole or its beginning, with secrets hidden; lists and objects are looked into."""
    parts = []
    place = 0
    for head in _JSON_NAME.finditer(text):
        secret = head.start() >= place and is_secret(head["name"])
        if secret and (end := _end_of_value(text, head.end())):
            parts += [text[place : head.end()], f'"{HIDDEN}"']
            place = end
    return "".join(parts) + text[place:]


def _up_to_a_long_secret(text: str) -> str:
    """Text in which JSON may stand as a text: all is hidden from a secret on that is a list or an object."""
    places = (name.end() for name in _LONG_IN_JSON.finditer(text) if is_secret(name["name"]))
    place = next(places, None)
    return text if place is None else text[:place] + HIDDEN


def _end_of_value(text: str, start: int) -> int:
    """Where a value of JSON ends, 0 where there is none; a list or an object that is cut off, or broken, never does."""
    if text[start : start + 1] in ("[", "{"):
        with contextlib.suppress(ValueError, RecursionError):
            return json.JSONDecoder().raw_decode(text, start)[1]
    value = _JSON_VALUE.match(text, start)
    return value.end() if value else 0


def _without_xml_rpc_secrets(text: str) -> str:
    """XML-RPC, whole or its beginning, with all text of a member hidden that is a secret."""
    parts = []
    place = depth = 0
    hidden_from = hidden_depth = -1
    for token in _XML_MEMBER.finditer(text):
        if token["name"] is None:
            depth += -1 if token["end"] else 1
            if hidden_from >= 0 and depth < hidden_depth:
                parts += [text[place:hidden_from], _XML_TEXT.sub(HIDDEN, text[hidden_from : token.start()])]
                place, hidden_from = token.start(), -1
        elif hidden_from < 0 and is_secret(token["name"]):
            hidden_from, hidden_depth = token.end() - 1, depth
    if hidden_from >= 0:  # cut off inside of it
        return "".join([*parts, text[place:hidden_from], _XML_TEXT.sub(HIDDEN, text[hidden_from:])])
    return "".join(parts) + text[place:]


def _without_form_secrets(text: str) -> str:
    """A form, or text with URLs in it, with secrets hidden."""
    parts = []
    place = end_of_query = 0
    for head in _FORM_MARK.finditer(text):
        if head.start() < place:
            continue
        if head["mark"] == "?" and head.start() >= end_of_query:
            end_of_query = _end(_QUERY, text, head.start())
        if is_secret(head["name"] or ""):
            in_url = head.start() < end_of_query or head["mark"] == ";"
            parts += [text[place : head.end()], HIDDEN]
            place = _end(_QUERY_VALUE if in_url else _FORM_VALUE, text, head.end())
    return "".join(parts) + text[place:]


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the match that begins at `start` ends."""
    match = pattern.match(text, start)
    return match.end() if match else start


def _pattern(secret: str) -> str:
    escaped = re.escape(secret)
    return escaped if len(secret) >= SHORT else rf"(?<!\w){escaped}(?!\w)"
