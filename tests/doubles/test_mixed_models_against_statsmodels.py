"""Our mixed models beside statsmodels' MixedLM: two programs, one likelihood."""

import warnings

import numpy as np
import pytest

from rapport.science.numerics.growth_model import fit_growth

mixed_linear_model = pytest.importorskip("statsmodels.regression.mixed_linear_model")


def practice(seed, *, clients=150, sessions=(2, 12)):
    """Uneven courses with a predictor between and one within clients."""
    rng = np.random.default_rng(seed)
    client = np.repeat(np.arange(clients), rng.integers(*sessions, clients))
    week = rng.exponential(1.0, len(client)).cumsum() % 12
    intake = rng.standard_normal(clients)[client]
    level, slope = rng.multivariate_normal([0, 0], [[9, -0.6], [-0.6, 0.3]], clients)[client].T
    y = 20 + 2 * intake + level + (slope - 1) * week + 3 * rng.standard_normal(len(client))
    return y, np.column_stack([np.ones_like(week), week, intake]), client


def theirs(y, design, client, *, slope, reml):
    random = design[:, [0, 1]] if slope else design[:, [0]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of steps on the way, not of the result
        model = mixed_linear_model.MixedLM(y, design, groups=client, exog_re=random)
        return model.fit(reml=reml, method="lbfgs", gtol=1e-10, maxiter=1000)


@pytest.mark.slow
@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("reml", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_estimates_and_likelihood_agree_and_ours_is_never_lower(seed, slope, reml):
    y, design, client = practice(seed)
    ours = fit_growth(
        y=y, design=design, client=client, random_column=1 if slope else None, reml=reml
    )
    other = theirs(y, design, client, slope=slope, reml=reml)
    assert ours.log_likelihood >= other.llf - 1e-7
    assert ours.log_likelihood == pytest.approx(other.llf, abs=1e-4)
    assert ours.fixed == pytest.approx(other.fe_params, rel=1e-4)
    # statsmodels inverts the observed Hessian of all parameters together, lme4 and we X'V^-1 X.
    assert ours.fixed_se == pytest.approx(other.bse_fe, rel=1e-2)
    assert ours.random_cov == pytest.approx(other.cov_re, rel=1e-2)
    assert ours.residual_variance == pytest.approx(other.scale, rel=1e-3)


@pytest.mark.slow
def test_the_clients_effects_and_their_covariance_agree():
    y, design, client = practice(4)
    ours = fit_growth(y=y, design=design, client=client, random_column=1)
    other = theirs(y, design, client, slope=True, reml=True)
    effects = np.array([other.random_effects[i] for i in range(150)])
    covariances = np.array([other.random_effects_cov[i] for i in range(150)])
    assert ours.effects == pytest.approx(effects, abs=1e-2)
    assert ours.effects_cov == pytest.approx(covariances, rel=2e-2, abs=1e-3)


@pytest.mark.slow
def test_a_third_level_agrees_with_a_variance_component():
    y, design, client = practice(5, clients=60)
    therapist = np.arange(60) // 6
    y = y + 3 * np.random.default_rng(6).standard_normal(10)[therapist[client]]
    ours = fit_growth(y=y, design=design, client=client, group=therapist)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = mixed_linear_model.MixedLM(
            y,
            design,
            groups=therapist[client],
            exog_re=design[:, [0]],
            exog_vc=_indicators_of_clients(client, therapist),
        )
        other = model.fit(method="lbfgs", gtol=1e-10, maxiter=1000)
    assert ours.log_likelihood == pytest.approx(other.llf, abs=1e-4)
    assert ours.group_variance == pytest.approx(other.cov_re[0, 0], rel=1e-2)
    assert ours.random_cov[0, 0] == pytest.approx(other.vcomp[0], rel=1e-2)


def _indicators_of_clients(client, therapist):
    """statsmodels' form of "clients within therapists": indicator columns per therapist."""
    matrices, names = [], []
    for group in np.unique(therapist):
        mine = client[therapist[client] == group]
        matrices.append((mine[:, None] == np.unique(mine)).astype(float))
        names.append([str(one) for one in np.unique(mine)])
    return mixed_linear_model.VCSpec(["client"], [names], [matrices])
