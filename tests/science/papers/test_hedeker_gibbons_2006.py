"""Hedeker & Gibbons (2006), Longitudinal Data Analysis: NIMH schizophrenia study, 437 patients.

Reference: lme4 1.1-31, imps79 ~ TxDrug * SqrtWeek + (SqrtWeek|id), ML; the data set's README.
"""

import json

import numpy as np
import pytest
from growth_data import columns

from rapport.science.numerics.growth_model import fit_growth

NAMES = ("intercept", "TxDrug", "SqrtWeek", "TxDrug:SqrtWeek")


@pytest.fixture(scope="module")
def reference(dataset):
    return json.loads(dataset("nimh_schizophrenia", "reference_results.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def study(dataset):
    data = columns(dataset("nimh_schizophrenia", "nimh_schizophrenia.csv"))
    drug, week = data["TxDrug"], data["SqrtWeek"]
    design = np.column_stack([np.ones_like(week), drug, week, drug * week])
    return {"y": data["imps79"], "design": design, "client": data["id"]}


@pytest.fixture(scope="module")
def model(study):
    return fit_growth(**study, random_column=2, reml=False, design_names=NAMES)


def test_the_drug_slows_illness_down_by_the_references_amount(model, reference):
    assert model.fixed == pytest.approx([reference["coef"][name] for name in NAMES], abs=2e-6)
    assert model.fixed_se == pytest.approx([reference["se"][name] for name in NAMES], abs=2e-6)


def test_patients_differ_as_in_the_reference(model, reference):
    (intercept, shared), (_, slope) = model.random_cov
    variances = reference["var"]
    # Not to all printed digits: lme4's default optimiser stops a little early (see the last test).
    assert intercept == pytest.approx(variances["intercept"], rel=1e-3)
    assert slope == pytest.approx(variances["SqrtWeek"], rel=1e-3)
    assert shared / np.sqrt(intercept * slope) == pytest.approx(variances["corr"], abs=5e-3)
    assert model.residual_variance == pytest.approx(variances["resid"], rel=1e-4)


def test_likelihood_and_counts_are_the_references(model, reference):
    assert model.log_likelihood == pytest.approx(reference["logLik"], abs=0.05)
    assert (model.n_observations, model.n_clients) == (reference["n"], reference["subjects"])


def test_the_references_variances_are_less_likely_than_ours(study, model, reference):
    y, design, client = study["y"], study["design"], study["client"]
    variances = reference["var"]
    sds = np.sqrt([variances["intercept"], variances["SqrtWeek"]])
    correlation = np.array([[1, variances["corr"]], [variances["corr"], 1]])
    theirs = np.outer(sds, sds) * correlation
    fixed = [reference["coef"][name] for name in NAMES]

    def log_likelihood(covariance, residual, coefficients):
        total = 0.0
        for one in np.unique(client):
            z = design[client == one][:, [0, 2]]
            off = (y - design @ coefficients)[client == one]
            v = z @ covariance @ z.T + residual * np.eye(len(z))
            log_det = np.linalg.slogdet(2 * np.pi * v)[1]
            total -= (log_det + off @ np.linalg.solve(v, off)) / 2
        return total

    ours = log_likelihood(model.random_cov, model.residual_variance, model.fixed)
    assert ours == pytest.approx(model.log_likelihood, abs=1e-7)
    assert ours > log_likelihood(theirs, variances["resid"], fixed)
