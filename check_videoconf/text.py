"""Text from a device is data: what may be printed of it, and how long it may be."""

from __future__ import annotations

import re

# Bidirectional controls can turn a line round for the reader, zero-width ones hide in it, and U+2028/2029 break lines.
# Not U+200C and U+200D: Persian and Indic words and some emoji are written with them.
_REPLACED = {
    **dict.fromkeys(
        (
            *range(0x20),
            *range(0x7F, 0xA0),
            0x061C,
            0x200B,
            0x200E,
            0x200F,
            *range(0x2028, 0x202F),
            *range(0x2060, 0x2070),
            0xFEFF,
            *range(0xFFF9, 0xFFFC),
        ),
        " ",
    ),
    ord("|"): "/",
}
# Whole terminal escapes (control sequences, strings such as a window's title, the rest), not only their first byte:
# what would be left of them is noise.
_ESCAPE = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]"


def clean(text: str) -> str:
    """`text` as it may stand on one line of output: no control character, terminal escape, newline or `|`.

    Runs of blanks become one blank; a lone surrogate (half a character) becomes U+FFFD.
    """
    if text.isascii() and text.isprintable() and "|" not in text and "  " not in text:
        return text.strip()
    text = re.sub(_ESCAPE, " ", text).translate(_REPLACED)
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    return " ".join(text.split())


def clean_label(text: str) -> str:
    """`text` as it may stand in a perfdata label: besides `clean`, no `'`, no `=` and no `::`."""
    text = re.sub(":{2,}", ":", clean(text))
    return " ".join(text.replace("'", " ").replace("=", " ").split())


def shorten(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, the last one `…` if any was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def shorten_bytes(text: str, limit: int) -> str:
    """`text` in at most `limit` bytes of UTF-8, ending in `…` if anything was cut; never half a character."""
    data = text.encode()
    if len(data) <= limit:
        return text
    room = limit - len("…".encode())
    return data[:room].decode(errors="ignore").rstrip() + "…" if room >= 0 else ""


def plural(count: float, noun: str, nouns: str = "") -> str:
    """`1 alarm`, `2 alarms`, `0 alarms`; `nouns` is the plural where it is not the singular with an s."""
    shown = int(count) if count == int(count) else count
    return f"{shown} {noun}" if shown == 1 else f"{shown} {nouns or noun + 's'}"


def phrase(*parts: str | None) -> str:
    """The parts that are not empty, joined by commas."""
    return ", ".join(filter(None, parts))


def nearest(word: str, known: list[str]) -> str:
    """The known name nearest to a misspelt one, or `''`."""
    import difflib  # only a mistake pays for it

    return next(iter(difflib.get_close_matches(word, known, 1)), "")
