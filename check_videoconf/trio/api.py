"""trio api."""

from __future__ import annotations

from ..api_check import ApiCheck


class Api(ApiCheck):
    """Whether the phone's REST API answers, how fast, and how long its TLS certificate lasts."""

    endpoints = ("GET /api/v1/mgmt/device/info",)
    notes = (
        *ApiCheck.notes,
        "HTTP 404 says that the API is switched off, status 4010 that the default password must be changed.",
    )
    example = "--warning-response-time 1 --tls-cn 0004f2aabbcc"

    def ask(self) -> str:
        self.client.struct("mgmt/device/info")
        return "REST API answers"

    def refused(self) -> str:
        return "REST API is on and asks for credentials"
