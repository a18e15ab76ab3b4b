"""Local times are told truly: none is invented, and one that comes twice is asked about (P14)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from rapport.web.people.meetings.errors import NoSuchTime, TwoSuchTimes
from rapport.web.people.meetings.times import EARLIER, LATER, moment_of, weekly

# Half-hour steps (Lord Howe), quarter-hour offsets (Kathmandu, Chatham), a lost day (Apia), changes
# at midnight (Havana, Beirut, Sao Paulo), a winter time that is the exception (Dublin).
ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/Havana",
    "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
    "Asia/Kathmandu", "Asia/Beirut", "Africa/Casablanca",
)  # fmt: skip
HOUR = timedelta(hours=1)


def changes(zone):
    """Every change of the offset from 2000 to 2037: the first moment after it, and by how much."""
    info, moments = ZoneInfo(zone), []
    at = datetime(2000, 1, 1, tzinfo=UTC)
    while at.year < 2038:
        moments.append(at)
        at += timedelta(hours=12)
    for before, after in pairwise(moments):
        if before.astimezone(info).utcoffset() != after.astimezone(info).utcoffset():
            yield _exactly(before, after, info)


def _exactly(before, after, info):
    old = before.astimezone(info).utcoffset()
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(info).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after, after.astimezone(info).utcoffset() - old


def read(typed):
    return datetime.fromisoformat(typed)


def local(moment, zone):
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_the_clocks_from_2000_to_2037_is_told_truly(zone):
    for moment, by in changes(zone):
        if by > timedelta(0):
            lost = local(moment, zone) - by / 2
            with pytest.raises(NoSuchTime, match="does not exist"):
                moment_of(lost, zone=zone)
        else:
            twice = local(moment, zone) - by / 2
            with pytest.raises(TwoSuchTimes, match="comes twice"):
                moment_of(twice, zone=zone)
            first, second = (moment_of(twice, zone=zone, which=w) for w in (EARLIER, LATER))
            assert second - first == -by


@pytest.mark.parametrize("zone", ZONES)
def test_every_other_time_comes_back_as_it_was_typed(zone):
    typed = local(datetime(2000, 1, 1, 14, 15, tzinfo=UTC), "UTC")
    while typed.year < 2038:
        if (zone, f"{typed:%Y-%m-%d}") != ("Pacific/Apia", "2011-12-30"):
            assert local(moment_of(typed, zone=zone), zone) == typed
        typed += timedelta(days=5)


def test_a_day_that_was_left_out_is_no_day():
    with pytest.raises(NoSuchTime):
        moment_of(read("2011-12-30T12:00"), zone="Pacific/Apia")


def test_the_changes_are_found_at_all():
    assert sum(1 for _ in changes("Europe/Berlin")) == 76  # twice a year, 38 years
    assert list(changes("Asia/Kathmandu")) == []


def test_a_weekly_series_keeps_the_time_of_day_over_the_change():
    series = weekly(read("2026-10-20T10:00"), times=2, every=1, zone="Europe/Berlin")
    assert [local(m, "Europe/Berlin").hour for m in series] == [10, 10]
    assert series[1] - series[0] == timedelta(days=7) + HOUR


def test_a_series_that_meets_a_lost_hour_is_refused_whole():
    with pytest.raises(NoSuchTime, match="29 March 2026"):
        weekly(read("2026-03-22T02:30"), times=3, every=1, zone="Europe/Berlin")
