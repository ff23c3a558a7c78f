"""Prometheus: the plugin's OpenMetrics output through node_exporter's textfile collector, and alert rules."""

from __future__ import annotations

from collections.abc import Iterator

from check_videoconf.catalog import SYSTEMS

from .services import ENGINE_TIMEOUT, MARK, services

DIRECTORY = "/var/lib/prometheus/node-exporter"
LIST = "/etc/check_videoconf/textfile.list"

_SCRIPT = f"""\
#!/bin/sh
# {MARK}
# check_videoconf-textfile [LIST [DIRECTORY]]: runs the checks of a list and leaves what they measured, each in a file
# of its own, for node_exporter's textfile collector. A line of the list is SYSTEM MODE HOST [options]; options are
# parted at blanks and not quoted, --extra-opts has room for others. What cannot be run leaves the older file, whose
# age is told by node_textfile_mtime_seconds.
set -fu
list=${{1:-{LIST}}}
directory=${{2:-{DIRECTORY}}}
umask 022
while read -r system mode host options; do
    case $system in '' | '#'*) continue ;; esac
    file=$directory/videoconf_${{system}}_${{mode}}_$host.prom
    # The exit code is in the metrics.
    check_videoconf "$system" "$mode" -H "$host" --output openmetrics $options >"$file.$$" </dev/null
    if [ "$(tail -n 1 "$file.$$")" = '# EOF' ]; then
        mv -f "$file.$$" "$file"
    else
        head -n 1 "$file.$$" >&2
        rm -f "$file.$$"
    fi
done <"$list"
"""

_SERVICE = f"""\
# {MARK}
[Unit]
Description=Video conferencing checks for the textfile collector
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
User=prometheus
# CHECK_VIDEOCONF_PASSWORD=…, mode 0600, for devices that share a password; else --password-file in the list.
EnvironmentFile=-/etc/check_videoconf/environment
StateDirectory=check_videoconf
ExecStart=/usr/local/bin/check_videoconf-textfile
TimeoutStartSec=15min
"""

_TIMER = f"""\
# {MARK}
[Unit]
Description=Video conferencing checks every 5 minutes

[Timer]
OnCalendar=*:0/5
RandomizedDelaySec=30

[Install]
WantedBy=timers.target
"""

_RULE = """\
      - alert: {name}
        expr: {expression}
        for: {time}
        labels:
          severity: {severity}
        annotations:
          summary: {summary}
"""

_WHO = "{{ $labels.system }} {{ $labels.mode }} of {{ $labels.host }}"

# Name, expression, how long, severity, summary.
_RULES = (
    ("VideoconfCritical", "videoconf_check_state == 2", "2m", "critical", f"{_WHO} is critical"),
    ("VideoconfUnknown", "videoconf_check_state == 3", "10m", "warning", f"{_WHO} cannot be checked"),
    ("VideoconfWarning", "videoconf_check_state == 1", "10m", "warning", f"{_WHO} has a warning"),
    (
        "VideoconfSlow",
        f"videoconf_check_duration_seconds > {ENGINE_TIMEOUT // 3}",
        "30m",
        "warning",
        f"{_WHO} takes {{{{ $value | humanizeDuration }}}}",
    ),
    (
        "VideoconfStale",
        'time() - node_textfile_mtime_seconds{file=~".*videoconf_.*"} > 2 * 3600',
        "5m",
        "warning",
        "{{ $labels.file }} was last written {{ $value | humanizeDuration }} ago",
    ),
)


def files() -> dict[str, str]:
    """Path below templates/ to text."""
    return {
        "prometheus/check_videoconf-textfile": _SCRIPT,
        "prometheus/check_videoconf-textfile.service": _SERVICE,
        "prometheus/check_videoconf-textfile.timer": _TIMER,
        "prometheus/textfile.list": "".join(_list()),
        "prometheus/alerts.yml": "".join(_alerts()),
    }


def _list() -> Iterator[str]:
    yield f"# {MARK}\n# SYSTEM MODE HOST [options]\n"
    for system in SYSTEMS:
        account = f"-u {SYSTEMS[system].username} --password-file /etc/check_videoconf/{system}.password"
        for service in services(system):
            if not service.discovery:
                yield " ".join([system, service.name, f"{system}.example.com", account, *service.needs]) + "\n"


def _alerts() -> Iterator[str]:
    yield f"# {MARK}\ngroups:\n  - name: videoconf\n    rules:\n"
    for name, expression, time, severity, summary in _RULES:
        yield _RULE.format(
            name=name, expression=_quoted(expression), time=time, severity=severity, summary=_quoted(summary)
        )


def _quoted(text: str) -> str:
    """A YAML text."""
    return "'" + text.replace("'", "''") + "'"
