"""Oracles of prediction: discrimination, calibration, neighbours, intervals, drop-out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rapport.bench.oracles.compare import (
    Difference,
    KnownDifference,
    Oracle,
    Pair,
    Recipe,
    absolute,
    exact,
)
from rapport.science.numerics.calibration import calibration, reliability_bins
from rapport.science.numerics.conformal import split_conformal
from rapport.science.numerics.discrimination import auc, auc_difference, youden_point
from rapport.science.numerics.isotonic import fit_isotonic
from rapport.science.numerics.logistic import TOLERANCE, fit_binomial
from rapport.science.outcome.cox import fit_cox
from rapport.science.outcome.dropout import fit_dropout_hazard, person_periods
from rapport.science.outcome.neighbours import neighbour_response
from rapport.science.outcome.survival import kaplan_meier, log_rank

FloatArray = NDArray[np.float64]
GLM_STOPS = 1e-8  # R's glm: relative change of the deviance; its last digits stand there


def _auc(oracle: Oracle) -> list[Difference]:
    data = {name: np.array(column, float) for name, column in oracle.given["data"].items()}
    within = oracle.tolerance
    areas, intervals = _areas(oracle, data)
    coefficients, scores = _logistic(oracle, data)
    return [
        absolute("AUC, DeLong variance, Youden's point", within["auc"], *areas),
        absolute("DeLong intervals and paired test", within["ci"], *intervals),
        absolute("logistic model; calibration slope and intercept", within["coef"], *coefficients),
        absolute("Brier score, log loss, five bins", within["auc"], *scores),
    ]


def _areas(oracle: Oracle, data: dict[str, FloatArray]) -> tuple[list[Pair], list[Pair]]:
    areas: list[Pair] = []
    intervals: list[Pair] = []
    for marker in ("s100b", "wfns"):
        expected = oracle.outputs[marker]
        ours = auc(outcome=data["y"], prediction=data[marker])
        point = youden_point(outcome=data["y"], prediction=data[marker])
        areas += [(ours.auc, expected["auc"]), (ours.variance, expected["var_delong"])]
        areas += [(getattr(point, name), value) for name, value in expected["youden"].items()]
        intervals.append(([ours.lower, ours.upper], expected["ci_delong"][::2]))
    test = auc_difference(outcome=data["y"], first=data["s100b"], second=data["wfns"])
    expected = oracle.outputs["delong_test"]
    return areas, [*intervals, (test.z, expected["Z"]), (test.p, expected["p"])]


def _logistic(oracle: Oracle, data: dict[str, FloatArray]) -> tuple[list[Pair], list[Pair]]:
    y, expected, bins = data["y"], oracle.outputs["logit"], oracle.outputs["bins5"]
    design = np.column_stack([np.ones(len(y)), data["s100b"], data["age"], data["wfns"]])
    model = fit_binomial(y=y, design=design)
    as_glm = fit_binomial(y=y, design=design, tolerance=GLM_STOPS)
    own = calibration(outcome=y, probability=model.fitted)
    shifted = calibration(outcome=y, probability=np.array(oracle.given["miscalibrated_p"]))
    theirs = oracle.outputs["miscalibrated"]
    binned = reliability_bins(outcome=y, probability=model.fitted, bins=5)
    coefficients: list[Pair] = [
        (model.coefficients, list(expected["coef"].values())),
        (as_glm.standard_errors, list(expected["se"].values())),
        (model.fitted, expected["p"]),
        ([shifted.slope, shifted.intercept], [theirs["slope"], theirs["intercept_given_slope1"]]),
    ]
    return coefficients, [
        ([own.brier, own.brier_scaled], [expected["brier"], expected["brier_scaled"]]),
        ([own.log_loss, shifted.brier], [expected["logloss"], theirs["brier"]]),
        (shifted.observed_minus_expected, theirs["citl_observed_minus_expected"]),
        (binned.n, bins["n"]),
        (binned.predicted, bins["mean_p"]),
        (binned.observed, bins["obs"]),
    ]


def _isotonic(oracle: Oracle) -> list[Difference]:
    given, expected = oracle.given, oracle.outputs
    ours = fit_isotonic(probability=given["p"], outcome=given["y"])
    pairs = (
        (ours.fitted, expected["fitted"]),
        (ours.recalibrate(given["grid"]), expected["grid"]),
        (ours.brier_before, expected["brier_before"]),
        (ours.brier_after, expected["brier_after"]),
    )
    within = oracle.tolerance["abs"]
    return [absolute("fit, 21 new values, Brier before and after", within, *pairs)]


def _neighbours(oracle: Oracle) -> list[Difference]:
    given, expected = oracle.given, oracle.outputs
    scores, n = np.array(given["scores"]), given["n_query"]
    ours = neighbour_response(reference=scores[n:], query=scores[:n], k=given["k"])
    pairs = (
        (ours.distance, expected["distance"]),
        (ours.mean, expected["mean_curve"]),
        (ours.median, expected["median_curve"]),
        (ours.quantiles[0], expected["q05"]),
        (ours.quantiles[1], expected["q95"]),
    )
    theirs = np.ravel(expected["neighbour_index_in_reference"]).tolist()
    return [
        exact("neighbours in their order", (ours.neighbours.ravel().tolist(), theirs)),
        absolute("distances; mean, median, 5 % and 95 % course", oracle.tolerance["abs"], *pairs),
    ]


def _line(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    a, b = np.linalg.lstsq(np.column_stack([np.ones_like(x), x]), y, rcond=None)[0]
    return float(a), float(b)


def _conformal(oracle: Oracle) -> list[Difference]:
    given, expected = oracle.given, oracle.outputs
    x, y = np.array(given["x"]), np.array(given["y"])
    train, held, new = (slice(*given[part]) for part in ("train", "calibration", "test"))
    a, b = _line(x[train], y[train])
    c, d = _line(x[train], np.abs(y[train] - a - b * x[train]))
    spread = np.maximum(c + d * x, 0.05)
    pairs: list[Pair] = [([b, a], expected["coef"])]
    for width, suffix in ((np.ones_like(x), ""), (spread, "_normalised")):
        made = split_conformal(
            observed=y[held],
            predicted=a + b * x[held],
            prediction=a + b * x[new],
            level=1 - given["alpha"],
            spread=width[held],
            prediction_spread=width[new],
        )
        covered = np.mean((made.lower <= y[new]) & (y[new] <= made.upper))
        pairs += [
            (made.quantile, expected[f"q{suffix}"]),
            (np.column_stack([made.lower, made.upper]), expected[f"interval{suffix}"]),
            (covered, expected[f"coverage_test{suffix}"]),
        ]
    return [
        absolute("line, quantiles, 60 intervals, coverage", oracle.tolerance["abs"], *pairs),
        exact("rank of the quantile", ([made.rank], [expected["k"]])),
    ]


def _dropout(oracle: Oracle) -> list[Difference | KnownDifference]:
    data = {name: np.array(column, float) for name, column in oracle.given["data"].items()}
    within = oracle.tolerance["coef"]
    hazards = {link: _hazard(data, link, GLM_STOPS) for link in ("logit", "cloglog")}
    pairs: list[Pair] = []
    for link, hazard in hazards.items():
        expected = oracle.outputs[f"discrete_{link}"]
        pairs.append((hazard.fit.coefficients, list(expected["coef"].values())))
        pairs.append((hazard.fit.deviance, expected["deviance"]))
    last = oracle.outputs["discrete_logit"]["coef"]["factor(j)10"]
    notes = _hazard(data, "logit", TOLERANCE).fit.notes
    return [
        absolute(
            "Kaplan-Meier, Greenwood errors, median, log-rank", within, *_survival(oracle, data)
        ),
        absolute(
            "Cox: coefficients, errors, likelihoods, concordance", within, *_cox(oracle, data)
        ),
        absolute("hazard by period: coefficients, deviances", within, *pairs),
        KnownDifference(
            quantity="coefficient of period 10, logit",
            ours="; ".join(note for note in notes if note.startswith("period 10:")),
            theirs=f"{last:.2f}",
            why="period 10 has no event: glm's number is where its rule (1e-8) stopped; stopped "
            "there ours is the same (row above), carried on it has no end",
        ),
    ]


def _survival(oracle: Oracle, data: dict[str, FloatArray]) -> list[Pair]:
    expected = oracle.outputs["km"]
    curve = kaplan_meier(time=data["time"], event=data["event"])
    survival, standard_error = curve.at(expected["time"])
    test = log_rank(time=data["time"], event=data["event"], group=data["sex"])
    return [
        (survival, expected["surv"]),
        (standard_error, expected["se"]),
        (curve.median, expected["median"]),
        (test.chi_square, oracle.outputs["logrank"]["chisq"]),
    ]


def _cox(oracle: Oracle, data: dict[str, FloatArray]) -> list[Pair]:
    expected = oracle.outputs["cox"]
    names = tuple(expected["coef"])
    fit = fit_cox(
        time=data["time"],
        event=data["event"],
        covariates=np.column_stack([data[name] for name in names]),
        names=names,
    )
    return [
        (fit.coefficients, list(expected["coef"].values())),
        (fit.standard_errors, list(expected["se"].values())),
        ([fit.log_likelihood_null, fit.log_likelihood], expected["loglik"]),
        (fit.concordance, expected["concordance"]),
    ]


def _hazard(data: dict[str, FloatArray], link: Any, tolerance: float) -> Any:
    hundreds = np.ceil(data["time"] / 100)
    rows = person_periods(
        periods=np.minimum(hundreds, 10),
        event=(data["event"] == 1) & (hundreds <= 10),
        fixed={"sex": data["sex"], "age": data["age"], "ecog": data["ph.ecog"]},
    )
    return fit_dropout_hazard(rows=rows, link=link, tolerance=tolerance)


PREDICTION = {
    "auc_calibration_asah": Recipe(
        formula="y ~ s100b + age + wfns, logistic; DeLong; Youden; logit(p) recalibrated",
        compare=_auc,
    ),
    "isotonic_calibration": Recipe(formula="pool adjacent violators", compare=_isotonic),
    "nearest_neighbour_etr": Recipe(
        formula="15 nearest by the first three scores, standardised, Euclidean",
        compare=_neighbours,
    ),
    "conformal_split": Recipe(
        formula="y ~ x; k = ceil((m + 1)(1 - .1)); plain, and residuals / (|residual| ~ x)",
        compare=_conformal,
    ),
    "dropout_survival_lung": Recipe(
        formula="Surv(time, event) ~ age + sex + ph.ecog (Efron); event ~ period + sex + age + "
        "ecog, logit and cloglog",
        compare=_dropout,
    ),
}
