"""The maximum of a growth model's likelihood, on the boundary where it lies there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rapport.science.numerics.growth_likelihood import Profile, Relative, profile, relative
from rapport.science.numerics.growth_statistics import GrowthStatistics

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

FloatArray = NDArray[np.float64]
Objective = Callable[[FloatArray], tuple[float, FloatArray]]

LARGEST = 1e4  # ours: a random effect 10,000 residual SDs wide means there is no residual left
STILL = 1e-6  # ours: gradient per rating below which the search has arrived; -2 log L then
# is short of its minimum by the order of 1e-12 per rating
RESTARTS = 4  # ours: times the search may leave a boundary that is no optimum
SINGULAR = 1e-4  # relative SD that counts as zero, as isSingular in lme4 (Bates et al. 2015)


@dataclass(frozen=True, kw_only=True)
class Optimum:
    """Where the likelihood is largest.

    Attributes:
        at: relative variances, in the scales of the statistics.
        profile: the likelihood there.
        converged: the gradient vanishes, or points out of the parameter space.
        singular: a variance is zero, or the correlation is one.
    """

    at: Relative
    profile: Profile
    converged: bool
    singular: bool


def maximise(statistics: GrowthStatistics, *, slope: bool, reml: bool) -> Optimum:
    """BFGS over (l11, l21, l22, group SD) from one, with the exact gradient.

    The deviance is even in l11, l22 and the group's SD: no bounds are needed, signs are dropped
    at the end. But its gradient vanishes where one of them is zero even if that is no optimum:
    the search then starts again from beside it.
    """
    free = np.array([True, slope, slope, statistics.cells is not None])
    theta = np.where([True, False, slope, statistics.cells is not None], 1.0, 0.0)
    for _ in range(RESTARTS):
        theta = _search(statistics, theta, free=free, reml=reml)
        found = profile(statistics, relative(theta), reml=reml)
        inward = _way_inside(found, theta, free, statistics.n_observations)
        if inward is None:
            break
        theta = inward
    at = relative(theta)
    gradient = _gradient(found, at)[free] / statistics.n_observations
    arrived = inward is None and bool(np.abs(gradient).max() < STILL)
    diagonal = theta[[0, 2, 3]][free[[0, 2, 3]]]
    return Optimum(
        at=at,
        profile=found,
        converged=arrived and bool(diagonal.max() < LARGEST / 2),
        singular=bool(diagonal.min() < SINGULAR),
    )


def _search(
    statistics: GrowthStatistics, start: FloatArray, *, free: NDArray[np.bool_], reml: bool
) -> FloatArray:
    n = statistics.n_observations
    first = profile(statistics, relative(start), reml=reml).deviance

    def objective(values: FloatArray) -> tuple[float, FloatArray]:
        theta = start.copy()
        theta[free] = np.clip(values, -LARGEST, LARGEST)
        at = relative(theta)
        here = profile(statistics, at, reml=reml)
        # Measured from the start: differences keep digits that the deviance itself has not.
        return (here.deviance - first) / n, _gradient(here, at)[free] / n

    # BFGS, not L-BFGS-B: the latter calls threaded LAPACK on its tiny matrices, which costs ten
    # times the whole fit where the cores are busy.
    options = {"gtol": STILL / 10, "maxiter": 500}
    from scipy.optimize import minimize  # late: it is heavy

    found = minimize(objective, start[free], jac=True, method="BFGS", options=options)
    theta = start.copy()
    theta[free] = np.clip(_last_step(objective, found), -LARGEST, LARGEST)
    return _without_signs(theta)


def _last_step(objective: Objective, found: "OptimizeResult") -> FloatArray:
    """One more quasi-Newton step, kept if the gradient shrinks: the deviance has no digits left."""
    at = np.asarray(found.x, dtype=np.float64)
    further = at - found.hess_inv @ found.jac
    gradient = objective(further)[1]
    return further if np.abs(gradient).max() < np.abs(found.jac).max() else at


def _without_signs(theta: FloatArray) -> FloatArray:
    """The same covariance from a factor whose diagonal is not negative."""
    l11, l21, l22, group_sd = theta
    return np.array([abs(l11), l21 if l11 >= 0 else -l21, abs(l22), abs(group_sd)])


def _gradient(at_theta: Profile, at: Relative) -> FloatArray:
    by_factor = 2.0 * at_theta.score @ at.factor
    by_group = 2.0 * at.group_sd * at_theta.group_score
    return np.array([by_factor[0, 0], by_factor[1, 0], by_factor[1, 1], by_group])


def _way_inside(
    found: Profile, theta: FloatArray, free: NDArray[np.bool_], n: int
) -> FloatArray | None:
    """A start inside the parameter space, if the likelihood rises that way; else None."""
    inside = theta.copy()
    if free[3] and theta[3] < SINGULAR and found.group_score < -STILL * n:
        inside[3] = 0.1
    if free[2]:
        values, vectors = np.linalg.eigh(found.score)
        if values[0] < -STILL * n and min(theta[0], theta[2]) < SINGULAR:
            inside[:3] = _widened(relative(theta).covariance, vectors[:, 0])
    elif theta[0] < SINGULAR and found.score[0, 0] < -STILL * n:
        inside[0] = 0.1
    return None if np.array_equal(inside, theta) else inside


def _widened(covariance: FloatArray, direction: FloatArray) -> FloatArray:
    wider = covariance + 0.01 * np.outer(direction, direction) + 1e-6 * np.eye(2)
    factor = np.linalg.cholesky(wider)
    return np.array([factor[0, 0], factor[1, 0], factor[1, 1]])
