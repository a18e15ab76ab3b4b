"""Proudfoot et al. (2003), Psychological Medicine 33(2), 217-227: Beat the Blues, BDI-II.

Reference: lme4 1.1-31, bdi ~ pre + month + treatment + drug + length + (1|id), ML, rows after
month 0 with a BDI-II; the data set's README.
"""

import json

import numpy as np
import pytest
from growth_data import columns

from rapport.science.numerics.growth_model import fit_growth

NAMES = ("intercept", "pre", "month", "BtheB", "drugYes", "length>6m")


@pytest.fixture(scope="module")
def reference(dataset):
    return json.loads(dataset("btheb", "reference_results.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def trial(dataset):
    data = columns(dataset("btheb", "btheb_long.csv"))
    pre = dict(zip(data["id"][data["month"] == 0], data["bdi"][data["month"] == 0], strict=True))
    design = [
        np.ones(500),
        [pre[i] for i in data["id"]],
        data["month"],
        data["treatment"] == "BtheB",
        data["drug"] == "Yes",
        data["length"] == ">6m",
    ]
    after = data["month"] > 0
    return data["bdi"][after], np.column_stack(design).astype(float)[after], data["id"][after]


def fitted(trial, **options):
    y, design, client = trial
    return fit_growth(y=y, design=design, client=client, reml=False, design_names=NAMES, **options)


def test_patients_left_the_study_as_reported(dataset, reference):
    data = columns(dataset("btheb", "btheb_long.csv"))
    for month, n in reference["n_by_month"].items():
        assert np.isfinite(data["bdi"][data["month"] == float(month)]).sum() == n


def test_treatment_effect_and_covariates_are_the_references(trial, reference):
    model = fitted(trial)
    expected = [reference["coef"][name] for name in NAMES]
    ses = dict(zip(NAMES, model.fixed_se, strict=True))
    assert model.fixed == pytest.approx(expected, abs=2e-6)
    assert ses["BtheB"] == pytest.approx(reference["se"]["BtheB"], abs=2e-6)
    assert ses["month"] == pytest.approx(reference["se"]["month"], abs=2e-6)


def test_sds_and_log_likelihood_are_the_references(trial, reference):
    model = fitted(trial)
    assert np.sqrt(model.random_cov[0, 0]) == pytest.approx(reference["sd_id"], abs=1e-4)
    assert np.sqrt(model.residual_variance) == pytest.approx(reference["sd_resid"], abs=1e-4)
    assert model.log_likelihood == pytest.approx(reference["logLik"], abs=5e-4)


def test_a_random_slope_of_month_is_no_worse_and_returns(trial, reference):
    model = fitted(trial, random_column=2)
    assert model.converged
    assert model.log_likelihood == pytest.approx(reference["with_random_month_logLik"], abs=1e-4)
