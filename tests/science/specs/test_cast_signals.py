"""What the alliance rules say of the demo's cast, beside what their stories say."""

import numpy as np
import pytest
from cast import own_view, therapists_view

from rapport.science.alliance.episodes import find_episodes
from rapport.science.alliance.split import find_splits
from rapport.science.alliance.steady_maximum import steady_maximum
from rapport.science.alliance.views_apart import views_apart
from rapport.science.records.scales import Scale

OWN = Scale(name="own", higher_is_better=True, minimum=0, maximum=32)
COUPLE, FAMILY = ("Marta Ferreira", "Dev Raman"), ("Rana Haddad", "Erik Sund", "Yusuf Haddad")


@pytest.fixture(scope="module")
def own():
    return own_view()


@pytest.fixture(scope="module")
def episodes(own):
    found = find_episodes(courses=own, scale=OWN)
    names = own.clients[found.client_index].tolist()
    starts, repairs = found.start.tolist(), found.repair.tolist()
    return {name: (starts[i], repairs[i]) for i, name in enumerate(names)}


@pytest.fixture(scope="module")
def views(own):
    return views_apart(client=own, therapist=therapists_view(), rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def splits(own):
    names = own.clients.tolist()
    case = [0 if n in COUPLE else 1 if n in FAMILY else -1 for n in names]
    return find_splits(courses=own, case=case, scale=OWN)


def test_sarah_slips_at_six_and_it_is_repaired_at_seven(episodes):
    assert episodes["Sarah Lindqvist"] == (6, 7)


def test_grace_withdraws_at_four_and_it_is_repaired_at_six(episodes):
    assert episodes["Grace Campbell"] == (4, 6)


def test_callums_rupture_is_never_repaired(episodes):
    start, repair = episodes["Callum Reid"]
    assert start <= 4
    assert np.isnan(repair)


def test_martas_fairer_fourth_session_counts_as_a_drop_which_a_person_may_close(episodes):
    assert episodes["Marta Ferreira"][0] == 4


def test_the_couple_is_split_from_two_and_evened_from_four(splits):
    couple = splits.case == 0
    assert splits.session[couple & splits.signal].tolist() == [2, 3]
    assert splits.difference[couple & (splits.session >= 4)].max() < splits.threshold
    assert splits.session[couple & splits.recovered].tolist() == [5]


def test_the_boy_who_did_not_choose_to_come_stands_apart_at_first(own, splits):
    first = (splits.case == 1) & (splits.session == 1)
    assert splits.signal[first].all()
    assert own.clients[splits.lowest[first]].tolist() == ["Yusuf Haddad"]
    assert not splits.standing[(splits.case == 1) & (splits.session == 6)].any()


def test_anjali_gives_the_highest_mark_five_times_and_opens_at_six(own):
    found = steady_maximum(courses=own, scale=OWN)
    anjali = own.clients.tolist().index("Anjali Pillai")
    assert (found.longest[anjali], found.running[anjali]) == (5, 0)


def test_oskars_therapist_sees_it_higher_until_both_views_lie_on_the_table(own, views):
    oskar = views.client_index == own.clients.tolist().index("Oskar Wieland")
    assert views.session[oskar & views.apart].tolist() == [2, 3, 4]
    assert (views.difference[oskar & views.apart] > 0).all()


def test_that_they_meet_again_is_movement_too_and_good_news(own, views):
    oskar = views.client_index == own.clients.tolist().index("Oskar Wieland")
    assert views.session[oskar & views.closer].tolist() == [6, 7]
