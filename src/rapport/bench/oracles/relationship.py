"""Oracles of the relationship: episodes, charts, change points, two views."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rapport.bench.oracles.compare import (
    Difference,
    KnownDifference,
    Oracle,
    Recipe,
    absolute,
    exact,
)
from rapport.science.alliance.agreement import Form, TruthAndBias, truth_and_bias
from rapport.science.alliance.change_points import (
    LevelPrior,
    level_breaks,
    online_change,
    run_length_posterior,
)
from rapport.science.alliance.control_charts import cusum_chart, ewma_chart, individuals_chart
from rapport.science.alliance.episodes import STATUSES, Episodes, find_episodes
from rapport.science.alliance.spread import client_sds, pooled_within_sd
from rapport.science.records.courses import Courses, courses_from_rows

EPISODE_SETTINGS: dict[str, dict[str, Any]] = {
    "c1_w1_m3_half": {"criterion": 1, "window": 1, "horizon": 3, "repair_share": 0.5},
    "c2_w1_m3_half": {"criterion": 2, "window": 1, "horizon": 3, "repair_share": 0.5},
    "c1_w3_m3_full": {"criterion": 1, "window": 3, "horizon": 3, "repair_share": 1.0},
}
NUMBERS = ("reference", "drop", "nadir")


def _single_course(scores: Sequence[float]) -> Courses:
    n = len(scores)
    return courses_from_rows(client=["one"] * n, session=range(1, n + 1), score=scores)


def _rupture_repair(oracle: Oracle) -> list[Difference]:
    courses = _courses_of(oracle.given["ratings"])
    expected, within = oracle.outputs, oracle.tolerance["abs"]
    numbers, events = [], []
    for name, settings in EPISODE_SETTINGS.items():
        found = find_episodes(courses=courses, **settings)
        ours, theirs = _episode_rows(found), _expected_rows(expected[name])
        events.append(([row[0] for row in ours], [row[0] for row in theirs]))
        numbers.append(([row[1] for row in ours], [row[1] for row in theirs]))
    spreads = (
        ([pooled_within_sd(courses)], [expected["pooled_within_sd"]]),
        (client_sds(courses), np.array(expected["client_sd"], dtype=float)),
        (find_episodes(courses=courses).sd_used, np.array(expected["S"], dtype=float)),
    )
    return [
        absolute("pooled, own and used within-client SD", within, *spreads),
        exact("client, start, status, repair, full or not of every episode", *events),
        absolute("reference, drop and lowest rating of every episode", within, *numbers),
    ]


def _courses_of(ratings: Sequence[Sequence[float | None]]) -> Courses:
    rows = [
        (client, session + 1, np.nan if score is None else score)
        for client, course in enumerate(ratings)
        for session, score in enumerate(course)
    ]
    client, session, score = zip(*rows, strict=True)
    return courses_from_rows(client=client, session=session, score=score)


def _episode_rows(found: Episodes) -> list[tuple[tuple[Any, ...], tuple[float, ...]]]:
    rows: list[tuple[tuple[Any, ...], tuple[float, ...]]] = []
    for i, client in enumerate(found.client_index):
        repair = None if np.isnan(found.repair[i]) else float(found.repair[i])
        status = STATUSES[found.status[i]]
        event = (int(client), float(found.start[i]), status, repair, bool(found.full[i]))
        rows.append((event, (found.reference[i], found.drop[i], found.nadir_score[i])))
    return rows


def _expected_rows(by_client: Any) -> list[tuple[tuple[Any, ...], tuple[float, ...]]]:
    return [
        (
            (client, one["start"], one["status"], one["repair_session"], one["full"]),
            tuple(one[name] for name in NUMBERS),
        )
        for client, episodes in enumerate(by_client)
        for one in episodes
    ]


def _control_charts(oracle: Oracle) -> list[Difference]:
    args, expected, within = oracle.given["args"], oracle.outputs, oracle.tolerance["abs"]
    course, baseline = _single_course(oracle.given["data"]), len(oracle.given["baseline"])
    single = individuals_chart(
        courses=course, baseline=baseline, width=args["L_xmr"], d2=args["d2"]
    )
    ewma = ewma_chart(
        courses=course, baseline=baseline, weight=args["lambda"], width=args["L_ewma"]
    )
    cusum = cusum_chart(
        courses=course, baseline=baseline, allowance=args["k_sigma"], limit=args["h_sigma"]
    )
    limits = (
        (single.center, [expected["mu0"]]),
        (single.sigma, [expected["sigma"]]),
        (single.lower[-1], expected["xmr_LCL"]),
        (single.upper[-1], expected["xmr_UCL"]),
        (ewma.statistic, expected["ewma"]),
        ((ewma.upper - ewma.lower) / 2, expected["ewma_halfwidth"]),
        (cusum.statistic, expected["cusum_low"]),
    )
    charts = ((single, "xmr_below"), (ewma, "ewma_below"), (cusum, "cusum_signal"))
    signals = [(chart.session[chart.signal].tolist(), expected[name]) for chart, name in charts]
    return [
        absolute("centre, sigma, limits and statistics of three charts", within, *limits),
        exact("sessions that signal", *signals),
    ]


def _bocpd(oracle: Oracle) -> list[Difference]:
    given, expected = oracle.given, oracle.outputs
    prior = given["prior"]
    level = LevelPrior(mean=prior["m"], weight=prior["k"], shape=prior["a"], rate=prior["b"])
    course, hazard = _single_course(given["data"]), 1 / given["hazard_lambda"]
    found = online_change(courses=course, prior=level, hazard=hazard)
    posterior = run_length_posterior(courses=course, prior=level, hazard=hazard)
    began = len(posterior) - int(posterior.argmax())
    return [
        exact(
            "most probable run length after each year; year the last level began",
            (found.run_length.tolist(), expected["map_runlength"][1:]),
            ([began], [expected["changepoint_lists"]["colmaxes"][0][1]]),
        ),
        absolute(
            "posterior of the run length after the last year",
            oracle.tolerance["prob"],
            (posterior, expected["last_column"]),
        ),
    ]


def _changepoint(oracle: Oracle) -> list[Difference | KnownDifference]:
    expected, within = oracle.outputs, oracle.tolerance["rss"]
    course = _single_course(oracle.given["data"])
    found = level_breaks(courses=course, max_breaks=5, min_share=0.15)
    none, one = found.rss[0, :2]
    numbers = (
        (found.rss[0], expected["RSS"]),
        (found.bic[0], expected["BIC"]),
        (found.level[0, :2], expected["segment_means"]),
        ((none - one) / (one / 98), expected["supF"]),
    )
    lower, _, upper = expected["ci"]
    return [
        exact(
            "last year before the break",
            (found.last_before[0, :1].tolist(), [expected["breakpoints"]]),
        ),
        absolute("RSS and BIC of 0 to 5 breaks, means, F of the break", within, *numbers),
        KnownDifference(
            quantity="95 % interval of the break",
            ours=f"{found.lower[0, 0]:.0f} to {found.upper[0, 0]:.0f}",
            theirs=f"{lower} to {upper}",
            why="strucchange lets the variances before and after differ; ours assumes one",
        ),
    ]


LMER_NAMES: dict[Form, dict[str, str]] = {
    "within_between": {"(Intercept)": "bias", "Tw": "tracking", "Tb": "between", "s": "time"},
    "classic": {"(Intercept)": "bias", "Tm": "tracking"},
    "three_level": {"(Intercept)": "bias", "Tw": "tracking", "Tb": "between"},
}


def _truth_and_bias(oracle: Oracle) -> list[Difference]:
    fitted = {form: _two_views(oracle, form) for form in LMER_NAMES}
    fixed, likelihoods, spreads = [], [], []
    for form, model in fitted.items():
        expected = oracle.outputs[form]
        likelihoods.append((model.log_likelihood, expected["logLik"]))
        spreads.extend(_spreads(model, expected["varcomp"]))
        for lmer, name in LMER_NAMES[form].items():
            estimate = getattr(model, name)
            fixed.append((estimate.value, expected["fixef"][lmer]))
            fixed.append((estimate.standard_error, expected["se"][lmer]))
    return [
        absolute("fixed effects and standard errors", oracle.tolerance["fixef_abs"], *fixed),
        absolute("restricted log likelihood", oracle.tolerance["logLik"], *likelihoods),
        absolute("SDs of bias, tracking and residual", oracle.tolerance["fixef_abs"], *spreads),
    ]


def _spreads(model: TruthAndBias, table: Any) -> list[tuple[float, float]]:
    """Our SDs beside lmer's, whose lines of one model never name one twice."""
    ours = {
        ("dyad", "(Intercept)"): model.bias_sd,
        ("dyad:therapist", "(Intercept)"): model.bias_sd,
        ("dyad", "Tw"): model.tracking_sd,
        ("dyad", "Tm"): model.tracking_sd,
        ("therapist", "(Intercept)"): model.therapist_sd,
        ("Residual", None): model.residual_sd,
    }
    lines = zip(table["grp"], table["var1"], table["var2"], table["sdcor"], strict=True)
    pairs = [(ours[group, name], sd) for group, name, other, sd in lines if other is None]
    return [(np.nan if own is None else own, sd) for own, sd in pairs]


def _two_views(oracle: Oracle, form: Form) -> TruthAndBias:
    data = oracle.given["data"]
    dyad, session = data["dyad"], data["session"]
    first = np.unique(dyad, return_index=True)[1]
    return truth_and_bias(
        client=courses_from_rows(client=dyad, session=session, score=data["client"]),
        therapist=courses_from_rows(client=dyad, session=session, score=data["ther"]),
        form=form,
        therapist_id=np.array(data["therapist"])[first],
    )


RELATIONSHIP = {
    "rupture_repair_definition": Recipe(
        formula="fall from the best of the last 1 or 3 ratings by 1 or 2 SD; half or all of it "
        "back within 3 ratings",
        compare=_rupture_repair,
    ),
    "control_charts_sim": Recipe(
        formula="XmR (d2 1.128, 3 sigma), EWMA (.2, 2.7), lower CUSUM (k .5, h 4); baseline "
        "9 ratings",
        compare=_control_charts,
    ),
    "bocpd_nile": Recipe(
        formula="Adams & MacKay (2007): Normal-Gamma level, hazard 1/100", compare=_bocpd
    ),
    "changepoint_nile": Recipe(
        formula="flow ~ 1 in each segment, least squares, h = .15", compare=_changepoint
    ),
    "truth_and_bias_sim": Recipe(
        formula="J ~ Tw + Tb + s + (Tw | dyad); J ~ Tm + (Tm | dyad); "
        "J ~ Tw + Tb + (1 | therapist/dyad); REML",
        compare=_truth_and_bias,
    ),
}
