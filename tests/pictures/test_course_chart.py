"""The relationship over time as a picture: gaps, shapes, episodes, room for words."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.pictures.course import Ends, Fall, Quote, Stretch, course_chart
from rapport.pictures.plot import Line, Plot, first_clear, runs, silences, spread

SVG = "{http://www.w3.org/2000/svg}"


def drawn(**more):
    told = {
        "id": "c",
        "title": "The ratings fell at session 3.",
        "description": "Five ratings.",
        "lines": [Line(name="Mira", sessions=[1, 2, 3, 4, 5], scores=[8, 9, 4, None, 8])],
        "ends": Ends(low=0, high=10, low_words="not at all", high_words="completely"),
        **more,
    }
    return ET.fromstring(course_chart(**told))


def words(picture):
    return [element.text for element in picture.iter("text")]


def sentences(picture):
    return [e.get("aria-label") for e in picture.iter("g") if e.get("tabindex") == "0"]


def classes(picture, name):
    return [e for e in picture.iter() if name in (e.get("class") or "").split()]


def test_a_picture_has_a_name_and_a_description_for_screen_readers():
    picture = drawn()
    assert picture.get("role") == "group"  # of sessions; an image may hold nothing to focus
    by_id = {e.get("id"): e.text for e in picture.iter() if e.get("id")}
    assert by_id[picture.get("aria-labelledby")] == "The ratings fell at session 3."
    assert by_id[picture.get("aria-describedby")] == "Five ratings."


def test_a_session_not_answered_breaks_the_line_and_says_so():
    picture = drawn()
    lines = [e for e in classes(picture, "line") if e.tag == "polyline"]
    assert [len(e.get("points").split()) for e in lines] == [3]
    assert len(classes(picture, "mark")) == 4
    assert "no answer" in words(picture)


def test_lines_join_neighbours_only():
    line = Line(name="a", sessions=[1, 2, 4, 5, 6], scores=[1, 2, 3, 4, 5])
    assert [len(run) for run in runs(line, held=[1, 2, 3, 4, 5, 6])] == [2, 3]
    assert silences(line, held=[1, 2, 3]) == [3]


def test_a_jump_in_even_numbering_breaks_the_line_and_uneven_weeks_do_not():
    even = Line(name="a", sessions=[1, 2, 3, 4, 7, 8], scores=[1] * 6)
    weeks = Line(name="a", sessions=[0, 2, 3, 5, 8], scores=[1] * 5)
    assert len(runs(even)) == 2
    assert len(runs(weeks)) == 1


def test_the_therapist_is_told_apart_by_shape_not_only_by_colour():
    both = drawn(
        lines=[
            Line(name="Mira", sessions=[1, 2], scores=[3, 4]),
            Line(name="therapist", role="therapist", sessions=[1, 2], scores=[5, 6]),
            Line(name="Tom", role="partner", sessions=[1, 2], scores=[7, 8]),
            Line(name="Ida", role="third", sessions=[1, 2], scores=[1, 2]),
            Line(name="Per", role="fourth", sessions=[1, 2], scores=[2, 2]),
        ]
    )
    shapes = {(e.tag, e.get("class")) for e in classes(both, "mark")}
    assert shapes == {
        ("circle", "mark client"),
        ("rect", "mark therapist"),
        ("polygon", "mark partner"),
        ("polygon", "mark third"),
        ("path", "mark fourth"),
    }
    corners = {e.get("class"): len(e.get("points").split()) for e in both.iter("polygon")}
    assert corners == {"mark partner": 4, "mark third": 3}


def test_the_line_is_named_at_its_end_with_its_value():
    assert "Mira 8" in words(drawn())


def test_an_episode_is_shaded_with_its_words():
    stretch = Stretch(start=3, end=5, words=[(3, "rupture"), (5, "recovered")])
    picture = drawn(stretches=[stretch])
    assert len(classes(picture, "wash")) == 1
    assert {"rupture", "recovered"} <= set(words(picture))


def test_an_alarm_says_in_words_what_was_expected():
    picture = drawn(falls=[Fall(session=3, score=4, expected=8.4)])
    assert sentences(picture)[2] == "Session 3: Mira 4. Earlier ratings led to expect about 8.4."


def test_a_quote_stands_whole_or_not_at_all():
    short = drawn(quote=Quote(session=3, score=4, words="I did not know how to say it."))
    assert "“I did not know how to say it.”" in " ".join(w or "" for w in words(short))
    long = drawn(quote=Quote(session=3, score=4, words="so " * 200))
    assert not classes(long, "quote")


def test_the_ends_of_the_scale_are_named_in_the_questionnaires_words():
    assert {"not at all", "completely"} <= set(words(drawn()))
    assert {"0", "10"} <= set(words(drawn(ends=Ends(low=0, high=10))))


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("scores", [[], [None], [5.0], [5.0, 5.0], [None, 3.0, None]])
def test_nothing_and_little_are_drawn_without_a_fault(scores, compact):
    line = Line(name="Mira", sessions=list(range(1, len(scores) + 1)), scores=scores)
    assert drawn(lines=[line], compact=compact, ends=Ends()).get("role") == (
        "group" if scores else "img"
    )


def test_names_are_escaped():
    markup = course_chart(
        id="c",
        title="<b>",
        description="&",
        lines=[Line(name="<script>", sessions=[1], scores=[2])],
        ends=Ends(),
    )
    assert "<script>" not in markup
    assert "&lt;script&gt; 2" in markup


scores = st.lists(st.one_of(st.none(), st.floats(0, 10)), min_size=1, max_size=40)


@given(scores)
def test_every_answer_has_one_mark_inside_the_picture(scores):
    line = Line(name="a", sessions=list(range(len(scores))), scores=scores)
    picture = drawn(lines=[line])
    marks = classes(picture, "mark")
    assert len(marks) == sum(x is not None for x in scores)
    for mark in marks:
        assert 0 <= float(mark.get("cx")) <= 720
        assert 0 <= float(mark.get("cy")) <= float(picture.get("height"))


@given(st.lists(st.floats(0, 300), min_size=1, max_size=8), st.floats(5, 30))
def test_spread_labels_never_touch_and_keep_their_order(ys, gap):
    placed = spread(sorted(ys), gap)
    assert len(placed) == len(ys)
    assert all(b - a >= gap - 1e-6 for a, b in pairwise(placed))


def test_a_box_is_clear_only_where_no_point_is_near():
    assert first_clear([(0, 0, 10, 10)], [(5, 5)]) is None
    assert first_clear([(0, 0, 10, 10), (50, 0, 60, 10)], [(5, 5)]) == (50, 0, 60, 10)


def test_numbers_of_many_sessions_do_not_run_into_each_other():
    line = Line(name="a", sessions=list(range(1, 61)), scores=[5.0] * 60)
    picture = drawn(lines=[line], compact=True)
    numbered = [e for e in picture.iter("text") if re.fullmatch(r"\d+", e.text or "")]
    xs = sorted(float(e.get("x")) for e in numbered if e.get("text-anchor") == "middle")
    assert len(xs) >= 8
    assert min(b - a for a, b in pairwise(xs)) >= 12


def test_every_numbered_session_has_a_tick_however_many_there_are():
    line = Line(name="a", sessions=list(range(1, 121)), scores=[5.0] * 120)
    picture = drawn(lines=[line])
    numbers = [e for e in picture.iter("text") if re.fullmatch(r"\d+", e.text or "")]
    ticks = {e.get("x1") for e in classes(picture, "axis") if e.get("x1") == e.get("x2")}
    assert {e.get("x") for e in numbers if e.get("text-anchor") == "middle"} <= ticks


def test_a_plane_puts_the_first_session_left_and_the_highest_score_on_top():
    plot = Plot(width=100, height=100, left=10, right=10, top=10, bottom=10,
                first=1, last=5, low=0, high=10)  # fmt: skip
    assert plot.at((1, 10)) == (10, 10)
    assert plot.at((5, 0)) == (90, 90)
