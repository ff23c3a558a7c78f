"""Lists in pages, as seen through `pexip alarms`, which counts the rows."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any

import pytest

from ..conftest import Answer
from .manager import Manager, envelope
from .rows import ALARM, NODE, NODE_CONFIGURATION, Row, alarm, node_16, without

UNENDING = (
    "PEXIP ALARMS UNKNOWN - the pages of /api/admin/status/v1/alarm/ at manager.test:443 do not end as they should: "
)
SHAPE = "the answer of manager.test:443 to /api/admin/status/v1/alarm/ has another shape than expected: "


def quiet(first: int, count: int) -> list[Row]:
    return [alarm(number, level="info", details="") for number in range(first, first + count)]


def total(answer: Answer) -> int:
    assert answer.code == 0, answer.stdout
    return int(answer.perfdata["alarms.total.count"].partition(";")[0])


@pytest.mark.parametrize("page_limit", [20, 100, 1000, 5000])
def test_every_row_comes_however_small_the_server_makes_its_pages(manager: Manager, page_limit: int) -> None:
    manager.tables[ALARM] = quiet(0, 2345)
    manager.page_limit = page_limit
    assert total(manager.check("alarms")) == 2345
    assert len(manager.requests) == math.ceil(2345 / min(page_limit, 1000))
    assert manager.requests[1] == f"status/v1/alarm/?limit=1000&offset={min(page_limit, 1000)}"


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 2000])
def test_no_page_is_asked_for_beyond_the_last(manager: Manager, count: int) -> None:
    manager.tables[ALARM] = quiet(0, count)
    assert total(manager.check("alarms")) == count
    assert len(manager.requests) == max(1, math.ceil(count / 1000))


def test_rows_that_shift_between_pages_count_once(manager: Manager) -> None:
    manager.answers[ALARM] = [
        envelope(quiet(10, 1000), 2000, more=True),
        envelope(quiet(1000, 1000), 2010, offset=1000, more=True),  # ten new ones came in front
        envelope(quiet(1990, 20), 2010, offset=1990),
        envelope(quiet(2000, 10), 2010, offset=2000),
    ]
    assert total(manager.check("alarms")) == 2000
    assert len(manager.requests) == math.ceil(2010 / 1000) + 1


@pytest.mark.parametrize("page_limit", [20, 100, 1000])
@pytest.mark.parametrize("longer", [True, False])
def test_no_row_is_lost_to_pages_that_overlap(manager: Manager, page_limit: int, longer: bool) -> None:
    rows = quiet(0, 2345)

    def page(offset: int) -> str:
        start = max(0, offset - 10)
        found = rows[start : (offset if longer else start) + page_limit]
        return envelope(found, 2345, offset=offset, limit=page_limit, more=True)

    manager.pages[ALARM] = page
    assert total(manager.check("alarms")) == 2345
    step = page_limit if longer else page_limit - 10
    assert len(manager.requests) <= math.ceil(2345 / step) + 1


def test_the_last_page_may_hold_nothing_new(manager: Manager) -> None:
    manager.answers[ALARM] = [envelope(quiet(0, 1000), 1000 + 1, more=True), envelope(quiet(999, 1), 1001, offset=1000)]
    assert total(manager.check("alarms")) == 1000


def test_rows_that_went_meanwhile_are_not_waited_for(manager: Manager) -> None:
    manager.answers[ALARM] = [
        envelope(quiet(0, 1000), 1005, more=True),
        envelope([], 998, offset=1000),
        envelope(quiet(988, 12), 998, offset=986),
    ]
    assert total(manager.check("alarms")) == 1000
    assert manager.requests[-1] == "status/v1/alarm/?limit=1000&offset=986"


@pytest.mark.parametrize("page_limit", [20, 100, 1000])
@pytest.mark.parametrize("leaving", [1, 3, 15])
@pytest.mark.parametrize("at", [0, 1, 2, 5])
def test_no_row_is_lost_where_others_leave_between_two_pages(
    manager: Manager, page_limit: int, leaving: int, at: int
) -> None:
    """Those that leave were read already, if any was: `at` requests have been answered by then."""
    rows, asked = quiet(0, 2345), list[int]()

    def page(offset: int) -> str:
        if len(asked) == at:
            del rows[5 : 5 + leaving]
        asked.append(offset)
        found = rows[offset : offset + page_limit]
        return envelope(found, len(rows), offset=offset, limit=page_limit, more=True)

    manager.pages[ALARM] = page
    assert total(manager.check("alarms")) == (2345 if at else 2345 - leaving)
    assert len(manager.requests) <= math.ceil(2345 / page_limit) + 3


@pytest.mark.parametrize("page_limit", [20, 1000])
def test_rows_that_leave_behind_what_was_read_cost_no_row(manager: Manager, page_limit: int) -> None:
    rows, asked = quiet(0, 2100), list[int]()

    def page(offset: int) -> str:
        if len(asked) == 2:
            del rows[-30:]
        asked.append(offset)
        return envelope(rows[offset : offset + page_limit], len(rows), offset=offset, limit=page_limit, more=True)

    manager.pages[ALARM] = page
    assert total(manager.check("alarms")) == 2070
    assert len(manager.requests) <= math.ceil(2100 / page_limit) + 4


@pytest.mark.parametrize("page_limit", [20, 1000])
def test_rows_read_behind_a_gap_do_not_hide_it(manager: Manager, page_limit: int) -> None:
    """One row leaves before the second page, more before the one that goes back: it begins behind the gap, too."""
    rows, asked = quiet(0, 3 * page_limit), list[int]()
    rows[page_limit]["level"] = "critical"

    def page(offset: int) -> str:
        del rows[: {1: 1, 2: 15}.get(len(asked), 0)]
        asked.append(offset)
        return envelope(rows[offset : offset + page_limit], len(rows), offset=offset, limit=page_limit, more=True)

    manager.pages[ALARM] = page
    answer = manager.check("alarms")
    assert "[critical]" in answer.summary
    assert (answer.perfdata["alarms.total.count"], answer.code) == (f"{3 * page_limit};;;0;", 2)


def test_a_server_whose_total_goes_up_and_down_is_not_asked_for_ever(manager: Manager) -> None:
    rows, asked = quiet(0, 5000), list[int]()

    def page(offset: int) -> str:
        asked.append(offset)
        found = rows[offset : offset + 1000]
        return envelope(found, 5000 - 1000 * (len(asked) % 2), offset=offset, limit=1000, more=True)

    manager.pages[ALARM] = page
    assert total(manager.check("alarms")) >= 4000
    assert len(manager.requests) < 150


def test_rows_that_leave_faster_than_they_are_read_end_the_search_for_a_row_that_was_seen(manager: Manager) -> None:
    rows, asked = quiet(0, 2000), list[int]()

    def page(offset: int) -> str:
        if asked:
            del rows[:20]
            rows.extend(quiet(10_000 + 19 * len(asked), 19))
        asked.append(offset)
        return envelope(rows[offset : offset + 20], len(rows), offset=offset, limit=20, more=True)

    manager.pages[ALARM] = page
    assert total(manager.check("alarms")) > 1000
    assert len(manager.requests) < 500


@pytest.mark.parametrize("page_limit", [20, 1000])
def test_a_critical_row_that_moves_up_to_the_page_before_is_seen(manager: Manager, page_limit: int) -> None:
    rows, asked = quiet(0, 2100), list[int]()
    rows[page_limit]["level"] = "critical"

    def page(offset: int) -> str:
        if 0 < len(asked) < 5:
            del rows[:3]
        asked.append(offset)
        return envelope(rows[offset : offset + page_limit], len(rows), offset=offset, limit=page_limit, more=True)

    manager.pages[ALARM] = page
    answer = manager.check("alarms")
    assert answer.code == 2
    assert "[critical]" in answer.summary


def test_rows_are_told_apart_by_their_uri_where_they_have_no_id(manager: Manager) -> None:
    rows = [without(row, "id") for row in quiet(0, 1500)]
    manager.answers[ALARM] = [
        envelope(rows[:1000], 1500, more=True),
        envelope(rows[990:], 1500, offset=1000),
    ]
    assert total(manager.check("alarms")) == 1500


def test_rows_are_told_apart_by_all_they_say_where_they_have_no_uri_either(manager: Manager) -> None:
    rows: list[Row] = [
        {"name": f"alarm {number}", "level": "info", "id": None, "more": {"of": [number]}} for number in range(1500)
    ]
    manager.answers[ALARM] = [
        envelope(rows[:1000], 1500, more=True),
        envelope(rows[990:], 1500, offset=1000),
    ]
    assert total(manager.check("alarms")) == 1500


@pytest.mark.parametrize("lacking", [("resource_uri",), ("id",)], ids=["by id", "by URI"])
def test_a_row_that_has_changed_between_two_pages_counts_once(manager: Manager, lacking: tuple[str, ...]) -> None:
    rows = [without(row, *lacking) for row in quiet(0, 1500)]
    changed = {**rows[999], "details": "now another"}
    manager.answers[ALARM] = [
        envelope(rows[:1000], 1500, more=True),
        envelope([changed, *rows[1000:]], 1500, offset=1000),
    ]
    assert total(manager.check("alarms")) == 1500


def test_a_row_without_id_and_uri_is_the_same_in_any_order_of_its_fields(manager: Manager) -> None:
    rows: list[Row] = [{"name": f"alarm {number}", "level": "info"} for number in range(1500)]
    manager.answers[ALARM] = [
        envelope(rows[:1000], 1500, more=True),
        envelope([dict(reversed(row.items())) for row in rows[990:]], 1500, offset=1000),
    ]
    assert total(manager.check("alarms")) == 1500


def test_a_row_too_deep_to_be_told_apart_is_unknown(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(*_: object, **__: object) -> str:
        raise RecursionError

    manager.answers[ALARM] = envelope([{"name": "deep", "level": "info", "more": {}}], 3, more=True)
    monkeypatch.setattr("check_videoconf.pexip.client.json", SimpleNamespace(dumps=too_deep))
    answer = manager.check("alarms")
    assert answer.first_line == f"PEXIP ALARMS UNKNOWN - {SHAPE}a row is nested too deep"


def test_a_page_that_repeats_the_one_before_is_unknown(manager: Manager) -> None:
    manager.answers[ALARM] = [envelope(quiet(0, 1000), 5000, more=True)] * 2
    answer = manager.check("alarms")
    assert answer.first_line == UNENDING + "a page at offset 1000 of 5000 rows adds nothing"
    assert (answer.code, len(manager.requests)) == (3, 2)


def test_without_a_total_a_page_that_repeats_the_one_before_is_unknown(manager: Manager) -> None:
    manager.answers[ALARM] = [envelope(quiet(0, 1000), None, more=True)] * 2
    answer = manager.check("alarms")
    assert answer.first_line == UNENDING + "a page at offset 1000 adds nothing"
    assert (answer.code, len(manager.requests)) == (3, 2)


def test_an_empty_page_that_promises_more_is_unknown(manager: Manager) -> None:
    manager.answers[ALARM] = [envelope(quiet(0, 1000), 5000, more=True), envelope([], 5000, offset=1000, more=True)]
    answer = manager.check("alarms")
    assert answer.first_line == UNENDING + "a page at offset 1000 of 5000 rows adds nothing"
    assert answer.code == 3


def test_an_empty_first_page_that_promises_more_is_unknown(manager: Manager) -> None:
    manager.answers[ALARM] = envelope([], 3, more=True)
    assert manager.check("alarms").first_line == UNENDING + "a page at offset 0 of 3 rows adds nothing"


def test_pages_that_never_end_are_unknown_after_a_bounded_number_of_requests(manager: Manager) -> None:
    pages = [
        envelope(quiet(number * 1000, 1000), number * 1000 + 2001, offset=number * 1000, more=True)
        for number in range(30)
    ]
    manager.answers[ALARM] = list(pages)
    answer = manager.check("alarms")
    assert answer.first_line == UNENDING + "15000 rows came where there were 2001 at first"
    assert (answer.code, len(manager.requests)) == (3, 15)


def test_a_list_may_grow_while_it_is_read(manager: Manager) -> None:
    manager.answers[ALARM] = [
        envelope(quiet(0, 1000), 1001, more=True),
        envelope(quiet(1000, 1000), 2600, offset=1000, more=True),
        envelope(quiet(2000, 600), 2600, offset=2000),
    ]
    assert total(manager.check("alarms")) == 2600


def test_a_list_may_grow_to_twice_its_rows_and_ten_pages_more(manager: Manager) -> None:
    pages = [envelope(quiet(0, 1000), 1000 + 1, more=True)]
    pages += [envelope(quiet(number * 1000, 1000), 12_003, offset=number * 1000, more=True) for number in range(1, 12)]
    manager.answers[ALARM] = [*pages, envelope(quiet(12_000, 2), 12_003, more=True), envelope(quiet(12_002, 1), 12_003)]
    assert total(manager.check("alarms")) == 12_003


def test_a_next_that_is_never_null_does_not_matter(manager: Manager) -> None:
    manager.answers[ALARM] = envelope(quiet(0, 3), 3, more=True)
    assert total(manager.check("alarms")) == 3
    assert len(manager.requests) == 1


def test_a_total_that_is_text_is_a_number(manager: Manager) -> None:
    manager.answers[ALARM] = [
        envelope(quiet(0, 1000), "1002", more=True),
        envelope(quiet(1000, 2), "1002", offset=1000),
    ]
    assert total(manager.check("alarms")) == 1002


@pytest.mark.parametrize("nothing", [None, "", "many", [3]])
def test_without_a_total_the_next_page_is_what_counts(manager: Manager, nothing: object) -> None:
    manager.answers[ALARM] = [
        envelope(quiet(0, 1000), nothing, more=True),
        envelope(quiet(1000, 2), nothing, offset=1000),
    ]
    assert total(manager.check("alarms")) == 1002
    assert len(manager.requests) == 2


def test_without_a_total_and_with_a_next_for_ever_it_is_unknown(manager: Manager) -> None:
    page = json.loads(envelope([], None, more=True))
    pages = []
    for number in range(300):
        page["objects"] = [{"id": number * 1000 + row} for row in range(1000)]
        pages.append(json.dumps(page))
    manager.answers[ALARM] = list(pages)
    answer = manager.check("alarms")
    assert answer.first_line == UNENDING + "more than 200000 rows"
    assert len(manager.requests) == 201


def test_pages_of_a_row_each_are_not_read_for_ever(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("check_videoconf.pexip.client._MOST_PAGES", 5)
    manager.tables[ALARM] = quiet(0, 9)
    manager.page_limit = 2
    assert total(manager.check("alarms")) == 9
    manager.page_limit = 1
    answer = manager.check("alarms")
    assert answer.first_line == UNENDING + "more than 5 pages"
    assert (answer.code, len(manager.requests)) == (3, 5 + 5)


def test_neither_a_total_nor_a_next_is_unknown(manager: Manager) -> None:
    manager.answers[ALARM] = json.dumps({"meta": {"limit": 1000}, "objects": []})
    answer = manager.check("alarms")
    assert answer.first_line == f"PEXIP ALARMS UNKNOWN - {SHAPE}meta tells neither total_count nor next"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "no list of objects with its meta"),
        ("text", "no list of objects with its meta"),
        (None, "no list of objects with its meta"),
        ({"objects": []}, "no list of objects with its meta"),
        ({"meta": {"total_count": 0}}, "no list of objects with its meta"),
        ({"meta": None, "objects": []}, "no list of objects with its meta"),
        ({"meta": {"total_count": 1}, "objects": None}, "no list of objects with its meta"),
        ({"meta": {"total_count": 1}, "objects": {"id": 1}}, "no list of objects with its meta"),
        ({"meta": {"total_count": 1}, "objects": [None]}, "a row is not an object"),
        ({"meta": {"total_count": 2}, "objects": [{"id": 1}, "x"]}, "a row is not an object"),
    ],
)
def test_json_of_another_shape_is_unknown(manager: Manager, body: Any, reason: str) -> None:
    manager.answers[ALARM] = json.dumps(body)
    answer = manager.check("alarms")
    assert answer.first_line == f"PEXIP ALARMS UNKNOWN - {SHAPE}{reason}"
    assert answer.code == 3


@pytest.mark.parametrize("depth", [900, 3000, 8000])
def test_deep_nesting_is_no_internal_error(manager: Manager, depth: int) -> None:
    nested = '{"a":' * depth + "1" + "}" * depth
    row = f'{{"name": "deep", "level": "info", "more": {nested}}}'
    manager.answers[ALARM] = f'{{"meta": {{"total_count": 3, "next": "more"}}, "objects": [{row}]}}'
    answer = manager.check("alarms")
    assert answer.first_line.startswith("PEXIP ALARMS UNKNOWN - ")
    assert answer.code == 3


def test_what_came_before_a_page_failed_is_not_printed_as_a_whole(manager: Manager) -> None:
    manager.answers[ALARM] = [envelope([alarm(n) for n in range(1000)], 2000, more=True), 502]
    answer = manager.check("alarms")
    assert answer.first_line == (
        "PEXIP ALARMS UNKNOWN - manager.test:443 failed to answer /api/admin/status/v1/alarm/: HTTP 502 Bad Gateway"
    )


# -- one object


def test_an_object_that_is_none_is_unknown(manager: Manager) -> None:
    manager.tables[NODE] = [node_16(1)]
    manager.answers[f"{NODE}1/statistics/"] = "[]"
    answer = manager.check("node-load")
    assert answer.summary == (
        "the answer of manager.test:443 to /api/admin/status/v1/worker_vm/1/statistics/ "
        "has another shape than expected: not an object"
    )
    assert answer.code == 3


@pytest.mark.parametrize(
    ("identity", "uri", "asked"),
    [
        (1, "/api/admin/status/v1/worker_vm/7/", "1"),
        ("lon/1 ä", None, "lon%2F1%20%C3%A4"),
        (None, "/api/admin/status/v1/worker_vm/lon-X/", "lon-X"),
        (None, "/api/admin/status/v1/worker_vm/7", "7"),
    ],
)
def test_an_object_is_asked_for_by_the_id_of_its_row_else_by_its_uri(
    manager: Manager, identity: object, uri: str | None, asked: str
) -> None:
    manager.tables[NODE] = [node_16(1, id=identity, resource_uri=uri)]
    manager.check("node-load")
    assert manager.requests[1:] == [f"{NODE}{asked}/statistics/"]


# -- the cache


def test_a_second_check_within_cache_seconds_asks_nothing(manager: Manager) -> None:
    manager.tables[ALARM] = quiet(0, 2)
    first = manager.check("alarms", "--cache", "60")
    second = manager.check("alarms", "--cache", "60", "-vv")
    assert second.first_line == first.first_line
    assert "/api/admin/status/v1/alarm/?limit=1000&offset=0: from the cache" in second.long_output
    assert len(manager.requests) == 1


def test_rows_without_declared_fields_come_from_the_cache_as_well(manager: Manager) -> None:
    manager.tables["status/v1/licensing/"] = [{"port_count": 200, "port_total": 250}]
    first = manager.check("licenses", "--cache", "60")
    assert first.perfdata["license.port.usage.count"] == "200;;;0;250"
    assert manager.check("licenses", "--cache", "60").first_line == first.first_line
    assert len(manager.requests) == 1


def test_names_of_nodes_come_also_with_a_cache(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm()]
    manager.tables[NODE_CONFIGURATION] = [{"address": "10.44.7.101", "id": 1, "name": "lon-conf-01"}]
    for _ in range(2):
        assert " on lon-conf-01 " in manager.check("alarms", "--resolve-nodes", "--cache", "60").summary
