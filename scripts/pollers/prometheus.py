"""Prometheus: the plugin's OpenMetrics output through node_exporter's textfile collector, and alert rules."""

from __future__ import annotations

from collections.abc import Iterator

from check_videoconf.catalog import SYSTEMS

from .services import ENGINE_TIMEOUT, MARK, services

_SCRIPT = r"""
# check_videoconf-textfile [LIST [DIRECTORY [HOST]]]: runs the checks of a list and leaves what they measured, each in a
# file of its own, for node_exporter's textfile collector. A line of the list is SYSTEM MODE HOST [options]; options are
# parted at blanks and not quoted, --extra-opts has room for others. What cannot be run leaves the older file, whose
# age is told by node_textfile_mtime_seconds, and the exit code 1.
set -fu
list=${1:-/etc/check_videoconf/textfile.list}
directory=${2:-/var/lib/prometheus/node-exporter}
status=0

if [ $# -lt 3 ]; then
    hosts=$(awk '
        $1 ~ /^(#|$)/ { next }
        NF < 3 { print "not SYSTEM MODE HOST: " $0 >"/dev/stderr"; failed = 1; next }
        check[$1, $2, $3]++ { print "listed twice, the last one counts: " $0 >"/dev/stderr"; failed = 1 }
        !host[$3]++ { print $3 }
        END { exit failed }' "$list") || status=1
    # One device after the other would let those that do not answer hold up the rest.
    printf '%s\n' "$hosts" | xargs -r -n 1 -P 4 "$0" "$list" "$directory" || status=1
    exit "$status"
fi

umask 022
new=
trap 'rm -f "$new"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
while read -r system mode host options; do
    case $system in '' | '#'*) continue ;; esac
    [ "$host" = "$3" ] || continue
    file=$directory/videoconf_${system}_${mode}_$host.prom
    new=$file.$$
    # The exit code is in the metrics. node_exporter before 1.5 wants the same help for a metric in every file.
    check_videoconf "$system" "$mode" -H "$host" --output openmetrics $options </dev/null |
        sed 's/^# TYPE \([^ ]*\) .*/# HELP \1 See check_videoconf --list-counters.\
&/' >"$new"
    if [ "$(tail -n 1 "$new")" = '# EOF' ]; then
        mv -f "$new" "$file"
    else
        head -n 1 "$new" >&2
        rm -f "$new"
        status=1
    fi
done <"$list"
exit "$status"
"""

_SERVICE = f"""\
# {MARK}
[Unit]
Description=Video conferencing checks for the textfile collector
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
User=check_videoconf
Environment=PATH=/usr/local/bin:/usr/bin:/bin:/usr/lib64/nagios/plugins:/usr/lib/nagios/plugins
Environment=CHECK_VIDEOCONF_STATE_DIR=%S/check_videoconf-textfile
# CHECK_VIDEOCONF_PASSWORD=…, mode 0600, for devices that share a password; else --password-file in the list.
EnvironmentFile=-/etc/check_videoconf/environment
ExecStart=/usr/local/bin/check_videoconf-textfile
# Each check ends by itself; how long all take depends on how many do not answer.
TimeoutStartSec=infinity
Nice=5

StateDirectory=check_videoconf-textfile
StateDirectoryMode=0700
ReadWritePaths=/var/lib/prometheus/node-exporter
CapabilityBoundingSet=
LockPersonality=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
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

# Between two runs are 5 minutes; a run takes longer than that where devices do not answer.
_STALE_MINUTES = 30

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
        f'time() - node_textfile_mtime_seconds{{file=~".*videoconf_.*"}} > {_STALE_MINUTES} * 60',
        "5m",
        "warning",
        "{{ $labels.file }} was last written {{ $value | humanizeDuration }} ago",
    ),
)


def files() -> dict[str, str]:
    """Path below templates/ to text."""
    return {
        "prometheus/check_videoconf-textfile": f"#!/bin/sh\n# {MARK}{_SCRIPT}",
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
                off = "" if service.in_examples else "#"
                yield off + " ".join([system, service.name, f"{system}.example.com", account, *service.needs]) + "\n"


def _alerts() -> Iterator[str]:
    yield f"# {MARK}\ngroups:\n  - name: videoconf\n    rules:\n"
    for name, expression, time, severity, summary in _RULES:
        yield _RULE.format(
            name=name, expression=_quoted(expression), time=time, severity=severity, summary=_quoted(summary)
        )


def _quoted(text: str) -> str:
    """A YAML text."""
    return "'" + text.replace("'", "''") + "'"
