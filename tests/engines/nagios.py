"""Nagios Core 4 in a scratch directory, as the user who runs the tests, with the templates as they are shipped."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import subprocess
from pathlib import Path

from check_videoconf.catalog import SYSTEMS
from check_videoconf.simulator import Simulator
from scripts.pollers import nagios as templates
from scripts.templates import TEMPLATES
from tests.engines import daemons
from tests.engines.checks import PLUGIN, USERNAME, Check, environment, port

SHIPPED = TEMPLATES / "nagios"
SECONDS_BETWEEN_CHECKS = 0.4  # so that two cores keep up

NAGIOS_CFG = """\
cfg_file={shipped}/commands.cfg
cfg_file={shipped}/hosts.cfg
cfg_file={shipped}/services.cfg
cfg_file={scratch}/objects-of-{name}.cfg
resource_file={scratch}/resource.cfg
log_file={scratch}/nagios.log
object_cache_file={scratch}/objects.cache
precached_object_file={scratch}/objects.precache
status_file={scratch}/status.dat
state_retention_file={scratch}/retention.dat
lock_file={scratch}/nagios.pid
temp_file={scratch}/nagios.tmp
temp_path={scratch}
check_result_path={scratch}/results
log_archive_path={scratch}
query_socket={scratch}/nagios.qh
command_file={scratch}/nagios.cmd
debug_file={scratch}/nagios.debug
nagios_user={user}
nagios_group={group}
use_syslog=0
check_for_updates=0
retain_state_information=0
process_performance_data=0
status_update_interval=1
check_result_reaper_frequency=1
service_inter_check_delay_method={delay}
service_interleave_factor=1
service_check_timeout=60
illegal_macro_output_chars=`~$&|'"<>
"""

# Nagios does not start without a contact.
CONTACT = """\
define command {
    command_name nothing
    command_line /bin/true
}
define contact {
    contact_name nobody
    host_notifications_enabled 0
    service_notifications_enabled 0
    host_notification_commands nothing
    service_notification_commands nothing
}
"""

HOST = """\
define host {{
    use videoconf-{system}
    host_name {system}
    address 127.0.0.1
    _VC_PORT {port}
    max_check_attempts 1
    active_checks_enabled 0
}}
"""

# Checked once: how often is the template's business, and a second run of a check has other words than the first.
SERVICE = """\
define service {{
    use videoconf-{system}-{mode}
    host_name {system}
    service_description {mode}
    {command}
    check_interval 1440
    max_check_attempts 1
}}
"""

Status = dict[str, dict[str, str]]


def hosts(simulator: Simulator) -> str:
    """A host of each product."""
    return "".join(HOST.format(system=system, port=port(simulator, system)) for system in SYSTEMS)


def service(check: Check) -> str:
    """A check of one of these hosts."""
    system, mode = check.service.system, check.service.name
    arguments = templates.argument(check.arguments)
    command = f"check_command check_videoconf_{system}!{mode}!{arguments}" if arguments else ""
    return SERVICE.format(system=system, mode=mode, command=command)


def configure(scratch: Path, name: str, simulator: Simulator, *objects: str) -> Path:
    """Write a whole configuration with these objects beside the templates; the path of its main file."""
    main, resource = scratch / f"{name}.cfg", (SHIPPED / "resource.cfg").read_text(encoding="utf-8")
    user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    places = {"shipped": SHIPPED, "scratch": scratch, "name": name}
    text = NAGIOS_CFG.format(**places, user=user, group=group, delay=SECONDS_BETWEEN_CHECKS)
    main.write_text(text, encoding="utf-8")
    (scratch / f"objects-of-{name}.cfg").write_text("".join(objects), encoding="utf-8")
    resource = re.sub(r"(?m)^(\$USER1[135]\$)=.*", rf"\1={USERNAME}", resource)
    resource = re.sub(r"(?m)^(\$USER1[246]\$)=.*", rf"\1={scratch}/password", resource)
    resource = re.sub(r"(?m)^#(\$USER17\$)=.*", rf"\1={simulator.ca_file}", resource)
    (scratch / "resource.cfg").write_text(f"{resource}$USER1$={PLUGIN.parent}\n", encoding="utf-8")
    return main


def assert_accepted(nagios: str, configuration: Path) -> str:
    """What Nagios says of a configuration that has no error."""
    verified = subprocess.run([nagios, "-v", configuration], capture_output=True, text=True, timeout=30, check=False)
    assert verified.returncode == 0, verified.stdout
    assert "Total Errors:   0" in verified.stdout
    return verified.stdout


def running(nagios: str, configuration: Path) -> contextlib.AbstractContextManager[daemons.Daemon]:
    scratch = configuration.parent
    variables = environment(scratch / "state-of-nagios")
    return daemons.running([nagios, configuration], variables, scratch / "stdout", scratch / "nagios.log")


def read_status(scratch: Path) -> Status:
    """What the status file holds of each service by `system mode`; Nagios removes the file when it ends."""
    with contextlib.suppress(FileNotFoundError):
        return parse_status((scratch / "status.dat").read_text(encoding="utf-8"))
    return {}


def parse_status(text: str) -> Status:
    blocks = re.findall(r"^servicestatus \{\n(.*?)^\t\}", text, re.MULTILINE | re.DOTALL)
    found = (dict(line.strip().split("=", 1) for line in block.splitlines()) for block in blocks)
    return {f"{one['host_name']} {one['service_description']}": one for one in found}
