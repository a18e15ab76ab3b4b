"""lme4's fits of MathAchieve (oracle within_between_mathachieve): any design, any slope column."""

import numpy as np
import pytest

from rapport.science.numerics.growth_model import fit_growth

COLUMNS = {
    "null": [],
    "within_between": ["SES_w", "SES_b"],
    "within_between_random_slope": ["SES_w", "SES_b"],
    "uncentred": ["SES"],
    "mundlak": ["SES", "SES_b"],
}
WITH_VARIANCES = ["null", "within_between", "within_between_random_slope"]


@pytest.fixture(scope="module")
def pupils(oracle):
    data = oracle("within_between_mathachieve")["input"]["data"]
    school, ses = np.array(data["School"]), np.array(data["SES"])
    _, code = np.unique(school, return_inverse=True)
    between = (np.bincount(code, ses) / np.bincount(code))[code]
    columns = {"SES": ses, "SES_b": between, "SES_w": ses - between}
    return school, np.array(data["MathAch"]), columns


@pytest.fixture(scope="module")
def fitted_and_reference(request, pupils, oracle):
    school, score, columns = pupils
    names = COLUMNS[request.param]
    model = fit_growth(
        y=score,
        design=np.column_stack([np.ones_like(score), *(columns[name] for name in names)]),
        client=school,
        random_column=1 if request.param.endswith("slope") else None,
        design_names=("(Intercept)", *names),
    )
    return model, oracle("within_between_mathachieve")["outputs"][request.param]


@pytest.mark.parametrize("fitted_and_reference", COLUMNS, indirect=True)
def test_log_likelihood_and_fixed_effects_are_lme4s(fitted_and_reference):
    model, reference = fitted_and_reference
    assert model.log_likelihood == pytest.approx(reference["logLik"], abs=1e-6)
    assert model.fixed == pytest.approx(list(reference["fixef"].values()), rel=1e-6)
    assert model.fixed_se == pytest.approx(list(reference["se"].values()), rel=1e-6)


@pytest.mark.parametrize("fitted_and_reference", WITH_VARIANCES, indirect=True)
def test_variances_and_school_effects_are_lme4s(fitted_and_reference):
    model, reference = fitted_and_reference
    assert model.theta == pytest.approx(np.atleast_1d(reference["theta"]), abs=1e-6)
    assert model.residual_variance == pytest.approx(reference["varcomp"]["vcov"][-1], rel=1e-6)
    place = {school: at for at, school in enumerate(model.client_ids)}
    schools = [place[school] for school in reference["ranef"]["grp"][:160]]
    effects, cov = model.effects[schools], model.effects_cov[schools]
    sds = np.sqrt(np.einsum("ijj->ji", cov)).ravel()
    assert effects.T.ravel() == pytest.approx(reference["ranef"]["condval"], abs=1e-5)
    assert sds == pytest.approx(reference["ranef"]["condsd"], abs=1e-5)


def test_the_between_school_share_of_variance_is_the_references(pupils, oracle):
    school, score, _ = pupils
    model = fit_growth(y=score, design=np.ones((len(score), 1)), client=school)
    between = model.random_cov[0, 0]
    icc = between / (between + model.residual_variance)
    assert icc == pytest.approx(
        oracle("within_between_mathachieve")["outputs"]["null_icc"], abs=1e-6
    )


def test_the_contextual_effect_is_the_difference_between_and_within(pupils, oracle):
    school, score, columns = pupils
    design = np.column_stack([np.ones_like(score), columns["SES_w"], columns["SES_b"]])
    model = fit_growth(y=score, design=design, client=school)
    contrast = np.array([0.0, -1.0, 1.0])
    reference = oracle("within_between_mathachieve")["outputs"][
        "contextual_effect_between_minus_within"
    ]
    assert contrast @ model.fixed == pytest.approx(reference["diff"], rel=1e-6)
    assert np.sqrt(contrast @ model.fixed_cov @ contrast) == pytest.approx(
        reference["se"], rel=1e-6
    )
