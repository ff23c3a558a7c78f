"""The one table of modes, and what every mode declares."""

from __future__ import annotations

import re

import pytest

from check_videoconf import catalog
from check_videoconf.common_options import COMMON
from check_videoconf.errors import OptionError
from check_videoconf.mode import Mode
from check_videoconf.options import parse
from check_videoconf.thresholds import Thresholds
from check_videoconf.units import WORDS

MODES = [(system, mode) for system, entry in catalog.SYSTEMS.items() for mode in entry.modes]
every_mode = pytest.mark.parametrize(("system", "mode"), MODES)

# What graphs and configurations depend on: label, perfdata name, unit, default ranges. It never changes.
_QUALITIES = ("good", "ok", "bad", "terrible", "unknown")
PUBLISHED: dict[str, list[tuple[str, str, str, str, str]]] = {
    "pexip alarms": [
        ("alerts", "alerts.problems.current.count", "", "", ""),
        ("alarms-total", "alarms.total.count", "", "", ""),
        ("alarms-unacknowledged", "alarms.unacknowledged.count", "", "", ""),
    ],
    "pexip conferences": [
        ("conferences-total", "conferences.total.count", "", "", ""),
        ("conferences-locked", "conferences.locked.count", "", "", ""),
        ("conferences-not-started", "conferences.notstarted.count", "", "", ""),
        ("participants-total", "participants.total.count", "", "", ""),
        ("participants-with-media", "participants.withmedia.count", "", "", ""),
        *(
            (f"participants-callquality-{word}", f"participants.callquality.{word}.count", "", "", "")
            for word in _QUALITIES
        ),
        ("participants-per-conference-max", "conferences.participants.max.count", "", "", ""),
        ("conference-duration-max", "conferences.duration.max.seconds", "s", "", ""),
    ],
    "pexip call-quality": [
        *((f"participants-{word}", f"participants.callquality.{word}.count", "", "", "") for word in _QUALITIES),
        ("poor-prct", "callquality.poor.percentage", "%", "10", "25"),
        *((f"windows-{word}", f"callquality.windows.{word}.count", "", "", "") for word in _QUALITIES),
        *((f"windows-{word}-prct", f"callquality.windows.{word}.percentage", "%", "", "") for word in _QUALITIES),
        ("windows-poor-prct", "callquality.windows.poor.percentage", "%", "", ""),
        ("recent-poor-prct", "callquality.recent.poor.percentage", "%", "", ""),
    ],
    "pexip node-load": [
        ("load", "node.media.load.percentage", "%", "80", "95"),
        ("tokens-used", "node.media.tokens.used.count", "", "", ""),
        ("capacity-hd", "node.capacity.hd.count", "", "", ""),
        ("capacity-fullhd", "node.capacity.fullhd.count", "", "", ""),
        ("capacity-sd", "node.capacity.sd.count", "", "", ""),
        ("capacity-audio", "node.capacity.audio.count", "", "", ""),
        ("signaling", "node.signaling.count", "", "", ""),
        ("load-average", "nodes.media.load.average.percentage", "%", "", ""),
        ("load-max", "nodes.media.load.max.percentage", "%", "", ""),
        ("nodes-available", "nodes.available.count", "", "", ""),
        ("hd-total", "nodes.capacity.hd.count", "", "", ""),
        ("location-load", "location.media.load.percentage", "%", "", ""),
    ],
    "conductor health": [
        *((f"cpu-load-{period}", f"system.cpu.load.{period}m.count", "", "", "") for period in (1, 5, 15)),
        *((f"fan-{fan}", "hardware.fan.speed.rpm", "rpm", "", "1:") for fan in (1, 2, 3)),
        ("memory-committed", "system.memory.committed.bytes", "B", "", ""),
        ("memory-committed-prct", "system.memory.committed.percentage", "%", "90", "100"),
    ],
    "trio device": [
        ("cpu-utilization-average", "device.cpu.utilization.average.percentage", "%", "85", "95"),
        ("cpu-utilization-current", "device.cpu.utilization.current.percentage", "%", "", ""),
        ("memory-usage", "device.memory.usage.bytes", "B", "", ""),
        ("memory-usage-free", "device.memory.free.bytes", "B", "", ""),
        ("memory-usage-prct", "device.memory.usage.percentage", "%", "90", "95"),
        ("ramdisk", "device.ramdisk.bytes", "B", "", ""),
    ],
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_counters_keep_their_names_units_and_defaults(name: str) -> None:
    mode = catalog.mode(*name.split())
    assert [
        (counter.label, counter.named(f"{mode.record}s"), counter.unit, counter.warning, counter.critical)
        for counter in mode.counters
    ] == PUBLISHED[name]


@pytest.mark.parametrize(
    ("name", "status", "macros", "warning", "critical"),
    [
        (
            "pexip alarms",
            "status",
            "name level identifier node instance details opened acknowledged",
            "%{level} !~ /^info$/i",
            "%{level} =~ /critical|major|error/i",
        ),
        (
            "pexip conferences",
            "conference-status",
            "name service_type participants duration is_locked is_started tag",
            "",
            "",
        ),
        ("trio device", "status", "status detail", "", "%{status} =~ /error/i"),
    ],
)
def test_published_statuses_keep_their_macros_and_defaults(
    name: str, status: str, macros: str, warning: str, critical: str
) -> None:
    (found,) = catalog.mode(*name.split()).statuses
    assert (found.label, found.macros) == (status, tuple(macros.split()))
    assert (found.warning, found.critical, found.unknown) == (warning, critical, "")


@every_mode
def test_a_mode_is_found_where_its_name_says(system: str, mode: str) -> None:
    found = catalog.mode(system, mode)
    assert issubclass(found, Mode)
    assert (found.system, found.name) == (system, mode)
    assert (found.__doc__ or "").strip().endswith(".")


@every_mode
def test_labels_and_options_of_a_mode_do_not_collide(system: str, mode: str) -> None:
    found = catalog.mode(system, mode)
    labels = found.labels()
    names = [name for option in (*found.declared_options(), *COMMON) for name in option.names]
    thresholds = [f"--{level}-{label}" for level in ("warning", "critical", "unknown") for label in labels]
    assert len(labels) == len(set(labels))
    assert len(names) == len(set(names))
    assert set(names).isdisjoint(thresholds)
    assert all(re.fullmatch(r"[a-z0-9*]+(-[a-z0-9*]+)*", label) for label in labels)


@every_mode
def test_perfdata_names_are_well_formed_and_end_in_the_unit_s_word(system: str, mode: str) -> None:
    found = catalog.mode(system, mode)
    for counter in found.counters:
        nlabel = counter.named(f"{found.record}s")
        # The connector's own names are kept where they end otherwise.
        assert re.fullmatch(r"[a-z0-9_*]+(\.[a-z0-9_*]+)+", nlabel)
        assert nlabel.rpartition(".")[2] in (*WORDS.values(), "value"), nlabel


@every_mode
def test_default_thresholds_are_valid(system: str, mode: str) -> None:
    found = catalog.mode(system, mode)
    options, _ = parse([], (*found.declared_options(), *COMMON), found.labels())
    Thresholds(found, options)


def test_unknown_names_are_answered_with_the_nearest_or_with_all() -> None:
    with pytest.raises(OptionError, match=r"^unknown system 'trioo', did you mean trio\?$"):
        catalog.system("trioo")
    with pytest.raises(OptionError, match=r"^unknown mode 'node_load' of pexip, did you mean node-load\?$"):
        catalog.mode("pexip", "node_load")
    with pytest.raises(OptionError, match=r"^unknown mode '' of trio, there are device, "):
        catalog.mode("trio", "")
    with pytest.raises(OptionError, match=r"^unknown mode '__init__' of pexip"):
        catalog.mode("pexip", "__init__")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ("pexip alarms", ["pexip", "alarms"]),
        ("-H host -p 8443 -k pexip -vv alarms x", ["pexip", "alarms"]),
        ("-Hhost pexip", ["pexip"]),
        ("--hostname=pexip trio device", ["trio", "device"]),
        ("--filter-name pexip alarms", ["pexip", "alarms"]),
        ("--filter-name value pexip alarms", ["pexip", "alarms"]),
        ("pexip --filter-name value alarms", ["pexip", "alarms"]),
        ("--filter-name=value typo alarms", ["typo", "alarms"]),
        ("--unknown secret", []),
        ("--extra-opts section pexip alarms", ["pexip", "alarms"]),
        ("--extra-opts pexip alarms", ["pexip", "alarms"]),
        ("--extra-opts=section pexip alarms", ["pexip", "alarms"]),
        ("pexip -- alarms", ["pexip"]),
        ("", []),
    ],
)
def test_system_and_mode_are_found_among_options(argv: str, words: list[str]) -> None:
    assert catalog.leading_words(argv.split()) == words
