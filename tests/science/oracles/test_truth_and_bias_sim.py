"""Truth-and-bias models (West & Kenny 2011) against lme4::lmer, REML."""

import numpy as np
import pytest

from rapport.science.alliance.agreement import truth_and_bias
from rapport.science.records.courses import courses_from_rows

LMER_NAMES = {
    "within_between": {"(Intercept)": "bias", "Tw": "tracking", "Tb": "between", "s": "time"},
    "classic": {"(Intercept)": "bias", "Tm": "tracking"},
    "three_level": {"(Intercept)": "bias", "Tw": "tracking", "Tb": "between"},
}


@pytest.fixture(scope="module")
def known(oracle):
    return oracle("truth_and_bias_sim")


@pytest.fixture(scope="module")
def fitted(known):
    data = known["input"]["data"]
    dyad, session = data["dyad"], data["session"]
    client = courses_from_rows(client=dyad, session=session, score=data["client"])
    therapist = courses_from_rows(client=dyad, session=session, score=data["ther"])
    first = np.unique(dyad, return_index=True)[1]
    ids = np.array(data["therapist"])[first]
    return {
        form: truth_and_bias(client=client, therapist=therapist, form=form, therapist_id=ids)
        for form in LMER_NAMES
    }


@pytest.mark.parametrize("form", LMER_NAMES)
def test_fixed_effects_and_their_errors(known, fitted, form):
    expected, within = known["outputs"][form], known["tolerance"]["fixef_abs"]
    for lmer, name in LMER_NAMES[form].items():
        estimate = getattr(fitted[form], name)
        assert estimate.value == pytest.approx(expected["fixef"][lmer], abs=within)
        assert estimate.standard_error == pytest.approx(expected["se"][lmer], abs=within)


@pytest.mark.parametrize("form", LMER_NAMES)
def test_restricted_log_likelihood(known, fitted, form):
    expected, within = known["outputs"][form]["logLik"], known["tolerance"]["logLik"]
    assert fitted[form].log_likelihood == pytest.approx(expected, abs=within)


@pytest.mark.parametrize("form", LMER_NAMES)
def test_spreads_between_pairs_and_therapists(known, fitted, form):
    table = known["outputs"][form]["varcomp"]
    spread = {
        (group, name): sd
        for group, name, second, sd in zip(
            table["grp"], table["var1"], table["var2"], table["sdcor"], strict=True
        )
        if second is None
    }
    found = fitted[form]
    dyad = "dyad:therapist" if form == "three_level" else "dyad"
    assert found.bias_sd == pytest.approx(spread[dyad, "(Intercept)"], abs=1e-3)
    assert found.residual_sd == pytest.approx(spread["Residual", None], abs=1e-3)
    if form == "three_level":
        assert found.therapist_sd == pytest.approx(spread["therapist", "(Intercept)"], abs=1e-3)
    else:
        slope = "Tw" if form == "within_between" else "Tm"
        assert found.tracking_sd == pytest.approx(spread["dyad", slope], abs=1e-3)
