"""Simulated devices on loopback: a Pexip Management Node, a TelePresence Conductor and a Poly Trio.

For trying, for training and for tests. The bodies are made from the vendors' documents. Nothing here imports
the plugin, and of the plugin only its command line imports this.
"""

from __future__ import annotations

from xmlrpc.client import Fault

from .command import main
from .messages import Canned, Headers, Request, SimulatorError
from .simulation import Simulator

__all__ = ["Canned", "Fault", "Headers", "Request", "Simulator", "SimulatorError", "main"]
