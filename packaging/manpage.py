"""Writes the manual page, in roff, from the declarations of the modes. SOURCE_DATE_EPOCH sets its date."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping

from check_videoconf import __version__, catalog, usage
from check_videoconf.common_options import COMMON
from check_videoconf.mode import Mode
from check_videoconf.options import LEVELS, Option

INTRODUCTION = """\
.SH NAME
check_videoconf, check_videoconf_client \\- check Pexip Infinity, Cisco TelePresence Conductor and Poly Trio
.SH SYNOPSIS
.B check_videoconf
.I SYSTEM MODE
.B \\-H
.I HOST
.RI [ options ]
.br
.B check_videoconf
.I SYSTEM MODE
.BR \\-\\-help | \\-\\-list\\-counters
.br
.B check_videoconf \\-\\-list\\-modes
.RI [ SYSTEM ]
.br
.B check_videoconf
.I COMMAND
.RI [ options ]
.br
.B check_videoconf_client
.RB [ \\-\\-socket
.IR PATH ]
.I SYSTEM MODE
.B \\-H
.I HOST
.RI [ options ]
.SH DESCRIPTION
A monitoring plugin. A poller such as Nagios Core, Icinga 2 or Centreon Engine starts it; it asks the device's own API
and answers with one line, performance data and an exit code. It only reads, but where a mode says that it does more.
.PP
.B check_videoconf_client
has the service run the same command line, so that the poller need not wait for the start of Python; the answer is the
same. Without a service it becomes
.BR check_videoconf ,
which lies beside it.
"""

ENDING = """\
.SH EXIT STATUS
0 is OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, whatever happens.
.SH ENVIRONMENT
.TP
.BR CHECK_VIDEOCONF_USERNAME ", " CHECK_VIDEOCONF_PASSWORD
The account, where no option gives it.
.TP
.BR CHECK_VIDEOCONF_SNMP_COMMUNITY ", " CHECK_VIDEOCONF_SNMP_AUTH_PASSWORD ", " CHECK_VIDEOCONF_SNMP_PRIV_PASSWORD
The same for SNMP.
.TP
.B CHECK_VIDEOCONF_STATE_DIR
Where locks, cache and what lasts between runs live, where no option names it.
.TP
.B CHECK_VIDEOCONF_SOCKET
Where
.B check_videoconf_client
finds the service, where its first option does not name it.
.TP
.BR MP_CONFIG_FILE ", " NAGIOS_CONFIG_PATH
The file that
.B \\-\\-extra\\-opts
reads, or the directories in which it is looked for.
.TP
.BR SSL_CERT_FILE ", " SSL_CERT_DIR
Authorities to trust in place of the system's.
.TP
.BR HTTP_PROXY ", " HTTPS_PROXY ", " NO_PROXY
With
.B \\-\\-proxyurl
env alone.
.TP
.B NO_COLOR
Not empty: no colours on a terminal, either.
.SH FILES
.TP
.I /var/lib/check_videoconf
What lasts between runs, for the account that the packaged directory belongs to.
.TP
.I /run/check_videoconf/socket
Where the service is found. It is not on unless it has been enabled:
.B systemctl enable \\-\\-now check_videoconf.socket
"""

ASCII = 0x7F


def page(date: str) -> str:
    """The whole page."""
    modes = {(system, name): catalog.mode(system, name) for system in catalog.SYSTEMS for name in known(system)}
    lines = [f'.TH CHECK_VIDEOCONF 1 "{date}" "check_videoconf {__version__}" "Monitoring plugins"', INTRODUCTION]
    lines.append(".SH MODES")
    for system, described in catalog.SYSTEMS.items():
        lines.append(f".SS {roff(f'{system}: {described.title}')}")
        for name, line in described.modes.items():
            lines += [".TP", bold(name), roff(line)]
    lines.append(".SH COMMANDS")
    for name, command in catalog.COMMANDS.items():
        lines += [".TP", bold(name), roff(command.line)]
    lines.append(".SH OPTIONS OF EVERY MODE")
    for option in COMMON:
        lines += entry(option, default_everywhere(option, modes))
    lines.append(".SH OPTIONS, COUNTERS AND STATUSES OF EACH MODE")
    for mode in modes.values():
        lines += section(mode)
    return "\n".join([*lines, ENDING])


def known(system: str) -> Iterable[str]:
    return catalog.SYSTEMS[system].modes


def section(mode: type[Mode]) -> Iterator[str]:
    """What one mode does, takes and measures."""
    yield f".SS {roff(f'{mode.system} {mode.name}')}"
    yield roff((mode.__doc__ or "").strip())
    yield from (f".br\n{roff(f'Asks {endpoint}')}" for endpoint in mode.endpoints)
    yield f".br\n{roff(f'Requests: {mode.requests}')}"
    yield from (f".PP\n{roff(note)}" for note in mode.notes)
    for option in mode.declared_options():
        yield from entry(option, usage.default_of(option, mode))
    for counter in mode.counters:
        yield from (".TP", f"{bold('--warning-' + counter.label)}, {bold('--critical-' + counter.label)} \\fIRANGE\\fR")
        yield roff(
            f"{counter.help}{' (optional)' if counter.optional else ''}; unit {counter.unit or 'none'}, "
            f"warning {counter.warning or 'none'}, critical {counter.critical or 'none'}, "
            f"perfdata {counter.named(f'{mode.record}s')}"
        )
    for status in mode.statuses:
        names = ", ".join(bold(f"--{level}-{status.label}") for level in LEVELS)
        yield from (".TP", f"{names} \\fIEXPRESSION\\fR", roff(f"{status.help}; macros {' '.join(status.macros)}"))
        for level in LEVELS:
            expression = getattr(status, level) or "none"
            yield f".br\n{roff(f'{level}: {expression}')}"


def entry(option: Option, default: str) -> Iterator[str]:
    """One option as a tagged paragraph."""
    names = ", ".join(bold(name) for name in sorted(option.names, key=len))
    yield ".TP"
    yield names + (f" \\fI{roff(option.metavar)}\\fR" if option.metavar else "")
    yield roff(option.help + (f" (default {default})" if default else ""))


def default_everywhere(option: Option, modes: Mapping[tuple[str, str], type[Mode]]) -> str:
    """The default that most modes have, and where another one holds: for a whole system, or for single modes."""
    defaults = {place: usage.default_of(option, mode) for place, mode in modes.items()}
    usual = Tally(defaults.values()).most_common(1)[0][0]
    words = [usual] if usual else []
    for system in catalog.SYSTEMS:
        own = {name: defaults[system, name] for name in known(system)}
        if len(set(own.values())) == 1 and usual not in own.values():
            words.append(f"{next(iter(own.values()))} for {system}")
        else:
            words += [f"{value} for {system} {name}" for name, value in own.items() if value != usual]
    return ", ".join(words)


def bold(text: str) -> str:
    return f"\\fB{roff(text)}\\fR"


def roff(text: str) -> str:
    """Text that roff prints as it stands: ASCII, no escape, no request, a dash that can be searched for and copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    text = re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)
    return "".join(letter if ord(letter) < ASCII else f"\\[u{ord(letter):04X}]" for letter in text)


if __name__ == "__main__":
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    sys.stdout.write(page(time.strftime("%Y-%m-%d", time.gmtime(epoch))))
