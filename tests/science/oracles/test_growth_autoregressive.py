"""nlme's sleepstudy fit with corAR1 (oracle growth_sleepstudy, reml_slope_ar1).

The optimum is singular (level and slope perfectly correlated). nlme, whose parameters cannot
reach that boundary, stopped at a correlation of .897, .035 of log likelihood short of it.
"""

import numpy as np
import pytest
from scipy.optimize import brentq

from rapport.science.errors import BadInputError
from rapport.science.numerics.general_mixed_model import fit_autoregressive
from rapport.science.numerics.growth_model import fit_growth


@pytest.fixture(scope="module")
def study(oracle):
    data = oracle("growth_sleepstudy")["input"]["data"]
    days = np.array(data["Days"], dtype=float)
    return {
        "y": np.array(data["Reaction"]),
        "design": np.column_stack([np.ones_like(days), days]),
        "client": np.array(data["Subject"]),
        "time": days,
        "random_column": 1,
    }


@pytest.fixture(scope="module")
def model(study):
    return fit_autoregressive(**study)


def restricted_log_likelihood(study, *, phi, covariance, sigma):
    """Full-matrix REML of sleepstudy's 18 equal courses, profiled over the scale; and that SD."""
    z, y = study["design"][:10], study["y"].reshape(18, 10).T
    v = z @ (covariance / sigma**2) @ z.T + phi ** np.abs(np.subtract.outer(z[:, 1], z[:, 1]))
    inner = 18 * z.T @ np.linalg.solve(v, z)
    fixed = np.linalg.solve(inner, z.T @ np.linalg.solve(v, y).sum(axis=1))
    off = y - (z @ fixed)[:, None]
    variance = np.sum(off * np.linalg.solve(v, off)) / 178
    log_det = 18 * np.linalg.slogdet(v)[1] + np.linalg.slogdet(inner)[1]
    return -(log_det + 178 * (1 + np.log(2 * np.pi * variance))) / 2, np.sqrt(variance)


def covariance_of(sds, correlation):
    return np.outer(sds, sds) * np.array([[1, correlation], [correlation, 1]])


def test_at_nlmes_estimates_the_likelihood_is_nlmes(study, oracle):
    """The oracle lacks the correlation of level and slope; nlme's sigma tells it."""
    reference = oracle("growth_sleepstudy")["outputs"]["reml_slope_ar1"]
    level, slope, sigma = (float(sd) for sd in reference["varcorr"])

    def at(correlation):
        covariance = covariance_of([level, slope], correlation)
        phi = reference["phi"]
        return restricted_log_likelihood(study, phi=phi, covariance=covariance, sigma=sigma)

    correlation = brentq(lambda r: at(r)[1] - reference["sigma"], -0.5, 0.99)
    assert correlation == pytest.approx(0.897, abs=1e-3)
    assert at(correlation)[0] == pytest.approx(reference["logLik"], abs=1e-6)


def test_ours_is_more_likely_for_nlme_stopped_short_of_the_boundary(model, study, oracle):
    """At correlation 1 the same likelihood is .035 higher, and phi .4921 instead of .4870."""
    reference = oracle("growth_sleepstudy")["outputs"]["reml_slope_ar1"]
    again, _ = restricted_log_likelihood(
        study,
        phi=model.phi,
        covariance=model.growth.random_cov,
        sigma=np.sqrt(model.growth.residual_variance),
    )
    assert model.log_likelihood == pytest.approx(again, abs=1e-8)
    assert model.log_likelihood == pytest.approx(reference["logLik"] + 0.0353, abs=1e-4)
    assert model.growth.singular


def test_carry_over_fixed_effects_and_sds_are_close_to_nlmes(model, oracle):
    reference = oracle("growth_sleepstudy")["outputs"]["reml_slope_ar1"]
    sds = [*np.sqrt(np.diag(model.growth.random_cov)), np.sqrt(model.growth.residual_variance)]
    assert model.phi == pytest.approx(reference["phi"], abs=0.01)
    assert model.phi_lower < reference["phi"] < model.phi_upper
    assert model.growth.fixed == pytest.approx(list(reference["fixef"].values()), rel=1e-4)
    assert sds == pytest.approx([float(sd) for sd in reference["varcorr"]], rel=0.05)


def test_the_order_of_rows_does_not_matter(model, study):
    order = np.random.default_rng(1).permutation(180)
    shuffled = {k: v if k == "random_column" else v[order] for k, v in study.items()}
    assert fit_autoregressive(**shuffled).phi == pytest.approx(model.phi, abs=1e-5)


def test_a_missing_session_leaves_a_gap_and_not_a_neighbour():
    """-2 log likelihood at the estimate, from the full matrix with phi^|gap|."""
    rng = np.random.default_rng(2)
    client, week = np.repeat(np.arange(30), 8), np.tile(np.arange(8.0), 30)
    noise = rng.standard_normal((30, 8))
    for k in range(1, 8):
        noise[:, k] = 0.6 * noise[:, k - 1] + 0.8 * noise[:, k]
    y = 10 - week + rng.standard_normal(30)[client] * 2 + noise.ravel()
    y[rng.random(240) < 0.2] = np.nan
    design = np.column_stack([np.ones(240), week])
    model = fit_autoregressive(y=y, design=design, client=client, time=week, reml=False)
    seen = ~np.isnan(y)
    same = client[seen][:, None] == client[seen]
    gap = np.abs(week[seen][:, None] - week[seen])
    growth = model.growth
    v = same * (growth.random_cov[0, 0] + growth.residual_variance * model.phi**gap)
    off = y[seen] - design[seen] @ growth.fixed
    log_det = np.linalg.slogdet(2 * np.pi * v)[1]
    assert -2 * model.log_likelihood == pytest.approx(log_det + off @ np.linalg.solve(v, off))
    assert model.phi_lower < 0.6 < model.phi_upper


def test_noise_without_carry_over_gives_the_growth_models_fit():
    rng = np.random.default_rng(3)
    client, week = np.repeat(np.arange(40), 10), np.tile(np.arange(10.0), 40)
    y = 10 - week + rng.standard_normal(40)[client] + rng.standard_normal(400)
    rows = {"y": y, "design": np.column_stack([np.ones(400), week]), "client": client}
    model = fit_autoregressive(**rows, time=week)
    assert model.phi_lower < 0 < model.phi_upper
    assert 0 <= model.log_likelihood - fit_growth(**rows).log_likelihood < 2


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (np.zeros(6), "client 0: two rated rows at one time"),
        (np.full(6, np.nan), "time is not a number"),
        (np.arange(5.0), "one time per row"),
    ],
)
def test_times_that_cannot_be_are_refused(time, words):
    with pytest.raises(BadInputError, match=words):
        fit_autoregressive(
            y=[1, 3, 2, 5, 4, 4.0],
            design=np.ones((6, 1)),
            client=np.repeat([0, 1], 3),
            time=time,
        )
