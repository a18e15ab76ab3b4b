"""Laws of reliable change that hold whatever the scores."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rapport.science.outcome.change_verdicts import change_verdicts
from rapport.science.outcome.reliable_change import (
    edwards_nunnally,
    gulliksen_lord_novick,
    hsu_linn_lord,
    jacobson_truax,
)
from rapport.science.records.scales import Scale

scores = hnp.arrays(np.float64, (12, 2), elements=st.integers(0, 63).map(float))
reliabilities = st.floats(0.3, 0.95)


def spread_out(pairs):
    """At least two different first scores, so that there is an SD."""
    return np.ptp(pairs[:, 0]) > 0


@given(scores.filter(spread_out), reliabilities)
def test_turning_the_scale_round_keeps_every_verdict(pairs, reliability):
    for index in (jacobson_truax, gulliksen_lord_novick, hsu_linn_lord, edwards_nunnally):
        lower = index(
            first=pairs[:, 0], last=pairs[:, 1], reliability=reliability, higher_is_better=False
        )
        turned = index(
            first=63 - pairs[:, 0],
            last=63 - pairs[:, 1],
            reliability=reliability,
            higher_is_better=True,
        )
        near = np.abs(np.abs(lower.rci) - lower.critical) < 1e-9
        assert (lower.verdict == turned.verdict)[~near].all()


@given(scores.filter(spread_out), reliabilities, reliabilities)
def test_more_error_never_makes_a_change_more_reliable(pairs, one, other):
    noisy, exact = sorted([one, other])
    said = [
        jacobson_truax(
            first=pairs[:, 0], last=pairs[:, 1], reliability=r, higher_is_better=False
        ).verdict
        for r in (noisy, exact)
    ]
    assert (np.abs(said[0]) <= np.abs(said[1])).all()


@given(scores, st.integers(1, 20))
def test_first_and_last_exchanged_turn_every_verdict_round(pairs, points):
    scale = Scale(name="x", higher_is_better=True, reliable_change_points=points)
    there = change_verdicts(first=pairs[:, 0], last=pairs[:, 1], scale=scale).verdict
    back = change_verdicts(first=pairs[:, 1], last=pairs[:, 0], scale=scale).verdict
    assert (there == -back).all()


@given(scores.filter(spread_out), reliabilities)
def test_a_client_without_a_last_score_changes_nobody_elses_verdict(pairs, reliability):
    first = np.append(pairs[:, 0], 99.0)
    last = np.append(pairs[:, 1], np.nan)
    alone = jacobson_truax(
        first=pairs[:, 0], last=pairs[:, 1], reliability=reliability, higher_is_better=False
    )
    beside = jacobson_truax(first=first, last=last, reliability=reliability, higher_is_better=False)
    assert beside.verdict[-1] == -2
    assert (beside.rci[:-1] == alone.rci).all()
