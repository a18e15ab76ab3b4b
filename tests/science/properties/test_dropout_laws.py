"""Laws of drop-out rows, curves and concordance; above all: nothing looks ahead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.outcome.cox import concordance, fit_cox
from rapport.science.outcome.dropout import (
    count_dropouts,
    fit_dropout_hazard,
    person_periods,
    session_periods,
)
from rapport.science.outcome.survival import kaplan_meier, log_rank

ratings = hnp.arrays(
    np.float64, (5, 8), elements=st.one_of(st.just(np.nan), st.integers(1, 7).map(float))
)
lengths = hnp.arrays(np.int64, 5, elements=st.integers(1, 8))
yes_no = hnp.arrays(np.bool_, 5)


@given(ratings, ratings, lengths, yes_no, st.integers(1, 7))
def test_altering_later_answers_never_changes_an_earlier_row(seen, other, held, gone, now):
    altered = np.hstack([seen[:, :now], other[:, now:]])
    before, after = (
        session_periods(sessions=held, dropped=gone, ratings={"wai": table})
        for table in (seen, altered)
    )
    early = before.period <= now
    np.testing.assert_array_equal(before.values[early], after.values[early])


@given(ratings, lengths, yes_no)
def test_each_drop_out_stands_once_in_its_client_s_last_row(seen, held, gone):
    rows = session_periods(sessions=held, dropped=gone, ratings={"wai": seen})
    assert rows.client_index[rows.event].tolist() == np.flatnonzero(gone).tolist()
    assert rows.period[rows.event].tolist() == held[gone].tolist()
    assert rows.n_rows == held.sum() - (~gone).sum()


def test_what_is_known_after_each_session():
    rows = session_periods(
        sessions=[4], dropped=[True], ratings={"wai": [[np.nan, 6.0, np.nan, 3.0]]}
    )
    last, change, from_usual, ago = rows.values.T
    np.testing.assert_array_equal(last, [np.nan, 6, 6, 3])
    np.testing.assert_array_equal(change, [np.nan, 0, 0, -3])
    np.testing.assert_array_equal(from_usual, [np.nan, np.nan, np.nan, -3])
    np.testing.assert_array_equal(ago, [np.nan, 0, 1, 0])


times = st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=2, max_size=30)


@given(times)
def test_a_curve_only_falls_and_without_censoring_it_is_the_share_still_there(told):
    time, event = np.array([t for t, _ in told]), np.array([e for _, e in told])
    curve = kaplan_meier(time=time, event=event)
    assert (np.diff(curve.survival) <= 1e-12).all()
    complete = kaplan_meier(time=time, event=np.ones(len(time)))
    share = [(time > t).mean() for t in complete.time]
    np.testing.assert_allclose(complete.survival, share, rtol=0, atol=1e-12)


@given(times, st.data())
def test_concordance_is_what_counting_all_pairs_gives(told, data):
    risk = data.draw(st.lists(st.integers(0, 4), min_size=len(told), max_size=len(told)))
    won = pairs = 0.0
    for (t, e), r in zip(told, risk, strict=True):
        for (t2, e2), r2 in zip(told, risk, strict=True):
            if e and (t2 > t or (t2 == t and not e2)):
                pairs += 1
                won += 1.0 if r > r2 else 0.5 if r == r2 else 0.0
    ours = concordance(time=[t for t, _ in told], event=[e for _, e in told], risk=risk)
    assert ours == pytest.approx(won / pairs if pairs else np.nan, nan_ok=True)


def test_a_known_hazard_ratio_is_found_again():
    rng = np.random.default_rng(3)
    x = rng.normal(size=4000)
    leaves = rng.random((4000, 12)) < (1 - np.exp(-np.exp(-2.5 + 0.7 * x)))[:, None]
    gone = leaves.any(axis=1)
    held = np.where(gone, leaves.argmax(axis=1) + 1, 12)
    rows = person_periods(periods=held, event=gone, fixed={"x": x})
    fit = fit_dropout_hazard(rows=rows, link="cloglog", baseline="log period")
    assert fit.lower[0] < np.exp(0.7) < fit.upper[0]
    cox = fit_cox(time=held, event=gone, covariates=x[:, None], names=("x",))
    assert cox.coefficients[0] == pytest.approx(0.7, abs=4 * cox.standard_errors[0])


def test_rows_with_unknown_values_are_left_out_and_counted():
    fixed = {"wai": [5.0, np.nan, 3.0, 4.0, 6.0, 2.0]}
    rows = person_periods(periods=[2, 2, 1, 3, 3, 1], event=[1, 0, 1, 0, 1, 0], fixed=fixed)
    fit = fit_dropout_hazard(rows=rows, baseline="log period")
    assert (fit.n_left_out, fit.n_clients) == (2, 5)
    assert "2 rows left out: a value not known" in fit.notes


def test_definitions_stand_beside_each_other():
    count = count_dropouts(
        left=[1, 1, 0, 1],
        verdict=[1, 0, 0, -2],
        sessions=[9, 2, 3, 1],
        enough_sessions=4,
        definition="fewer sessions",
    )
    assert count.dropped.tolist() == [False, True, True, True]
    assert {name: s.value for name, s in count.others.items()} == {
        "unilateral": 0.75,
        "unilateral before reliable change": 0.5,
        "fewer sessions": 0.75,
    }


def test_what_can_not_be_analysed_is_refused_with_its_reason():
    with pytest.raises(BadInputError, match="above 0"):
        kaplan_meier(time=[0, 2], event=[1, 1])
    with pytest.raises(TooLittleDataError, match="two groups"):
        log_rank(time=[1, 2], event=[1, 1], group=["a", "a"])
    with pytest.raises(BadInputError, match="sum of others"):
        fit_cox(time=[1, 2, 3], event=[1, 1, 1], covariates=[[1], [1], [1]])
    with pytest.raises(BadInputError, match="at least one period"):
        person_periods(periods=[0], event=[1])
    with pytest.raises(BadInputError, match="needs verdict"):
        count_dropouts(left=[1, 0])
    rows = person_periods(periods=[2, 2], event=[0, 0], fixed={"age": [1, 2]})
    with pytest.raises(TooLittleDataError, match="no drop-out"):
        fit_dropout_hazard(rows=rows)
    with pytest.raises(BadInputError, match="no column"):
        fit_dropout_hazard(rows=rows, covariates=("height",))
