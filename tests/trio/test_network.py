"""trio network."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from .simulated import NETWORK_INFO, NETWORK_STATS, Phone

LINK = "link active at 100 Mbit/s"
RESTARTED = "the device has restarted since the previous run: packets a second from the next one on"
FIRST = "first run: packets a second from the next one on"


def count(new_phone: Phone, uptime: int, packets_in: Any, packets_out: Any) -> None:
    new_phone.up(uptime)
    new_phone.data[NETWORK_STATS].update(RxPackets=packets_in, TxPackets=packets_out)


def rates(packets_in: str, packets_out: str) -> str:
    return f"'network.packets.in.persecond'={packets_in};0; 'network.packets.out.persecond'={packets_out};0;"


@pytest.fixture
def counted(any_phone: Phone) -> Phone:
    """After a first run at an uptime of 1,000 s; a minute later it has received 1,500 packets and sent 600."""
    count(any_phone, 1_000, "1617177", "1279022")
    answer = any_phone.check("network")
    assert (answer.first_line, answer.code) == (f"TRIO NETWORK OK - {LINK}, first run", 0)
    assert answer.long_output == [FIRST]
    count(any_phone, 1_060, "1618677", "1279622")
    return any_phone


def test_the_first_run_has_no_rate_and_says_so(new_phone: Phone) -> None:
    answer = new_phone.check("network", "--warning-packets-in", "1", "--critical-packets-out", "1")
    assert (answer.first_line, answer.code) == (f"TRIO NETWORK OK - {LINK}, first run", 0)
    assert answer.long_output == [FIRST]
    assert new_phone.requests == ["GET v1/mgmt/network/stats", "GET v1/mgmt/network/info"]


@pytest.mark.parametrize("address", ["u:100@h", "ftp://u:100@h"])
def test_a_very_short_password_in_an_address_hides_nothing_else(new_phone: Phone, address: str) -> None:
    new_phone.data[NETWORK_INFO]["ProvServerAddress"] = address
    answer = new_phone.check("network", "-vvv", "--max-output", "0")
    assert answer.first_line == f"TRIO NETWORK OK - {LINK}, first run"
    assert "u:100@h" not in answer.stdout


def test_packets_a_second_are_those_between_two_runs(counted: Phone) -> None:
    answer = counted.check("network")
    summary = f"{LINK}, packets a second in 25 and out 10"
    assert answer.first_line == f"TRIO NETWORK OK - {summary} | {rates('25;;', '10;;')}"
    assert (answer.long_output, answer.code) == ([], 0)


def test_numbers_may_be_numbers_and_the_status_too(counted: Phone) -> None:
    count(counted, 1_060, 1_618_677, 1_279_622)
    assert counted.check("network").perfdata["network.packets.in.persecond"] == "25;;;0;"


def test_the_phones_clock_counts_and_not_the_pollers(counted: Phone, clock: SimpleNamespace) -> None:
    clock.now -= 7_200
    assert counted.check("network").perfdata["network.packets.in.persecond"] == "25;;;0;"


@pytest.mark.parametrize(
    ("option", "state", "said"),
    [
        ("--warning-packets-in=25", "OK", ""),
        ("--warning-packets-in=24.9", "WARNING", "packets in 25 /s, above 24.9 /s"),
        ("--critical-packets-in=25:", "OK", ""),
        ("--critical-packets-in=25.1:", "CRITICAL", "packets in 25 /s, below 25.1 /s"),
        ("--warning-packets-out=10", "OK", ""),
        ("--warning-packets-out=9", "WARNING", "packets out 10 /s, above 9 /s"),
    ],
)
def test_rates_are_judged_by_the_users_ranges(counted: Phone, option: str, state: str, said: str) -> None:
    answer = counted.check("network", *_same_service(counted, option))
    assert answer.first_line.startswith(f"TRIO NETWORK {state} - ")
    assert said in answer.summary


def _same_service(new_phone: Phone, option: str) -> list[str]:
    """The option, after a first run with it: services with other options have a memory of their own."""
    stats = dict(new_phone.data[NETWORK_STATS])
    count(new_phone, 1_000, "1617177", "1279022")
    new_phone.check("network", option)
    new_phone.data[NETWORK_STATS].update(stats)
    return [option]


def test_two_services_with_other_options_do_not_share_what_they_remember(counted: Phone) -> None:
    answer = counted.check("network", "--warning-packets-in", "100")
    assert answer.summary == f"{LINK}, first run"
    assert counted.check("network").perfdata != {}


# -- restarts and states


def test_after_a_restart_there_is_no_rate_and_it_says_so(counted: Phone) -> None:
    count(counted, 59, "9999999", "9999999")
    answer = counted.check("network")
    assert (answer.first_line, answer.code) == (f"TRIO NETWORK OK - {LINK}, restarted", 0)
    assert answer.long_output == [RESTARTED]


@pytest.mark.parametrize(("packets_in", "packets_out"), [("1", "1279622"), ("1618677", "1")])
def test_one_smaller_counter_is_a_restart_also_for_the_other(counted: Phone, packets_in: str, packets_out: str) -> None:
    count(counted, 1_060, packets_in, packets_out)
    answer = counted.check("network")
    assert (answer.first_line, answer.code) == (f"TRIO NETWORK OK - {LINK}, restarted", 0)
    assert answer.long_output == [RESTARTED]


def test_the_run_after_a_restart_has_rates_again(counted: Phone) -> None:
    count(counted, 60, "600", "60")
    counted.check("network")
    count(counted, 120, "1200", "120")
    assert counted.check("network").perfdata["network.packets.in.persecond"] == "10;;;0;"


def test_two_runs_within_a_second_have_no_rate(counted: Phone) -> None:
    count(counted, 1_000, "1617178", "1279023")
    answer = counted.check("network")
    assert (answer.first_line, answer.code) == (f"TRIO NETWORK OK - {LINK}", 0)
    assert answer.long_output == ["no time has passed since the previous run: packets a second from the next one on"]


def test_without_an_uptime_the_pollers_clock_counts(new_phone: Phone, clock: SimpleNamespace) -> None:
    del new_phone.data[NETWORK_STATS]["UpTime"]
    new_phone.data[NETWORK_STATS].update(RxPackets="100", TxPackets="100")
    new_phone.check("network")
    clock.now += 60
    new_phone.data[NETWORK_STATS].update(RxPackets="700", TxPackets="160")
    assert new_phone.check("network").perfdata == {
        "network.packets.in.persecond": "10;;;0;",
        "network.packets.out.persecond": "1;;;0;",
    }


def test_an_uptime_that_appears_is_not_compared_with_the_pollers_clock(new_phone: Phone) -> None:
    new_phone.data[NETWORK_STATS].update(UpTime="a while", RxPackets="100", TxPackets="100")
    assert new_phone.check("network").long_output == [FIRST, "UpTime of a network report is unreadable (text)"]
    count(new_phone, 2_000, "700", "160")
    answer = new_phone.check("network")
    assert answer.first_line == f"TRIO NETWORK OK - {LINK}"
    assert answer.long_output == ["the previous run went by another clock: packets a second from the next one on"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"version": 1, "state": []}', '{"version": 99, "state": {}}'])
def test_a_damaged_state_costs_a_line_and_one_run(counted: Phone, damage: str) -> None:
    counted.remembered.write_text(damage)
    answer = counted.check("network")
    assert (answer.first_line, answer.code) == (f"TRIO NETWORK OK - {LINK}, first run", 0)
    assert len(answer.long_output) == 2
    assert answer.long_output[0].startswith("state of the previous run ")
    assert counted.check("network").long_output != answer.long_output


@pytest.mark.parametrize("content", ['{"clock": "x", "counters": 7}', "{}", '{"counters": {"RxPackets": {}}}'])
def test_a_state_that_holds_something_else_is_a_first_run(counted: Phone, content: str) -> None:
    counted.remembered.write_text(f'{{"version": 1, "state": {content}}}')
    assert counted.check("network").summary == f"{LINK}, first run"


# -- link


def test_a_port_that_is_not_active_is_critical(new_phone: Phone) -> None:
    new_phone.data[NETWORK_INFO].update(LANPortStatus="inactive", LANSpeed="10Mbps")
    answer = new_phone.check("network")
    said = "LAN port inactive at 10 Mbit/s, VLAN none, DHCP enabled"
    assert (answer.first_line, answer.code) == (f"TRIO NETWORK CRITICAL - {said}", 2)
    assert answer.long_output == [f"CRITICAL: {said}", FIRST]


@pytest.mark.parametrize("word", ["active", "Active", "ACTIVE", "Active ", " active"])
def test_active_is_active_in_any_case(new_phone: Phone, word: str) -> None:
    new_phone.data[NETWORK_INFO]["LANPortStatus"] = word
    assert new_phone.check("network").code == 0


@pytest.mark.parametrize("word", ["inactive", "notactive", "down"])
def test_all_else_is_not_active(new_phone: Phone, word: str) -> None:
    new_phone.data[NETWORK_INFO]["LANPortStatus"] = word
    assert new_phone.check("network").code == 2


def test_a_port_that_may_be_down_is_not_called_active(new_phone: Phone) -> None:
    new_phone.data[NETWORK_INFO].update(LANPortStatus="inactive", LANSpeed="10Mbps")
    answer = new_phone.check("network", "--critical-link", "")
    assert answer.first_line == "TRIO NETWORK OK - link inactive at 10 Mbit/s, first run"


@pytest.mark.parametrize(
    ("speed", "option", "code"),
    [
        ("100Mbps", "100", 0),
        ("100Mbps", "101", 1),
        ("1000Mbps", "1000", 0),
        ("1Gbps", "1000", 0),
        ("1 Gbit/s", "1001", 1),
        ("100", "100", 0),
        (100, "1000", 1),
    ],
)
def test_a_link_below_min_speed_warns(new_phone: Phone, speed: Any, option: str, code: int) -> None:
    new_phone.data[NETWORK_INFO]["LANSpeed"] = speed
    assert new_phone.check("network", "--min-speed", option).code == code


def test_the_warning_about_the_speed_says_both(new_phone: Phone) -> None:
    answer = new_phone.check("network", "--min-speed", "1000")
    assert answer.first_line == "TRIO NETWORK WARNING - link speed 100 Mbit/s, below 1000 Mbit/s"


@pytest.mark.parametrize("speed", [None, "", "auto"])
def test_a_speed_that_is_not_told_is_unknown_where_one_is_wanted(new_phone: Phone, speed: Any) -> None:
    new_phone.data[NETWORK_INFO]["LANSpeed"] = speed
    assert new_phone.check("network").first_line == "TRIO NETWORK OK - link active, first run"
    answer = new_phone.check("network", "--min-speed", "100")
    assert answer.first_line == "TRIO NETWORK UNKNOWN - --min-speed: the phone reports no speed"


def test_the_macros_of_the_link(new_phone: Phone) -> None:
    new_phone.data[NETWORK_INFO].update(VLANID="12", DHCP="disabled")
    expression = "%{lan} eq 'active' and %{speed} == 100 and %{vlan} == 12 and %{dhcp} eq 'disabled'"
    answer = new_phone.check("network", "--warning-link", expression)
    assert answer.summary == "LAN port active at 100 Mbit/s, VLAN 12, DHCP disabled"
    assert answer.code == 1


# -- what cannot be read


@pytest.mark.parametrize(
    ("path", "field", "value", "said"),
    [
        (NETWORK_STATS, "RxPackets", None, "RxPackets of a network report is null or empty"),
        (NETWORK_STATS, "RxPackets", "", "RxPackets of a network report is null or empty"),
        (NETWORK_STATS, "RxPackets", "many", "RxPackets of a network report is unreadable (text)"),
        (NETWORK_STATS, "TxPackets", {}, "TxPackets of a network report is unreadable (an object)"),
        (NETWORK_STATS, "TxPackets", ..., "TxPackets of a network report is missing"),
        (NETWORK_INFO, "LANPortStatus", ..., "LANPortStatus of a network info is missing"),
        (NETWORK_INFO, "LANPortStatus", None, "LANPortStatus of a network info is null or empty"),
        (NETWORK_INFO, "LANPortStatus", "", "LANPortStatus of a network info is null or empty"),
        (NETWORK_INFO, "LANPortStatus", " ", "LANPortStatus of a network info is null or empty"),
        (NETWORK_INFO, "LANPortStatus", [1], "LANPortStatus of a network info is unreadable (a list)"),
        (NETWORK_INFO, "LANSpeed", ..., "LANSpeed of a network info is missing"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_the_rest_is_printed(
    counted: Phone, path: str, field: str, value: Any, said: str
) -> None:
    if value is ...:
        del counted.data[path][field]
    else:
        counted.data[path][field] = value
    answer = counted.check("network")
    assert (answer.summary, answer.code) == (said, 3)
    lost = {"RxPackets": "network.packets.in.persecond", "TxPackets": "network.packets.out.persecond"}.get(field)
    rest = {"network.packets.in.persecond": "25;;;0;", "network.packets.out.persecond": "10;;;0;"}
    assert answer.perfdata == {label: value for label, value in rest.items() if label != lost}


@pytest.mark.parametrize("field", ["LANPortStatus", "LANSpeed"])
def test_the_link_does_not_matter_where_packets_alone_are_chosen(new_phone: Phone, field: str) -> None:
    del new_phone.data[NETWORK_INFO][field]
    answer = new_phone.check("network", "--filter-counters", "packets")
    link = "link unknown at 100 Mbit/s" if field == "LANPortStatus" else "link active"
    assert answer.first_line == f"TRIO NETWORK OK - {link}, first run"


@pytest.mark.parametrize(("chosen", "code"), [("link", 0), ("packets-out", 0), ("packets-in", 3), ("packets", 3)])
def test_packets_do_not_matter_where_they_are_not_chosen(new_phone: Phone, chosen: str, code: int) -> None:
    new_phone.data[NETWORK_STATS]["RxPackets"] = None
    answer = new_phone.check("network", "--filter-counters", chosen)
    assert answer.summary == ("RxPackets of a network report is null or empty" if code else f"{LINK}, first run")
    assert answer.code == code


def test_a_counter_that_comes_back_has_a_rate_one_run_later(counted: Phone) -> None:
    counted.data[NETWORK_STATS]["TxPackets"] = None
    counted.check("network")
    count(counted, 1_120, "1620177", "1280222")
    answer = counted.check("network")
    assert answer.perfdata == {"network.packets.in.persecond": "25;;;0;"}
    assert answer.long_output == ["not known from the previous run: packets a second out from the next one on"]
    count(counted, 1_180, "1621677", "1280822")
    assert counted.check("network").perfdata["network.packets.out.persecond"] == "10;;;0;"
