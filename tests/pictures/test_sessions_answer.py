"""Every session of a picture answers to the pointer and to keyboard focus with a sentence."""

import textwrap
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.pictures.columns import ROWS, _plainly_wrapped
from rapport.pictures.course import Ends, Fall, Stretch, course_chart
from rapport.pictures.multiples import small_multiples
from rapport.pictures.outcome import Band, Fan, Jump, outcome_chart
from rapport.pictures.plot import Line

WIDE = Ends(low=0, high=32)


def course(*lines, ends=WIDE, **more):
    markup = course_chart(id="c", title="t", description="d", lines=lines, ends=ends, **more)
    return ET.fromstring(markup)


def outcome(scores, **more):
    line = Line(name="Sarah", sessions=list(range(1, len(scores) + 1)), scores=scores)
    told = {"id": "o", "title": "t", "description": "d", "measure": "PHQ-9", **more}
    return ET.fromstring(outcome_chart(line=line, **told))


def columns(picture):
    return [e for e in picture.iter("g") if e.get("tabindex") == "0"]


def said(picture):
    return [e.get("aria-label") for e in columns(picture)]


def sarah(*scores, first=1):
    return Line(name="Sarah", sessions=list(range(first, first + len(scores))), scores=scores)


def therapist(*scores):
    sessions = list(range(1, len(scores) + 1))
    return Line(name="therapist", role="therapist", sessions=sessions, scores=scores)


def test_a_session_says_who_answered_what_the_usual_range_and_what_began():
    picture = course(
        sarah(20, 15),
        therapist(22, 23),
        usual=[(2, 13.7, 21.2)],
        stretches=[Stretch(start=2, end=3, words=[(2, "rupture"), (3, "recovered")])],
        days={2: "10 August"},
    )
    assert said(picture) == [
        "Session 1: Sarah 20, therapist 22.",
        "Session 2, 10 August: Sarah 15 (own usual range 13.7 to 21.2), therapist 23. "
        "Rupture starts here.",
    ]


def test_a_fall_is_told_with_what_was_expected_no_finer_than_the_answers():
    fall = Fall(session=2, score=11, expected=20.34)
    assert said(course(sarah(20, 11), falls=[fall]))[1] == (
        "Session 2: Sarah 11. Earlier ratings led to expect about 20."
    )
    assert said(course(sarah(20, 11), ends=Ends(), falls=[fall]))[1].endswith("about 20.3.")


def test_silence_is_called_not_answered_and_never_zero():
    assert said(course(sarah(20, None)))[1] == "Session 2: not answered."
    both = said(course(sarah(20, None, None), therapist(22, 23)))
    assert both[1:] == ["Session 2: Sarah not answered, therapist 23.", "Session 3: not answered."]
    assert said(outcome([15, None]))[1] == "Session 2: not answered."


def test_members_who_answer_apart_are_told_so_at_their_session():
    picture = course(sarah(20, 30), therapist(21, 9), apart=[2])
    assert said(picture)[1] == "Session 2: Sarah 30, therapist 9. The answers lie apart."


def test_an_outcome_says_the_score_and_where_people_who_started_alike_stand():
    rows = [(s, 15, 11, 19) for s in (1, 2, 3)]
    band = Band(rows=rows, words="8 of 10 people who started alike")
    jumps = [Jump(before=1, after=2, words="sudden gain")]
    assert said(outcome([20, 12], band=band, jumps=jumps, days={2: "10 August"})) == [
        "Session 1: PHQ-9 20; 8 of 10 people who started alike stand between 11 and 19.",
        "Session 2, 10 August: PHQ-9 12; 8 of 10 people who started alike stand between 11 and "
        "19. Sudden gain since session 1.",
    ]


def test_a_score_outside_of_the_band_never_reads_as_inside():
    band = Band(rows=[(1, 16, 16, 16), (2, 12, 6.9, 16.9)], words="8 of 10 people like Sarah")
    first, second = said(outcome([16, 17], band=band, low=0, high=27))
    assert first == "Session 1: PHQ-9 16."  # all of them started there
    assert second == "Session 2: PHQ-9 17; 8 of 10 people like Sarah stand between 6.9 and 16.9."


def test_the_forecast_is_the_last_stop_and_a_forecast_for_the_past_is_none():
    later = Fan(session=6, mean=7.1, lower=4.8, upper=10.1)
    assert said(outcome([15, 12], fan=later))[-1] == (
        "Session 6, forecast: between 4.8 and 10.1, most likely 7.1."
    )
    assert len(said(outcome([15, 12], fan=Fan(session=2, mean=7, lower=4, upper=10)))) == 2


def test_each_member_of_a_large_case_has_columns_that_name_everybody():
    lines = [Line(name=n, sessions=[1, 2], scores=[k, k + 1]) for k, n in enumerate("abc")]
    pictures = small_multiples(id="m", lines=lines, ends=Ends(low=0, high=4), flagged=[2])
    assert said(ET.fromstring(pictures[1])) == [
        "Session 1: b 1, a 0, c 2.",
        "Session 2: b 2, a 1, c 3. The answers lie apart.",
    ]


def test_a_screen_reader_hears_each_thing_once():
    picture = course(sarah(20, 15), therapist(22, 23))
    drawing = next(e for e in picture if e.get("aria-hidden") == "true")
    outside = {e for e in picture.iter("text")} - {e for e in drawing.iter("text")}
    assert outside == {e for column in columns(picture) for e in column.iter("text")}
    assert {e.get("role") for e in columns(picture)} == {"img"}  # its text is not read again
    assert picture.find(".//g[@class='columns']/title").text is None  # no second bubble of words


@pytest.mark.parametrize("compact", [False, True])
def test_the_words_shown_are_the_words_read_aloud(compact):
    picture = course(sarah(20, 15), therapist(22, 23), usual=[(2, 14, 21)], compact=compact)
    for column in columns(picture):
        shown = " ".join(e.text for e in column.iter() if e.text)
        assert shown == column.get("aria-label")


def test_the_words_stand_under_all_that_is_drawn_and_room_is_kept_for_them():
    picture = course(sarah(*[20.0] * 9), therapist(*[22.0] * 9), usual=[(2, 14, 21)], compact=True)
    drawn = [float(e.get("y")) for e in picture.find("g").iter("text")]
    shown = [float(e.get("y")) for column in columns(picture) for e in column.iter("text")]
    assert min(shown) - max(drawn) >= 18
    assert "says-2" in picture.get("class").split()


def spans(picture, which=0):
    """Left and right edge of each column's target (0) or highlight (1)."""
    found = []
    for column in columns(picture):
        start, wide, *_ = column.findall("path")[which].get("d")[1:].split("h")
        left = float(start.split(",")[0])
        found.append((left, left + float(wide.split("v")[0])))
    return found


def test_targets_on_a_phone_are_24_px_wide_where_the_number_of_sessions_allows_it():
    for count in range(1, 11):
        picture = course(sarah(*[20.0] * count), compact=True)  # drawn 350 px wide at 390
        assert min(b - a for a, b in spans(picture)) >= 24


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=60, unique=True),
    st.booleans(),
)
def test_targets_never_overlap_and_hold_their_session(sessions, compact):
    line = Line(name="a", sessions=sorted(sessions), scores=[5.0] * len(sessions))
    picture = course(line, compact=compact)
    targets, lit = spans(picture), spans(picture, 1)
    assert len(targets) == len(sessions)
    assert all(a[1] <= b[0] + 0.25 for a, b in pairwise(targets))
    for target, light, mark in zip(targets, lit, picture.iter("circle"), strict=True):
        x = float(mark.get("cx"))
        assert target[0] <= x <= target[1]
        assert light[0] + light[1] == pytest.approx(2 * x, abs=0.3)
        assert light[1] - light[0] <= 20.2


def test_of_very_many_sessions_those_with_a_remark_the_first_and_the_last_answer():
    falls = [Fall(session=s, score=20, expected=25) for s in (30, 90)]
    picture = course(sarah(*[20.0] * 120), falls=falls)
    assert [words.split(":")[0] for words in said(picture)] == [
        "Session 1", "Session 30", "Session 90", "Session 120",
    ]  # fmt: skip
    assert all(b - a <= 4.2 for a, b in spans(picture, 1))  # no neighbour's mark is lit
    assert picture.find("desc").text == (
        "d Of 120 sessions the first, the last and those with a remark can be focused; "
        "the table holds all of them."
    )
    assert len(said(course(sarah(*[20.0] * 60)))) == 60


def test_however_much_happens_no_picture_has_more_than_60_stops():
    falls = [Fall(session=s, score=20, expected=25) for s in range(2, 120)]
    found = said(course(sarah(*[20.0] * 120), falls=falls))
    assert len(found) == 60
    assert found[1].startswith("Session 62:")  # the latest


def test_nothing_in_a_picture_needs_a_script_or_an_inline_style():
    for element in course(sarah(20, None), therapist(22, 23)).iter():
        assert element.tag not in {"script", "style"}
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}


@given(st.text(min_size=1, max_size=400))
def test_any_name_is_read_whole_and_shown_in_six_rows_at_most(name):
    line = Line(name=name, sessions=[1, 2], scores=[1, 2])
    picture = course(line, compact=True)
    assert all(len(list(column.iter("tspan"))) <= 5 for column in columns(picture))
    assert len(said(picture)) == 2


@given(
    words=st.text(alphabet="ab é–—1,.-: \t\u00a0−’", max_size=90)
    | st.lists(st.text(alphabet="abcé1.,-", min_size=1, max_size=14)).map(" ".join),
    room=st.integers(3, 60),
)
def test_plain_words_are_wrapped_as_any_others(words, room):
    rows = _plainly_wrapped(words, room)
    anyway = textwrap.wrap(words, width=room, max_lines=ROWS, placeholder=" …")
    assert rows in ([], anyway)


def test_a_sentence_of_a_session_is_such_plain_words():
    assert _plainly_wrapped("Session 6, 10 August: Sarah 24.", 20) == [
        "Session 6, 10",
        "August: Sarah 24.",
    ]
