"""trio paired."""

from __future__ import annotations

from typing import Any

import pytest

from .simulated import PAIRED, Phone


def figures(camera: int, audio: int, display: int) -> str:
    return (
        f"'devices.camera.paired.count'={camera};;;0; 'devices.audio.paired.count'={audio};;;0; "
        f"'devices.display_ui.paired.count'={display};;;0;"
    )


def pair(phone: Phone, *devices: list[tuple[Any, Any]]) -> None:
    """Connected devices, each a list of its components by type and name."""
    phone.data[PAIRED] = {
        "ConnectedDeviceList": [
            {"ComponentList": [{"componentType": type_, "componentName": name} for type_, name in device]}
            for device in devices
        ]
    }


def test_what_is_paired_is_counted_by_type(any_phone: Phone) -> None:
    answer = any_phone.check("paired", "-v")
    assert answer.first_line == f"TRIO PAIRED OK - 1 camera, 1 audio, 1 display paired | {figures(1, 1, 1)}"
    assert answer.long_output[:3] == [
        "OK: EagleEye Mini (cameraSrc), USB camera",
        "OK: Visual+ (displayUI), HDMI",
        "OK: Trio 8500 (audioSrcSink)",
    ]
    assert (answer.code, any_phone.requests) == (0, ["GET v1/mgmt/mrpair/info"])


def test_all_connected_devices_count(new_phone: Phone) -> None:
    pair(new_phone, [("cameraSrc", "A"), ("cameraSrc", "B")], [("camerasrc", "C"), ("laser", "D")], [])
    assert new_phone.check("paired").first_line == (
        f"TRIO PAIRED OK - 3 camera, 0 audio, 0 display paired | {figures(3, 0, 0)}"
    )


def test_a_phone_with_nothing_paired_is_ok(new_phone: Phone) -> None:
    pair(new_phone)
    assert new_phone.check("paired").first_line == (
        f"TRIO PAIRED OK - 0 camera, 0 audio, 0 display paired | {figures(0, 0, 0)}"
    )


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (("--filter-device-name", "Eagle"), (1, 0, 0)),
        (("--filter-device-name", "^Trio"), (0, 1, 0)),
        (("--exclude-device-name", "Eagle"), (0, 1, 1)),
        (("--filter-device-type", "camera"), (1, 0, 0)),
        (("--filter-device-type", "audioSrcSink|displayUI"), (0, 1, 1)),
        (("--exclude-device-type", "display"), (1, 1, 0)),
    ],
)
def test_filters_choose_what_is_counted(new_phone: Phone, options: tuple[str, ...], numbers: tuple[int, ...]) -> None:
    assert new_phone.check("paired", *options).first_line.endswith(f" | {figures(*numbers)}")


def test_a_filter_that_leaves_nothing_says_so(new_phone: Phone) -> None:
    answer = new_phone.check("paired", "--filter-device-name", "Owl")
    said = "no paired device matches the filters (3 seen)"
    assert answer.first_line == f"TRIO PAIRED OK - {said} | {figures(0, 0, 0)}"


@pytest.mark.parametrize(
    ("option", "state", "said"),
    [
        ("--critical-camera-paired=1:", "OK", ""),
        ("--critical-camera-paired=2:", "CRITICAL", "cameras paired 1, below 2"),
        ("--warning-audio-paired=0", "WARNING", "audio devices paired 1, above 0"),
        ("--critical-displayui-paired=1:1", "OK", ""),
        ("--warning-displayui-paired=2:", "WARNING", "displays paired 1, below 2"),
    ],
)
def test_the_counters_are_judged(new_phone: Phone, option: str, state: str, said: str) -> None:
    assert new_phone.check("paired", option).first_line.startswith(f"TRIO PAIRED {state} - {said}")


@pytest.mark.parametrize(
    "wanted",
    ["camera", "Camera", "cameraSrc", "audio", "audiosrcsink", "displayui", "displayUI", "EagleEye Mini", "visual+"],
)
def test_what_is_expected_may_be_a_type_or_a_name(any_phone: Phone, wanted: str) -> None:
    assert any_phone.check("paired", "--expect-paired", wanted).code == 0


def test_what_is_expected_and_not_paired_is_critical(new_phone: Phone) -> None:
    answer = new_phone.check("paired", "--expect-paired", "EagleEye", "--expect-paired", "camera")
    said = "--expect-paired: expected EagleEye, found EagleEye Mini, Trio 8500, Visual+"
    assert answer.first_line == f"TRIO PAIRED CRITICAL - {said} | {figures(1, 1, 1)}"
    assert (answer.long_output, answer.code) == ([f"CRITICAL: {said}"], 2)


def test_what_is_expected_of_a_phone_with_nothing_paired_is_critical(new_phone: Phone) -> None:
    pair(new_phone)
    answer = new_phone.check("paired", "--expect-paired", "camera")
    assert answer.summary == "--expect-paired: expected camera, found nothing"


def test_a_component_without_a_name_is_called_by_its_type(new_phone: Phone) -> None:
    pair(new_phone, [("cameraSrc", None), ("laser", "")])
    answer = new_phone.check("paired", "--expect-paired", "owl", "-v")
    assert answer.summary == "--expect-paired: expected owl, found cameraSrc, laser"


@pytest.mark.parametrize("status", ["4003", "4004"])
def test_a_model_that_cannot_pair_is_unknown(new_phone: Phone, status: str) -> None:
    new_phone.trio.status[PAIRED] = status
    answer = new_phone.check("paired")
    assert f"status {status}: operation not " in answer.summary
    assert answer.code == 3


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("list", None, "ConnectedDeviceList of an answer is null or empty"),
        ("list", ..., "ConnectedDeviceList of an answer is missing"),
        ("list", {}, "ConnectedDeviceList of an answer is unreadable (an object)"),
        ("list", [7], "ConnectedDeviceList of an answer is unreadable (a list)"),
        ("components", None, "ComponentList of a connected device is null or empty"),
        ("components", ..., "ComponentList of a connected device is missing"),
        ("components", "none", "ComponentList of a connected device is unreadable (text)"),
        ("type", None, "componentType of a paired device is null or empty"),
        ("type", "", "componentType of a paired device is null or empty"),
        ("type", "  ", "componentType of a paired device is null or empty"),
        ("type", ..., "componentType of a paired device is missing"),
        ("type", [], "componentType of a paired device is unreadable (a list)"),
    ],
)
def test_what_cannot_be_had_is_unknown_and_is_not_counted_as_none(
    new_phone: Phone, place: str, value: Any, said: str
) -> None:
    pair(new_phone, [("cameraSrc", "A")], [("cameraSrc", "B")])
    data = new_phone.data[PAIRED]
    holder, member = {
        "list": (data, "ConnectedDeviceList"),
        "components": (data["ConnectedDeviceList"][0], "ComponentList"),
        "type": (data["ConnectedDeviceList"][0]["ComponentList"][0], "componentType"),
    }[place]
    if value is ...:
        del holder[member]
    else:
        holder[member] = value
    for options in ((), ("--critical-camera-paired", "2:"), ("--expect-paired", "audio")):
        answer = new_phone.check("paired", *options)
        assert (answer.first_line, answer.code) == (f"TRIO PAIRED UNKNOWN - {said}", 3)


def test_what_is_expected_and_paired_is_met_whatever_else_cannot_be_had(new_phone: Phone) -> None:
    pair(new_phone, [("cameraSrc", "A"), (None, "B")])
    for wanted in ("camera", "A", "B"):
        answer = new_phone.check("paired", "--expect-paired", wanted, "-v")
        assert answer.summary == "componentType of a paired device is null or empty"
        assert "OK: A (cameraSrc)" in answer.long_output


def test_a_name_that_is_missing_costs_no_count(new_phone: Phone) -> None:
    pair(new_phone, [("cameraSrc", "A")])
    del new_phone.data[PAIRED]["ConnectedDeviceList"][0]["ComponentList"][0]["componentName"]
    answer = new_phone.check("paired", "--expect-paired", "A")
    said = "componentName of a paired device is missing"
    assert answer.first_line == f"TRIO PAIRED UNKNOWN - {said} | {figures(1, 0, 0)}"
