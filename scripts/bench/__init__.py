"""What checks cost: `python -m scripts.bench`. Each module is a benchmark or what several of them use."""

from __future__ import annotations

from .devices import Devices, simulated

__all__ = ["Devices", "simulated"]
