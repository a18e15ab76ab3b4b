"""Outcome, sparkline, ticks and small multiples as pictures."""

import xml.etree.ElementTree as ET

import pytest

from rapport.pictures import style
from rapport.pictures.course import Ends
from rapport.pictures.multiples import small_multiples
from rapport.pictures.outcome import Band, Fan, Jump, outcome_chart
from rapport.pictures.plot import Line
from rapport.pictures.sparkline import sparkline
from rapport.pictures.svg import element, number
from rapport.pictures.ticks import change_ticks


def parsed(markup):
    picture = ET.fromstring(markup)
    words = [e.text for e in picture.iter("text")]
    classes = [(e.get("class") or "") for e in picture.iter()]
    return picture, words, classes


def outcome(scores=(18, 16, 17, 9), **more):
    line = Line(name="Peter", sessions=list(range(1, len(scores) + 1)), scores=scores)
    return outcome_chart(id="o", title="t", description="d", line=line, **more)


def test_the_expected_band_is_named_and_ends_where_the_data_end():
    rows = [(s, 15.0 - s, 12.0 - s, 19.0 - s) for s in range(1, 9)]
    picture, words, classes = parsed(
        outcome(band=Band(rows=rows, words="8 of 10 people who started alike"))
    )
    assert "8 of 10 people who started alike" in words
    assert "band" in classes
    polygon = next(e for e in picture.iter("polygon") if e.get("class") == "band")
    assert len(polygon.get("points").split()) == 8  # four sessions, up and back


def test_a_forecast_is_dashed_bracketed_and_never_a_bare_point():
    _, words, classes = parsed(outcome(fan=Fan(session=12, mean=7.9, lower=4, upper=12)))
    assert {"12", "7.9 most likely", "4"} <= set(words)
    assert {"fan", "forecast", "bracket"} <= set(classes)


def test_a_forecast_for_the_past_is_not_drawn():
    _, _, classes = parsed(outcome(fan=Fan(session=3, mean=8, lower=4, upper=12)))
    assert "fan" not in classes


def test_a_threshold_and_a_sudden_gain_are_named():
    _, words, classes = parsed(
        outcome(threshold=(10, "usual line"), jumps=[Jump(before=3, after=4, words="sudden gain")])
    )
    assert {"usual line 10", "sudden gain", "start 18", "now 9"} <= set(words)
    assert "jump" in classes


@pytest.mark.parametrize("scores", [(), (None,), (5,), (None, 5), (5, 5)])
@pytest.mark.parametrize("compact", [True, False])
def test_short_outcomes_are_drawn_without_a_fault(scores, compact):
    markup = outcome(scores, threshold=(10, "usual line"), compact=compact)
    assert parsed(markup)[0].get("role") == ("group" if scores else "img")


def test_sparklines_of_one_instrument_share_one_scale():
    def last_height(score, low, high):
        line = Line(name="a", sessions=[1, 2], scores=[score, score])
        picture, _, _ = parsed(
            sparkline(id="s", title="t", description="d", lines=[line], low=low, high=high)
        )
        return float(next(picture.iter("circle")).get("cy"))

    assert last_height(10, 0, 10) == 8
    assert last_height(5, 0, 10) == 28
    assert last_height(5, 0, 5) == 8


def test_ticks_show_now_last_and_first_and_leave_out_what_is_not_known():
    def marks(**more):
        told = {"now": 4, "last": 2, "first": 1, **more}
        markup = change_ticks(id="t", title="t", description="d", low=0, high=4, **told)
        return parsed(markup)[2]

    assert {"mark client", "hollow client", "first", "line client"} <= set(marks())
    assert marks().count("tick") == 5
    assert "first" not in marks(first=None)
    assert "line client" not in marks(last=None)


def test_three_members_get_a_small_picture_each_with_the_others_pale():
    lines = [Line(name=n, sessions=[1, 2], scores=[k, k + 1]) for k, n in enumerate("abc")]
    pictures = small_multiples(id="m", lines=lines, ends=Ends(low=0, high=4), flagged=[2])
    assert len(pictures) == 3
    _, words, classes = parsed(pictures[1])
    assert "b 2" in words
    assert sum("pale" in c for c in classes) == 2
    assert "wash" in classes


def test_numbers_are_short_with_a_true_minus():
    assert [number(x) for x in (3.0, -1.25, 0.04, -0.01)] == ["3", "−1.2", "0", "0"]


def test_attributes_are_escaped_and_controls_never_reach_the_page():
    assert element("a", title='"<\x00') == '<a title="&quot;&lt;"/>'


def test_the_style_has_a_dark_and_a_printed_palette():
    assert "prefers-color-scheme: dark" in style()
    assert "@media print" in style()
