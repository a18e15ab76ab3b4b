"""What a steady relationship looks like in this practice: level, noise, and the scale's ends."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rapport.science.errors import BadInputError
from rapport.science.records.result import Result

FloatArray = NDArray[np.float64]

PARAMETERS = ("mean", "between_sd", "within_sd", "sd_spread", "autocorrelation", "tail")
NOT_TUNED = "not yet tuned to your practice"


def _no_uncertainty() -> FloatArray:
    return np.zeros((len(PARAMETERS), len(PARAMETERS)))


@dataclass(frozen=True, kw_only=True)
class SteadyModel(Result):
    """Steady courses: a constant level per client, noise around it, clipped and rounded.

    Levels and noise are those *before* clipping, in the direction where higher is better
    (a scale where lower is better is turned round: ``direction`` -1 and negative ``mean``).

    Attributes:
        mean: mean of the clients' levels.
        between_sd: SD of the clients' levels.
        within_sd: SD of one client's ratings around the level (median client).
        sd_spread: SD of the logarithm of that within-client SD between clients.
        autocorrelation: lag-one correlation of the noise of neighbouring rated sessions.
        tail: 1/degrees of freedom of Student's t noise; 0 is Gaussian.
        minimum, maximum, step: of the scale, None where unknown (then no clipping, no rounding).
        direction: +1 where higher is better, else -1.
        n_clients: clients with at least 4 ratings the model was fitted to; 0 if known.
        tuned: False where these are too few; then the alarm takes the strictest of three models.
        covariance: uncertainty of (mean, log between_sd, log within_sd, sd_spread,
            autocorrelation, tail), shape (6, 6).
    """

    mean: float
    between_sd: float
    within_sd: float
    sd_spread: float = 0.0
    autocorrelation: float = 0.0
    tail: float = 0.0
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    direction: int = 1
    n_clients: int = 0
    tuned: bool = True
    covariance: FloatArray = field(default_factory=_no_uncertainty)

    def to_text(self) -> str:
        """One line for what a steady client does, one for the scale's ends."""
        lines = [
            f"{self.method}: level {self.direction * self.mean:.3g} "
            f"(SD between clients {self.between_sd:.3g}), ratings vary by {self.within_sd:.3g} "
            f"(spread {self.sd_spread:.2g}), autocorrelation {self.autocorrelation:.2g}, "
            f"1/df of the tails {self.tail:.2g}; {self.n_clients} clients"
        ]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def known_model(
    *,
    mean: float,
    between_sd: float,
    within_sd: float,
    autocorrelation: float = 0,
    sd_spread: float = 0,
    tail: float = 0,
    minimum: float | None = None,
    maximum: float | None = None,
    step: float | None = None,
) -> SteadyModel:
    """A model of steady courses whose parameters are known, as in a simulation.

    When not to use it: for real ratings; their model is estimated by ``fit_steady_model``.

    Args:
        mean, between_sd, within_sd: in points of a scale where higher is better.
        autocorrelation: lag one, from 0 to below 1.
        sd_spread: SD of log within-client SD between clients, 0 or more.
        tail: 1/df of the noise, 0 (Gaussian) to 1/3.
        minimum, maximum, step: ends and grain of the scale, None: unlimited, continuous.

    Raises:
        BadInputError: a parameter outside its range.

    >>> known_model(mean=7, between_sd=1.5, within_sd=1).tuned
    True
    """
    _check_ranges(between_sd, within_sd, autocorrelation, sd_spread, tail)
    return SteadyModel(
        method="Steady courses with known parameters",
        mean=float(mean),
        between_sd=float(between_sd),
        within_sd=float(within_sd),
        sd_spread=float(sd_spread),
        autocorrelation=float(autocorrelation),
        tail=float(tail),
        minimum=minimum,
        maximum=maximum,
        step=step,
    )


def _check_ranges(between: float, within: float, rho: float, spread: float, tail: float) -> None:
    checks = {
        f"between_sd {between} is negative": between < 0,
        f"within_sd {within} is not above 0": within <= 0,
        f"autocorrelation {rho} is outside 0 to below 1": not 0 <= rho < 1,
        f"sd_spread {spread} is negative": spread < 0,
        f"tail {tail} is outside 0 to 1/3": not 0 <= tail <= 1 / 3,
    }
    for fault, found in checks.items():
        if found:
            raise BadInputError(f"known_model: {fault}; give a value inside its range")
