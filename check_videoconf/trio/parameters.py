"""Parameters of the phone's configuration, as mgmt/config/get tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Union

from ..fields import Unreadable, text
from ..redact import HIDDEN, is_secret
from .client import Client

_BATCH = 20
# Names of keys, besides what is a secret anywhere: device.wifi.psk.key, device.sec.TLS.customDeviceKey.
_KEY = re.compile(r"key\d*$|\.psk\b|\.wep\b", re.IGNORECASE)

#: name, value and source of a parameter; or why it cannot be had, in words.
Found = Union[dict[str, Any], str]


def read(client: Client, names: Sequence[str]) -> Iterator[tuple[str, Found]]:
    """Each parameter, in batches of 20, the most that the phone takes. Raises VideoconfError.

    Secret values are taken out of bodies from now on, too: the redactor does not know all names that are secret here.
    """
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        answer = client.post("mgmt/config/get", {"data": batch}).get("data")
        values = {} if answer is None else client.object("mgmt/config/get", answer)
        for name in batch:
            found = _parameter(name, values.get(name)) if name in values else "is unknown to the phone"
            if isinstance(found, dict) and _is_secret(name) and len(found["value"]) > 2:
                client.session.redactor.add(found["value"])
            yield name, found


def shown(name: str, value: str) -> str:
    """A value as it may be printed."""
    return HIDDEN if _is_secret(name) else value


def _parameter(name: str, found: Any) -> Found:
    """The keys of a value are in capitals on phones only."""
    members = {str(key).lower(): value for key, value in found.items()} if isinstance(found, dict) else {}
    try:
        value = text(members.get("value"))
    except Unreadable:
        value = None
    return "is unreadable" if value is None else {"name": name, "value": value, "source": members.get("source")}


def _is_secret(name: str) -> bool:
    return is_secret(name) or _KEY.search(name) is not None
