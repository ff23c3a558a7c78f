"""When licences and certificates end."""

from __future__ import annotations

import pytest

from check_videoconf.fields import Unreadable
from check_videoconf.pexip.dates import end, in_words

#: 2026-12-31 00:00 UTC
LAST_DAY = 1798675200.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-12-31", 86400),
        ("31-dec-2026", 86400),
        ("31-DEC-2026", 86400),
        (" 31-Dec-2026 ", 86400),
        ("2026-12-31T12:00:00", 43200),
        ("2026-12-31T12:00:00.5", 43200.5),
        ("2026-12-31 12:00:00+01:00", 39600),
    ],
)
def test_a_date_ends_with_its_day_and_a_time_is_utc(text: str, seconds: float) -> None:
    assert end(text) == LAST_DAY + seconds


def test_a_day_of_one_digit_is_read() -> None:
    assert end("1-jan-2027") == end("2027-01-01") == LAST_DAY + 2 * 86400


@pytest.mark.parametrize("text", ["permanent", "PERMANENT", "", "  "])
def test_what_is_permanent_or_empty_never_ends(text: str) -> None:
    assert end(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("31/12/2026", "31-dez-2026", "31-december-2026", "2026-13-01", "2026-02-30", "30-feb-2026", "0-jan-2026"),
        *("never", "1798675200", "31-dec-26", "٣١-dec-2026", "0000-01-01", "31-dec-2026 10:00"),
    ],
)
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        end(text)


def test_the_time_left_is_said_in_words() -> None:
    assert in_words(86400 * 2) == "expires in 2 d"
    assert in_words(-90) == "expired 1 min 30 s ago"
