"""The streams that `trio media` measures: which there are, what they are called, and how it goes on from run to run."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from check_videoconf.simulator.trio_calls import audio, no_video, video

from .simulated import SESSIONS, Phone, call_of, losses

FIRST = "first run: bytes a second from the next one on"


# -- which streams


def test_the_zeroed_video_of_an_audio_call_is_left_out(new_phone: Phone) -> None:
    new_phone.trio.set_calls(
        call_of(audio(RxMOSLQ="127.0", RxMOSCQ="127.0", TxMOSLQ="127.0", TxMOSCQ="127.0"), no_video())
    )
    answer = new_phone.check("media")
    assert answer.summary == "1 call with 1 stream, packet loss at most 0.2 %, jitter at most 21 ms"
    assert {label.partition("#")[0] for label in answer.perfdata} == {"audio"}
    assert "audio#call.channel.mos.value" not in answer.perfdata
    assert answer.long_output == ["channel-mos of audio: not reported", FIRST]


def test_a_call_that_has_not_carried_anything_yet_is_ok(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(no_video()))
    assert new_phone.check("media").stdout == "TRIO MEDIA OK - 1 call, nothing has come or gone yet\n"


def test_all_calls_and_all_their_streams_are_measured(new_phone: Phone) -> None:
    second = (audio("0xc1"), video("0xc2"), video("0xc3"))
    new_phone.trio.set_calls(call_of(audio("0xa1"), video("0xa2")), call_of(*second, ref="0xb5000002"))
    assert list(losses(new_phone)) == ["audio", "video", "audio_2", "video_2", "video_3"]
    assert new_phone.check("media").summary == "2 calls with 5 streams, jitter at most 34 ms"


def test_the_zeroed_video_of_one_call_does_not_take_the_name_of_another(new_phone: Phone) -> None:
    new_phone.trio.set_calls(
        call_of(audio("0xa1"), no_video("0xa2")), call_of(audio("0xc1"), video("0xc2"), ref="0xb5000002")
    )
    assert list(losses(new_phone)) == ["audio", "audio_2", "video"]


def test_a_phone_without_references_still_tells_streams_apart(new_phone: Phone) -> None:
    streams = [audio(PacketsLost=lost) for lost in (0, 10)] + [video()]
    new_phone.data[SESSIONS] = [{"Streams": [{**stream, "Ref": None} for stream in streams]}]
    new_phone.check("media")
    assert list(losses(new_phone)) == []  # nothing came meanwhile
    assert new_phone.check("media").summary.startswith("1 call with 3 streams")


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("0:Voice", "audio"),
        ("1:Video", "video"),
        ("0: voice ", "audio"),
        ("Voice", "audio"),
        ("0", "audio"),
        ("1:", "video"),
        ("2:Content", "content"),
        ("7", "7"),
        (0, "audio"),
    ],
)
def test_a_stream_is_named_by_its_category(new_phone: Phone, category: Any, name: str) -> None:
    new_phone.trio.set_calls(call_of({**audio(), "Category": category}))
    assert list(losses(new_phone)) == [name]


# -- from run to run


def test_loss_is_judged_since_the_previous_run(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=1_000, PacketsLost=500)))
    assert new_phone.check("media").code == 2
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=1_099, PacketsLost=501)))
    answer = new_phone.check("media")
    assert answer.perfdata["audio#call.channel.packetloss.count"] == "1;;;0;"
    assert answer.perfdata["audio#call.channel.packetloss.percentage"] == "1%;3;10;0;100"
    assert answer.code == 0
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=1_189, PacketsLost=511)))
    assert new_phone.check("media").summary == "packet loss of audio 10 %, above 3 %"


def test_late_packets_do_not_make_a_call_in_progress_a_new_one(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=1_000, PacketsLost=500, OctetsReceived=0, OctetsSent=0)))
    assert new_phone.check("media").code == 2
    new_phone.up(86_460)
    later = audio(PacketsReceived=2_000, PacketsLost=498, OctetsReceived=6_000, OctetsSent=600)
    new_phone.trio.set_calls(call_of(later))
    answer = new_phone.check("media")
    assert answer.summary == "1 call with 1 stream, packet loss at most 0 %, jitter at most 21 ms"
    assert answer.perfdata["audio#call.channel.packetloss.count"] == "0;;;0;"
    assert answer.perfdata["audio#call.channel.packetloss.percentage"] == "0%;3;10;0;100"
    assert answer.perfdata["audio#call.channel.traffic.in.bytespersecond"] == "100;;;0;"
    assert (answer.long_output, answer.code) == ([], 0)


def test_a_stream_of_which_nothing_has_ever_come_says_so(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=0, PacketsLost=0, PacketsSent=5_000)))
    answer = new_phone.check("media")
    assert (answer.long_output, answer.code) == (["channel-packetloss-prct of audio: nothing came", FIRST], 0)
    assert "audio#call.channel.packetloss.percentage" not in answer.perfdata
    assert new_phone.check("media", "--filter-counters", "jitter").code == 0


def test_with_a_users_threshold_on_its_loss_such_a_stream_is_unknown(new_phone: Phone) -> None:
    for sent in (5_000, 8_000):
        new_phone.trio.set_calls(call_of(audio(PacketsReceived=0, PacketsLost=0, PacketsSent=sent)))
        answer = new_phone.check("media", "--warning-channel-packetloss-prct", "2")
        assert (answer.summary, answer.code) == ("channel-packetloss-prct of audio: nothing came", 3)
    assert answer.perfdata["audio#call.channel.packetloss.count"] == "0;;;0;"


def test_traffic_is_bytes_a_second_by_the_phones_clock(new_phone: Phone, clock: SimpleNamespace) -> None:
    new_phone.trio.set_calls(call_of(audio(OctetsReceived=1_000, OctetsSent=500)))
    new_phone.check("media")
    new_phone.up(86_460)
    clock.now -= 5_000
    new_phone.trio.set_calls(call_of(audio(OctetsReceived=61_000, OctetsSent=6_500)))
    answer = new_phone.check("media")
    assert answer.perfdata["audio#call.channel.traffic.in.bytespersecond"] == "1000;;;0;"
    assert answer.perfdata["audio#call.channel.traffic.out.bytespersecond"] == "100;;;0;"
    assert answer.long_output == ["audio: nothing came since the previous run"]


def test_traffic_is_judged_with_units(new_phone: Phone) -> None:
    option = "--critical-channel-traffic-in=2k:"
    new_phone.trio.set_calls(call_of(audio(OctetsReceived=0)))
    assert new_phone.check("media", option).code == 0
    new_phone.up(86_460)
    new_phone.trio.set_calls(call_of(audio(OctetsReceived=60_000)))
    answer = new_phone.check("media", option)
    assert answer.summary == "traffic in of audio 1000 B/s, below 2 KiB/s"
    assert answer.perfdata["audio#call.channel.traffic.in.bytespersecond"] == "1000;;2048:;0;"


def test_with_force_or_the_cache_the_pollers_clock_counts(new_phone: Phone, clock: SimpleNamespace) -> None:
    for option in ("--force", "--cache=5"):
        new_phone.trio.set_calls(call_of(audio(OctetsReceived=1_000)))
        new_phone.check("media", option)
        clock.now += 60
        new_phone.trio.set_calls(call_of(audio(OctetsReceived=7_000)))
        _forget_the_cache(new_phone)
        answer = new_phone.check("media", option)
        assert answer.perfdata["audio#call.channel.traffic.in.bytespersecond"] == "100;;;0;"


def _forget_the_cache(phone: Phone) -> None:
    for file in phone.state_directory.glob("cache-*"):
        file.unlink()


@pytest.mark.parametrize(
    "streams",
    [
        (audio("0xnew", PacketsReceived=9_990, PacketsLost=10),),
        (audio(PacketsReceived=990, PacketsLost=10),),
        (audio(PacketsReceived=99_900, PacketsLost=100, OctetsSent=1),),
    ],
)
def test_a_new_call_starts_anew(new_phone: Phone, streams: tuple[Any, ...]) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=5_000, PacketsLost=60)))
    new_phone.check("media")
    new_phone.up(86_460)
    ref = "0xb5000009" if streams[0]["Ref"] == "0xnew" else "0xb53e57c0"
    new_phone.trio.set_calls(call_of(*streams, ref=ref))
    answer = new_phone.check("media")
    assert answer.perfdata["audio#call.channel.packetloss.count"] == streams[0]["PacketsLost"] + ";;;0;"
    assert "audio#call.channel.traffic.in.bytespersecond" not in answer.perfdata
    assert answer.code == 0


def test_labels_stay_the_same_from_call_to_call(new_phone: Phone) -> None:
    for number in range(3):
        streams = (video(f"0xb{number}", PacketsLost=1), audio(f"0xa{number}", PacketsLost=1))
        new_phone.trio.set_calls(call_of(*streams, ref=f"0xb500000{number}"))
        assert set(losses(new_phone)) == {"audio", "video"}
        new_phone.trio.set_calls()
        assert new_phone.check("media").summary == "no call"


def test_streams_keep_their_labels_when_their_order_changes(new_phone: Phone) -> None:
    good = audio("0xa1", PacketsReceived=1_000, PacketsLost=0)
    bad = audio("0xc1", PacketsReceived=500, PacketsLost=500)
    new_phone.trio.set_calls(call_of(good), call_of(bad, ref="0xb5000002"))
    assert losses(new_phone) == {"audio": "0", "audio_2": "50"}
    good, bad = (
        audio("0xa1", PacketsReceived=1_099, PacketsLost=1),
        audio("0xc1", PacketsReceived=580, PacketsLost=520),
    )
    new_phone.trio.set_calls(call_of(bad, ref="0xb5000002"), call_of(good))
    assert losses(new_phone) == {"audio_2": "20", "audio": "1"}


def test_the_call_that_is_left_keeps_its_label_and_a_new_one_takes_the_free_one(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio("0xa1")), call_of(audio("0xc1", PacketsReceived=1), ref="0xb5000002"))
    new_phone.check("media")
    left = call_of(audio("0xc1", PacketsReceived=100, PacketsLost=51), ref="0xb5000002")
    new_phone.trio.set_calls(left)
    assert list(losses(new_phone)) == ["audio_2"]
    new_phone.trio.set_calls(left, call_of(audio("0xd1", PacketsReceived=99, PacketsLost=1), ref="0xb5000003"))
    assert losses(new_phone) == {"audio": "1"}


def test_a_phone_that_has_restarted_starts_anew(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=100, PacketsLost=0)))
    new_phone.check("media")
    new_phone.up(700)
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=900, PacketsLost=100)))
    answer = new_phone.check("media")
    assert answer.perfdata["audio#call.channel.packetloss.percentage"] == "10%;3;10;0;100"
    assert (
        answer.long_output[-1] == "the device has restarted since the previous run: bytes a second from the next one on"
    )


@pytest.mark.parametrize("damage", ["", '{"version": 1, "state": {"clock": "x", "counters": [], "names": []}}'])
def test_a_damaged_state_is_a_first_run(new_phone: Phone, damage: str) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=900, PacketsLost=100)))
    new_phone.check("media")
    new_phone.remembered.write_text(damage)
    answer = new_phone.check("media")
    assert answer.perfdata["audio#call.channel.packetloss.percentage"] == "10%;3;10;0;100"
    assert answer.long_output[-1] == FIRST


@pytest.mark.parametrize("name", [None, 7, ["audio"], "audio"])
def test_names_in_a_state_that_cannot_be_are_not_taken(new_phone: Phone, name: Any) -> None:
    new_phone.trio.set_calls(call_of(audio("0xa1"), video("0xa2")))
    new_phone.check("media")
    path = new_phone.remembered
    state = json.loads(path.read_text())
    state["state"]["names"] = dict.fromkeys(state["state"]["names"], name)
    path.write_text(json.dumps(state))
    new_phone.trio.set_calls(call_of(audio("0xa1", PacketsLost=51), video("0xa2", PacketsLost=1_001)))
    assert set(losses(new_phone)) == {"audio", "video"}


def test_two_services_with_other_options_do_not_share_what_they_remember(new_phone: Phone) -> None:
    new_phone.trio.set_calls(call_of(audio(PacketsReceived=900, PacketsLost=100)))
    new_phone.check("media")
    assert losses(new_phone, "--warning-channel-latency", "500") == {"audio": "10"}
