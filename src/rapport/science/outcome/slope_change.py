"""Reliable change from a whole course: a client's slope in a growth model against its error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import TooLittleDataError
from rapport.science.numerics.growth_model import GrowthModel, fit_growth
from rapport.science.outcome.reliable_change import CLAUS, RELIABLE_Z
from rapport.science.outcome.verdicts import CodeArray, count_verdicts, verdicts_from
from rapport.science.records.courses import Courses
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Judged = Literal["total slope", "deviation from the mean slope"]

LEAST_RATINGS = 3  # a line and its error; Claus et al., clinicalsignificance

SPEER_GREENBAUM = (
    "Speer & Greenbaum (1995), J Consult Clin Psychol 63(6), 1044-1048, "
    "doi 10.1037/0022-006X.63.6.1044"
)


@dataclass(frozen=True, kw_only=True)
class SlopeChange(Result):
    """Each client's slope, in points per unit of session, and whether it is reliable.

    All arrays have shape (n_clients,), NaN for clients with too few ratings.

    Attributes:
        deviation, deviation_sd: the client's slope minus the mean slope, and its conditional SD.
        deviation_rci: their ratio; "improved" by it means faster than average.
        slope, slope_se: the client's whole slope, and the standard error of its prediction (the
            mean slope's uncertainty included).
        slope_rci: their ratio; "improved" by it means better than no change.
        judged: which of the two the verdict is about.
        rci, verdict: of the one judged; codes 1, 0, -1, -2.
        counts: clients per verdict.
        mean_slope, mean_slope_se: of the model.
        n_used: clients in the model.
    """

    deviation: FloatArray
    deviation_sd: FloatArray
    deviation_rci: FloatArray
    slope: FloatArray
    slope_se: FloatArray
    slope_rci: FloatArray
    judged: Judged
    rci: FloatArray
    verdict: CodeArray
    counts: Mapping[str, int]
    mean_slope: float
    mean_slope_se: float
    n_used: int

    def to_text(self) -> str:
        told = ", ".join(f"{count} {word}" for word, count in self.counts.items() if count)
        meaning = (
            "improved means: better than no change"
            if self.judged == "total slope"
            else "improved means: faster than the average client"
        )
        return (
            f"{self.method}\n  {told}\n  {meaning}\n  mean slope {self.mean_slope:.4g} "
            f"(SE {self.mean_slope_se:.3g}) per session unit, {self.n_used} clients"
        )


def slope_change(
    *,
    courses: Courses,
    higher_is_better: bool,
    judge: Judged = "total slope",
    critical: float = RELIABLE_Z,
) -> SlopeChange:
    """Judge each client's course by its slope in a mixed model, y ~ session + (session | client).

    Uses every rating, so it needs no two "right" ones; assumes straight courses. Slopes are
    shrunken to the mean slope: with three ratings a client's own course counts for little. The R
    package clinicalsignificance tests the *deviation from the mean slope* ("improved" there means
    faster than average); the default here is the whole slope, and the result says which.

    Args:
        courses: at least two clients with three ratings; others get no verdict.
        higher_is_better: direction of the scale.
        judge: what the verdict is about.
        critical: 1.96.

    Raises:
        TooLittleDataError: fewer than two clients with three ratings.

    Papers: Speer & Greenbaum (1995); Claus et al. (clinicalsignificance, "HLM").

    >>> from rapport.science.records.courses import courses_from_rows
    >>> courses = courses_from_rows(client=np.repeat([1, 2, 3, 4], 4), session=[1, 2, 3, 4] * 4,
    ...     score=[30, 25, 19, 16, 28, 27, 29, 28, 31, 24, 20, 13, 25, 24, 26, 25])
    >>> change = slope_change(courses=courses, higher_is_better=False)
    >>> change.verdict.tolist()
    [1, 0, 1, 0]
    """
    rated = courses.observed()
    enough = rated.lengths >= LEAST_RATINGS
    if enough.sum() < 2:
        raise TooLittleDataError(
            f"{int(enough.sum())} clients have {LEAST_RATINGS} ratings; the model needs at least 2"
        )
    model = _fitted(rated, enough)
    deviation, deviation_sd, slope, slope_se = (
        _spread(values, enough) for values in _slopes(model, rated, enough)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        by_deviation, by_slope = deviation / deviation_sd, slope / slope_se
    rci = by_slope if judge == "total slope" else by_deviation
    verdict = _verdicts(rci, higher_is_better, critical)
    return SlopeChange(
        method=f"Reliable change by growth model (HLM), {judge}",
        settings={
            "judge": judge,
            "critical": critical,
            "higher_is_better": higher_is_better,
            "least_ratings": LEAST_RATINGS,
        },
        papers=(SPEER_GREENBAUM, CLAUS),
        notes=model.notes,
        deviation=deviation,
        deviation_sd=deviation_sd,
        deviation_rci=by_deviation,
        slope=slope,
        slope_se=slope_se,
        slope_rci=by_slope,
        judged=judge,
        rci=rci,
        verdict=verdict,
        counts=count_verdicts(verdict),
        mean_slope=float(model.fixed[1]),
        mean_slope_se=float(model.fixed_se[1]),
        n_used=model.n_clients,
    )


def _fitted(rated: Courses, enough: BoolArray) -> GrowthModel:
    client = rated.client_index
    rows = enough[client]
    session = rated.session[rows]
    return fit_growth(
        y=rated.score[rows],
        design=np.column_stack([np.ones(len(session)), session]),
        client=client[rows],
        random_column=1,
        reml=True,
        design_names=("start", "session"),
    )


def _slopes(
    model: GrowthModel, rated: Courses, enough: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Deviation and its conditional SD, whole slope and its SE, of the clients in the model."""
    deviation, conditional = model.effects[:, 1], model.effects_cov[:, 1, 1]
    kept = _share_of_mean(model, rated, enough)[:, 1]
    from_mean = np.einsum("ni,ij,nj->n", kept, model.fixed_cov, kept)
    return (
        deviation,
        np.sqrt(conditional),
        model.fixed[1] + deviation,
        np.sqrt(conditional + from_mean),
    )


def _share_of_mean(model: GrowthModel, rated: Courses, enough: BoolArray) -> FloatArray:
    """How much of the fixed effects' error stays in each client's own line, shape (n, 2, 2).

    The own line is b + u with u = G Z' V^-1 (y - Z b), so an error in b enters as I - G Z' V^-1 Z;
    Robinson (1991), Stat Sci 6(1), 15-32.
    """
    cross = _cross_products(rated)[enough] / model.residual_variance
    inside = np.eye(2) + cross @ model.random_cov
    return np.asarray(np.eye(2) - model.random_cov @ np.linalg.solve(inside, cross))


def _cross_products(rated: Courses) -> FloatArray:
    """Z'Z of each client's [1, session], shape (n_clients, 2, 2)."""
    client, n = rated.client_index, rated.n_clients
    one, two = (np.bincount(client, weights=rated.session**k, minlength=n) for k in (1, 2))
    return np.stack([rated.lengths, one, one, two], axis=1).reshape(n, 2, 2).astype(np.float64)


def _spread(values: FloatArray, enough: BoolArray) -> FloatArray:
    """From the clients in the model to all clients, NaN for the others."""
    result = np.full(len(enough), np.nan)
    result[enough] = values
    return result


def _verdicts(rci: FloatArray, higher_is_better: bool, critical: float) -> CodeArray:
    toward_better = rci if higher_is_better else -rci
    return verdicts_from(
        better=toward_better > critical, worse=toward_better < -critical, known=~np.isnan(rci)
    )
