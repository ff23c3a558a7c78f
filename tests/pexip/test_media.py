"""pexip media."""

from __future__ import annotations

from typing import Any

import pytest

from ..levels import AT_EACH_LEVEL, AT_EACH_STATE
from .manager import Manager
from .rows import PARTICIPANT, Row, api_connection, participant, participants, without
from .stream_rows import body, stream, without_window


def streams_of(number: int) -> str:
    return f"{PARTICIPANT}00000000-0000-0000-0000-{number:012}/media_stream/"


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """One call with two streams in which nothing is wrong, and an application."""
    manager.tables[PARTICIPANT] = [participant(1), api_connection(2)]
    manager.tables[streams_of(1)] = [stream("video", 1), stream("audio", 0, rx_bitrate=12)]
    return manager


def only(manager: Manager, **changed: Any) -> Row:
    """One video stream, changed."""
    row = stream(**changed)
    manager.tables[streams_of(1)] = [row]
    return row


def figures(kind: str, received: int) -> str:
    return " ".join(
        f"'{kind}#media.{way}.packetloss.max.percentage'=0%;3;10;0;100 "
        f"'{kind}#media.{way}.packetloss.mean.percentage'=0%;;;0;100 "
        f"'{kind}#media.{way}.jitter.max.milliseconds'={jitter}ms;40;;0; "
        f"'{kind}#media.{way}.jitter.mean.milliseconds'={jitter}ms;;;0; "
        f"'{kind}#media.{way}.bitrate.min.bitspersecond'={bitrate};;;0; "
        f"'{kind}#media.{way}.bitrate.max.bitspersecond'={bitrate};;;0; "
        f"'{kind}#media.{way}.bitrate.mean.bitspersecond'={bitrate};;;0;"
        for way, jitter, bitrate in (("rx", 12.5, received), ("tx", 7.5, 64_000))
    )


def test_each_type_of_stream_is_measured(manager: Manager) -> None:
    answer = manager.check("media")
    assert answer.first_line == (
        f"PEXIP MEDIA OK - media of 1 call | {figures('audio', 12_000)} {figures('video', 513_000)}"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [f"{PARTICIPANT}?limit=1000&offset=0", f"{streams_of(1)}?limit=1000&offset=0"]


def test_worst_and_mean_are_those_of_all_streams_of_a_type(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = participants("1_good", "2_ok")
    for number, loss, jitter, bitrate in ((1, 0.5, 10, 100), (2, 1.5, 21, 500)):
        row = stream(rx_windowed_packet_loss=loss, rx_jitter=jitter, rx_bitrate=bitrate)
        manager.tables[streams_of(number)] = [row]
    perfdata = manager.check("media").perfdata
    values = {label: text.partition(";")[0] for label, text in perfdata.items() if label.startswith("video#media.rx")}
    assert list(values.values()) == ["1.5%", "1%", "21ms", "15.5ms", "100000", "500000", "300000"]


@pytest.mark.parametrize("way", ["rx", "tx"])
@pytest.mark.parametrize(
    ("field", "value", "code", "said"),
    [
        ("windowed_packet_loss", 3, 0, ""),
        ("windowed_packet_loss", 3.1, 1, "highest {way} packet loss of video 3.1 %, above 3 %"),
        ("windowed_packet_loss", 10, 1, "highest {way} packet loss of video 10 %, above 3 %"),
        ("windowed_packet_loss", 10.1, 2, "highest {way} packet loss of video 10.1 %, above 10 %"),
        ("jitter", 40, 0, ""),
        ("jitter", 40.5, 1, "highest {way} jitter of video 40.5 ms, above 40 ms"),
    ],
)
def test_loss_and_jitter_have_defaults(
    manager: Manager, way: str, field: str, value: float, code: int, said: str
) -> None:
    only(manager, **{f"{way}_{field}": value})
    answer = manager.check("media")
    assert answer.summary == (said.format(way=way) or "media of 1 call")
    assert answer.code == code


def test_the_stream_that_loses_most_is_said_without_a_name(manager: Manager) -> None:
    manager.tables[streams_of(1)].append(stream("video", 3, rx_windowed_packet_loss=12.5, node="10.44.8.101"))
    said, worst = manager.check("media").long_output
    assert said == "CRITICAL: highest rx packet loss of video 12.5 %, above 10 %"
    assert worst == (
        "most loss: video of a participant of Board Meeting (WebRTC) on 10.44.8.101, loss 12.5 % rx and 0 % tx, "
        "jitter 12.5 ms rx and 7.5 ms tx"
    )


def test_a_name_is_printed_only_when_it_is_asked_for(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [participant(1, display_name="Trillian")]
    assert "Trillian" not in manager.check("media", "-v").stdout
    assert any("video of Trillian of" in line for line in manager.check("media", "-v", "--show-names").long_output)


@pytest.mark.parametrize("kind", ["video", "audio", "presentation", "hologram"])
def test_a_type_nobody_has_heard_of_is_measured_too(manager: Manager, kind: str) -> None:
    only(manager, type=kind)
    assert manager.check("media").perfdata[f"{kind}#media.tx.bitrate.mean.bitspersecond"] == "64000;;;0;"


def test_a_stream_that_has_ended_is_left_out(manager: Manager) -> None:
    only(manager, end_time="2026-03-02T08:00:00", rx_windowed_packet_loss=50)
    answer = manager.check("media")
    assert (answer.first_line, answer.code) == ("PEXIP MEDIA OK - no media stream of 1 call now", 0)


@pytest.mark.parametrize("live", ["", None, "soon", []])
def test_a_stream_without_an_end_is_live(manager: Manager, live: object) -> None:
    only(manager, end_time=live, rx_windowed_packet_loss=50)
    assert manager.check("media").code == 2


@pytest.mark.parametrize("rows", [[], [api_connection(1)], [participant(1, has_media=False)]])
def test_no_call_with_media_is_ok(manager: Manager, rows: list[Row]) -> None:
    manager.tables[PARTICIPANT] = rows
    answer = manager.check("media")
    assert (answer.first_line, answer.code) == ("PEXIP MEDIA OK - no call with media", 0)
    assert len(manager.requests) == 1


# -- which calls are asked


def test_the_worst_calls_are_asked_first_and_no_more_than_so_many(manager: Manager) -> None:
    qualities = ("0_unknown", "1_good", "terrible", "2_ok", "3_bad", "4_terrible")
    manager.tables[PARTICIPANT] = participants(*qualities)
    for number in range(1, 7):
        manager.tables[streams_of(number)] = [stream()]
    answer = manager.check("media", "--max-participants", "4")
    asked = [int(request.split("/media_stream")[0][-2:]) for request in manager.requests[1:]]
    assert asked == [3, 6, 5, 4]
    assert answer.summary == "media of 4 calls"
    assert answer.long_output == ["4 of 6 calls were asked, worst quality first (--max-participants)"]


def test_25_calls_are_asked_unless_more_are_wanted(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = participants(*["1_good"] * 30)
    for number in range(1, 31):
        manager.tables[streams_of(number)] = [stream()]
    manager.check("media")
    assert len(manager.requests) == 1 + 25


def test_a_filter_and_an_id_choose_calls(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [participant(1, conference="Town Hall"), participant(2), participant(3)]
    for number in (1, 2, 3):
        manager.tables[streams_of(number)] = [stream()]
    assert manager.check("media", "--filter-conference", "Town").summary == "media of 1 call"
    manager.requests.clear()
    assert manager.check("media", "--participant", "00000000-0000-0000-0000-000000000003").code == 0
    assert [request.partition("?")[0] for request in manager.requests[1:]] == [streams_of(3)]


def test_a_filter_that_leaves_nothing_is_said(manager: Manager) -> None:
    answer = manager.check("media", "--filter-conference", "Mars")
    assert (answer.summary, answer.code) == ("no participant matches the filters (2 seen)", 0)


def test_a_participant_that_is_not_there_is_unknown(manager: Manager) -> None:
    answer = manager.check("media", "--participant", "nobody")
    assert (answer.summary, answer.code) == ("participant nobody is not connected, or has no media", 3)


def test_a_row_without_id_has_it_in_its_uri(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [without(participant(1), "id")]
    assert manager.check("media").summary == "media of 1 call"
    assert manager.check("media", "--cache", "300", "--participant", "00000000-0000-0000-0000-000000000001").code == 0
    assert manager.check("media", "--cache", "300", "--participant", "00000000-0000-0000-0000-000000000001").code == 0


def test_a_row_with_neither_is_unknown_and_the_rest_is_measured(manager: Manager) -> None:
    manager.tables[PARTICIPANT].append(without(participant(3), "id", "resource_uri"))
    answer = manager.check("media")
    assert (answer.summary, answer.code) == ("id of a participant is missing", 3)
    assert figures("audio", 12_000) in answer.first_line


def test_a_participant_that_has_gone_is_left_out(manager: Manager) -> None:
    manager.tables[PARTICIPANT].append(participant(3))
    answer = manager.check("media")
    assert figures("audio", 12_000) in answer.first_line
    assert (answer.long_output, answer.code) == (["1 participant left while being asked"], 0)


def test_all_of_them_gone_is_unknown(manager: Manager) -> None:
    del manager.tables[streams_of(1)]
    answer = manager.check("media")
    said = "no media streams: 1 participant asked, all have gone (HTTP 404)"
    assert (answer.summary, answer.code) == (said, 3)


def test_an_error_of_another_kind_is_an_error(manager: Manager) -> None:
    manager.answers[streams_of(1)] = 500
    answer = manager.check("media")
    assert f"failed to answer /api/admin/{streams_of(1)}: HTTP 500" in answer.summary
    assert answer.code == 3


# -- which loss


def test_recent_loss_takes_the_place_of_the_whole_calls(manager: Manager) -> None:
    only(manager, rx_packet_loss=50, rx_windowed_packet_loss=1.25, tx_packet_loss=2.5, tx_windowed_packet_loss=None)
    perfdata = manager.check("media").perfdata
    assert perfdata["video#media.rx.packetloss.max.percentage"].startswith("1.25%;")
    assert perfdata["video#media.tx.packetloss.max.percentage"].startswith("2.5%;")


def loss(manager: Manager, way: str, *argv: str) -> str:
    perfdata = manager.check("media", *argv).perfdata
    return perfdata[f"video#media.{way}.packetloss.max.percentage"].partition(";")[0]


@pytest.mark.parametrize(
    ("way", "packets", "first", "second", "percent"),
    [
        ("rx", "rx_packets_received", (100, 900), (150, 1850), "5%"),
        ("rx", "rx_packets_received", (100, 900), (100, 1900), "0%"),
        ("rx", "rx_packets_received", (100, 900), (200, 900), "100%"),
        ("tx", "tx_packets_sent", (100, 1000), (125, 1100), "25%"),
        ("tx", "tx_packets_sent", (100, 1000), (5, 50), "10%"),
        ("tx", "tx_packets_sent", (100, 1000), (90, 2000), "0%"),  # some came late
    ],
)
def test_versions_without_it_are_judged_by_the_time_since_the_previous_run(
    manager: Manager, way: str, packets: str, first: tuple[int, int], second: tuple[int, int], percent: str
) -> None:
    row = without_window(
        only(manager, **{f"{way}_packet_loss": 10, f"{way}_packets_lost": first[0], packets: first[1]})
    )
    manager.tables[streams_of(1)] = [row]
    assert loss(manager, way) == "10%"
    row.update({f"{way}_packets_lost": second[0], packets: second[1]})
    assert loss(manager, way) == percent


def test_while_no_packet_comes_the_loss_stays_what_it_was(manager: Manager) -> None:
    row = without_window(only(manager, rx_packet_loss=10, rx_packets_lost=100, rx_packets_received=900))
    manager.tables[streams_of(1)] = [row]
    assert loss(manager, "rx") == "10%"
    row.update(rx_packets_lost=120, rx_packets_received=1880)
    assert [loss(manager, "rx"), loss(manager, "rx"), loss(manager, "rx")] == ["2%", "2%", "2%"]


def test_a_new_stream_starts_anew(manager: Manager) -> None:
    row = without_window(only(manager, rx_packet_loss=10, rx_packets_lost=100, rx_packets_received=900))
    manager.tables[streams_of(1)] = [row]
    assert loss(manager, "rx") == "10%"
    row.update(start_time="2026-03-02T08:50:00", rx_packet_loss=20, rx_packets_lost=200, rx_packets_received=9000)
    assert loss(manager, "rx") == "20%"


def test_versions_without_packet_counts_are_judged_by_the_whole_call(manager: Manager) -> None:
    row = without(without_window(only(manager, rx_packet_loss=4)), "rx_packets_lost", "rx_packets_received")
    manager.tables[streams_of(1)] = [row]
    assert [loss(manager, "rx"), loss(manager, "rx")] == ["4%", "4%"]


# -- what cannot be read


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rx_jitter", None, "rx_jitter of a media stream is null or empty"),
        ("tx_bitrate", "fast", "tx_bitrate of a media stream is unreadable (text)"),
        ("rx_bitrate", {}, "rx_bitrate of a media stream is unreadable (an object)"),
    ],
)
def test_a_field_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, name: str, value: object, said: str
) -> None:
    only(manager, **{name: value})
    answer = manager.check("media")
    assert (answer.summary, answer.code) == (said, 3)
    assert "video#media.rx.packetloss.max.percentage" in answer.perfdata
    way, _, word = name.partition("_")
    assert f"video#media.{way}.{word}.max.milliseconds" not in answer.perfdata
    assert f"video#media.{way}.{word}.mean.bitspersecond" not in answer.perfdata


@pytest.mark.parametrize("loss", [None, "", "much"])
def test_loss_that_is_reported_nowhere_is_unknown(manager: Manager, loss: object) -> None:
    manager.tables[streams_of(1)] = [without_window(stream(rx_packet_loss=loss))]
    answer = manager.check("media")
    assert answer.summary == "rx_packet_loss of a media stream is null or empty"
    assert "video#media.tx.packetloss.max.percentage" in answer.perfdata
    assert answer.code == 3


def test_a_field_that_is_missing_is_unknown(manager: Manager) -> None:
    manager.tables[streams_of(1)] = [without(stream(), "rx_jitter")]
    answer = manager.check("media")
    assert (answer.summary, answer.code) == ("rx_jitter of a media stream is missing", 3)


def test_an_answer_of_another_shape_is_an_error(manager: Manager) -> None:
    manager.answers[streams_of(1)] = body(stream()).replace('"objects"', '"streams"')
    assert "has another shape than expected" in manager.check("media").summary


# -- limits


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("rx-packetloss-max", "0", "1:", "highest rx packet loss of video 0 %, below 1 %"),
        ("rx-packetloss-mean", "0", "1:", "mean rx packet loss of video 0 %, below 1 %"),
        ("rx-jitter-max", "13", "12", "highest rx jitter of video 12.5 ms, above 12 ms"),
        ("rx-jitter-mean", "13", "12", "mean rx jitter of video 12.5 ms, above 12 ms"),
        ("rx-bitrate-min", "513000:", "514000:", "lowest rx bitrate of video 513 kb/s, below 514 kb/s"),
        ("rx-bitrate-max", "513000", "512000", "highest rx bitrate of video 513 kb/s, above 512 kb/s"),
        ("rx-bitrate-mean", "513000", "512000", "mean rx bitrate of video 513 kb/s, above 512 kb/s"),
        ("tx-packetloss-max", "0", "1:", "highest tx packet loss of video 0 %, below 1 %"),
        ("tx-packetloss-mean", "0", "1:", "mean tx packet loss of video 0 %, below 1 %"),
        ("tx-jitter-max", "8", "7", "highest tx jitter of video 7.5 ms, above 7 ms"),
        ("tx-jitter-mean", "8", "7", "mean tx jitter of video 7.5 ms, above 7 ms"),
        ("tx-bitrate-min", "64000:", "65000:", "lowest tx bitrate of video 64 kb/s, below 65 kb/s"),
        ("tx-bitrate-max", "64000", "63000", "highest tx bitrate of video 64 kb/s, above 63 kb/s"),
        ("tx-bitrate-mean", "64000", "63000", "mean tx bitrate of video 64 kb/s, above 63 kb/s"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    only(manager)
    answer = manager.limited("media", f"--{level}-{label}", inside, outside)
    assert (answer.summary, answer.code) == (said, code)


@pytest.mark.parametrize(
    "expression",
    [
        "%{type} eq 'video' and %{codec} eq 'H264' and %{resolution} eq '1280x720'",
        "%{rx_packet_loss} == 1.5 and %{tx_packet_loss} == 0 and %{rx_jitter} > 12 and %{tx_jitter} < 8",
        "%{rx_bitrate} == 513000 and %{tx_bitrate} == 64000",
        "%{node} eq '10.44.7.101' and %{conference} =~ /board/i",
    ],
)
@AT_EACH_STATE
def test_each_stream_can_be_judged(manager: Manager, expression: str, level: str, code: int) -> None:
    only(manager, rx_packet_loss=40, rx_windowed_packet_loss=1.5)
    answer = manager.check("media", f"--{level}-stream-status", expression)
    assert answer.summary == (
        "video of a participant of Board Meeting (WebRTC) on 10.44.7.101, loss 1.5 % rx and 0 % tx, "
        "jitter 12.5 ms rx and 7.5 ms tx"
    )
    assert answer.code == code


def test_what_a_stream_is_sent_as_counts_where_it_is_not_received(manager: Manager) -> None:
    only(manager, rx_codec="", tx_codec="VP8", rx_resolution="", tx_resolution="640x360")
    argv = ["--warning-stream-status", "%{codec} eq 'VP8' and %{resolution} eq '640x360'"]
    assert manager.check("media", *argv).code == 1


def test_a_call_quality_that_cannot_be_read_is_unknown(manager: Manager) -> None:
    manager.tables[PARTICIPANT][0]["call_quality"] = {"now": "good"}
    answer = manager.check("media")
    assert (answer.summary, answer.code) == ("call_quality of a participant is unreadable (an object)", 3)
    assert "video#media.rx.jitter.max.milliseconds" in answer.perfdata


def test_calls_without_a_stream_are_said_to_be_that(manager: Manager) -> None:
    manager.tables[streams_of(1)] = []
    answer = manager.check("media")
    assert (answer.summary, answer.code) == ("no media stream of 1 call now", 0)
