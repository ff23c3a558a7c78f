"""pexip api."""

from __future__ import annotations

from ..api_check import ApiCheck


class Api(ApiCheck):
    """Whether the Management API answers, how fast, and how long its TLS certificate lasts."""

    endpoints = ("GET /api/admin/status/v1/alarm/?limit=1",)
    example = "--warning-response-time 1 --critical-certificate-expiry 14d:"

    def ask(self) -> str:
        self.client.total("status/v1/alarm/")
        return "Management API answers"

    def refused(self) -> str:
        return "Management API asks for credentials"
