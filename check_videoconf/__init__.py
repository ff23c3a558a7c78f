"""check_videoconf: a monitoring plugin for Pexip Infinity, Cisco TelePresence Conductor and Poly Trio."""

__version__ = "1.0.0"
