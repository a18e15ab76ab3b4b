"""Kaplan-Meier, log-rank, Cox and the discrete-time hazard against R (survival 3.5-3, glm)."""

import numpy as np
import pytest

from rapport.science.outcome.cox import fit_cox
from rapport.science.outcome.dropout import fit_dropout_hazard, person_periods
from rapport.science.outcome.survival import kaplan_meier, log_rank


@pytest.fixture(scope="module")
def lung(oracle):
    return oracle("dropout_survival_lung")


@pytest.fixture(scope="module")
def data(lung):
    return {name: np.array(values, float) for name, values in lung["input"]["data"].items()}


def test_kaplan_meier_with_greenwood_and_median(lung, data):
    expected = lung["outputs"]["km"]
    curve = kaplan_meier(time=data["time"], event=data["event"])
    survival, standard_error = curve.at(expected["time"])
    np.testing.assert_allclose(survival, expected["surv"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(standard_error, expected["se"], rtol=0, atol=1e-9)
    assert curve.median == expected["median"]


def test_log_rank(lung, data):
    result = log_rank(time=data["time"], event=data["event"], group=data["sex"])
    assert result.chi_square == pytest.approx(lung["outputs"]["logrank"]["chisq"], abs=1e-9)


def test_cox_with_efron_s_ties(lung, data):
    expected = lung["outputs"]["cox"]
    columns = tuple(expected["coef"])
    fit = fit_cox(
        time=data["time"],
        event=data["event"],
        covariates=np.column_stack([data[name] for name in columns]),
        names=columns,
    )
    np.testing.assert_allclose(fit.coefficients, list(expected["coef"].values()), rtol=0, atol=1e-5)
    np.testing.assert_allclose(
        fit.standard_errors, list(expected["se"].values()), rtol=0, atol=1e-5
    )
    likelihoods = [fit.log_likelihood_null, fit.log_likelihood]
    assert likelihoods == pytest.approx(expected["loglik"], abs=1e-6)
    assert fit.concordance == pytest.approx(expected["concordance"], abs=1e-9)


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_discrete_time_hazard(lung, data, link):
    expected = lung["outputs"][f"discrete_{link}"]
    periods = np.minimum(np.ceil(data["time"] / 100), 10)
    ended = (data["event"] == 1) & (np.ceil(data["time"] / 100) <= 10)
    rows = person_periods(
        periods=periods,
        event=ended,
        fixed={"sex": data["sex"], "age": data["age"], "ecog": data["ph.ecog"]},
    )
    assert rows.n_rows == lung["outputs"]["n_person_periods"]
    # The tenth period has no event: its coefficient stands where glm's own rule, 1e-8, stops.
    hazard = fit_dropout_hazard(rows=rows, link=link, tolerance=1e-8)
    np.testing.assert_allclose(
        hazard.fit.coefficients, list(expected["coef"].values()), rtol=0, atol=1e-5
    )
    assert hazard.fit.deviance == pytest.approx(expected["deviance"], abs=1e-5)
    further = fit_dropout_hazard(rows=rows, link=link).fit
    finite = np.array([name != "period 10" for name in further.names])
    np.testing.assert_allclose(
        further.coefficients[finite],
        np.array(list(expected["coef"].values()))[finite],
        rtol=0,
        atol=1e-5,
    )
    assert any(note.startswith("period 10: no finite estimate") for note in further.notes)
