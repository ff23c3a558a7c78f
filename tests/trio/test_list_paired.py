"""trio list-paired."""

from __future__ import annotations

import json

from .simulated import PAIRED, Phone


def test_paired_devices_are_a_table_for_people(any_phone: Phone) -> None:
    answer = any_phone.check("list-paired")
    assert answer.stdout.splitlines() == [
        "name           type          detail",
        "EagleEye Mini  cameraSrc     USB camera",
        "Trio 8500      audioSrcSink  -",
        "Visual+        displayUI     HDMI",
    ]
    assert (answer.code, any_phone.requests) == (0, ["GET v1/mgmt/mrpair/info"])


def test_filters_choose_what_is_listed(new_phone: Phone) -> None:
    answer = new_phone.check("list-paired", "--filter-type", "camera", "--output", "json")
    assert json.loads(answer.stdout) == [{"name": "EagleEye Mini", "type": "cameraSrc", "detail": "USB camera"}]
    assert len(json.loads(new_phone.check("list-paired", "--exclude-name", "^Trio", "--output", "json").stdout)) == 2


def test_paired_devices_are_xml_for_centreon(new_phone: Phone) -> None:
    answer = new_phone.check("list-paired", "--disco-show", "--filter-name", "Visual")
    assert answer.stdout == '<data><label name="Visual+" type="displayUI" detail="HDMI"/></data>\n'
    answer = new_phone.check("list-paired", "--disco-format")
    assert answer.stdout == "<data><element>name</element><element>type</element><element>detail</element></data>\n"


def test_a_list_that_cannot_be_read_is_unknown(new_phone: Phone) -> None:
    new_phone.data[PAIRED] = {"ConnectedDeviceList": [{}]}
    answer = new_phone.check("list-paired")
    said = "ComponentList of a connected device is missing"
    assert (answer.first_line, answer.code) == (f"TRIO LIST-PAIRED UNKNOWN - {said}", 3)
