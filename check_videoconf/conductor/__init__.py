"""Cisco TelePresence Conductor: XML-RPC at /RPC2, one module a mode."""
