"""Reports made by hand and at random, as they come out of a check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from check_videoconf.common_options import COMMON
from check_videoconf.counters import CRITICAL, OK, UNKNOWN, WARNING, Counter, Measurement
from check_videoconf.options import Options, parse
from check_videoconf.ranges import Range
from check_videoconf.report import Figure, Item, Report, name, worst_first

STATES = (OK, WARNING, CRITICAL, UNKNOWN)

# Names as devices and attackers make them; halves of characters included, as JSON can spell them.
NAMES = (
    st.text(st.characters(codec=None, exclude_categories=()), min_size=1, max_size=12)
    | st.text(alphabet="ab'=|:;#~_2 \n\t\x1b[]\"\\é漢😀…\ud800", min_size=1, max_size=8)
    | st.text(alphabet="aé漢", min_size=80, max_size=300)
    | st.sampled_from(["London", "London|", "London/", "London_2", "g[x]", "=", "a::b", "' '", 'Room "1" \\o/'])
    | st.sampled_from(["x" * 240 + tail for tail in ("one", "two", "three")])
)
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(-1e6, 1e6) | st.floats(-1e300, 1e300) | st.floats(-1, 1)
RANGES = st.sampled_from(["", "10", "10:", "~:10", "10:20", "@10:20", "0", "~:", "-5.5:7.25", "@~:3", ".5", "+5"])
#: nlabel and unit.
COUNTERS = (
    ("conferences.total.count", ""),
    ("node.media.load.percentage", "%"),
    ("license.expiry.seconds", "s"),
    ("call.channel.maxjitter.milliseconds", "ms"),
    ("backup.size.bytes", "B"),
    ("participants.bandwidth.bitspersecond", "b/s"),
    ("network.packets.in.persecond", "/s"),
    ("call.channel.traffic.in.bytespersecond", "B/s"),
    ("hardware.fan.speed.rpm", "rpm"),
)


def figure(
    nlabel: str = "conferences.total.count",
    value: float = 5,
    instance: str = "",
    *,
    unit: str = "",
    low: float | None = 0,
    high: float | None = None,
    warning: str = "",
    critical: str = "",
    state: int = OK,
) -> Figure:
    """A figure that `name` has not named yet."""
    counter = Counter(nlabel.replace(".", "-"), nlabel, unit=unit, low=low, high=high, over=True)
    warn, crit = (Range(text, unit) if text else None for text in (warning, critical))
    return Figure(Measurement(counter, value, instance), nlabel, warn, crit, state)


def report(
    figures: Iterable[Figure] = (),
    summary: str = "2 conferences",
    items: Sequence[tuple[int, str]] = (),
    *,
    state: int = OK,
    remarks: Sequence[str] = (),
    trace: Sequence[str] = (),
    errors: Sequence[str] = (),
) -> Report:
    """A finished report of `pexip conferences`."""
    made = Report("pexip", "conferences", "pexip.example.com")
    made.figures = list(figures)
    name(made.figures)
    made.summary = summary
    made.items = worst_first(Item(*item) for item in items)
    made.state = state
    made.remarks, made.trace, made.errors = list(remarks), list(trace), list(errors)
    made.seconds, made.requests = 0.25, 2
    return made


def options(*arguments: str) -> Options:
    """The common options as a user gave them."""
    return parse(arguments, COMMON, [])[0]


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    nlabel, unit = draw(st.sampled_from(COUNTERS))
    return figure(
        nlabel,
        draw(NUMBERS),
        draw(st.just("") | NAMES),
        unit=unit,
        low=draw(st.none() | NUMBERS),
        high=draw(st.none() | NUMBERS),
        warning=draw(RANGES),
        critical=draw(RANGES),
        state=draw(st.sampled_from(STATES)),
    )


TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=40) | st.text(
    alphabet="ab|'=;\n\r\x1b[31m\u2028\x85é漢\ud800", max_size=400
)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    return report(
        draw(st.lists(figures(), max_size=25)),
        draw(TEXTS),
        draw(st.lists(st.tuples(st.sampled_from(STATES), TEXTS), max_size=15)),
        state=draw(st.sampled_from(STATES)),
        remarks=draw(st.lists(TEXTS, max_size=3)),
        trace=draw(st.lists(TEXTS, max_size=3)),
        errors=draw(st.lists(TEXTS, max_size=2)),
    )
