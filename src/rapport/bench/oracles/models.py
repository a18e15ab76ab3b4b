"""Oracles of mixed models: growth, three levels, crossed, within and between."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.bench.oracles.compare import (
    Difference,
    KnownDifference,
    Oracle,
    Pair,
    Recipe,
    absolute,
    relative,
)
from rapport.science.numerics.general_mixed_model import fit_autoregressive, fit_crossed
from rapport.science.numerics.growth_model import GrowthModel, fit_growth

FloatArray = NDArray[np.float64]


def _growth(oracle: Oracle) -> list[Difference | KnownDifference]:
    data = oracle.given["data"]
    days = np.array(data["Days"], dtype=float)
    table: dict[str, Any] = {
        "y": np.array(data["Reaction"]),
        "design": np.column_stack([np.ones_like(days), days]),
        "client": np.array(data["Subject"]),
    }
    fits = {
        "reml_slope": fit_growth(**table, random_column=1),
        "ml_slope": fit_growth(**table, random_column=1, reml=False),
        "reml_intercept_only": fit_growth(**table),
    }
    expected = {name: oracle.outputs[name] for name in fits}
    effects: list[Pair] = []
    for name, fit in fits.items():
        ranef = expected[name]["ranef"]
        sds = np.sqrt(np.einsum("ijj->ji", fit.effects_cov))
        effects += [(fit.effects.T, ranef["condval"]), (sds, ranef["condsd"])]
    return [
        *_likelihood_and_fixed(oracle, fits, expected),
        relative(
            "all variances, covariances and theta",
            oracle.tolerance["varcomp_rel"],
            *(pair for name, fit in fits.items() for pair in _variances(fit, expected[name])),
        ),
        absolute("each client's effects and their SDs", oracle.tolerance["ranef_abs"], *effects),
        _carry_over(oracle, table, days),
    ]


def _likelihood_and_fixed(
    oracle: Oracle, fits: dict[str, GrowthModel], expected: dict[str, Any]
) -> list[Difference]:
    likelihoods = [(fit.log_likelihood, expected[name]["logLik"]) for name, fit in fits.items()]
    fixed: list[Pair] = []
    for name, fit in fits.items():
        fixed.append((fit.fixed, list(expected[name]["fixef"].values())))
        fixed.append((fit.fixed_se, list(expected[name]["se"].values())))
    return [
        absolute("log likelihood", oracle.tolerance["logLik"], *likelihoods),
        relative("fixed effects and standard errors", _fixed_tolerance(oracle), *fixed),
    ]


def _fixed_tolerance(oracle: Oracle) -> float:
    """Where the oracle states none for fixed effects: that of its variances."""
    stated = oracle.tolerance.get("fixef_rel", oracle.tolerance["varcomp_rel"])
    return float(stated)


def _variances(fit: GrowthModel, expected: Any) -> list[Pair]:
    off_diagonal = fit.random_cov[np.triu_indices(fit.n_random, 1)]
    groups = [fit.group_variance] if fit.group_variance is not None else []
    ours = [*np.diag(fit.random_cov), *off_diagonal, *groups, fit.residual_variance]
    return [(ours, expected["varcomp"]["vcov"]), (fit.theta, np.atleast_1d(expected["theta"]))]


def _carry_over(oracle: Oracle, table: dict[str, Any], days: FloatArray) -> KnownDifference:
    ours = fit_autoregressive(**table, time=days, random_column=1)
    theirs = oracle.outputs["reml_slope_ar1"]
    return KnownDifference(
        quantity="corAR1 of nlme: log likelihood (phi)",
        ours=f"{ours.log_likelihood:.4f} ({ours.phi:.4f})",
        theirs=f"{theirs['logLik']:.4f} ({theirs['phi']:.4f})",
        why="level and slope are perfectly correlated at the optimum, a boundary that nlme cannot "
        "reach; the higher likelihood is the better fit (test_growth_autoregressive.py)",
    )


def _three_level(oracle: Oracle) -> list[Difference]:
    pastes, penicillin = oracle.given["pastes"], oracle.given["penicillin"]
    nested = fit_growth(
        y=pastes["strength"],
        design=np.ones((len(pastes["strength"]), 1)),
        client=pastes["sample"],
        group=pastes["batch"],
    )
    crossed = fit_crossed(
        y=penicillin["diameter"],
        design=np.ones((len(penicillin["diameter"]), 1)),
        factors={"plate": penicillin["plate"], "sample": penicillin["sample"]},
    )
    first, second = oracle.outputs["pastes_nested"], oracle.outputs["penicillin_crossed"]
    likelihoods = (
        (nested.log_likelihood, first["logLik"]),
        (crossed.log_likelihood, second["logLik"]),
    )
    rest: list[Pair] = [
        (nested.fixed, list(first["fixef"].values())),
        (nested.fixed_se, list(first["se"].values())),
        (crossed.fixed, list(second["fixef"].values())),
        (np.sqrt(np.diag(crossed.fixed_cov)), list(second["se"].values())),
        *_variances(nested, first),
        ([*crossed.variances, crossed.residual_variance], second["varcomp"]["vcov"]),
    ]
    effects: list[Pair] = [
        (_joined(nested.effects[:, 0], nested.group_effects), first["ranef"]["condval"]),
        (_joined(*crossed.effects.values()), second["ranef"]["condval"]),
    ]
    within = oracle.tolerance
    return [
        absolute("restricted log likelihood", within["logLik"], *likelihoods),
        relative("fixed effects and errors, variances", within["varcomp_rel"], *rest),
        absolute("effects of batches, samples and plates", within["logLik"], *effects),
    ]


def _joined(*parts: ArrayLike | None) -> FloatArray:
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])


SCHOOL_COLUMNS: dict[str, list[str]] = {
    "null": [],
    "within_between": ["SES_w", "SES_b"],
    "within_between_random_slope": ["SES_w", "SES_b"],
    "uncentred": ["SES"],
    "mundlak": ["SES", "SES_b"],
}


def _within_between(oracle: Oracle) -> list[Difference]:
    fits = _school_fits(oracle.given["data"])
    expected = {name: oracle.outputs[name] for name in fits}
    with_variances = [name for name in fits if "varcomp" in expected[name]]
    variances = [pair for name in with_variances for pair in _variances(fits[name], expected[name])]
    null, contrast = fits["null"], np.array([0.0, -1.0, 1.0])
    between = null.random_cov[0, 0]
    share = between / (between + null.residual_variance)
    context = oracle.outputs["contextual_effect_between_minus_within"]
    model = fits["within_between"]
    effect = [contrast @ model.fixed, np.sqrt(contrast @ model.fixed_cov @ contrast)]
    return [
        *_likelihood_and_fixed(oracle, fits, expected),
        relative(
            "contextual effect and its error",
            oracle.tolerance["fixef_rel"],
            (effect, [context["diff"], context["se"]]),
        ),
        relative(
            "variances, theta, share between schools",
            oracle.tolerance["varcomp_rel"],
            *variances,
            (share, oracle.outputs["null_icc"]),
        ),
    ]


def _school_fits(data: Any) -> dict[str, GrowthModel]:
    school, ses = np.array(data["School"]), np.array(data["SES"])
    _, code = np.unique(school, return_inverse=True)
    between = (np.bincount(code, ses) / np.bincount(code))[code]
    columns = {"SES": ses, "SES_b": between, "SES_w": ses - between}
    return {
        name: fit_growth(
            y=np.array(data["MathAch"]),
            design=np.column_stack([np.ones_like(ses), *(columns[one] for one in chosen)]),
            client=school,
            random_column=1 if name.endswith("slope") else None,
        )
        for name, chosen in SCHOOL_COLUMNS.items()
    }


MODELS = {
    "growth_sleepstudy": Recipe(
        formula="Reaction ~ Days + (Days | Subject), REML and ML; Reaction ~ Days + (1 | Subject)",
        compare=_growth,
    ),
    "three_level_and_crossed": Recipe(
        formula="strength ~ 1 + (1 | batch/sample); diameter ~ 1 + (1 | plate) + (1 | sample)",
        compare=_three_level,
    ),
    "within_between_mathachieve": Recipe(
        formula="MathAch ~ 1; ~ SES_w + SES_b; ~ SES; ~ SES + SES_b: each + (1 | School); "
        "~ SES_w + SES_b + (SES_w | School)",
        compare=_within_between,
    ),
}
