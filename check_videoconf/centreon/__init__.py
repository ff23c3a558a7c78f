"""The drop-in for two connectors of centreon-plugins: their command lines, their perfdata, our checks."""

from __future__ import annotations

from .command import Command, parse

__all__ = ["Command", "parse"]
