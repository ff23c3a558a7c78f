"""conductor api."""

from __future__ import annotations

import re

from ..api_check import ApiCheck


class Api(ApiCheck):
    """Whether the Conductor answers, how fast, and how long its TLS certificate lasts."""

    endpoints = ("GET /status",)
    notes = (
        *ApiCheck.notes,
        "A Conductor may answer this request whoever asks: that it answers does not say that the account is good.",
    )
    example = "--warning-response-time 1 --critical-certificate-expiry 14d:"

    def ask(self) -> str:
        answer = self.client.session.request("GET", "/status")
        answer.refuse_what_is_no_data()
        if re.match(rb"\s*<(!doctype )?html", answer.body, re.IGNORECASE):
            raise answer.device.wrong_shape(answer.path, "it is a web page")
        return "REST API answers"

    def refused(self) -> str:
        return "REST API asks for credentials"
