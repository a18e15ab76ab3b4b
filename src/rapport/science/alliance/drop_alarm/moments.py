"""What real and simulated courses are compared in: eight features of a set of courses."""

import numpy as np

from rapport.science.alliance.drop_alarm.model import FloatArray

BLOCK = 50  # clients per block when the features' uncertainty is read from simulated courses


def client_features(ratings: FloatArray, *, minimum: float, maximum: float) -> FloatArray:
    """Per client: mean, its square, mean absolute deviation, its square, kurtosis, lag one,
    share of ratings at the top and at the bottom; shape (n_clients, 9).

    Kurtosis and lag one come with a count of the clients they exist for: a client who always
    gives the same rating has neither.
    """
    given = ~np.isnan(ratings)
    n = given.sum(axis=1)
    mean = np.where(given, ratings, 0).sum(axis=1) / n
    deviation = np.where(given, ratings - mean[:, None], 0)
    absolute = np.abs(deviation).sum(axis=1) / n
    squares = deviation**2
    second = squares.sum(axis=1)
    varies = second > 1e-12
    safe = np.where(varies, second, 1)
    kurtosis = np.where(varies, n * (squares**2).sum(axis=1) / safe**2, 0)
    lag = np.where(varies, (deviation[:, 1:] * deviation[:, :-1]).sum(axis=1) / safe, 0)
    top = (ratings >= maximum - 1e-9).sum(axis=1) / n
    bottom = (ratings <= minimum + 1e-9).sum(axis=1) / n
    columns = (mean, mean**2, absolute, absolute**2, kurtosis, lag, varies, top, bottom)
    return np.stack(columns, axis=1)


def summary(features: FloatArray) -> FloatArray:
    """Eight features of a set of clients from their averages, shape (..., 8)."""
    average = features.mean(axis=-2)
    mean, square, absolute, absolute2, kurtosis, lag, varies, top, bottom = np.moveaxis(
        average, -1, 0
    )
    tiny = 1e-9
    between = np.sqrt(np.maximum(square - mean**2, tiny))
    spread = np.sqrt(np.maximum(absolute2 - absolute**2, tiny)) / np.maximum(absolute, tiny)
    share = np.maximum(varies, tiny)
    features8 = (
        mean,
        np.log(between),
        np.log(np.maximum(absolute, tiny)),
        spread,
        lag / share,
        kurtosis / share,
        top,
        bottom,
    )
    return np.stack(features8, axis=-1)


def summary_covariance(features: FloatArray) -> FloatArray:
    """Covariance of the summary of one client's worth of data, from blocks of clients."""
    blocks = len(features) // BLOCK
    split = features[: blocks * BLOCK].reshape(blocks, BLOCK, -1)
    return BLOCK * np.cov(summary(split), rowvar=False)
