"""Drop-out as a hazard in discrete time, from what was known at each session and nothing later."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rapport.science.errors import BadInputError, TooLittleDataError
from rapport.science.numerics.logistic import TOLERANCE, BinomialFit, Link, fit_binomial
from rapport.science.numerics.proportions import Share, wilson
from rapport.science.outcome.verdicts import IMPROVED
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

Definition = Literal["unilateral", "unilateral before reliable change", "fewer sessions"]
Baseline = Literal["each period", "log period"]

SINGER_WILLETT = (
    "Singer & Willett (1993), J Educ Stat 18(2), 155-195, doi 10.3102/10769986018002155"
)
PRENTICE = "Prentice & Gloeckler (1978), Biometrics 34(1), 57-67"
SWIFT = "Swift & Greenberg (2012), J Consult Clin Psychol 80(4), 547-559, doi 10.1037/a0028226"
Z_95 = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True, kw_only=True)
class DropoutCount(Result):
    """Who counts as a drop-out under the chosen definition, and how many under the others.

    Attributes:
        dropped: under the chosen definition, shape (n,).
        share: with 95 % Wilson interval.
        others: the same for every definition that the data allow, by name.
    """

    dropped: BoolArray
    share: Share
    others: Mapping[str, Share]


def count_dropouts(
    *,
    left: ArrayLike,
    verdict: ArrayLike | None = None,
    sessions: ArrayLike | None = None,
    enough_sessions: int | None = None,
    definition: Definition = "unilateral before reliable change",
) -> DropoutCount:
    """Say who dropped out, by a definition that is named beside the number.

    Rates differ widely by definition (19.7 % over 669 studies, Swift & Greenberg 2012), so all that
    can be computed are shown.

    Args:
        left: the client ended it alone, 1 or 0, shape (n,).
        verdict: reliable-change codes, shape (n,); for "unilateral before reliable change".
        sessions: held, shape (n,); for "fewer sessions".
        enough_sessions: below this number counts as drop-out.
        definition: default ours, after methods of trials: leaving after improvement is no failure.

    Raises:
        BadInputError: the definition needs something that was not given.

    >>> count = count_dropouts(left=[1, 1, 0, 0], verdict=[1, 0, 0, 1])
    >>> count.dropped.tolist(), count.others["unilateral"].value
    ([False, True, False, False], 0.5)
    """
    alone = np.asarray(left, dtype=np.bool_)
    by_name: dict[str, BoolArray] = {"unilateral": alone}
    if verdict is not None:
        by_name["unilateral before reliable change"] = alone & (np.asarray(verdict) != IMPROVED)
    if sessions is not None and enough_sessions is not None:
        by_name["fewer sessions"] = np.asarray(sessions) < enough_sessions
    if definition not in by_name:
        raise BadInputError(
            f"definition {definition!r} needs "
            + ("sessions and enough_sessions" if definition == "fewer sessions" else "verdict")
        )
    shares = {name: wilson(count=int(who.sum()), of=len(alone)) for name, who in by_name.items()}
    return DropoutCount(
        method=f"Drop-out: {definition}",
        settings={"definition": definition, "enough_sessions": enough_sessions},
        papers=(SWIFT,),
        dropped=by_name[definition],
        share=shares[definition],
        others=shares,
    )


@dataclass(frozen=True, kw_only=True)
class PersonPeriods:
    """One row for each client and period at risk.

    Attributes:
        client_index: position of the client, shape (n_rows,).
        period: 1, 2, ..., shape (n_rows,).
        event: whether the client left in this period, shape (n_rows,).
        values: what was known then, shape (n_rows, n_names), NaN where not known.
        names: of the columns of ``values``.
    """

    client_index: IntArray
    period: IntArray
    event: BoolArray
    values: FloatArray
    names: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        return len(self.period)


def person_periods(
    *, periods: ArrayLike, event: ArrayLike, fixed: Mapping[str, ArrayLike] | None = None
) -> PersonPeriods:
    """Expand clients into rows, one per period at risk, with values known from the start.

    Args:
        periods: how many periods each client was at risk, shape (n,); 0 gives no row.
        event: whether the last of them ended in drop-out, shape (n,).
        fixed: values known before the first period, by name, each of shape (n,).

    Raises:
        BadInputError: unequal lengths, or an event without a period.

    Paper: Singer & Willett (1993).

    >>> rows = person_periods(periods=[2, 1], event=[1, 0], fixed={"age": [30, 40]})
    >>> rows.period.tolist(), rows.event.tolist(), rows.values[:, 0].tolist()
    ([1, 2, 1], [False, True, False], [30.0, 30.0, 40.0])
    """
    spans, events = np.asarray(periods, dtype=np.int64), np.asarray(event, dtype=np.bool_)
    if spans.shape != events.shape or (spans < 0).any() or (events & (spans == 0)).any():
        raise BadInputError(
            "periods and event need one entry per client; a drop-out needs at least one period"
        )
    client = np.repeat(np.arange(len(spans)), spans)
    ends = np.cumsum(spans)
    period = np.arange(len(client)) - np.repeat(ends - spans, spans) + 1
    known = {name: np.asarray(v, dtype=np.float64) for name, v in (fixed or {}).items()}
    if any(len(column) != len(spans) for column in known.values()):
        raise BadInputError("each fixed value needs one entry per client")
    columns = [column[client] for column in known.values()]
    return PersonPeriods(
        client_index=client,
        period=period,
        event=events[client] & (period == spans[client]),
        values=np.column_stack(columns) if columns else np.empty((len(client), 0)),
        names=tuple(known),
    )


def session_periods(
    *,
    sessions: ArrayLike,
    dropped: ArrayLike,
    ratings: Mapping[str, ArrayLike],
    fixed: Mapping[str, ArrayLike] | None = None,
) -> PersonPeriods:
    """Rows for "will not come back after this session", with ratings up to that session only.

    Period j asks whether the client fails to return after session j. A drop-out is at risk after
    each session held; who ended as planned or is still coming was not at risk after the last one.
    For each rating four values are taken: the last answer so far, its change since the first, its
    distance from the mean of the earlier answers, and how many sessions ago it was given. No later
    answer enters any of them.

    Args:
        sessions: held, shape (n,).
        dropped: who dropped out, shape (n,).
        ratings: by name, one column per session held, shape (n, n_columns), NaN where not answered.
        fixed: values known before the first session, by name, each of shape (n,).

    Raises:
        BadInputError: unequal lengths, or fewer columns than sessions.

    >>> rows = session_periods(sessions=[3], dropped=[True],
    ...     ratings={"wai": [[5.0, np.nan, 3.0]]})
    >>> rows.names
    ('wai last', 'wai change', 'wai from usual', 'wai sessions ago')
    >>> rows.values[:, 0].tolist()
    [5.0, 5.0, 3.0]
    """
    held, gone = np.asarray(sessions, dtype=np.int64), np.asarray(dropped, dtype=np.bool_)
    rows = person_periods(periods=np.where(gone, held, held - 1).clip(0), event=gone, fixed=fixed)
    names, columns = list(rows.names), [rows.values]
    for name, rating in ratings.items():
        matrix = np.asarray(rating, dtype=np.float64)
        if matrix.ndim != 2 or len(matrix) != len(held) or matrix.shape[1] < held.max(initial=0):
            raise BadInputError(
                f"{name} has shape {matrix.shape}; give one row per client and one column per "
                f"session held ({int(held.max(initial=0))})"
            )
        for what, known in _known_so_far(matrix).items():
            names.append(f"{name} {what}")
            columns.append(known[rows.client_index, rows.period - 1][:, None])
    return PersonPeriods(
        client_index=rows.client_index,
        period=rows.period,
        event=rows.event,
        values=np.hstack(columns),
        names=tuple(names),
    )


def _known_so_far(matrix: FloatArray) -> dict[str, FloatArray]:
    """What each column and those before it tell, each of the matrix's shape."""
    answered = ~np.isnan(matrix)
    column = np.arange(matrix.shape[1])
    latest = np.maximum.accumulate(np.where(answered, column, -1), axis=1)
    last = _taken(matrix, latest)
    first_column = np.where(answered.any(axis=1), answered.argmax(axis=1), 0)
    first = np.where(latest >= 0, matrix[np.arange(len(matrix)), first_column][:, None], np.nan)
    count = np.cumsum(answered, axis=1)
    total = np.cumsum(np.where(answered, matrix, 0.0), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        usual = np.where(count > 1, (total - last) / (count - 1), np.nan)
    return {
        "last": last,
        "change": last - first,
        "from usual": last - usual,
        "sessions ago": np.where(latest >= 0, column - latest, np.nan),
    }


def _taken(matrix: FloatArray, column: IntArray) -> FloatArray:
    values = np.take_along_axis(matrix, np.maximum(column, 0), axis=1)
    return np.where(column >= 0, values, np.nan)


@dataclass(frozen=True, kw_only=True)
class DropoutHazard(Result):
    """A discrete-time hazard model of drop-out.

    Attributes:
        names: of the covariates.
        ratio, lower, upper: odds ratio (logit) or hazard ratio (cloglog) per unit, with 95 %
            interval, shape (n_names,).
        fit: all coefficients, the baseline's first.
        client_index, period, hazard: of the rows used, shape (n_rows,).
        n_clients, n_events: in the rows used.
        n_left_out: rows with a value not known.
    """

    names: tuple[str, ...]
    ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    fit: BinomialFit
    client_index: IntArray
    period: IntArray
    hazard: FloatArray
    n_clients: int
    n_events: int
    n_left_out: int


def fit_dropout_hazard(
    *,
    rows: PersonPeriods,
    covariates: tuple[str, ...] | None = None,
    link: Link = "logit",
    baseline: Baseline = "each period",
    tolerance: float = TOLERANCE,
) -> DropoutHazard:
    """Regress the chance of leaving in each period on what was known before it.

    Prediction of drop-out is weak everywhere (best mean F1 .51 over 20 algorithms in 49,602
    clients, doi 10.1080/10503307.2022.2161432): use it to understand a practice, not to judge a
    client. Clients of one therapist are treated as independent, so intervals are somewhat narrow.

    Args:
        rows: from :func:`session_periods` or :func:`person_periods`.
        covariates: names to use; None: all.
        link: "logit" (odds ratios) or "cloglog" (hazard ratios of a process in continuous time).
        baseline: "each period": its own level; "log period": a line in log(period), for few events.
        tolerance: where the fit stops; see ``fit_binomial``.

    Raises:
        BadInputError: an unknown name or columns that are sums of others.
        TooLittleDataError: no drop-out, or fewer rows than coefficients.

    Papers: Singer & Willett (1993); Prentice & Gloeckler (1978) for cloglog.

    >>> rows = person_periods(periods=[1, 2, 3, 3, 1, 2], event=[1, 1, 1, 0, 0, 1],
    ...     fixed={"distance": [9, 4, 6, 2, 3, 5]})
    >>> fit = fit_dropout_hazard(rows=rows, baseline="log period")
    >>> fit.names, fit.n_events
    (('distance',), 4)
    """
    used_names = rows.names if covariates is None else covariates
    values = _columns(rows, used_names)
    known = ~np.isnan(values).any(axis=1)
    if not rows.event[known].any():
        raise TooLittleDataError("no drop-out among the rows whose values are known")
    base_names, base = _baseline(rows.period[known], baseline)
    fit = fit_binomial(
        y=rows.event[known],
        design=np.hstack([base, values[known]]),
        names=(*base_names, *used_names),
        link=link,
        tolerance=tolerance,
    )
    beta, se = (v[len(base_names) :] for v in (fit.coefficients, fit.standard_errors))
    left_out = int((~known).sum())
    return DropoutHazard(
        method=f"Discrete-time hazard of drop-out, {link}, baseline by {baseline}",
        settings={"link": link, "baseline": baseline, "covariates": used_names},
        papers=(SINGER_WILLETT, PRENTICE),
        notes=(
            *fit.notes,
            *((f"{left_out} rows left out: a value not known",) if left_out else ()),
        ),
        names=tuple(used_names),
        ratio=np.exp(beta),
        lower=np.exp(beta - Z_95 * se),
        upper=np.exp(beta + Z_95 * se),
        fit=fit,
        client_index=rows.client_index[known],
        period=rows.period[known],
        hazard=fit.fitted,
        n_clients=len(np.unique(rows.client_index[known])),
        n_events=int(rows.event[known].sum()),
        n_left_out=left_out,
    )


def _columns(rows: PersonPeriods, names: tuple[str, ...]) -> FloatArray:
    unknown = [name for name in names if name not in rows.names]
    if unknown:
        raise BadInputError(f"{unknown[0]!r} is no column; there are {', '.join(rows.names)}")
    return np.asarray(rows.values[:, [rows.names.index(name) for name in names]])


def _baseline(period: IntArray, baseline: Baseline) -> tuple[tuple[str, ...], FloatArray]:
    ones = np.ones((len(period), 1))
    if baseline == "log period":
        return ("intercept", "log period"), np.hstack([ones, np.log(period)[:, None]])
    levels = np.unique(period)[1:]
    dummies = (period[:, None] == levels).astype(np.float64)
    return ("intercept", *(f"period {level}" for level in levels)), np.hstack([ones, dummies])
