"""Do client and therapist see the relationship alike? Truth-and-bias models of both ratings."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.alliance.pairs import Pairs, paired
from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics import special
from rapport.science.numerics.growth_model import GrowthModel, fit_growth
from rapport.science.records.courses import Courses, FloatArray
from rapport.science.records.result import Result

Form = Literal["within_between", "classic", "three_level"]

_PAPERS = (
    "West & Kenny (2011), Psychol Rev 118:357-378: truth and bias model",
    "Atzil-Slonim et al. (2015), J Couns Psychol 62:543-560: within-dyad tracking of the alliance",
)
# With fewer people a normal interval of a mixed model is visibly too short; ours.
_FEW_PAIRS = 20


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number with its uncertainty.

    Attributes:
        value: in points, or points per point.
        standard_error: given the estimated variances.
        lower, upper: interval at the level in the settings (normal approximation).
    """

    value: float
    standard_error: float
    lower: float
    upper: float

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.lower:.3g}, {self.upper:.3g}]"


@dataclass(frozen=True, kw_only=True)
class TruthAndBias(Result):
    """How therapists' ratings follow their clients' ratings, over a whole practice.

    Attributes:
        form: which model (see :func:`truth_and_bias`).
        bias: directional bias: therapist minus client, in points, at the average client rating
            (and, with a time effect, at the first session); below zero: therapists rate lower.
        tracking: how many points the therapist's rating moves when this client's moves by one.
        between: how much higher therapists rate clients who rate one point higher in general;
            None in the classic form, where ``tracking`` blends both.
        time: change of the bias per session; None where not in the model.
        bias_sd: how much the bias differs between pairs (SD in points).
        tracking_sd: the same for tracking; None in the three-level form.
        therapist_sd: how much the bias differs between therapists; None without that level.
        residual_sd: scatter of the therapist's ratings, in points.
        client_mean: grand mean of the clients' ratings in the pairs.
        log_likelihood: restricted (REML).
        n_sessions, n_pairs: rated sessions and client-therapist pairs.
    """

    form: Form
    bias: Estimate
    tracking: Estimate
    between: Estimate | None
    time: Estimate | None
    bias_sd: float
    tracking_sd: float | None
    therapist_sd: float | None
    residual_sd: float
    client_mean: float
    log_likelihood: float
    n_sessions: int
    n_pairs: int


def truth_and_bias(
    *,
    client: Courses,
    therapist: Courses,
    form: Form = "within_between",
    therapist_id: ArrayLike | None = None,
    level: float = 0.95,
) -> TruthAndBias:
    """Estimate directional bias and tracking from sessions that both rated on the same form.

    The judgement J is the therapist's rating minus the grand mean of the clients' ratings.
    ``within_between``: J on the client's deviation from the own mean (tracking), the client's mean
    and time, random intercept and tracking per pair. ``classic``: J on the client's rating around
    the grand mean, random intercept and slope per pair; it blends tracking with how clients
    differ. ``three_level``: within and between with intercepts of pairs in therapists.

    When not to use it: to judge one therapist or one client; as a predictor of outcome
    (agreement was not related to it in Zilcha-Mano et al. 2016); with a strong ceiling, which
    shrinks tracking. Observed client means from few sessions bias ``between`` down.

    Args:
        client: clients' ratings.
        therapist: therapists' ratings, under the client's id.
        form: which model.
        therapist_id: for ``three_level``: therapist of each client of ``client``, shape
            (n_clients,).
        level: of the intervals.

    Raises:
        BadInputError: an unknown form, or therapists missing for ``three_level``.
        TooLittleDataError: fewer than three pairs of people, or nobody with enough sessions.

    >>> from rapport.science.records.courses import courses_from_rows
    >>> rng = np.random.default_rng(1)
    >>> who, when = np.repeat(np.arange(60), 8), np.tile(np.arange(1, 9), 60)
    >>> view = rng.normal(5, 1, 480)
    >>> echo = view - 0.5 + rng.normal(0, 0.3, 480) + 0.3 * rng.normal(size=60)[who]
    >>> c = courses_from_rows(client=who, session=when, score=view)
    >>> t = courses_from_rows(client=who, session=when, score=echo)
    >>> found = truth_and_bias(client=c, therapist=t)
    >>> bool(found.bias.lower < -0.5 < found.bias.upper), round(found.tracking.value, 1)
    (True, 1.0)
    """
    if form not in get_args(Form):
        raise BadInputError(f"form is {form!r}; use one of {', '.join(get_args(Form))}")
    pairs = paired(client=client, therapist=therapist)
    _enough(pairs)
    centre = float(pairs.client.mean())
    design, names = _design(pairs, centre, form)
    model = fit_growth(
        y=pairs.therapist - centre,
        design=design,
        client=pairs.client_index,
        random_column=None if form == "three_level" else 1,
        group=_groups(pairs, form, therapist_id),
        reml=True,
        design_names=names,
    )
    return TruthAndBias(
        method=f"Truth-and-bias model, {form.replace('_', ' ')}",
        settings={"form": form, "level": level, "reml": True},
        papers=_PAPERS,
        notes=_notes(model),
        form=form,
        **_estimates(model, names, level),
        client_mean=centre,
        n_sessions=len(pairs),
        n_pairs=model.n_clients,
    )


def _enough(pairs: Pairs) -> None:
    people = len(np.unique(pairs.client_index))
    if people < 3:
        raise TooLittleDataError(
            f"{people} clients have sessions that client and therapist both rated; at least 3 are "
            "needed, and some hundred sessions for an interval worth reading"
        )


def _design(pairs: Pairs, centre: float, form: Form) -> tuple[FloatArray, tuple[str, ...]]:
    ones = np.ones(len(pairs))
    if form == "classic":
        return np.column_stack([ones, pairs.client - centre]), ("bias", "tracking")
    counts = np.bincount(pairs.client_index)
    means = np.bincount(pairs.client_index, pairs.client) / np.maximum(counts, 1)
    own = means[pairs.client_index]
    columns = [ones, pairs.client - own, own - centre]
    if form == "three_level":
        return np.column_stack(columns), ("bias", "tracking", "between")
    columns.append(pairs.session - pairs.session.min())
    return np.column_stack(columns), ("bias", "tracking", "between", "time")


def _groups(pairs: Pairs, form: Form, therapist_id: ArrayLike | None) -> NDArray[Any] | None:
    if form != "three_level":
        return None
    if therapist_id is None:
        raise BadInputError("form 'three_level' needs therapist_id, one per client")
    return np.asarray(therapist_id)[pairs.client_index]


def _estimates(model: GrowthModel, names: tuple[str, ...], level: float) -> dict[str, Any]:
    z = float(special.ndtri((1 + level) / 2))
    told: dict[str, Any] = {"between": None, "time": None}
    for name, value, error in zip(
        names, model.fixed.tolist(), model.fixed_se.tolist(), strict=True
    ):
        told[name] = Estimate(
            value=value, standard_error=error, lower=value - z * error, upper=value + z * error
        )
    spreads = np.sqrt(np.diag(model.random_cov)).tolist()
    group = model.group_variance
    return {
        **told,
        "bias_sd": spreads[0],
        "tracking_sd": spreads[1] if len(spreads) > 1 else None,
        "therapist_sd": None if group is None else float(np.sqrt(group)),
        "residual_sd": float(np.sqrt(model.residual_variance)),
        "log_likelihood": model.log_likelihood,
    }


def _notes(model: GrowthModel) -> tuple[str, ...]:
    notes = list(model.notes)
    if model.n_clients < _FEW_PAIRS:
        notes.append(f"{model.n_clients} pairs: the intervals are too short; read them loosely")
    return tuple(notes)
