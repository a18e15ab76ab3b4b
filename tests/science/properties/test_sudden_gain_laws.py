"""Laws of sudden gains that hold whatever the course."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rapport.science.outcome.sudden_gains import criteria, one_per_client, sudden_changes

answers = st.one_of(st.just(np.nan), st.integers(0, 63).map(float))
courses = hnp.arrays(np.float64, (6, 9), elements=answers)


def listed(found):
    return list(
        zip(
            found.client_index.tolist(),
            found.before_position.tolist(),
            found.magnitude.tolist(),
            found.reversed.tolist(),
            found.words.tolist(),
            strict=True,
        )
    )


@given(courses)
def test_unanswered_sessions_after_the_end_change_nothing(scores):
    longer = np.hstack([scores, np.full((6, 3), np.nan)])
    assert listed(sudden_changes(scores=scores, cutoff=7)) == listed(
        sudden_changes(scores=longer, cutoff=7)
    )


@given(courses)
def test_each_client_is_judged_alone(scores):
    together = listed(sudden_changes(scores=scores, cutoff=7))
    alone = [
        (client, *rest)
        for client in range(len(scores))
        for _, *rest in listed(sudden_changes(scores=scores[client : client + 1], cutoff=7))
    ]
    assert together == alone


@given(courses)
def test_gains_and_losses_change_places_with_the_direction_of_the_scale(scores):
    lower = sudden_changes(scores=scores, cutoff=7)
    higher = sudden_changes(scores=scores, cutoff=7, higher_is_better=True)
    assert (lower.kind == -higher.kind).all()
    assert lower.before_position.tolist() == higher.before_position.tolist()


@given(courses)
def test_a_loss_read_backwards_is_as_large_and_as_lasting_as_a_gain(scores):
    falls = criteria(scores=scores, cutoff=7)
    rises = criteria(scores=scores[:, ::-1], cutoff=7, toward="higher")
    for k in (0, 2):  # the second is a share of the score before, so it has a direction
        assert (falls.met[k] == rises.met[k][:, ::-1]).all()


@given(courses, st.floats(1, 20), st.floats(0, 10))
def test_a_higher_cut_off_never_finds_more(scores, cutoff, more):
    some = criteria(scores=scores, cutoff=cutoff).all_met
    fewer = criteria(scores=scores, cutoff=cutoff + more).all_met
    assert not (fewer & ~some).any()


@given(courses)
def test_the_chosen_gain_is_one_per_client_and_the_extreme_one(scores):
    found = sudden_changes(scores=scores, cutoff=7)
    gains = found.kind == 1
    for which, extreme in (("smallest", min), ("largest", max)):
        chosen = one_per_client(changes=found, which=which)
        assert found.client_index[chosen].tolist() == sorted(set(found.client_index[gains]))
        for entry in chosen:
            own = gains & (found.client_index == found.client_index[entry])
            assert found.magnitude[entry] == extreme(found.magnitude[own])
