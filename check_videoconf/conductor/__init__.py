"""Cisco TelePresence Conductor: XML-RPC at /RPC2 and the REST APIs, one module a mode."""
