"""lme4's crossed fit of Penicillin (oracle three_level_and_crossed), and what is refused."""

import numpy as np
import pytest

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics.general_mixed_model import fit_crossed


@pytest.fixture(scope="module")
def model(oracle):
    data = oracle("three_level_and_crossed")["input"]["penicillin"]
    return fit_crossed(
        y=data["diameter"],
        design=np.ones((144, 1)),
        factors={"plate": data["plate"], "sample": data["sample"]},
    )


@pytest.fixture(scope="module")
def reference(oracle):
    return oracle("three_level_and_crossed")["outputs"]["penicillin_crossed"]


def test_log_likelihood_and_fixed_effect_are_lme4s(model, reference):
    assert model.log_likelihood == pytest.approx(reference["logLik"], abs=1e-6)
    assert model.fixed == pytest.approx([reference["fixef"]["(Intercept)"]], rel=1e-6)
    assert np.sqrt(model.fixed_cov[0, 0]) == pytest.approx(reference["se"]["(Intercept)"], rel=1e-5)
    assert model.converged
    assert not model.singular


def test_the_variances_are_lme4s(model, reference):
    ours = [*model.variances, model.residual_variance]
    assert ours == pytest.approx(reference["varcomp"]["vcov"], rel=1e-5)


def test_effects_of_plates_and_samples_and_their_sds_are_lme4s(model, reference):
    effects = np.concatenate([model.effects["plate"], model.effects["sample"]])
    variances = np.concatenate([model.effects_var["plate"], model.effects_var["sample"]])
    assert [*model.levels["plate"], *model.levels["sample"]] == reference["ranef"]["grp"]
    assert effects == pytest.approx(reference["ranef"]["condval"], abs=1e-5)
    assert np.sqrt(variances) == pytest.approx(reference["ranef"]["condsd"], abs=1e-5)


def test_nested_factors_give_the_nested_models_fit(oracle):
    oracles = oracle("three_level_and_crossed")
    data = oracles["input"]["pastes"]
    model = fit_crossed(
        y=data["strength"],
        design=np.ones((60, 1)),
        factors={"sample": data["sample"], "batch": data["batch"]},
    )
    expected = oracles["outputs"]["pastes_nested"]["logLik"]
    assert model.log_likelihood == pytest.approx(expected, abs=1e-6)


def test_a_factor_without_influence_is_a_singular_fit_that_says_so():
    rng = np.random.default_rng(4)
    level = np.repeat(np.arange(8), 10)
    y = 3.0 * level + np.tile([1.0, -1.0], 40) + 0.01 * rng.standard_normal(80)
    model = fit_crossed(
        y=y, design=np.ones((80, 1)), factors={"client": level, "pair": np.tile(np.arange(5), 16)}
    )
    assert model.converged
    assert model.singular
    assert model.variances[1] == 0


@pytest.mark.parametrize(
    ("factors", "error", "words"),
    [
        ({}, BadInputError, "factors is empty"),
        ({"client": [1, 2]}, BadInputError, "client has 2 ids for 6 rows"),
        ({"client": [1] * 6}, TooLittleDataError, "client has 1 level"),
        ({"client": range(6)}, TooLittleDataError, "client has 6 level"),
        ({"a": [1, 1, 2, 2, 3, 3], "b": list("xxyyzz")}, BadInputError, "divide the rows alike"),
    ],
)
def test_factors_that_cannot_be_told_apart_are_refused(factors, error, words):
    with pytest.raises(error, match=words):
        fit_crossed(y=[1, 3, 2, 5, 4, 4.0], design=np.ones((6, 1)), factors=factors)
