"""What figures are called in perfdata, and the order of a report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.counters import CRITICAL, OK, UNKNOWN, WARNING
from check_videoconf.report import Figure, Item, name, worst_first

from .output.reports import NAMES, figure, report

LOAD = "node.media.load.percentage"
TOKENS = "node.media.tokens.used.count"


def names(*instances: str, nlabel: str = LOAD) -> list[str]:
    """The perfdata names of figures on these instances, in their order, without the counter's."""
    figures = [figure(nlabel, instance=instance) for instance in instances]
    name(list(figures))
    assert all(each.perfdata.endswith(f"#{nlabel}") for each in figures)
    return [each.perfdata[: -len(nlabel) - 1] for each in figures]


def test_a_total_has_the_nlabel_and_what_is_measured_on_an_instance_has_its_name_in_front() -> None:
    figures = [figure("conferences.total.count"), figure(LOAD, instance="lon-conf-01")]
    name(figures)
    assert [each.perfdata for each in figures] == ["conferences.total.count", f"lon-conf-01#{LOAD}"]


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        ("London 1", "London 1"),
        ("O'Brien = x", "O Brien x"),
        ("a|b", "a/b"),
        ("fe80::1", "fe80:1"),
        ("Zürich\n2", "Zürich 2"),
        ("會議室", "會議室"),
        ("\x1b[31mred", "red"),
        ("'='", "unnamed"),
        ("\n", "unnamed"),
    ],
)
def test_a_name_is_made_fit_for_a_label(instance: str, expected: str) -> None:
    assert names(instance) == [expected]


def test_names_that_have_become_equal_are_numbered_and_the_one_printed_as_it_is_keeps_its_name() -> None:
    assert names("a'b", "a b", "a=b") == ["a b_2", "a b", "a b_3"]
    assert names("a=b", "a b", "a'b") == ["a b_3", "a b", "a b_2"]


def test_a_number_that_is_a_name_already_is_left_out() -> None:
    assert names("a|", "a/", "a/_2") == ["a/_3", "a/", "a/_2"]
    assert names("a", "a", "a_2") == ["a", "a_3", "a_2"]
    assert names("a_2", "a", "a", "a") == ["a_2", "a", "a_3", "a_4"]


def test_two_of_the_same_name_are_numbered_as_they_come() -> None:
    figures = [figure(LOAD, value, "lon") for value in (1, 2, 3)]
    name(figures)
    assert [(each.value, each.perfdata.partition("#")[0]) for each in figures] == [
        (1, "lon"),
        (2, "lon_2"),
        (3, "lon_3"),
    ]


def test_a_label_has_at_most_255_bytes_and_keeps_its_nlabel() -> None:
    (short,) = names("x" * (255 - len(LOAD) - 1))
    assert short == "x" * (255 - len(LOAD) - 1)
    (long,) = names("é" * 300)
    assert long == "é" * ((255 - len(LOAD) - 1 - 3) // 2) + "…"


def test_an_instance_is_called_the_same_in_every_counter_however_long_its_name() -> None:
    instances = ["x" * 240 + tail for tail in ("one", "two")]
    figures = [figure(nlabel, instance=instance) for nlabel in (LOAD, TOKENS) for instance in instances]
    name([*figures, figure("a.total.with.a.very.long.name.count")])
    assert {each.perfdata.partition("#")[0] for each in figures if each.instance == instances[0]} == {
        "x" * (255 - len(TOKENS) - 1 - 3) + "…"
    }
    assert {each.perfdata.partition("#")[0] for each in figures if each.instance == instances[1]} == {
        "x" * (255 - len(TOKENS) - 1 - 2 - 3) + "…_2"
    }


def test_totals_come_before_what_there_is_many_of() -> None:
    figures = [figure(LOAD, instance="b"), figure("b.count"), figure(LOAD, instance="a"), figure("a.count")]
    name(figures)
    assert [each.perfdata for each in figures] == ["b.count", "a.count", f"b#{LOAD}", f"a#{LOAD}"]


def test_an_nlabel_with_a_devices_words_in_it_is_made_fit_too() -> None:
    figures = [figure("license.a'b=c::d|e.usage.count"), figure("x" * 400, instance="é" * 100)]
    name(figures)
    assert figures[0].perfdata == "license.a b c:d/e.usage.count"
    assert len(figures[1].perfdata.encode()) <= 255


@st.composite
def measured(draw: st.DrawFn) -> list[Figure]:
    """Several counters on the same instances, and some totals."""
    instances = draw(st.lists(NAMES, max_size=8, unique=True))
    return [figure(nlabel, instance=instance) for nlabel in (LOAD, TOKENS) for instance in instances] + [
        figure("a.count"),
        figure("b.count"),
    ]


@given(measured())
def test_no_two_labels_are_alike_and_none_breaks_a_poller(figures: list[Figure]) -> None:
    name(figures)
    labels = [each.perfdata for each in figures]
    assert len(set(labels)) == len(labels)
    for label in labels:
        assert 0 < len(label.encode()) <= 255
        assert not set("'=|\n") & set(label)
        assert "::" not in label


@given(measured(), st.randoms(use_true_random=False))
def test_a_label_does_not_depend_on_the_order_of_the_instances(figures: list[Figure], random: object) -> None:
    name(figures)
    before = {(each.nlabel, each.instance): each.perfdata for each in figures}
    random.shuffle(figures)  # type: ignore[attr-defined]
    name(figures)
    assert {(each.nlabel, each.instance): each.perfdata for each in figures} == before


@given(measured())
def test_an_instance_is_called_the_same_in_every_counter(figures: list[Figure]) -> None:
    name(figures)
    called: dict[str, set[str]] = {}
    for each in figures:
        if each.instance:
            called.setdefault(each.instance, set()).add(each.perfdata.rpartition("#")[0])
    assert all(len(different) == 1 for different in called.values())


def test_thousands_of_equal_names_take_no_time() -> None:
    figures = [figure(LOAD, instance=f"{'x' * 300}{number}") for number in range(5000)]
    figures += [figure(TOKENS, instance="same") for _ in range(5000)]
    name(figures)
    assert len({each.perfdata for each in figures}) == 10_000


# -- the report


def test_items_are_sorted_by_state_worst_first_and_else_left_in_their_order() -> None:
    items = [Item(state, text) for state, text in ((OK, "a"), (WARNING, "b"), (UNKNOWN, "c"), (CRITICAL, "d"))]
    items += [Item(WARNING, "e"), Item(CRITICAL, "f")]
    assert "".join(item.text for item in worst_first(items)) == "dfcbea"


def test_the_first_change_of_state_that_fits_is_made() -> None:
    changed = report(state=UNKNOWN)
    changed.change_state([(WARNING, OK), (UNKNOWN, CRITICAL), (CRITICAL, OK)])
    assert (changed.state, changed.exit_code) == (CRITICAL, 2)


def test_what_is_rewritten_is_everything_in_words() -> None:
    rewritten = report(
        [], "key summary", [(OK, "key item")], remarks=["key remark"], trace=["key trace"], errors=["key error"]
    )
    rewritten.rewrite(lambda text: text.replace("key", "***"))
    assert rewritten.summary == "*** summary"
    assert [item.text for item in rewritten.items] == ["*** item"]
    assert (rewritten.remarks, rewritten.trace, rewritten.errors) == (["*** remark"], ["*** trace"], ["*** error"])
