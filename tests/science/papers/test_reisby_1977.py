"""Reisby et al. (1977), Psychopharmacology 54, 263-272: 66 in-patients on imipramine.

Reference: lme4 1.1-31, depr_score ~ week + (week|subject), ML; the data set's README.
"""

import json

import numpy as np
import pytest
from growth_data import columns

from rapport.science.numerics.growth_model import fit_growth


@pytest.fixture(scope="module")
def reference(dataset):
    return json.loads(dataset("reisby", "reference_results.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def model(dataset):
    data = columns(dataset("reisby", "reisby.csv"))
    return fit_growth(
        y=data["depr_score"],
        design=np.column_stack([np.ones_like(data["week"]), data["week"]]),
        client=data["subject"],
        random_column=1,
        reml=False,
        design_names=("intercept", "week"),
    )


def test_weekly_change_and_its_error_are_the_references(model, reference):
    assert model.fixed == pytest.approx([reference["intercept"], reference["week"]], abs=5e-5)
    assert model.fixed_se[1] == pytest.approx(reference["se_week"], abs=5e-5)
    assert (model.n_observations, model.n_clients) == (reference["n"], reference["subjects"])


def test_patients_differ_in_level_and_slope_as_in_the_reference(model, reference):
    (intercept, shared), (_, week) = model.random_cov
    assert intercept == pytest.approx(reference["var_int"], abs=1e-3)
    assert week == pytest.approx(reference["var_week"], abs=1e-3)
    assert shared / np.sqrt(intercept * week) == pytest.approx(reference["corr"], abs=5e-3)
    assert model.residual_variance == pytest.approx(reference["var_resid"], abs=1e-3)


def test_the_log_likelihood_is_the_references(model, reference):
    assert model.log_likelihood == pytest.approx(reference["logLik"], abs=0.05)
