"""Bayesian online change-point detection of the Nile against R's ocp (Adams & MacKay 2007)."""

import numpy as np
import pytest

from rapport.science.alliance.change_points import (
    LevelPrior,
    online_change,
    run_length_posterior,
)
from rapport.science.records.courses import courses_from_rows

WITHIN = 1e-6


@pytest.fixture(scope="module")
def known(oracle):
    return oracle("bocpd_nile")


@pytest.fixture(scope="module")
def course(known):
    data = known["input"]["data"]
    return courses_from_rows(client=["Nile"] * len(data), session=range(1, 101), score=data)


@pytest.fixture(scope="module")
def settings(known):
    prior, hazard = known["input"]["prior"], 1 / known["input"]["hazard_lambda"]
    level = LevelPrior(mean=prior["m"], weight=prior["k"], shape=prior["a"], rate=prior["b"])
    return {"prior": level, "hazard": hazard}


def test_the_most_probable_run_length_after_each_year(known, course, settings):
    found = online_change(courses=course, **settings)
    assert found.run_length.tolist() == known["outputs"]["map_runlength"][1:]


def test_the_whole_posterior_after_the_last_year(known, course, settings):
    posterior = run_length_posterior(courses=course, **settings)
    np.testing.assert_allclose(posterior, known["outputs"]["last_column"], atol=WITHIN, rtol=0)


def test_the_present_level_most_probably_began_in_year_29(known, course, settings):
    posterior = run_length_posterior(courses=course, **settings)
    began = len(posterior) - int(posterior.argmax())
    assert began == known["outputs"]["changepoint_lists"]["colmaxes"][0][1]
