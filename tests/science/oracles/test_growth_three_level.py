"""lme4's nested fit of Pastes (oracle three_level_and_crossed): rating in client in therapist."""

import numpy as np
import pytest

from rapport.science.numerics.growth_model import fit_growth


@pytest.fixture(scope="module")
def pastes(oracle):
    return oracle("three_level_and_crossed")["input"]["pastes"]


@pytest.fixture(scope="module")
def reference(oracle):
    return oracle("three_level_and_crossed")["outputs"]["pastes_nested"]


@pytest.fixture(scope="module")
def model(pastes):
    return fit_growth(
        y=pastes["strength"],
        design=np.ones((60, 1)),
        client=pastes["sample"],
        group=pastes["batch"],
    )


def test_log_likelihood_and_fixed_effect_are_lme4s(model, reference):
    assert model.log_likelihood == pytest.approx(reference["logLik"], abs=1e-6)
    assert model.fixed == pytest.approx([reference["fixef"]["(Intercept)"]], rel=1e-6)
    assert model.fixed_se == pytest.approx([reference["se"]["(Intercept)"]], rel=1e-5)


def test_all_three_variances_are_lme4s(model, reference):
    ours = [model.random_cov[0, 0], model.group_variance, model.residual_variance]
    assert ours == pytest.approx(reference["varcomp"]["vcov"], rel=1e-5)
    assert model.theta == pytest.approx(reference["theta"], abs=1e-5)


def test_effects_of_both_levels_and_their_sds_are_lme4s(model, reference):
    effects = np.concatenate([model.effects[:, 0], model.group_effects])
    variances = np.concatenate([model.effects_cov[:, 0, 0], model.group_effects_var])
    assert [*model.client_ids, *model.group_ids] == reference["ranef"]["grp"]
    assert effects == pytest.approx(reference["ranef"]["condval"], abs=1e-5)
    assert np.sqrt(variances) == pytest.approx(reference["ranef"]["condsd"], abs=1e-5)


def test_groups_may_be_given_per_row_or_per_client(model, pastes):
    per_client = [pastes["batch"][row] for row in range(0, 60, 2)]
    again = fit_growth(
        y=pastes["strength"],
        design=np.ones((60, 1)),
        client=pastes["sample"],
        group=per_client,
    )
    assert again.log_likelihood == model.log_likelihood
