"""One family of errors: what can go wrong, the line a user sees, and what to do about it.

Each class declares the three; the README's table is made from the declarations. Raised where the fact is known and
caught in one place, which turns the error into a line and a state.
"""

from __future__ import annotations

from typing import ClassVar


class VideoconfError(Exception):
    """A check that could not be made. `line` is a template filled with the facts given by keyword."""

    when: ClassVar[str] = ""
    line: ClassVar[str] = "{text}"
    advice: ClassVar[str] = ""
    #: Whether --unreachable-state decides the state; what the device itself words is UNKNOWN.
    unreachable: ClassVar[bool] = False

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.line.format(**facts))


class OptionError(VideoconfError):
    """A mistake on the command line: found before any request is sent. `detail` follows in the long output."""

    when = "an unknown mode or option, a bad value, range or expression"
    line = "{text}"
    advice = "correct the command line; `--help` after the mode lists its options"

    def __init__(self, text: str, detail: str = "") -> None:
        self.detail = detail
        super().__init__(text=text)


class Unreachable(VideoconfError):
    """The device, or the way to it, did not answer as it should."""

    unreachable = True


class NameNotResolved(Unreachable):
    when = "the host name has no address"
    line = "cannot resolve {host}: {reason}"
    advice = "check --hostname and the poller's DNS"


class ConnectionRefused(Unreachable):
    when = "nothing listens on the port"
    line = "connection refused by {address}"
    advice = "check --port, and that the device's management interface is on"


class NoRoute(Unreachable):
    when = "the network or the host cannot be reached"
    line = "cannot reach {address}: {reason}"
    advice = "check routes and firewalls between the poller and the device"


class ConnectionBroken(Unreachable):
    when = "the device closes the connection before it has answered"
    line = "the connection to {address} broke while {phase}: {reason}"
    advice = "a restart or an overload of the device, or a firewall between; check its own log"


class ProxyRefused(Unreachable):
    when = "the proxy does not let the request through"
    line = "the proxy {proxy} does not let the request through: {reason}"
    advice = "check --proxy and what the proxy permits"


class CertificateExpired(Unreachable):
    when = "the device's certificate has expired or is not valid yet"
    line = "the certificate of {address} {reason}"
    advice = "renew it on the device; check the poller's clock; until then --insecure"


class CertificateNotTrusted(Unreachable):
    when = "the device's certificate is signed by an unknown authority, or by itself"
    line = "the certificate of {address} is not trusted: {reason}"
    advice = "give the authority's certificate with --cacert FILE, or do without verification with --insecure"


class CertificateWrongName(Unreachable):
    when = "the certificate is for another name"
    line = "the certificate of {address} is for another name: {reason}"
    advice = "give --hostname as the certificate has it, or --tls-cn NAME to accept that name"


class TlsTooOld(Unreachable):
    when = "the device speaks only an old version of TLS, or only weak ciphers"
    line = "no common TLS version or cipher with {address}: {reason}"
    advice = "--tls-min 1.0 accepts what old devices speak"


class TlsFailed(Unreachable):
    when = "the TLS handshake fails for another reason"
    line = "the TLS handshake with {address} failed: {reason}"
    advice = (
        "check --port (is it HTTPS?) and --proto; old ciphers need --tls-min 1.0, a device that asks for a certificate "
        "of its client --cert"
    )


class AuthenticationFailed(Unreachable):
    when = "401, a redirect to a login page, or a login page instead of data"
    line = "authentication failed for account '{account}' at {address}: {reason}"
    advice = "check the account and its password; an LDAP account may be locked"


class NotPermitted(Unreachable):
    when = "403: the account may not read this"
    line = "account '{account}' is not permitted to read {path} at {address} (HTTP 403)"
    advice = "give the account a role that may read the API"


class BusyOrNotPermitted(Unreachable):
    when = "a phone answers 403 to every try"
    line = "{address} is busy, or account '{account}' is not permitted to read {path} ({reason})"
    advice = "another client may be asking the phone all the time; if not, check the account"


class NotSupported(VideoconfError):
    when = "404 for a resource that other versions of the product have"
    line = "{path} is not supported by this version of {product} (HTTP 404)"
    advice = "the version is too old or too new for it: leave the mode out for this device"


class RestDisabled(VideoconfError):
    when = "a phone answers 404 to everything"
    line = "{address} has no REST API at {path} (HTTP 404): it is switched off, or the firmware lacks it"
    advice = "set apps.restapi.enabled to 1 on the phone"


class Redirected(Unreachable):
    when = "the answer is a redirect to somewhere else"
    line = "{address} redirects {path} to {target}, which is not followed"
    advice = "check --hostname, --port and --proto"


class TooManyRequests(Unreachable):
    when = "429 to every try"
    line = "{address} asks for fewer requests (HTTP 429{wait})"
    advice = "check less often, use --cache, or raise --timeout so that the wait fits"


class ServerError(Unreachable):
    when = "the device answers with an error of its own (5xx)"
    line = "{address} failed to answer {path}: HTTP {status}{message}"
    advice = "look into the device's log; 502 and 503 are usual while it restarts"


class RequestRefused(Unreachable):
    when = "the device refuses the request (400 and other 4xx)"
    line = "{address} refused {path}: HTTP {status}{message}"
    advice = "the mode's options may ask for what this version cannot do"


class EmptyBody(Unreachable):
    when = "an answer without a body"
    line = "empty answer of {address} to {path}"
    advice = "check that the address is the device's management interface"


class NotJson(Unreachable):
    when = "an answer that is not JSON, or cut off in the middle"
    line = "the answer of {address} to {path} is not JSON: {reason}"
    advice = "check that the address is the device's management interface and not another web server"


class NotXml(Unreachable):
    when = "an answer that is not XML, or cut off, or holds a DTD or entities"
    line = "the answer of {address} to {path} is not acceptable XML: {reason}"
    advice = "check that the address is the device's management interface and not another web server"


class WrongShape(Unreachable):
    when = "JSON or XML of another shape than the product's"
    line = "the answer of {address} to {path} has another shape than expected: {reason}"
    advice = "check the product behind the address; a version that changed its API is worth a bug report"


class BodyTooLarge(Unreachable):
    when = "an answer over the limit, also after decompression"
    line = "the answer of {address} to {path} is larger than --max-bytes {limit}"
    advice = "raise --max-bytes if the device is really that large"


class BadAnswer(Unreachable):
    when = "an answer that is not HTTP, or HTTP that breaks its own rules"
    line = "{address} does not speak proper HTTP: {reason}"
    advice = "check --port and --proto"


class SnmpNoAnswer(Unreachable):
    when = "no SNMP agent answers; one that does not take the community or cannot decrypt a request is silent, too"
    line = "no SNMP answer of {address}: {reason}"
    advice = "switch SNMP on at the device; check --snmp-port, --community, --priv-password and firewalls"


class SnmpUserRefused(Unreachable):
    when = "an SNMPv3 user, password, protocol or security level that the agent does not take"
    line = "the SNMP agent of {address} does not take user '{user}': {reason}"
    advice = "check --snmp-user, both protocols and both passwords against the agent's"


class SnmpBadAnswer(Unreachable):
    when = "an answer that is not SNMP, or not to what was asked"
    line = "{address} does not speak proper SNMP: {reason}"
    advice = "check --snmp-port; an agent that answers so is worth a report to its vendor"


class SnmpObjectMissing(VideoconfError):
    when = "an SNMP agent that has no load averages, or does not show them to this community or user"
    line = "the SNMP agent of {address} has no {object}: {reason}"
    advice = "let the agent show UCD-SNMP-MIB (.1.3.6.1.4.1.2021.10) to the community or user"


class PagingFailed(Unreachable):
    when = "pages that add nothing or never end"
    line = "the pages of {path} at {address} do not end as they should: {reason}"
    advice = "try again; if it stays, the device's API is at fault"


class DeviceError(VideoconfError):
    when = "the device answers with an error it words itself (Trio status, XML-RPC fault)"
    line = "{address} answered {path} with {reason}"
    advice = "see the reason; codes about the account mean its rights"


class CallRefused(VideoconfError):
    when = "the Management Node refuses to place a test call"
    line = "{address} placed no test call: {reason}"
    advice = "check --conference-alias, --destination, --system-location, and that the account may use the command API"


class CallNotGuarded(VideoconfError):
    when = "no process can be started that would hang up a test call if the check were killed"
    line = "no test call was placed: {reason}"
    advice = "raise the limits on processes and memory that the poller has"


class CallLeft(VideoconfError):
    when = "a test call cannot be hung up, or may have been placed and is not to be found"
    line = "a test call may be left at {address}: {reason}"
    advice = (
        "a process goes on for a minute to hang it up, and so does the next run; after that disconnect the participant "
        "whose name begins with check_videoconf"
    )


class Busy(VideoconfError):
    when = "another check of the same device holds its lock for too long"
    line = "another check of {host} did not finish in {seconds} s"
    advice = "spread the checks of the device, or raise --timeout"


class DeadlineReached(BaseException):
    """The check's time is over. Not an Exception: nobody's `except Exception` may swallow it."""

    when = "the device is too slow, or something in between"
    line = "no result within {seconds} s: the time was over while {phase}"
    advice = "raise --timeout, or find out why the device is slow; the phase says where"

    def __init__(self, seconds: float, phase: str, *, unreachable: bool) -> None:
        self.seconds = seconds
        self.phase = phase
        self.unreachable = unreachable
        super().__init__(self.line.format(seconds=f"{seconds:g}", phase=phase))


class Terminated(BaseException):
    """A signal asked the check to end."""

    when = "the poller ends the check with a signal"
    line = "ended by {signal} while {phase}"
    advice = "let the plugin's --timeout be shorter than the poller's own"

    def __init__(self, signal: str, phase: str) -> None:
        super().__init__(self.line.format(signal=signal, phase=phase))
