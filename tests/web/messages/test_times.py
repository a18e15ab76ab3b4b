"""One reminder for each due date, by day, whatever the zones and the clocks do (promise P14)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.web.messages import times

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = (
    "Europe/Berlin", "Europe/London", "America/New_York", "America/St_Johns", "America/Sao_Paulo",
    "Africa/Casablanca", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Australia/Lord_Howe",
    "Pacific/Apia", "Pacific/Chatham",
)  # fmt: skip
MINUTES = int(timedelta(days=365 * 37) / timedelta(minutes=1))
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)

MOMENTS = st.integers(0, MINUTES).map(lambda n: FIRST + n * timedelta(minutes=1))


def changes(zone):
    """Every moment from 2000 to 2037 at which the zone's distance to UTC changes."""
    there, at, found = ZoneInfo(zone), FIRST, []
    while at < LAST:
        if at.astimezone(there).utcoffset() != (at + DAY).astimezone(there).utcoffset():
            found.append(_exactly(there, at, at + DAY))
        at += DAY
    return found


def _exactly(there, low, high):
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        same = middle.astimezone(there).utcoffset() == low.astimezone(there).utcoffset()
        low, high = (middle, high) if same else (low, middle)
    return high


def sent_at(window, zone, *, every=timedelta(minutes=15), clock=lambda at: at):
    """When the worker would send it, the first time; None: never."""
    at = window.due - 2 * HOUR
    while at < window.until + 2 * HOUR:
        seen = clock(at)
        if window.holds(seen) and not times.is_night(seen, zone):
            return at
        at += every
    return None


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_around_every_change_of_the_clocks_there_is_one_reminder_by_day_and_in_time(zone):
    assert zone in ("Asia/Kolkata", "Asia/Kathmandu") or len(changes(zone)) > 2
    for change in [*changes(zone), datetime(2026, 7, 6, tzinfo=UTC)]:
        for hours in (-30, -24, -13, -2, -1, 0, 1, 5, 12):
            asked = change + hours * HOUR
            window = times.reminder_window(moment="after", starts_at=asked, asked_at=asked)
            sent = sent_at(window, zone)
            assert sent is not None
            assert timedelta(0) <= sent - window.due <= 13 * HOUR
            assert 8 <= sent.astimezone(ZoneInfo(zone)).hour < 21


@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
)
def test_who_moves_to_another_zone_is_woken_in_neither(asked, before, after):
    window = times.reminder_window(moment="after", starts_at=asked, asked_at=asked)
    sent = sent_at(window, after, every=HOUR)
    assert sent is not None
    assert not times.is_night(sent, after)
    assert window.due <= sent < window.until
    assert window == times.reminder_window(moment="after", starts_at=asked, asked_at=asked)
    assert before in ZONES


@given(
    MOMENTS,
    st.integers(0, 60),
)
def test_before_a_session_a_reminder_comes_hours_after_the_invitation_or_not_at_all(starts, hours):
    asked = starts - hours * HOUR
    window = times.reminder_window(moment="before", starts_at=starts, asked_at=asked)
    assert window.until == starts
    assert window.due >= asked + 12 * HOUR
    assert (window.due < window.until) == (hours > 12)


@pytest.mark.parametrize("step", [-3 * HOUR, timedelta(days=730)])
@given(st.integers(1, 12), st.integers(0, 20))
def test_a_try_by_a_clock_that_was_wrong_holds_nothing_up(step, tries, minutes):
    at = datetime(2026, 7, 6, 9, tzinfo=UTC)
    tried = at + step + timedelta(minutes=minutes)
    if tried > at:
        assert times.may_try(kind="notice", tries=tries, tried_at=tried, at=at)
        assert times.was_dropped_from_hand(tried, at)
    else:
        assert times.may_try(kind="notice", tries=tries, tried_at=tried, at=at)


def test_tries_come_later_each_time_to_a_limit():
    at = datetime(2026, 7, 6, 9, tzinfo=UTC)

    def waited(kind, tries):
        minutes = range(200)
        return next(
            m
            for m in minutes
            if times.may_try(kind=kind, tries=tries, tried_at=at, at=at + timedelta(minutes=m))
        )

    assert [waited("invitation", n) for n in range(1, 10)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert [waited("notice", n) for n in range(1, 6)] == [1, 2, 4, 4, 4]


@pytest.mark.parametrize(
    ("hour", "night"), [(20, False), (21, True), (0, True), (7, True), (8, False)]
)
def test_night_is_from_nine_to_eight_where_the_client_lives(hour, night):
    at = datetime(2026, 1, 15, hour, 0, tzinfo=ZoneInfo("Pacific/Apia"))
    assert times.is_night(at.astimezone(UTC), "Pacific/Apia") is night
