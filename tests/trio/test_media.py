"""trio media."""

from __future__ import annotations

from typing import Any

import pytest

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.trio_calls import Call, audio, video

from ..conftest import Run
from .simulated import INFO, SESSIONS, Phone, call_of, losses

FIRST = "first run: bytes a second from the next one on"


def test_an_idle_phone_is_ok(new_phone: Phone) -> None:
    answer = new_phone.check("media")
    assert (answer.stdout, answer.code) == ("TRIO MEDIA OK - no call\n", 0)
    assert new_phone.requests == ["GET v2/mgmt/device/info", "GET v1/mgmt/media/sessionStats"]


@pytest.mark.parametrize("data", [[], [{}], [{"Ref": "0xb5", "Streams": []}], [{"Ref": "0xb5", "Streams": None}]])
def test_every_form_of_no_session_is_no_call(new_phone: Phone, data: Any) -> None:
    new_phone.data[SESSIONS] = data
    assert new_phone.check("media").stdout == "TRIO MEDIA OK - no call\n"


def test_a_phone_that_says_that_there_is_no_call_is_idle(new_phone: Phone) -> None:
    new_phone.trio.status[SESSIONS] = "4007"
    assert new_phone.check("media").stdout == "TRIO MEDIA OK - no call\n"


def test_a_call_is_measured_stream_by_stream(new_phone: Phone) -> None:
    new_phone.trio.set_calls(Call())
    answer = new_phone.check("media")
    summary = "1 call with 2 streams, packet loss at most 1.1 %, jitter at most 34 ms"
    assert answer.first_line.startswith(f"TRIO MEDIA OK - {summary} | ")
    assert answer.perfdata == {
        "audio#call.channel.packetloss.count": "50;;;0;",
        "audio#call.channel.packetloss.percentage": "0.21%;3;10;0;100",
        "audio#call.channel.maxjitter.milliseconds": "21ms;40;;0;",
        "audio#call.channel.latency.milliseconds": "42ms;;;0;",
        "audio#call.channel.mos.value": "4;3.6:;3.1:;1;5",
        "video#call.channel.packetloss.count": "1000;;;0;",
        "video#call.channel.packetloss.percentage": "1.12%;3;10;0;100",
        "video#call.channel.maxjitter.milliseconds": "34ms;40;;0;",
        "video#call.channel.latency.milliseconds": "42ms;;;0;",
        "video#call.channel.framerate.count": "30;;;0;",
    }
    assert (answer.long_output, answer.code) == ([FIRST], 0)


def test_loss_is_the_share_of_all_that_should_have_come(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=900, PacketsLost=100)))
    assert losses(new_phone) == {"audio": "10"}


def test_a_stream_that_lost_everything_is_measured(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=0, PacketsSent=0, PacketsLost=500)))
    answer = new_phone.check("media")
    assert answer.summary == "packet loss of audio 100 %, above 10 %"
    assert answer.code == 2


# -- judging


@pytest.mark.parametrize(
    ("fields", "options", "code"),
    [
        ({"PacketsReceived": 97, "PacketsLost": 3}, (), 0),
        ({"PacketsReceived": 969, "PacketsLost": 31}, (), 1),
        ({"PacketsReceived": 90, "PacketsLost": 10}, (), 1),
        ({"PacketsReceived": 899, "PacketsLost": 101}, (), 2),
        ({"MaxJitter": 40}, (), 0),
        ({"MaxJitter": 41}, (), 1),
        ({"MaxJitter": 41}, ("--warning-channel-maxjitter", "50", "--critical-channel-maxjitter", "41"), 0),
        ({"MaxJitter": 41}, ("--critical-channel-maxjitter", "40"), 2),
        ({"RxMOSCQ": "3.6"}, (), 0),
        ({"RxMOSCQ": "3.59"}, (), 1),
        ({"TxMOSLQ": "3.1"}, (), 1),
        ({"TxMOSLQ": "3.09"}, (), 2),
        ({"Latency": 150}, ("--warning-channel-latency", "150"), 0),
        ({"Latency": 151}, ("--warning-channel-latency", "150"), 1),
        ({"PacketsLost": 51}, ("--warning-channel-packetloss", "50"), 1),
    ],
)
def test_streams_are_judged(new_phone: Phone, fields: dict[str, Any], options: tuple[str, ...], code: int) -> None:
    new_phone.trio.set_calls(call_of(audio(**fields)))
    assert new_phone.check("media", *options).code == code


def test_the_frame_rate_of_video_is_judged(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio(), video(VideoRxFramerate=14)))
    answer = new_phone.check("media", "--warning-channel-framerate", "15:")
    assert (answer.summary, answer.code) == ("frame rate of video 14, below 15", 1)


def test_what_is_bad_is_said_worst_first(new_phone: Phone) -> None:
    new_phone.trio.set_calls(
        call_of(audio(MaxJitter=64, RxMOSLQ="2.9"), video(PacketsReceived=800, PacketsLost=200, MaxJitter=50))
    )
    answer = new_phone.check("media")
    assert answer.summary == (
        "speech quality (MOS) of audio 2.9, below 3.1 / packet loss of video 20 %, above 10 %"
        " / highest jitter of audio 64 ms, above 40 ms / highest jitter of video 50 ms, above 40 ms"
    )


@pytest.mark.parametrize("score", ["127.0", "127", 127, "0.0", "", None, "255"])
def test_a_score_that_is_none_is_left_out_and_the_others_are_judged(new_phone: Phone, score: Any) -> None:
    new_phone.trio.set_calls(call_of({**audio(), "RxMOSLQ": score}))
    assert new_phone.check("media").perfdata["audio#call.channel.mos.value"] == "4;3.6:;3.1:;1;5"


def test_a_users_threshold_on_a_score_that_is_none_is_unknown_for_audio_alone(new_phone: Phone) -> None:
    nothing = dict.fromkeys(("RxMOSLQ", "RxMOSCQ", "TxMOSLQ", "TxMOSCQ"), "127.0")
    new_phone.trio.set_calls(call_of(audio(**nothing), video()))
    answer = new_phone.check("media", "--critical-channel-mos", "3:")
    assert (answer.summary, answer.code) == ("channel-mos of audio: not reported", 3)
    new_phone.trio.set_calls(call_of(audio(), video()))
    assert new_phone.check("media", "--critical-channel-mos", "3:").code == 0


# -- firmware that would freeze


def test_firmware_below_5_8_is_not_asked(old_phone: Phone) -> None:
    answer = old_phone.check("media")
    assert answer.first_line == (
        "TRIO MEDIA UNKNOWN - not asked: firmware 5.7.1.4095 is below 5.8, asking would freeze the phone"
    )
    assert answer.code == 3
    assert old_phone.requests == ["GET v2/mgmt/device/info", "GET v1/mgmt/device/info"]
    assert not old_phone.trio.frozen


@pytest.mark.parametrize(
    ("firmware", "asked"),
    [
        ("5.7.9.9999", False),
        ("5.7", False),
        ("4.10.1", False),
        ("5.8.0.1", True),
        ("5.8", True),
        ("5.10.0", True),
        ("10.1.0", True),
        ("7.2.2.1094 28-Feb-22 15:29", True),
        ("UCS", False),
        ("5", False),
        ("", False),
    ],
)
def test_only_firmware_that_is_known_to_be_safe_is_asked(new_phone: Phone, firmware: str, asked: bool) -> None:
    new_phone.data[INFO]["Firmware"]["Application"] = firmware
    answer = new_phone.check("media")
    assert ("GET v1/mgmt/media/sessionStats" in new_phone.requests) is asked
    assert answer.code == (0 if asked else 3)
    assert answer.summary.startswith("no call" if asked else "not asked: firmware ")


@pytest.mark.parametrize("firmware", [None, {}, [], "5.9.2", 5.9])
def test_a_phone_that_does_not_say_its_firmware_is_not_asked(new_phone: Phone, firmware: Any) -> None:
    new_phone.data[INFO]["Firmware"] = firmware
    answer = new_phone.check("media", "--filter-counters", "packetloss")
    assert answer.summary == "not asked: firmware 'unknown' is no version, and below 5.8 asking freezes the phone"
    assert (answer.code, new_phone.requests) == (3, ["GET v2/mgmt/device/info"])


def test_the_guard_cannot_be_filtered_out(old_phone: Phone) -> None:
    answer = old_phone.check("media", "--filter-counters", "channel-mos")
    assert (answer.code, old_phone.trio.frozen) == (3, False)


def test_what_else_device_info_lacks_does_not_matter(new_phone: Phone) -> None:
    new_phone.data[INFO] = {"Firmware": {"Application": "5.9.2"}}
    new_phone.trio.set_calls(Call())
    assert new_phone.check("media").code == 0


def test_force_asks_old_firmware_too_and_it_freezes(check: Run) -> None:
    with Simulator(systems=("trio",), tls=False, trio_firmware="old") as simulator:
        trio = simulator.trio
        address = ("-H", trio.host, "-p", str(trio.port), "--proto", "http", "-u", simulator.username)
        options = (*address, "--password", simulator.password, "--retries", "0")
        assert "asking would freeze the phone" in check("trio", "media", *options).stdout
        assert [request.path for request in trio.requests if "sessionStats" in request.path] == []
        answer = check("trio", "media", "--force", *options, "--timeout", "3")
        assert answer.first_line.startswith("TRIO MEDIA UNKNOWN - no result within 3 s")
        assert trio.frozen
        assert [request.path for request in trio.requests if "sessionStats" in request.path] != []
        answer = check("trio", "device", *options, "--timeout", "0.5")
        assert answer.first_line.startswith("TRIO DEVICE UNKNOWN - no result within 0.5 s")


# -- what cannot be read


@pytest.mark.parametrize(
    ("field", "value", "said", "lost"),
    [
        ("Category", None, "Category of a stream is null or empty", ()),
        ("Category", " ", "Category of a stream is null or empty", ()),
        ("Category", ..., "Category of a stream is missing", ()),
        ("PacketsReceived", None, "PacketsReceived of a stream is null or empty", ("packetloss",)),
        ("PacketsLost", None, "PacketsLost of a stream is null or empty", ("packetloss",)),
        ("PacketsLost", ..., "PacketsLost of a stream is missing", ("packetloss",)),
        ("PacketsLost", "few", "PacketsLost of a stream is unreadable (text)", ("packetloss",)),
        ("PacketsSent", {}, "PacketsSent of a stream is unreadable (an object)", ()),
        ("MaxJitter", None, "MaxJitter of a stream is null or empty", ("maxjitter",)),
        ("MaxJitter", ..., "MaxJitter of a stream is missing", ("maxjitter",)),
        ("OctetsReceived", ..., "OctetsReceived of a stream is missing", ("traffic.in",)),
        ("OctetsSent", None, "OctetsSent of a stream is null or empty", ("traffic.out",)),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_the_rest_is_printed(
    new_phone: Phone, field: str, value: Any, said: str, lost: tuple[str, ...]
) -> None:
    for seconds, more in ((86_400, 0), (86_460, 60)):
        new_phone.up(seconds)
        stream = audio(
            PacketsReceived=1_000 + more, PacketsLost=0, PacketsSent=1_000, OctetsReceived=more, OctetsSent=more
        )
        if value is ...:
            del stream[field]
        else:
            stream[field] = value
        new_phone.trio.set_calls(call_of(stream))
        answer = new_phone.check("media")
    assert (answer.summary, answer.code) == (said, 3)
    every = ("maxjitter", "packetloss", "latency", "mos", "traffic.in", "traffic.out")
    words = [word for word in every if any(f".{word}." in label for label in answer.perfdata)]
    assert words == [word for word in every if word not in lost]


@pytest.mark.parametrize(
    ("field", "chosen", "code"),
    [
        ("MaxJitter", "packetloss", 0),
        ("MaxJitter", "maxjitter", 3),
        ("PacketsLost", "maxjitter", 0),
        ("PacketsLost", "packetloss-prct", 3),
        ("OctetsSent", "traffic-in", 0),
        ("OctetsSent", "traffic-out", 3),
        ("PacketsSent", "mos", 0),
        ("PacketsSent", "traffic-in", 3),
        ("Category", "mos", 3),
    ],
)
def test_a_field_matters_where_a_counter_is_chosen_that_needs_it(
    new_phone: Phone, field: str, chosen: str, code: int
) -> None:
    new_phone.trio.set_calls(call_of({**audio(), field: None}))
    assert new_phone.check("media", "--filter-counters", chosen).code == code


@pytest.mark.parametrize("data", [None, {}, "text", [7], [{"Streams": {"a": 1}}], [{"Streams": [7]}]])
def test_sessions_of_another_shape_are_unknown(new_phone: Phone, data: Any) -> None:
    new_phone.data[SESSIONS] = data
    answer = new_phone.check("media")
    assert (
        answer.summary
        == (
            "the answer of phone.test:443 to mgmt/media/sessionStats has another shape than expected: "
            "not a list of objects"
        )
        or "/api/v1/mgmt/media/sessionStats has another shape" in answer.summary
    )
    assert answer.code == 3


def test_late_packets_that_make_the_lost_ones_fewer_give_no_negative_loss(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=1_000, PacketsLost=-5)))
    assert losses(new_phone) == {"audio": "0"}
