"""The connector's licenses: three kinds, and what is free has bounds."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Measurement
from ..pexip import licenses
from .connectors import LICENSES


class Licenses(licenses.Licenses):
    __doc__ = licenses.Licenses.__doc__

    #: How many of the kind measured last are bought.
    _total: float | None = None

    def measure(
        self,
        label: str,
        value: float | None,
        instance: str = "",
        *,
        low: float | None = None,
        high: float | None = None,
        counter: Counter | None = None,
        judged: bool = True,
    ) -> Iterator[Measurement]:
        if label.endswith("-usage"):
            self._total = high
        elif label.endswith("-free"):
            low, high = 0, self._total
        yield from super().measure(label, value, instance, low=low, high=high, counter=counter, judged=judged)

    def headline(self) -> str:
        self.shares = {kind: share for kind, share in self.shares.items() if kind in LICENSES}
        return super().headline() if self.shares else f"no license of {', '.join(LICENSES)}"
