"""Shares of clients with an interval that is honest for few of them."""

from dataclasses import dataclass

import numpy as np

from rapport.science.errors import BadInputError

WILSON_Z = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share of clients with its 95 % Wilson interval; NaN in [0, 1] where there is nobody."""

    value: float
    lower: float
    upper: float


def wilson(*, count: int, of: int) -> Share:
    """A share with its 95 % interval, good for few clients and for none or all.

    Args:
        count: clients with the property.
        of: clients in all; 0 gives an unknown share.

    Raises:
        BadInputError: a count that is not between 0 and ``of``.

    Paper: Wilson (1927), J Am Stat Assoc 22(158), 209-212.

    >>> wilson(count=10, of=40)
    Share(value=0.25, lower=0.141..., upper=0.401...)
    """
    if not 0 <= count <= of:
        raise BadInputError(f"{count} of {of} clients is no share")
    if of == 0:
        return Share(value=float("nan"), lower=0.0, upper=1.0)
    share, z2 = count / of, WILSON_Z**2
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = WILSON_Z * np.sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return Share(value=share, lower=float(centre - half), upper=float(centre + half))
