"""What may be printed of a device's text, and how long it may be."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.text import clean, clean_label, nearest, phrase, plural, shorten, shorten_bytes

# Halves of characters included: JSON can spell them.
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=())) | st.text(
    alphabet="\x00\x07\t\n\r\x0b\x1b\x7f\x85\x9b[]0;31mP\\|'=: \u00a0\u2028\u200b\u202e\ud800é漢😀", max_size=30
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("London 1", "London 1"),
        ("  London  ", "London"),
        ("a  b", "a b"),
        ("a|b", "a/b"),
        ("a\nb\r\nc\td", "a b c d"),
        ("a\x00b\x07c\x7fd", "a b c d"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a b c d e f"),
        ("\x1b[31mred\x1b[0m text", "red text"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Btext\x1b=", "text"),
        ("\x9b31mtext", "text"),
        ("\x1b", ""),
        ("Besprechung Zürich", "Besprechung Zürich"),
        ("会議室", "会議室"),
        ("cafe\u0301", "cafe\u0301"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("abc\u202edef", "abc def"),
        ("\ufeffname", "name"),
        ("half \ud83d of it", "half \ufffd of it"),
        ("a\u00a0b", "a b"),
    ],
)
def test_text_of_a_device_is_one_line_without_controls_and_bars(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(ANY_TEXT)
def test_any_text_is_made_harmless(text: str) -> None:
    cleaned = clean(text)
    assert not [character for character in cleaned if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")]
    assert "|" not in cleaned
    assert "  " not in cleaned
    assert cleaned == cleaned.strip()
    assert len(cleaned.splitlines()) == (1 if cleaned else 0)
    cleaned.encode()
    assert clean(cleaned) == cleaned


@given(st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="|"), min_size=1))
def test_what_people_write_is_left_alone(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O'Brien", "O Brien"),
        ("a=b", "a b"),
        ("a::b", "a:b"),
        ("a:::::b", "a:b"),
        ("a:b", "a:b"),
        ("fe80::1", "fe80:1"),
        ("a|b=c'd::e\nf", "a/b c d:e f"),
        ("'='", ""),
        (":':", ": :"),
    ],
)
def test_a_label_has_neither_quotes_nor_equals_nor_double_colons(text: str, expected: str) -> None:
    assert clean_label(text) == expected


@given(ANY_TEXT)
def test_any_text_makes_a_label_that_is_stable(text: str) -> None:
    label = clean_label(text)
    assert not set("'=|") & set(label)
    assert "::" not in label
    assert clean_label(label) == clean(label) == label


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("abcd fgh", 6, "abcd…"), ("éééé", 3, "éé…")],
)
def test_long_text_is_shortened_with_an_ellipsis(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc…"),
        ("éééé", 8, "éééé"),
        ("ééééé", 8, "éé…"),
        ("abcd", 3, "…"),
        ("abc", 2, ""),
    ],
)
def test_long_text_is_shortened_to_bytes_without_breaking_a_character(text: str, limit: int, expected: str) -> None:
    assert shorten_bytes(text, limit) == expected


@given(ANY_TEXT.map(clean), st.integers(0, 40))
def test_shortened_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(shorten_bytes(text, limit).encode()) <= limit
    assert len(shorten(text, limit + 1)) <= limit + 1


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 alarms"), (1, "1 alarm"), (2, "2 alarms"), (1.5, "1.5 alarms"), (3.0, "3 alarms")]
)
def test_a_noun_follows_its_number(count: float, expected: str) -> None:
    assert plural(count, "alarm") == expected


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    assert plural(2, "registry", "registries") == "2 registries"


def test_a_phrase_leaves_out_what_is_empty() -> None:
    assert phrase("2 rooms", "", None, "1 locked") == "2 rooms, 1 locked"
    assert phrase("", None) == ""


def test_a_misspelt_name_gets_the_nearest_one() -> None:
    assert nearest("alrms", ["alarms", "nodes"]) == "alarms"
    assert nearest("xyzzy", ["alarms", "nodes"]) == ""
