"""The options every mode accepts, so that one macro of shared extra options serves all services of a host."""

from __future__ import annotations

from .options import Option, byte_count, choice, duration, hostname, integer, real, regex, state_change, threshold

_STATES = choice("unknown", "critical", "warning")

COMMON: tuple[Option, ...] = (
    Option(
        "-H --hostname",
        "HOST",
        "address of the device (IPv4, IPv6, name)",
        kind=hostname,
        group="device",
        keep_empty=True,
    ),
    Option("-p --port", "N", "its port", default=443, kind=integer(1, 65535), group="device"),
    Option(
        "--proto", "https|http", "how it is spoken to", default="https", kind=choice("https", "http"), group="device"
    ),
    Option("-u --api-username --username", "NAME", "account", group="credentials"),
    Option(
        "--api-password --password",
        "TEXT",
        "its password; visible to other users for a moment",
        group="credentials",
        secret=True,
    ),
    Option("--password-file", "FILE", "its password is the first line of FILE", group="credentials"),
    Option(
        "--password-command",
        "CMD",
        "its password is the first line CMD prints; split like a shell does, no shell",
        group="credentials",
    ),
    Option(
        "--extra-opts",
        "[SECTION][@FILE]",
        "more options from an ini file of Monitoring Plugins",
        group="credentials",
        repeat=True,
        keep_empty=True,
    ),
    Option(
        "--auth",
        "auto|basic|digest|oauth2",
        "how to log in; auto is Basic, or Digest when the device asks for it",
        default="auto",
        kind=choice("auto", "basic", "digest", "oauth2"),
        group="credentials",
    ),
    Option("--oauth2-client-id", "ID", "client of --auth oauth2 (pexip)", group="credentials"),
    Option("--oauth2-key", "FILE", "its private key, PEM (ES256)", group="credentials"),
    Option("--cacert", "FILE|DIR", "trusted authorities instead of the system's", group="tls"),
    Option("-k --insecure", "", "do not verify the certificate", group="tls"),
    Option("--cert", "FILE", "client certificate, PEM", group="tls"),
    Option("--key", "FILE", "its private key, PEM", group="tls"),
    Option(
        "--tls-min",
        "1.0…1.3",
        "oldest TLS version to accept; below 1.2 also the ciphers of that time",
        default="1.2",
        kind=choice("1.0", "1.1", "1.2", "1.3"),
        group="tls",
    ),
    Option("--tls-cn", "NAME", "accept a trusted certificate whose common name is NAME", group="tls"),
    Option("--proxyurl --proxy", "URL", "HTTP proxy, or env for the one of the environment", group="connection"),
    Option(
        "-t --timeout", "SECONDS", "deadline of the whole check", default=30.0, kind=real(0.1, 3600), group="connection"
    ),
    Option("--retries", "N", "extra tries when the device is busy", default=2, kind=integer(0, 20), group="connection"),
    Option(
        "--cache",
        "SECONDS",
        "use an answer that another check got at most so long ago",
        kind=duration,
        group="connection",
    ),
    Option("--lock", "", "one request at a time per device across processes", group="connection"),
    Option("--no-lock", "", "do not wait for other checks of the device", group="connection"),
    Option(
        "--state-dir",
        "DIR",
        "where locks, cache and what lasts between runs live; else the first of these that can be written: "
        "$CHECK_VIDEOCONF_STATE_DIR, /var/lib/check_videoconf, $XDG_STATE_HOME/check_videoconf, "
        "a private one in the temporary directory",
        group="connection",
    ),
    Option(
        "--max-bytes",
        "N",
        "largest answer accepted, after decompression",
        default=64 * 1024**2,
        kind=byte_count,
        group="connection",
    ),
    Option(
        "--unreachable-state",
        "STATE",
        "unknown, critical or warning: the state when the device cannot be asked",
        default="unknown",
        kind=_STATES,
        group="output",
    ),
    Option(
        "-w --warning",
        "LABEL=RANGE",
        "short for --warning-LABEL RANGE",
        kind=threshold,
        group="thresholds",
        repeat=True,
    ),
    Option(
        "-c --critical",
        "LABEL=RANGE",
        "short for --critical-LABEL RANGE",
        kind=threshold,
        group="thresholds",
        repeat=True,
    ),
    Option(
        "--filter-counters",
        "REGEX",
        "judge and print only counters whose label matches",
        kind=regex,
        group="thresholds",
    ),
    Option("-v --verbose", "", "-v every item, -vv requests, -vvv bodies without secrets", default=0, group="output"),
    Option(
        "--output",
        "FORMAT",
        "nagios, json or openmetrics",
        default="nagios",
        kind=choice("nagios", "json", "openmetrics"),
        group="output",
    ),
    Option("--output-json", "", "the same as --output json", group="output"),
    Option("--output-openmetrics", "", "the same as --output openmetrics", group="output"),
    Option(
        "--perfdata",
        "WHICH",
        "all, summary (no values per instance) or none",
        default="all",
        kind=choice("all", "summary", "none"),
        group="output",
    ),
    Option(
        "--max-output",
        "BYTES",
        "the poller's limit; default 8192, none on a terminal; 0 is none",
        kind=byte_count,
        group="output",
    ),
    Option(
        "--change-exit --change-state",
        "FROM=TO",
        "another state instead, such as unknown=critical",
        kind=state_change,
        group="output",
        repeat=True,
    ),
    Option("--float-precision", "N", "decimals in perfdata", default=2, kind=integer(0, 12), group="output"),
    Option("--show-names", "", "print participants' names; nothing is cached then", group="output"),
    Option("-h --help", "", "this text", group="help"),
    Option("-V --version", "", "the version", group="help"),
    Option("--list-counters", "", "the mode's counters, units, macros and default thresholds", group="help"),
)
