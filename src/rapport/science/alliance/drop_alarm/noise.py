"""Steady courses made from a model: the null that the alarm's thresholds are read from."""

import numpy as np

from rapport.science.alliance.drop_alarm.model import FloatArray, SteadyModel

LOWEST = np.array([-np.inf, -np.inf, -np.inf, 0.0, 0.0, 0.0])
HIGHEST = np.array([np.inf, np.inf, np.inf, 1.5, 0.9, 1 / 3])  # beyond these variances run off


def vector(model: SteadyModel) -> FloatArray:
    """The parameters as the fit sees them: SDs as logarithms, shape (6,)."""
    tiny = 1e-9
    return np.array(
        [
            model.mean,
            np.log(max(model.between_sd, tiny)),
            np.log(model.within_sd),
            model.sd_spread,
            model.autocorrelation,
            model.tail,
        ]
    )


def steady_ratings(
    *,
    model: SteadyModel,
    n_courses: int,
    n_sessions: int,
    rng: np.random.Generator,
    drop: FloatArray | None = None,
) -> FloatArray:
    """Simulate rated sessions of steady clients, shape (n_courses, n_sessions).

    ``drop`` lowers the level at each session by so many of the client's within-client SDs.

    Where the model carries uncertainty, every course draws its own parameters, so that a
    threshold read from these courses holds on average over what the practice may really be.
    """
    theta = _draws(model, n_courses, rng)
    level, spread = rng.standard_normal((2, n_courses, 1))
    shock = rng.standard_normal((n_courses, n_sessions))
    noise = unit_noise(shock=shock, rho=theta[4], tail=theta[5])
    if drop is not None:
        noise = noise - drop
    return ratings(theta=theta, level=level, spread=spread, noise=noise, model=model)


def _draws(model: SteadyModel, n: int, rng: np.random.Generator) -> FloatArray:
    theta = vector(model)[:, None]
    if not model.covariance.any():
        return theta[:, :, None]
    root = np.linalg.cholesky(model.covariance + 1e-12 * np.eye(len(theta)))
    drawn = theta + root @ rng.standard_normal((len(theta), n))
    return np.clip(drawn, LOWEST[:, None], HIGHEST[:, None])[:, :, None]


def ratings(
    *,
    theta: FloatArray,
    level: FloatArray,
    spread: FloatArray,
    noise: FloatArray,
    model: SteadyModel,
) -> FloatArray:
    """Turn levels and noise of unit variance into ratings; equal numbers, comparable courses."""
    mean, between, within, sd_spread = theta[:4]
    sd = np.exp(within + sd_spread * spread)
    return on_scale(mean + np.exp(between) * level + sd * noise, model=model)


def unit_noise(*, shock: FloatArray, rho: FloatArray, tail: FloatArray) -> FloatArray:
    """Noise of unit variance with these tails and this autocorrelation from standard normals."""
    return autocorrelated(student(shock, tail), rho)


def student(normal: FloatArray, tail: FloatArray) -> FloatArray:
    """Unit-variance Student's t noise from standard normal numbers.

    Uses the approximation of Gaver & Kafadar (1984), Am Stat 38:308, since the exact quantile is
    far slower: within 1 % for 4 or more degrees of freedom up to a normal value of 3, and beyond
    it heavier, never lighter, than t.
    """
    if not np.any(tail > 0):
        return normal
    df = 1 / np.maximum(tail, 1e-3)
    g = (df - 1.5) / (df - 1) ** 2
    t = np.sign(normal) * np.sqrt(df * np.expm1(g * normal**2))
    return np.where(tail > 1e-3, t * np.sqrt((df - 2) / df), normal)


def autocorrelated(shock: FloatArray, rho: FloatArray) -> FloatArray:
    """First-order autoregressive noise of unit variance from independent shocks."""
    if not np.any(rho > 0):
        return shock
    noise = np.empty_like(shock)
    noise[:, 0] = shock[:, 0]
    fresh = np.sqrt(1 - rho**2)
    for k in range(1, shock.shape[1]):
        noise[:, k] = (rho * noise[:, k - 1 : k] + fresh * shock[:, k : k + 1])[:, 0]
    return noise


def on_scale(values: FloatArray, *, model: SteadyModel) -> FloatArray:
    """Round to the scale's step, then clip to its ends."""
    if model.step:
        origin = model.minimum if model.minimum is not None else 0.0
        values = origin + model.step * np.round((values - origin) / model.step)
    if model.minimum is None and model.maximum is None:
        return values
    return np.clip(values, model.minimum, model.maximum)
