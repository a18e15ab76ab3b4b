"""Koopman, Zijlstra & Van der Ark (2020), Br J Math Stat Psychol 73, 213-236: autonomy support.

Reference: lme4 1.1-31, total of the seven items ~ 1 + (1|Teacher), REML; the data set's README.
"""

import json

import numpy as np
import pytest
from growth_data import columns

from rapport.science.numerics.growth_model import fit_growth

ITEMS = ("Choose", "Decide", "Task", "Listen", "Help", "Accept", "Understand")


def test_how_far_pupils_of_one_teacher_agree_is_the_references(dataset):
    reference = json.loads(dataset("autonomy_support", "reference_results.json").read_text("utf-8"))
    data = columns(dataset("autonomy_support", "autonomy_support.csv"))
    total = np.sum([data[item] for item in ITEMS], axis=0)
    model = fit_growth(y=total, design=np.ones((len(total), 1)), client=data["Teacher"])
    between = model.random_cov[0, 0]
    assert between == pytest.approx(reference["var_teacher"], abs=1e-4)
    assert model.residual_variance == pytest.approx(reference["var_resid"], abs=1e-4)
    icc = between / (between + model.residual_variance)
    assert icc == pytest.approx(reference["ICC1"], abs=5e-5)
