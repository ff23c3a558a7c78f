"""Pages and peers of REST tables, as seen through `conductor network`."""

from __future__ import annotations

from typing import Any

import pytest

from .box import INTERFACES, TABLES, Box, Struct, interfaces, peer

TOTAL = "interfaces.total.count"


def offsets(box: Box) -> list[str]:
    return [asked.rpartition("offset=")[2] for asked in box.asked]


# -- pages


def test_a_table_of_many_pages_is_read_to_its_end(box: Box) -> None:
    box.tables[INTERFACES] = [peer(*interfaces(*range(2500)))]
    assert box.check("network").perfdata[TOTAL] == "2500;;;0;"
    assert offsets(box) == ["0", "1000", "2000"]


def test_a_server_that_sends_shorter_pages_is_followed_by_what_came(box: Box) -> None:
    box.page_limit = 4
    box.tables[INTERFACES] = [peer(*interfaces(*range(10))), peer(*interfaces(100, 101), address="192.0.2.51")]
    assert box.check("network").perfdata[TOTAL] == "12;;;0;"
    assert offsets(box) == ["0", "4", "8"]


def test_a_server_that_ignores_offset_and_limit_but_sends_all_is_asked_once(box: Box) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = [peer(*interfaces(*range(1500)))]
    assert box.check("network").perfdata[TOTAL] == "1500;;;0;"
    assert len(box.asked) == 1


def test_the_same_page_for_ever_is_unknown(box: Box) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = [peer(*interfaces(1), total=123)]
    answer = box.check("network")
    assert answer.summary == (
        f"the pages of {TABLES}{INTERFACES} at conductor.test:443 do not end as they should: "
        "a page at offset 1 adds nothing"
    )
    assert (answer.code, len(box.asked)) == (3, 2)


@pytest.mark.parametrize("others", [[], [peer(*interfaces(200), address="192.0.2.51")]])
def test_a_repeated_page_is_no_progress(box: Box, others: list[Struct]) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = [peer(*interfaces(*range(100)), total=200), *others]
    answer = box.check("network")
    assert answer.summary.endswith("a page at offset 100 adds nothing")
    assert (answer.code, len(box.asked)) == (3, 2)


def test_a_record_that_comes_in_front_between_two_pages_is_no_end(box: Box) -> None:
    """The last one of the first page is the first one of the second."""
    pages = iter([[peer(*interfaces(*range(4)), total=6)], [peer(*interfaces(3, 4, 5), total=7)]])
    box.documents[f"{TABLES}{INTERFACES}"] = lambda: next(pages)
    answer = box.check("network")
    assert answer.perfdata[TOTAL] == "6;;;0;"
    assert (answer.code, offsets(box)) == (0, ["0", "4"])


def test_an_empty_page_that_promises_records_is_unknown(box: Box) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = [peer(total=3)]
    answer = box.check("network")
    assert answer.summary.endswith("a page at offset 0 adds nothing")
    assert answer.code == 3


def test_pages_that_never_end_are_unknown(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("check_videoconf.conductor.peers._MOST_PAGES", 3)
    box.page_limit = 1
    box.tables[INTERFACES] = [peer(*interfaces(*range(50)))]
    answer = box.check("network")
    assert answer.summary.endswith("more than 3 pages")
    assert (answer.code, len(box.asked)) == (3, 3)


@pytest.mark.parametrize("rows_of_a_page", [1, 2, 3])
def test_records_without_uuid_are_told_apart_by_all_they_say(box: Box, rows_of_a_page: int) -> None:
    box.page_limit = rows_of_a_page
    box.tables[INTERFACES] = [peer(*({"name": f"LAN{n}", "state": "up"} for n in range(3)))]
    assert box.check("network").perfdata[TOTAL] == "3;;;0;"


def test_records_of_a_page_that_are_alike_count_each(box: Box) -> None:
    box.tables[INTERFACES] = [peer({"name": "LAN", "state": "up"}, {"name": "LAN", "state": "up"})]
    assert box.check("network").perfdata[TOTAL] == "2;;;0;"


# -- peers


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ({"num_recs": -1, "records": []}, "its records could not be computed (num_recs -1)"),
        ({"num_recs": "-1"}, "its records could not be computed (num_recs -1)"),
        ({"num_recs": 0}, "no records"),
        ({"num_recs": 1, "records": None}, "no records"),
        ({"num_recs": "many", "records": []}, "no number of records"),
        ({"records": []}, "no number of records"),
    ],
)
def test_a_peer_that_has_no_records_is_unknown(box: Box, part: Struct, line: str) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = [peer(*interfaces(1)), {"peer": "192.0.2.51", **part}]
    answer = box.check("network")
    assert (answer.summary, answer.code) == (f"{INTERFACES} of peer 192.0.2.51: {line}", 3)
    assert answer.perfdata[TOTAL] == "1;;;0;"


def test_numbers_as_text_are_numbers(box: Box) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = [{"peer": "192.0.2.50", "num_recs": "2", "records": interfaces(1, 2)}]
    assert box.check("network").perfdata[TOTAL] == "2;;;0;"


def test_a_peer_without_address_is_one_nevertheless(box: Box) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = [{"num_recs": 1, "records": interfaces(1)}, {"peer": None, "num_recs": -1}]
    assert box.check("network").summary == (
        f"{INTERFACES} of peer without address: its records could not be computed (num_recs -1)"
    )


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "no list of peers"),
        ([], "no list of peers"),
        ([1], "no list of peers"),
        ([{"peer": "a", "num_recs": 1, "records": [1]}], "a record is not an object"),
        ("null", "no list of peers"),
    ],
)
def test_another_shape_is_unknown(box: Box, document: Any, reason: str) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = document
    answer = box.check("network")
    assert (
        answer.summary
        == f"the answer of conductor.test:443 to {TABLES}{INTERFACES} has another shape than expected: {reason}"
    )
    assert answer.code == 3
    assert box.check("network", "--unreachable-state", "critical").code == 2
