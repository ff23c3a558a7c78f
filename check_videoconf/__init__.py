"""check_videoconf: a monitoring plugin for Pexip Infinity, Cisco TelePresence Conductor and Poly Trio."""

__version__ = "0.1.0"
