"""The connector's licenses: three kinds, and what is free has bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Measurement
from ..pexip import licenses
from .connectors import LICENSES


class Licenses(licenses.Licenses):
    __doc__ = licenses.Licenses.__doc__

    #: How many of the kind measured last are bought.
    _total: float | None = None

    def measure(self, label: str, value: float | None, instance: str = "", **how: Any) -> Iterator[Measurement]:
        if label.endswith("-usage"):
            self._total = how["high"]
        elif label.endswith("-free"):
            how |= {"low": 0, "high": self._total}
        yield from super().measure(label, value, instance, **how)

    def headline(self) -> str:
        self.shares = {kind: share for kind, share in self.shares.items() if kind in LICENSES}
        return super().headline() if self.shares else f"no license of {', '.join(LICENSES)}"
