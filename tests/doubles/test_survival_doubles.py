"""Cox, binomial regression and isotonic recalibration beside statsmodels and scikit-learn."""

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from statsmodels.duration.hazard_regression import PHReg

from rapport.science.numerics.discrimination import auc
from rapport.science.numerics.isotonic import fit_isotonic
from rapport.science.numerics.logistic import fit_binomial
from rapport.science.outcome.cox import fit_cox


@pytest.fixture
def clients():
    rng = np.random.default_rng(11)
    x = rng.normal(size=(300, 3)) * [1, 5, 0.2]
    time = np.ceil(rng.exponential(6 * np.exp(-x @ [0.4, -0.05, 1.0])))  # whole sessions: many ties
    return x, time.clip(1, 20), (time <= 20) & (rng.random(300) < 0.7)


def test_cox_with_many_ties(clients):
    x, time, event = clients
    ours = fit_cox(time=time, event=event, covariates=x)
    theirs = PHReg(time, x, status=event, ties="efron").fit(disp=0)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=0, atol=1e-6)
    np.testing.assert_allclose(ours.standard_errors, theirs.bse, rtol=0, atol=1e-6)


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_binomial_regression_with_weights_and_offset(clients, link):
    x, time, event = clients
    design = np.column_stack([np.ones(300), x])
    offset, weights = np.log(time), 1.0 + np.arange(300) % 3
    ours = fit_binomial(y=event, design=design, link=link, offset=offset, weights=weights)
    links = {"logit": sm.families.links.Logit, "cloglog": sm.families.links.CLogLog}
    family = sm.families.Binomial(links[link]())
    model = sm.GLM(event.astype(float), design, family, offset=offset, freq_weights=weights)
    theirs = model.fit(tol=1e-10)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=0, atol=1e-5)
    np.testing.assert_allclose(ours.standard_errors, theirs.bse, rtol=0, atol=1e-5)
    assert ours.deviance == pytest.approx(theirs.deviance, abs=1e-6)


def test_isotonic_with_ties_and_weights():
    rng = np.random.default_rng(12)
    p, weights = rng.random(500).round(2), rng.integers(1, 4, 500)
    y = (rng.random(500) < p).astype(float)
    ours = fit_isotonic(probability=p, outcome=y, weights=weights)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(p, y, sample_weight=weights)
    new = np.linspace(-0.1, 1.1, 57)
    np.testing.assert_allclose(ours.fitted, theirs.predict(p), rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.recalibrate(new), theirs.predict(new), rtol=0, atol=1e-9)
    expected = brier_score_loss(y, p, sample_weight=weights)
    assert ours.brier_before == pytest.approx(expected, abs=1e-12)


def test_the_area_with_ties():
    rng = np.random.default_rng(13)
    score = rng.integers(0, 10, 400)
    y = (rng.random(400) < score / 12).astype(int)
    ours = auc(outcome=y, prediction=score).auc
    assert ours == pytest.approx(roc_auc_score(y, score), abs=1e-12)
