"""lme4's sleepstudy fits (oracle growth_sleepstudy): our optimum is theirs, to 1e-6 and beyond."""

import numpy as np
import pytest

from rapport.science.numerics.growth_model import fit_growth

SPECS = {
    "reml_slope": {"random_column": 1, "reml": True},
    "ml_slope": {"random_column": 1, "reml": False},
    "reml_intercept_only": {"random_column": None, "reml": True},
}


@pytest.fixture(scope="module", params=SPECS)
def fitted_and_reference(request, oracle):
    study = oracle("growth_sleepstudy")
    data = study["input"]["data"]
    days = np.array(data["Days"], dtype=float)
    model = fit_growth(
        y=data["Reaction"],
        design=np.column_stack([np.ones_like(days), days]),
        client=data["Subject"],
        design_names=("(Intercept)", "Days"),
        **SPECS[request.param],
    )
    return model, study["outputs"][request.param]


def test_the_log_likelihood_is_lme4s(fitted_and_reference):
    model, reference = fitted_and_reference
    assert model.log_likelihood == pytest.approx(reference["logLik"], abs=1e-6)
    assert model.converged
    assert not model.singular


def test_the_fixed_effects_and_their_covariance_are_lme4s(fitted_and_reference):
    model, reference = fitted_and_reference
    expected = [reference["fixef"][name] for name in model.fixed_names]
    assert model.fixed == pytest.approx(expected, rel=1e-6)
    assert model.fixed_se == pytest.approx(list(reference["se"].values()), rel=1e-5)
    assert model.fixed_cov == pytest.approx(np.array(reference["vcov_fixef"]), rel=1e-5)


def test_the_variance_components_and_theta_are_lme4s(fitted_and_reference):
    model, reference = fitted_and_reference
    components = reference["varcomp"]["vcov"]
    ours = [*np.diag(model.random_cov), *model.random_cov[np.triu_indices(model.n_random, 1)]]
    assert ours == pytest.approx(components[:-1], rel=1e-5)
    assert model.residual_variance == pytest.approx(components[-1], rel=1e-6)
    assert model.theta == pytest.approx(np.atleast_1d(reference["theta"]), abs=1e-6)


def test_each_subjects_effects_and_their_sds_are_lme4s(fitted_and_reference):
    model, reference = fitted_and_reference
    sds = np.sqrt(np.einsum("ijj->ji", model.effects_cov)).ravel()
    assert list(model.client_ids) * model.n_random == reference["ranef"]["grp"]
    assert model.effects.T.ravel() == pytest.approx(reference["ranef"]["condval"], abs=1e-4)
    assert sds == pytest.approx(reference["ranef"]["condsd"], abs=1e-5)
